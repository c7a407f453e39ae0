"""The mock of granite answers the requests printed in its document with the printed bytes."""

import asyncio
import base64
import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

BEIJING = timezone(timedelta(hours=8))
PATHS = {"MTR101": "quote", "MTR102": "preconfirm", "MTR103": "confirm", "MTR201": "query", "MTR202": "document"}
# sample: the samples before it, which pair of the clause it is, and the next number of each series
SAMPLES = {
    "4.2.3": ([], 0, {"quote": 17}),
    "4.3.4": (["4.2.3"], 0, {"proposal": 21}),
    "4.4.4": (["4.2.3", "4.3.4"], 0, {"policy": 45}),
    "4.4.5": (["4.2.3", "4.3.4"], 0, {}),
    "4.5.4": (["4.2.3", "4.3.4", "4.4.4"], 0, {}),
    "4.6.2": (["4.2.3", "4.3.4", "4.4.4"], 0, {}),
}


def moment(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp()


def covered(fields):
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign").encode()


class Keys:
    """The keys of clause 3.5, as printed."""

    def __init__(self, clause):
        blocks = [base64.b64decode(block) for block in clause.blocks()[:4]]
        self.ours, self.theirs = load_der_private_key(blocks[0], None), load_der_private_key(blocks[2], None)
        self.our_public, self.their_public = load_der_public_key(blocks[1]), load_der_public_key(blocks[3])

    def signed(self, fields):
        signature = self.ours.sign(covered(fields), PKCS1v15(), SHA256())
        return {**fields, "sign": base64.b64encode(signature).decode()}

    def is_theirs(self, fields):
        try:
            self.their_public.verify(base64.b64decode(fields["sign"]), covered(fields), PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def sealed(self, text):
        chunks = [text.encode()[at : at + 117] for at in range(0, len(text.encode()), 117)]
        return base64.b64encode(b"".join(self.their_public.encrypt(each, PKCS1v15()) for each in chunks)).decode()


class Desk:
    """Sends samples to a mock at the time they were printed for, and messages of its own."""

    def __init__(self, mock, client, clauses, http):
        self.mock, self.world, self.client, self.clauses, self.http = mock, mock.world("default"), client, clauses, http
        self.keys, self.sent = Keys(clauses["3.5"]), 0
        self.world.lag_s = 0.0

    async def play(self, number):
        _, pair, series = SAMPLES[number]
        blocks = self.clauses[number].blocks()
        asked, said = blocks[2 * pair], json.loads(blocks[2 * pair + 1])
        self.world.timers.go_to(moment(said["timestamp"]))
        self.world.numbers.give(series, [said["nonce"]])
        service = json.loads(json.loads(asked)["data"])["head"]["service"]
        return await self.post(service, asked.encode()), blocks[2 * pair + 1]

    async def post(self, service, body):
        return await self.client.send(self.http("POST", f"/motor/{PATHS[service]}", body))

    async def ask(self, service, request_no, body, **fields):
        """A message of our own: its code and body."""
        self.sent += 1
        now = datetime.fromtimestamp(self.world.clock.now(), BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        data = json.dumps({"head": {"service": service, "requestNo": request_no}, "body": body}, ensure_ascii=False)
        outer = {
            "partnerId": "GP2026001",
            "version": "1.4",
            "timestamp": now,
            "nonce": f"N{self.sent:015d}",
            "data": data,
        }
        answer = await self.post(service, json.dumps(self.keys.signed(outer) | fields).encode())
        told = json.loads(answer.body)
        assert self.keys.is_theirs(told)
        said = json.loads(told["data"])
        assert said["head"]["requestNo"] == request_no
        return said["head"]["respCode"], said.get("body", {})

    def proposal(self, ending="0001", **changed):
        """The printed proposal of a holder whose telephone number ends so."""
        body = json.loads(json.loads(self.clauses["4.2.3"].blocks()[0])["data"])["body"]
        body["applicant"]["mobile"] = self.keys.sealed(f"1380000{ending}")
        return {**body, **changed}

    async def proposed(self, ending="0001", request_no="R1", **changed):
        """A proposal that waits for its code."""
        body = self.proposal(ending, **changed)
        _, quote = await self.ask("MTR101", f"Q{self.sent}", body)
        more = {"quoteNo": quote.get("quoteNo", "GQ0"), "totalPremium": quote.get("totalPremium", "1.00")}
        return await self.ask("MTR102", request_no, {**body, **more})

    async def confirm(self, proposal, code="246810", request_no="R1", **changed):
        body = {"proposalNo": proposal["proposalNo"], "smsCode": code, "totalPremium": "3565.60"}
        return await self.ask("MTR103", request_no, {**body, "payment": {"mode": "2"}, **changed})

    async def status(self, request_no="R1"):
        code, body = await self.ask("MTR201", f"A{self.sent}", {"queryType": "1", "origRequestNo": request_no})
        return body.get("status", code)

    @property
    def issued(self):
        return [line["request_no"] for line in self.mock.ledger() if line["effect"] == "issue"]


@pytest.fixture
async def open_desk(a_mock, client_of, clauses_of, bytes_of):
    async def opened(**settings):
        mock = await a_mock("granite", **settings)
        desk = Desk(mock, client_of(mock), clauses_of("granite"), bytes_of)
        desk.world.timers.freeze(moment("2026-03-01 08:59:00"))
        return desk

    return opened


@pytest.fixture
async def desk(open_desk):
    return await open_desk()


@pytest.mark.parametrize("number", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply_to_the_byte(desk, number):
    for earlier in SAMPLES[number][0]:
        await desk.play(earlier)
    answer, expected = await desk.play(number)
    assert answer.body.decode() == expected
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")


async def test_what_was_never_asked_for_is_not_found_as_printed(desk):
    asked, expected = desk.clauses["4.5.4"].blocks()[2:]
    desk.world.timers.go_to(moment("2026-03-01 09:06:11"))
    desk.world.numbers.give({}, [json.loads(expected)["nonce"]])
    assert (await desk.post("MTR201", asked.encode())).body.decode() == expected


async def test_the_printed_text_and_keys_give_the_printed_signatures(desk):
    blocks = desk.clauses["3.5"].blocks()
    desk.keys.our_public.verify(base64.b64decode(blocks[5]), blocks[4].encode(), PKCS1v15(), SHA256())
    for clause in ("4.2.3", "4.3.4", "4.4.4", "4.4.5", "4.4.6", "4.5.4", "4.6.2"):
        for reply in desk.clauses[clause].blocks()[1::2]:
            assert desk.keys.is_theirs(json.loads(reply))


async def test_the_printed_fields_open_to_what_they_say(desk):
    body = json.loads(json.loads(desk.clauses["4.2.3"].blocks()[0])["data"])["body"]

    def opened(text):
        raw = base64.b64decode(text)
        return b"".join(
            desk.keys.theirs.decrypt(raw[at : at + 128], PKCS1v15()) for at in range(0, len(raw), 128)
        ).decode()

    assert opened(body["applicant"]["mobile"]) == "13800000001"
    assert len(base64.b64decode(body["applicant"]["address"])) == 256, "an address of two chunks"
    assert opened(body["applicant"]["address"]).startswith("测试省测试市")
    assert opened(json.loads(body["vehicle"])["owner"]["certNo"]) == "999999199003071234"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sign": "AAAA"}, "G001"),
        ({"sign": None}, "G001"),
        ({"nonce": "N999999999999999"}, "G001"),
        (
            {"data": '{"head":{"service":"MTR201","requestNo":"A1"},"body":{"queryType":"1","origRequestNo":"R8"}}'},
            "G001",
        ),
    ],
)
async def test_what_we_did_not_sign_is_refused(desk, fields, code):
    body = {"queryType": "1", "origRequestNo": "R9"}
    outer = {"partnerId": "GP2026001", "version": "1.4", "timestamp": "2026-03-01 08:59:00", "nonce": "N" * 16}
    outer["data"] = json.dumps({"head": {"service": "MTR201", "requestNo": "A1"}, "body": body})
    sent = {key: value for key, value in (desk.keys.signed(outer) | fields).items() if value is not None}
    answer = await desk.post("MTR201", json.dumps(sent).encode())
    assert code in json.loads(answer.body)["data"]


async def test_a_field_that_does_not_open_is_told_as_such(desk):
    body = desk.proposal()
    body["insured"]["certNo"] = "AAAA"
    assert (await desk.ask("MTR101", "Q1", body))[0] == "G002"


async def test_three_wrong_codes_end_the_proposal_and_the_right_one_after_one_issues_it(desk):
    _, proposal = await desk.proposed()
    assert (await desk.confirm(proposal, "000000"))[0] == "M106"
    assert await desk.status() == "WAIT_SMS"
    code, issued = await desk.confirm(proposal)
    assert (code, issued["status"]) == ("S000", "ISSUED")
    assert desk.issued == ["R1"]

    _, other = await desk.proposed(request_no="R2", vehicle=json.dumps(_other_car(desk)))
    assert [(await desk.confirm(other, "000000", "R2"))[0] for _ in range(4)] == ["M106", "M106", "M107", "G009"]
    assert await desk.status("R2") == "LAPSED"
    assert desk.issued == ["R1"]


def _other_car(desk):
    return {**json.loads(desk.proposal()["vehicle"]), "vin": "LTESTV00000000099"}


async def test_a_number_is_taken_once_by_each_service(desk):
    _, proposal = await desk.proposed()
    assert (await desk.proposed())[0] == "G009"
    assert (await desk.confirm(proposal))[0] == "S000"
    assert (await desk.confirm(proposal))[0] == "G009"
    assert desk.issued == ["R1"]


async def test_a_proposal_lapses_after_thirty_minutes_and_a_car_is_insured_once(desk):
    _, proposal = await desk.proposed()
    desk.world.timers.advance(1801)
    assert await desk.status() == "LAPSED"
    assert (await desk.confirm(proposal))[0] == "M108"
    _, again = await desk.proposed(request_no="R2")
    assert (await desk.confirm(again, request_no="R2"))[0] == "S000"
    code, twin = await desk.proposed(request_no="R3")
    assert (code, twin["status"], twin["reasonCode"]) == ("S000", "DECLINED", "M102")
    assert desk.issued == ["R2"]


async def test_the_endings_of_telephone_numbers_do_what_clause_10_1_lists(desk):
    assert (await desk.ask("MTR101", "Q1", desk.proposal("7006")))[0] == "X777"
    _, refused = await desk.ask("MTR101", "Q2", desk.proposal("7007"))
    assert (refused["result"], refused["reasonCode"]) == ("N", "M199")
    _, busy = await desk.proposed("7004")
    assert [(await desk.confirm(busy))[0] for _ in range(2)] == ["G099", "S000"]
    _, late = await desk.proposed("7005", "R2", vehicle=json.dumps(_other_car(desk)))
    assert (await desk.confirm(late, request_no="R2"))[0] == "G999"
    assert await desk.status("R2") == "ISSUED"
    assert desk.issued == ["R1", "R2"]


async def test_a_referred_proposal_waits_for_a_person(desk):
    _, proposal = await desk.proposed("7003")
    assert (await desk.confirm(proposal))[1]["status"] == "MANUAL"
    desk.world.timers.advance(7200)
    assert await desk.status() == "MANUAL"
    record = desk.world.find("proposal", {"requestNo": "R1"})
    manual = desk.world.definition.kinds["proposal"].states["manual"].manual
    assert desk.world.progress(record, "manual", manual["accept"])
    assert desk.issued == ["R1"]


@pytest.mark.parametrize(("ending", "status"), [("7001", "ISSUED"), ("7002", "DECLINED")])
async def test_a_confirmation_in_process_is_notified_until_it_is_acknowledged(open_desk, eventually, ending, status):
    notices, rightly = [], [False]

    async def notified(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        notice = json.loads(await reader.readexactly(int(re.search(r"Content-Length: (\d+)", head).group(1))))
        notices.append(notice)
        said = {"service": "MTR901", "requestNo": json.loads(notice["data"])["head"]["requestNo"], "respCode": "S000"}
        outer = {"partnerId": "GP2026001", "version": "1.4", "timestamp": "x", "nonce": "y"}
        answer = desk.keys.signed({**outer, "data": json.dumps({"head": said})})
        body = json.dumps(answer if rightly[0] else answer | {"sign": "AAAA"}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(notified, "127.0.0.1", 0)
    desk = await open_desk(callback_base=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/notices")
    _, proposal = await desk.proposed(ending)
    assert (await desk.confirm(proposal))[1]["status"] == "PROCESSING"
    desk.world.timers.advance(5)
    await eventually(lambda: desk.mock.dispatcher.deliveries[0].state == "waiting")
    rightly[0] = True
    desk.world.timers.advance(300)
    await eventually(lambda: desk.mock.dispatcher.deliveries[0].state == "acknowledged")
    server.close()
    first, second = (json.loads(notice["data"]) for notice in notices)
    assert all(map(desk.keys.is_theirs, notices))
    assert (first["body"]["status"], first["body"]["origRequestNo"]) == (status, "R1")
    assert first["body"]["eventId"] == second["body"]["eventId"]
    assert desk.issued == (["R1"] if status == "ISSUED" else [])
