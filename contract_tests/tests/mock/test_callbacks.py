"""Callbacks: sent, repeated until the demanded acknowledgement, held, doubled, reordered, forged."""

import asyncio
import contextlib
import hashlib
import hmac
import json

import pytest

from contract_tests.mock.carrier import KEYS_FILE, read_keys
from contract_tests.mock.forging import wrong_key
from contract_tests.mock.gm import sm2_sign, sm2_verify
from contract_tests.mock.rsa import genuine, signed

RIGHT = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}'
WRONG = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Receiver:
    """A host that takes callbacks and answers what it is told to."""

    def __init__(self):
        self.answer, self.got, self.arrived = RIGHT, [], asyncio.Event()

    async def __call__(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:-2])
        body = await reader.readexactly(int(headers["Content-Length"]))
        self.got.append((headers, body))
        self.arrived.set()
        writer.write(self.answer)
        await writer.drain()
        writer.close()

    async def count(self, wanted):
        async with asyncio.timeout(3):
            while len(self.got) < wanted:
                self.arrived.clear()
                await self.arrived.wait()
        await asyncio.sleep(0.05)  # for one too many, and for the mock to hear the answer
        assert len(self.got) == wanted

    @property
    def events(self):
        return [json.loads(body)["event"] for _, body in self.got]

    @property
    def genuine(self):
        return [
            hmac.new(b"pine-key", body, hashlib.sha256).hexdigest() == headers["X-Mark"] for headers, body in self.got
        ]


@pytest.fixture
async def receiver():
    found = Receiver()
    server = await asyncio.start_server(found, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callbacks/{{carrier}}/{{callback}}"
    yield found
    server.close()


@pytest.fixture
async def pine(open_pine, receiver):
    return await open_pine(callback_base=receiver.url)


async def played(pine):
    return (await pine.admin("GET", "/_mock/faults"))["played"]


async def finish(pine, order="O1"):
    """An issue taken for later, which then ends."""
    await pine.issue(order, hint="later")
    pine.mock.world().timers.advance(5)


async def test_a_callback_is_sent_when_the_state_changes_and_ends_with_its_acknowledgement(pine, receiver):
    await finish(pine)
    await receiver.count(1)
    (delivery,) = (await pine.admin("GET", "/_mock/callbacks"))["callbacks"]
    assert delivery["state"] == "acknowledged"
    assert delivery["url"].endswith("/callbacks/pine/issued")
    assert receiver.genuine == [True]


async def test_a_callback_is_repeated_on_the_carriers_clock_until_it_is_acknowledged(pine, receiver):
    receiver.answer = WRONG
    await finish(pine)
    await receiver.count(1)
    pine.mock.world().timers.advance(299)
    await receiver.count(1)
    receiver.answer = RIGHT
    pine.mock.world().timers.advance(2)
    await receiver.count(2)
    pine.mock.world().timers.advance(3600)
    await receiver.count(2)
    assert receiver.events == ["E0001", "E0001"]


async def test_a_callback_is_given_up_after_its_last_repetition(pine, receiver):
    receiver.answer = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
    await finish(pine)
    for wanted in (1, 2, 3):
        await receiver.count(wanted)
        pine.mock.world().timers.advance(300)
    await receiver.count(3)
    (delivery,) = pine.mock.dispatcher.deliveries
    assert delivery.state == "given up"
    assert [attempt["acknowledged"] for attempt in delivery.attempts] == [False] * 3


async def test_nobody_listening_is_a_missing_acknowledgement(open_pine, eventually):
    pine = await open_pine(callback_base="http://127.0.0.1:9/x")
    await finish(pine)
    (delivery,) = pine.mock.dispatcher.deliveries
    await eventually(lambda: delivery.state == "waiting")
    assert [attempt["error"] for attempt in delivery.attempts] == ["ConnectionRefusedError"]


async def test_held_callbacks_are_released_in_order_or_backwards(pine, receiver):
    await pine.admin("POST", "/_mock/callbacks/hold", {})
    await finish(pine, "O1")
    await finish(pine, "O2")
    await receiver.count(0)
    assert await pine.admin("POST", "/_mock/callbacks/reorder", {}) == {"sent": 2}
    assert receiver.events == ["E0002", "E0001"]
    await pine.admin("POST", "/_mock/callbacks/hold", {})
    await finish(pine, "O3")
    await pine.admin("POST", "/_mock/callbacks/release", {})
    assert receiver.events == ["E0002", "E0001", "E0003"]


async def test_a_callback_is_sent_again_on_demand(pine, receiver):
    await finish(pine)
    await receiver.count(1)
    await pine.admin("POST", "/_mock/callbacks/duplicate", {})
    assert receiver.events == ["E0001", "E0001"]
    assert receiver.genuine == [True, True]


async def test_a_forged_callback_has_a_wrong_mark_and_other_members(pine, receiver):
    await finish(pine)
    await receiver.count(1)
    forged = await pine.admin("POST", "/_mock/callbacks/forge", {"changes": {"no": "P999999"}})
    assert forged["forged"]
    assert receiver.genuine == [True, False]
    assert json.loads(receiver.got[1][1])["no"] == "P999999"


@pytest.mark.parametrize(
    ("fault", "genuine"),
    [
        ({"fault": "dup_callback", "with": {"times": 3}}, [True, True, True]),
        ("lost_callback", []),
        ("forged_callback", [False, True]),
    ],
)
async def test_planned_faults_strike_callbacks(pine, receiver, fault, genuine):
    await pine.mock.plan(fault)
    await finish(pine)
    await receiver.count(len(genuine))
    assert receiver.genuine == genuine
    assert await played(pine) == {fault if isinstance(fault, str) else fault["fault"]: 1}


@pytest.mark.parametrize("fault", ["dup_callback", "forged_callback", "early_callback"])
async def test_a_callback_that_reached_nobody_is_not_counted_as_played(open_pine, eventually, fault):
    pine = await open_pine(callback_base="http://127.0.0.1:9/x")
    await pine.mock.plan(fault)
    await finish(pine)
    await eventually(lambda: pine.mock.dispatcher.deliveries[0].state == "waiting")
    assert await played(pine) == {}


@pytest.mark.parametrize(("orders", "counted"), [(1, {}), (2, {"reorder_callback": 1})])
async def test_a_callback_that_nothing_overtook_was_not_reordered(pine, receiver, orders, counted):
    await pine.mock.plan({"fault": "reorder_callback", "nth": 1, "with": {"seconds": 0.3}})
    for number in range(orders):
        await finish(pine, f"O{number}")
    await receiver.count(orders)
    assert await played(pine) == counted


async def test_what_the_admin_api_does_to_callbacks_is_counted_where_there_was_one_to_do_it_to(pine, receiver):
    for verb in ("duplicate", "forge", "hold", "reorder", "hold", "release"):
        with contextlib.suppress(AssertionError):  # there is none: 404
            await pine.admin("POST", f"/_mock/callbacks/{verb}", {})
    assert await played(pine) == {}
    await finish(pine, "O1")
    await receiver.count(1)
    for verb in ("duplicate", "forge", "duplicate", "hold"):
        await pine.admin("POST", f"/_mock/callbacks/{verb}", {})
    assert receiver.genuine == [True, True, False, True], "a forgery is nobody's to send again"
    await finish(pine, "O2")
    await pine.admin("POST", "/_mock/callbacks/reorder", {})
    assert await played(pine) == {"callbacks/duplicate": 2, "callbacks/forge": 1}, "one alone has no order"
    await pine.admin("POST", "/_mock/callbacks/hold", {})
    await finish(pine, "O3")
    await pine.admin("POST", "/_mock/callbacks/release", {})
    await pine.admin("POST", "/_mock/callbacks/hold", {})
    await finish(pine, "O4")
    await finish(pine, "O5")
    await pine.admin("POST", "/_mock/callbacks/reorder", {})
    assert await played(pine) == {
        "callbacks/duplicate": 2, "callbacks/forge": 1, "callbacks/release": 1, "callbacks/reorder": 1,
    }  # fmt: skip


async def test_a_reordered_callback_waits_for_the_next_one(pine, receiver):
    await pine.mock.plan({"fault": "reorder_callback", "nth": 1})
    await finish(pine, "O1")
    await finish(pine, "O2")
    await receiver.count(2)
    assert receiver.events == ["E0002", "E0001"]


async def test_of_two_callbacks_of_one_moment_the_younger_overtakes_the_one_that_is_held(pine, receiver):
    await pine.mock.plan({"fault": "reorder_callback", "nth": 1, "with": {"seconds": 60}})
    for order in ("O1", "O2"):
        await pine.issue(order, hint="later")
    pine.mock.world().timers.advance(5)
    await receiver.count(2)
    assert receiver.events == ["E0002", "E0001"]
    assert await played(pine) == {"reorder_callback": 1}


async def test_an_early_callback_arrives_before_the_reply(pine, receiver):
    await pine.mock.plan("early_callback")
    release = asyncio.Event()
    plain = Receiver.__call__

    async def slowly(reader, writer):
        await release.wait()
        await plain(receiver, reader, writer)

    receiver_server = await asyncio.start_server(slowly, "127.0.0.1", 0)
    pine.mock.dispatcher.address = f"http://127.0.0.1:{receiver_server.sockets[0].getsockname()[1]}/"
    reply = asyncio.create_task(pine.issue(hint="later"))
    await asyncio.sleep(0.1)
    assert not reply.done()
    release.set()
    assert json.loads((await reply).body)["state"] == "pending"
    assert receiver.events == ["E0001"]
    assert pine.effects() == [("issue", "O1")]
    receiver_server.close()


@pytest.mark.parametrize(
    ("carrier", "name"), [("granite", "carrier_private_key"), ("jade", "insurer_key"), ("lotus", "sign_key")]
)
def test_a_wrong_key_is_another_one_of_the_same_kind(carrier, name):
    key = read_keys(KEYS_FILE, carrier)[name]
    wrong = wrong_key(key)
    assert wrong != key
    if carrier == "granite":
        assert genuine("sha256", read_keys(KEYS_FILE, carrier)["carrier_public_key"], signed("sha256", key, "x"), "x")
        assert not genuine(
            "sha256", read_keys(KEYS_FILE, carrier)["carrier_public_key"], signed("sha256", wrong, "x"), "x"
        )
    if carrier == "jade":
        public = read_keys(KEYS_FILE, carrier)["insurer_public"]
        assert [sm2_verify(public, "x", sm2_sign(each, "x")) for each in (key, wrong)] == [True, False]
