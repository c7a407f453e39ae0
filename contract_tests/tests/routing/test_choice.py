"""What moves the choice: weight, rate, the history of failures; and what rules a channel out, each with its code."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from contract_tests.tests.routing.conftest import CHANNELS
from gateway.model import PolicyIssueRequest, RoutingHints
from gateway.model.errors import ErrorCode
from gateway.model.examples import example_proposal
from gateway.model.money import Money
from gateway.model.outcome import OutcomeKind
from gateway.routing.decide import Seen, decide, eligible
from gateway.routing.filter import compiled
from gateway.routing.health import PROBE_GAP_S, PROBES_TO_CLOSE
from gateway.routing.types import Standing
from gateway.routing.whole import whole

NOW = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
ALL = ("one_main", "two_main", "six_main")


def shares(router, request, count=2000):
    chosen = Counter(router.decide(request).chosen for _ in range(count))
    return {name: chosen[name] / count for name in ALL}


def candidate(decision, channel):
    return next(each for each in decision.candidates if each.channel == channel)


def hinted(**hints):
    return replace(example_proposal(), routing=RoutingHints(**hints))


@pytest.mark.parametrize("weights", [(60, 30, 10), (1, 1, 1), (97, 2, 1)])
def test_over_two_thousand_healthy_requests_shares_follow_the_weights_within_one_percent(weights, route, order):
    found = shares(route(weights), order())
    for name, weight in zip(ALL, weights, strict=True):
        assert abs(found[name] - weight / sum(weights)) <= 0.01


def test_changing_only_the_weight_moves_the_choice(route, order):
    assert route((60, 30, 10)).decide(order()).chosen == "one_main"
    assert route((10, 30, 60)).decide(order()).chosen == "six_main"


def test_changing_only_a_rate_moves_the_choice_where_the_product_wants_the_lowest_premium(route, order):
    dear, cheap = (60, 60, 60), (60, 30, 60)
    same = {"weights": (40, 40, 40), "rate": "lowest_premium"}
    before = route(premiums=dear, **same).decide(order())
    after = route(premiums=cheap, **same).decide(order())
    assert candidate(before, "two_main").score == candidate(before, "one_main").score
    assert after.chosen == "two_main"
    assert candidate(after, "two_main").score > candidate(after, "one_main").score
    assert "premium 60 against the lowest 30" in [term.why for term in candidate(after, "one_main").terms]


def test_a_rate_says_nothing_where_the_product_does_not_ask(route, order):
    decision = route((40, 40, 40), rate="off", premiums=(60, 10, 60)).decide(order())
    assert len({each.score for each in decision.candidates}) == 1


def test_an_explanation_tells_each_premium_though_the_product_does_not_choose_by_it(route, order):
    router = route((40, 40, 40), rate="off", premiums=(60, 10, 60))
    explained = router.decide(order(), dry=True)
    assert [each.premium["amount"] for each in explained.candidates] == [60, 10, 60]
    assert len({each.score for each in explained.candidates}) == 1
    assert {each.premium for each in router.decide(order()).candidates} == {None}, "nothing is worked out for nobody"


def test_changing_only_the_history_of_failures_moves_the_choice(route, order):
    router = route((60, 30, 10))
    assert router.decide(order(), dry=True).chosen == "one_main"
    for _ in range(4):
        router.observe("one_main", "issue", OutcomeKind.unknown, 0.1)
    moved = router.decide(order(), dry=True)
    assert moved.chosen == "two_main"
    (stability,) = [term for term in candidate(moved, "one_main").terms if term.name == "stability"]
    assert stability.value < 1


def test_what_every_channel_fails_alike_takes_business_from_none_and_more_than_that_does(route, order):
    sale, offers = compiled(route().snapshot, "freight-return"), dict.fromkeys(ALL, frozenset({"policy.issue"}))

    def shares_of(*success):
        standings = {name: Standing(success=each) for name, each in zip(ALL, success, strict=True)}
        decision = decide("rd_1", order(), sale, Seen(standings=standings, offers=offers)).decision
        return [each.share for each in decision.candidates], decision

    usual, _ = shares_of(0.99, 0.99, 0.99)
    for alike in ((0.90, 0.90, 0.90), (0.90, 0.86, 0.76), (0.72, 0.90, 0.73)):
        assert shares_of(*alike)[0] == usual
    others, decision = shares_of(0.90, 0.45, 0.90)
    assert others[1] < usual[1] / 2
    (said,) = [term.why for term in candidate(decision, "two_main").terms if term.name == "stability"]
    assert said.startswith("expected failures 55.0%, tolerated 28%")
    whole_terms = {
        each["channel"]: {term["name"]: term for term in each["terms"]} for each in whole(decision)["candidates"]
    }
    assert whole_terms["one_main"]["stability"]["value"] == 1.0


def test_a_decline_and_a_refusal_change_no_health(route, order):
    router = route()
    before = router.decide(order(), dry=True)
    for _ in range(50):
        router.observe("one_main", "issue", OutcomeKind.declined, 0.1)
        router.observe("two_main", "issue", OutcomeKind.refused, 0.1)
    after = router.decide(order(), dry=True)
    assert [each.score for each in after.candidates] == [each.score for each in before.candidates]


def test_an_outage_of_issuing_cuts_no_quotes(route, order):
    router = route()
    for _ in range(6):
        router.observe("one_main", "issue", OutcomeKind.unknown, 0.1)
    assert candidate(router.decide(order("policy.issue"), dry=True), "one_main").ruled_out == "channel.breaker_open"
    assert candidate(router.decide(order("quote.create"), dry=True), "one_main").ruled_out is None


def test_the_same_inputs_give_the_same_decision(route, order):
    sale = compiled(route(premiums=(60, 50, 40), rate="lowest_premium").snapshot, "freight-return")
    offers = dict.fromkeys(ALL, frozenset({"policy.issue"}))
    seen = Seen(standings={"one_main": Standing(success=0.9)}, offers=offers, counters={"two_main": 0.4})
    first, second = (decide("rd_1", order(), sale, seen) for _ in range(2))
    assert first == second
    assert decide("rd_1", order(exclude=("one_main",)), sale, replace(seen, chance=0.7)) == decide(
        "rd_1", order(exclude=("one_main",)), sale, replace(seen, chance=0.7)
    )


def test_explaining_moves_nothing(route, order):
    asked, explained = route(), route()
    for _ in range(7):
        explained.decide(order(), dry=True)
    assert [asked.decide(order()).chosen for _ in range(20)] == [explained.decide(order()).chosen for _ in range(20)]


def test_failing_over_leaves_the_shares_of_the_others_alone(route, order):
    router, untouched = route(), route()
    for _ in range(30):
        assert router.decide(order(exclude=("one_main",))).chosen in ("two_main", "six_main")
    assert [router.decide(order()).chosen for _ in range(20)] == [untouched.decide(order()).chosen for _ in range(20)]


def test_with_a_premium_expected_only_the_channel_that_files_it_is_asked(route, order):
    proposal = example_proposal()
    terms = {name: getattr(proposal, name) for name in proposal.__struct_fields__}
    request = PolicyIssueRequest(**terms, client_ref="o-1", expected_premium=Money(amount=50, currency="CNY"))
    decision = route(premiums=(60, 50, 40)).decide(order(request=request))
    assert decision.chosen == "two_main"
    assert {candidate(decision, name).ruled_out for name in ("one_main", "six_main")} == {"premium.mismatch"}


CASES = {
    "channel.excluded_by_caller": ({}, {"request": hinted(exclude=("one_main",))}),
    "channel.not_pinned": ({}, {"request": hinted(pin="two_main")}),
    "channel.tried": ({}, {"exclude": ("one_main",)}),
    "channel.not_offered": (
        {"offers": {name: frozenset({"policy.issue"} if name != "one_main" else ()) for name in ALL}},
        {},
    ),
    "channel.rule": (
        {"rules": ('rules: [{ when: req.policyholder.type == "person", exclude: no persons }]', "", "")},
        {},
    ),
    "channel.limit": ({"rules": ("limits: { age: { max: 20 } }", "", "")}, {}),
}


@pytest.mark.parametrize("code", CASES)
def test_a_channel_that_is_ruled_out_says_why_with_a_code_of_the_list(code, route, order):
    made, asked = CASES[code]
    decision = route(**made).decide(order(**asked))
    found = candidate(decision, "one_main")
    assert (found.ruled_out, found.share, found.score) == (code, 0.0, 0.0)
    assert ErrorCode(found.ruled_out)
    assert found.why
    assert found.why in decision.sentence
    assert decision.chosen != "one_main"


def _channels(text):
    return f"one_main: {{ carrier: one, insurer: one_pc, {text} }}\ntwo_main: {{ carrier: two, insurer: t, via: direct, state: active }}\nsix_main: {{ carrier: six, insurer: s, via: direct, state: active }}\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("via: direct, state: suspended", "channel.not_active"),
        ("via: direct, state: active, regions: [GB]", "channel.region"),
        ('via: direct, state: active, maintenance: [{ from: "00:00", to: "23:59", zone: UTC }]', "channel.maintenance"),
    ],
)
def test_a_channel_that_may_not_sell_here_or_now_says_so(text, code, route, order):
    decision = route(channels=_channels(text)).decide(order())
    assert candidate(decision, "one_main").ruled_out == code
    assert ErrorCode(code)


def test_a_quota_that_is_used_up_rules_out_until_the_next_day(route, order):
    router = route(rules=("limits: { per_day: 10 }", "", ""))
    router.quotas.count("freight-return", "one_main", date(2026, 3, 3), 10)
    assert candidate(router.decide(order()), "one_main").ruled_out == "channel.quota"
    assert candidate(router.decide(order("quote.create")), "one_main").ruled_out is None
    tomorrow = order(at=NOW + timedelta(days=1))
    assert candidate(router.decide(tomorrow), "one_main").ruled_out is None


def test_a_rule_may_pin_and_a_rule_may_prefer(route, order):
    pins = route(rules=("", "", 'rules: [{ when: req.policyholder.type == "person", pin: true }]')).decide(order())
    assert pins.chosen == "six_main"
    prefers = route(
        (60, 30, 10), rules=("", 'rules: [{ when: req.policyholder.type == "person", prefer: 3.0 }]', "")
    ).decide(order())
    assert prefers.chosen == "two_main"


def test_nobody_left_is_a_decision_too_with_a_reason_for_everyone(route, order):
    decision = route().decide(order(exclude=ALL))
    assert decision.chosen is None
    assert [reason.code for reason in decision.said()] == ["channel.tried"] * 3


def test_a_quote_asks_the_channel_that_is_tried_out_though_it_asks_few(route, order, clock):
    router = route((50, 40, 10))
    for _ in range(12):
        router.observe("six_main", "quote", OutcomeKind.unknown, 0.1)
    clock.advance(400)
    for _ in range(PROBES_TO_CLOSE):
        decision = router.decide(order("quote.create"))
        assert (decision.picked_by, decision.chosen, eligible(decision, 1)) == ("probe", "six_main", ("six_main",))
        assert eligible(decision, 2) == ("six_main", "one_main")
        router.observe("six_main", "quote", OutcomeKind.accepted, 0.1)
        clock.advance(PROBE_GAP_S)
    assert router.standing("six_main", "quote").breaker == "closed"


def test_a_quote_tries_out_one_channel_at_a_time(route, order, clock):
    router = route((40, 40, 20))
    for name in ("one_main", "six_main"):
        for _ in range(5):
            router.observe(name, "quote", OutcomeKind.unknown, 0.1)
    clock.advance(400)
    decision = router.decide(order("quote.create"))
    assert eligible(decision) == (decision.chosen, "two_main")
    assert router.standing(decision.chosen, "quote").breaker == "probed"


@pytest.mark.parametrize(("margin_s", "operation", "closed"), [
    (None, "policy.issue", False), (400.0, "policy.issue", True), (200.0, "policy.issue", False),
    (400.0, "quote.create", False),
])  # fmt: skip
def test_writes_stop_so_long_before_a_maintenance_window_as_the_carrier_takes_to_settle_them(
    route, order, clock, margin_s, operation, closed
):
    begins = NOW + timedelta(seconds=300)
    window = f'maintenance: [{{ from: "{begins:%H:%M}", to: "23:59", zone: UTC }}]'
    router = route(channels=CHANNELS.replace("two_pc, via: direct", f"two_pc, via: direct, {window}"))
    router._margins = {} if margin_s is None else {"two_main": margin_s}
    ruled = candidate(router.decide(order(operation)), "two_main").ruled_out
    assert ruled == ("channel.maintenance" if closed else None)
