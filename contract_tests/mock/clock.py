"""The carrier's own time: real time with an offset, or standing still, and the timers that follow it."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970 as this carrier sees them; `source` is the time that goes by by itself."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset_s = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        """The present instant."""
        return self._frozen if self._frozen is not None else self._source() + self._offset_s

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen is not None

    def set(self, moment: float) -> None:
        """Jump; a frozen clock stays frozen."""
        if self._frozen is None:
            self._offset_s = moment - self._source()
        else:
            self._frozen = moment

    def freeze(self, moment: float) -> None:
        """Stand still at an instant."""
        self._frozen = moment

    def run(self) -> None:
        """Go on from the present instant."""
        self._offset_s, self._frozen = self.now() - self._source(), None


class Timers:
    """Things that will happen at instants of a clock; a jump of the clock runs what it passes, in order."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._armed: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._due)

    @property
    def soonest_s(self) -> float | None:
        """How long until the next thing happens; None where nothing will."""
        return max(self._due[0][0] - self.clock.now(), 0.0) if self._due else None

    def after(self, delay_s: float, act: Callable[[], None]) -> None:
        """Run `act` once the clock has advanced by so many seconds."""
        heapq.heappush(self._due, (self.clock.now() + delay_s, next(self._order), act))
        self._arm()

    def advance(self, delay_s: float) -> None:
        """Move the clock forward, stopping at every timer on the way."""
        self.go_to(self.clock.now() + delay_s)

    def go_to(self, target: float) -> None:
        """Move the clock to an instant; timers on the way see their own time."""
        while self._due and self._due[0][0] <= target:
            due, _, act = heapq.heappop(self._due)
            self.clock.set(max(due, self.clock.now()))
            act()
        self.clock.set(target)
        self._arm()

    def freeze(self, moment: float) -> None:
        """Stand still; what is due by then does not run until the clock moves."""
        self.clock.freeze(moment)
        self._arm()

    def run(self) -> None:
        """Let time go on."""
        self.clock.run()
        self._arm()

    def clear(self) -> None:
        """Forget everything that was to happen."""
        self._due.clear()
        self._arm()

    def _arm(self) -> None:
        if self._armed is not None:
            self._armed.cancel()
            self._armed = None
        if self._due and not self.clock.frozen:
            wait_s = max(0.0, self._due[0][0] - self.clock.now())
            self._armed = asyncio.get_running_loop().call_later(wait_s, self._ring)

    def _ring(self) -> None:
        self._armed = None
        while self._due and self._due[0][0] <= self.clock.now():
            heapq.heappop(self._due)[2]()
        self._arm()
