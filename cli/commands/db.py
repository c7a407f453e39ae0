"""`insurehub db`: the journal's schema and its size."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer
from rich.filesize import decimal

from cli.here import workspace_root
from cli.open import settings_of
from cli.out import Exit, emit_json, err, leave, out, styled, table
from gateway.app import open_upkeep
from gateway.journal.protocol import JournalUnavailable
from gateway.journal.schema import EVERY_PHASE, Phase, SchemaRefused
from gateway.journal.upkeep import status as standing
from gateway.journal.upkeep.database import Database
from gateway.settings import SettingsInvalid

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The journal's schema, and how much it holds.\n\nExample: insurehub db status",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
T = TypeVar("T")


class Phases(StrEnum):
    """Which migrations `upgrade` applies."""

    before = "before"
    after = "after"
    all = "all"


@app.command()
def upgrade(
    phase: Annotated[
        Phases, typer.Option(help="before the new code starts, after the old code ended, or all.")
    ] = Phases.before,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be applied.")] = False,
    json: Json = False,
) -> None:
    """Apply pending migrations, each whole or not at all.

    `before` adds what the new version needs, and gateways of the old one go on working; `after` removes what only they
    needed, once none runs any more. A SQLite file needs neither: its gateway does all of it when it starts.

    Example: insurehub db upgrade --phase before
    """
    phases = EVERY_PHASE if phase is Phases.all else frozenset({Phase(phase.value)})

    async def work(database: Database) -> list[dict[str, Any]]:
        schema = await database.schema()
        schema.must_be_as_applied()
        done = schema.pending(phases) if dry_run else await database.upgrade(phases)
        return [{"number": each.number, "name": each.name, "phase": each.phase.value} for each in done]

    done = _with_database(work)
    if json:
        emit_json({"dry_run": dry_run, "migrations": done})
        return
    if not done:
        out.print("nothing to apply: the schema has it all")
        return
    word = "would be applied" if dry_run else "applied"
    table(None, ["number", "name", "phase", ""], [[f"{m['number']:04}", m["name"], m["phase"], word] for m in done])


@app.command()
def status(json: Json = False) -> None:
    """Every migration with when it was applied, every table with its size and oldest month.

    Ends with 1 where a migration is pending that this version needs.

    Example: insurehub db status
    """

    async def work(database: Database) -> tuple[list[standing.MigrationStatus], list[standing.TableStatus], str | None]:
        wrong = None
        try:
            (await database.schema()).must_serve()
        except SchemaRefused as refused:
            wrong = str(refused)
        with err.status("reading the tables"):
            return await standing.migrations(database), await standing.tables(database), wrong

    migrations, tables, wrong = _with_database(work)
    if json:
        emit_json({"migrations": migrations, "tables": tables, "wrong": wrong})
    else:
        _show(migrations, tables)
    if wrong is not None:
        leave(Exit.wrong, wrong)


def _show(migrations: list[standing.MigrationStatus], tables: list[standing.TableStatus]) -> None:
    rows = [
        [f"{m.number:04}", m.name, m.phase, m.applied_at or styled("pending", "yellow"), _known(m)] for m in migrations
    ]
    table("Migrations", ["number", "name", "phase", "applied", ""], rows)
    columns = ["table", "rows", "size", "oldest"]
    table("Tables", columns, [[t.table, _count(t), _size(t.bytes), t.oldest] for t in tables], right=(1, 2))


def _known(migration: standing.MigrationStatus) -> str:
    return "" if migration.is_known else "of a newer version"


def _count(status: standing.TableStatus) -> str:
    return f"{status.rows:,}" if status.is_exact else f"about {status.rows:,}"


def _size(size: int | None) -> str:
    return "" if size is None else decimal(size)


def _with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Open the journal's database, work with it, close it; ends the command where that cannot be done."""
    try:
        database = open_upkeep(settings_of(workspace_root()).journal)
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))

    async def run() -> T:
        await database.open()
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except SchemaRefused as refused:
        leave(Exit.wrong, str(refused))
    except JournalUnavailable as down:
        leave(Exit.missing, str(down))
