"""Three channels of one product, a router over them, and a clock that moves when told to."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from gateway.catalogue.load import Catalogue, load
from gateway.model import RoutingHints
from gateway.model.examples import example_proposal
from gateway.model.operations import OPERATIONS
from gateway.ports import FrozenWorld
from gateway.routing.router import Router
from gateway.routing.types import RouteRequest

NOW = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
CHANNELS = """
one_main: { carrier: one, insurer: one_pc, via: direct, state: active }
two_main: { carrier: two, insurer: two_pc, via: direct, state: active }
six_main: { carrier: six, insurer: six_pc, via: direct, regions: [CN], state: active }
"""
PRODUCT = """
format: product/1
product: { code: freight-return, version: 3, lob: freight_return, name: Return freight, kind: micro }
plans: { standard: { coverages: [{ code: RETURN_FREIGHT, sum_insured: { amount: 2500, currency: CNY } }] } }
form: { type: object }
period: { rule: instant, days: 30 }
free_look: { start: issue, days: 0 }
routing: { preset: default, rate: RATE, sticky: none, reroute_on_decline: false }
channels:
  one_main: { mode: weighted, weight: W1, RATE1 RULE1 }
  two_main: { mode: weighted, weight: W2, RATE2 RULE2 }
  six_main: { mode: weighted, weight: W6, RATE6 RULE6 }
"""


@pytest.fixture
def clock():
    return FrozenWorld(NOW, seed=3)


@pytest.fixture
def route(tmp_path, clock):
    """A router over a product made of words: weights, premiums in fen, rules."""

    def make(
        weights=(60, 30, 10),
        *,
        rate="off",
        premiums=(None, None, None),
        rules=("", "", ""),
        channels=CHANNELS,
        offers=None,
    ):
        text = PRODUCT.replace("rate: RATE", f"rate: {rate}")
        for name, weight, premium, rule in zip("126", weights, premiums, rules, strict=True):
            filed = (
                f"rates: [{{ from: 2025-01-01, of: fixed, amount: {{ amount: {premium}, currency: CNY }} }}],"
                if premium
                else ""
            )
            text = text.replace(f"W{name}", str(weight)).replace(f"RATE{name}", filed).replace(f"RULE{name}", rule)
        mappings = tmp_path / "mappings"
        (mappings / "products").mkdir(parents=True, exist_ok=True)
        (mappings / "channels.yaml").write_text(channels)
        (mappings / "products" / "freight-return.yaml").write_text(text)
        snapshot, found = load(mappings, ("one", "two", "six"), by_commission=True)
        assert snapshot is not None, "\n".join(map(str, found))
        return Router(Catalogue(snapshot), clock, offers or {name: frozenset(OPERATIONS) for name in snapshot.channels})

    return make


@pytest.fixture
def order():
    """A question to the router; `more` changes the request itself."""

    def make(operation="policy.issue", *, exclude=(), request=None, at=NOW, pin=None):
        request = request or example_proposal()
        if pin:
            request = replace(request, routing=RoutingHints(pin=pin))
        return RouteRequest(
            operation=operation,
            family=OPERATIONS[operation].family,
            product="freight-return",
            request=request,
            at=at,
            exclude=frozenset(exclude),
        )

    return make
