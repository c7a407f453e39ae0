"""Clients are told what becomes of their operations: once written always sent, to them alone, signed, in their order."""

import asyncio
import dataclasses
import json
import logging
import random
from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from msgspec.structs import replace

from contract_tests.tests.service.receiver import Receiver, verified
from gateway.api.shapes import EndpointName
from gateway.errors import EndpointKnown, Forbidden, NotAllowedNow, NotFound, RequestInvalid
from gateway.journal.changes import Move, Open, Put, PutEndpoint
from gateway.journal.records import ObjectRecord, OperationRecord
from gateway.journal.vault import Vault
from gateway.model.events import DeliveryState, EndpointState, EventType, Ordering, SignatureKind, WebhookEndpointBody
from gateway.model.states import OperationState
from gateway.service.events import telling
from gateway.service.events.delivery import retry_after_s
from gateway.service.events.pace import WAITS_S, Pace
from gateway.service.gateway import Service

URL = "https://shop.example/hook"


class Hub:
    """A service with a receiver at hand, its clock in the test's."""

    def __init__(self, service, world, receiver):
        self.service, self.world, self.receiver = service, world, receiver
        self.events, self.journal = service.events, service.parts.journal

    async def endpoint(self, client="shop", **fields):
        return await self.events.endpoints.add(client, WebhookEndpointBody(**{"url": URL, **fields}))

    async def deliver(self, rounds=20):
        """Send what is due, and what becomes due by that."""
        for _ in range(rounds):
            taken = await self.events.dispatcher.round()
            await self.events.dispatcher.settle()
            if not taken:
                return

    async def later(self, seconds):
        self.world.advance(seconds)
        await self.deliver()

    async def op(self, client="shop", state=OperationState.sending, **fields):
        """An operation of a client that has just come into a state, as a use case would leave it."""
        now, operation_id = self.world.now(), self.world.new_id("op")
        given = {"client": client, "operation": "policy.issue", "idem_key": operation_id, "request_hash": "h"}
        row = OperationRecord(
            operation_id=operation_id, state=OperationState.sending, request=b"{}", deadline_at=now, created_at=now,
            updated_at=now, **{**given, **fields},
        )  # fmt: skip
        await self.journal.write(Open(row))
        return await self.move(row, state) if state is not OperationState.sending else row

    async def move(self, row, state, **fields):
        moved = replace(row, state=state, updated_at=self.world.now(), **fields)
        await self.journal.write(Move(moved, row.state))
        return moved


@pytest.fixture
async def hub(make, world, request):
    receiver = Receiver()
    service = await make(receiver=receiver)
    return Hub(service, world, receiver)


async def test_an_issue_is_told_once_to_the_client_that_asked_with_its_policy_and_signed(hub, caller, order):
    endpoint = await hub.endpoint()
    await hub.endpoint("stranger")
    answer = await hub.service.write("policy.issue", caller, order("order-7"), "k1")
    await hub.deliver()
    [(headers, body)] = hub.receiver.sent
    event, policy = json.loads(body), json.loads(answer.body)
    assert event["type"] == "operation.succeeded"
    assert event["data"]["policy_id"] == policy["policy_id"]
    assert (event["data"]["client_ref"], event["data"]["status"]) == ("order-7", "succeeded")
    assert event["data"]["url"] == f"/v1/operations/{event['data']['operation_id']}"
    assert datetime.fromisoformat(event["timestamp"]) <= hub.world.now()
    assert verified(endpoint.secret, headers, body)
    assert headers["content-type"] == "application/json"
    person = order().policyholder
    assert not any(text in body.decode() for text in (person.name, person.id_docs[0].number, person.phones[0].number))


async def test_for_a_client_without_an_endpoint_no_row_is_written(hub, caller, order):
    await hub.endpoint("stranger")
    await hub.service.write("policy.issue", caller, order(), "k1")
    assert await hub.journal.events("shop") == []
    assert await hub.journal.deliveries() == []


@pytest.mark.parametrize("state", sorted(telling.TOLD))
async def test_every_state_that_a_client_should_know_of_is_told_and_the_steps_in_between_are_not(state, hub):
    await hub.endpoint()
    row = await hub.op()
    for between in (OperationState.unknown, OperationState.resolving):
        row = await hub.move(row, between)
    told = ["pending", "expired"] if state is OperationState.expired else [state]  # only what is pending can lapse
    for step in told:
        row = await hub.move(row, OperationState(step))
    await hub.deliver()
    assert hub.receiver.types() == [f"operation.{step}" for step in told]


async def test_an_operation_that_stays_pending_is_told_once(hub):
    await hub.endpoint()
    row = await hub.op(state=OperationState.pending)
    row = await hub.move(row, OperationState.pending)
    await hub.journal.write(
        Move(replace(row, state=OperationState.unknown), row.state),
        Move(replace(row, state=OperationState.resolving), OperationState.unknown),
        Move(row, OperationState.resolving),
    )
    await hub.deliver()
    assert hub.receiver.types() == ["operation.pending"]


async def test_a_change_of_a_policys_status_is_told_whoever_made_it_and_a_change_of_anything_else_is_not(hub):
    await hub.endpoint(types=("policy.*",))
    now = hub.world.now()
    policy = ObjectRecord(
        kind="policy", object_id="pol_1", client="shop", client_ref="order-1", operation_id="op_1", status="in_force",
        data=b"{}", created_at=now, updated_at=now,
    )  # fmt: skip
    await hub.journal.write(Put(policy))
    await hub.journal.write(Put(replace(policy, version=2, data=b"[]")))
    await hub.journal.write(Put(replace(policy, version=3, status="cancelled")))
    await hub.deliver()
    [event] = hub.receiver.taken
    assert event["type"] == "policy.status_changed"
    assert event["data"] == {
        "policy_id": "pol_1", "client_ref": "order-1", "status": "cancelled", "previous_status": "in_force", "version": 3,
        "url": "/v1/policies/pol_1",
    }  # fmt: skip


async def test_what_no_move_shows_is_told_by_an_event_in_its_group(hub):
    await hub.endpoint()
    row = await hub.op(state=OperationState.failed)
    await hub.journal.write(telling.of_operation(row, hub.world, EventType.operation_orphan_adopted, "pol_9"))
    await hub.deliver()
    assert hub.receiver.types() == ["operation.failed", "operation.orphan_adopted"]
    assert hub.receiver.taken[-1]["data"]["policy_id"] == "pol_9"


async def test_an_endpoint_is_sent_the_types_it_wants_and_all_are_listed(hub):
    await hub.endpoint(types=("operation.failed", "claim.*"))
    await hub.op(state=OperationState.failed)
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    assert hub.receiver.types() == ["operation.failed"]
    page = await hub.events.endpoints.events("shop", None, 50)
    assert [each.type for each in page.events] == ["operation.failed", "operation.succeeded"]


async def test_events_are_listed_by_cursor_to_their_client_alone(hub):
    await hub.endpoint()
    await hub.endpoint("other")
    for _ in range(5):
        await hub.op(state=OperationState.failed)
    await hub.op("other", state=OperationState.failed)
    first = await hub.events.endpoints.events("shop", None, 3)
    second = await hub.events.endpoints.events("shop", first.next, 3)
    third = await hub.events.endpoints.events("shop", second.next, 3)
    assert [len(page.events) for page in (first, second, third)] == [3, 2, 0]
    assert len({each.event_id for page in (first, second) for each in page.events}) == 5
    assert third.next == second.next
    with pytest.raises(RequestInvalid):
        await hub.events.endpoints.events("shop", "evt_1", 3)


# -- delivery -------------------------------------------------------------------------------------------------------


async def test_a_receiver_that_fails_three_times_in_ten_gets_every_event(make, world, caplog):
    chance = random.Random(30)

    def moody(_request):
        draw = chance.random()
        return httpx.ReadError("reset") if draw < 0.1 else (503 if draw < 0.3 else 200)

    receiver = Receiver(*[moody] * 10_000)
    hub = Hub(await make(receiver=receiver), world, receiver)
    await hub.endpoint()
    told = {(await hub.op(state=OperationState.succeeded)).operation_id for _ in range(200)}
    for _ in range(4000):
        counts, _ = await hub.journal.waiting_deliveries()
        if not counts[DeliveryState.waiting]:
            break
        await hub.later(60)
    assert {event["data"]["operation_id"] for event in receiver.taken} == told
    assert len(receiver.taken) == len(set(receiver.ids)) == 200, "once each, for nothing was lost on the way back"
    assert len(receiver.sent) > 260
    assert counts == {DeliveryState.waiting: 0, DeliveryState.dead: 0}


async def test_a_failure_is_tried_again_on_the_schedule_of_the_specification_and_is_dead_at_its_end(hub):
    hub.receiver.script = [500] * 100
    await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    for number, wait_s in enumerate(WAITS_S, 1):
        assert len(hub.receiver.sent) == number
        await hub.later(wait_s * 0.8 - 1)
        assert len(hub.receiver.sent) == number, "not before its time"
        await hub.later(wait_s * 0.4 + 2)
    assert len(hub.receiver.sent) == 10
    assert len(set(hub.receiver.ids)) == 1, "the id is the event's"
    assert len({headers["webhook-timestamp"] for headers, _ in hub.receiver.sent}) == 10, "the time is the try's"
    [dead] = await hub.journal.deliveries(state=DeliveryState.dead)
    assert (dead.attempts, dead.status) == (10, 500)
    await hub.later(30 * 24 * 3600)
    assert len(hub.receiver.sent) == 10


async def test_what_is_dead_is_sent_again_by_command_under_its_own_id(hub):
    hub.receiver.script = [500] * 10
    made = await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    for wait_s in (0, *WAITS_S):
        await hub.later(wait_s * 1.3)
    [dead] = await hub.journal.deliveries(state=DeliveryState.dead)
    endpoint = await hub.journal.endpoint(made.endpoint_id)
    events = await hub.journal.events("shop")
    assert await hub.events.endpoints.replay(events, endpoint) == 1
    assert await hub.events.endpoints.replay(events, endpoint) == 0, "it waits already"
    await hub.deliver()
    assert [event["id"] for event in hub.receiver.taken] == [dead.event_id]
    assert (await hub.journal.delivery(dead.event_id, made.endpoint_id)).state is DeliveryState.delivered


@pytest.mark.parametrize("answer", [301, 307, 400, 404, 500, httpx.ConnectError("x"), httpx.ReadTimeout("x")])
async def test_whatever_is_not_2xx_is_a_failure(answer, hub):
    hub.receiver.script = [(answer, {"Location": "https://elsewhere.example"}) if isinstance(answer, int) else answer]
    await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    assert hub.receiver.taken == []
    await hub.later(7)
    assert len(hub.receiver.taken) == 1


async def test_a_wish_to_be_left_alone_is_respected_within_bounds(hub):
    hub.receiver.script = [(503, {"Retry-After": "120"}), (429, {"Retry-After": "99999999"})]
    await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    await hub.later(119)
    assert len(hub.receiver.sent) == 1
    await hub.later(2)
    assert len(hub.receiver.sent) == 2
    await hub.later(24 * 3600 - 10)
    assert len(hub.receiver.sent) == 2
    await hub.later(20)
    assert len(hub.receiver.taken) == 1


def test_a_retry_after_is_seconds_or_a_date_and_nonsense_is_nothing(world):
    now = world.now().replace(microsecond=0)
    assert retry_after_s("17", now) == 17
    assert retry_after_s(format_datetime(now + timedelta(seconds=90), usegmt=True), now) == 90
    assert retry_after_s(format_datetime(now - timedelta(days=9), usegmt=True), now) == 0
    assert retry_after_s(format_datetime(now + timedelta(days=9), usegmt=True), now) == 86_400
    for text in (None, "", "-5", "1e9", "soon", "²", "Mon, 99 Foo 2026 25:61:61 GMT", "9" * 5000):
        assert retry_after_s(text, now) == 0


async def test_a_receiver_that_is_gone_is_sent_nothing_more_and_its_events_stay_to_be_read(hub):
    hub.receiver.script = [410]
    made = await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    await hub.later(3)
    await hub.op(state=OperationState.failed)
    await hub.later(9)
    assert len(hub.receiver.sent) == 1
    endpoint = await hub.journal.endpoint(made.endpoint_id)
    assert (endpoint.state, endpoint.text) == (EndpointState.disabled, "the receiver answered 410 Gone")
    events = await hub.journal.events("shop")
    assert len(events) == 2
    enabled = await hub.events.endpoints.switch(made.endpoint_id, EndpointState.enabled)
    assert await hub.events.endpoints.replay(events, enabled) == 2
    await hub.deliver()
    assert hub.receiver.types() == ["operation.succeeded", "operation.failed"]


async def test_what_waits_for_an_endpoint_that_is_removed_is_laid_aside_unsent(hub):
    made = await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    await hub.events.endpoints.switch(made.endpoint_id, EndpointState.deleted)
    await hub.deliver()
    assert hub.receiver.sent == []
    [dead] = await hub.journal.deliveries(state=DeliveryState.dead)
    assert dead.fault == "endpoint_deleted"


async def test_with_an_order_per_client_the_next_event_waits_for_the_first_until_it_is_dead(make, world):
    receiver = Receiver(500, 500, 500)
    hub = Hub(await make(receiver=receiver, pace=Pace(waits_s=(5.0, 60.0))), world, receiver)
    await hub.endpoint(ordering=Ordering.per_client)
    for _ in range(3):
        await hub.op(state=OperationState.succeeded)
    ids = [each.event_id for each in await hub.journal.events("shop")]
    await hub.deliver()
    await hub.later(10)
    assert receiver.ids == [ids[0]] * 2
    await hub.later(100)
    assert receiver.ids == [*[ids[0]] * 3, *ids[1:]]


async def test_with_an_order_per_object_only_events_of_that_object_wait(hub):
    hub.receiver.script = [500]
    await hub.endpoint(ordering=Ordering.per_object)
    first = await hub.op(state=OperationState.pending)
    await hub.move(first, OperationState.succeeded)
    await hub.op(state=OperationState.failed)
    await hub.deliver()
    assert hub.receiver.types() == ["operation.failed"]
    await hub.later(7)
    assert hub.receiver.types() == ["operation.failed", "operation.pending", "operation.succeeded"]


async def test_a_slow_receiver_holds_up_nobody_elses_events(make, world):
    release = asyncio.Event()
    taken = []

    async def receive(request):
        if request.url.host == "slow.example":
            await release.wait()
        taken.append(request.url.host)
        return httpx.Response(204)

    hub = Hub(await make(receiver=receive, pace=Pace(each_max=2, all_max=8)), world, None)
    await hub.endpoint(url="https://slow.example/")
    for _ in range(20):
        await hub.op(state=OperationState.succeeded)
    await hub.endpoint("other", url="https://quick.example/")
    for _ in range(5):
        await hub.op("other", state=OperationState.succeeded)
    for _ in range(6):
        await hub.events.dispatcher.round()
        for _ in range(50):
            await asyncio.sleep(0)
    assert taken == ["quick.example"] * 5
    release.set()
    await hub.events.dispatcher.settle()
    await hub.deliver()
    assert taken.count("slow.example") == 20


async def test_a_receiver_that_gives_no_answer_takes_one_place_until_it_does(make, world):
    at_once, most, is_up = 0, 0, False

    async def receive(_request):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        if not is_up:
            raise httpx.ConnectTimeout("")
        return httpx.Response(204)

    hub = Hub(await make(receiver=receive, pace=Pace(waits_s=(60.0,) * 20)), world, None)
    await hub.endpoint()
    for _ in range(20):
        await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    assert most == 8
    most = 0
    await hub.later(80)
    assert most == 1
    is_up = True
    await hub.later(80)
    assert most == 8
    assert (await hub.journal.waiting_deliveries())[0][DeliveryState.waiting] == 0


async def test_what_a_gateway_took_and_did_not_end_is_sent_by_another_under_the_same_id(hub):
    await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    hang = asyncio.Event()

    async def never(_endpoint, _event):
        hang.set()
        await asyncio.Event().wait()

    hub.events.dispatcher._sender = type("Hung", (), {"send": staticmethod(never)})
    await hub.events.dispatcher.round()
    await hang.wait()
    heir = Hub(Service(dataclasses.replace(hub.service.parts, owner="heir")), hub.world, hub.receiver)
    await heir.deliver()
    assert hub.receiver.sent == [], "it is in the other's hands"
    await heir.later(61)
    assert len(hub.receiver.taken) == 1
    await hub.events.dispatcher.stop(0)


async def test_in_one_process_an_event_is_sent_as_soon_as_it_is_written(hub):
    hub.world.sleep = lambda _wait_s: asyncio.Event().wait()  # no clock wakes the loop
    await hub.endpoint()
    hub.events.dispatcher.start()
    await asyncio.sleep(0)
    await hub.op(state=OperationState.succeeded)
    async with asyncio.timeout(5):
        while not hub.receiver.taken:  # noqa: ASYNC110 - the receiver tells nobody
            await asyncio.sleep(0.001)
    await hub.events.dispatcher.stop(1)


async def test_a_gateway_that_stops_sends_what_it_has_taken_and_leaves_nothing_under_its_lease(hub, monkeypatch):
    hub.world.sleep = lambda _wait_s: asyncio.Event().wait()
    await hub.endpoint()
    claiming, go_on = asyncio.Event(), asyncio.Event()
    claim = hub.journal.claim_deliveries

    async def slow_claim(*words):
        taken = await claim(*words)
        claiming.set()
        await go_on.wait()
        return taken

    monkeypatch.setattr(hub.journal._journal, "claim_deliveries", slow_claim)
    hub.events.dispatcher.start()
    await hub.op(state=OperationState.succeeded)
    await claiming.wait()
    stopping = asyncio.create_task(hub.events.dispatcher.stop(5))
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert len(hub.receiver.taken) == 1
    [done] = await hub.journal.deliveries()
    assert (done.state, done.lease_owner) == (DeliveryState.delivered, None)


# -- endpoints ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(SignatureKind))
async def test_a_secret_is_shown_when_it_is_made_and_changed_and_never_again(kind, hub):
    made = await hub.endpoint(signature=kind)
    key = made.secret or made.public_keys[0]
    again = hub.events.endpoints.view(await hub.events.endpoints.one(made.endpoint_id))
    assert again.secret is None
    changed = await hub.events.endpoints.rotate(made.endpoint_id)
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    [(headers, body)] = hub.receiver.sent
    newest = changed.secret or changed.public_keys[0]
    assert newest != key
    assert verified(key, headers, body)
    assert verified(newest, headers, body)
    stored = await hub.journal.endpoint(made.endpoint_id)
    assert key.partition("_")[2].encode() not in stored.keys
    await hub.op(state=OperationState.succeeded)
    await hub.later(24 * 3600 + 1)
    headers, body = hub.receiver.sent[-1]
    assert not verified(key, headers, body)
    assert verified(newest, headers, body)


async def test_an_endpoint_whose_key_is_lost_fails_by_name_and_gets_a_new_one(hub):
    made = await hub.endpoint()
    row = await hub.journal.endpoint(made.endpoint_id)
    sealed = Vault({"lost": b"x" * 32}, "lost").seal(b"", made.endpoint_id)
    await hub.journal.write(PutEndpoint(replace(row, keys=sealed, version=2)))
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    [waiting] = await hub.journal.deliveries()
    assert (waiting.state, waiting.fault) == (DeliveryState.waiting, "key_unavailable")
    assert hub.events.endpoints.view(await hub.journal.endpoint(made.endpoint_id)).endpoint_id == made.endpoint_id
    fresh = await hub.events.endpoints.rotate(made.endpoint_id)
    await hub.later(7)
    [(headers, body)] = hub.receiver.sent
    assert verified(fresh.secret, headers, body)


async def test_an_endpoint_is_tried_out_with_a_ping_that_is_signed_and_not_kept(hub):
    made = await hub.endpoint()
    result = await hub.events.endpoints.ping(hub.events.sender, made.endpoint_id, "shop")
    [(headers, body)] = hub.receiver.sent
    assert (result.delivered, result.status) == (True, 204)
    assert json.loads(body)["type"] == "webhook.ping"
    assert verified(made.secret, headers, body)
    assert await hub.journal.events("shop") == []


async def test_an_address_out_of_reach_is_refused_with_what_is_wrong_about_it(hub):
    for url in ("http://shop.example/", "https://127.0.0.1/", "https://u:p@shop.example/", "https://shop.example:22/"):
        with pytest.raises(RequestInvalid) as refused:
            await hub.endpoint(url=url)
        assert refused.value.faults[0].path == "url"
    with pytest.raises(RequestInvalid):
        await hub.endpoint(types=("policy.exploded",))


async def test_a_client_switches_on_again_what_its_receiver_switched_off_and_not_what_an_operator_did(hub, caller):
    hub.receiver.script = [410]
    made = await hub.endpoint()
    await hub.op(state=OperationState.succeeded)
    await hub.deliver()
    name = EndpointName(endpoint_id=made.endpoint_id)
    assert json.loads((await hub.service.told("webhook.get", caller, name)).body)["state"] == "disabled"
    again = await hub.service.told("webhook.enable", caller, name)
    assert "state" not in json.loads(again.body), "enabled is what an endpoint is when nothing is said"
    await hub.events.endpoints.switch(made.endpoint_id, EndpointState.disabled, "too many complaints")
    with pytest.raises(Forbidden, match="too many complaints"):
        await hub.service.told("webhook.enable", caller, name)


async def test_an_endpoint_is_its_clients_own_named_once_and_of_a_few(hub):
    made = await hub.endpoint()
    with pytest.raises(EndpointKnown):
        await hub.endpoint()
    for act in (hub.events.endpoints.one, hub.events.endpoints.rotate):
        with pytest.raises(NotFound):
            await act(made.endpoint_id, "other")
    for number in range(9):
        await hub.endpoint(url=f"{URL}/{number}")
    with pytest.raises(NotAllowedNow):
        await hub.endpoint(url=f"{URL}/10")


async def test_the_log_of_delivery_names_ids_and_nothing_of_a_message_or_an_address(hub, caplog):
    caplog.set_level(logging.DEBUG, logger="insurehub")
    hub.receiver.script = [410]
    made = await hub.endpoint(url="https://shop.example/hook?token=hush")
    await hub.op(state=OperationState.succeeded, client_ref="order-hush")
    await hub.deliver()
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("insurehub"))
    assert made.endpoint_id in said
    assert "hush" not in said
    assert made.secret not in said
