"""Orders whose answers get lost: who issues a second policy for the same order, and how long until it is known.

A lost answer says nothing of the order: the carrier may have executed it, may do so in a while, or never. Asked after
it, a carrier knows of it only after a lag, and at times does not answer. What the carrier declares about this it keeps
to: after its horizon "not found" is true. Any other failure is a connection that did not come about.
"""

import heapq
import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from statistics import median, quantiles

from msgspec import Struct

from contract_tests.traffic.ways import HORIZON_S, WAYS, Way
from contract_tests.traffic.world import ATTEMPTS, CHANNELS, DEADLINE_S, SPREAD, Call, Luck, luck

PER_S, RUN_S = 2.0, 900.0
LOST_USUAL, LAG_SPREAD = 0.003, 1.604
UNREACHED_S, SOON_S = 0.05, 30.0


class Losing(Struct, frozen=True, kw_only=True):
    """Whose answers get lost, when and how many; what became of those orders (executed at once, later, else never); how
    soon an inquiry sees it, and how often one, or a repeated order, has no answer either.
    """

    struck: str = "a"
    start_s: float = 240.0
    end_s: float = 600.0
    lost: float = 0.3
    executed: float = 0.4
    late: float = 0.2
    late_mean_s: float = 20.0
    lag_median_s: float = 2.0
    inquiry_fails: float = 0.2
    replay_answers: float = 0.5


SHIPPED = Losing()


def held_out(seed: int) -> Losing:
    """Another such world, drawn from a seed."""
    chance = Random(f"held-out-writes-{seed}")
    start_s = chance.uniform(120.0, 300.0)
    return Losing(
        struck=chance.choice("abcdef"),
        start_s=start_s,
        end_s=start_s + chance.uniform(240.0, 420.0),
        lost=chance.uniform(0.15, 0.6),
        executed=chance.uniform(0.2, 0.6),
        late=chance.uniform(0.1, 0.4),
        late_mean_s=chance.uniform(5.0, 60.0),
        lag_median_s=chance.uniform(1.0, 6.0),
        inquiry_fails=chance.uniform(0.1, 0.4),
        replay_answers=chance.uniform(0.3, 0.7),
    )


class Fate(Struct, frozen=True, kw_only=True):
    """What one carrier makes of one order, the same whoever sends it: `effect_s` after sending it is executed (None:
    never), `seen_s` after sending an inquiry finds it.
    """

    takes_s: float
    reached: bool
    lost: bool
    effect_s: float | None
    seen_s: float


class Written(Struct, frozen=True, kw_only=True):
    """What became of the orders of one way: `doubled` have more than one policy, of `orphans` the caller was told no
    though there is one; times from an order's first unknown to its end.
    """

    way: str
    orders: int
    ambiguous: int
    doubled: int
    orphans: int
    unresolved: int
    soon: float
    half_s: float
    most_s: float


def fate(seed: int, number: int, channel: str, at_s: float, losing: Losing = SHIPPED) -> Fate:
    """Drawn once for each order and carrier."""
    chance, well = Random(f"write-{seed}-{number}-{channel}"), CHANNELS[channel]
    takes_s = well.median_s * chance.lognormvariate(0.0, SPREAD)
    reached = chance.random() < well.success
    in_trouble = channel == losing.struck and losing.start_s <= at_s < losing.end_s
    lost = chance.random() < (losing.lost if in_trouble else LOST_USUAL) or takes_s >= DEADLINE_S
    kind, late_s = chance.random(), chance.expovariate(1 / losing.late_mean_s)
    lag_s = chance.lognormvariate(math.log(losing.lag_median_s), LAG_SPREAD)
    effect_s: float | None = min(takes_s, DEADLINE_S)
    if lost and kind >= losing.executed:
        effect_s = min(DEADLINE_S + late_s, HORIZON_S) if kind < losing.executed + losing.late else None
    seen_s = min((effect_s or 0.0) + lag_s, DEADLINE_S + HORIZON_S)
    return Fate(takes_s=takes_s, reached=reached, lost=lost, effect_s=effect_s, seen_s=seen_s)


class _Order:
    """One order: when it first became unknown, when and how it ended, and which carriers have executed it."""

    def __init__(self, given: Luck) -> None:
        self.given = given
        self.unknown_s: float | None = None
        self.ended_s: float | None = None
        self.told_yes = False
        self.effects: set[str] = set()
        self.tried: frozenset[str] = frozenset()


class _Run:
    """All orders of one way, event by event."""

    def __init__(self, way: Way, seed: int, losing: Losing) -> None:
        self._way, self._seed, self._strategy, self._losing = way, seed, way.routes(seed), losing
        self._chance = Random(f"inquiries-{seed}")
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._serial = self._second = 0

    def run(self) -> list[_Order]:
        orders = [_Order(given) for given in luck(self._seed, PER_S, RUN_S)]
        for number, order in enumerate(orders):
            self._at(order.given.at_s, partial(self._send, number, order))
        while self._events:
            at_s, _, happen = heapq.heappop(self._events)
            while self._second + 1 <= at_s:
                self._second += 1
                self._strategy.tick(float(self._second))
            happen(at_s)
        return orders

    def _at(self, at_s: float, happen: Callable[[float], None]) -> None:
        self._serial += 1
        heapq.heappush(self._events, (at_s, self._serial, happen))

    def _send(self, number: int, order: _Order, now_s: float) -> None:
        """To the channel the strategy picks; without one, or with no attempt left, the caller is told no."""
        channel = None
        if len(order.tried) < ATTEMPTS:
            channel = self._strategy.pick(order.given.replica, order.given.product, now_s, order.tried)
        if channel is None:
            order.ended_s = now_s
            return
        order.tried |= {channel}
        self._serial += 1
        self._strategy.began(order.given.replica, order.given.product, channel, now_s, self._serial)
        comes_to = fate(self._seed, number, channel, now_s, self._losing)
        call = _call(comes_to)
        if comes_to.reached and comes_to.effect_s is not None:
            order.effects.add(channel)
        ended = partial(self._ended, number, order, channel, self._serial, comes_to, call)
        self._at(now_s + call.takes_s, ended)

    def _ended(
        self, number: int, order: _Order, channel: str, serial: int, comes_to: Fate, call: Call, now_s: float
    ) -> None:
        self._strategy.ended(order.given.replica, order.given.product, channel, now_s, serial, call)
        if call.ok:
            return self._done(order, now_s)
        if call.unreached:
            return self._send(number, order, now_s)
        order.unknown_s = order.unknown_s or now_s
        return self._later(number, order, channel, comes_to, 0, now_s, now_s)

    def _later(
        self, number: int, order: _Order, channel: str, comes_to: Fate, asked: int, since_s: float, now_s: float
    ) -> None:
        """Ask in a while, or go on to another channel when this way asks nobody."""
        wait_s = self._way.after.wait_s(asked, now_s - since_s)
        if wait_s is None:
            return self._send(number, order, now_s)
        again = self._resend if self._way.replays else self._ask
        return self._at(now_s + wait_s, partial(again, number, order, channel, comes_to, asked, since_s))

    def _ask(
        self, number: int, order: _Order, channel: str, comes_to: Fate, asked: int, since_s: float, now_s: float
    ) -> None:
        answered = self._chance.random() >= self._losing.inquiry_fails
        found = comes_to.effect_s is not None and now_s >= since_s - DEADLINE_S + comes_to.seen_s
        if answered and found:
            return self._done(order, now_s)
        if answered and self._way.after.believes(now_s - since_s):
            return self._send(number, order, now_s)
        return self._later(number, order, channel, comes_to, asked + 1, since_s, now_s)

    def _resend(
        self, number: int, order: _Order, channel: str, comes_to: Fate, asked: int, since_s: float, now_s: float
    ) -> None:
        """The same key at the same carrier: it is executed at most once, and answered with the same result."""
        order.effects.add(channel)
        if self._chance.random() < self._losing.replay_answers:
            return self._done(order, now_s)
        return self._later(number, order, channel, comes_to, asked + 1, since_s, now_s)

    @staticmethod
    def _done(order: _Order, now_s: float) -> None:
        order.told_yes, order.ended_s = True, now_s


def _call(comes_to: Fate) -> Call:
    if not comes_to.reached:
        return Call(ok=False, takes_s=UNREACHED_S, unreached=True)
    return Call(ok=not comes_to.lost, takes_s=DEADLINE_S if comes_to.lost else comes_to.takes_s)


def written(name: str, seeds: int, losing: Losing = SHIPPED) -> Written:
    """What became of all orders of a way over some seeds."""
    orders = [order for seed in range(1, seeds + 1) for order in _Run(WAYS[name], seed, losing).run()]
    unknown = [each for each in orders if each.unknown_s is not None]
    took = sorted(each.ended_s - each.unknown_s for each in unknown if each.ended_s and each.unknown_s)
    count = Counter(
        kind
        for each in orders
        for kind, holds in (
            ("doubled", len(each.effects) > 1),
            ("orphans", bool(each.effects) and each.ended_s is not None and not each.told_yes),
            ("unresolved", each.ended_s is None),
        )
        if holds
    )
    return Written(
        way=name,
        orders=len(orders),
        ambiguous=len(unknown),
        doubled=count["doubled"],
        orphans=count["orphans"],
        unresolved=count["unresolved"],
        soon=sum(each <= SOON_S for each in took) / max(1, len(unknown)),
        half_s=median(took) if took else 0.0,
        most_s=quantiles(took, n=20)[-1] if len(took) > 1 else 0.0,
    )
