"""The mock of lotus answers the requests printed in its document with the printed bytes."""

import hashlib
import json
import re
from datetime import datetime, timedelta, timezone
from urllib.parse import quote_plus

import pytest

BEIJING = timezone(timedelta(hours=8))
KEY = "lotus-test-key-0001"
OUTER = re.compile(r"`timestamp=(\d+)`，`nonce=(\w+)`，`sign=(\w+)`")
# sample: the samples before it, and the next number of each series
SAMPLES = {
    "4.2.2": ([], {}),
    "4.3.3": ([], {"quote": 17}),
    "4.4.3": (["4.3.3"], {"underwriting": 21}),
    "4.5.3": (["4.3.3", "4.4.3"], {"apply": 33, "policy": 45}),
    "4.5.4": ([], {"apply": 34, "policy": 46}),
    "4.5.5": ([], {"apply": 35}),
    "4.5.6": ([], {"apply": 36}),
    "4.5.7": (["4.3.3", "4.4.3", "4.5.3"], {}),
    "4.6.5": (["4.3.3", "4.4.3", "4.5.3"], {}),
    "4.7.2": (["4.3.3", "4.4.3", "4.5.3"], {}),
    "4.8.3": (["4.3.3", "4.4.3", "4.5.3"], {"cancel_quote": 51}),
    "4.9.3": (["4.3.3", "4.4.3", "4.5.3", "4.8.3"], {"endorsement": 61}),
    "4.10.4": (["4.3.3", "4.4.3", "4.5.3"], {}),
    "4.11.2": (["4.3.3", "4.4.3", "4.5.3", "4.10.4"], {"endorsement": 58}),
    "4.12.3": (["4.3.3", "4.4.3", "4.5.3"], {"report": 71}),
    "4.13.3": (["4.3.3", "4.4.3", "4.5.3", "4.12.3"], {"claim": 81}),
    "4.14.2": (["4.3.3", "4.4.3", "4.5.3", "4.12.3", "4.13.3"], {}),
    "4.16.4": (["4.3.3", "4.4.3", "4.5.3", "4.12.3", "4.13.3", "4.14.2"], {}),
}
SERIALS = {"4.3.3": {"quote": 17}, "4.10.4": {"endorse_quote": 55}} | {k: v for k, (_, v) in SAMPLES.items() if v}


def moment(text):
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()


def sign(fields):
    joined = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    return hashlib.md5(f"{joined}&key={KEY}".encode()).hexdigest().upper()


def envelope(timestamp, nonce, content):
    fields = {"appId": "LH20260001", "version": "2.0", "timestamp": timestamp, "nonce": nonce, "bizContent": content}
    return {**fields, "sign": sign(fields)}


def as_form(fields):
    return "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items()).encode()


class Desk:
    """Sends samples to one namespace of a mock, at the time they were printed for."""

    def __init__(self, mock, client, clauses, http):
        self.world, self.client, self.clauses, self.http = mock.world("default"), client, clauses, http
        self.world.lag_s = 0.0

    async def play(self, number):
        clause = self.clauses[number]
        (asked_at, nonce, _), (said_at, said_nonce, _) = OUTER.findall(clause.text)
        content, expected = clause.blocks()
        self.world.timers.freeze(moment(said_at))
        self.world.create("token", "valid", {"no": "LT-test"})
        token = ["7F3A90C2D1E84B56"] if number == "4.2.2" else []
        self.world.numbers.give(SERIALS.get(number, {}), [*token, said_nonce])
        answer = await self.send(envelope(asked_at, nonce, content))
        return answer, envelope(said_at, said_nonce, expected)

    async def send(self, fields, token="LT-test"):
        return await self.client.send(self.http("POST", "/gateway.do", as_form(fields), x_access_token=token))


@pytest.fixture
async def desk(a_mock, client_of, clauses_of, bytes_of):
    mock = await a_mock("lotus")
    return Desk(mock, client_of(mock), clauses_of("lotus"), bytes_of)


@pytest.mark.parametrize("number", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply_to_the_byte(desk, number):
    for earlier in SAMPLES[number][0]:
        await desk.play(earlier)
    if number == "4.16.4":
        await desk.send(envelope("20260304120100", "Q000000000009001", desk.clauses["4.16.4"].blocks()[0]))
        desk.world.numbers.give({}, [])
        desk.world.find("claim", {"claimNo": "CL2026030400000081"}).polls = 2
    answer, expected = await desk.play(number)
    got = json.loads(answer.body)
    if number == "4.7.2":  # the token of a document's address is the carrier's own business
        got["bizContent"] = re.sub(r"\?t=\w+", "?t=6f1c", got["bizContent"])
        expected["sign"] = got["sign"]
    assert got == expected
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"


async def test_the_printed_form_body_is_understood_and_answered_as_printed(desk):
    """Clause 3.3: a query that finds nothing."""
    blocks = desk.clauses["3.3"].blocks()
    desk.world.timers.freeze(moment("20260301090311"))
    desk.world.create("token", "valid", {"no": "LT-test"})
    desk.world.numbers.give({}, ["R000000000000002"])
    answer = await desk.client.send(desk.http("POST", "/gateway.do", blocks[1].encode(), x_access_token="LT-test"))
    assert answer.body.decode() == blocks[2]
