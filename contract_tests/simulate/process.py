"""A gateway process that can vanish between two steps, or stand still for a while as a zombie does."""

import asyncio
import contextlib
import warnings
from collections.abc import Awaitable, Callable
from contextvars import Context, ContextVar
from typing import Any, TypeVar

from contract_tests.simulate.loop import HOST, Handle, VirtualLoop

T = TypeVar("T")
ROLE: ContextVar[str] = ContextVar("role", default="worker")
"""What the process is doing: a `call` of a client, a `callback` of a carrier, or its own `worker`."""


class ConnectionLost(Exception):
    """The process vanished before it answered."""


class ProcessGone(BaseException):
    """Whatever a vanished process still tries, nothing comes of it."""


class Process:
    """What runs in one gateway. `gone`: it vanished; `held`: what waits while it stands still."""

    def __init__(self, loop: VirtualLoop, name: str) -> None:
        self.name = name
        self.gone = False
        self.held: list[Handle] | None = None
        self.tasks: list[asyncio.Task[Any]] = []
        self.at_end: list[Callable[[], None]] = []
        self._loop = loop
        # In the order they came: a set of futures has the order of their addresses, which no seed decides.
        self._waiting: dict[asyncio.Future[Any], None] = {}

    def run(self, act: Callable[[], T]) -> T:
        """Do something as this process."""
        return self._context("worker").run(act)

    async def call(self, role: str, act: Callable[[], Awaitable[T]]) -> T:
        """Ask this process from outside. Raises what it raised, ConnectionLost when it vanishes first."""
        if self.gone:
            raise ConnectionLost(self.name)
        answer: asyncio.Future[T] = self._loop.create_future()
        self._waiting[answer] = None
        self._loop.create_task(_answer(act, answer), context=self._context(role))
        try:
            return await answer
        finally:
            self._waiting.pop(answer, None)

    def _context(self, role: str) -> Context:
        context = Context()
        context.run(HOST.set, self)
        context.run(ROLE.set, role)
        return context

    def vanish(self) -> None:
        """All of it is gone at once: no handler, no clean-up runs; who waits for it loses the connection."""
        if self.gone:
            return
        self.gone, self.held = True, None
        for answer in self._waiting:
            if not answer.done():
                answer.set_exception(ConnectionLost(self.name))
        for tell in self.at_end:
            tell()

    def pause(self) -> None:
        """Stand still: time goes by, and nothing of it runs."""
        self.held = self.held if self.held is not None else []

    def resume(self) -> None:
        """Go on, not knowing that time has gone by."""
        self._loop.release(self)

    def bury(self) -> None:
        """After the run: let go of what was left unfinished, without a word from asyncio about it."""
        self.gone = True
        unfinished = [task for task in self.tasks if not task.done()]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # one may hold a coroutine that it had not come to await
            for task in unfinished:
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
                with contextlib.suppress(BaseException):
                    task.get_coro().close()


async def _answer(act: Callable[[], Awaitable[T]], answer: "asyncio.Future[T]") -> None:
    try:
        result = await act()
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever asked
        if not answer.done():
            answer.set_exception(error)
    else:
        if not answer.done():
            answer.set_result(result)
