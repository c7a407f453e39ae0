"""`insurehub fields`: the canonical names, looked up while a mapping is written."""

from difflib import get_close_matches
from typing import Annotated

import typer

from cli.editor_schema.canonical import types
from cli.fields import Hit, TypeView, enums, found_in_names, looked_up, names
from cli.out import Exit, emit_json, leave, out, table
from gateway.model.operations import OPERATIONS

app = typer.Typer(add_completion=False)


@app.command()
def fields(
    name: Annotated[
        str | None,
        typer.Argument(help="An operation, a type, an enum, Type.path, or any word a name may have in it."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look up canonical names: the fields of a type, the values of an enum, or where a word occurs.

    Example: insurehub fields Party
    """
    if name is None:
        _everything(json=json)
        return
    views = looked_up(name)
    hits = () if views else found_in_names(name)
    if json:
        emit_json({"types": views, "found": hits})
    elif views:
        for view in views:
            _print(view)
    elif hits:
        _print_hits(name, hits)
    if not views and not hits:
        near = get_close_matches(name, names(), n=3)
        leave(Exit.wrong, f"no canonical name has '{name}' in it", f"near: {', '.join(near)}" if near else None)


def _everything(*, json: bool) -> None:
    found = {"operations": tuple(OPERATIONS), "types": tuple(types()), "enums": enums()}
    if json:
        emit_json(found)
        return
    for what, each in found.items():
        out.print(f"[bold]{what}[/]")
        out.print(f"  {', '.join(each)}\n", markup=False)
    out.print("insurehub fields NAME tells what one of them holds, or where a word occurs", markup=False)


def _print(view: TypeView) -> None:
    out.print(f"\n{view.name}: {view.about}", markup=False, style="bold")
    if view.values:
        out.print(f"  {', '.join(view.values)}", markup=False)
    if view.fields:
        rows = [[f"{each.name}{'*' if each.always else ''}", each.holds] for each in view.fields]
        table(None, ["field (* always there)", "holds"], rows)


def _print_hits(word: str, hits: tuple[Hit, ...]) -> None:
    out.print(f"nothing is called '{word}'; it occurs in:", markup=False)
    table(None, ["type", "field", "holds"], [[hit.type, hit.name, hit.holds] for hit in hits])
