"""`insurehub keys`: the keys that seal raw messages in the journal, and how one follows another."""

from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.here import workspace_root
from cli.open import settings_of
from cli.out import Exit, emit_json, err, leave, out, table
from cli.upkeep import stopped_by_signal, with_database
from gateway.app import open_vault
from gateway.journal.upkeep.database import Database
from gateway.journal.upkeep.reseal import DAMAGED, Resealing
from gateway.journal.vault import VaultError, add_key
from gateway.ports import World

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The keys that seal raw messages.\n\nExample: insurehub keys rotate",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_PROGRESS_FROM = 2_000


@app.command()
def rotate(json: Json = False) -> None:
    """Put a new key in front of those in the key file: it seals from the next start on, the others still open.

    Then restart the gateways, and run `insurehub keys reseal`; when that finds nothing more, the old key may be taken
    out of the file. Gateways that have files of their own need the new key everywhere, behind the old one, before it
    comes to the front anywhere.

    Example: insurehub keys rotate
    """
    settings = settings_of(workspace_root())
    if settings.key:
        leave(
            Exit.usage,
            "the keys stand in INSUREHUB_KEY: put the new one in front of them there, id:base64key,...",
            "a key is 32 random bytes: openssl rand -base64 32",
        )
    try:
        key_id = add_key(settings.key_file)
    except VaultError as cannot:
        leave(Exit.missing, str(cannot))
    if json:
        emit_json({"key": key_id, "file": str(settings.key_file)})
        return
    out.print(f"{key_id} seals from the next start on ({settings.key_file})", markup=False, soft_wrap=True)
    out.print("next: restart the gateways, then: insurehub keys reseal")


@app.command()
def reseal(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Open everything, change nothing.")] = False,
    json: Json = False,
) -> None:
    """Seal everything again under the current key, beside running gateways; Ctrl-C ends it between two batches.

    Ends with 1 where something cannot be opened: its key is named, and it stays as it is.

    Example: insurehub keys reseal
    """
    settings = settings_of(workspace_root())
    if not settings.key and not settings.key_file.exists():
        leave(Exit.missing, f"there is no key at {settings.key_file}, and none in INSUREHUB_KEY")
    try:
        vault = open_vault(settings)
    except VaultError as invalid:
        leave(Exit.usage, str(invalid))

    async def work(database: Database) -> tuple[Resealing, bool]:
        (await database.schema()).must_serve()
        run = Resealing(database, World(), vault, dry_run=dry_run, stops=stopped_by_signal().is_set)
        total = await run.count()
        columns = (TextColumn("sealing again"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=err, transient=True, disable=json or total < _PROGRESS_FROM) as progress:
            task = progress.add_task("", total=total)
            run.told = lambda rows: progress.advance(task, rows)
            return run, await run.run()

    run, is_complete = with_database(work)
    unopened = [{"table": name, "key": _lost(why), "rows": rows} for (name, why), rows in sorted(run.unopened.items())]
    if json:
        document = {"resealed": dict(run.resealed), "unopened": unopened}
        emit_json({"dry_run": dry_run, "is_complete": is_complete, **document})
    else:
        _show(run, unopened)
    if unopened:
        leave(Exit.wrong, f"{run.unopened.total():,} could not be opened, and stay as they are")
    if not is_complete:
        leave(Exit.wrong, "stopped before its end: the next run goes on")


def _lost(why: str) -> str | None:
    return None if why == DAMAGED else why


def _show(run: Resealing, unopened: list[dict[str, Any]]) -> None:
    if not run.resealed and not unopened:
        out.print("everything is sealed under the current key")
        return
    word = "would be sealed again" if run.dry_run else "sealed again"
    rows = [[name, f"{rows:,}", word] for name, rows in sorted(run.resealed.items())]
    lost = {None: "damaged, or moved from another owner"}
    rows += [
        [each["table"], f"{each['rows']:,}", lost.get(each["key"], f"the key '{each['key']}' is not configured")]
        for each in unopened
    ]
    table(None, ["table", "rows", ""], rows, right=(1,))
