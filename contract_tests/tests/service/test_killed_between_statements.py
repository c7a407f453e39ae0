"""Whichever statement a process dies at: a callback that came counts once, and an event that was written is sent."""

import dataclasses
import inspect
import itertools

import pytest
from msgspec.structs import replace

from contract_tests.tests.service.receiver import Receiver
from gateway.journal.changes import Move, Open
from gateway.journal.records import OperationRecord
from gateway.model import RoutingHints
from gateway.model.events import DeliveryState, WebhookEndpointBody
from gateway.model.states import OperationState
from gateway.service.gateway import Service

PINNED = RoutingHints(pin="first_main")
LEASE_OVER_S = 61


class Killed(BaseException):
    """The process is no more; nothing that handles errors sees it."""


class Dying:
    """A journal whose process dies before or after one of its calls; the dead ask for nothing any more."""

    def __init__(self, inner, at, *, after):
        self.inner, self._at, self._after, self.calls = inner, at, after, 0

    def __getattr__(self, name):
        real = getattr(self.inner, name)
        if not inspect.iscoroutinefunction(real):
            return real

        async def call(*words, **named):
            self.calls += 1
            if self.calls > self._at or (self.calls == self._at and not self._after):
                raise Killed
            answer = await real(*words, **named)
            if self.calls == self._at:
                raise Killed
            return answer

        return call


def armed(service, at, *, after):
    """The service's journal, dying; its rows are kept as those on a disk."""
    outbox = service.parts.journal
    outbox._journal = Dying(outbox._journal, at, after=after)
    return outbox._journal


def heir_of(service, dying):
    """Another process on the same rows."""
    service.parts.journal._journal = dying.inner
    return Service(dataclasses.replace(service.parts, owner="heir", running=set()))


@pytest.mark.parametrize("comes_again", [True, False])
@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_statement_of_a_callback_it_counts_once(
    make, carriers, caller, order, call_back, pass_time, after, comes_again
):
    for at in itertools.count(1):
        service = await make()
        carriers.first.plan("pending")
        await service.write("policy.issue", caller, order(routing=PINNED), "k1")
        number, said = carriers.first.requests[-1]["request_no"], {"numbers": {"policy": "P-1"}, "event": "E1"}
        dying, acknowledged = armed(service, at, after=after), True
        try:
            await call_back(service, "first_main", number, **said)
        except Killed:
            acknowledged = False
        heir, journal = heir_of(service, dying), dying.inner
        (op,) = await journal.operations()
        is_kept = await journal.waiting_inbound(9) or await journal.inbound_of(op.operation_id)
        assert is_kept or not acknowledged, "what is acknowledged is kept"
        if not acknowledged and (comes_again or not is_kept):
            assert (await call_back(heir, "first_main", number, **said)).status == 200
        await pass_time(heir, 3)
        (op,) = await journal.operations()
        assert op.state is OperationState.succeeded, at
        assert [each.state for each in await journal.inbound_of(op.operation_id)] == ["applied"], at
        assert await journal.waiting_inbound(9) == []
        assert len(await journal.objects("policy", "shop")) == 1
        if acknowledged:
            break
    assert at > 3, "it died at every statement before"


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_statement_an_event_stands_with_its_move_and_is_sent_under_one_id(make, world, after):
    for at in itertools.count(1):
        receiver = Receiver()
        service = await make(receiver=receiver)
        await service.events.endpoints.add("shop", WebhookEndpointBody(url="https://shop.example/hook"))
        now = world.now()
        row = OperationRecord(
            operation_id=world.new_id("op"), client="shop", operation="policy.issue", idem_key="k", request_hash="h",
            state=OperationState.sending, request=b"{}", deadline_at=now, created_at=now, updated_at=now,
        )  # fmt: skip
        await service.parts.journal.write(Open(row))
        dying, died = armed(service, at, after=after), False
        try:
            ended = replace(row, state=OperationState.succeeded)
            await service.parts.journal.write(Move(ended, OperationState.sending))
            await service.events.dispatcher.round()
        except Killed:
            died = True
        await service.events.dispatcher.settle()
        heir, journal = heir_of(service, dying), dying.inner
        world.advance(LEASE_OVER_S)
        await heir.events.dispatcher.round()
        await heir.events.dispatcher.settle()
        events = await journal.events("shop")
        moved = (await journal.operation(row.operation_id)).state is OperationState.succeeded
        assert len(events) == moved, at
        assert set(receiver.ids) == {each.event_id for each in events}, at
        assert [each.state for each in await journal.deliveries()] == [DeliveryState.delivered] * moved, at
        if not died and dying.calls < at:
            break
    assert at > 5, "it died at every statement before"
