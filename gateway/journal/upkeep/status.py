"""How a journal stands: its migrations, and how much of what it holds since when."""

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from gateway.journal.postgres_months import Month
from gateway.journal.tables import instant
from gateway.journal.upkeep.database import Database
from gateway.ports import time_of_id

_TIMES = ("created_at", "received_at", "started_at", "recorded_at", "at", "applied_at")
_IDS = ("operation_id",)


class MigrationStatus(Struct, frozen=True, kw_only=True):
    """One migration: known here, applied there, or both."""

    number: int
    name: str
    phase: str
    applied_at: datetime | None
    is_known: bool = True


class TableStatus(Struct, frozen=True, kw_only=True):
    """One table: `oldest` is the month of its oldest row, `rows` is about right where `is_exact` is false.

    `partitions` counts those of months, the last of which is `until`; `unplaced` rows are in none of them.
    """

    table: str
    rows: int
    is_exact: bool
    bytes: int | None
    oldest: str | None
    partitions: int = 0
    until: str | None = None
    unplaced: int | None = None


async def migrations(database: Database) -> list[MigrationStatus]:
    """Every migration that there is a file for, or that was applied. Raises SchemaRefused, JournalUnavailable."""
    schema = await database.schema()
    applied = {each.number: each for each in schema.applied}
    listed = [
        MigrationStatus(
            number=each.number,
            name=each.name,
            phase=each.phase.value,
            applied_at=applied[each.number].applied_at if each.number in applied else None,
        )
        for each in schema.files
    ]
    listed += [
        MigrationStatus(
            number=each.number, name=each.name, phase=each.phase.value, applied_at=each.applied_at, is_known=False
        )
        for each in schema.unknown
    ]
    return sorted(listed, key=lambda each: each.number)


async def tables(database: Database) -> list[TableStatus]:
    """Every table of the journal. Raises JournalUnavailable."""
    months = await database.months()
    return [
        await _table(database, table, columns, months.get(table))
        for table, columns in (await database.columns()).items()
    ]


async def _table(database: Database, table: str, columns: list[str], months: list[Month] | None) -> TableStatus:
    size = await database.size(table)
    told = TableStatus(
        table=table,
        rows=size.rows,
        is_exact=size.is_exact,
        bytes=size.bytes,
        oldest=await _oldest(database, table, columns) if size.rows else None,
    )
    if months is None:
        return told
    rest = await database.size(f"{table}_rest")
    last = str(months[-1]) if months else None
    return msgspec.structs.replace(told, partitions=len(months), until=last, unplaced=rest.rows)


async def _oldest(database: Database, table: str, columns: list[str]) -> str | None:
    for column in (*_TIMES, *_IDS):
        if column in columns:
            [(first,)] = await database.rows(f"SELECT min({column}) FROM {table}")  # noqa: S608 - our names
            at = time_of_id(first) if column in _IDS else instant(first)
            return month_of(at) if at is not None else None
    return None


def month_of(at: datetime) -> str:
    """The month an instant falls into, in UTC, as people write it: `2026-03`."""
    return f"{at.astimezone(UTC):%Y-%m}"
