"""The product's own routing, as every replica runs it: its router, its decision, what replicas tell each other."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from contract_tests.traffic.world import DEADLINE_S, REPLICAS, WEIGHTS, Call
from gateway.catalogue.channels import Channel
from gateway.catalogue.load import Catalogue
from gateway.catalogue.periods import PeriodRule
from gateway.catalogue.products import Binding, Plan, Product, RoutingRule
from gateway.catalogue.snapshot import Snapshot
from gateway.model import Lob, PeriodStartRule
from gateway.model.examples import example_proposal
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import OutcomeKind
from gateway.ports import World
from gateway.routing.router import Router
from gateway.routing.types import RouteRequest

BEGIN = datetime(2026, 3, 3, tzinfo=UTC)


class Clock(World):
    """The time of a run, and the luck of one replica."""

    def __init__(self, seed: str, begin: datetime = BEGIN) -> None:
        """Begin at nought."""
        self.now_s, self._begin, self._chance, self._serial = 0.0, begin, Random(seed), 0

    def now(self) -> datetime:
        """The run's time as an instant."""
        return self._begin + timedelta(seconds=self.now_s)

    def monotonic(self) -> float:
        """The run's time, which begins after nought: a router has been up for a while."""
        return 1000.0 + self.now_s

    def random(self) -> float:
        """The replica's own luck."""
        return self._chance.random()

    def new_id(self, kind: str) -> str:
        """Ids need not be hard to guess here."""
        self._serial += 1
        return f"{kind}_{self._serial}"


BINDINGS: Mapping[str, Binding] = {
    name: Binding(channel=name, weight=round(weight)) for name, weight in WEIGHTS.items()
}


def snapshot(preset: str = "default", bindings: Mapping[str, Binding] = BINDINGS) -> Snapshot:
    """Two products, sold through all channels by their weights."""
    channels = {name: Channel(name=name, carrier=name, insurer=name) for name in WEIGHTS}
    products = {
        f"product-{number}": Product(
            code=f"product-{number}",
            version=1,
            lob=Lob.accident,
            name="simulated",
            kind="individual",
            plans={"standard": Plan(code="standard")},
            period=PeriodRule(rule=PeriodStartRule.instant, days=1),
            routing=RoutingRule(preset=preset),
            bindings=dict(bindings),
        )
        for number in range(2)
    }
    return Snapshot(number=1, channels=channels, products=products)


class Hub:
    """Routers of three replicas; `shares` says whether they tell each other what they see."""

    def __init__(
        self, seed: int, *, preset: str = "default", shares: bool = True, operation: str = "quote.create"
    ) -> None:
        """Start every replica; what is routed are quotes, or another operation of new business."""
        offers = {name: frozenset({operation}) for name in WEIGHTS}
        self._operation, self._family = operation, OPERATIONS[operation].family
        self._clocks = [self.clock(seed, replica) for replica in range(REPLICAS)]
        self._routers = [Router(Catalogue(snapshot(preset)), clock, offers) for clock in self._clocks]
        self._request: Any = example_proposal()
        for number, router in enumerate(self._routers):
            router.shares, router.replica = shares, str(number)
        self._shares = shares

    def clock(self, seed: int, replica: int) -> Clock:
        """The clock of one replica, with its luck."""
        return Clock(f"hub-{seed}-{replica}")

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """The product's decision."""
        clock = self._clocks[replica]
        clock.now_s = now_s
        request = RouteRequest(
            operation=self._operation,
            family=self._family,
            product=f"product-{product}",
            request=self._request,
            at=clock.now(),
            exclude=tried,
        )
        return self._routers[replica].decide(request).chosen

    def began(self, replica: int, product: int, channel: str, now_s: float, serial: int) -> None:
        """A call has left."""
        self._clocks[replica].now_s = now_s
        self._routers[replica].began(channel, self._family, str(serial))

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """The outcome as a gateway classifies it: a timeout is unknown, a refused connection not executed."""
        self._clocks[replica].now_s = now_s
        kind = OutcomeKind.accepted if call.ok else OutcomeKind.unknown
        if call.unreached:
            kind = OutcomeKind.not_executed
        self._routers[replica].observe(
            channel, self._family, kind, min(call.takes_s, DEADLINE_S), attempt_id=str(serial), unreached=call.unreached
        )

    def tick(self, now_s: float) -> None:
        """Once a second replicas tell each other, and one of them takes up each probe."""
        if not self._shares:
            return
        for clock in self._clocks:
            clock.now_s = now_s
        told = [router.tell() for router in self._routers]
        for hearer, router in enumerate(self._routers):
            for teller, news in enumerate(told):
                if teller != hearer:
                    router.hear(news)
        holder = {key: number for number, router in enumerate(self._routers) for key in router.leased}
        for number, router in enumerate(self._routers):
            wanted = set(router.wants_probe())
            router.leased = {key for key in wanted if holder.setdefault(key, number) == number}
