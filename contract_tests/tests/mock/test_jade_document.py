"""The mock of jade answers the requests printed in its document with the printed bytes; keys and seals by `gmalg`."""

import asyncio
import base64
import hashlib
import json
import re

import gmalg
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

OUTER = re.compile(r"`timestamp=(\d+)`，`nonce=(\w+)`，`iv=(\w+)`，`digest=(\w+)`，`sign=([\w+/=]+)`")
USER = b"1234567812345678"
# sample: the samples before it, and the next number of each series
SAMPLES = {
    "4.1.3": ([], {"quote": 17}),
    "4.1.4": ([], {}),
    "4.2.3": (["4.1.3"], {"policy": 31}),
    "4.2.4": ([], {"policy": 32}),
    "4.2.5": ([], {}),
    "4.2.6": ([], {}),
    "4.3.3": (["4.2.4"], {}),
    "4.3.4": ([], {}),
    "4.4.3": (["4.1.3", "4.2.3"], {"endorsement": 41}),
}


def joined(fields):
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign").encode()


class Keys:
    """The keys clause 3.4 prints."""

    def __init__(self, clause):
        self.platform, self.insurer = re.findall(r"私钥 `([0-9a-f]{64})`", clause)
        self.body = bytes.fromhex(re.search(r"SM4 密钥 `([0-9a-f]{32})`", clause)[1])

    def sealed(self, plain, iv):
        padder, made = PKCS7(128).padder(), Cipher(SM4(self.body), CBC(iv.encode())).encryptor()
        return made.update(padder.update(plain.encode()) + padder.finalize()) + made.finalize()

    def opened(self, fields):
        made = Cipher(SM4(self.body), CBC(fields["iv"].encode())).decryptor()
        unpadder = PKCS7(128).unpadder()
        padded = made.update(base64.b64decode(fields["data"])) + made.finalize()
        return (unpadder.update(padded) + unpadder.finalize()).decode()

    def fields(self, printed, plain):
        timestamp, nonce, iv, digest, sign = printed
        data = base64.b64encode(self.sealed(plain, iv)).decode()
        made = {"appId": "JD20260001", "timestamp": timestamp, "nonce": nonce, "iv": iv, "digest": digest, "data": data}
        return {**made, "sign": sign}

    def signed(self, timestamp, plain, key=None):
        """A message of the platform's own, signed by the package with a k of chance."""
        digest = hashlib.new("sm3", plain.encode()).hexdigest()
        made = self.fields((timestamp, "Z" * 16, "Y" * 16, digest, ""), plain)
        r, s = gmalg.SM2(sk=bytes.fromhex(key or self.platform), uid=USER).sign(joined(made))
        return {**made, "sign": base64.b64encode(r.rjust(32, b"\0") + s.rjust(32, b"\0")).decode()}

    def is_genuine(self, fields, key):
        signature = base64.b64decode(fields["sign"])
        public = gmalg.SM2().generate_pk(bytes.fromhex(key))
        return gmalg.SM2(uid=USER, pk=public).verify(joined(fields), signature[:32], signature[32:])


def compact(fields):
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


class Desk:
    """Sends samples to one namespace of a mock, at the time they were printed for."""

    def __init__(self, mock, client, clauses, http):
        self.world, self.client, self.clauses, self.http = mock.world("default"), client, clauses, http
        self.keys = Keys(clauses["3.4"].text)
        self.world.lag_s = 0.0

    def printed(self, number):
        clause = self.clauses[number]
        asked, said = OUTER.findall(clause.text)
        request, reply = clause.blocks()
        return self.keys.fields(asked, request), self.keys.fields(said, reply)

    async def play(self, number):
        asked, said = self.printed(number)
        self.world.timers.freeze(int(said["timestamp"]) / 1000)
        self.world.numbers.give(SAMPLES[number][1], [said["nonce"], said["iv"]])
        return await self.send(compact(asked)), said

    async def send(self, body):
        return await self.client.send(self.http("POST", "/openapi/group", body))

    async def ask(self, fields):
        answer = json.loads((await self.send(compact(fields))).body)
        assert self.keys.is_genuine(answer, self.keys.insurer)
        return json.loads(self.keys.opened(answer))


@pytest.fixture
async def desk(a_mock, client_of, clauses_of, bytes_of):
    mock = await a_mock("jade")
    return Desk(mock, client_of(mock), clauses_of("jade"), bytes_of)


@pytest.mark.parametrize("number", SAMPLES)
def test_every_printed_value_follows_from_the_clauses_on_security(number, clauses_of):
    clauses = clauses_of("jade")
    desk = type("Printed", (), {"keys": Keys(clauses["3.4"].text), "clauses": clauses})
    for fields, key in zip(Desk.printed(desk, number), (desk.keys.platform, desk.keys.insurer), strict=True):
        assert fields["digest"] == hashlib.new("sm3", desk.keys.opened(fields).encode()).hexdigest()
        assert desk.keys.is_genuine(fields, key)


@pytest.mark.parametrize("number", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply_to_the_byte(desk, number):
    for earlier in SAMPLES[number][0]:
        await desk.play(earlier)
    answer, expected = await desk.play(number)
    assert desk.keys.opened(json.loads(answer.body)) == desk.keys.opened(expected)
    assert answer.body == compact(expected)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"


async def test_the_worked_example_is_what_its_clause_says(desk):
    """Clause 3.4: the text that is signed, the whole request and the whole reply."""
    text, request, reply = desk.clauses["3.4"].blocks()
    asked, said = desk.printed("4.1.3")
    assert text.encode() == joined(asked)
    assert (request.encode(), reply.encode()) == (compact(asked), compact(said))


async def test_a_repeated_issue_is_told_the_same_under_a_new_signature_and_makes_no_second_policy(desk):
    """Clause 5.1, whether the message is the same or signed anew."""
    first, _ = await desk.play("4.2.4")
    told = json.loads(desk.keys.opened(json.loads(first.body)))
    asked, _ = desk.printed("4.2.4")
    assert await desk.ask(asked) == told
    assert (await desk.send(compact(asked))).body != first.body
    assert await desk.ask(desk.keys.signed(asked["timestamp"], desk.keys.opened(asked))) == told
    assert len(desk.world.things["policy"]) == 1
    other = desk.keys.signed(asked["timestamp"], desk.keys.opened(asked).replace("PAY20260301000002", "PAY2"))
    assert (await desk.ask(other))["head"]["code"] == "J1006"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sign": base64.b64encode(b"x" * 64).decode()}, "J1001"),
        ({"nonce": "Q" * 16}, "J1001"),
        ({"digest": "0" * 64}, "J1001"),
        ({"data": "AAAA"}, "J1002"),
        ({"appId": "JD2"}, "J1001"),
    ],
)
async def test_a_message_that_was_changed_on_the_way_is_refused(desk, change, code):
    """Clause 9.1; none of it used up the number, 5.2."""
    asked, said = desk.printed("4.2.4")
    desk.world.timers.freeze(int(said["timestamp"]) / 1000)
    assert (await desk.ask({**asked, **change}))["head"]["code"] == code
    assert "policy" not in desk.world.things or not desk.world.things["policy"]


async def test_a_message_of_another_or_of_another_time_is_refused(desk):
    asked, said = desk.printed("4.2.4")
    plain, now = desk.keys.opened(asked), int(said["timestamp"])
    desk.world.timers.freeze(now / 1000)
    assert (await desk.ask(desk.keys.signed(str(now), plain, key=desk.keys.insurer)))["head"]["code"] == "J1001"
    assert (await desk.ask(desk.keys.signed(str(now - 301_000), plain)))["head"]["code"] == "J1003"
    assert (await desk.ask(desk.keys.signed(str(now), plain)))["head"]["code"] == "J0000"


class Listener:
    """The platform's address for notices: answers with what it is given, keeps what it heard."""

    def __init__(self):
        self.answer, self.heard = b"", []

    async def __call__(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
        self.heard.append(json.loads(await reader.readexactly(length)))
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(self.answer) + self.answer
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def listener():
    heard = Listener()
    server = await asyncio.start_server(heard, "127.0.0.1", 0)
    heard.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callbacks"
    yield heard
    server.close()


async def test_a_pending_issue_is_told_until_the_printed_answer_comes(
    a_mock, client_of, clauses_of, bytes_of, listener, eventually
):
    """Clause 6: the notice says what 6.3 prints; an unsigned answer is none, the printed one ends the repetitions."""
    mock = await a_mock("jade", callback_base=listener.url)
    desk = Desk(mock, client_of(mock), clauses_of("jade"), bytes_of)
    await desk.play("4.2.5")
    notice, answer = desk.printed("6.3")
    desk.world.numbers.give({"policy": 33, "event": 51}, [notice["nonce"], notice["iv"]])
    listener.answer = compact({**answer, "nonce": "A" * 16})
    desk.world.timers.advance(5)
    await eventually(lambda: mock.dispatcher.deliveries and mock.dispatcher.deliveries[0].state == "waiting")
    first = json.loads(desk.keys.opened(listener.heard[0]))
    printed = json.loads(desk.keys.opened(notice))
    assert first["body"] == {**printed["body"], "issueTime": first["body"]["issueTime"]}
    assert first["head"]["eventNo"] == printed["head"]["eventNo"]
    assert desk.keys.is_genuine(listener.heard[0], desk.keys.insurer)
    listener.answer = compact(answer)
    desk.world.timers.advance(300)
    await eventually(lambda: mock.dispatcher.deliveries[0].state == "acknowledged")
    assert json.loads(desk.keys.opened(listener.heard[1]))["head"]["eventNo"] == printed["head"]["eventNo"]


async def test_the_printed_triggers_of_the_test_environment_act(desk):
    """Clause 10: 7004 is busy once, 7005 commits and stumbles, 7006 is a code nobody knows, 7007 a refusal."""
    asked, said = desk.printed("4.2.3")
    now = int(said["timestamp"])
    desk.world.timers.freeze(now / 1000)
    plain = re.sub(r'"quoteNo":"\w+",', "", desk.keys.opened(asked))

    async def with_tail(tail, number):
        text = plain.replace("13800000001", f"1380000{tail}").replace("HB202603010905000003", number)
        return await desk.ask(desk.keys.signed(str(now), text))

    assert (await with_tail("7004", "A1"))["head"]["code"] == "J9001"
    assert (await with_tail("7004", "A1"))["body"]["state"] == "A"
    assert (await with_tail("7005", "A2"))["head"]["code"] == "J9999"
    assert (await with_tail("7005", "A2"))["body"]["state"] == "A"
    assert (await with_tail("7006", "A3"))["head"]["code"] == "J8888"
    assert (await with_tail("7007", "A4"))["body"] == {"state": "R", "reasonCode": "U09", "reasonText": "核保不通过"}
    assert len(desk.world.things["policy"]) == 2
