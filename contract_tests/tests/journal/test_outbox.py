"""What every journal promises of events and their deliveries; each test runs over all of them."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.journal.changes import Deliver, Emit, Move, MoveDelivery, Open, PutEndpoint
from gateway.journal.errors import Stale
from gateway.journal.postgres import PostgresJournal
from gateway.journal.records import DeliveryRecord, EndpointRecord, EventRecord
from gateway.model.events import DeliveryState, EndpointState, EventType, Ordering
from gateway.model.states import OperationState

_ids = itertools.count(1)


@pytest.fixture
def endpoint(now):
    def make(**fields) -> EndpointRecord:
        given = {
            "endpoint_id": f"whe_{next(_ids):06}",
            "client": "shop",
            "url": "https://shop.example/hook",
            "keys": b"\x00k",
        }
        return EndpointRecord(**{**given, "created_at": now, "updated_at": now, **fields})

    return make


@pytest.fixture
def event(now):
    def make(**fields) -> EventRecord:
        given = {"event_id": f"evt_{next(_ids):06}", "client": "shop", "type": EventType.operation_succeeded}
        return EventRecord(**{**given, "object_id": "op_1", "at": now, "body": b'{"a":1}', **fields})

    return make


@pytest.fixture
def told(now, event):
    """An event and its sending to one endpoint, as a group."""

    def make(object_id="op_1", endpoint_id="whe_1", **fields):
        record = event(object_id=object_id)
        given = {"event_id": record.event_id, "endpoint_id": endpoint_id, "client": "shop", "object_id": object_id}
        delivery = DeliveryRecord(**{**given, "next_at": now, "created_at": now, "updated_at": now, **fields})
        return Emit(record), Deliver(delivery)

    return make


def claiming(journal, now, ordering=Ordering.none, *, endpoint_id="whe_1", limit=10, owner="gw-a"):
    return journal.claim_deliveries(endpoint_id, ordering, now, owner, now + timedelta(seconds=60), limit)


def ended(delivery, state=DeliveryState.delivered, **fields):
    return MoveDelivery(replace(delivery, state=state, lease_owner=None, lease_until=None, **fields), delivery.fence)


async def test_an_endpoint_is_read_back_as_it_was_written_and_changes_version_by_version(journal, endpoint):
    first = endpoint(types="policy.*", ordering=Ordering.per_client)
    await journal.write(PutEndpoint(first))
    assert await journal.endpoint(first.endpoint_id) == first
    second = replace(first, version=2, state=EndpointState.disabled, text="410")
    await journal.write(PutEndpoint(second))
    with pytest.raises(Stale):
        await journal.write(PutEndpoint(replace(first, version=2)))
    with pytest.raises(Stale):
        await journal.write(PutEndpoint(first))
    assert await journal.endpoints("shop") == [second]
    assert await journal.endpoints("other") == []
    await journal.write(PutEndpoint(replace(second, version=3, state=EndpointState.deleted)))
    assert await journal.endpoints() == []
    assert (await journal.endpoint(first.endpoint_id)).state is EndpointState.deleted


async def test_an_event_of_a_refused_group_was_never_told(journal, operation, told):
    record = operation()
    await journal.write(Open(record))
    emit, deliver = told()
    with pytest.raises(Stale):
        await journal.write(
            Move(replace(record, state=OperationState.succeeded), OperationState.pending), emit, deliver
        )
    assert await journal.events("shop") == []
    assert await journal.due_endpoints(record.created_at) == []
    await journal.write(Move(replace(record, state=OperationState.succeeded), OperationState.sending), emit, deliver)
    assert [each.event_id for each in await journal.events("shop")] == [emit.record.event_id]


async def test_events_are_listed_in_their_order_behind_a_place(journal, event, now):
    records = [event(at=now + timedelta(seconds=n)) for n in range(5)]
    for record in records:
        await journal.write(Emit(record))
    await journal.write(Emit(event(client="other")))
    listed = await journal.events("shop", limit=3)
    rest = await journal.events("shop", after=listed[-1].place)
    assert [each.event_id for each in [*listed, *rest]] == [each.event_id for each in records]
    assert replace(listed[0], place=0) == records[0] == replace(await journal.event(records[0].event_id), place=0)
    since = await journal.events("shop", since=now + timedelta(seconds=3))
    assert [each.event_id for each in since] == [each.event_id for each in records[3:]]


async def test_a_delivery_is_claimed_once_and_again_when_its_lease_has_ended(journal, told, now):
    emit, deliver = told()
    await journal.write(emit, deliver)
    assert await journal.due_endpoints(now) == ["whe_1"]
    [mine] = await claiming(journal, now)
    assert (mine.lease_owner, mine.fence, mine.place > 0) == ("gw-a", 1, True)
    assert await claiming(journal, now) == []
    assert await journal.due_endpoints(now) == []
    [heirs] = await claiming(journal, now + timedelta(seconds=61), owner="gw-b")
    with pytest.raises(Stale):
        await journal.write(ended(mine))
    await journal.write(ended(heirs, status=204))
    kept = await journal.delivery(mine.event_id, "whe_1")
    assert (kept.state, kept.status, kept.place) == (DeliveryState.delivered, 204, mine.place)
    assert await claiming(journal, now + timedelta(days=9)) == []


async def test_concurrent_claims_never_share_a_delivery(journal, told, now):
    for _ in range(40):
        await journal.write(*told())
    claims = await asyncio.gather(*(claiming(journal, now, limit=7, owner=f"gw-{n}") for n in range(12)))
    taken = [each.event_id for claim in claims for each in claim]
    assert len(taken) == len(set(taken)) == 40


async def test_one_event_is_sent_to_one_endpoint_by_one_row(journal, told):
    emit, deliver = told()
    await journal.write(emit, deliver)
    await journal.write(Deliver(replace(deliver.record, attempts=9)))
    assert [each.attempts for each in await journal.deliveries()] == [0]


async def test_with_an_order_per_object_a_later_event_waits_until_the_earlier_is_over(journal, told, now):
    groups = [told("a"), told("b"), told("a"), told("b")]
    for group in groups:
        await journal.write(*group)
    ids = [emit.record.event_id for emit, _ in groups]
    first = await claiming(journal, now, Ordering.per_object)
    assert [each.event_id for each in first] == ids[:2]
    assert await claiming(journal, now, Ordering.per_object) == [], "the heads are in somebody's hands"
    later = now + timedelta(minutes=5)
    await journal.write(ended(first[0]), ended(first[1], DeliveryState.waiting, next_at=later))
    [second] = await claiming(journal, now, Ordering.per_object)
    assert second.event_id == ids[2], "b waits for its retry, a goes on"
    await journal.write(ended(second))
    assert await claiming(journal, now, Ordering.per_object) == []
    [again] = await claiming(journal, later, Ordering.per_object)
    await journal.write(ended(again, DeliveryState.dead))
    assert [each.event_id for each in await claiming(journal, later, Ordering.per_object)] == [ids[3]]


async def test_with_an_order_per_client_one_at_a_time_is_taken(journal, told, endpoint, now):
    await journal.write(PutEndpoint(endpoint(endpoint_id="whe_1")))
    groups = [told(f"op_{n}") for n in range(3)]
    for group in groups:
        await journal.write(*group)
    await journal.write(*told(endpoint_id="whe_2"))
    for emit, _ in groups:
        [head] = await claiming(journal, now, Ordering.per_client)
        assert head.event_id == emit.record.event_id
        assert await claiming(journal, now, Ordering.per_client) == []
        await journal.write(ended(head))
    assert await claiming(journal, now, Ordering.per_client) == []


async def test_what_waits_and_what_is_dead_is_counted(journal, told, endpoint, now):
    await journal.write(PutEndpoint(endpoint(endpoint_id="whe_1")))
    assert await journal.waiting_deliveries() == ({DeliveryState.waiting: 0, DeliveryState.dead: 0}, None)
    for age_s in (30, 90, 10):
        at = now - timedelta(seconds=age_s)
        await journal.write(*told(created_at=at))
    [head] = await claiming(journal, now, Ordering.per_client)
    await journal.write(ended(head, DeliveryState.dead, status=500))
    counts, oldest = await journal.waiting_deliveries()
    assert (counts, oldest) == ({DeliveryState.waiting: 2, DeliveryState.dead: 1}, now - timedelta(seconds=90))
    await journal.write(*told(endpoint_id="whe_2"))
    assert await journal.undelivered() == {
        "whe_1": {DeliveryState.waiting: 2, DeliveryState.dead: 1},
        "whe_2": {DeliveryState.waiting: 1},
    }
    assert [each.status for each in await journal.deliveries(state=DeliveryState.dead)] == [500]
    assert len(await journal.deliveries(endpoint_id="whe_1", limit=2)) == 2


async def test_an_event_committed_late_is_never_overtaken_by_a_reader_of_the_list(postgres_dsn, event):
    """Two gateways: the first has taken its place and commits after the second, which took a later one."""
    journal = PostgresJournal(postgres_dsn)
    await journal.start()
    slow = await journal._opened().acquire()
    hold = slow.transaction()
    await hold.start()
    sql = "INSERT INTO events (event_id, client, type, object_id, at, body) VALUES ('evt_a', 'shop', 'webhook.ping', 'x', 1, '')"
    await slow.execute(sql)
    late = event()
    await journal.write(Emit(late))
    assert await journal.events("shop") == [], "what is behind an open place is not shown yet"
    await hold.commit()
    assert [each.event_id for each in await journal.events("shop")] == ["evt_a", late.event_id]
    await journal._opened().release(slow)
    await journal.close()
