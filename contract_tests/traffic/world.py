"""The world of a run: channels that are well, and what befalls them when; all of it known in advance.

Times in seconds of the run. A channel's call succeeds with a probability and takes a time that both depend on when it
begins; a call that would take longer than the deadline fails at the deadline.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

DEADLINE_S = 10.0
WEIGHTS: Mapping[str, float] = {"a": 30.0, "b": 25.0, "c": 15.0, "d": 15.0, "e": 10.0, "f": 5.0}
REPLICAS = 3


class Well(Struct, frozen=True, kw_only=True):
    """A channel when nothing befalls it: how often it succeeds, and the median time it takes."""

    success: float
    median_s: float


CHANNELS: Mapping[str, Well] = {
    "a": Well(success=0.994, median_s=0.30),
    "b": Well(success=0.992, median_s=0.45),
    "c": Well(success=0.993, median_s=0.25),
    "d": Well(success=0.990, median_s=0.60),
    "e": Well(success=0.994, median_s=0.35),
    "f": Well(success=0.991, median_s=0.50),
}
ATTEMPTS = 2
SPREAD = 0.6
"""Of the logarithm of the time a call takes: one in a hundred takes four times the median, as networks and insurers do.

Being slow must cost something, or to stay with a slow channel is right: eight times slower, the quickest channels miss
the deadline with about one call in a hundred.
"""


class Trouble(Struct, frozen=True, kw_only=True):
    """What befalls some channels from one second to another.

    `success` replaces theirs, `takes_s` the time of a failing call (None: as a good one), `slower` multiplies times;
    with `period_s` it comes and goes, half of each period. `room_per_s`: more calls than this fail at once.
    `declines`: this share of its answers are a no of the carrier, which is a good answer. `only`: one product of the
    two that are sold is concerned.
    """

    channels: tuple[str, ...]
    start_s: float
    end_s: float
    success: float | None = None
    takes_s: float | None = None
    slower: float = 1.0
    period_s: float | None = None
    room_per_s: float | None = None
    declines: float = 0.0
    only: int | None = None

    def strikes(self, channel: str, product: int, at_s: float) -> bool:
        """Whether a call that begins then is concerned."""
        if channel not in self.channels or not self.start_s <= at_s < self.end_s:
            return False
        if self.only is not None and self.only != product:
            return False
        return self.period_s is None or (at_s - self.start_s) % self.period_s < self.period_s / 2


class Scenario(Struct, frozen=True, kw_only=True):
    """A run's course: its troubles; `gated` ones are compared with the baselines on success during the fault."""

    name: str
    troubles: tuple[Trouble, ...]
    is_gated: bool = True

    def faulty(self, product: int, at_s: float) -> frozenset[str]:
        """The channels that fail more or are slower than usual then."""
        return frozenset(
            channel
            for each in self.troubles
            if each.success is not None or each.slower > 1.0 or each.room_per_s
            for channel in each.channels
            if each.strikes(channel, product, at_s)
        )

    def over(self, factor: float) -> "Scenario":
        """The same course over a longer or shorter run; what comes and goes keeps its period."""
        stretched = [replace(each, start_s=each.start_s * factor, end_s=each.end_s * factor) for each in self.troubles]
        return replace(self, troubles=tuple(stretched))

    @property
    def window_s(self) -> tuple[float, float]:
        """From when to when something is wrong."""
        return min(each.start_s for each in self.troubles), max(each.end_s for each in self.troubles)


class Call(Struct, frozen=True):
    """What a call comes to: whether it succeeds, how long it takes, whether no connection came about."""

    ok: bool
    takes_s: float
    unreached: bool = False


class Luck(Struct, frozen=True):
    """The random numbers of one request, the same for every strategy: when it comes, where, what it buys; two draws
    for each attempt and one for the carrier's mind.
    """

    at_s: float
    replica: int
    product: int
    draws: tuple[float, ...]


def luck(seed: int, per_s: float, run_s: float) -> list[Luck]:
    """All requests of a run: a Poisson process, spread over replicas, each with its own luck."""
    chance, at_s = random.Random(f"traffic-{seed}"), 0.0
    found: list[Luck] = []
    while True:
        at_s += chance.expovariate(per_s)
        if at_s >= run_s:
            return found
        draws = tuple(chance.random() for _ in range(ATTEMPTS * 2 + 1))
        found.append(Luck(at_s, chance.randrange(REPLICAS), chance.randrange(2), draws))


class Carriers:
    """The channels of one run: says what each call comes to, and counts calls where room is limited."""

    def __init__(self, scenario: Scenario, channels: Mapping[str, Well] = CHANNELS) -> None:
        """Nothing was called yet."""
        self._scenario, self._channels = scenario, channels
        self._begun: dict[str, list[float]] = {}
        self._usual = {name: well.success for name, well in channels.items()}
        self._concerned = frozenset(name for each in scenario.troubles for name in each.channels)

    def chances(self, product: int, at_s: float) -> Mapping[str, float]:
        """The same of every channel."""
        if not any(each.start_s <= at_s < each.end_s for each in self._scenario.troubles):
            return self._usual
        return self._usual | {name: self.chance(name, product, at_s) for name in self._concerned}

    def chance(self, channel: str, product: int, at_s: float) -> float:
        """The probability that a call succeeds then: what an oracle knows."""
        well, struck = self._channels[channel], self._struck(channel, product, at_s)
        return min([each.success for each in struck if each.success is not None], default=well.success)

    def call(self, channel: str, given: Luck, attempt: int, at_s: float) -> Call:
        """What this attempt of a request comes to."""
        luck_ok, luck_time = given.draws[attempt * 2 : attempt * 2 + 2]
        well, struck = self._channels[channel], self._struck(channel, given.product, at_s)
        takes_s = well.median_s * math.exp(SPREAD * _normal(luck_time))
        ok = luck_ok < well.success
        for each in struck:
            takes_s *= each.slower
            if each.success is not None and luck_ok >= each.success:
                ok, takes_s = False, takes_s if each.takes_s is None else each.takes_s
            if each.room_per_s is not None and self._is_full(channel, at_s, each.room_per_s):
                ok, takes_s = False, 0.2
        if takes_s >= DEADLINE_S:
            return Call(ok=False, takes_s=DEADLINE_S)
        return Call(ok=ok, takes_s=takes_s, unreached=not ok and takes_s <= 0.05)

    def declines(self, channel: str, given: Luck, at_s: float) -> bool:
        """Whether a good answer is the carrier's no."""
        return any(given.draws[-1] < each.declines for each in self._struck(channel, given.product, at_s))

    def _struck(self, channel: str, product: int, at_s: float) -> Sequence[Trouble]:
        if channel not in self._concerned:
            return ()
        return [each for each in self._scenario.troubles if each.strikes(channel, product, at_s)]

    def _is_full(self, channel: str, at_s: float, room_per_s: float) -> bool:
        begun = self._begun.setdefault(channel, [])
        begun[:] = [each for each in begun if each > at_s - 1.0]
        begun.append(at_s)
        return len(begun) > room_per_s


def _normal(unit: float) -> float:
    """A normal deviate from a number in (0, 1): the same number always gives the same."""
    return _INVERSE(min(max(unit, 1e-9), 1 - 1e-9))


def _inverse() -> Callable[[float], float]:
    from statistics import NormalDist  # noqa: PLC0415 - made once

    return NormalDist().inv_cdf


_INVERSE = _inverse()
