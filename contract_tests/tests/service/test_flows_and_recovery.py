"""Flows of several steps, crashes, callers that leave, and the limits of waiting."""

import asyncio
import dataclasses
import json
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from gateway.channel import TokenUnavailable
from gateway.errors import Duplicate
from gateway.journal.changes import Move
from gateway.model import Number, NumberKind, PolicyIssueRequest, RoutingHints
from gateway.model.states import MOVES, OperationState
from gateway.service.entrance.submit import request_hash
from gateway.service.gateway import Service
from gateway.wire.errors import WireError


async def issue(service, caller, body, key="k1"):
    return await service.write("policy.issue", caller, body, key)


def steps(carrier):
    return [request["step"] for request in carrier.requests if request["op"] == "policy.issue"]


async def test_a_flow_runs_its_steps_in_order_and_hands_replies_on(make, carriers, caller, order):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("accepted", "ok")
    assert (await issue(service, caller, order())).status == 201
    assert steps(carriers.first) == ["book", "confirm"]
    assert carriers.first.requests[1]["seen"] == ["book"]


async def test_a_flow_whose_first_write_was_accepted_stays_with_its_channel(make, carriers, caller, order, pass_time):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("accepted", "refuse")
    assert (await issue(service, caller, order())).status == 202
    assert carriers.second.requests == []
    carriers.first.plan(("inquiry", {"outcome": "pending"}), "ok")
    await pass_time(service, 45)
    assert (await issue(service, caller, order())).status == 201
    assert steps(carriers.first) == ["book", "confirm", "confirm"]
    assert carriers.second.requests == []


async def test_a_crash_between_steps_resumes_at_the_right_step(make, carriers, caller, order, pass_time):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("accepted", "commit reset")
    await issue(service, caller, order())
    carriers.first.plan(("inquiry", {"outcome": "accepted", "numbers": {"policy": "P-9"}}))
    await pass_time(service, 60)
    assert (await issue(service, caller, order())).status == 201
    assert steps(carriers.first) == ["book", "confirm"]


async def test_a_record_that_is_not_final_lets_the_flow_go_on_where_it_stopped(
    make, carriers, caller, order, pass_time
):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("reset")
    await issue(service, caller, order())
    carriers.first.plan(("inquiry", {"outcome": "pending"}), "ok")
    await pass_time(service, 60)
    assert (await issue(service, caller, order())).status == 201
    assert steps(carriers.first) == ["book", "confirm"]


async def test_a_step_after_a_lost_answer_knows_the_numbers_the_record_bears(make, carriers, caller, order, pass_time):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("reset")
    await issue(service, caller, order())
    carriers.first.plan(("inquiry", {"outcome": "pending", "numbers": {"application": "A-7"}}), "ok")
    await pass_time(service, 60)
    assert carriers.first.requests[-1]["step"] == "confirm"
    assert carriers.first.requests[-1]["numbers"] == ["A-7"]


async def test_a_last_step_the_carrier_is_working_at_is_never_sent_again(make, carriers, caller, order, pass_time):
    service = await make(kind="query_only", steps=("book", "confirm"))
    carriers.first.plan("accepted", "reset")
    await issue(service, caller, order())
    carriers.first.plan(*[("inquiry", {"outcome": "pending", "then": "inquiry"})] * 40)
    await pass_time(service, 120)
    assert steps(carriers.first) == ["book", "confirm"]
    carriers.first.script = [("inquiry", {"outcome": "accepted", "numbers": {"policy": "P-9"}})]
    await pass_time(service, 60)
    assert (await issue(service, caller, order())).status == 201
    assert steps(carriers.first) == ["book", "confirm"]


async def test_a_flow_does_not_go_on_while_an_underwriter_looks_at_the_application(
    make, carriers, caller, order, pass_time
):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("reset")
    await issue(service, caller, order())
    for _ in range(20):
        carriers.first.plan(("inquiry", {"outcome": "pending", "code": "underwriting.manual"}))
    await pass_time(service, 90)
    assert steps(carriers.first) == ["book"]
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.pending


async def test_by_our_reference_a_carrier_is_asked_without_its_own_numbers(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("reset")
    quoted = {"numbers": (Number(kind=NumberKind.quote, no="Q-1"),)}
    op = await issue(service, caller, order())
    assert op.status == 202
    (row,) = await service.parts.journal.operations()
    request = replace(msgspec.json.decode(row.request, type=PolicyIssueRequest), **quoted)
    await service.parts.journal.write(Move(replace(row, request=msgspec.json.encode(request)), row.state))
    await pass_time(service, 35)
    asked = [request for request in carriers.first.requests if request["op"] == "policy.get"]
    assert asked
    assert not any(request["numbers"] for request in asked)


async def test_a_last_step_that_the_horizon_proves_undone_is_made_again(make, carriers, caller, order, pass_time):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("accepted", "502")
    await issue(service, caller, order())
    for _ in range(8):
        carriers.first.plan(("inquiry", {"outcome": "pending"}))
    await pass_time(service, 55)
    assert steps(carriers.first) == ["book", "confirm"]
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.resolving
    carriers.first.script[:] = [("inquiry", {"outcome": "pending"}), "ok"]
    await pass_time(service, 15)
    assert steps(carriers.first) == ["book", "confirm", "confirm"]
    assert (await issue(service, caller, order())).status == 201


async def test_an_attempt_found_after_a_crash_is_unknown_and_then_resolved(make, carriers, caller, order, pass_time):
    service = await make()
    hold, reached = asyncio.Event(), asyncio.Event()

    async def hang(carrier, wire):
        carrier.issue(wire["request_no"])
        reached.set()
        await hold.wait()

    carriers.first.plan(hang)
    waiting = asyncio.create_task(issue(service, caller, order()))
    await reached.wait()
    for task in list(service.parts.running):
        task.cancel()
    waiting.cancel()
    await asyncio.gather(waiting, *service.parts.running, return_exceptions=True)
    heir = Service(replace_owner(service.parts))
    await pass_time(heir, 40)
    (op,) = await heir.parts.journal.operations()
    assert op.state is OperationState.sending, "a lease that has not ended is not touched"
    await pass_time(heir, 60)
    (op,) = await heir.parts.journal.operations()
    assert op.state is OperationState.succeeded
    assert len(carriers.first.ledger) == 1
    assert (await issue(heir, caller, order())).status == 201


def replace_owner(parts):
    return dataclasses.replace(parts, owner="heir", running=set())


async def test_recovery_is_idempotent(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("commit reset")
    await issue(service, caller, order())
    await pass_time(service, 45)
    before = await service.parts.journal.operations()
    await pass_time(service, 200)
    assert await service.parts.journal.operations() == before
    assert len(carriers.first.ledger) == 1


async def test_a_caller_that_leaves_does_not_stop_what_has_begun(make, carriers, caller, order):
    service = await make()
    go = asyncio.Event()

    async def slow(carrier, wire):
        await go.wait()
        carrier.issue(wire["request_no"])
        return carrier._reply(wire, outcome="accepted", numbers={"policy": "P1"})

    carriers.first.plan(slow)
    answer = await issue(service, replace(caller, wait_s=0.01), order())
    assert answer.status == 202
    assert json.loads(answer.body)["state"] == "sending"
    assert answer.location.startswith("/v1/operations/")
    go.set()
    await service.drain(5)
    assert (await issue(service, caller, order())).status == 201


@pytest.mark.parametrize("wait_s", [0.0, 0.001])
async def test_a_caller_that_would_not_wait_is_told_the_operation_that_has_begun(
    make, carriers, caller, order, sqlite_journal, wait_s
):
    service = await make(journal=sqlite_journal)
    go = asyncio.Event()

    async def slow(carrier, wire):
        await go.wait()
        carrier.issue(wire["request_no"])
        return carrier._reply(wire, outcome="accepted", numbers={"policy": "P1"})

    carriers.first.plan(slow)
    answer = await issue(service, replace(caller, wait_s=wait_s), order())
    assert answer.status == 202
    assert await service.parts.journal.operation(json.loads(answer.body)["operation_id"]) is not None
    again = await issue(service, replace(caller, wait_s=wait_s), order())
    assert (again.status, again.replayed) == (202, True)
    go.set()
    await service.drain(5)
    assert (await issue(service, caller, order())).status == 201


async def test_a_refusal_reaches_also_a_caller_that_would_not_wait(make, carriers, caller, order, sqlite_journal):
    service = await make(journal=sqlite_journal)
    await issue(service, caller, order())
    with pytest.raises(Duplicate):
        await issue(service, replace(caller, wait_s=0.0), order(), "another key")


async def test_every_recorded_move_is_one_of_the_allowed(make, carriers, caller, order, pass_time, monkeypatch):
    service = await make()
    moves = set()
    write = service.parts.journal.write

    async def watch(*changes):
        moves.update(
            (change.from_state, change.record.state) for change in changes if change.__class__.__name__ == "Move"
        )
        await write(*changes)

    monkeypatch.setattr(service.parts.journal, "write", watch)
    for index, script in enumerate((("ok",), ("commit reset",), ("reset",), ("refuse",), ("declined",), ("pending",))):
        carriers.first.plan(*script)
        carriers.second.plan(*script)
        await issue(service, caller, order(f"o{index}"), f"k{index}")
        await pass_time(service, 80)
        carriers.first.script.clear()
        carriers.second.script.clear()
    stepped = {(a, b) for a, b in moves if a is not b}
    through_routed = {(OperationState.sending, OperationState.sending)}
    assert stepped <= set(MOVES) | through_routed
    assert (OperationState.unknown, OperationState.resolving) in stepped


async def test_raw_messages_are_kept_sealed(make, carriers, caller, order):
    service = await make()
    carriers.first.plan("502")
    await issue(service, caller, order())
    journal = service.parts.journal
    (op,) = await journal.operations()
    (attempt,) = await journal.attempts(op.operation_id)
    sealed = await journal.messages(attempt.attempt_id)
    assert [message.direction for message in sealed] == ["request", "reply"]
    assert b"Bad Gateway" not in sealed[1].sealed
    assert b"Bad Gateway" in service.parts.vault.open(sealed[1].sealed, attempt.attempt_id)


def test_equal_bodies_have_equal_hashes_however_they_were_spelled(order):
    assert request_hash(order()) == request_hash(order())
    assert request_hash(order()) != request_hash(order(note="x"))


async def test_what_the_daily_file_will_tell_is_not_asked_after_before_its_time(
    make, carriers, caller, order, pass_time
):
    async def told_later(carrier, wire):
        return carrier._reply(wire, outcome="pending", then="file")

    service = await make()
    carriers.first.plan(told_later)
    assert (await issue(service, caller, order())).status == 202
    await pass_time(service, 3600, step_s=60.0)
    (op,) = await service.parts.journal.operations()
    assert (op.state, len(carriers.first.requests)) == (OperationState.pending, 1)


async def test_a_next_step_that_cannot_be_built_lets_the_clock_of_the_doubt_go_on_until_a_person_looks(
    make, carriers, caller, order, world, pass_time, monkeypatch
):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("reset")
    carriers.first.has_booked = True
    channel = service.parts.channels["first_main"]
    build = channel.build

    def unsayable(step, request, context):
        if step.name == "confirm":
            raise WireError("no such character")
        return build(step, request, context)

    monkeypatch.setattr(channel, "build", unsayable)
    await issue(service, caller, order(routing=RoutingHints(pin="first_main")))
    (op,) = await service.parts.journal.operations()
    begun = op.unknown_since
    await pass_time(service, 600, step_s=5)
    (op,) = await service.parts.journal.operations()
    assert (op.unknown_since, op.resolve_by) == (begun, begun + timedelta(seconds=service.parts.policy.unknown_max_s))
    world.advance(service.parts.policy.unknown_max_s)
    await pass_time(service, 120, step_s=5)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.needs_review
    assert steps(carriers.first) == ["book"]


async def test_a_step_that_was_sent_begins_a_doubt_of_its_own(make, carriers, caller, order, pass_time):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("reset")
    carriers.first.has_booked = True
    await issue(service, caller, order(routing=RoutingHints(pin="first_main")))
    (op,) = await service.parts.journal.operations()
    begun = op.unknown_since
    carriers.first.plan("reset")
    await pass_time(service, 60)
    (op,) = await service.parts.journal.operations()
    assert steps(carriers.first)[:2] == ["book", "confirm"]
    assert op.unknown_since > begun, "the horizon counts from the last sending"


async def test_when_no_channels_token_can_be_had_the_operation_fails_on_an_allowed_way(make, carriers, caller, order):
    service = await make()

    async def none():
        raise TokenUnavailable("the token could not be fetched")

    for channel in service.parts.channels.values():
        channel.has_token = lambda _step: False
        channel.fetch_token = none
    answer = await issue(service, caller, order())
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "channel.not_executed")
    assert carriers.first.requests + carriers.second.requests == []
