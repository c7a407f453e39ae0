"""Upkeep of a SQLite file, also while a gateway writes it: every statement waits for its turn, and holds it briefly."""

import sqlite3
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway.journal.errors import JournalUnavailable
from gateway.journal.postgres_months import Month
from gateway.journal.schema import EVERY_PHASE, MIGRATIONS, Migration, Phase, Schema, migrations_of
from gateway.journal.sqlite import connect, not_opened
from gateway.journal.sqlite_schema import read, upgrade
from gateway.journal.upkeep.database import Database, Row, Size

BUSY_TIMEOUT_MS = 30_000
"""A gateway's writes are short: upkeep is the one that waits."""


class SqliteDatabase(Database):
    """One connection to a journal's file."""

    def __init__(self, path: Path, migrations: Path = MIGRATIONS) -> None:
        """Name the file."""
        self._path = path
        self._migrations = migrations
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        if not self._path.exists():
            raise JournalUnavailable(f"there is no journal at {self._path} yet: a gateway makes it when it starts")
        try:
            self._connection = connect(self._path)
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailable(not_opened(self._path, error)) from None

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._opened().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise JournalUnavailable(f"the journal did not do it: {error}") from None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        await self.rows("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            await self.rows("ROLLBACK")
            raise
        await self.rows("COMMIT")

    async def schema(self) -> Schema:
        return Schema(migrations_of("sqlite", self._migrations), read(self._opened()))

    async def upgrade(self, phases: Collection[Phase] = EVERY_PHASE) -> list[Migration]:
        try:
            return upgrade(self._opened(), migrations_of("sqlite", self._migrations), phases)
        except sqlite3.Error as error:
            raise JournalUnavailable(f"the journal did not do it: {error}") from None

    async def columns(self) -> dict[str, list[str]]:
        listed = await self.rows(
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
            "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid"
        )
        found: dict[str, list[str]] = {}
        for table, column in listed:
            found.setdefault(table, []).append(column)
        return found

    async def size(self, table: str) -> Size:
        [(rows,)] = await self.rows(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours
        try:
            [(size,)] = self._opened().execute(
                "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN "
                "(SELECT name FROM sqlite_master WHERE tbl_name = ?)",
                (table,),
            )
        except sqlite3.OperationalError:
            size = None  # this SQLite was built without the table of its pages
        return Size(rows=rows, bytes=size)

    async def hold(self, tables: Collection[str]) -> None:
        """Nothing: a transaction of a file is its only writer."""

    async def drop(self, month: Month, tables: Collection[str]) -> None:
        """Nothing: no table of a file is divided by month."""

    async def reusable_bytes(self) -> int | None:
        [(pages,)], [(size,)] = await self.rows("PRAGMA freelist_count"), await self.rows("PRAGMA page_size")
        return int(pages * size)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise JournalUnavailable("the journal is not open")
        return self._connection
