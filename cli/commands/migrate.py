"""`insurehub migrate`: mappings of an earlier format rewritten into this one, comments kept."""

from typing import Annotated

import typer

from cli.here import own_carriers, workspace_root
from cli.mapping.operations import FORMAT
from cli.mapping.workspace import MAPPINGS
from cli.migrate.run import CannotMigrate, Migrated, migrate_folder, write
from cli.out import Exit, counted, emit_json, leave, out
from gateway.catalogue.values import did_you_mean

app = typer.Typer(add_completion=False)


@app.command()
def migrate(
    carriers: Annotated[list[str] | None, typer.Argument(help="Only these carriers; all when left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference, write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Rewrite mappings of an earlier format into the format of this version; a carrier is written whole or not at all.

    Example: insurehub migrate --dry-run
    """
    root = workspace_root()
    known = own_carriers(root)
    for name in carriers or ():
        if name not in known:
            leave(Exit.usage, f"there is no carrier '{name}' in this workspace", did_you_mean(name, known))
    try:
        found = [
            file for name in carriers or known for file in migrate_folder(root / MAPPINGS / "carriers" / name, root)
        ]
    except CannotMigrate as refused:
        leave(Exit.wrong, f"{refused}; nothing was written", refused.hint)
    if not dry_run:
        write(tuple(found))
    _tell(found, dry_run=dry_run, json=json)


def _tell(found: list[Migrated], *, dry_run: bool, json: bool) -> None:
    if json:
        files = [{"file": each.shown, "codemods": each.codemods, "diff": each.diff()} for each in found]
        emit_json({"format": FORMAT, "written": not dry_run, "files": files})
        return
    for each in found:
        out.print(f"{each.shown}: {', '.join(each.codemods) or 'its format alone'}", markup=False, soft_wrap=True)
        if dry_run:
            out.print(each.diff(), markup=False, soft_wrap=True)
    word = "would be migrated" if dry_run else "migrated"
    out.print(f"{counted(len(found), 'file')} {word} to {FORMAT}" if found else f"every file is {FORMAT} already")
    if found and not dry_run:
        out.print("next: insurehub check", markup=False)
