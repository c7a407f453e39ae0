"""Several gateways on one PostgreSQL share the deliveries: each event once, in its order, whoever takes it."""

import asyncio
import itertools
import json
from datetime import timedelta

import httpx
import pytest

from contract_tests.tests.servers import own_database
from gateway.journal.changes import Move, Open
from gateway.journal.errors import JournalUnavailable
from gateway.journal.postgres import PostgresJournal
from gateway.journal.records import OperationRecord
from gateway.journal.vault import Vault
from gateway.model.events import DeliveryState, Ordering, WebhookEndpointBody
from gateway.model.states import OperationState
from gateway.ports import World
from gateway.service.events.delivery import Sender
from gateway.service.events.dispatcher import Dispatcher
from gateway.service.events.endpoints import Endpoints
from gateway.service.events.outbox import with_events
from gateway.service.events.pace import Pace
from gateway.service.events.subscriptions import Subscriptions
from gateway.service.parts import Caller
from gateway.transport import Reach

EVENTS = 40
VAULT = Vault({"k": b"k" * 32}, "k")


class Replica:
    """One gateway's share of the work."""

    def __init__(self, dsn, name, receive):
        self.world, self.subscriptions = World(), Subscriptions()
        self.store = PostgresJournal(dsn)
        self.journal = with_events(self.store, self.subscriptions, self.world)
        self.endpoints = Endpoints(self.journal, self.subscriptions, VAULT, self.world, Reach())
        sender = Sender(httpx.MockTransport(receive), VAULT, self.world, 5.0)
        pace = Pace(every_s=0.05, waits_s=(0.01,) * 50)
        self.dispatcher = Dispatcher(self.journal, self.subscriptions, sender, self.world, name, pace)

    async def tell(self, serial):
        now = self.world.now()
        row = OperationRecord(
            operation_id=f"op_{serial:03}", client="shop", operation="policy.issue", idem_key=f"k{serial}",
            request_hash="h", state=OperationState.sending, request=b"{}", created_at=now, updated_at=now,
            deadline_at=now + timedelta(minutes=5),
        )  # fmt: skip
        await self.journal.write(Open(row))
        moved = (OperationState.pending, OperationState.succeeded)
        for start, end in itertools.pairwise((OperationState.sending, *moved)):
            await self.journal.write(Move(_in(row, end), start))


def _in(row, state):
    return OperationRecord(**{**{name: getattr(row, name) for name in row.__struct_fields__}, "state": state})


@pytest.mark.parametrize("ordering", list(Ordering))
async def test_two_gateways_deliver_each_event_once_and_in_its_order(ordering):
    taken, at_once, most, fails = [], 0, 0, itertools.cycle([False, True, False])

    async def receive(request):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.002)
        at_once -= 1
        if next(fails):
            return httpx.Response(500)
        event = json.loads(request.content)
        taken.append((request.headers["webhook-id"], event["data"]["operation_id"], event["data"]["status"]))
        return httpx.Response(204)

    async with own_database() as dsn:
        both = [Replica(dsn, name, receive) for name in ("gw-a", "gw-b")]
        for each in both:
            await each.store.start()
        await both[0].endpoints.add("shop", WebhookEndpointBody(url="https://shop.example/", ordering=ordering))
        await both[1].subscriptions.refresh(both[1].store)
        for each in both:
            each.dispatcher.start()
        await asyncio.gather(*(both[serial % 2].tell(serial) for serial in range(EVENTS // 2)))
        async with asyncio.timeout(20):
            while (await both[0].store.waiting_deliveries())[0][DeliveryState.waiting]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        listed = [each.event_id for each in await both[1].store.events("shop", limit=200)]
        for each in both:
            await each.dispatcher.stop(5)
            await each.store.close()
    assert len(taken) == len({event_id for event_id, _, _ in taken}) == len(listed) == EVENTS
    if ordering is not Ordering.none:
        for operation_id in {operation_id for _, operation_id, _ in taken}:
            assert [status for _, of, status in taken if of == operation_id] == ["pending", "succeeded"]
    assert {event_id for event_id, _, _ in taken} == set(listed)
    if ordering is Ordering.per_client:
        assert most == 1


async def test_what_another_gateway_does_once_a_new_endpoint_is_answered_is_told(make, world, monkeypatch):
    slept = []

    async def sleep(wait_s):
        slept.append(wait_s)

    service = await make()
    monkeypatch.setattr(world, "sleep", sleep)
    caller, body = Caller(client="shop", scopes=frozenset()), WebhookEndpointBody(url="https://shop.example/hook")
    assert (await service.told("webhook.add", caller, body)).status == 201
    assert slept == [], "nobody else reads this journal"

    async def clock():
        raise JournalUnavailable("gone a moment later")

    pace = service.parts.pace
    for shared_clock in (_clock_of(world), clock):
        monkeypatch.setattr(service.parts.journal._journal, "clock", shared_clock)
        other = WebhookEndpointBody(url=f"https://shop.example/{len(slept)}")
        answer = await service.told("webhook.add", caller, other)
        assert json.loads(answer.body)["secret"].startswith("whsec_")
    assert slept == [pace.refresh_s + pace.every_s] * 2


def _clock_of(world):
    async def clock():
        return world.now()

    return clock
