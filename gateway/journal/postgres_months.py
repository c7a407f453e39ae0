"""Partitions by month: made before their month begins, looked up, and dropped whole when nothing in them is needed.

An id begins with its time, so a month is a range of ids. What no month covers is in the partition called rest.
"""

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import asyncpg
from msgspec import Struct

from gateway.journal.postgres_schema import LOCK_WAIT_S, locked
from gateway.ports import first_id

MONTHS_LOCK = 4_711_2027
AHEAD = 3
MOVED_MAX = 10_000
"""Rows of a month that had no partition yet are moved into it while others wait: a few are, many stay in the rest."""
OF_OPERATIONS = {
    "requests": ("operation_id", "op"),
    "decisions": ("operation_id", "op"),
    "attempts": ("operation_id", "op"),
    "notes": ("operation_id", "op"),
    "messages": ("owner_id", "att"),
}
"""Which column's ids divide a table, and of which kind they are: what is kept with the operation, for years."""
OF_EVENTS = {"events": ("event_id", "evt"), "deliveries": ("event_id", "evt")}
"""What is kept for months."""
TABLES = {**OF_OPERATIONS, **OF_EVENTS}

_PARTITIONS = (
    "SELECT p.relname, c.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent "
    "JOIN pg_class c ON c.oid = i.inhrelid WHERE p.relnamespace = current_schema()::regnamespace "
    "AND p.relkind = 'p' ORDER BY 1, 2"
)
_NAMED = re.compile(r"[a-z]+_(?P<year>\d{4})_(?P<month>\d\d)")


class Month(Struct, frozen=True, order=True):
    """A month in UTC."""

    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        """The month an instant falls into."""
        at = at.astimezone(UTC)
        return cls(at.year, at.month)

    def plus(self, months: int) -> "Month":
        """The month so many later."""
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return self.plus(1).start

    def ids(self, kind: str) -> tuple[str, str]:
        """Where its ids of a kind begin, and where those of the next month do."""
        return first_id(kind, self.start), first_id(kind, self.end)

    def partition(self, table: str) -> str:
        """The name of its partition of a table."""
        return f"{table}_{self.year:04}_{self.month:02}"

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.year:04}-{self.month:02}"


async def partitions(connection: asyncpg.Connection) -> dict[str, list[Month]]:
    """The months each table has a partition for, in order; a table that has none only its rest."""
    found: dict[str, list[Month]] = {}
    for table, name in await connection.fetch(_PARTITIONS):
        months = found.setdefault(table, [])
        if named := _NAMED.fullmatch(name):
            months.append(Month(int(named["year"]), int(named["month"])))
    return {table: sorted(months) for table, months in found.items()}


async def make_ahead(connection: asyncpg.Connection, now: datetime, ahead: int = AHEAD) -> list[str]:
    """Make the partitions of this month and the next ones; gives what was made. Of several that do so each waits.

    A month whose rows already stand in the rest, too many to be moved, is left there.
    """
    wanted = [Month.of(now).plus(number) for number in range(ahead + 1)]
    if not _lacking(await partitions(connection), wanted):
        return []
    async with locked(connection, MONTHS_LOCK):
        lacking = _lacking(await partitions(connection), wanted)
        return [month.partition(table) for table, month in lacking if await _make(connection, table, month)]


def _lacking(there: dict[str, list[Month]], wanted: Sequence[Month]) -> list[tuple[str, Month]]:
    return [(table, month) for table in TABLES for month in wanted if month not in there.get(table, [])]


async def _make(connection: asyncpg.Connection, table: str, month: Month) -> bool:
    column, kind = TABLES[table]
    first, behind = month.ids(kind)
    made = month.partition(table)
    within = f"{column} >= '{first}' AND {column} < '{behind}'"
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
        # Attaching a table locks less than making a partition: who writes other months goes on.
        await connection.execute(f"CREATE TABLE {made} (LIKE {table} INCLUDING ALL)")
        count = f"SELECT count(*) FROM (SELECT 1 FROM {table}_rest WHERE {within} LIMIT {MOVED_MAX + 1}) found"  # noqa: S608
        if await connection.fetchval(count) > MOVED_MAX:
            await connection.execute(f"DROP TABLE {made}")
            return False
        await connection.execute(f"LOCK TABLE {table}_rest IN ACCESS EXCLUSIVE MODE")
        await connection.execute(
            f"WITH moved AS (DELETE FROM {table}_rest WHERE {within} RETURNING *) "  # noqa: S608 - our names
            f"INSERT INTO {made} SELECT * FROM moved"
        )
        await connection.execute(
            f"ALTER TABLE {table} ATTACH PARTITION {made} FOR VALUES FROM ('{first}') TO ('{behind}')"
        )
    return True


async def hold(connection: asyncpg.Connection, tables: Collection[str]) -> None:
    """Let nobody else read or write these tables until the caller's transaction ends."""
    await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
    await connection.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")


async def drop(connection: asyncpg.Connection, month: Month, tables: Collection[str]) -> None:
    """Drop these tables' partitions of a month, inside the caller's transaction."""
    await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
    for table, months in (await partitions(connection)).items():
        if table in tables and month in months:
            await connection.execute(f"ALTER TABLE {table} DETACH PARTITION {month.partition(table)}")
            await connection.execute(f"DROP TABLE {month.partition(table)}")
