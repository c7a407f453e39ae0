"""An explanation is whole: every channel with every number, also where it is as usual."""

import json

import msgspec

from gateway.model.outcome import OutcomeKind
from gateway.routing.types import Candidate, Decision, Standing
from gateway.routing.whole import TERMS, whole


def by_channel(told):
    return {each["channel"]: each for each in told["candidates"]}


def test_every_channel_has_every_term_and_its_standing_though_all_is_as_usual(route, order):
    decision = route().decide(order(), dry=True)
    told = whole(decision)
    assert [[term["name"] for term in each["terms"]] for each in told["candidates"]] == [list(TERMS)] * 3
    assert [term["value"] for term in by_channel(told)["one_main"]["terms"]] == [60.0, 1, 1, 1, 1, 1, 1]
    for each in told["candidates"]:
        assert set(each) == set(Candidate.__struct_fields__)
        assert set(each["standing"]) == set(Standing.__struct_fields__)
    assert set(told) == set(Decision.__struct_fields__)
    json.dumps(told)


def test_terms_of_one_leave_the_product_what_the_score_says(route, order, clock):
    router = route(rate="lowest_premium", premiums=(60, 50, 80))
    for _ in range(4):
        router.observe("one_main", "issue", OutcomeKind.unknown, 1.0)
    for each in by_channel(whole(router.decide(order(), dry=True))).values():
        total = 1.0
        for term in each["terms"]:
            total *= term["value"]
        assert total == each["score"]


def test_of_a_channel_that_is_ruled_out_what_is_its_own_is_told_and_what_is_compared_is_null(route, order):
    told = by_channel(whole(route().decide(order(exclude=["two_main"]), dry=True)))["two_main"]
    assert told["ruled_out"]
    assert {term["name"]: term["value"] for term in told["terms"]} == {
        "weight": None, "rule": None, "stability": 1.0, "latency": 1.0, "slow start": 1.0, "rate": None, "pace": None,
    }  # fmt: skip


def test_what_is_recorded_stays_compact(route, order):
    decision = route().decide(order())
    recorded = msgspec.json.decode(msgspec.json.encode(decision))
    assert {len(each["terms"]) for each in recorded["candidates"]} == {1}
    assert not any("standing" in each for each in recorded["candidates"])


def test_a_canary_has_its_own_term_in_place_of_a_weight():
    canary = Candidate(channel="c", terms=())
    assert [term["name"] for term in whole(_of(canary))["candidates"][0]["terms"]] == list(TERMS)
    term = {"name": "canary", "value": 1.0, "why": "1.0% of the business, to try it out"}
    canary = msgspec.convert({"channel": "c", "terms": [term]}, Candidate)
    assert [term["name"] for term in whole(_of(canary))["candidates"][0]["terms"]] == ["canary", *TERMS[1:]]


def _of(candidate):
    data = {"decision_id": "rd_1", "operation": "policy.issue", "product": "p", "at": "2026-03-03T00:00:00Z"}
    rest = {"catalogue": 1, "rate_mode": "off", "preset": "default", "chosen": None, "picked_by": "", "sentence": ""}
    return msgspec.structs.replace(
        msgspec.convert({**data, **rest, "candidates": []}, Decision), candidates=(candidate,)
    )
