"""`insurehub schema`: a carrier's wire schema from its OpenAPI, XSD or WSDL document, and schemas for editors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from cli.editor_schema.files import differing, schema_files, write
from cli.here import own_carriers, workspace_root
from cli.mapping.load import load_carrier
from cli.mapping.tree import CarrierTree
from cli.mapping.wire_schema import WIRE_SCHEMA
from cli.mapping.workspace import MAPPINGS
from cli.out import Exit, counted, emit_json, leave, out, table, write_file
from cli.wire_import.compare import FieldChange, changes
from cli.wire_import.document import ImportRefused, Offer
from cli.wire_import.matching import Key, matched, title
from cli.wire_import.readers import offers_of
from cli.wire_import.writing import written
from gateway.catalogue.values import did_you_mean

MODELINE = "# yaml-language-server: $schema=../../schema/<carrier>.schema.json"

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def schema(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Write nothing: exit 1 if any file differs.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write JSON Schemas of the mapping files to mappings/schema/: an editor then completes names and tables.

    Example: insurehub schema
    """
    if context.invoked_subcommand is not None:
        return
    root = workspace_root()
    files = schema_files(root)
    touched = differing(root, files) if check else write(root, files)
    if json:
        emit_json({"files": sorted(files), "differing" if check else "written": touched})
    else:
        for path in touched:
            out.print(f"{'differs: ' if check else ''}{path}", markup=False)
        out.print(f"{counted(len(files), 'schema')}, {len(touched)} {'differ' if check else 'written'}")
        out.print(f"first line of a mapping: {MODELINE}", markup=False, soft_wrap=True)
    raise typer.Exit(Exit.wrong if check and touched else Exit.ok)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="OpenAPI 3.x (.yaml, .json), XSD (.xsd) or WSDL (.wsdl); a local file.")],
    carrier: Annotated[
        str | None, typer.Option(help="Whose document it is; left out, the messages are only listed.")
    ] = None,
    said: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="OPERATION=CALL", help="As in policy.issue='POST /policies'."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write mappings/carriers/<carrier>/wire.schema.yaml from a carrier's document, and show what changes.

    Example: insurehub schema import acme-openapi.yaml --carrier acme --as policy.issue='POST /policies'
    """
    try:
        offers = offers_of(file)
        if carrier is None:
            _list(offers, json=json)
            return
        root = workspace_root()
        tree = _tree(root, carrier)
        chosen = matched(tree, offers, _pairs(said or ()))
        messages = {key: offer.read() for key, offer in chosen.items()}
        found = changes(tree, messages)
    except ImportRefused as refused:
        leave(Exit.usage, str(refused), refused.hint)
    target = root / MAPPINGS / "carriers" / carrier / WIRE_SCHEMA
    if messages and not dry_run:
        existing = target.read_text("utf-8") if target.exists() else None
        write_file(target, written(existing, messages))
    _tell(carrier, chosen, found, offers, written_to=None if dry_run or not messages else target, json=json)
    raise typer.Exit(Exit.ok if messages else Exit.wrong)


def _tree(root: Path, carrier: str) -> CarrierTree:
    names = own_carriers(root)
    if carrier not in names:
        leave(Exit.usage, f"there is no carrier '{carrier}' in this workspace", did_you_mean(carrier, names))
    tree, found = load_carrier(root / MAPPINGS / "carriers" / carrier, root)
    errors = [each for each in found if each.severity == "error"]
    if tree is None or errors:
        leave(Exit.wrong, str(errors[0]), f"insurehub check {carrier}")
    return tree


def _pairs(said: tuple[str, ...] | list[str]) -> Mapping[str, str]:
    found = {}
    for each in said:
        name, equals, call = each.partition("=")
        if not equals:
            leave(Exit.usage, f"--as '{each}' says nothing", "--as policy.issue='POST /policies'")
        found[name] = call
    return found


def _list(offers: tuple[Offer, ...], *, json: bool) -> None:
    if json:
        emit_json([{"call": offer.call, "side": offer.side} for offer in offers])
        return
    table(None, ["call or element", "side"], [[offer.call, offer.side] for offer in offers])
    out.print("next: insurehub schema import FILE --carrier <carrier>", markup=False)


def _tell(
    carrier: str,
    chosen: Mapping[Key, Offer],
    found: tuple[FieldChange, ...],
    offers: tuple[Offer, ...],
    *,
    written_to: Path | None,
    json: bool,
) -> None:
    used = {(offer.call, offer.side) for offer in chosen.values()}
    left = [f"{offer.call} {offer.side}" for offer in offers if (offer.call, offer.side) not in used]
    if json:
        emit_json({
            "carrier": carrier,
            "messages": [{"message": title(key), "call": offer.call} for key, offer in chosen.items()],
            "changes": found,
            "written": written_to is not None,
            "unused": left,
        })  # fmt: skip
        return
    for change in found:
        sign = {"added": "[green]+[/]", "removed": "[red]-[/]", "changed": "[yellow]~[/]"}[change.what]
        out.print(f"{sign} ", end="")
        out.print(f"{change.message}  {change.path}: {change.change}", markup=False, soft_wrap=True)
        for row in change.rows if change.what != "added" or carrier else ():
            out.print(f"    {row}", style="dim", markup=False, soft_wrap=True)
    names = ", ".join(title(key) for key in chosen) or "no message of this mapping"
    out.print(f"{names}: {counted(len(found), 'field differs', 'fields differ')}" if chosen else names, markup=False)
    if not chosen:
        out.print(f"the document has: {', '.join(left[:12])}; say which is which with --as", markup=False)
    if written_to is not None:
        out.print(f"next: insurehub check {carrier}", markup=False)
