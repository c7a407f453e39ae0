"""Upkeep of a PostgreSQL database, beside the gateways that share it."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from gateway.journal.errors import JournalUnavailable
from gateway.journal.postgres import DOWN, hang_up, said
from gateway.journal.postgres_months import Month, drop, hold, make_ahead, partitions
from gateway.journal.postgres_opening import CONNECT_S, not_opened
from gateway.journal.postgres_schema import read, upgrade
from gateway.journal.schema import EVERY_PHASE, MIGRATIONS, Migration, Phase, Schema, migrations_of
from gateway.journal.tables import numbered
from gateway.journal.upkeep.database import Database, Row, Size

EXACT_ROWS_MAX = 1_000_000
_TABLES = (
    "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
    "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
)
# A partitioned table is the sum of its partitions; reltuples is below zero where nothing was counted yet.
_SIZE = (
    "SELECT sum(greatest(c.reltuples, 0))::bigint, sum(pg_total_relation_size(c.oid))::bigint "
    "FROM pg_class c WHERE c.relkind = 'r' AND (c.oid = $1::text::regclass "
    "OR c.oid IN (SELECT relid FROM pg_partition_tree($1::text::regclass)))"
)


class PostgresDatabase(Database):
    """One connection to a journal's database; its statements take the time they take."""

    def __init__(self, dsn: str, migrations: Path = MIGRATIONS) -> None:
        """Name the database, as libpq does."""
        self._dsn = dsn
        self._migrations = migrations
        self._connection: asyncpg.Connection | None = None

    async def open(self) -> None:
        try:
            # Lists of every length make statements that are used once: they are not worth keeping.
            self._connection = await asyncpg.connect(self._dsn, statement_cache_size=0, timeout=CONNECT_S)
        except (*DOWN, ValueError) as error:
            raise JournalUnavailable(not_opened(self._dsn, error)) from None

    async def close(self) -> None:
        if self._connection is not None:
            await hang_up(self._connection)
            self._connection = None

    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        try:
            return [tuple(row) for row in await self.opened().fetch(numbered(sql), *values)]
        except DOWN as error:
            raise JournalUnavailable(f"the journal did not do it: {said(error)}") from None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        try:
            async with self.opened().transaction():
                yield
        except DOWN as error:
            raise JournalUnavailable(f"the journal did not do it: {said(error)}") from None

    async def schema(self) -> Schema:
        try:
            return Schema(migrations_of("postgres", self._migrations), await read(self.opened()))
        except DOWN as error:
            raise JournalUnavailable(f"the journal did not do it: {said(error)}") from None

    async def upgrade(self, phases: Collection[Phase] = EVERY_PHASE) -> list[Migration]:
        try:
            return await upgrade(self.opened(), migrations_of("postgres", self._migrations), phases)
        except DOWN as error:
            raise JournalUnavailable(f"the journal did not do it: {said(error)}") from None

    async def columns(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for table, column in await self.rows(_TABLES):
            found.setdefault(table, []).append(column)
        return found

    async def size(self, table: str) -> Size:
        [(about, size)] = await self.rows(_SIZE, (table,))
        if about > EXACT_ROWS_MAX:
            return Size(rows=about, is_exact=False, bytes=size)
        [(rows,)] = await self.rows(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours
        return Size(rows=rows, bytes=size)

    async def months(self) -> dict[str, list[Month]]:
        try:
            return await partitions(self.opened())
        except DOWN as error:
            raise JournalUnavailable(f"the journal did not do it: {said(error)}") from None

    async def make_ahead(self, now: datetime) -> list[str]:
        try:
            return await make_ahead(self.opened(), now)
        except DOWN as error:
            raise JournalUnavailable(f"the partitions could not be made: {said(error)}") from None

    async def hold(self, tables: Collection[str]) -> None:
        try:
            await hold(self.opened(), tables)
        except DOWN as error:
            raise JournalUnavailable(f"{', '.join(tables)} could not be held: {said(error)}") from None

    async def drop(self, month: Month, tables: Collection[str]) -> None:
        try:
            await drop(self.opened(), month, tables)
        except DOWN as error:
            raise JournalUnavailable(f"the partitions of {month} could not be dropped: {said(error)}") from None

    def opened(self) -> asyncpg.Connection:
        """The connection. Raises JournalUnavailable."""
        if self._connection is None:
            raise JournalUnavailable("the journal is not open")
        return self._connection
