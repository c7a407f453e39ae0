"""An operation as one HTML file: no script, nothing loaded, every text escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.show.view import OperationView


def page_of(views: tuple[OperationView, ...]) -> str:
    """The page of an operation with all its variants."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.j2").render(views=views)
