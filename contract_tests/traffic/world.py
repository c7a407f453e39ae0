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
    """A channel when nothing befalls it: how often it succeeds, and the median time it takes; what its cover costs (in
    minor units) and the part of it that the seller earns, which no strategy is told: who is chosen has its price.
    """

    success: float
    median_s: float
    premium: int
    commission: float


CHANNELS: Mapping[str, Well] = {
    "a": Well(success=0.994, median_s=0.30, premium=2500, commission=0.20),
    "b": Well(success=0.992, median_s=0.45, premium=2450, commission=0.22),
    "c": Well(success=0.993, median_s=0.25, premium=2600, commission=0.18),
    "d": Well(success=0.990, median_s=0.60, premium=2400, commission=0.25),
    "e": Well(success=0.994, median_s=0.35, premium=2550, commission=0.20),
    "f": Well(success=0.991, median_s=0.50, premium=2700, commission=0.15),
}
ATTEMPTS = 2
ROOM_REQUESTS = 100.0
"""Room in multiples of what is usual is counted over the time in which so many requests come: fewer are all chance."""
SPREAD = 0.6
"""Of the logarithm of the time a call takes: one in a hundred takes four times the median, as networks and insurers do.

Being slow must cost something, or to stay with a slow channel is right: eight times slower, the quickest channels miss
the deadline with about one call in a hundred.
"""


class Trouble(Struct, frozen=True, kw_only=True):
    """What befalls some channels from one second to another.

    `success` replaces theirs, `takes_s` the time of a failing call (None: as a good one), `slower` multiplies times;
    with `period_s` it comes and goes, half of each period. `room_per_s`: more calls than this fail at once, counted
    over `room_span_s`; `room_times` says it in multiples of a channel's usual calls, at all times: no fault of its own,
    and who is turned away takes no room.
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
    room_span_s: float = 1.0
    room_times: float | None = None
    declines: float = 0.0
    only: int | None = None

    def strikes(self, channel: str, product: int, at_s: float) -> bool:
        """Whether a call that begins then is concerned."""
        if channel not in self.channels or not self.start_s <= at_s < self.end_s:
            return False
        if self.only is not None and self.only != product:
            return False
        return self.period_s is None or (at_s - self.start_s) % self.period_s < self.period_s / 2


class ServerTrouble(Struct, frozen=True, kw_only=True):
    """What befalls the server over which replicas share what they see: it is away, or slow.

    `is_emptied`: when it is back it has forgotten all. `late_s`: what is written is read so much later, as from a
    follower that lags; `answers_s`: each of its answers takes so long.
    """

    start_s: float
    end_s: float
    is_away: bool = False
    is_emptied: bool = False
    late_s: float = 0.0
    answers_s: float = 0.0


class Scenario(Struct, frozen=True, kw_only=True):
    """A run's course: its troubles; `gated` ones are compared with the baselines on success during the fault.

    `server` is what befalls the server that replicas share, `skews_s` by how much each replica's clocks differ from
    the time: with either, replicas exchange over a server as gateways do. `retries`: a client asks so many times again
    what failed; `judged_s`: success counts for so long after the fault too, for what outlives it.
    """

    name: str
    troubles: tuple[Trouble, ...]
    is_gated: bool = True
    server: tuple[ServerTrouble, ...] = ()
    skews_s: tuple[float, ...] = ()
    retries: int = 0
    judged_s: float = 0.0

    @property
    def is_served(self) -> bool:
        """Whether replicas exchange over a simulated server."""
        return bool(self.server or self.skews_s)

    @property
    def faults(self) -> tuple[Trouble, ...]:
        """The troubles without what channels have room for at all times."""
        return tuple(each for each in self.troubles if each.room_times is None)

    def over(self, factor: float) -> "Scenario":
        """The same course over a longer or shorter run; what comes and goes keeps its period."""
        troubles = [replace(each, start_s=each.start_s * factor, end_s=each.end_s * factor) for each in self.troubles]
        server = [replace(each, start_s=each.start_s * factor, end_s=each.end_s * factor) for each in self.server]
        return replace(self, troubles=tuple(troubles), server=tuple(server), judged_s=self.judged_s * factor)

    def at_rate(self, per_s: float) -> "Scenario":
        """The same course with room in calls a second, where it is written in multiples of what is usual."""
        return replace(self, troubles=tuple(made for each in self.troubles for made in _roomy(each, per_s)))

    @property
    def window_s(self) -> tuple[float, float]:
        """From when to when something is wrong."""
        return min(each.start_s for each in self.faults), max(each.end_s for each in self.faults)


def _roomy(trouble: Trouble, per_s: float) -> list[Trouble]:
    """One for each channel, each with its own room."""
    if trouble.room_times is None:
        return [trouble]
    usual = {name: per_s * WEIGHTS[name] / sum(WEIGHTS.values()) for name in trouble.channels}
    span_s = ROOM_REQUESTS / per_s
    return [
        replace(trouble, channels=(name,), room_per_s=trouble.room_times * each, room_span_s=span_s)
        for name, each in usual.items()
    ]


class Call(Struct, frozen=True):
    """What a call comes to: whether it succeeds, how long it takes, whether no connection came about.

    `refused`: the channel had no room and said so (HTTP 429).
    """

    ok: bool
    takes_s: float
    unreached: bool = False
    refused: bool = False


class Luck(Struct, frozen=True):
    """The random numbers of one request, the same for every strategy: when it comes, where, what it buys; two draws
    for each attempt and one for the carrier's mind. `paces` says what each attempt's time is a multiple of the median.
    """

    at_s: float
    replica: int
    product: int
    draws: tuple[float, ...]
    paces: tuple[float, ...]


def luck(seed: int, per_s: float, run_s: float) -> list[Luck]:
    """All requests of a run: a Poisson process, spread over replicas, each with its own luck."""
    chance, at_s = random.Random(f"traffic-{seed}"), 0.0
    found: list[Luck] = []
    while True:
        at_s += chance.expovariate(per_s)
        if at_s >= run_s:
            return found
        draws = tuple(chance.random() for _ in range(ATTEMPTS * 2 + 1))
        found.append(Luck(at_s, chance.randrange(REPLICAS), chance.randrange(2), draws, _paces(draws)))


def retried(given: Luck, nth: int, at_s: float) -> Luck:
    """The luck of a request that is made once more: drawn from its first, so that no other request's changes."""
    chance = random.Random(f"retry-{nth}-{given.draws}")
    draws = tuple(chance.random() for _ in given.draws)
    return Luck(at_s, chance.randrange(REPLICAS), given.product, draws, _paces(draws))


def _paces(draws: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(math.exp(SPREAD * _normal(each)) for each in draws[1 : ATTEMPTS * 2 : 2])


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

    def all_chances(self, lucks: Sequence[Luck]) -> list[tuple[float, Mapping[str, float]]]:
        """For each request as it comes: the best chance of a channel, and that of every one."""
        found = [self.chances(given.product, given.at_s) for given in lucks]
        return [(max(each.values()), each) for each in found]

    def chance(self, channel: str, product: int, at_s: float) -> float:
        """The probability that a call succeeds then: what an oracle knows."""
        well, struck = self._channels[channel], self._struck(channel, product, at_s)
        return min([each.success for each in struck if each.success is not None], default=well.success)

    def call(self, channel: str, given: Luck, attempt: int, at_s: float) -> Call:
        """What this attempt of a request comes to."""
        luck_ok = given.draws[attempt * 2]
        well, struck = self._channels[channel], self._struck(channel, given.product, at_s)
        takes_s = well.median_s * given.paces[attempt]
        ok, refused = luck_ok < well.success, False
        for each in struck:
            takes_s *= each.slower
            if each.success is not None and luck_ok >= each.success:
                ok, takes_s = False, takes_s if each.takes_s is None else each.takes_s
            if each.room_per_s is not None and self._is_full(channel, at_s, each):
                ok, takes_s, refused = False, 0.2, True
        if takes_s >= DEADLINE_S:
            return Call(ok=False, takes_s=DEADLINE_S)
        return Call(ok=ok, takes_s=takes_s, unreached=not ok and takes_s <= 0.05, refused=refused)

    def declines(self, channel: str, given: Luck, at_s: float) -> bool:
        """Whether a good answer is the carrier's no."""
        return any(given.draws[-1] < each.declines for each in self._struck(channel, given.product, at_s))

    def _struck(self, channel: str, product: int, at_s: float) -> Sequence[Trouble]:
        if channel not in self._concerned:
            return ()
        return [each for each in self._scenario.troubles if each.strikes(channel, product, at_s)]

    def _is_full(self, channel: str, at_s: float, trouble: Trouble) -> bool:
        begun = self._begun.setdefault(channel, [])
        begun[:] = [each for each in begun if each > at_s - trouble.room_span_s]
        begun.append(at_s)
        is_full = len(begun) > (trouble.room_per_s or 0.0) * trouble.room_span_s
        if is_full and trouble.room_times is not None:
            begun.pop()
        return is_full


def _normal(unit: float) -> float:
    """A normal deviate from a number in (0, 1): the same number always gives the same."""
    return _INVERSE(min(max(unit, 1e-9), 1 - 1e-9))


def _inverse() -> Callable[[float], float]:
    from statistics import NormalDist  # noqa: PLC0415 - made once

    return NormalDist().inv_cdf


_INVERSE = _inverse()
