"""How a journal stands: its migrations, and how much of what it holds since when."""

from datetime import UTC, datetime

from msgspec import Struct

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
    """One table: `oldest` is the month of its oldest row, `rows` is about right where `is_exact` is false."""

    table: str
    rows: int
    is_exact: bool
    bytes: int | None
    oldest: str | None


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
    found = []
    for table, columns in (await database.columns()).items():
        size = await database.size(table)
        oldest = await _oldest(database, table, columns) if size.rows else None
        found.append(TableStatus(table=table, rows=size.rows, is_exact=size.is_exact, bytes=size.bytes, oldest=oldest))
    return found


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
