"""The mock of cedar, a native channel, answers the requests printed in its document with the printed bytes."""

import json
import re

import pytest

from contract_tests.mock.codings import to_json

ISSUED = ["4.2.2", "4.3.2", "4.5.3"]
CLAIMED = [*ISSUED, "4.12.2", "4.13.2", "4.14.2"]
# clause: the clauses played before it, and the next number of each series
SAMPLES = {
    "4.2.2": ([], {"quote": 71}),
    "4.3.2": (["4.2.2"], {"application": 81}),
    "4.4.2": (["4.2.2", "4.3.2"], {}),
    "4.5.3": (["4.2.2", "4.3.2"], {"policy": 12001}),
    "4.5.4": ([], {"application": 82}),
    "4.5.5": ([], {}),
    "4.6.4": (ISSUED, {}),
    "4.6.5": (ISSUED, {}),
    "4.7.2": (ISSUED, {}),
    "4.8.2": (ISSUED, {"endorse_quote": 91}),
    "4.9.2": ([*ISSUED, "4.8.2"], {"endorsement": 101}),
    "4.10.2": (ISSUED, {}),
    "4.11.2": ([*ISSUED, "4.10.2"], {"endorsement": 102}),
    "4.12.2": (ISSUED, {"report": 121}),
    "4.13.2": ([*ISSUED, "4.12.2"], {"claim": 131}),
    "4.14.2": ([*ISSUED, "4.12.2", "4.13.2"], {}),
    "4.15.2": (CLAIMED, {}),
    "4.16.2": ([*CLAIMED, "4.15.2"], {}),
    "4.17.2": ([*CLAIMED, "4.15.2"], {}),
}


class Desk:
    def __init__(self, mock, client, printed):
        self.mock, self.world, self.client, self.printed = mock, mock.world("default"), client, printed

    async def play(self, clause):
        asked, expected = self.printed[clause]
        self.world.numbers.give(SAMPLES[clause][1])
        self.world.timers.freeze(float(expected.headers["X-Timestamp"]))
        return await self.client.send(asked.as_request()), expected

    async def prepare(self, clause):
        for earlier in SAMPLES[clause][0]:
            answer, expected = await self.play(earlier)
            assert answer.body == expected.body


@pytest.fixture
async def desk(a_mock, client_of, printed_exchanges):
    mock = await a_mock("cedar")
    return Desk(mock, client_of(mock), printed_exchanges("cedar"))


def without_the_links_token(body):
    return re.sub(r"\?t=\w+", "", body.decode())


@pytest.mark.parametrize("clause", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply_to_the_byte(desk, clause):
    await desk.prepare(clause)
    if clause == "4.17.2":  # the third inquiry: two were made before
        (claim,) = desk.world.things["claim"]
        claim.polls = 2
    answer, expected = await desk.play(clause)
    assert without_the_links_token(answer.body) == without_the_links_token(expected.body)
    assert answer.status == expected.status
    if answer.body == expected.body:
        assert answer.headers["x-signature"] == expected.headers["X-Signature"]


async def test_a_pending_issue_ends_with_the_printed_callback(desk):
    await desk.play("4.5.4")
    asked, _ = desk.printed["6.3"]
    desk.world.numbers.give({"event": 141, "policy": 12002})
    desk.world.timers.advance(5)
    (delivery,) = desk.mock.dispatcher.deliveries
    assert to_json(delivery.said) == asked.body.decode().replace("01:03:05Z", "01:03:06Z")


async def test_the_first_answer_is_given_again_and_nothing_happens_twice(desk):
    await desk.prepare("4.5.3")
    first, expected = await desk.play("4.5.3")
    desk.world.seen.clear()
    again, _ = await desk.play("4.5.3")
    assert again.body == first.body == expected.body
    assert [line["effect"] for line in desk.mock.ledger()] == ["underwrite", "issue"]


async def test_a_declined_write_is_what_an_inquiry_finds(desk):
    await desk.play("4.5.5")
    asked, _ = desk.printed["4.5.5"]
    record = desk.world.find("write", {"no": json.loads(asked.body)["request_no"]})
    assert (record["state"], record["code"]) == ("declined", "underwriting.age")


async def test_an_unknown_member_is_refused(desk):
    asked, expected = desk.printed["4.5.4"]
    desk.world.timers.freeze(float(expected.headers["X-Timestamp"]))
    broken = type(asked)(asked.start, asked.headers, asked.body[:-1] + b',"colour":"blue"}')
    answer = await desk.client.send(broken.as_request())
    assert (answer.status, json.loads(answer.body)["code"]) == (401, "request.unauthorized")  # the bytes are signed
    assert desk.mock.ledger() == []


async def test_a_policy_can_be_given(desk):
    asked, expected = desk.printed["4.5.4"]
    desk.world.timers.freeze(float(expected.headers["X-Timestamp"]))
    made = desk.mock.given("policy_issued", {"request": json.loads(asked.body)["request"], "request_no": "R1"})
    assert made["policy"]["premium"]["gross"] == {"amount": 55, "currency": "CNY"}
