"""The one connection that writes to SQLite: groups are applied on the loop and committed in a thread.

Statements touch pages in memory and cost microseconds; only COMMIT waits for the disk, and only that runs in the
thread, so that the two never wait for each other's turn between statements. A refused group takes nothing with it: the
batch is begun anew with a savepoint around each group, which would cost too much in every batch, as groups are seldom
refused. Callers are told only after COMMIT has returned, with `synchronous=FULL`: after the bytes are on the disk.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gateway.journal.batches import Batches, Ending
from gateway.journal.protocol import JournalUnavailable

LOCKED_MAX_S = 2.0
LOCKED_STEP_S = 0.01

Work = Callable[[sqlite3.Connection], Any]
"""What a group does on the connection; what it returns is the caller's answer."""


class GroupCommitter:
    """The writing connection: `submit` returns when the group is durable, or raises why it was refused."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Take a function that opens the writing connection; it is called in the thread."""
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._batches = Batches[Work](self._commit)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal-writer")

    async def start(self) -> None:
        """Open the connection; raises JournalUnavailable when it cannot be opened."""
        try:
            self._connection = await asyncio.get_running_loop().run_in_executor(self._thread, self._connect)
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailable(f"the journal cannot be opened: {error}") from None
        self._batches.start()

    async def close(self) -> None:
        """Commit what is queued and close the connection."""
        await self._batches.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._thread.shutdown()

    async def submit(self, work: Work) -> Any:
        """Run `work` in the next batch. Raises the JournalError it raised, or JournalUnavailable."""
        return await self._batches.submit(work)

    async def _commit(self, batch: Sequence[Work]) -> list[Ending]:
        connection, loop = self._connection, asyncio.get_running_loop()
        assert connection is not None, "batches are served only while the connection is open"
        try:
            if not _begins(connection):
                await loop.run_in_executor(self._thread, _begin_patiently, connection)
            endings = _apply_all(connection, batch)
            await loop.run_in_executor(self._thread, connection.execute, "COMMIT")
        except sqlite3.Error as error:
            _roll_back(connection)
            return [(None, JournalUnavailable(f"the journal could not write: {error}")) for _ in batch]
        return endings


def _begins(connection: sqlite3.Connection) -> bool:
    """Take the write lock if it is free at once."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _begin_patiently(connection: sqlite3.Connection) -> None:
    """Wait for another process's write to end; raises sqlite3.OperationalError when it takes too long."""
    until = time.monotonic() + LOCKED_MAX_S
    while not _begins(connection):
        if time.monotonic() > until:
            raise sqlite3.OperationalError(f"another process has kept it locked for {LOCKED_MAX_S:.0f} s")
        time.sleep(LOCKED_STEP_S)


def _apply_all(connection: sqlite3.Connection, batch: Sequence[Work]) -> list[Ending]:
    """Apply every group; what one of them refuses is undone, the others stay."""
    try:
        return [(work(connection), None) for work in batch]
    except sqlite3.Error:
        raise  # the disk or the file, no group: the whole batch ends
    except Exception:  # noqa: BLE001 - one group was refused: found out below, and told to its caller
        connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        return [_apply(connection, work) for work in batch]


def _apply(connection: sqlite3.Connection, work: Work) -> Ending:
    connection.execute("SAVEPOINT work")
    try:
        value = work(connection)
    except sqlite3.Error:
        raise
    except Exception as refused:  # noqa: BLE001 - told to this group's caller; the others are not concerned
        connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")
        return None, refused
    connection.execute("RELEASE work")
    return value, None


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
