"""One clock for all gateways of a journal: the journal's own, where it has one; this machine's only counts on from it.

Leases, horizons and a key's time to live are written by one gateway and read by another. Were each to look at its own
machine's clock, one that is wrong by minutes would take what others are at, believe a "not found" too early, or send a
key again that its carrier has forgotten.
"""

from datetime import UTC, datetime

from gateway.journal.protocol import Journal
from gateway.ports import World

AGREES_EVERY_S = 30.0
"""How often the journal is asked anew: two quartzes drift apart by far less than a millisecond meanwhile."""
STEPPED_S = 0.5
"""When this machine's clock and its count of seconds differ by so much more than before, it was set, or has slept."""
EXACT_S = 1.0
"""An answer that took longer tells the time less well than what is known already."""


class CommonClock(World):
    """A world whose clock is the journal's; until a journal was asked, or where it has none, the machine's."""

    def __init__(self, inner: World | None = None) -> None:
        """Take everything but the time of day from `inner`."""
        self._inner = inner or World()
        self._begins_s: float | None = None
        """What the journal's clock shows, in seconds since 1970, where the count of seconds is nought."""
        self._asked_at_s = float("-inf")
        self._offset_s = 0.0

    async def agree(self, journal: Journal) -> None:
        """Ask the journal for the time, unless that was done lately. Raises JournalUnavailable."""
        asked_s = self.monotonic()
        has_stepped = abs(self._local_offset_s() - self._offset_s) > STEPPED_S
        if asked_s - self._asked_at_s < AGREES_EVERY_S and not has_stepped:
            return
        shown = await journal.clock()
        answered_s = self.monotonic()
        self._asked_at_s, self._offset_s = answered_s, self._local_offset_s()
        is_exact = answered_s - asked_s <= EXACT_S
        if shown is not None and (is_exact or has_stepped or self._begins_s is None):
            # Late by the answer's way, never early: a horizon that is believed in later does no harm.
            self._begins_s = shown.timestamp() - answered_s

    def _local_offset_s(self) -> float:
        return self._inner.now().timestamp() - self._inner.monotonic()

    def now(self) -> datetime:
        if self._begins_s is None:
            return self._inner.now()
        return datetime.fromtimestamp(self._begins_s + self._inner.monotonic(), UTC)

    def monotonic(self) -> float:
        return self._inner.monotonic()

    async def sleep(self, wait_s: float) -> None:
        await self._inner.sleep(wait_s)

    def random(self) -> float:
        return self._inner.random()

    def token(self, size_bytes: int) -> bytes:
        return self._inner.token(size_bytes)

    def _milliseconds(self) -> int:
        return int(self.now().timestamp() * 1000)


async def agree(world: World, journal: Journal) -> None:
    """Let a world that goes by a journal's clock look at it; any other goes by its own. Raises JournalUnavailable."""
    if isinstance(world, CommonClock):
        await world.agree(journal)
