"""Every rung has an end: what proves something, what proves nothing, and when a person must look."""

import json

import httpx
import pytest
from msgspec.structs import replace

from gateway.model import RoutingHints
from gateway.model.states import OperationState


async def issue(service, caller, body, key="k1"):
    return await service.write("policy.issue", caller, body, key)


async def only(service):
    (op,) = await service.parts.journal.operations()
    return op


def says(**fields):
    """What the carrier answers to one inquiry."""
    return ("inquiry", fields)


async def test_what_no_rung_resolves_within_its_time_goes_to_a_person_with_a_reason(
    make, carriers, caller, order, world, pass_time
):
    service = await make()
    carriers.first.plan("reset", *[says(outcome="unknown")] * 500)
    await issue(service, caller, order())
    await pass_time(service, 200, step_s=5)
    assert (await only(service)).state is OperationState.resolving
    world.advance(service.parts.policy.unknown_max_s)
    await pass_time(service, 10)
    op = await only(service)
    assert op.state is OperationState.needs_review
    assert "in time" in (op.text or "")
    assert carriers.second.requests == [], "no other carrier is ever asked"
    answer = await issue(service, caller, order())
    assert (answer.status, json.loads(answer.body)["state"]) == (202, "needs_review")


@pytest.mark.parametrize(
    "reply",
    [
        says(outcome="unknown"),
        says(outcome="refused", code="x"),
        says(outcome="not_executed", code="busy"),
    ],
    ids=["unreadable", "refused", "busy"],
)
async def test_only_the_declared_not_found_proves_that_nothing_happened(
    make, carriers, caller, order, pass_time, reply
):
    service = await make()
    carriers.first.plan("reset", *[reply] * 100)
    await issue(service, caller, order())
    await pass_time(service, 100)
    assert (await only(service)).state in (OperationState.unknown, OperationState.resolving)
    assert carriers.second.requests == []


async def test_a_decline_in_the_carriers_record_is_the_operations_decline(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("reset", says(outcome="declined", code="underwriting.refused", text="no"))
    await issue(service, caller, order())
    await pass_time(service, 45)
    answer = await issue(service, caller, order())
    problem = json.loads(answer.body)
    assert (answer.status, problem["code"], problem["source"]) == (422, "underwriting.refused", "carrier")


async def test_a_record_that_waits_for_an_underwriter_makes_the_operation_pending(
    make, carriers, caller, order, pass_time
):
    service = await make()
    carriers.first.plan("reset", says(outcome="pending", code="underwriting.manual"))
    await issue(service, caller, order())
    await pass_time(service, 40)
    op = await only(service)
    assert op.state is OperationState.pending


async def test_not_found_never_ends_what_the_carrier_said_is_pending(make, carriers, caller, order, pass_time):
    service = await make(lag_s=1.0, final_s=10.0)
    carriers.first.plan("pending", *[says(outcome="declined", code="policy.not_found")] * 50)
    await issue(service, caller, order())
    await pass_time(service, 120)
    assert (await only(service)).state is OperationState.pending


async def test_a_pending_operation_whose_time_is_over_is_unknown_and_then_asked_after(
    make, carriers, caller, order, world, pass_time
):
    service = await make()
    carriers.first.plan("pending", *[says(outcome="pending")] * 3)
    await issue(service, caller, order())
    await pass_time(service, 40)
    op = await only(service)
    assert op.state is OperationState.pending
    world.advance((op.resolve_by - world.now()).total_seconds() + 1)
    carriers.first.script.clear()
    carriers.first.plan(says(outcome="unknown"))
    await pass_time(service, 2)
    op = await only(service)
    assert op.state in (OperationState.unknown, OperationState.resolving)
    assert any(note.kind == "unknown" for note in await service.parts.journal.notes(op.operation_id))
    carriers.first.issue(carriers.first.requests[0]["request_no"])
    await pass_time(service, 60)
    assert (await only(service)).state is OperationState.succeeded


async def test_no_more_channels_are_tried_than_the_attempt_budget_allows(make, carriers, caller, order):
    service = await make()
    service.parts.policy = type(service.parts.policy)(attempts_max=1)
    carriers.first.plan("refuse")
    carriers.second.plan("ok")
    answer = await issue(service, caller, order())
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "channel.not_executed")
    assert len(carriers.first.requests) + len(carriers.second.requests) == 1


async def test_after_its_deadline_an_operation_makes_no_new_attempt(make, carriers, caller, order, world):
    service = await make()

    async def slow(_carrier, _wire):
        world.advance(service.parts.policy.deadline_s + 1)
        raise httpx.ConnectError("refused")

    carriers.first.plan(slow)
    answer = await issue(service, caller, order())
    assert answer.status == 503
    assert carriers.second.requests == []


async def test_every_question_is_recorded_as_a_rung_of_its_own(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("commit reset", says(outcome="unknown"))
    await issue(service, caller, order())
    await pass_time(service, 60)
    op = await only(service)
    rungs = [each for each in await service.parts.journal.attempts(op.operation_id) if each.purpose == "inquiry"]
    assert [rung.outcome for rung in rungs] == ["unknown", "accepted"]
    assert all(rung.ended_at is not None for rung in rungs)
    asked = [request["request_no"] for request in carriers.first.requests]
    assert len(set(asked)) == 1, "every resend and inquiry bears the operation's one number"


async def test_a_resend_that_nobody_answered_begins_the_horizon_of_not_found_anew(
    make, carriers, caller, order, pass_time
):
    service = await make("replay", lag_s=30.0, final_s=60.0)
    missing = says(outcome="declined", code="policy.not_found")
    carriers.first.plan(*["reset"] * 4, "commit reset", *[missing] * 3)
    await issue(service, caller, order())
    await pass_time(service, 70)
    sent = [request["op"] for request in carriers.first.requests]
    assert sent.count("policy.issue") == 5
    assert sent.count("policy.get") == 3, "the last of them past the horizon of the first sending"
    assert (await only(service)).state is OperationState.resolving, "the last sending may have done it just now"
    await pass_time(service, 200)
    answer = await issue(service, caller, order())
    assert (answer.status, json.loads(answer.body)["numbers"][0]["no"]) == (201, "P-first-1")
    assert len(carriers.first.ledger) + len(carriers.second.ledger) == 1


async def test_what_was_lost_together_is_not_sent_again_in_one_moment(make, carriers, caller, order, world):
    service = await make(kind="replay")
    carriers.first.plan(*["reset"] * 8)
    for name in ("a", "b", "c", "d"):
        await issue(service, caller, order(name, routing=RoutingHints(pin="first_main")), name)
    assert _all_differ(await _waits(service), 0.8, 1.2)
    world.advance(1.3)
    await service.worker.round()
    assert _all_differ(await _waits(service), 1.6, 2.4)


async def _waits(service):
    rows = await service.parts.journal.operations()
    return [(op.next_check_at - op.updated_at).total_seconds() for op in rows]


def _all_differ(waits, least_s, most_s):
    return len(set(waits)) == len(waits) == 4 and least_s <= min(waits) < max(waits) <= most_s


async def test_the_budget_of_attempts_is_of_channels_and_a_resend_is_bounded_by_the_ladders_clock_alone(
    make, carriers, caller, order, pass_time
):
    service = await make(kind="replay")
    service.parts.policy = replace(service.parts.policy, attempts_max=1)
    carriers.first.plan(*["reset"] * 3)
    await issue(service, caller, order(routing=RoutingHints(pin="first_main")))
    await pass_time(service, 90)
    op = await only(service)
    assert (op.state, op.attempts > service.parts.policy.attempts_max) == (OperationState.succeeded, True)
    assert carriers.second.requests == []
