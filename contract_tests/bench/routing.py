"""The cost of one decision over twenty channels, beside a bare weighted random choice."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from contract_tests.bench.figures import Figure, microseconds
from gateway.catalogue.channels import Channel
from gateway.catalogue.expression import compile_rule
from gateway.catalogue.limits import Limits, MoneySpan, Span
from gateway.catalogue.marks import Mark
from gateway.catalogue.periods import PeriodRule
from gateway.catalogue.products import Binding, Plan, Product, RoutingRule, Rule
from gateway.catalogue.rates import Rate
from gateway.catalogue.snapshot import Snapshot
from gateway.model import Lob, Money, PeriodStartRule
from gateway.model.examples import example_proposal
from gateway.routing.decide import Seen, decide
from gateway.routing.filter import compiled
from gateway.routing.types import RouteRequest, Standing

CHANNELS = 20
TURNS = 6
CODE, OPERATION = "freight-return", "policy.issue"


def run(told: Callable[[str], None]) -> list[Figure]:
    """Processor time of a decision: with the gates of the snapshot at hand, without, and with a rate that counts."""
    told("deciding over twenty channels")
    plain, priced = snapshot("off"), snapshot("lowest_premium")
    asked, seen = _asked(), _seen(plain)
    sale, dear = compiled(plain, CODE), compiled(priced, CODE)
    names, weights = list(plain.channels), [float(10 + number) for number in range(CHANNELS)]
    measured: list[tuple[str, Callable[[], object], float | None, str]] = [
        ("decision", lambda: decide("rd", asked, sale, seen), 100.0, "gates compiled"),
        ("cold", lambda: decide("rd", asked, compiled(plain, CODE), seen), 250.0, "gates compiled anew"),
        ("lowest_premium", lambda: decide("rd", asked, dear, seen), None, "twenty premiums worked out too"),
        ("random_choice", lambda: random.choices(names, weights=weights), None, "a bare weighted random choice"),
    ]
    # In turns: on a machine that others share a slow half second would fall on one of them alone.
    turns = [[microseconds(call) for _, call, _, _ in measured] for _ in range(TURNS)]
    return [
        Figure(name=f"routing.{name}_us", value=round(min(each), 1), unit="us", limit=limit, note=note)
        for (name, _, limit, note), each in zip(measured, zip(*turns, strict=True), strict=True)
    ]


def snapshot(rate: str) -> Snapshot:
    """A product with twenty channels, each with limits, a rate, a quota and a rule."""
    names = [f"channel_{number}" for number in range(CHANNELS)]
    test, faults = compile_rule('req.routing.merchant == "M9"', Mark("bench", 1))
    assert test is not None, faults
    bindings = {
        name: Binding(
            channel=name,
            weight=10 + number,
            rates=(Rate(start=datetime(2025, 1, 1, tzinfo=UTC).date(), rate=Decimal(f"0.0{10 + number}")),),
            limits=Limits(
                sum_insured=MoneySpan(max=Money(amount=5000, currency="CNY")), age=Span(min=1), per_day=200_000
            ),
            rules=(Rule(text="merchant", test=test, exclude="complaint rate"),),
        )
        for number, name in enumerate(names)
    }
    product = Product(
        code=CODE,
        version=1,
        lob=Lob.freight_return,
        name="bench",
        kind="micro",
        plans={"standard": Plan(code="standard")},
        period=PeriodRule(rule=PeriodStartRule.instant, days=30),
        routing=RoutingRule(rate=rate),
        bindings=bindings,
    )
    channels = {name: Channel(name=name, carrier="bench", insurer=name, regions=("CN",)) for name in names}
    return Snapshot(number=1, channels=channels, products={CODE: product})


def _asked() -> RouteRequest:
    at = datetime(2026, 3, 3, tzinfo=UTC)
    return RouteRequest(operation=OPERATION, family="issue", product=CODE, request=example_proposal(), at=at)


def _seen(catalogue: Snapshot) -> Seen:
    standing = Standing(success=0.97, latency_s=0.2, baseline_s=0.2)
    return Seen(
        offers=dict.fromkeys(catalogue.channels, frozenset({OPERATION})),
        standings=dict.fromkeys(catalogue.channels, standing),
    )
