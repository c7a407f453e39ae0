"""The journal in one SQLite file: WAL, synchronous=FULL, one writer thread with group commit, reads beside it.

Reads run on a connection of the event loop's own thread: a point read of a warm page costs less than a thread's hop.
"""

import logging
import os
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.journal.changes import Change, must_be_moves
from gateway.journal.errors import JournalUnavailable
from gateway.journal.outbox_reads import OutboxReads, claim_values, claiming
from gateway.journal.reads import LIVE
from gateway.journal.records import DeliveryRecord, OperationRecord
from gateway.journal.schema import MIGRATIONS, Schema, migrations_of
from gateway.journal.sqlite_schema import read, upgrade
from gateway.journal.tables import DELIVERIES, OPERATIONS, TRIED, micros
from gateway.journal.writer import GroupCommitter
from gateway.model.events import Ordering

BUSY_TIMEOUT_MS = 2_000
ROOM_BYTES = 1 << 20
"""With less on its disk the next operations will not be taken, though one row may still go into what a file has."""
_log = logging.getLogger("insurehub.journal")


class SqliteJournal(OutboxReads):
    """A journal in a file; several processes may read it, one gateway writes it."""

    member = "json_extract(CAST(body AS TEXT), '$.{name}')"

    def __init__(self, path: Path, *, page_count_max: int | None = None, migrations: Path = MIGRATIONS) -> None:
        """Name the file; `page_count_max` bounds its size in pages, for trying out a full disk."""
        self._path = path
        self._page_count_max = page_count_max
        self._migrations = migrations
        self._writer = GroupCommitter(self._connect_to_write)
        self._reader: sqlite3.Connection | None = None

    async def start(self) -> None:
        """Open the file, make it when absent, and bring its schema up to date."""
        await self._writer.start()
        try:
            self._reader = connect(self._path, self._page_count_max)
            self._reader.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise JournalUnavailable(f"the journal cannot be read: {error}") from None

    async def close(self) -> None:
        """Commit what is queued and close."""
        await self._writer.close()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    async def clock(self) -> None:
        """It has none of its own: one process on one machine."""

    async def look_ahead(self, now: datetime) -> None:
        """Nothing has to be made beforehand."""

    async def write(self, *changes: Change) -> None:
        """Write a group of changes atomically and durably."""
        must_be_moves(changes)
        await self._writer.submit(changes)

    async def try_writing(self, now: datetime) -> None:
        """Write one row that is always the same, where its disk has room for what an operation writes."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError as error:
            raise JournalUnavailable(f"the journal could not write: {error.strerror}") from None
        if disk.f_bavail * disk.f_frsize < ROOM_BYTES:
            raise JournalUnavailable("the journal could not write: its disk is full")
        await self._writer.submit(lambda connection: connection.execute(TRIED, (micros(now),)))

    async def claim_due(self, now: datetime, owner: str, lease_until: datetime, limit: int) -> list[OperationRecord]:
        """Take live operations whose lease has ended and whose next check is due; their fence goes up by one."""
        stamp = micros(now)
        claim = (
            "UPDATE operations SET lease_owner = ?, lease_until = ?, fence = fence + 1 WHERE operation_id IN ("  # noqa: S608
            f"SELECT operation_id FROM operations WHERE state IN ({LIVE}) "
            "AND (lease_until IS NULL OR lease_until < ?) AND (next_check_at IS NULL OR next_check_at <= ?) "
            "ORDER BY next_check_at LIMIT ?) RETURNING operation_id"
        )
        chosen = f"SELECT {OPERATIONS.selected} FROM {OPERATIONS.view} WHERE operation_id = ?"  # noqa: S608 - our names
        values = (owner, micros(lease_until), stamp, stamp, limit)

        def claimed(connection: sqlite3.Connection) -> list[Any]:
            ids = connection.execute(claim, values).fetchall()
            return [connection.execute(chosen, each).fetchone() for each in ids]

        rows = await self._writer.submit(claimed)
        return [OPERATIONS.load(row) for row in rows]

    async def claim_deliveries(
        self, endpoint_id: str, ordering: Ordering, now: datetime, owner: str, lease_until: datetime, limit: int
    ) -> list[DeliveryRecord]:
        """Take due deliveries of an endpoint whose turn it is; their fence goes up by one."""
        values = claim_values(endpoint_id, ordering, now, owner, lease_until, limit)

        def claimed(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(claiming(ordering), values).fetchall()

        rows = await self._writer.submit(claimed)
        return sorted(map(DELIVERIES.load, rows), key=lambda each: each.place)

    def _connect_to_write(self) -> sqlite3.Connection:
        """The writer waits for locks in its thread, never inside a statement on the loop."""
        files = migrations_of("sqlite", self._migrations)
        try:
            connection = connect(self._path, self._page_count_max)
            upgrade(connection, files)
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailable(not_opened(self._path, error)) from None
        for warning in Schema(files, read(connection)).must_serve():
            _log.warning("%s", warning)
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    async def rows(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """Read on the loop's own thread."""
        if self._reader is None:
            raise JournalUnavailable("the journal is not open")
        try:
            return self._reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise JournalUnavailable(f"the journal cannot be read: {error}") from None


_TO_DO = {
    "SQLITE_NOTADB": "this is no SQLite file: name another one",
    "SQLITE_CANTOPEN": "the file and its folder must be there for this user to write",
    "SQLITE_READONLY": "the file and its folder must be there for this user to write",
    "SQLITE_FULL": "make room on its disk",
    "SQLITE_BUSY": "another process keeps it locked: one gateway writes a SQLite file",
}


def not_opened(path: Path, error: Exception) -> str:
    """Why a file cannot be opened, in a sentence that says where and what to do."""
    name = getattr(error, "sqlite_errorname", "")
    to_do = next((f"; {words}" for begins, words in _TO_DO.items() if name.startswith(begins)), "")
    return f"the journal at {path} cannot be opened: {getattr(error, 'strerror', None) or error}{to_do}"


def connect(path: Path, page_count_max: int | None = None) -> sqlite3.Connection:
    """Open a journal's file, or make it: durable, and readable while it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if page_count_max is not None:
        connection.execute(f"PRAGMA max_page_count = {page_count_max}")
    return connection
