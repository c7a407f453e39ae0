"""Group commit, whatever the database: groups that wait are committed together, and told apart afterwards.

While one batch is being committed the next one gathers. Under load it gathers for a moment longer: a commit has a price
of its own (a flush of the disk, the last page of every index), however many groups it holds.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from gateway.journal.errors import JournalUnavailable

BATCH_MAX = 256
QUEUE_MAX = 10_000
GATHER_S = 0.002
GATHER_FROM = 2
"""When this many groups came in during the last commit there is load."""

T = TypeVar("T")
_log = logging.getLogger("insurehub.journal")
Ending = tuple[Any, Exception | None]
"""What became of one group: its value, or why it was refused."""


class Batches(Generic[T]):
    """A queue in front of a commit: `submit` returns when its group is durable, or raises why it was refused."""

    def __init__(self, commit: Callable[[Sequence[T]], Awaitable[list[Ending]]]) -> None:
        """Take what commits a batch; it gives the ending of every group, in order, and raises nothing."""
        self._commit = commit
        self._waiting: list[tuple[T, asyncio.Future[Any]]] = []
        self._has_work = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to serve."""
        self._task = asyncio.get_running_loop().create_task(self._serve())

    async def close(self) -> None:
        """Commit what is queued, then end."""
        self._closing = True
        self._has_work.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def submit(self, group: T) -> Any:
        """Commit a group in the next batch. Raises what it was refused for, or JournalUnavailable."""
        if self._task is None or self._closing:
            raise JournalUnavailable("the journal is not open")
        if len(self._waiting) >= QUEUE_MAX:
            raise JournalUnavailable("too many writes are waiting")
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((group, done))
        self._has_work.set()
        return await done

    async def _serve(self) -> None:
        while await self._has_work.wait():
            if not self._waiting:
                return
            if len(self._waiting) >= GATHER_FROM:
                await asyncio.sleep(GATHER_S)
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
            if not self._waiting and not self._closing:
                self._has_work.clear()
            endings = await self._committed([group for group, _ in batch])
            _tell([done for _, done in batch], endings)

    async def _committed(self, groups: Sequence[T]) -> list[Ending]:
        try:
            return await self._commit(groups)
        except Exception as error:  # noqa: BLE001 - a queue that ended would let every later write wait for ever
            _log.error("a batch failed in a way nobody foresaw: %s", type(error).__name__)
            return [(None, JournalUnavailable(f"the journal failed ({type(error).__name__})")) for _ in groups]


def _tell(waiting: list[asyncio.Future[Any]], endings: list[Ending]) -> None:
    for done, (value, error) in zip(waiting, endings, strict=True):
        if done.done():
            continue
        if error is None:
            done.set_result(value)
        else:
            done.set_exception(error)
