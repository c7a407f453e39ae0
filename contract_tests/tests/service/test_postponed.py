"""An operation whose rung cannot be taken has a clock all the same: it ends, or a person may end it."""

import asyncio

import pytest
from msgspec.structs import replace

from gateway.journal.changes import Move, Open
from gateway.model import RoutingHints
from gateway.model.states import OperationState
from gateway.service.operating import review
from gateway.service.recovery.ladder import Rung
from gateway.service.recovery.postponed import postponed

HOUR_S = 3600.0
GONE = "channel first_main is not configured here"


async def only(service):
    (op,) = await service.parts.journal.operations()
    return op


def without_its_channel(service):
    service.parts.channels = {k: v for k, v in service.parts.channels.items() if k != "first_main"}


async def notes(service, op, kind):
    return [each.text for each in await service.parts.journal.notes(op.operation_id) if each.kind == kind]


@pytest.fixture
def sent(make, caller, carriers, order):
    """A gateway with one order sent to the first carrier, which answered as planned."""

    async def send(*plan):
        service = await make()
        carriers.first.plan(*plan)
        await service.write("policy.issue", caller, order(routing=RoutingHints(pin="first_main")), "k1")
        return service

    return send


async def test_what_is_unknown_and_whose_channel_is_gone_goes_to_a_person_within_its_time(sent, pass_time, caller):
    service = await sent("reset")
    without_its_channel(service)
    await pass_time(service, 23 * HOUR_S, step_s=HOUR_S)
    assert (await only(service)).state is OperationState.unknown
    await pass_time(service, 2 * HOUR_S, step_s=HOUR_S)
    op = await only(service)
    assert (op.state, op.next_check_at) == (OperationState.needs_review, None)
    assert GONE in (op.text or "")
    assert await notes(service, op, "tried") == ["1 sending (unknown)"]
    body = review.ResolutionBody(operation_id=op.operation_id, state="failed", reason="the desk said no", by="me")
    await service.resolve(caller, body)
    assert (await only(service)).state is OperationState.failed


async def test_a_rung_that_is_postponed_again_and_again_is_told_once(sent, pass_time):
    service = await sent("reset")
    without_its_channel(service)
    await pass_time(service, 20 * HOUR_S, step_s=HOUR_S)
    assert await notes(service, await only(service), "postponed") == [GONE]


async def test_a_rung_the_gateway_fails_at_for_ever_goes_to_a_person_within_its_time(sent, pass_time, monkeypatch):
    service = await sent("reset")

    async def fails(_rung):
        raise ZeroDivisionError

    monkeypatch.setattr(Rung, "climb", fails)
    await pass_time(service, 25 * HOUR_S, step_s=HOUR_S)
    op = await only(service)
    assert op.state is OperationState.needs_review
    assert "ZeroDivisionError" in (op.text or "")


async def test_a_call_under_way_at_a_crash_whose_channel_is_gone_is_unknown_and_then_a_persons(
    make, carriers, caller, order, pass_time
):
    service = await make()
    reached = asyncio.Event()

    async def hang(_carrier, _wire):
        reached.set()
        await asyncio.Event().wait()

    carriers.first.plan(hang)
    body = order(routing=RoutingHints(pin="first_main"))
    waiting = asyncio.create_task(service.write("policy.issue", caller, body, "k1"))
    await reached.wait()
    tasks = [*service.parts.running, waiting]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    without_its_channel(service)
    await pass_time(service, 10 * 60, step_s=60)
    op = await only(service)
    (attempt,) = await service.parts.journal.attempts(op.operation_id)
    assert (op.state, attempt.fault) == (OperationState.unknown, "lost")
    await pass_time(service, 25 * HOUR_S, step_s=HOUR_S)
    assert (await only(service)).state is OperationState.needs_review


async def test_what_is_pending_and_whose_channel_is_gone_is_in_doubt_behind_its_time_and_then_a_persons(
    sent, pass_time
):
    service = await sent("pending")
    without_its_channel(service)
    await pass_time(service, 71 * HOUR_S, step_s=HOUR_S)
    assert (await only(service)).state is OperationState.pending
    await pass_time(service, 3 * HOUR_S, step_s=HOUR_S)
    assert (await only(service)).state is OperationState.unknown
    await pass_time(service, 25 * HOUR_S, step_s=HOUR_S)
    assert (await only(service)).state is OperationState.needs_review


@pytest.mark.parametrize("state", [OperationState.created, OperationState.routed])
async def test_what_was_never_sent_and_whose_channel_is_gone_has_failed(sent, pass_time, world, state):
    service = await sent("ok")
    row = replace(
        await only(service),
        operation_id="op_2",
        idem_key="k2",
        business_key=None,
        state=state,
        attempts=0,
        answer=None,
        answer_status=None,
        deadline_at=world.now(),
        next_check_at=world.now(),
    )
    await service.parts.journal.write(Open(row))
    without_its_channel(service)
    await pass_time(service, 60)
    op = await service.parts.journal.operation("op_2")
    assert (op.state, op.code) == (OperationState.failed, "channel.not_executed")
    assert "first_main" not in op.answer.decode(), "what is configured here is nothing for a caller"


async def test_a_flow_left_between_its_steps_whose_channel_is_gone_is_a_persons(sent, world):
    service = await sent("reset")
    row = replace(await only(service), state=OperationState.routed, unknown_since=None)
    world.advance(25 * HOUR_S)
    moves = [each.record.state for each in await postponed(service.parts, row, GONE) if isinstance(each, Move)]
    assert moves == ["sending", "unknown", "resolving", "needs_review"]


async def test_a_quote_the_gateway_fails_at_for_ever_has_failed(sent, pass_time, world):
    service = await sent("ok")
    before = await only(service)
    row = replace(
        before,
        operation_id="op_2",
        operation="quote.create",
        idem_key="k2",
        business_key=None,
        state=OperationState.sending,
        channel=None,
        attempts=0,
        request=b"[]",
        answer=None,
        answer_status=None,
        deadline_at=world.now(),
        next_check_at=world.now(),
    )
    await service.parts.journal.write(Open(row))
    await pass_time(service, 60)
    assert (await service.parts.journal.operation("op_2")).state is OperationState.failed


async def test_a_report_that_waits_for_a_channel_that_is_gone_waits_its_time_and_has_failed(sent, world):
    service = await sent("ok")
    row = replace(await only(service), state=OperationState.routed, code="channel.queued", resolve_by=world.now())
    (change, *_) = [each for each in await postponed(service.parts, row, GONE) if isinstance(each, Move)][-1:]
    assert (change.record.state, change.record.code) == (OperationState.failed, "channel.queued")
