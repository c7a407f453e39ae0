"""`insurehub init`: a workspace of the user's own, beside an installed insurehub."""

from pathlib import Path
from typing import Annotated

import typer

from cli.out import Exit, counted, emit_json, leave, out
from cli.scaffold.workspace import init_workspace

app = typer.Typer(add_completion=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder; made when it is not there.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make a workspace: mappings, adapters, settings and contract tests. What is there is kept, never overwritten.

    Example: insurehub init our-carriers
    """
    home = folder.resolve()
    try:
        made = init_workspace(home)
    except OSError as error:
        leave(Exit.usage, f"cannot make a workspace in {home}: {error.strerror or error}")
    if json:
        emit_json({"workspace": str(home), "written": made.written, "kept": made.kept})
        return
    for path in made.written:
        out.print(f"  [green]+[/] {path}", soft_wrap=True)
    for path in made.kept:
        out.print(f"  [dim]= {path} was there and is kept[/]", soft_wrap=True)
    out.print(f"workspace {home}: {counted(len(made.written), 'file')} written, {len(made.kept)} kept", soft_wrap=True)
    step = "" if home == Path.cwd() else f"cd {folder} && "
    out.print(f"next: {step}insurehub new <carrier>", markup=False, soft_wrap=True)
