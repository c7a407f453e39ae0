"""The demo's verdict: clean ledgers agree, and every kind of lie planted in them is seen."""

import copy

import pytest

from cli.demo.orders import plans
from cli.demo.verdict import Order, Told, judge

COUNT = 8


@pytest.fixture
def story():
    """Orders, what the API said of them, and ledgers that tell the same; one policy was given back."""
    orders, told, ledgers = [], [], {"lotus_main": [], "cedar_main": []}
    for serial, plan in enumerate(plans(COUNT, "run")):
        channel = ("lotus_main", "cedar_main")[serial % 2]
        orders.append(Order(client_ref=plan.client_ref, canaries=plan.canaries, product=plan.product))
        cancelled = serial == 3
        number, premium = f"P{serial}", 100 + serial
        claim_nos = ("R6", "C6") if serial == 6 else ()
        told.append(
            Told(
                client_ref=plan.client_ref,
                state="succeeded",
                policy_no=number,
                channel=channel,
                premium=premium,
                cancelled=cancelled,
                claim_nos=claim_nos,
            )
        )
        ledgers[channel].append(
            {
                "effect": "issue",
                "number": number,
                "premium": {"amount": premium, "currency": "CNY"},
                "canaries": {"order": list(plan.canaries)},
            }
        )
        if cancelled:
            ledgers[channel].append({"effect": "cancel", "number": f"E{serial}", "policy_no": number, "canaries": {}})
        if claim_nos:
            ledgers[channel].append({"effect": "claim_report", "number": "R6", "policy_no": number, "canaries": {}})
    return orders, told, ledgers


def _line(ledgers, number):
    return next(line for lines in ledgers.values() for line in lines if line["number"] == number)


def _doubled(ledgers):
    ledgers["lotus_main"].append({**copy.deepcopy(_line(ledgers, "P1")), "number": "P-AGAIN"})


def _missing(ledgers):
    ledgers["lotus_main"].remove(_line(ledgers, "P2"))


def _swapped(ledgers):
    one, other = _line(ledgers, "P4"), _line(ledgers, "P6")
    one["canaries"], other["canaries"] = other["canaries"], one["canaries"]


def _dearer(ledgers):
    _line(ledgers, "P5")["premium"]["amount"] += 1


def _uncancelled(ledgers):
    ledgers["cedar_main"].remove(_line(ledgers, "E3"))


def _cancelled_by_nobody(ledgers):
    ledgers["lotus_main"].append({"effect": "cancel", "number": "E9", "policy_no": "P0", "canaries": {}})


def _strange(ledgers):
    ledgers["cedar_main"].append(
        {"effect": "issue", "number": "P-X", "premium": None, "canaries": {"order": "of nobody"}}
    )


def _cancelled_twice(ledgers):
    ledgers["cedar_main"].append({**_line(ledgers, "E3"), "number": "E3-AGAIN"})


def _claimed_twice(ledgers):
    ledgers["lotus_main"].append({**_line(ledgers, "R6"), "number": "R6-AGAIN"})


def _claim_missing(ledgers):
    ledgers["lotus_main"].remove(_line(ledgers, "R6"))


def _claimed_by_nobody(ledgers):
    ledgers["cedar_main"].append({"effect": "claim_report", "number": "R7", "policy_no": "P7", "canaries": {}})


PLANTED = {
    "doubled": (_doubled, "run-0001"),
    "lost": (_missing, "run-0002"),
    "swapped": (_swapped, "run-0004"),
    "wrong_premium": (_dearer, "run-0005"),
    "uncancelled": (_uncancelled, "run-0003"),
    "cancelled by nobody": (_cancelled_by_nobody, "run-0000"),
    "orphans": (_strange, "P-X"),
    "cancelled twice": (_cancelled_twice, "run-0003: cancelled twice"),
    "claimed twice": (_claimed_twice, "run-0006: claimed twice"),
    "claim missing": (_claim_missing, "run-0006: claim"),
    "claimed by nobody": (_claimed_by_nobody, "run-0007: claim R7"),
}
SEEN_AS = {
    "cancelled twice": "doubled", "claimed twice": "doubled", "claim missing": "lost", "claimed by nobody": "orphans",
   "swapped": "lost", "cancelled by nobody": "uncancelled",
}  # fmt: skip


def test_ledgers_that_tell_the_same_story_agree(story):
    verdict = judge(*story)
    assert verdict.agrees
    assert verdict.policies == COUNT


@pytest.mark.parametrize("lie", PLANTED)
def test_a_lie_planted_in_the_ledgers_is_seen_and_named(lie, story):
    orders, told, ledgers = story
    plant, names = PLANTED[lie]
    plant(ledgers)
    verdict = judge(orders, told, ledgers)
    assert not verdict.agrees
    assert any(names in found for found in getattr(verdict, SEEN_AS.get(lie, lie)))


def test_a_policy_of_an_order_that_was_told_no_is_an_orphan(story):
    orders, told, ledgers = story
    told[2] = Told(client_ref=told[2].client_ref, state="declined")
    verdict = judge(orders, told, ledgers)
    assert not verdict.agrees
    assert any("run-0002" in found for found in verdict.orphans)


@pytest.mark.parametrize("state", ["created", "pending", "unknown", "resolving", "needs_review"])
def test_an_operation_that_is_not_over_is_unresolved(state, story):
    orders, told, ledgers = story
    told[1] = Told(client_ref=told[1].client_ref, state=state)
    assert "run-0001" in judge(orders, told, ledgers).unresolved
    assert judge(orders, story[1][:1], {}, waiting=("op_1",)).unresolved == ("op_1",)


def test_orders_without_any_answer_are_not_taken_for_insured(story):
    orders, told, ledgers = story
    verdict = judge(orders, told[:-1], ledgers)
    assert not verdict.agrees
    assert any("run-0007" in found for found in verdict.orphans)
