"""Modes, canaries, sticky choices, values, promised volumes, hanging calls: the parts of a decision one by one."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.catalogue.products import Commission, Commitment
from gateway.model import RoutingHints
from gateway.model.examples import example_proposal
from gateway.model.outcome import OutcomeKind
from gateway.routing.decide import Seen, decide, eligible
from gateway.routing.filter import compiled
from gateway.routing.health import Health, standing_of
from gateway.routing.pace import Volume, needs, period_of
from gateway.routing.pick import sticky_pick
from gateway.routing.score import score_of
from gateway.routing.types import Ruled, Standing

ALL = ("one_main", "two_main", "six_main")
OFFERS = dict.fromkeys(ALL, frozenset({"policy.issue", "quote.create", "underwriting.submit"}))


@pytest.fixture
def sale(route):
    """The product as decisions read it; `bindings` replaces parts of some of its channels."""

    def make(weights=(60, 30, 10), *, bindings=None, **more):
        routing = {key: more.pop(key) for key in ("sticky", "rate") if key in more and key == "sticky"}
        snapshot = route(weights, **more).snapshot
        product = snapshot.products["freight-return"]
        own = {name: replace(each, **(bindings or {}).get(name, {})) for name, each in product.bindings.items()}
        product = replace(product, routing=replace(product.routing, **routing), bindings=own)
        return compiled(replace(snapshot, products={product.code: product}), product.code)

    return make


def many(sale, order, seen, count=2000, request=None):
    """Who was chosen how often, the round robin going on from one decision to the next."""
    chosen = Counter()
    for _ in range(count):
        outcome = decide("rd_1", request or order(), sale, seen)
        seen = replace(seen, counters=outcome.counters)
        chosen[outcome.decision.chosen] += 1
    return {name: chosen[name] / count for name in ALL}


def test_a_primary_takes_everything_while_it_stands_and_a_standby_only_when_nobody_else_does(sale, order):
    ranked = sale(bindings={"one_main": {"mode": "primary"}, "six_main": {"mode": "standby"}})
    assert many(ranked, order, Seen(offers=OFFERS))["one_main"] == 1.0
    out = {"one_main": Standing(breaker="open")}
    assert many(ranked, order, Seen(offers=OFFERS, standings=out))["two_main"] == 1.0
    out |= {"two_main": Standing(breaker="open")}
    assert many(ranked, order, Seen(offers=OFFERS, standings=out))["six_main"] == 1.0


def test_a_canary_gets_its_share_of_all_and_less_when_it_fails(sale, order):
    tried = sale(bindings={"six_main": {"mode": "canary", "share": 0.05}})
    shares = many(tried, order, Seen(offers=OFFERS), count=4000)
    assert shares["six_main"] == pytest.approx(0.05, abs=0.002)
    assert shares["one_main"] / shares["two_main"] == pytest.approx(2.0, rel=0.02)
    failing = Seen(offers=OFFERS, standings={"six_main": Standing(success=0.7)})
    assert many(tried, order, failing, count=4000)["six_main"] < 0.01


def test_a_canary_stands_beside_a_primary(sale, order):
    beside = sale(bindings={"one_main": {"mode": "primary"}, "six_main": {"mode": "canary", "share": 0.1}})
    shares = many(beside, order, Seen(offers=OFFERS))
    assert shares == pytest.approx({"one_main": 0.9, "two_main": 0.0, "six_main": 0.1}, abs=0.005)


def test_a_canarys_score_is_the_product_of_the_terms_that_are_told(sale, order):
    tried = sale(bindings={"six_main": {"mode": "canary", "share": 0.1}})
    failing = Seen(offers=OFFERS, standings={"six_main": Standing(success=0.7)})
    for seen in (Seen(offers=OFFERS), failing):
        decision = decide("rd_1", order(), tried, seen).decision
        told = {each.channel: score_of(list(each.terms)) for each in decision.candidates}
        assert told == pytest.approx({each.channel: each.score for each in decision.candidates})
        assert told["six_main"] > 1.0 or seen is failing


def test_a_failover_asks_who_is_well_and_what_it_must_try_out_it_tries_out_once(sale, order):
    half = Standing(breaker="half_open", success=0.9)
    after_one = order(exclude=("one_main",))
    beside = Seen(offers=OFFERS, standings={"six_main": half}, chance=0.999)
    outcome = decide("rd_1", after_one, sale(), beside)
    assert (outcome.decision.chosen, outcome.decision.picked_by, outcome.probe) == ("two_main", "failover", False)
    alone = replace(beside, standings={"six_main": half, "two_main": Standing(breaker="open")})
    outcome = decide("rd_1", after_one, sale(), alone)
    assert (outcome.decision.chosen, outcome.probe) == ("six_main", True)


def test_a_decision_records_where_the_round_robin_stood_and_what_the_day_had_used(sale, order):
    seen = Seen(offers=OFFERS, counters={"two_main": 0.4}, used={"six_main": 7})
    decision = decide("rd_1", order(), sale(), seen).decision
    assert (decision.counters, decision.used) == ({"two_main": 0.4}, {"six_main": 7})
    again = replace(seen, counters=decision.counters, used=decision.used)
    assert decide("rd_1", order(), sale(), again).decision == decision


def test_a_key_always_finds_its_channel_and_only_a_lost_channels_keys_move():
    weights = {"one_main": 60.0, "two_main": 30.0, "six_main": 10.0}
    keys = [f"customer-{number}" for number in range(5000)]
    before = {key: sticky_pick(weights, key) for key in keys}
    assert before == {key: sticky_pick(weights, key) for key in keys}
    shares = Counter(before.values())
    assert {name: shares[name] / 5000 for name in weights} == pytest.approx(
        {"one_main": 0.6, "two_main": 0.3, "six_main": 0.1}, abs=0.02
    )
    left = {name: weight for name, weight in weights.items() if name != "six_main"}
    moved = [key for key in keys if sticky_pick(left, key) != before[key]]
    assert moved == [key for key in keys if before[key] == "six_main"]


@pytest.mark.parametrize("sticky", ["customer", "merchant", "order"])
def test_a_retried_intent_goes_to_the_same_channel_where_the_product_is_sticky(sale, order, sticky):
    kept = sale(sticky=sticky)
    request = replace(example_proposal(), routing=RoutingHints(merchant="M1"))
    asked = replace(order(request=request), key="policy:demo:order-1")
    shares = many(kept, order, Seen(offers=OFFERS), count=50, request=asked)
    assert max(shares.values()) == 1.0
    decision = decide("rd_1", asked, kept, Seen(offers=OFFERS)).decision
    assert decision.picked_by == "weighted rendezvous"


def test_expected_value_prefers_who_earns_more_and_never_beyond_the_filed_rate(sale, order):
    def earning(first, second, filed="0.2"):
        made = sale(
            (50, 50, 50),
            rate="expected_value",
            premiums=(100, 100, 100),
            bindings={
                "one_main": {"commission": Commission(rate=first, filed=filed)},
                "two_main": {"commission": Commission(rate=second, filed=filed)},
            },
        )
        return decide("rd_1", order(), made, Seen(offers=OFFERS)).decision

    def score(decision, name):
        return next(each.score for each in decision.candidates if each.channel == name)

    better = earning(Decimal("0.1"), Decimal("0.15"), Decimal("0.2"))
    assert score(better, "two_main") > score(better, "one_main") > score(better, "six_main") == 0.0
    capped = earning(Decimal("0.5"), Decimal("0.2"), Decimal("0.2"))
    assert score(capped, "one_main") == score(capped, "two_main")


def test_who_is_behind_its_commitment_takes_the_share_it_needs_and_at_most_three_times_its_own(sale, order):
    plain = sale((60, 30, 10))
    behind = Seen(offers=OFFERS, needs={"six_main": 0.2})
    assert many(plain, order, behind)["six_main"] == pytest.approx(0.2, abs=0.005)
    hopeless = many(plain, order, Seen(offers=OFFERS, needs={"six_main": 5.0}))["six_main"]
    assert hopeless == pytest.approx(30 / 120, abs=0.005)
    sick = Seen(offers=OFFERS, needs={"six_main": 0.2}, standings={"six_main": Standing(success=0.9)})
    assert many(plain, order, sick)["six_main"] < 0.1


def test_what_a_commitment_needs_is_owed_against_what_is_still_to_come(sale):
    promised = sale(bindings={"six_main": {"commitment": Commitment(period="month", policies=2000)}}).product
    half = datetime(2026, 4, 16, 0, 0, tzinfo=UTC)
    sold = {
        "month": {
            "one_main": Volume(policies=6000),
            "two_main": Volume(policies=3000),
            "six_main": Volume(policies=500),
        }
    }
    start, end = period_of("month", half, "Asia/Shanghai")
    elapsed = (half - start) / (end - start)
    expected = 1500 / (9500 / elapsed * (1 - elapsed))
    assert needs(promised, sold, half) == pytest.approx({"six_main": expected})
    done = {"month": {"six_main": Volume(policies=2000)}}
    assert needs(promised, done, half) == {}
    assert needs(promised, {}, half) == {}


def test_calls_that_hang_are_evidence_before_they_end(route, order, clock):
    router = route()
    for number in range(5):
        router.began("one_main", "issue", f"att_{number}")
    clock.advance(1.0)
    assert router.standing("one_main", "write").breaker == "closed"
    clock.advance(2.0)
    assert router.standing("one_main", "write").breaker == "open"
    for number in range(5):
        router.observe("one_main", "issue", OutcomeKind.accepted, 3.0, attempt_id=f"att_{number}")
    assert router.standing("one_main", "write").breaker == "closed"


def test_a_host_that_cannot_be_reached_is_out_for_every_operation(route, order):
    router = route()
    for _ in range(5):
        router.observe("one_main", "issue", OutcomeKind.not_executed, 0.05, unreached=True)
    assert [router.standing("one_main", group).breaker for group in ("quote", "write", "service")] == ["open"] * 3
    refused = route()
    for _ in range(5):
        refused.observe("one_main", "issue", OutcomeKind.not_executed, 0.05)
    assert refused.standing("one_main", "quote").breaker == "closed"


@pytest.mark.parametrize(("per_s", "most_s"), [(0.2, 120.0), (1.0, 120.0), (10.0, 30.0), (50.0, 30.0)])
def test_a_breaker_of_a_channel_that_is_called_often_stays_open_for_less(route, clock, per_s, most_s):
    router = route()
    for _ in range(int(per_s * 30)):
        router.observe("one_main", "issue", OutcomeKind.accepted, 0.1)
        clock.advance(1 / per_s)
    for _ in range(5):
        router.observe("one_main", "issue", OutcomeKind.not_executed, 0.1)
    assert router.health("one_main", "write").open_max_s == pytest.approx(most_s, rel=0.1)


def test_a_read_panics_where_hardly_anyone_is_left_and_a_write_does_not(sale, order):
    out = dict.fromkeys(("one_main", "two_main"), Standing(breaker="open"))
    few = sale((60, 35, 5))
    read = decide("rd_1", order("quote.create"), few, Seen(offers=OFFERS, standings=out)).decision
    write = decide("rd_1", order("policy.issue"), few, Seen(offers=OFFERS, standings=out)).decision
    assert (read.panic, len(eligible(read)), eligible(read, 2)) == (True, 3, ("one_main", "two_main"))
    assert (write.panic, eligible(write)) == (False, ("six_main",))


@pytest.mark.parametrize("mode", ["weighted", "primary"])
def test_a_read_goes_to_who_stands_by_and_is_well_before_it_panics(sale, order, mode):
    regular = {"mode": mode}
    ranked = sale((60, 40, 1), bindings={"one_main": regular, "two_main": regular, "six_main": {"mode": "standby"}})
    out = dict.fromkeys(("one_main", "two_main"), Standing(breaker="open"))
    read = decide("rd_1", order("quote.create"), ranked, Seen(offers=OFFERS, standings=out)).decision
    assert (read.panic, eligible(read)) == (False, ("six_main",))
    out |= {"six_main": Standing(breaker="open")}
    nobody = decide("rd_1", order("quote.create"), ranked, Seen(offers=OFFERS, standings=out)).decision
    assert (nobody.panic, eligible(nobody)) == (True, ("one_main", "two_main"))


def test_an_operator_holds_a_channel_back_and_pins_a_product(sale, order):
    held = Seen(offers=OFFERS, held={"one_main": Ruled("channel.held", "drained by ops: certificate")})
    decision = decide("rd_1", order(), sale(), held).decision
    assert "one_main (drained by ops: certificate)" in decision.sentence
    assert many(sale(), order, replace(held, pins={"freight-return": "six_main"}))["six_main"] == 1.0


def test_a_decision_says_the_standing_it_saw_so_that_it_can_be_made_again(sale, order):
    seen = Seen(offers=OFFERS, standings={"one_main": Standing(success=0.8, latency_s=0.4, baseline_s=0.1)})
    first = decide("rd_1", order(), sale(), seen).decision
    again = replace(seen, standings={each.channel: each.standing for each in first.candidates})
    assert decide("rd_1", order(), sale(), again).decision == first


def test_the_worse_of_a_groups_and_its_carriers_breaker_counts():
    shut = Health(state="open", until_s=50.0)
    assert standing_of(Health(), shut, 10.0).breaker == "open"
    assert standing_of(Health(), shut, 60.0).breaker == "half_open"
    assert standing_of(shut, Health(), 10.0).breaker == "open"
