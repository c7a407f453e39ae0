"""What a running gateway does by the clock beside its operations: small reads, each at a pace of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from gateway.journal.errors import JournalError
from gateway.ports import World

_log = logging.getLogger("insurehub.watch")


class Duty(Struct, frozen=True):
    """Something done again and again, so many seconds after it was done last."""

    name: str
    every_s: float
    do: Callable[[], Awaitable[None]]


class Watch:
    """The duties of one process; one that fails is told and done again at its next turn, and holds up no other."""

    def __init__(self, world: World, duties: Sequence[Duty]) -> None:
        """Take what is to be done; `start` begins."""
        self._world = world
        self._duties = duties
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin each duty; its first turn comes after its first pause."""
        self._tasks = [asyncio.create_task(self._keep(duty)) for duty in self._duties]

    async def stop(self) -> None:
        """End all of them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _keep(self, duty: Duty) -> None:
        while True:
            await self._world.sleep(duty.every_s)
            try:
                await duty.do()
            except JournalError as down:
                _log.warning("%s: the journal did not answer: %s", duty.name, type(down).__name__)
            except Exception as error:  # noqa: BLE001 - a duty that ended for good would be missed by nobody
                _log.error("%s failed: %s", duty.name, type(error).__name__)
