"""What cancellations give back is one amount wherever it stands; an application is an effect like a policy."""

import json

import pytest
from msgspec.structs import replace

from contract_tests.checker.invariants import violations
from contract_tests.checker.invariants.examined import EXAMINED
from contract_tests.checker.invariants.reading import KINDS
from contract_tests.checker.invariants.refunds import compared
from contract_tests.tests.checker import histories as made
from gateway.model.states import OperationState


def broken_by(history):
    return {found.invariant for found in violations(history)}


def refund(amount, no="E1", currency="CNY"):
    return {"no": no, "refund": {"amount": {"amount": amount, "currency": currency}}}


def cancelled(*, told=None, stored=None, there=None, settled=None):
    """A policy that was cancelled, and what its caller, the journal and the ledger say came back."""
    asked = made.call(
        operation="cancellation.submit", key="k2", body_hash="h1", identity="P1", target="P1", canaries=frozenset(),
        premium=settled, answer=json.dumps(refund(600) if told is None else told).encode(),
    )  # fmt: skip
    given = made.effect(
        kind="cancel", number="E1", policy_no="P1", request_no="NO2", premium=-600, canaries=frozenset()
    )
    op = made.operation(operation_id="op_2", operation="cancellation.submit", idem_key="k2", client_ref=None)
    kept = made.stored(
        kind="endorsement", object_id="end_1", operation_id="op_2",
        data=json.dumps({"cancellation": refund(600) if stored is None else stored}).encode(),
    )  # fmt: skip
    sent = made.attempt(attempt_id="att_2", operation_id="op_2", request_no="NO2")
    return made.history(
        calls=(made.call(), asked),
        effects=(made.effect(), given if there is None else replace(given, **there)),
        rows=made.rows(
            operations=(made.operation(), op), attempts=(made.attempt(), sent), objects=(made.stored(), kept)
        ),
    )


def test_a_refund_that_is_the_same_everywhere_is_compared_and_breaks_nothing():
    assert violations(cancelled(settled=600)) == []
    assert (compared(cancelled()), compared(made.history())) == (1, 0)
    assert compared(cancelled(told={})) == 0


@pytest.mark.parametrize(
    ("planted", "invariants"),
    [
        ({"told": refund(599)}, {"S2"}),
        ({"told": refund(600, currency="USD")}, {"S2"}),
        ({"told": refund(600, no="E9")}, {"S2"}),
        ({"stored": refund(601)}, {"S2", "S12"}),
        ({"stored": refund(600, no="E9")}, {"S2", "S12"}),
        ({"there": {"premium": -500}}, {"S2", "S12"}),
        ({"there": {"premium": 600}}, {"S2", "S12"}),
        ({"there": {"number": "E9"}}, {"S2", "S12"}),
        ({"settled": 900}, {"S2"}),
    ],
)
def test_a_refund_that_caller_journal_ledger_or_request_have_otherwise_is_seen(planted, invariants):
    assert broken_by(cancelled(**planted)) == invariants


def test_where_a_caller_or_a_ledger_names_no_refund_there_is_nothing_to_compare():
    assert broken_by(cancelled(told={"no": "E1"})) == set()
    assert "S2" not in broken_by(cancelled(there={"premium": None}))


APPLICATION = {"channel": "lotus_main", "status": "accepted", "numbers": [{"kind": "application", "no": "U1"}]}
LINE = {
    "kind": "underwrite",
    "number": "U1",
    "business_key": "NO2",
    "request_no": "NO2",
    "canaries": frozenset({"ID2"}),
}


def underwritten(*effects, state=OperationState.succeeded, told=APPLICATION, status=201):
    """A policy, and an application of somebody else."""
    asked = made.call(
        operation="underwriting.submit", key="k2", body_hash="h1", identity="app-1", canaries=frozenset({"ID2"}),
        status=status, answer=json.dumps(told).encode(),
    )  # fmt: skip
    op = made.operation(
        operation_id="op_2", operation="underwriting.submit", idem_key="k2", client_ref="app-1", state=state
    )
    sent = made.attempt(attempt_id="att_2", operation_id="op_2", request_no="NO2")
    rows = made.rows(operations=(made.operation(), op), attempts=(made.attempt(), sent))
    return made.history(calls=(made.call(), asked), effects=(made.effect(), *effects), rows=rows)


def test_an_application_that_was_asked_for_once_and_is_there_once_breaks_nothing():
    assert "underwrite" in KINDS.values()
    sound = underwritten(made.effect(**LINE))
    assert violations(sound) == []
    assert EXAMINED["S1"][1](sound) == 2


@pytest.mark.parametrize("channel", ["lotus_main", "aurora_main"])
def test_an_application_that_was_made_twice_is_seen(channel):
    again = made.effect(**{**LINE, "channel": channel, "number": "U2", "business_key": "NO3", "request_no": "NO3"})
    assert broken_by(underwritten(made.effect(**LINE), again)) == {"S1"}


def test_an_application_that_was_told_and_is_in_no_ledger_is_seen():
    assert broken_by(underwritten()) == {"S3"}
    assert broken_by(underwritten(made.effect(**LINE), told={**APPLICATION, "numbers": []})) == {"S3"}


def test_an_application_told_to_a_caller_that_is_anothers_is_seen():
    assert "S3" in broken_by(underwritten(made.effect(**{**LINE, "canaries": frozenset({"ID1"})})))


def test_an_application_that_nobody_asked_for_or_for_another_premium_is_seen():
    foreign = made.effect(**{**LINE, "number": "U2", "canaries": frozenset({"nobody"})})
    assert broken_by(underwritten(made.effect(**LINE), foreign)) == {"S2"}
    assert broken_by(underwritten(made.effect(**{**LINE, "premium": 901}))) == {"S2"}


def test_an_application_of_which_its_caller_was_told_that_nothing_happened_is_seen():
    failed = {"code": "channel.not_executed", "operation_id": "op_2"}
    history = underwritten(made.effect(**LINE), state=OperationState.failed, told=failed, status=503)
    assert broken_by(history) == {"S4"}


def test_an_application_that_was_refused_is_there_all_the_same_and_one_that_was_not_taken_is_not():
    refused = {**APPLICATION, "status": "declined"}
    assert broken_by(underwritten(made.effect(**LINE), state=OperationState.declined, told=refused)) == set()
    assert broken_by(underwritten(state=OperationState.declined, told={**refused, "numbers": []})) == set()


def test_an_issue_whose_first_step_is_an_application_asked_for_it_itself():
    first = made.effect(kind="underwrite", number="U1", request_no="NUMBER")
    assert violations(made.history(effects=(first, made.effect()))) == []
    assert broken_by(made.history(effects=(first, replace(first, number="U2"), made.effect()))) == {"S1"}
