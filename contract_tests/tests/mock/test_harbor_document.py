"""The mock of harbor answers the envelopes printed in its document with the printed ones, over TLS as well."""

import asyncio
import base64
import re
import ssl
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from contract_tests.tests.mock.conftest import CARRIERS, read_answer

BEIJING = timezone(timedelta(hours=8))
KEY = b"harbor-aes-key-1"
PATH = "/services/PolicyService"
# sample: the samples before it, the next number of each series, seconds from TIME to the answer's own time, status
SAMPLES = {
    "4.2.2": ([], {}, 0, 200),
    "4.2.3": ([], {}, 0, 200),
    "4.2.4": ([], {}, 0, 200),
    "4.2.5": ([], {}, 0, 200),
    "4.3.3": ([], {"policy": 21}, 1, 200),
    "4.3.4": ([], {}, 0, 200),
    "4.3.5": ([], {"policy": 22}, 0, 500),
    "4.3.6": ([], {}, 0, 500),
    "4.4.3": (["4.3.3"], {"endorse": 31}, 0, 200),
    "4.4.4": (["4.3.3", "4.4.3"], {}, 0, 200),
    "4.5.3": (["4.3.3"], {"report": 41}, 0, 200),
    "4.5.4": (["4.3.3"], {}, 0, 200),
}


def sealed(text):
    data = text.encode()
    count = 16 - len(data) % 16
    turn = Cipher(AES(KEY), ECB()).encryptor()
    return base64.b64encode(turn.update(data + bytes([count]) * count) + turn.finalize())


def opened(body):
    turn = Cipher(AES(KEY), ECB()).decryptor()
    data = turn.update(base64.b64decode(body)) + turn.finalize()
    return data[: -data[-1]].decode()


def sent_at(envelope):
    text = re.search(r"<TIME>(\d{14})</TIME>", envelope)[1]
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()


def operation(envelope):
    return re.search(r"<soap:Body><h:(\w+)>", envelope)[1]


class Desk:
    def __init__(self, mock, client, clauses, http):
        self.mock, self.world = mock, mock.world("default")
        self.client, self.clauses, self.http = client, clauses, http

    async def play(self, number):
        asked, expected = self.clauses[number].blocks()
        self.world.timers.freeze(sent_at(asked) + SAMPLES[number][2])
        self.world.numbers.give(SAMPLES[number][1])
        return await self.send(asked), expected

    async def send(self, envelope, action=None, body=None):
        named = f'"urn:harbor:policy/{action or operation(envelope)}"'
        return await self.client.send(self.http("POST", PATH, body or sealed(envelope), soapaction=named))

    def effects(self):
        return [line["effect"] for line in self.mock.ledger()]


@pytest.fixture
async def desk(a_mock, client_of, clauses_of, bytes_of):
    mock = await a_mock("harbor", plain=True)
    return Desk(mock, client_of(mock), clauses_of("harbor"), bytes_of)


@pytest.mark.parametrize("number", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply_to_the_byte(desk, number):
    for earlier in SAMPLES[number][0]:
        await desk.play(earlier)
    answer, expected = await desk.play(number)
    assert answer.status == SAMPLES[number][3]
    assert opened(answer.body) == expected
    assert answer.headers["content-type"] == "text/xml; charset=UTF-8"


def test_the_printed_cipher_texts_are_what_openssl_makes_of_the_printed_plain_ones(clauses_of):
    clauses = clauses_of("harbor")
    full = clauses["4.5.4"].blocks()[0]
    for plain, printed in (("海港财险 FAM01", clauses["3.2"].blocks()[0]), (full, clauses["3.3"].blocks()[0])):
        made = subprocess.run(
            ["openssl", "enc", "-aes-128-ecb", "-K", KEY.hex(), "-base64", "-A"],
            input=plain.encode(), capture_output=True, check=True,
        ).stdout  # fmt: skip
        assert printed.encode() == made == sealed(plain)


async def test_an_interrupted_issue_has_made_a_policy_and_a_busy_one_has_not(desk):
    await desk.play("4.3.5")
    assert desk.effects() == ["issue"]
    await desk.play("4.3.6")
    assert desk.effects() == ["issue"]


async def test_the_same_issue_sent_twice_is_two_policies(desk):
    first, _ = await desk.play("4.3.3")
    second = await desk.send(desk.clauses["4.3.3"].blocks()[0])
    numbers = {re.search(r"<POLICYNO>(\w+)</POLICYNO>", opened(each.body))[1] for each in (first, second)}
    assert len(numbers) == 2
    assert desk.effects() == ["issue", "issue"]


async def test_what_cannot_be_opened_is_told_in_plain_text(desk):
    envelope = desk.clauses["4.3.3"].blocks()[0]
    for body in (b"CIPHER", sealed(envelope)[:-4], base64.b64encode(b"0" * 32), envelope.encode()):
        answer = await desk.send(envelope, body=body)
        assert (answer.status, answer.body, answer.headers["content-type"]) == (400, b"CIPHER", "text/plain")
    assert desk.effects() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("h:issue>", "h:renew>"),
        ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
        ("h:request>", "h:wish>"),
        ("urn:harbor:policy", "urn:other"),
        ('<?xml version="1.0" encoding="UTF-8"?>', ""),
    ],
)
async def test_an_envelope_that_is_not_the_documents_is_a_fault_of_the_client(desk, old, new):
    envelope = desk.clauses["4.3.3"].blocks()[0].replace(old, new)
    answer = await desk.send(envelope, action="issue")
    assert answer.status == 500
    assert "<faultcode>soap:Client</faultcode>" in opened(answer.body)
    assert ">300101</h:code>" in opened(answer.body)
    assert desk.effects() == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('encoding="GBK"?><REQUEST>', 'encoding="UTF-8"?><REQUEST>', "100101"),
        ("</REQUEST>", "", "100101"),
        ("<NAME>张海生</NAME>", "<NAME>张𠮷生</NAME>", "100102"),
        ("<PLAN>A</PLAN>", "<PLAN>C</PLAN>", "100102"),
        ("<RELATION>601022</RELATION>", "<RELATION>601021</RELATION>", "100102"),
        ("<RELATION>601011</RELATION>", "<RELATION>601012</RELATION>", "100102"),
        ("20270301235959", "20270302000000", "100102"),
        ("<h:partner>HB0001", "<h:partner>HB0002", "100103"),
        ("<PREMIUM>180.00", "<PREMIUM>179.99", "200103"),
        ("<BIRTHDAY>19900307", "<BIRTHDAY>19600302", "200101"),
        ("<MOBILE>13800000001", "<MOBILE>13800007002", "200199"),
        ("<MOBILE>13800000001", "<MOBILE>13800007003", "200102"),
        ("<MOBILE>13800000001", "<MOBILE>13800007007", "277777"),
        ("<PAYNO>PAY20260301000001", "<PAYNO>", "100102"),
    ],
)
async def test_what_is_wrong_is_told_by_its_code_and_nothing_is_done(desk, old, new, code):
    envelope = desk.clauses["4.3.3"].blocks()[0]
    assert old in envelope
    answer = await desk.send(envelope.replace(old, new))
    assert answer.status == 200
    assert f"<CODE>{code}</CODE>" in opened(answer.body)
    assert desk.effects() == []


@pytest.mark.parametrize(
    ("kind", "when", "later_s", "refund"),
    [
        ("140001", "20260310000000", 14 * 86400, "180.00"),
        ("140001", "20260320000000", 16 * 86400, None),
        ("140002", "20260302000000", 0, "180.00"),
        ("140002", "20260901120000", 0, "89.26"),
    ],
)
async def test_a_refund_is_worked_out_as_the_document_says(desk, kind, when, later_s, refund):
    await desk.play("4.3.3")
    asked = desk.clauses["4.4.3"].blocks()[0]
    asked = asked.replace("140001", kind).replace("20260301100000</EFFECT", f"{when}</EFFECT").replace("180.00", "")
    desk.world.timers.freeze(sent_at(desk.clauses["4.3.3"].blocks()[0]) + 1 + later_s)
    answer = opened((await desk.send(asked)).body)
    assert (f"<REFUND>{refund}</REFUND>" if refund else "<CODE>200203</CODE>") in answer


async def test_after_a_report_there_is_no_free_look(desk):
    await desk.play("4.3.3")
    await desk.play("4.5.3")
    answer = await desk.send(desk.clauses["4.4.3"].blocks()[0])
    assert "<CODE>200203</CODE>" in opened(answer.body)


async def test_the_carrier_is_called_over_mutual_tls_only(a_mock, clauses_of, bytes_of):
    mock = await a_mock("harbor")
    context = ssl.create_default_context(cadata=mock.mutual.ca)
    host, _, port = mock.base_url.removeprefix("https://").partition(":")
    with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
        await asked_over(context, host, port, bytes_of("POST", PATH, b"x"))
    assert list(mock.requests) == []


async def asked_over(context, host, port, message):
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    writer.write(message)
    await writer.drain()
    return await read_answer(reader)


def test_the_printed_statement_has_lines_of_130_bytes_and_sums_that_agree(clauses_of):
    lines = clauses_of("harbor")["6.4"].blocks()[0].split("\n")
    assert {len(line.encode("gbk")) for line in lines} == {130}
    details = [line.encode("gbk") for line in lines if line[0] == "D"]
    assert [line[0] for line in lines] == ["H", *"D" * len(details), "T"]
    amounts = {code: sum(int(each[-9:]) for each in details if each[1:7] == code) for code in (b"100002", b"100003")}
    head = lines[0].encode("gbk")
    assert (int(head[27:41]), int(head[41:55])) == (amounts[b"100002"], amounts[b"100003"])
    assert int(head[19:27]) == int(lines[-1][1:9]) == len(details)
    printed = "".join(line + "\r\n" for line in lines).encode("gbk")
    assert printed == (CARRIERS / "harbor" / "wire" / "statement.txt").read_bytes()
