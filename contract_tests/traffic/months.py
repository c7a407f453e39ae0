"""A month of business with promised volumes and daily quotas: are promises kept, is no quota overrun?

Days have their hours and weeks their days off; channels go down for days. The product decides every order, told every
half hour what was sold, as its gateway tells it from its journal every ten seconds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.traffic.metrics import deviation
from contract_tests.traffic.strategies.hub import BINDINGS, Clock, snapshot
from contract_tests.traffic.world import ATTEMPTS, CHANNELS, WEIGHTS
from gateway.catalogue.limits import Limits
from gateway.catalogue.load import Catalogue
from gateway.catalogue.products import Binding, Commitment
from gateway.model.examples import example_proposal
from gateway.model.outcome import OutcomeKind
from gateway.routing.pace import Volume, needs
from gateway.routing.router import Router
from gateway.routing.types import RouteRequest

ZONE = "Asia/Shanghai"
BEGIN = datetime(2026, 3, 1, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
DAYS, PER_DAY, WEEKEND = 31, 200, 0.6
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 20, 22, 18, 14, 16, 20, 20, 18, 14, 12, 14, 18, 16, 8, 3)
"""How busy each hour of a day is."""
TOLD_EVERY_S = 1800.0
UNREACHED_S, TAKES_S = 0.05, 0.5
SHORT_MAX = 0.02
PRODUCT, OPERATION, FAMILY = "product-0", "policy.issue", "issue"


class Month(Struct, frozen=True, kw_only=True):
    """What is promised (as a share of the business expected), limited per day, and down from which day to which.

    `is_feasible`: the promises can be kept with at most three times a channel's own weight.
    """

    name: str
    promised: Mapping[str, float]
    per_day: Mapping[str, int] = {}
    down: tuple[tuple[str, int, int], ...] = ()
    is_feasible: bool = True


MONTHS = (
    Month(name="promise", promised={"f": 0.10}),
    Month(name="two_promises", promised={"e": 0.16, "f": 0.08}),
    Month(name="down_for_a_week", promised={"f": 0.07}, down=(("f", 2, 9),)),
    Month(name="down_at_the_end", promised={"f": 0.06}, down=(("f", 25, 27),)),
    Month(name="quotas", promised={"e": 0.12}, per_day={"a": 40, "e": 36}),
    Month(name="out_of_reach", promised={"f": 0.40}, is_feasible=False),
)


def held_out(seed: int) -> tuple[Month, ...]:
    """Other months, drawn from a seed: promises within twice a channel's own weight, which can be kept."""
    chance, total = Random(f"held-out-months-{seed}"), sum(WEIGHTS.values())
    one, down, beside = (chance.choice("cdef") for _ in range(3))
    first = chance.randint(1, 10)
    scarce = chance.choice("ab")
    return (
        Month(name=f"promise-{seed}", promised={one: WEIGHTS[one] / total * chance.uniform(1.2, 2.0)}),
        Month(
            name=f"down-{seed}",
            promised={down: WEIGHTS[down] / total * chance.uniform(1.0, 1.4)},
            down=((down, first, first + chance.randint(3, 7)),),
        ),
        Month(
            name=f"quotas-{seed}",
            promised={beside: WEIGHTS[beside] / total * chance.uniform(1.0, 1.3)},
            per_day={scarce: round(PER_DAY * WEIGHTS[scarce] / total * chance.uniform(0.4, 0.8))},
        ),
    )


class Kept(Struct, frozen=True, kw_only=True):
    """What became of a month over all seeds: the largest part of any promise that is missing, with the product's pacing
    and without it; policies beyond a day's quota; orders nobody took. `deviation` is that of the month's policies from
    the contract's shares, with pacing and without: what its promises, quotas and outages cost the others.
    """

    month: str
    is_feasible: bool
    orders: int
    short: float
    short_unpaced: float
    beyond_quota: int
    nobody: int
    deviation: float = 0.0
    deviation_unpaced: float = 0.0

    @property
    def passed(self) -> bool:
        """Promises that can be kept are, within two parts of a hundred; no quota is overrun."""
        return self.beyond_quota == 0 and (self.short <= SHORT_MAX or not self.is_feasible)


def kept(month: Month, seeds: int) -> Kept:
    """A month over some seeds, and once more without pacing."""
    paced = [_Run(month, seed, paces=True).run() for seed in range(1, seeds + 1)]
    free = [_Run(month, seed, paces=False).run() for seed in range(1, seeds + 1)]
    return Kept(
        month=month.name,
        is_feasible=month.is_feasible,
        orders=sum(each.orders for each in paced),
        short=max(each.short() for each in paced),
        short_unpaced=max(each.short() for each in free),
        beyond_quota=sum(each.beyond_quota() for each in paced),
        nobody=sum(each.nobody for each in paced),
        deviation=round(fmean(each.deviation() for each in paced), 4),
        deviation_unpaced=round(fmean(each.deviation() for each in free), 4),
    )


class _Run:
    """One month: its orders, one after another, through the product's router."""

    def __init__(self, month: Month, seed: int, *, paces: bool) -> None:
        self._month, self._paces = month, paces
        self._orders, self._chance = _orders(seed), Random(f"month-luck-{seed}")
        self._clock = Clock(f"month-{seed}", BEGIN)
        expected = PER_DAY * sum(_busy(day) for day in range(DAYS))
        self._target = {name: round(share * expected) for name, share in month.promised.items()}
        self._snapshot = snapshot(bindings=self._bindings())
        offers = {name: frozenset({OPERATION}) for name in WEIGHTS}
        self._router = Router(Catalogue(self._snapshot), self._clock, offers)
        self._request: Any = example_proposal()
        self.sold: Counter[tuple[str, int]] = Counter()
        self.orders = self.nobody = 0

    def run(self) -> "_Run":
        told_s = 0.0
        for at_s in self._orders:
            self._clock.now_s = at_s
            if at_s - told_s >= TOLD_EVERY_S:
                told_s = at_s
                self._tell()
            self.orders += 1
            self.nobody += not self._order(at_s)
        return self

    def short(self) -> float:
        """The largest part of a promise that was not kept."""
        return max(max(0.0, 1 - self._of(name) / target) for name, target in self._target.items())

    def deviation(self) -> float:
        """How far the month's policies lie from the contract's shares."""
        return deviation({name: self._of(name) for name in WEIGHTS})

    def beyond_quota(self) -> int:
        """Policies sold beyond what a channel takes a day."""
        limits = self._month.per_day
        return sum(max(0, count - limits[name]) for (name, _), count in self.sold.items() if name in limits)

    def _of(self, name: str) -> int:
        return sum(count for (channel, _), count in self.sold.items() if channel == name)

    def _bindings(self) -> dict[str, Binding]:
        return {
            name: replace(
                binding,
                limits=Limits(per_day=self._month.per_day.get(name)),
                commitment=Commitment(period="month", policies=target) if (target := self._target.get(name)) else None,
            )
            for name, binding in BINDINGS.items()
        }

    def _tell(self) -> None:
        """What was sold so far, as the gateway tells its router from the journal."""
        if self._paces:
            sold = {name: Volume(policies=self._of(name)) for name in WEIGHTS}
            self._router.needs = {PRODUCT: needs(self._snapshot.products[PRODUCT], {"month": sold}, self._clock.now())}

    def _order(self, at_s: float) -> bool:
        """One order; another channel when the first certainly did nothing."""
        tried: set[str] = set()
        while len(tried) < ATTEMPTS:
            request = RouteRequest(
                operation=OPERATION,
                family=FAMILY,
                product=PRODUCT,
                request=self._request,
                at=self._clock.now(),
                exclude=frozenset(tried),
            )
            decision = self._router.decide(request)
            if decision.chosen is None:
                return False
            ok = not self._is_down(decision.chosen, at_s) and self._chance.random() < CHANNELS[decision.chosen].success
            kind = OutcomeKind.accepted if ok else OutcomeKind.not_executed
            self._router.observe(decision.chosen, FAMILY, kind, TAKES_S if ok else UNREACHED_S, unreached=not ok)
            self._router.settle(decision.decision_id, took=ok)
            if ok:
                self.sold[(decision.chosen, int(at_s // 86400))] += 1
                return True
            tried.add(decision.chosen)
        return False

    def _is_down(self, channel: str, at_s: float) -> bool:
        day = at_s / 86400
        return any(channel == name and first <= day < last for name, first, last in self._month.down)


def _busy(day: int) -> float:
    return WEEKEND if (BEGIN.astimezone(ZoneInfo(ZONE)) + timedelta(days=day)).weekday() >= 5 else 1.0


def _orders(seed: int) -> Iterator[float]:
    """When orders come: so many an hour, at random within it."""
    chance = Random(f"month-{seed}")
    for hour in range(DAYS * 24):
        busy = _busy(hour // 24) * HOURS[hour % 24] / sum(HOURS)
        at_s = hour * 3600.0 + chance.expovariate(PER_DAY * busy / 3600)
        while at_s < (hour + 1) * 3600:
            yield at_s
            at_s += chance.expovariate(PER_DAY * busy / 3600)
