"""`insurehub db`: the journal's schema, its size, and what it forgets."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.filesize import decimal

from cli.here import workspace_root
from cli.open import settings_of
from cli.out import Exit, emit_json, err, leave, out, styled, table
from cli.upkeep import stopped_by_signal, with_database
from gateway.journal.schema import EVERY_PHASE, Phase, SchemaRefused
from gateway.journal.upkeep import status as standing
from gateway.journal.upkeep.database import Database
from gateway.journal.upkeep.prune import prune as forget
from gateway.journal.upkeep.pruning import Pruning, Removed
from gateway.ports import World

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The journal's schema, how much it holds, and what it forgets.\n\nExample: insurehub db status",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


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
    """Apply pending migrations, each whole or not at all, and make PostgreSQL's partitions of the next months.

    `before` adds what the new version needs, and gateways of the old one go on working; `after` removes what only they
    needed, once none runs any more. A SQLite file needs neither: its gateway does all of it when it starts.

    Example: insurehub db upgrade --phase before
    """
    phases = EVERY_PHASE if phase is Phases.all else frozenset({Phase(phase.value)})

    async def work(database: Database) -> tuple[list[dict[str, Any]], list[str]]:
        schema = await database.schema()
        schema.must_be_as_applied()
        done = schema.pending(phases) if dry_run else await database.upgrade(phases)
        listed = [{"number": each.number, "name": each.name, "phase": each.phase.value} for each in done]
        return listed, [] if dry_run else await database.make_ahead(World().now())

    done, partitions = with_database(work)
    if json:
        emit_json({"dry_run": dry_run, "migrations": done, "partitions": partitions})
        return
    if partitions:
        out.print(f"partitions made ahead: {', '.join(partitions)}", markup=False, soft_wrap=True)
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

    migrations, tables, wrong = with_database(work)
    if json:
        emit_json({"migrations": migrations, "tables": tables, "wrong": wrong})
    else:
        _show(migrations, tables)
    if wrong is not None:
        leave(Exit.wrong, wrong)


@app.command()
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be removed.")] = False,
    json: Json = False,
) -> None:
    """Forget what the retention no longer keeps: business data by `business_days`, logs by `log_days`.

    What is not over stays, however old it is; of an operation that moves money its key, hash, identity and state stay
    for ever. Ctrl-C ends it between two batches, and the next run goes on.

    Example: insurehub db prune --dry-run
    """
    retention = settings_of(workspace_root()).retention

    async def work(database: Database) -> tuple[Pruning, bool, int | None]:
        (await database.schema()).must_serve()
        stop = stopped_by_signal()
        with err.status("looking for what is old enough") as line:
            seen = Counter[str]()

            def told(name: str, rows: int) -> None:
                seen[name] += rows
                line.update(", ".join(f"{each} {count:,}" for each, count in sorted(seen.items())))

            run = Pruning(database, World(), retention, dry_run=dry_run, stops=stop.is_set, told=told)
            is_complete = await forget(run)
        return run, is_complete, await database.reusable_bytes()

    run, is_complete, reusable = with_database(work)
    removed = run.report()
    if json:
        emit_json({"dry_run": dry_run, "is_complete": is_complete, "removed": removed, "reusable_bytes": reusable})
    else:
        _show_removed(removed, reusable, dry_run=dry_run)
    if not is_complete:
        leave(Exit.wrong, "stopped before its end: the next run goes on")


def _show_removed(removed: list[Removed], reusable: int | None, *, dry_run: bool) -> None:
    if not removed:
        out.print("nothing is old enough")
        return
    word = "would be " if dry_run else ""
    rows = [
        [each.table, each.month, f"{each.rows:,}", f"{word}slimmed to its key" if each.kept else f"{word}removed"]
        for each in removed
    ]
    table(None, ["table", "month", "rows", ""], rows, right=(2,))
    if reusable:
        out.print(f"{decimal(reusable)} of the file are free to be written again")


def _show(migrations: list[standing.MigrationStatus], tables: list[standing.TableStatus]) -> None:
    rows = [
        [f"{m.number:04}", m.name, m.phase, m.applied_at or styled("pending", "yellow"), _known(m)] for m in migrations
    ]
    table("Migrations", ["number", "name", "phase", "applied", ""], rows)
    held: list[list[Any]] = [
        [t.table, _count(t), _size(t.bytes), t.oldest, t.partitions or None, t.until, t.unplaced] for t in tables
    ]
    columns = ["table", "rows", "size", "oldest", "months", "until", "rows in none"]
    if all(each.unplaced is None for each in tables):
        columns, held = columns[:4], [row[:4] for row in held]
    table("Tables", columns, held, right=(1, 2, 4, 6))


def _known(migration: standing.MigrationStatus) -> str:
    return "" if migration.is_known else "of a newer version"


def _count(status: standing.TableStatus) -> str:
    return f"{status.rows:,}" if status.is_exact else f"about {status.rows:,}"


def _size(size: int | None) -> str:
    return "" if size is None else decimal(size)
