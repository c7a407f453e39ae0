"""One thread that owns the writing connection and commits waiting groups together.

A group is applied under a savepoint: a refused group rolls back alone, the others of the batch are still committed.
Callers are told only after COMMIT has returned, with `synchronous=FULL`: after the bytes are on the disk.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

from gateway.journal.protocol import JournalError, JournalUnavailable

BATCH_MAX = 256
QUEUE_MAX = 10_000

Work = Callable[[sqlite3.Connection], Any]
"""What a group does on the connection, inside a savepoint; what it returns is the caller's answer."""


class GroupCommitter:
    """The writer thread: `submit` returns when the group is durable, or raises why it was refused."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Take a function that opens the writing connection; it is called in the thread."""
        self._connect = connect
        self._queue: queue.SimpleQueue[tuple[Work, asyncio.Future[Any]] | None] = queue.SimpleQueue()
        self._waiting = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Start the thread; raises JournalUnavailable when the connection cannot be opened."""
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="journal-writer", daemon=True)
        self._thread.start()
        await opened

    async def close(self) -> None:
        """Commit what is queued and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    async def submit(self, work: Work) -> Any:
        """Run `work` in the next batch. Raises the JournalError it raised, or JournalUnavailable."""
        if self._loop is None or self._thread is None:
            raise JournalUnavailable("the journal is not open")
        if self._waiting >= QUEUE_MAX:
            raise JournalUnavailable("too many writes are waiting")
        done: asyncio.Future[Any] = self._loop.create_future()
        self._waiting += 1
        try:
            self._queue.put((work, done))
            return await done
        finally:
            self._waiting -= 1

    def _run(self, opened: asyncio.Future[None]) -> None:
        try:
            connection = self._connect()
        except (sqlite3.Error, OSError) as error:
            self._tell([(opened, None, JournalUnavailable(f"the journal cannot be opened: {error}"))])
            return
        self._tell([(opened, None, None)])
        try:
            while batch := self._next_batch():
                self._tell(self._commit(connection, batch))
        finally:
            connection.close()

    def _next_batch(self) -> list[tuple[Work, asyncio.Future[Any]]]:
        batch: list[tuple[Work, asyncio.Future[Any]]] = []
        item = self._queue.get()
        while item is not None:
            batch.append(item)
            if len(batch) == BATCH_MAX:
                return batch
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch
        if batch:
            self._queue.put(None)
        return batch

    def _commit(
        self, connection: sqlite3.Connection, batch: list[tuple[Work, asyncio.Future[Any]]]
    ) -> list[tuple[asyncio.Future[Any], Any, JournalError | None]]:
        answers: list[tuple[asyncio.Future[Any], Any, JournalError | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            answers = [(done, *_apply(connection, work)) for work, done in batch]
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            _roll_back(connection)
            why = f"the journal could not write: {error}"
            return [(done, None, JournalUnavailable(why)) for _, done in batch]
        return answers

    def _tell(self, answers: list[tuple[asyncio.Future[Any], Any, JournalError | None]]) -> None:
        def deliver() -> None:
            for done, value, error in answers:
                if done.done():
                    continue
                if error is None:
                    done.set_result(value)
                else:
                    done.set_exception(error)

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(deliver)


def _apply(connection: sqlite3.Connection, work: Work) -> tuple[Any, JournalError | None]:
    connection.execute("SAVEPOINT work")
    try:
        value = work(connection)
    except JournalError as refused:
        connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")
        return None, refused
    connection.execute("RELEASE work")
    return value, None


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
