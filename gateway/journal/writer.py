"""The one connection that writes to SQLite: groups are applied on the loop and committed in a thread.

Statements touch pages in memory and cost microseconds; only COMMIT waits for the disk, and only that runs in the
thread, so that the two never wait for each other's turn between statements. Callers are told only after COMMIT has
returned, with `synchronous=FULL`: after the bytes are on the disk.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_delay, wait_fixed

from gateway.journal.batches import Batches, Ending
from gateway.journal.errors import JournalUnavailable
from gateway.journal.sqlite_writes import Task, apply_all
from gateway.journal.statements import Group

LOCKED_MAX_S = 2.0
LOCKED_STEP_S = 0.01


class GroupCommitter:
    """The writing connection: `submit` returns when the group is durable, or raises why it was refused."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Take a function that opens the writing connection; it is called in the thread."""
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._batches = Batches[Group | Task](self._commit)
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

    async def submit(self, work: Group | Task) -> Any:
        """Write a group, or run a task, in the next batch. Raises what a guard says, or JournalUnavailable."""
        return await self._batches.submit(work)

    async def _commit(self, batch: Sequence[Group | Task]) -> list[Ending]:
        connection, loop = self._connection, asyncio.get_running_loop()
        assert connection is not None, "batches are served only while the connection is open"
        try:
            if not _begins(connection):
                await loop.run_in_executor(self._thread, _begin_patiently, connection)
            endings = apply_all(connection, batch)
            await loop.run_in_executor(self._thread, connection.execute, "COMMIT")
        except sqlite3.Error as error:
            _roll_back(connection)
            return [(None, JournalUnavailable(f"the journal could not write: {error}")) for _ in batch]
        except BaseException:
            _roll_back(connection)
            raise
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
    patiently = Retrying(
        retry=retry_if_result(lambda begun: not begun),
        wait=wait_fixed(LOCKED_STEP_S),
        stop=stop_after_delay(LOCKED_MAX_S),
        retry_error_callback=_still_locked,
    )
    patiently(_begins, connection)


def _still_locked(_state: RetryCallState) -> NoReturn:
    raise sqlite3.OperationalError(f"another process has kept it locked for {LOCKED_MAX_S:.0f} s")


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
