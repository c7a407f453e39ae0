"""Clock, chance and ids of a simulated gateway: the loop's time, the seed's numbers."""

from datetime import UTC, datetime, timedelta
from random import Random

from contract_tests.simulate.loop import VirtualLoop
from contract_tests.simulate.points import Points
from gateway.ports import World

BEGINS_AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
BEGINS_S = BEGINS_AT.timestamp()


class VirtualWorld(World):
    """The world of one process; falling asleep is a moment at which it may vanish."""

    def __init__(self, loop: VirtualLoop, chance: Random, points: Points, wrong_by_s: float = 0.0) -> None:
        """`wrong_by_s`: how far this machine's clock is ahead of everybody else's."""
        self._loop, self._chance, self._points = loop, chance, points
        self._wrong_by_s = wrong_by_s

    def now(self) -> datetime:
        return BEGINS_AT + timedelta(seconds=self._loop.time() + self._wrong_by_s)

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, wait_s: float) -> None:
        await self._points.reach("asleep", wait_s=wait_s)

    def random(self) -> float:
        return self._chance.random()

    def token(self, size_bytes: int) -> bytes:
        return self._chance.randbytes(size_bytes)

    def _milliseconds(self) -> int:
        return int((BEGINS_S + self._loop.time() + self._wrong_by_s) * 1000)
