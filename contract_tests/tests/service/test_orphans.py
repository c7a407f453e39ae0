"""A yes that comes after its caller was told no: found from every source, and never left to itself."""

import asyncio
import dataclasses
import json

import pytest
from msgspec.structs import replace

from gateway.errors import NotAllowedNow
from gateway.journal.changes import Emit, FindOrphan
from gateway.model import CancelKind, RoutingHints
from gateway.model.states import OperationState, OrphanState
from gateway.service.gateway import Service
from gateway.service.operating.orphan_review import OrphanBody

REASON = "the insurer's desk confirmed it"


@pytest.fixture
def order(order):
    """Orders that name their channel: what is proven not executed there goes nowhere else."""

    def body(client_ref="order-1", **fields):
        return order(client_ref, routing=RoutingHints(pin="first_main"), **fields)

    return body


@pytest.fixture
def told(caller, order):
    """What the caller of the first order is told now, by its key."""

    async def read(service, key="k1"):
        answer = await service.write("policy.issue", caller, order(), key)
        return answer.status, json.loads(answer.body)

    return read


@pytest.fixture
def failed(make, carriers, caller, order, pass_time, product_text):
    """An issue that was lost, proven not executed by the carrier's horizon, and told to its caller as failed."""

    async def go(rule="review", without=""):
        text = product_text.replace("sticky: none", f"sticky: none, orphans: {rule}").replace(without, "")
        service = await make(product=text, lag_s=1.0, final_s=10.0)
        carriers.first.plan("reset")
        carriers.second.plan("reset")
        await service.write("policy.issue", caller, order(), "k1")
        await pass_time(service, 30)
        (op,) = await service.parts.journal.operations()
        assert op.state is OperationState.failed
        asked = (carriers.first.requests or carriers.second.requests)[0]
        for carrier in (carriers.first, carriers.second):
            carrier.script.clear()
        return service, op, asked["request_no"]

    return go


async def orphan_of(service, op):
    (orphan,) = await service.parts.journal.orphans(operation_id=op.operation_id)
    return orphan


async def view_of(service, caller, op):
    return json.loads((await service.operation(caller, op.operation_id)).body)


async def test_a_callback_after_the_end_is_an_orphan_that_waits_for_a_person(
    failed, caller, told, call_back, pass_time
):
    service, op, number = await failed()
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 1)
    orphan = await orphan_of(service, op)
    assert (orphan.state, orphan.found_by, orphan.channel) == (OrphanState.review, "callback", op.channel)
    view = await view_of(service, caller, op)
    assert (view["state"], view["orphan"]["state"], view["orphan"]["found_by"]) == ("failed", "review", "callback")
    assert (await told(service))[0] == 503, "what the caller was told stays what it was told"
    pack = json.loads((await service.evidence(caller, op.operation_id)).body)
    assert [each["state"] for each in pack["orphans"]] == ["review"]


async def test_the_same_yes_again_is_the_same_orphan(failed, call_back, pass_time):
    service, op, number = await failed()
    for event in ("a", "b", "c"):
        await call_back(service, op.channel, number, numbers={"policy": "P-9"}, event=event)
    await pass_time(service, 2)
    assert await service.parts.journal.orphan_counts() == {OrphanState.review: 1}


@pytest.mark.parametrize("outcome", ["declined", "pending", "unknown"])
async def test_only_a_yes_with_its_number_is_an_orphan(failed, call_back, outcome):
    service, op, number = await failed()
    await call_back(service, op.channel, number, outcome, numbers={"policy": "P-9"})
    await call_back(service, op.channel, number)
    await call_back(service, op.channel, number, numbers={"policy": "P-9"}, sign="forged")
    assert await service.parts.journal.orphan_counts() == {}


async def test_an_adopted_policy_is_its_clients_and_the_adopting_operation_holds_the_order(
    failed, caller, told, order, call_back, pass_time
):
    service, op, number = await failed("adopt")
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 1)
    orphan = await orphan_of(service, op)
    assert orphan.state is OrphanState.adopted
    (policy,) = json.loads((await service.list_policies(caller, client_ref="order-1")).body)["policies"]
    assert (policy["policy_id"], policy["numbers"][0]["no"]) == (orphan.policy_id, "P-9")
    assert (await view_of(service, caller, op))["orphan"]["policy_id"] == orphan.policy_id
    adopting = await view_of(service, caller, replace(op, operation_id=orphan.resolution_id))
    assert (adopting["state"], adopting["result"]["policy_id"]) == ("succeeded", orphan.policy_id)
    assert (await told(service))[0] == 503
    with pytest.raises(Exception, match="already has this identity"):
        await service.write("policy.issue", caller, order(), "k2")


async def test_adopting_is_told_to_the_client_in_the_same_group(failed, call_back, pass_time, monkeypatch):
    service, op, number = await failed("adopt")
    write, told = service.parts.journal.write, []

    async def watch(*changes):
        told.extend(str(change.record.type) for change in changes if isinstance(change, Emit))
        await write(*changes)

    monkeypatch.setattr(service.parts.journal, "write", watch)
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 1)
    assert "operation.orphan_adopted" in told


async def test_a_policy_is_not_adopted_when_the_order_was_issued_otherwise_since(
    failed, carriers, caller, told, call_back, pass_time
):
    service, op, number = await failed("adopt")
    for carrier in (carriers.first, carriers.second):
        carrier.plan("ok")
    assert (await told(service, "k2"))[0] == 201
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 1)
    orphan = await orphan_of(service, op)
    assert orphan.state is OrphanState.review
    assert "can only be voided" in orphan.text
    with pytest.raises(NotAllowedNow) as no:
        await service.decide_orphan(caller, said(op, "adopt"))
    assert no.value.error_code == "operation.superseded"
    assert len(json.loads((await service.list_policies(caller)).body)["policies"]) == 1


async def test_a_void_policy_is_cancelled_at_its_carrier_once_under_a_key_of_the_hubs(
    failed, carriers, caller, told, call_back, pass_time
):
    service, op, number = await failed("void")
    for carrier in (carriers.first, carriers.second):
        carrier.plan("ok")
    _, bought = await told(service, "k2")
    for carrier in (carriers.first, carriers.second):
        carrier.script[:] = ["accepted"]
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 3)
    orphan = await orphan_of(service, op)
    assert orphan.state is OrphanState.voided, orphan.text
    asked = [each for c in (carriers.first, carriers.second) for each in c.requests]
    assert [each["numbers"] for each in asked if each["op"] == "cancellation.submit"] == [["P-9"]]
    cancelling = await service.parts.journal.operation(orphan.resolution_id)
    assert (cancelling.operation, cancelling.idem_key) == ("cancellation.submit", f"orphan-{orphan.orphan_id}")
    (found,) = json.loads((await service.list_policies(caller, client_ref="order-1")).body)["policies"]
    assert found["policy_id"] == bought["policy_id"], "the order leads to what was bought instead"
    row = await service.parts.journal.object("policy", orphan.policy_id)
    assert row.status in ("cancelled", "void")


async def test_what_the_carrier_will_not_cancel_waits_for_a_person(failed, carriers, call_back, pass_time):
    service, op, number = await failed("void")
    for carrier in (carriers.first, carriers.second):
        carrier.script[:] = ["declined"]
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 3)
    orphan = await orphan_of(service, op)
    assert (orphan.state, "did not cancel" in orphan.text) == (OrphanState.review, True)


async def test_cancellations_that_take_long_hold_up_no_new_orphan(
    failed, carriers, call_back, pass_time, monkeypatch, world
):
    monkeypatch.setattr("gateway.service.recovery.orphan_settling.ORPHANS_MAX", 1)
    service, op, number = await failed("void")
    for carrier in (carriers.first, carriers.second):
        carrier.script[:] = ["pending"]
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 3)
    waiting = await orphan_of(service, op)
    assert waiting.state is OrphanState.voiding
    younger = replace(
        waiting,
        orphan_id=world.new_id("orp"),
        channel="another_main",
        state=OrphanState.found,
        operation="claim.report",
    )
    await service.parts.journal.write(FindOrphan(younger))
    await pass_time(service, 3)
    states = {each.channel: each.state for each in await service.parts.journal.orphans(operation_id=op.operation_id)}
    assert states == {op.channel: OrphanState.voiding, "another_main": OrphanState.review}


async def test_a_policy_whose_free_look_is_over_and_cover_has_begun_waits_for_a_person(
    failed, call_back, world, pass_time
):
    service, op, number = await failed("void", without="free_look: { start: issue, days: 15 }\n")
    world.advance(3 * 86_400)
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 1)
    orphan = await orphan_of(service, op)
    assert (orphan.state, orphan.text) == (OrphanState.review, "its free-look period is over and its cover has begun")


async def test_without_a_free_look_period_a_policy_is_given_back_before_its_cover_begins(failed, call_back, pass_time):
    service, op, number = await failed("void", without="free_look: { start: issue, days: 15 }\n")
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 1)
    assert (await orphan_of(service, op)).cancel_kind == CancelKind.flat_full


def said(op, action, **more):
    return OrphanBody(operation_id=op.operation_id, action=action, reason=REASON, by="Wang Li", **more)


async def test_a_person_adopts_or_voids_by_name_and_with_a_reason_that_stays(
    failed, carriers, caller, call_back, pass_time
):
    service, op, number = await failed()
    await call_back(service, op.channel, number, numbers={"policy": "P-9"})
    await pass_time(service, 1)
    for carrier in (carriers.first, carriers.second):
        carrier.script[:] = ["accepted"]
    view = json.loads((await service.decide_orphan(caller, said(op, "void", kind=CancelKind.flat_full))).body)
    assert view["orphan"]["state"] == "voiding"
    await pass_time(service, 3)
    assert (await orphan_of(service, op)).state is OrphanState.voided
    (entry,) = await service.parts.journal.audits(op.operation_id)
    assert (entry.actor, entry.action, entry.reason) == ("Wang Li", "orphan.void", REASON)
    with pytest.raises(NotAllowedNow) as no:
        await service.decide_orphan(caller, said(op, "adopt"))
    assert no.value.error_code == "operation.no_orphan"


async def test_a_late_reply_to_a_writer_that_lost_its_operation_is_not_lost(
    make, carriers, caller, order, world, pass_time, told
):
    service = await make(lag_s=1.0, final_s=10.0)
    reached, answered = asyncio.Event(), asyncio.Event()

    async def slow(carrier, wire):
        reached.set()
        await answered.wait()
        carrier.issue(wire["request_no"])
        return await carrier._play("ok", wire)

    for carrier in (carriers.first, carriers.second):
        carrier.plan(slow)
    waiting = asyncio.create_task(service.write("policy.issue", caller, order(), "k1"))
    await reached.wait()
    heir = Service(dataclasses.replace(service.parts, owner="heir", running=set()))
    world.advance(service.parts.policy.lease_s + 1)
    await pass_time(heir, 30)
    (op,) = await heir.parts.journal.operations()
    assert op.state is OperationState.failed
    answered.set()
    await asyncio.gather(waiting, return_exceptions=True)
    orphan = await orphan_of(heir, op)
    assert (orphan.found_by, orphan.state) == ("late reply", OrphanState.found)
    (attempt,) = [each for each in await heir.parts.journal.attempts(op.operation_id) if each.purpose == "effect"]
    kept = [message.direction for message in await heir.parts.journal.messages(attempt.attempt_id)]
    assert sorted(kept) == ["reply", "request"], "the bytes that say so are kept"


async def test_a_late_reply_ends_what_is_still_being_resolved(make, carriers, caller, order, world, told):
    service = await make()
    reached, answered = asyncio.Event(), asyncio.Event()

    async def slow(carrier, wire):
        reached.set()
        await answered.wait()
        return await carrier._play("ok", wire)

    for carrier in (carriers.first, carriers.second):
        carrier.plan(slow)
    waiting = asyncio.create_task(service.write("policy.issue", caller, order(), "k1"))
    await reached.wait()
    heir = Service(dataclasses.replace(service.parts, owner="heir", running=set()))
    world.advance(service.parts.policy.lease_s + 1)
    await heir.worker.round()
    (op,) = await heir.parts.journal.operations()
    assert op.state is OperationState.unknown
    answered.set()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (await told(heir))[0] == 201
    assert await heir.parts.journal.orphan_counts() == {}


async def test_an_inquirys_yes_that_comes_behind_a_no_is_an_orphan(
    make, carriers, caller, order, call_back, pass_time, monkeypatch
):
    service = await make(lag_s=1.0)
    for carrier in (carriers.first, carriers.second):
        carrier.plan("commit reset")
    await service.write("policy.issue", caller, order(), "k1")
    (op,) = await service.parts.journal.operations()
    (request,) = carriers.first.requests + carriers.second.requests
    channel = service.parts.channels[op.channel]
    send = channel.send

    async def overtaken(exchange):
        answer = await send(exchange)
        await call_back(service, op.channel, request["request_no"], "declined", code="policy.refused")
        return answer

    monkeypatch.setattr(channel, "send", overtaken)
    await pass_time(service, 8)
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.declined
    assert (await orphan_of(service, op)).found_by == "inquiry"


async def test_a_yes_of_a_channel_that_was_left_for_another_is_an_orphan_too(
    make, carriers, caller, order, call_back, pass_time
):
    service = await make()
    carriers.first.plan("not_executed")
    carriers.second.plan("ok")
    service.parts.router.decide = _first_then_second(service.parts.router.decide)
    await service.write("policy.issue", caller, order(), "k1")
    (op,) = await service.parts.journal.operations()
    assert (op.state, op.channel) == (OperationState.succeeded, "second_main")
    await call_back(service, "first_main", carriers.first.requests[0]["request_no"], numbers={"policy": "P-9"})
    await pass_time(service, 1)
    orphan = await orphan_of(service, op)
    assert (orphan.channel, orphan.state) == ("first_main", OrphanState.review)
    with pytest.raises(NotAllowedNow, match="can only be voided"):
        await service.decide_orphan(caller, said(op, "adopt"))


async def test_a_callback_of_a_channel_that_was_left_does_not_end_what_another_is_doing(
    make, carriers, caller, order, call_back, pass_time
):
    service = await make()
    carriers.first.plan("not_executed")
    carriers.second.plan("pending")
    service.parts.router.decide = _first_then_second(service.parts.router.decide)
    await service.write("policy.issue", caller, order(), "k1")
    (op,) = await service.parts.journal.operations()
    await call_back(service, "first_main", carriers.first.requests[0]["request_no"], numbers={"policy": "P-9"})
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.pending
    await call_back(service, "second_main", carriers.second.requests[0]["request_no"], numbers={"policy": "P-2"})
    await pass_time(service, 1)
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.succeeded
    assert (await orphan_of(service, op)).channel == "first_main", "it waited, and is judged by how it ended"


def _first_then_second(decide):
    def always(request, *, dry=False):
        chosen = "second_main" if "first_main" in request.exclude else "first_main"
        return replace(decide(request, dry=dry), chosen=chosen)

    return always
