"""One run of forgetting what is old enough: bounded batches under a lease, each whole or not at all."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.journal.postgres_months import Month
from gateway.journal.retention import Retention
from gateway.journal.tables import instant
from gateway.journal.upkeep.database import Database, Row
from gateway.journal.upkeep.lease import Lease
from gateway.journal.upkeep.status import month_of
from gateway.ports import World

BATCH = 200
PAUSE_S = 0.02
"""Between batches the gateways have their turn: a SQLite file has one writer at a time."""
LEASE = "prune"


class Stopped(Exception):
    """Whoever started it wants it to end: what was removed stays removed, the rest goes next time."""


class _Rehearsed(Exception):
    """Takes back what a rehearsal removed."""


class Removed(Struct, frozen=True, kw_only=True):
    """How many rows of a table went that were of one month; `kept` are those of which the identity stays."""

    table: str
    month: str
    rows: int
    kept: bool = False


@dataclass
class Pruning:
    """One run: its database, its limits, and what it has removed so far."""

    database: Database
    world: World
    retention: Retention
    dry_run: bool = False
    stops: Callable[[], bool] = lambda: False
    told: Callable[[str, int], None] = lambda _table, _rows: None
    removed: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    gone: set[str] = field(default_factory=set)
    """Ids of objects and operations that a rehearsal would have removed: what rests on them would go as well."""

    def __post_init__(self) -> None:
        """Fix the instants once: a run does not follow the clock."""
        now = self.world.now()
        self.business_before = now - timedelta(days=self.retention.business_days)
        self.log_before = now - timedelta(days=self.retention.log_days)
        self._lease = Lease(self.database, self.world, LEASE)

    @asynccontextmanager
    async def leased(self) -> AsyncIterator[None]:
        """Be the only one who prunes. Raises LeaseHeld."""
        await self._lease.take()
        try:
            yield
        finally:
            await self._lease.give_back()

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[None]:
        """Remove something: with the lease still ours, and not at all in a rehearsal. Raises LeaseHeld, Stopped."""
        if self.stops():
            raise Stopped
        with suppress(_Rehearsed):
            async with self.database.transaction():
                await self._lease.take()
                yield
                self._end_rehearsal()
        await self.world.sleep(PAUSE_S)

    def _end_rehearsal(self) -> None:
        if self.dry_run:
            raise _Rehearsed

    def count(self, table: str, at: datetime, rows: int = 1, *, kept: bool = False) -> None:
        """Note what went."""
        if rows:
            self.removed[table, month_of(at), kept] += rows
            self.told(table, rows)

    async def delete(self, table: str, where: str, values: list[object], time: str) -> list[Row]:
        """Delete rows that have a time of their own, and count them by its month."""
        rows = await self.database.rows(f"DELETE FROM {table} WHERE {where} RETURNING {time}", values)  # noqa: S608
        for (at,) in rows:
            self.count(table, instant(at))
        return rows

    async def months(self, tables: Collection[str]) -> list[Month]:
        """The months that these tables have partitions for, in order."""
        there = await self.database.months()
        return sorted({month for table in tables for month in there.get(table, ())})

    async def drop(self, month: Month, tables: Collection[str]) -> None:
        """Drop these tables' partitions of a month inside a batch, and count what was in them."""
        there = await self.database.months()
        for table in tables:
            if month in there.get(table, ()):
                [(rows,)] = await self.database.rows(f"SELECT count(*) FROM {month.partition(table)}")  # noqa: S608
                self.count(table, month.start, rows)
        await self.database.drop(month, tables)

    def report(self) -> list[Removed]:
        """What went, by table and month."""
        return [
            Removed(table=table, month=month, rows=rows, kept=kept)
            for (table, month, kept), rows in sorted(self.removed.items())
        ]
