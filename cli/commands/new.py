"""`insurehub new`: a carrier whose contract tests pass at once, to be changed into a real one."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from cli.here import workspace_root
from cli.out import Exit, emit_json, leave, out
from cli.scaffold.carrier import WIRES, NewCarrier, Refused, scaffold_carrier
from cli.scaffold.catalogue import settings_entry
from cli.testing.lock import freeze_first

app = typer.Typer(add_completion=False)


@app.command()
def new(
    carrier: Annotated[str, typer.Argument(help="Its name: folder, package and id; small letters, digits and _")],
    wire: Annotated[str, typer.Option(help=f"What its messages are: {', '.join(WIRES)}.")] = WIRES[0],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Scaffold a carrier: document, mapping, codes, examples, lock, mock, channel, adapter. Nothing is overwritten.

    Example: insurehub new acme
    """
    if wire not in WIRES:
        leave(Exit.usage, f"there is no scaffold for '{wire}'", f"there are: {', '.join(WIRES)}")
    root = workspace_root()
    try:
        made = scaffold_carrier(root, carrier, wire)
    except Refused as refused:
        leave(Exit.usage, f"{refused}; nothing was written", refused.hint)
    lock = freeze_first(root / "mappings" / "carriers" / carrier, root)
    made = replace(made, written=(*made.written, lock.relative_to(root).as_posix()))
    if json:
        emit_json(_document(made))
    else:
        _say(made)


def _document(made: NewCarrier) -> dict[str, Any]:
    return {
        "carrier": made.carrier,
        "channel": made.channel,
        "written": made.written,
        "added_to": made.added_to,
        "to_add": made.to_add,
        "settings": settings_entry(made.carrier),
    }


def _say(made: NewCarrier) -> None:
    for path in made.written:
        out.print(f"  [green]+[/] {path}", soft_wrap=True)
    for path in made.added_to:
        out.print(f"  [green]~[/] {path}: an entry was added", soft_wrap=True)
    for path, text in made.to_add.items():
        out.print(f"  [yellow]![/] {path}: add this yourself (under channels:, where the file has it)", soft_wrap=True)
        out.print(text, markup=False, soft_wrap=True)
    out.print(f"carrier {made.carrier}, channel {made.channel}: mapped, generated, ready to test", markup=False)
    out.print(f"next: insurehub test {made.carrier}", markup=False)
    out.print(f"then: edit mappings/carriers/{made.carrier}/, run insurehub generate, test again", markup=False)
