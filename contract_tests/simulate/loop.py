"""An event loop whose time jumps from timer to timer, and whose seed says who of those that could run runs next."""

import asyncio
import heapq
import itertools
import traceback
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
STEPS_MAX = 5_000_000


class Host(Protocol):
    """Whose callback it is: a process that may be gone, or stand still."""

    gone: bool
    held: "list[Handle] | None"
    tasks: "list[asyncio.Task[Any]]"


HOST: ContextVar[Host | None] = ContextVar("host", default=None)
"""The simulated process that the code running now belongs to; None outside of all."""


class Handle(asyncio.TimerHandle):
    """A callback that may run, now or when its time comes; asyncio's own ask the loop whether they are debugged."""

    __slots__ = ("act", "given", "host", "within")

    def __init__(self, act: Callable[..., object], given: tuple[Any, ...], within: Context) -> None:
        self.act, self.given, self.within = act, given, within
        self.host: Host | None = within.get(HOST)
        self._cancelled = False

    def __repr__(self) -> str:
        return f"<Handle of {self.act}>"

    def cancel(self) -> None:
        """It is passed over when its turn comes."""
        self._cancelled = True


class Deadlock(RuntimeError):
    """Nothing can run and no timer is set: the simulation itself waits for what never comes."""


class VirtualLoop(asyncio.AbstractEventLoop):
    """Runs callbacks in an order the seed decides; what belongs to a process that is gone never runs again."""

    def __init__(self, chance: Random) -> None:
        self._now = 0.0
        self._chance = chance
        self._ready: list[Handle] = []
        self._timers: list[tuple[float, int, Handle]] = []
        self._order = itertools.count()
        self._running = False
        self.complaints: list[str] = []

    def time(self) -> float:
        """Virtual seconds since the run began."""
        return self._now

    def call_soon(self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None) -> Handle:
        """Put a callback among those that may run now."""
        handle = Handle(callback, args, copy_context() if context is None else context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> Handle:
        """Run a callback when so much virtual time has passed."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> Handle:
        """Run a callback at an instant of virtual time."""
        handle = Handle(callback, args, copy_context() if context is None else context)
        heapq.heappush(self._timers, (when, next(self._order), handle))
        return handle

    def create_future(self) -> "asyncio.Future[Any]":
        """A future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None, **_: Any
    ) -> "asyncio.Task[Any]":
        """A task; its process keeps it, so that what it leaves unfinished is dropped and not cleaned up."""
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        host = HOST.get() if context is None else context.get(HOST)
        if host is not None:
            host.tasks.append(task)
        return task

    def run_until_complete(self, future: Any) -> Any:
        """Run until a coroutine or future is done. Raises Deadlock."""
        asyncio._set_running_loop(self)  # noqa: SLF001 - what every event loop does while it runs
        self._running = True
        try:
            task = asyncio.ensure_future(future, loop=self)
            for _ in range(STEPS_MAX):
                if task.done():
                    return task.result()
                self._step()
            raise Deadlock(f"no end after {STEPS_MAX} steps, {self._now:.0f} s of virtual time")
        finally:
            self._running = False
            asyncio._set_running_loop(None)  # noqa: SLF001

    def run_until(self, at_s: float) -> None:
        """Run all that is due until an instant, and stand there."""
        asyncio._set_running_loop(self)  # noqa: SLF001 - what every event loop does while it runs
        self._running = True
        try:
            while self._ready or (self._timers and self._timers[0][0] <= at_s):
                self._step()
            self._now = max(self._now, at_s)
        finally:
            self._running = False
            asyncio._set_running_loop(None)  # noqa: SLF001

    def _step(self) -> None:
        ready = self._ready
        if not ready:
            self._let_time_pass()
        at = int(self._chance.random() * len(ready))
        ready[at], ready[-1] = ready[-1], ready[at]
        handle = ready.pop()
        host = handle.host
        if handle._cancelled or (host is not None and host.gone):  # noqa: SLF001
            return
        if host is not None and host.held is not None:
            host.held.append(handle)
            return
        try:
            handle.within.run(handle.act, *handle.given)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - as every event loop does
            self.call_exception_handler({"message": f"Exception in callback {handle}", "exception": error})

    def _let_time_pass(self) -> None:
        """Jump to the next timer; all that are due at that instant become ready together."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:  # noqa: SLF001
            heapq.heappop(timers)
        if not timers:
            raise Deadlock("nothing can run and no timer is set")
        self._now = now = max(self._now, timers[0][0])
        while timers and timers[0][0] <= now:
            handle = heapq.heappop(timers)[2]
            if not handle._cancelled:  # noqa: SLF001
                self._ready.append(handle)

    def release(self, host: Host) -> None:
        """Let a process that stood still go on: all that happened to it meanwhile may run now."""
        held, host.held = host.held, None
        self._ready += held or ()

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what asyncio complains about."""
        error = context.get("exception")
        self.complaints.append(f"{context.get('message')}: {_where(error)}" if error else str(context.get("message")))

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Whether a callback of this loop runs now."""
        return self._running

    def is_closed(self) -> bool:
        """It holds nothing that needs closing."""
        return False


def _where(error: BaseException) -> str:
    """An error by its type, and the place it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def outside(loop: VirtualLoop, coro: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """A task that belongs to no process, whoever starts it: the network, a carrier, a client."""
    return loop.create_task(coro, context=Context())
