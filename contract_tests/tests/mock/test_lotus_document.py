"""The mock of lotus answers the requests printed in its document with the printed bytes."""

import asyncio
import hashlib
import json
import re
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, quote_plus

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
    if number == "4.16.4":  # the third inquiry: two were made before
        (claim,) = desk.world.things["claim"]
        claim.polls = 2
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


class Notified:
    """The platform's address for notices: checks and answers them as clause 6.3 demands."""

    def __init__(self):
        self.notices, self.answers_rightly = [], True

    async def __call__(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(re.search(r"Content-Length: (\d+)", head).group(1))
        fields = dict(parse_qsl((await reader.readexactly(length)).decode()))
        notice = json.loads(fields["bizContent"])
        self.notices.append((fields["sign"] == sign({k: v for k, v in fields.items() if k != "sign"}), notice))
        said = {
            "transCode": "LH9001",
            "requestNo": notice["head"]["requestNo"],
            "resultCode": "0000",
            "resultMsg": "OK",
        }
        answer = envelope("20260301091207", "R000000000000140", json.dumps({"head": said}))
        if not self.answers_rightly:
            answer["sign"] = "0" * 32
        body = as_form(answer)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def notified():
    found = Notified()
    server = await asyncio.start_server(found, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/notices"
    yield found
    server.close()


class Seller:
    """Sells freight insurance to holders whose telephone number ends as clause 10.1 lists."""

    def __init__(self, desk):
        self.desk, self.nonces = desk, 0
        desk.world.timers.freeze(moment("20260301091200"))
        desk.world.create("token", "valid", {"no": "LT-test"})
        self.sample = json.loads(desk.clauses["4.5.4"].blocks()[0])

    async def issue(self, ending, request_no="R1"):
        asked = json.loads(json.dumps(self.sample))
        asked["head"]["requestNo"] = request_no
        asked["body"]["applicant"]["mobile"] = f"1380000{ending}"
        return await self.ask(asked)

    async def query(self, request_no="R1"):
        head = {"transCode": "LH2001", "requestNo": f"Q{self.nonces}", "requestTime": "20260301091200"}
        return await self.ask({"head": head, "body": {"queryType": "1", "origRequestNo": request_no}})

    async def ask(self, asked):
        self.nonces += 1
        now = datetime.fromtimestamp(self.desk.world.clock.now(), BEIJING).strftime("%Y%m%d%H%M%S")
        content = json.dumps(asked, ensure_ascii=False)
        answer = await self.desk.send(envelope(now, f"N{self.nonces:015d}", content))
        said = json.loads(json.loads(answer.body)["bizContent"])
        return said["head"]["resultCode"], said.get("body", {})

    @property
    def issued(self):
        return [line["request_no"] for line in self.desk.mock.ledger() if line["effect"] == "issue"]


@pytest.fixture
async def seller(a_mock, client_of, clauses_of, bytes_of, notified):
    mock = await a_mock("lotus", callback_base=notified.url)
    desk = Desk(mock, client_of(mock), clauses_of("lotus"), bytes_of)
    desk.mock = mock
    return Seller(desk)


@pytest.mark.parametrize(("ending", "status"), [("7001", "1"), ("7002", "3")])
async def test_a_pending_issue_is_notified_until_it_is_acknowledged(seller, notified, eventually, ending, status):
    notified.answers_rightly = False
    assert (await seller.issue(ending))[1]["transStatus"] == "2"
    seller.desk.world.timers.advance(5)
    await eventually(lambda: seller.desk.mock.dispatcher.deliveries[0].state == "waiting")
    notified.answers_rightly = True
    seller.desk.world.timers.advance(300)
    await eventually(lambda: seller.desk.mock.dispatcher.deliveries[0].state == "acknowledged")
    (genuine, first), (_, second) = notified.notices
    assert genuine
    assert (first["body"]["transStatus"], first["body"]["origRequestNo"]) == (status, "R1")
    assert first["body"]["eventId"] == second["body"]["eventId"]
    assert seller.issued == (["R1"] if status == "1" else [])


async def test_the_notice_has_the_printed_members(seller, notified, eventually):
    await seller.issue("7001")
    seller.desk.world.timers.advance(5)
    await eventually(lambda: notified.notices)
    printed = json.loads(seller.desk.clauses["6.4"].blocks()[0])
    assert list(notified.notices[0][1]["body"]) == list(printed["body"])


async def test_a_referred_issue_waits_for_a_person(seller):
    assert (await seller.issue("7003"))[1]["transStatus"] == "4"
    seller.desk.world.timers.advance(3600)
    world, deal = seller.desk.world, seller.desk.world.find("deal", {"no": "R1"})
    assert world.progress(deal, "manual", world.definition.kinds["deal"].states["manual"].manual["accept"])
    assert seller.issued == ["R1"]


async def test_a_busy_carrier_takes_the_same_number_the_second_time(seller):
    assert (await seller.issue("7004"))[0] == "9001"
    assert seller.issued == []
    assert (await seller.issue("7004"))[0] == "0000"
    assert (await seller.issue("7004"))[0] == "1009"
    assert seller.issued == ["R1"]


async def test_an_error_after_the_deed_is_found_by_asking(seller):
    assert (await seller.issue("7005"))[0] == "9999"
    assert seller.issued == ["R1"]
    code, body = await seller.query()
    assert (code, body["transStatus"], body["policyNo"][:2]) == ("0000", "1", "LP")


async def test_an_unlisted_code_means_nothing_was_done(seller):
    assert (await seller.issue("7006"))[0] == "8888"
    assert (await seller.query())[0] == "2001"
    assert seller.issued == []


async def test_a_second_order_number_is_refused_as_a_double_insurance(seller):
    await seller.issue("0001", "R1")
    code, body = await seller.issue("0001", "R2")
    assert (code, body["transStatus"], body["reasonCode"]) == ("0000", "3", "U103")
    assert seller.issued == ["R1"]


async def test_a_lagging_copy_does_not_show_a_young_policy(seller):
    seller.desk.world.lag_s = 30
    await seller.issue("0001")
    assert (await seller.query())[0] == "2001"
    seller.desk.world.timers.advance(30)
    assert (await seller.query())[0] == "0000"


async def test_a_wrong_token_a_wrong_signature_and_an_old_time_are_refused(seller):
    desk, content = seller.desk, json.dumps(seller.sample)
    good = envelope("20260301091200", "N000000000000099", content)

    async def code(fields, **changed):
        answer = await desk.send({**fields}, **changed)
        return answer.status, json.loads(json.loads(answer.body)["bizContent"])["head"]["resultCode"]

    assert await code(good | {"sign": "0" * 32}) == (200, "1001")
    assert await code(envelope("20260301090600", "N000000000000098", content)) == (200, "1003")
    assert await code(good, token="LT-nobody") == (401, "1002")
    assert await code(good) == (200, "1003")  # the nonce was spent on the wrong token
    assert seller.issued == []


async def test_a_policy_can_be_given(seller):
    request = seller.sample["body"]
    made = seller.desk.mock.given("policy_issued", {"request": request, "request_no": "R7"})
    assert made["policy"]["premium"] == 63
    assert (await seller.query("R7"))[1]["policyNo"] == made["policy"]["no"]
