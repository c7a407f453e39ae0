"""What carriers tell unasked: a no that proves something, the carrier's own key of an event, and a turn for each."""

import json

import pytest
from msgspec.structs import replace

from gateway.journal.changes import Receive
from gateway.journal.records import InboundRecord
from gateway.journal.vault import RawMessage
from gateway.model import RoutingHints
from gateway.model.states import OperationState
from gateway.service.recovery.callbacks import WAITING_MAX

PINNED = RoutingHints(pin="first_main")


@pytest.fixture
def issued(make, carriers, caller, order):
    """An issue at the first carrier, which did something first; and the number it bears."""

    async def go(script, **terms):
        service = await make(**terms)
        carriers.first.plan(script)
        await service.write("policy.issue", caller, order(routing=PINNED), "k1")
        return service, carriers.first.requests[0]["request_no"]

    return go


async def only(service):
    (op,) = await service.parts.journal.operations()
    return op


async def dealt_with(service):
    """How every callback ended, in the order they came."""
    found = await service.parts.journal.inbound_of((await only(service)).operation_id)
    return [(each.state, each.text) for each in found]


@pytest.mark.parametrize("outcome", ["not_executed", "refused"])
async def test_a_documented_not_processed_ends_what_was_pending_and_frees_the_order(
    issued, carriers, caller, order, call_back, outcome
):
    service, number = await issued("pending")
    await call_back(service, "first_main", number, outcome)
    assert (await only(service)).state is OperationState.failed
    answer = await service.write("policy.issue", caller, order(routing=PINNED), "k1")
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "channel.not_executed")
    assert (await service.write("policy.issue", caller, order(routing=PINNED), "k2")).status == 201


async def test_it_ends_also_what_is_unknown_when_it_was_sent_once(issued, call_back):
    service, number = await issued("reset")
    await call_back(service, "first_main", number, "not_executed")
    assert (await only(service)).state is OperationState.failed


async def test_of_several_sendings_a_no_proves_nothing(issued, call_back, pass_time):
    service, number = await issued("reset", kind="replay")
    await pass_time(service, 2)
    await call_back(service, "first_main", number, "not_executed")
    assert (await only(service)).state is not OperationState.failed


async def test_a_record_that_is_void_ends_what_was_pending(issued, carriers, pass_time):
    service, _ = await issued("pending")
    carriers.first.plan(("inquiry", {"outcome": "accepted", "status": "void", "numbers": {"policy": "P-1"}}))
    await pass_time(service, 40)
    assert (await only(service)).state is OperationState.failed


async def test_a_record_that_is_void_proves_nothing_while_it_is_not_known_what_is_under_way(
    issued, carriers, pass_time
):
    service, _ = await issued("reset", lag_s=1.0, final_s=60.0)
    void = ("inquiry", {"outcome": "accepted", "status": "void", "numbers": {"policy": "P-1"}})
    carriers.first.plan(*[void] * 3)
    await pass_time(service, 10)
    assert (await only(service)).state in (OperationState.unknown, OperationState.resolving)


async def test_the_carriers_own_key_tells_a_repetition_whatever_else_changed(issued, call_back, world):
    service, number = await issued("pending")
    for attempt in (1, 2):
        await call_back(service, "first_main", number, numbers={"policy": "P-1"}, event="E1", sent=attempt)
        world.advance(1)
    assert await dealt_with(service) == [
        ("applied", "said accepted"),
        ("ignored", "the carrier told of this event before"),
    ]


async def test_another_event_of_the_same_operation_is_no_repetition(issued, call_back, world):
    service, number = await issued("pending")
    for event in ("E1", "E2"):
        await call_back(service, "first_main", number, numbers={"policy": "P-1"}, event=event)
        world.advance(1)
    assert await dealt_with(service) == [
        ("applied", "said accepted"),
        ("ignored", "the operation had already succeeded"),
    ]


async def test_a_forged_callback_never_takes_the_key_of_the_genuine_one(issued, call_back):
    service, number = await issued("pending")
    forged = await call_back(service, "first_main", number, "declined", event="E1", sign="forged")
    assert forged.status == 401
    await call_back(service, "first_main", number, numbers={"policy": "P-1"}, event="E1")
    assert (await only(service)).state is OperationState.succeeded


async def test_a_genuine_callback_that_changed_nothing_does_not_take_the_key_either(issued, call_back):
    service, number = await issued("pending")
    await call_back(service, "first_main", number, "pending", event="E1")
    await call_back(service, "first_main", number, numbers={"policy": "P-1"}, event="E1")
    assert (await only(service)).state is OperationState.succeeded


async def test_a_repetition_that_contradicts_the_end_is_still_an_orphan(issued, call_back):
    service, number = await issued("pending")
    await call_back(service, "first_main", number, "declined", code="policy.refused", event="E1")
    await call_back(service, "first_main", number, numbers={"policy": "P-1"}, event="E1")
    (orphan,) = await service.parts.journal.orphans()
    assert orphan.found_by == "callback"


async def test_however_many_callbacks_wait_for_nobody_a_newer_one_has_its_turn(issued, call_back, world):
    service, number = await issued("pending")
    vault = service.parts.vault
    for index in range(WAITING_MAX + 20):
        body = json.dumps({"of": {"request_no": f"NOBODY{index}"}, "outcome": "accepted", "sign": "ok"}).encode()
        raw = RawMessage(line="POST /", headers=(), body=body)
        inbound_id = f"in_{index:05}"
        record = InboundRecord(
            inbound_id=inbound_id,
            channel="first_main",
            name="policy.issue",
            event_key=inbound_id,
            received_at=world.now(),
            sealed=vault.seal(raw.pack(), inbound_id),
        )
        await service.parts.journal.write(Receive(record))
    wire = {"of": {"request_no": number}, "outcome": "accepted", "sign": "ok", "numbers": {"policy": "P-1"}}
    raw = RawMessage(line="POST /", headers=(), body=json.dumps(wire).encode())
    sealed = vault.seal(raw.pack(), "in_99999")
    newest = replace(record, inbound_id="in_99999", event_key="newest", sealed=sealed)
    await service.parts.journal.write(Receive(newest))
    await service.worker.round()
    assert (await only(service)).state is OperationState.pending
    await service.worker.round()
    assert (await only(service)).state is OperationState.succeeded
    await service.worker.round()
    assert len(await service.parts.journal.waiting_inbound(1_000)) == WAITING_MAX + 20, "the others still wait"


async def test_the_same_bytes_are_judged_anew_once_they_can_be_verified(issued, call_back, monkeypatch):
    service, number = await issued("pending")
    channel = service.parts.channels["first_main"]
    callback = channel.adapter.callback("policy.issue")

    def judge(inbound, context):
        return replace(callback.read(inbound, context), genuine=False)

    unproven = replace(callback, read=judge)
    with monkeypatch.context() as patched:  # the carrier signs with a key that is configured here a moment later
        patched.setattr(channel.adapter, "callback", lambda _name: unproven)
        assert (await call_back(service, "first_main", number, numbers={"policy": "P-1"})).status == 401
    assert (await only(service)).state is OperationState.pending
    assert (await call_back(service, "first_main", number, numbers={"policy": "P-1"})).status == 200
    assert (await only(service)).state is OperationState.succeeded
