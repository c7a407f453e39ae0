"""The one connection that writes: waiting groups are applied together on the loop and committed in a thread.

Statements touch pages in memory and cost microseconds; only COMMIT waits for the disk, and only that runs in the
thread, so that the two never wait for each other's turn between statements. While one batch is being committed the
next one gathers. A refused group takes nothing with it: the batch is begun anew with a savepoint around each group,
which would cost too much in every batch, as groups are seldom refused. Callers are told only after COMMIT has
returned, with `synchronous=FULL`: after the bytes are on the disk.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gateway.journal.protocol import JournalUnavailable

BATCH_MAX = 256
QUEUE_MAX = 10_000
LOCKED_MAX_S = 2.0
LOCKED_STEP_S = 0.01
GATHER_S = 0.002
GATHER_FROM = 2
"""When this many groups came in during the last commit there is load: the next batch gathers for a moment.

Every commit writes the last page of every index once, however many groups it holds.
"""

Work = Callable[[sqlite3.Connection], Any]
"""What a group does on the connection, inside a savepoint; what it returns is the caller's answer."""

Waiting = tuple[Work, asyncio.Future[Any]]
Answered = tuple[asyncio.Future[Any], Any, Exception | None]


class GroupCommitter:
    """The writing connection: `submit` returns when the group is durable, or raises why it was refused."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Take a function that opens the writing connection; it is called in the thread."""
        self._connect = connect
        self._waiting: list[Waiting] = []
        self._has_work = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal-writer")

    async def start(self) -> None:
        """Open the connection; raises JournalUnavailable when it cannot be opened."""
        loop = asyncio.get_running_loop()
        try:
            connection = await loop.run_in_executor(self._thread, self._connect)
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailable(f"the journal cannot be opened: {error}") from None
        self._task = loop.create_task(self._serve(connection))

    async def close(self) -> None:
        """Commit what is queued and close the connection."""
        self._closing = True
        self._has_work.set()
        if self._task is not None:
            await self._task
            self._task = None
        self._thread.shutdown()

    async def submit(self, work: Work) -> Any:
        """Run `work` in the next batch. Raises the JournalError it raised, or JournalUnavailable."""
        if self._task is None or self._closing:
            raise JournalUnavailable("the journal is not open")
        if len(self._waiting) >= QUEUE_MAX:
            raise JournalUnavailable("too many writes are waiting")
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        self._has_work.set()
        return await done

    async def _serve(self, connection: sqlite3.Connection) -> None:
        try:
            while await self._has_work.wait():
                if not self._waiting:
                    return
                if len(self._waiting) >= GATHER_FROM:
                    await asyncio.sleep(GATHER_S)
                batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
                if not self._waiting and not self._closing:
                    self._has_work.clear()
                _tell(await self._commit(connection, batch))
        finally:
            connection.close()

    async def _commit(self, connection: sqlite3.Connection, batch: list[Waiting]) -> list[Answered]:
        loop = asyncio.get_running_loop()
        try:
            if not _begins(connection):
                await loop.run_in_executor(self._thread, _begin_patiently, connection)
            answers = _apply_all(connection, batch)
            await loop.run_in_executor(self._thread, connection.execute, "COMMIT")
        except sqlite3.Error as error:
            _roll_back(connection)
            why = f"the journal could not write: {error}"
            return [(done, None, JournalUnavailable(why)) for _, done in batch]
        return answers


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


def _tell(answers: list[Answered]) -> None:
    for done, value, error in answers:
        if done.done():
            continue
        if error is None:
            done.set_result(value)
        else:
            done.set_exception(error)


def _apply_all(connection: sqlite3.Connection, batch: list[Waiting]) -> list[Answered]:
    """Apply every group; what one of them refuses is undone, the others stay."""
    try:
        return [(done, work(connection), None) for work, done in batch]
    except sqlite3.Error:
        raise  # the disk or the file, no group: the whole batch ends
    except Exception:  # noqa: BLE001 - one group was refused: found out below, and told to its caller
        connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        return [(done, *_apply(connection, work)) for work, done in batch]


def _apply(connection: sqlite3.Connection, work: Work) -> tuple[Any, Exception | None]:
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
