"""The mock of bamboo answers the requests printed in its document with the printed bytes."""

import hashlib
import re
from datetime import datetime, timedelta, timezone
from urllib.parse import quote_plus

import pytest

from contract_tests.mock.codings import from_xml

BEIJING = timezone(timedelta(hours=8))
KEY = b"bamboo-test-key-01"
ISSUED = ["4.3.3", "4.4.4"]
# sample: the samples before it, and the next number of each series
SAMPLES = {
    "4.2.2": ([], {}),
    "4.3.3": ([], {"apply": 11}),
    "4.3.4": ([], {"apply": 12}),
    "4.3.5": ([], {"apply": 13}),
    "4.3.6": (["4.3.3"], {}),
    "4.4.4": (["4.3.3"], {"policy": 21}),
    "4.5.6": (ISSUED, {}),
    "4.5.7": (ISSUED, {}),
    "4.6.2": (ISSUED, {}),
    "4.7.3": (ISSUED, {}),
    "4.8.3": (ISSUED, {"edor": 31}),
    "4.9.3": (ISSUED, {"report": 41}),
    "4.10.2": ([*ISSUED, "4.9.3"], {"claim": 51}),
    "4.11.3": ([*ISSUED, "4.9.3", "4.10.2", "4.11.3", "4.11.3"], {}),
}


def sent_at(xml):
    text = " ".join(re.search(r"<SendDate>(.*?)</SendDate><SendTime>(.*?)</SendTime>", xml).groups())
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp()


def signed(xml):
    return hashlib.md5(KEY + xml).hexdigest()


def as_form(xml):
    return f"channel=BM0001&xml={quote_plus(xml)}&sign={signed(xml)}".encode()


class Desk:
    def __init__(self, mock, client, clauses, http):
        self.mock, self.world = mock, mock.world("default")
        self.client, self.clauses, self.http = client, clauses, http
        self.world.lag_s = 0.0

    async def play(self, number):
        asked, *expected = self.clauses[number].blocks()
        delay_s = 1 if number == "4.4.4" else 0
        self.world.timers.freeze(sent_at(asked) + delay_s)
        self.world.numbers.give(SAMPLES[number][1])
        return await self.send(asked.encode("gbk")), expected

    async def send(self, xml, form=None):
        return await self.client.send(self.http("POST", "/ebiz/service", form or as_form(xml)))


@pytest.fixture
async def desk(a_mock, client_of, clauses_of, bytes_of):
    mock = await a_mock("bamboo")
    return Desk(mock, client_of(mock), clauses_of("bamboo"), bytes_of)


@pytest.mark.parametrize("number", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply_to_the_byte(desk, number):
    for earlier in SAMPLES[number][0]:
        await desk.play(earlier)
    answer, expected = await desk.play(number)
    assert answer.status == 200
    if not expected:
        assert answer.body == b""
        assert "x-sign" not in answer.headers
        return
    assert answer.body.decode("gbk") == expected[0]
    printed = re.findall(r"`X-Sign` = `(\w{32})`", desk.clauses[number].text)
    assert [answer.headers["x-sign"]] == printed
    assert answer.headers["content-type"] == "text/xml; charset=GBK"


async def test_the_printed_form_is_what_the_mock_reads(desk):
    """Clause 3.3 prints the form of sample 4.9.3."""
    asked = desk.clauses["4.9.3"].blocks()[0].encode("gbk")
    assert desk.clauses["3.3"].blocks()[0].encode() == as_form(asked)
    for earlier in ISSUED:
        await desk.play(earlier)
    desk.world.timers.freeze(sent_at(asked.decode("gbk")))
    answer = await desk.send(b"", form=desk.clauses["3.3"].blocks()[0].encode())
    assert b"<ClmState>10</ClmState>" in answer.body


async def test_a_wrong_signature_is_refused_and_nothing_is_done(desk):
    asked = desk.clauses["4.3.3"].blocks()[0].encode("gbk")
    desk.world.timers.freeze(sent_at(asked.decode("gbk")))
    answer = await desk.send(b"", form=as_form(asked)[:-1] + b"z")
    assert b"<ErrCode>E1003</ErrCode>" in answer.body
    assert desk.mock.ledger() == []


async def test_bytes_that_are_not_gbk_are_unreadable(desk):
    asked = desk.clauses["4.3.3"].blocks()[0].encode("utf-8")
    answer = await desk.send(asked)
    assert b"<ErrCode>E1001</ErrCode>" in answer.body


async def test_a_manual_decision_is_found_by_asking(desk):
    await desk.play("4.3.5")
    desk.world.timers.advance(5)
    query = desk.clauses["4.5.7"].blocks()[0].replace("TAB01", "PAB01").replace("2026-04-01", "2026-03-02")
    answer = await desk.send(query.encode("gbk"))
    assert b"<ContState>4</ContState>" in answer.body
    assert [line["effect"] for line in desk.mock.ledger()] == ["underwrite", "issue"]


async def test_an_application_lapses_after_thirty_minutes(desk):
    await desk.play("4.3.3")
    desk.world.timers.advance(1801)
    late = desk.clauses["4.4.4"].blocks()[0].encode("gbk")
    answer = await desk.send(late)
    assert b"<ErrCode>E2302</ErrCode>" in answer.body


async def test_a_policy_can_be_given(desk):
    request = from_xml(desk.clauses["4.3.3"].blocks()[0].encode("gbk"), ["Insured", "Bnf", "Risk"])["Request"]["Body"]
    desk.world.timers.freeze(sent_at(desk.clauses["4.3.3"].blocks()[0]))
    made = desk.mock.given("policy_issued", {"request": request})
    answer, _ = await desk.play("4.5.6")
    assert made["contract"]["policyNo"].encode() in answer.body
