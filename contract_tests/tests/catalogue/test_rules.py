"""Routing rules: the same compiler, once at load, into a callable of the request."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.catalogue.expression import compile_rule, rule_scope
from gateway.catalogue.marks import Mark
from gateway.catalogue.products import Rule
from gateway.model import (
    Answer,
    Freight,
    FreightObject,
    Insured,
    Money,
    Party,
    Period,
    PolicyIssueRequest,
    Proposal,
    RoutingHints,
)
from gateway.model.reflect import describe

START = Mark("f.yaml", 1, 1)
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
BARE = Proposal(product="freight-return@3", policyholder=Party(name="张三"))
FULL = Proposal(
    product="freight-return@3",
    plan="standard",
    policyholder=Party(name="张三"),
    insureds=(Insured(ref="i1"), Insured(ref="i2")),
    objects=(FreightObject(freight=Freight(order_no="1", amount=Money(amount=1200, currency="CNY"))),),
    answers=(Answer(question="high_risk_sport", value=True),),
    routing=RoutingHints(scenario="apparel", merchant="M9"),
    applied_at=AT,
)


def holds(text: str, request: Any) -> bool:
    rule, found = compile_rule(text, START)
    assert rule is not None, [str(each) for each in found]
    return rule(request)


@pytest.mark.parametrize(
    "text",
    [
        'req.routing.scenario == "apparel"',
        'req.routing.merchant in ("M1", "M9")',
        'answer("high_risk_sport")',
        "count(req.insureds) > 1",
        "any(req.objects, item.freight.amount.amount > 1000)",
        "first(req.objects).freight.amount.amount == 1200",
        'req.applied_at >= datetime("2026-01-01", "yyyy-MM-dd")',
        'req.plan == "standard" and not answer("smoker")',
        'match(req.plan, "^(stand)") == "stand"',
    ],
)
def test_a_rule_holds_for_the_request_it_means_and_not_for_one_that_says_nothing(text: str) -> None:
    assert holds(text, FULL) is True
    assert holds(text, BARE) is False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('now("yyyy") == "2026"', "E306"),
        ("config.x", "E304"),
        ("wire.x", "E304"),
        ("hook.x(req)", "E304"),
        ("request_no(3)", "E306"),
        ("nonce(3)", "E306"),
        ('lookup("x", req.plan)', "E306"),
    ],
)
def test_a_rule_sees_the_proposal_and_neither_clock_nor_chance_nor_settings(text: str, code: str) -> None:
    rule, found = compile_rule(text, START)
    assert rule is None
    assert found[0].code == code


def test_a_rule_names_only_what_every_request_of_new_business_has() -> None:
    rule, found = compile_rule("req.expected_premium.amount > 5", START)
    assert rule is None
    assert "no field 'expected_premium'" in str(found[0])
    issue = replace(rule_scope(), req=describe(PolicyIssueRequest))
    assert compile_rule("req.expected_premium.amount > 5", START, issue)[0] is not None


def test_a_rule_has_no_builtins_to_reach_for() -> None:
    rule, _ = compile_rule("count(req.insureds) > 1", START)
    assert rule is not None
    builtins = rule.__globals__["__builtins__"]
    assert "open" not in builtins
    assert "__import__" not in builtins


def test_a_rule_that_cannot_be_worked_out_for_a_request_does_not_hold() -> None:
    test, _ = compile_rule("years(req.period.end, req.period.start) > 1", START)
    assert test is not None
    rule = Rule(text="x", test=test, prefer=2.0)
    backwards = Proposal(
        product="a@1", policyholder=Party(name="x"), period=Period(start=AT, end=AT.replace(year=2027))
    )
    assert rule.holds(backwards) is False
