"""A client with a webhook endpoint is told exactly what became of its operations, across `kill -9` of the gateway.

The receiver is a bad one: three times in ten it answers 500, or takes the request and says nothing.
"""

import asyncio
import json
import random
from collections import Counter
from contextlib import asynccontextmanager

import httpx
import pytest

from contract_tests.mock.messages import HttpReply, read_body, read_head
from contract_tests.tests.e2e.conftest import Shop
from contract_tests.tests.e2e.served import CHANNELS, ORDERS, a_served_gateway, orders, send, to_the_end
from contract_tests.tests.service.receiver import Receiver as ScriptedReceiver
from contract_tests.tests.service.receiver import verified

pytestmark = pytest.mark.asyncio(loop_scope="session")

KILL_AT_EFFECTS = 6
FAILS = 0.3
PRICE = {"amount": 60, "currency": "CNY"}
PENDING = "7001"
"""How a policyholder's number ends whose application the carriers decide about later."""
QUIET_S = 2.5
"""Longer than a lease and a wait between tries: what was to come has come."""


class Receiver:
    """Listens on loopback; keeps every delivery it acknowledged."""

    def __init__(self) -> None:
        self.requests, self.failed = 0, 0
        self.taken: list[tuple[dict, bytes]] = []
        self._chance = random.Random(7)
        self.url = ""

    async def __call__(self, reader, writer):
        request = read_head(await reader.readuntil(b"\r\n\r\n"))
        await read_body(request, reader)
        self.requests += 1
        draw = self._chance.random()
        if draw >= FAILS:
            self.taken.append(({name.lower(): value for name, value in request.headers.items()}, request.body))
        else:
            self.failed += 1
        if draw >= FAILS / 2:
            writer.write(HttpReply(204 if draw >= FAILS else 500, {}, b"").whole(keep_alive=False))
            await writer.drain()
        writer.close()

    def ids(self):
        return Counter(headers["webhook-id"] for headers, _ in self.taken)

    def events(self):
        """What was told, by the id of the event."""
        return {headers["webhook-id"]: json.loads(body) for headers, body in self.taken}


@asynccontextmanager
async def listening():
    receiver = Receiver()
    server = await asyncio.start_server(receiver, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
    try:
        yield receiver
    finally:
        server.close()


async def endpoint_of(http, key, url, **fields):
    made = await http.post("/v1/webhook-endpoints", json={"url": url, **fields}, headers=bearer(key))
    assert made.status_code == httpx.codes.CREATED, made.text
    return made.json()


def bearer(key):
    return {"Authorization": f"Bearer {key}", "Prefer": "wait=20"}


async def listed(http, key):
    found, after = [], "0"
    while page := (await http.get("/v1/events", params={"after": after, "limit": 7}, headers=bearer(key))).json():
        if not page["events"]:
            return found
        found, after = [*found, *page["events"]], page["next"]
    return found


async def test_a_client_is_told_exactly_what_became_of_its_operations_across_a_kill(
    tmp_path, mocks, catalogue, repository
):
    environ = {"INSUREHUB_WEBHOOKS_ALLOW": "127.0.0.1", "INSUREHUB_WEBHOOKS_RETRY": ",".join(["200ms"] * 20)}
    async with (
        listening() as receiver,
        listening() as strangers,
        a_served_gateway(repository, tmp_path, mocks, catalogue, "told", **environ) as served,
    ):
        placed = list(orders())
        key, other = await served.client("shop"), await served.client("other")
        for name in CHANNELS:
            slow = {"fault": "slow_first_byte", "with": {"seconds": 0.3}, "operation": "policy.issue"}
            await mocks[name].plan({**slow, "nth": list(range(2, 40))}, namespace="told")
        await served.start()
        async with httpx.AsyncClient(base_url=served.url, timeout=30) as http:
            made = await endpoint_of(http, key, receiver.url)
            await endpoint_of(http, other, strangers.url, signature="ed25519")
            http.headers.update(bearer(key))
            sending = [asyncio.ensure_future(send(http, plan, body)) for plan, body in placed]
            async with asyncio.timeout(10):
                while len(served.ledger("issue")) < KILL_AT_EFFECTS or not receiver.taken:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            await served.kill()
            await asyncio.gather(*sending)
        for name in CHANNELS:
            await mocks[name].plan(namespace="told")
        await served.start()
        async with httpx.AsyncClient(base_url=served.url, headers=bearer(key), timeout=30) as http:
            ended = await asyncio.gather(*(to_the_end(http, plan, body) for plan, body in placed))
            policies = {answer.json()["policy_id"] for answer in ended}
            assert len(policies) == ORDERS
            async with asyncio.timeout(20):
                while len(receiver.ids()) < ORDERS:  # noqa: ASYNC110 - the gateway tells the receiver, not the test
                    await asyncio.sleep(0.05)
            await asyncio.sleep(QUIET_S)
            shown = await listed(http, key)
            assert await listed(http, other) == []
            gauges = (await http.get("/metrics")).text
        events = receiver.events()
        assert len(events) == ORDERS, "one event for each operation, whatever was tried again"
        assert {event["type"] for event in events.values()} == {"operation.succeeded"}
        assert {event["data"]["policy_id"] for event in events.values()} == policies
        assert {each["event_id"]: each["data"] for each in shown} == {key: each["data"] for key, each in events.items()}
        assert all(verified(made["secret"], headers, body) for headers, body in receiver.taken)
        assert strangers.requests == 0
        assert 'insurehub_webhook_undelivered{state="waiting"} 0.0' in gauges
        assert 'insurehub_webhook_undelivered{state="dead"} 0.0' in gauges
        assert receiver.failed > 0
        assert made["secret"] not in served.log.read_text()
        assert receiver.url not in served.log.read_text()


async def test_a_client_is_told_of_what_its_insurer_decides_later_and_of_what_becomes_of_its_policy(open_market):
    receiver = ScriptedReceiver()
    market = await open_market(receivers=httpx.MockTransport(receiver))
    body = {"url": "https://shop.example/events", "ordering": "per_client"}
    made = (await market.http.post("/v1/webhook-endpoints", json=body)).json()
    plan = market.order("aurora_main", phone=PENDING)
    answer = await market.write("/v1/policies", market.one_shot(plan, PRICE))
    assert answer.status_code == httpx.codes.ACCEPTED
    await delivered(market)
    market.mocks["aurora_main"].world(market.namespace).timers.advance(6)
    await market.callbacks()
    await delivered(market)
    policy = (await market.repeat(answer)).json()
    shop = Shop(market, "aurora_main")
    cancel = {**shop.end(policy, "pro_rata"), "requestor": "policyholder"}
    ended = await market.settle(await market.write("/v1/cancellations", cancel))
    assert ended.status_code == httpx.codes.CREATED, ended.text
    await delivered(market)
    told = [(event["type"], event["data"].get("operation"), event["data"].get("status")) for event in receiver.taken]
    assert told[:2] == [
        ("operation.pending", "policy.issue", "pending"),
        ("operation.succeeded", "policy.issue", "succeeded"),
    ]
    assert sorted(told[2:], key=str) == [
        ("operation.succeeded", "cancellation.submit", "succeeded"),
        ("policy.status_changed", None, "cancelled"),
    ]
    assert all(event["data"]["policy_id"] == policy["policy_id"] for event in receiver.taken[1:])
    assert all(verified(made["secret"], headers, content) for headers, content in receiver.sent)
    page = (await market.get("/v1/events")).json()
    assert [each["event_id"] for each in page["events"]] == receiver.ids


async def delivered(market):
    """Send everything there is to send."""
    dispatcher = market.gateway.service.events.dispatcher
    while await dispatcher.round():
        await dispatcher.settle()
