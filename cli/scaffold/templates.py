"""The files under `files/`, with the carrier of the templates renamed.

A template is a working carrier called `acme`, titled "Acme": it can be read, edited and checked as any other.
"""

from pathlib import Path

FILES = Path(__file__).with_name("files")
ID, TITLE = "acme", "Acme"
KEEP = "keep"
"""Stands for a folder that starts empty: version control keeps no folder without a file."""
_DOTTED = {"gitignore": ".gitignore", "gitattributes": ".gitattributes", KEEP: ".gitkeep"}


def template(name: str) -> dict[str, str]:
    """The files of one template by relative path, in the order of their names."""
    base = FILES / name
    paths = sorted(path for path in base.rglob("*") if path.is_file())
    return {_shown(path.relative_to(base)): path.read_text(encoding="utf-8") for path in paths}


def renamed(text: str, carrier: str) -> str:
    """A template's text for another carrier."""
    return text.replace(ID.upper(), carrier.upper()).replace(TITLE, title(carrier)).replace(ID, carrier)


def title(carrier: str) -> str:
    """The carrier's name in prose: `north_star` is North Star."""
    return " ".join(word.capitalize() for word in carrier.split("_") if word)


def _shown(path: Path) -> str:
    return path.with_name(_DOTTED.get(path.name, path.name)).as_posix()
