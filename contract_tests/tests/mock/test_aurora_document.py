"""The mock of aurora answers the requests printed in its document with the printed bytes and signatures."""

import json

import pytest

from contract_tests.mock.codings import to_json

TOKEN = "at-3f5b9c0e7a12"
ISSUED = ["4.2.4", "4.3.3", "4.5.5"]
CLAIMED = [*ISSUED, "4.12.3", "4.13.2", "4.14.2", "4.15.2"]
# clause: the clauses played before it, and the next number of each series
SAMPLES = {
    "4.2.4": ([], {"quote": 71}),
    "4.3.3": (["4.2.4"], {"application": 81}),
    "4.4.2": (["4.2.4", "4.3.3"], {}),
    "4.5.5": (["4.2.4", "4.3.3"], {"policy": 12001}),
    "4.5.6": ([], {"application": 82}),
    "4.5.7": ([], {"trace": 1}),
    "4.6.4": (ISSUED, {}),
    "4.6.5": (ISSUED, {"trace": 1}),
    "4.7.2": (ISSUED, {}),
    "4.8.3": (ISSUED, {"endorse_quote": 91}),
    "4.9.2": ([*ISSUED, "4.8.3"], {"endorsement": 101}),
    "4.10.3": (ISSUED, {"cancel_quote": 111}),
    "4.11.3": ([*ISSUED, "4.10.3"], {"endorsement": 102}),
    "4.12.3": (ISSUED, {"claim": 121}),
    "4.13.2": ([*ISSUED, "4.12.3"], {}),
    "4.14.2": ([*ISSUED, "4.12.3", "4.13.2"], {}),
    "4.15.2": ([*ISSUED, "4.12.3", "4.13.2", "4.14.2"], {}),
    "4.17.2": ([*CLAIMED], {}),
}


class Desk:
    """Plays printed exchanges at the time they were printed for."""

    def __init__(self, mock, client, printed):
        self.mock, self.world, self.client, self.printed = mock, mock.world("default"), client, printed
        self.world.lag_s = 0.0

    async def play(self, clause):
        self.world.numbers.give(SAMPLES[clause][1])
        messages = self.printed[clause]
        pairs = list(zip(messages[::2], messages[1::2], strict=True))
        for asked, expected in pairs:
            answer = await self.send(asked, float(expected.headers["X-Timestamp"]))
            yield answer, expected

    async def send(self, asked, moment, **headers):
        self.world.timers.freeze(moment)
        if not self.world.find("token", {"no": TOKEN}):
            self.world.create("token", "valid", {"no": TOKEN})
        for token in self.world.things["token"]:
            token["created"] = self.world.now()
        return await self.client.send(asked.as_request(**headers))

    async def prepare(self, clause):
        for earlier in SAMPLES[clause][0]:
            async for answer, expected in self.play(earlier):
                assert answer.status == expected.status


@pytest.fixture
async def desk(a_mock, client_of, printed_exchanges):
    mock = await a_mock("aurora")
    return Desk(mock, client_of(mock), printed_exchanges("aurora"))


@pytest.mark.parametrize("clause", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply_to_the_byte(desk, clause):
    await desk.prepare(clause)
    if clause == "4.17.2":  # the third inquiry: two were made before
        (claim,) = desk.world.things["claim"]
        claim.polls = 2
    async for answer, expected in desk.play(clause):
        assert answer.body.decode() == expected.body.decode()
        assert answer.status == expected.status
        for name, value in expected.headers.items():
            assert answer.headers[name.lower()] == value


async def test_a_busy_carrier_says_so_once_and_then_works(desk):
    """Clause 4.5.8 with the telephone number of 10.1."""
    asked, expected = desk.printed["4.5.8"]
    busy = type(asked)(asked.start, asked.headers, asked.body.replace(b"+8613800000001", b"+8613800007004"))
    desk.world.definition.before, before = (lambda scope: None), desk.world.definition.before
    try:
        first = await desk.send(busy, 1772327221.0)
        second = await desk.send(busy, 1772327221.0)
    finally:
        desk.world.definition.before = before
    assert (first.status, first.body, first.headers["retry-after"]) == (503, expected.body, "5")
    assert first.headers["x-signature"] == expected.headers["X-Signature"]
    assert second.status == 201


async def test_the_printed_token_request_is_answered(desk):
    asked, expected = desk.printed["3.1"]
    desk.world.numbers.give({}, [TOKEN.removeprefix("at-")])
    answer = await desk.client.send(asked.as_request())
    assert (answer.status, answer.body) == (200, expected.body)
    refused = await desk.client.send(asked.as_request(Authorization="Basic eDp5"))
    assert refused.status == 401


async def test_the_same_key_and_bytes_get_the_first_answer_and_no_second_policy(desk):
    await desk.prepare("4.5.5")
    asked, expected = desk.printed["4.5.5"]
    async for _ in desk.play("4.5.5"):
        pass
    desk.world.seen.clear()
    again = await desk.send(asked, 1772326921.0)
    assert (again.status, again.body) == (201, expected.body)
    assert again.headers["idempotent-replayed"] == "true"
    assert [line["effect"] for line in desk.mock.ledger()].count("issue") == 1


async def test_a_nonce_is_good_once(desk):
    asked, _ = desk.printed["4.6.5"]
    await desk.send(asked, 1772327111.0)
    again = await desk.send(asked, 1772327111.0)
    assert again.status == 401
    assert b"REPLAYED_NONCE" in again.body


async def test_a_wrong_signature_is_refused(desk):
    asked, _ = desk.printed["4.5.6"]
    answer = await desk.send(asked, 1772326981.0, **{"X-Signature": "AAAA"})
    assert answer.status == 401
    assert b"SIGNATURE_INVALID" in answer.body
    assert desk.mock.ledger() == []


async def test_an_issue_taken_for_later_ends_with_the_printed_callback(desk):
    await desk.prepare("4.5.6")
    async for _ in desk.play("4.5.6"):
        pass
    asked, _ = desk.printed["6.3"]
    desk.world.numbers.give({"event": 131, "policy": 12002})
    desk.world.timers.go_to(1772326985.0 + 1)
    (delivery,) = desk.mock.dispatcher.deliveries
    printed = asked.body.decode().replace("01:03:05Z", "01:03:06Z")
    assert to_json(delivery.said) == printed


async def test_a_policy_can_be_given_and_a_refused_one_is_said_so(desk):
    asked, expected = desk.printed["4.5.6"]
    desk.world.timers.freeze(float(expected.headers["X-Timestamp"]))
    made = desk.mock.given("policy_issued", {"request": json.loads(asked.body)})
    assert made["policy"]["state"] == "ISSUED"
    declined = json.loads(desk.printed["4.5.7"][0].body)
    with pytest.raises(ValueError, match="the carrier answers AGE_NOT_ELIGIBLE"):
        desk.mock.given("policy_issued", {"request": declined})
