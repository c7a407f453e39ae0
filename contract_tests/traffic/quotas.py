"""Daily quotas that replicas share, while the server they are counted on is away, slow or emptied: is one overrun?

Orders of one morning over three replicas, more than all quotas together, so that each is sold out, most of them while
the server is away. Each replica hears from the journal every ten seconds what was sold, as a gateway does.
"""

from collections import Counter
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.traffic.server import Server
from contract_tests.traffic.strategies.hub import BINDINGS, snapshot
from contract_tests.traffic.strategies.served import LoopClock, virtual_loop
from contract_tests.traffic.world import CHANNELS, REPLICAS, WEIGHTS, ServerTrouble
from gateway.catalogue.limits import Limits
from gateway.catalogue.load import Catalogue
from gateway.model.examples import example_proposal
from gateway.model.outcome import OutcomeKind
from gateway.model.period import local_date
from gateway.routing.router import Router
from gateway.routing.sharing import Sharing
from gateway.routing.types import RouteRequest

PER_S, RUN_S, TOLD_EVERY_S = 1.0, 900.0, 10.0
PER_DAY = {name: round(weight) * 6 for name, weight in WEIGHTS.items()}
"""Six hundred places for nine hundred orders."""
SLOW_PART, SLOW_S, TAKES_S, UNREACHED_S = 0.02, 10.0, 0.5, 0.05
PRODUCT, OPERATION, FAMILY = "product-0", "policy.issue", "issue"


class Morning(Struct, frozen=True, kw_only=True):
    """What befalls the server while orders come."""

    name: str
    server: tuple[ServerTrouble, ...] = ()


AWAY = (
    ServerTrouble(start_s=200.0, end_s=260.0, is_away=True),
    ServerTrouble(start_s=500.0, end_s=560.0, is_away=True),
)
MORNINGS = (
    Morning(name="server up"),
    Morning(name="server away", server=AWAY),
    Morning(name="server away, back empty", server=tuple(replace(each, is_emptied=True) for each in AWAY)),
    Morning(name="server slow", server=(ServerTrouble(start_s=100.0, end_s=RUN_S, late_s=5.0, answers_s=0.15),)),
)


def held_out(seed: int) -> tuple[Morning, ...]:
    """Another morning, drawn from a seed: the server goes away twice, and may come back empty."""
    chance = Random(f"held-out-quotas-{seed}")
    begins = (chance.uniform(50.0, 300.0), chance.uniform(450.0, 700.0))
    server = tuple(
        ServerTrouble(
            start_s=at_s, end_s=at_s + chance.uniform(20.0, 120.0), is_away=True, is_emptied=chance.random() < 0.5
        )
        for at_s in begins
    )
    return (Morning(name=f"server away-{seed}", server=server),)


class Rationed(Struct, frozen=True, kw_only=True):
    """What became of a morning's quotas over all seeds: orders, places, policies sold, and those beyond a quota."""

    morning: str
    orders: int
    places: int
    sold: int
    beyond_quota: int

    @property
    def passed(self) -> bool:
        """No quota is overrun."""
        return self.beyond_quota == 0


def rationed(morning: Morning, seeds: int) -> Rationed:
    """A morning over some seeds."""
    runs = [_Run(morning, seed) for seed in range(1, seeds + 1)]
    sold = [each.run() for each in runs]
    return Rationed(
        morning=morning.name,
        orders=sum(each.orders for each in runs),
        places=sum(PER_DAY.values()) * seeds,
        sold=sum(count for each in sold for count in each.values()),
        beyond_quota=sum(max(0, count - PER_DAY[channel]) for each in sold for channel, count in each.items()),
    )


class _Run:
    """One morning: each order a task of its own on a virtual loop."""

    def __init__(self, morning: Morning, seed: int) -> None:
        self._loop, self._chance = virtual_loop(f"quota-loop-{seed}"), Random(f"quota-{seed}")
        self._server = Server(self._loop.time, morning.server)
        bindings = {name: replace(each, limits=Limits(per_day=PER_DAY[name])) for name, each in BINDINGS.items()}
        offers = {name: frozenset({OPERATION}) for name in WEIGHTS}
        self._clocks = [LoopClock(f"quota-{seed}-{number}", self._loop) for number in range(REPLICAS)]
        self._routers = [Router(Catalogue(snapshot(bindings=bindings)), clock, offers) for clock in self._clocks]
        self._request: Any = example_proposal()
        self._sold: Counter[str] = Counter()
        self.orders = 0

    def run(self) -> Counter[str]:
        self._loop.run_until_complete(self._start())
        at_s = self._chance.expovariate(PER_S)
        told_s = 0.0
        while at_s < RUN_S:
            while told_s + TOLD_EVERY_S <= at_s:
                told_s += TOLD_EVERY_S
                self._loop.run_until(told_s)
                self._tell()
            self._loop.run_until(at_s)
            self.orders += 1
            self._loop.create_task(self._order(self._chance.randrange(REPLICAS), self._chance.random()))
            at_s += self._chance.expovariate(PER_S)
        self._loop.run_until(RUN_S + SLOW_S)
        return self._sold

    async def _start(self) -> None:
        for number, (router, clock) in enumerate(zip(self._routers, self._clocks, strict=True)):
            Sharing(router, clock, self._server, replica=str(number)).start()

    def _tell(self) -> None:
        for router, clock in zip(self._routers, self._clocks, strict=True):
            product = router.snapshot.products[PRODUCT]
            today = local_date(clock.now(), product.period.zone)
            for channel, count in self._sold.items():
                router.quotas.count(PRODUCT, channel, today, count)
            router.quotas.counted(PRODUCT, today)

    async def _order(self, replica: int, luck: float) -> None:
        router, clock = self._routers[replica], self._clocks[replica]
        request = RouteRequest(
            operation=OPERATION, family=FAMILY, product=PRODUCT, request=self._request, at=clock.now()
        )
        decision = await router.place(request)
        if decision.chosen is None:
            return
        ok = luck < CHANNELS[decision.chosen].success
        takes_s = (SLOW_S if luck < SLOW_PART else TAKES_S) if ok else UNREACHED_S
        await clock.sleep(takes_s)
        kind = OutcomeKind.accepted if ok else OutcomeKind.not_executed
        router.observe(decision.chosen, FAMILY, kind, takes_s, unreached=not ok)
        self._sold[decision.chosen] += ok
        router.settle(decision.decision_id, took=ok)
