"""Every invariant is silent about a sound run, and names the promise that a broken one breaks."""

import json

import pytest
from msgspec.structs import replace

from contract_tests.checker.history import Call, Callback, Seen, Terms
from contract_tests.checker.invariants import ALL, violations
from contract_tests.checker.verdict import Findings, Made, reported
from contract_tests.tests.checker import histories as made
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState

LATER = {"attempt_id": "att_2", "number": 2, "started_at": made.at(10), "ended_at": made.at(11)}
UNKNOWN = {"outcome": OutcomeKind.unknown, "code": "carrier.no_reply"}


def broken_by(history):
    return {found.invariant for found in violations(history)}


def with_rows(**fields):
    return made.history(rows=made.rows(**fields))


def with_attempts(*attempts, terms=None, **fields):
    digests = {row.attempt_id: "d1" for row in attempts}
    rows = made.rows(attempts=attempts, digests={**digests, "in_1": "c1"}, durable_at={})
    given = {} if terms is None else {"terms": {("lotus_main", "policy.issue"): terms}}
    return made.history(rows=rows, arrivals=(), **given, **fields)


def test_a_sound_run_breaks_nothing():
    assert violations(made.history()) == []


def test_every_invariant_has_a_history_that_breaks_it():
    assert set(BROKEN) == set(ALL)


def _failed():
    return with_rows(operations=(made.operation(state=OperationState.failed),), objects=(), inbound=())


def _stuck():
    return made.history(
        effects=(),
        calls=(made.call(status=202, answer=b'{"operation_id": "op_1"}'),),
        callbacks=(),
        rows=made.rows(operations=(made.operation(state=OperationState.resolving),), objects=(), inbound=()),
    )


BROKEN = {
    "S1": lambda: made.history(effects=(made.effect(), made.effect(channel="aurora_main", number="P2"))),
    "S2": lambda: made.history(effects=(made.effect(), made.effect(number="P2", canaries=frozenset({"nobody"})))),
    "S3": lambda: made.history(effects=()),
    "S4": _failed,
    "S5": lambda: with_rows(operations=(), objects=(), inbound=()),
    "S6": lambda: made.history(calls=(made.call(), made.refused())),
    "S7": lambda: made.history(seen=(Seen(at=1, operation_id="op_1", state="failed"),)),
    "S8": lambda: with_rows(durable_at={"att_1": 1.7}),
    "S9": lambda: with_attempts(made.attempt(**UNKNOWN), made.attempt(**LATER, channel="aurora_main")),
    "S10": lambda: made.history(callbacks=(Callback(channel="lotus_main", digest="c1", genuine=False),)),
    "S11": lambda: made.history(calls=(made.call(canaries=frozenset({"ID2"})),)),
    "S12": lambda: made.history(effects=(made.effect(premium=901),)),
    "S13": lambda: with_attempts(made.attempt(outcome=OutcomeKind.refused), made.attempt(**LATER, adapter_version="2")),
    "V1": _stuck,
    "V4": lambda: made.history(steady=(("recovery again", "a", "b"),)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_named(name):
    assert name in broken_by(BROKEN[name]())


def test_a_cancellation_that_happened_twice_is_seen():
    twice = [made.effect(kind="cancel", number=no, policy_no="P1", canaries=frozenset()) for no in ("E1", "E2")]
    assert "S1" in broken_by(made.history(effects=(made.effect(), *twice)))


def test_an_effect_for_another_premium_than_asked_is_seen():
    assert "S2" in broken_by(made.history(effects=(made.effect(premium=901),)))


def test_a_policy_of_another_order_told_to_a_caller_is_seen():
    other = made.call(key="k2", identity="order-2", canaries=frozenset({"ID2"}), body_hash="h2")
    assert "S3" in broken_by(made.history(calls=(made.call(), other)))


def test_a_cancellation_that_was_told_and_never_happened_is_seen():
    told = made.call(operation="cancellation.submit", key="k2", identity="P1", target="P1", answer=b"{}", premium=None)
    done = made.effect(kind="cancel", number="C1", policy_no="P1", request_no="NUMBER2")
    kept = (made.operation(), made.operation(operation_id="op_2", operation="cancellation.submit", idem_key="k2"))
    rows = made.rows(operations=kept)
    happened = made.history(calls=(made.call(), told), effects=(made.effect(), done), rows=rows)
    assert violations(happened) == []
    assert broken_by(replace(happened, effects=(made.effect(),))) == {"S3"}
    no = (kept[0], replace(kept[1], state=OperationState.declined))
    assert broken_by(replace(happened, effects=(made.effect(),), rows=replace(rows, operations=no))) == set()


def test_a_caller_who_was_told_no_counts_whatever_the_row_says():
    assert "S4" in broken_by(made.history(calls=(made.refused(),)))


def test_a_key_kept_for_another_body_is_seen():
    assert "S5" in broken_by(with_rows(operations=(made.operation(request_hash="h2"),)))


def test_a_key_that_names_two_operations_is_seen():
    waiting = made.call(status=202, answer=b'{"operation_id": "op_2"}')
    assert "S6" in broken_by(made.history(calls=(made.call(), waiting)))


def test_a_refusal_that_names_no_operation_is_no_final_answer():
    busy = made.call(status=503, answer=b'{"code": "gateway.unavailable"}')
    assert broken_by(made.history(calls=(busy, made.call()))) == set()


def test_a_refusal_that_names_the_operation_of_another_key_is_no_final_answer():
    rival = made.refused(key="k2", status=422, answer=b'{"code": "request.duplicate", "operation_id": "op_1"}')
    assert broken_by(made.history(calls=(made.call(), rival))) == set()
    assert "S5" in broken_by(made.history(calls=(made.call(), made.refused(key="k2"))))


def test_a_state_skipped_by_a_reader_is_no_fault_and_one_skipped_by_the_journal_is():
    skipped = [Seen(at=at, operation_id="op_1", state=state) for at, state in ((1, "created"), (3, "succeeded"))]
    assert broken_by(made.history(seen=tuple(skipped))) == set()
    assert "S7" in broken_by(made.history(seen=tuple(replace(each, complete=True) for each in skipped)))


def test_a_state_read_while_it_changed_may_be_either():
    slow = Seen(since=1, at=9, operation_id="op_1", state="sending")
    states = (Seen(at=5, operation_id="op_1", state="succeeded"), slow)
    assert broken_by(made.history(seen=states)) == set()
    assert "S7" in broken_by(made.history(seen=(states[0], replace(slow, since=6))))


def test_a_terminal_state_that_is_left_is_seen():
    states = tuple(Seen(at=at, operation_id="op_1", state=state) for at, state in ((1, "succeeded"), (2, "resolving")))
    assert "S7" in broken_by(made.history(seen=states))


@pytest.mark.parametrize(
    ("what", "terms"),
    [
        ({"outcome": OutcomeKind.not_executed}, None),
        ({"outcome": OutcomeKind.refused}, None),
        (UNKNOWN, Terms(safety="write_replay", ttl_s=3600.0)),
        (UNKNOWN, Terms(safety="read")),
    ],
)
def test_a_second_attempt_after_proof_or_at_a_carrier_that_replays_is_right(what, terms):
    assert "S9" not in broken_by(with_attempts(made.attempt(**what), made.attempt(**LATER), terms=terms))


@pytest.mark.parametrize(("asked_at", "is_right"), [(30, False), (61.5, True)])
def test_not_found_counts_from_the_horizon_on(asked_at, is_right):
    asked = made.attempt(
        attempt_id="att_3",
        purpose="inquiry",
        started_at=made.at(asked_at),
        ended_at=made.at(asked_at),
        outcome=OutcomeKind.declined,
        code="policy.not_found",
    )
    later = made.attempt(**{**LATER, "started_at": made.at(70), "ended_at": made.at(71)})
    history = with_attempts(made.attempt(**UNKNOWN), asked, later)
    assert ("S9" not in broken_by(history)) is is_right


@pytest.mark.parametrize(
    ("said", "step", "channel", "is_right"),
    [
        ({"outcome": OutcomeKind.declined, "code": "policy.not_found"}, "", "aurora_main", True),
        ({"outcome": OutcomeKind.declined, "code": "policy.not_found"}, "", "lotus_main", True),
        ({"outcome": OutcomeKind.declined, "code": "policy.not_found", "channel": "aurora_main"}, "", "aurora_main", False),
        ({"outcome": OutcomeKind.declined, "code": "underwriting.age"}, "", "aurora_main", False),
        ({"outcome": OutcomeKind.pending}, "", "aurora_main", False),
        ({"outcome": OutcomeKind.pending}, "confirm", "aurora_main", False),
        ({"outcome": OutcomeKind.pending}, "", "lotus_main", False),
        ({"outcome": OutcomeKind.pending}, "confirm", "lotus_main", True),
        ({"outcome": OutcomeKind.unknown}, "", "lotus_main", False),
    ],
)  # fmt: skip
def test_only_the_first_carriers_own_no_such_record_lets_another_be_asked(said, step, channel, is_right):
    times = {"started_at": made.at(70), "ended_at": made.at(71)}
    asked = made.attempt(**{"attempt_id": "att_3", "purpose": "inquiry", **times, **said})
    times = {"started_at": made.at(80), "ended_at": made.at(81)}
    later = made.attempt(**{**LATER, **times, "channel": channel, "step": step})
    history = with_attempts(made.attempt(**UNKNOWN, step=step), asked, later)
    assert ("S9" not in broken_by(history)) is is_right


def test_an_attempt_that_began_before_the_first_had_ended_is_seen():
    first = made.attempt(outcome=OutcomeKind.not_executed, ended_at=made.at(20))
    assert "S9" in broken_by(with_attempts(first, made.attempt(**LATER)))


def test_two_callbacks_applied_to_one_operation_are_seen():
    again = made.inbound(inbound_id="in_2", event_key="e2")
    assert "S10" in broken_by(with_rows(inbound=(made.inbound(), again)))


def test_an_end_that_contradicts_a_genuine_callback_is_seen():
    no = Callback(channel="lotus_main", digest="c1", genuine=True, request_no="NUMBER", word="declined")
    assert "S10" in broken_by(made.history(callbacks=(no,)))


def test_a_journal_changed_by_callbacks_sent_again_is_seen():
    assert "S10" in broken_by(made.history(steady=(("callbacks again", "a", "b"),)))


def test_a_refund_that_differs_from_the_ledger_is_seen():
    view = {"cancellation": {"no": "E1", "refund": {"amount": {"amount": 900, "currency": "CNY"}}}}
    kept = made.stored(kind="endorsement", object_id="end_1", data=json.dumps(view).encode())
    asked = Call(client="shop", operation="cancellation.submit", key="k2", body_hash="h2", identity="P1", at=5.0)
    given = made.effect(kind="cancel", number="E1", policy_no="P1", premium=-800, canaries=frozenset())
    history = made.history(
        calls=(made.call(), asked), effects=(made.effect(), given), rows=made.rows(objects=(made.stored(), kept))
    )
    assert broken_by(history) == {"S12"}


def test_an_issue_that_succeeded_and_of_which_no_policy_is_kept_is_seen_and_counts_as_lost():
    history = with_rows(objects=())
    assert broken_by(history) == {"S11", "S12"}
    assert (report_of(history).lost, report_of(made.history()).lost) == (1, 0)


def report_of(history):
    numbers = {"keys": 1, "acknowledged": 1, "unforeseen": 0, "kills": 0, "kills_in_flight": 0, "seed": 1}
    said = Made(db="sqlite", **numbers, nemeses={}, crash_points={}, missed_counts=False, evidence="")
    return reported(said, Findings(), history, 1.0)


def test_a_policy_kept_without_the_premium_that_the_ledger_has_is_seen():
    kept = made.stored(data=json.dumps({**made.POLICY, "premium": None}).encode())
    assert broken_by(with_rows(objects=(kept,))) == {"S12"}
    unpriced = made.history(effects=(made.effect(premium=None),), rows=made.rows(objects=(kept,)))
    assert "S12" not in broken_by(unpriced)


@pytest.mark.parametrize(("outcome", "is_seen"), [(OutcomeKind.accepted, True), (OutcomeKind.unknown, False)])
def test_a_refund_in_the_ledger_that_the_reply_told_and_nobody_kept_is_seen(outcome, is_seen):
    told = made.call(operation="cancellation.submit", key="k2", identity="P1", target="P1", answer=b"{}", premium=None)
    given = made.effect(kind="cancel", number="E1", policy_no="P1", request_no="NO2", premium=-900)
    kept = made.operation(operation_id="op_2", operation="cancellation.submit", idem_key="k2", client_ref=None)
    sent = made.attempt(attempt_id="att_2", operation_id="op_2", request_no="NO2", outcome=outcome)
    rows = made.rows(operations=(made.operation(), kept), attempts=(made.attempt(), sent))
    history = made.history(calls=(made.call(), told), effects=(made.effect(), given), rows=rows)
    assert broken_by(history) == ({"S12"} if is_seen else set())


@pytest.mark.parametrize(("safety", "is_right"), [("write_blind", True), ("write_inquiry", False)])
def test_waiting_for_a_person_is_right_only_where_nobody_can_be_asked(safety, is_right):
    row = made.operation(state=OperationState.needs_review, text="the carrier neither repeats nor answers")
    history = made.history(
        effects=(),
        calls=(),
        callbacks=(),
        seen=(),
        rows=made.rows(operations=(row,), objects=(), inbound=()),
        terms={("lotus_main", "policy.issue"): Terms(safety=safety)},
    )
    assert (broken_by(history) == set()) is is_right


def _batch(*states):
    """A batch under way, whose orders are in these states."""
    orders = [{"client_ref": f"o{at}", "operation_id": f"op_{at}"} for at, _ in enumerate(states, 2)]
    batch = made.operation(
        operation_id="op_1b", operation="policy.issue_batch", idem_key="b1", business_key=None, channel=None,
        state=OperationState.pending, result=json.dumps(orders).encode(),
    )  # fmt: skip
    rows = [
        made.operation(operation_id=f"op_{at}", idem_key=None, business_key=None, state=state, text="nobody knows")
        for at, state in enumerate(states, 2)
    ]
    return made.history(effects=(), calls=(), callbacks=(), rows=made.rows(
        operations=(batch, *rows), attempts=(), objects=(), inbound=()), arrivals=(), seen=(),
    )  # fmt: skip


def test_a_batch_waits_as_long_as_an_order_of_it_waits_for_a_person_and_no_longer():
    over, review = OperationState.succeeded, OperationState.needs_review
    assert not any(each.subject == "op_1b" for each in violations(_batch(over, review)))
    assert [each.invariant for each in violations(_batch(over, over)) if each.subject == "op_1b"] == ["V1"]
    stuck = violations(_batch(review, OperationState.resolving))
    assert {each.subject for each in stuck} >= {"op_1b", "op_3"}
