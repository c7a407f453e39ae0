"""The mock of xcover answers the requests printed in its document with the printed members."""

import json
import re
from datetime import UTC, datetime

import pytest

PACKAGE = ["QT7KM", "2WXYZ"]
TOKENS = ["5f0c1c7e-3a55-4a3e-9a0b-6f2f4b1d0c11", "k3Zq1", "Rt8sA", "9mWdX", "p0L2b", *PACKAGE]
BOOKED = ["4.2.2", "4.3.2"]
CONFIRMED = [*BOOKED, "4.4.2"]
# clause: the clauses played before it, and the random texts given
SAMPLES = {
    "4.2.2": ([], TOKENS),
    "4.2.3": ([], []),
    "4.3.2": (["4.2.2"], []),
    "4.3.3": (["4.2.2"], []),
    "4.4.2": (BOOKED, []),
    "4.6.2": (CONFIRMED, []),
    "4.6.3": (["4.2.2"], []),
    "4.6.4": (CONFIRMED, []),
    "4.8.3": (CONFIRMED, ["a1B2c", "D3e4F", "g5H6i"]),
    "4.9.2": ([*CONFIRMED, "4.8.3"], []),
    "4.10.2": (CONFIRMED, ["jK7lM", "n8Op9", "qR0sT"]),
    "4.11.2": ([*CONFIRMED, "4.10.2"], []),
    "4.12.2": (CONFIRMED, []),
    "4.12.3": (CONFIRMED, []),
}
EDGE_OF_A_SECOND = re.compile(r'("(?:created|updated|confirmed|cancelled)_at":"[^".]+)\.\d+Z')


class Desk:
    def __init__(self, mock, client, printed):
        self.mock, self.world, self.client, self.printed = mock, mock.world("default"), client, printed

    async def play(self, clause):
        asked, expected = self.printed[clause]
        moment = datetime.strptime(asked.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        self.world.timers.freeze(moment.timestamp())
        self.world.numbers.give({}, SAMPLES[clause][1])
        answer = await self.client.send(asked.as_request())
        return answer, expected

    async def prepare(self, clause):
        for earlier in SAMPLES[clause][0]:
            answer, expected = await self.play(earlier)
            assert answer.status == expected.status


@pytest.fixture
async def desk(a_mock, client_of, printed_exchanges):
    mock = await a_mock("xcover")
    return Desk(mock, client_of(mock), printed_exchanges("xcover"))


def members(body, *, without=()):
    found = json.loads(EDGE_OF_A_SECOND.sub(r"\1Z", body.decode()))
    for holder in [found, *(found.get("quotes") or [])]:
        for name in without:
            if isinstance(holder, dict):
                holder.pop(name, None)
    return found


@pytest.mark.parametrize("clause", SAMPLES)
async def test_a_printed_request_gets_the_printed_reply(desk, clause):
    await desk.prepare(clause)
    answer, expected = await desk.play(clause)
    # the printed preview was made half a minute before the instant it is stamped with
    without = ("updated_at",) if clause == "4.8.3" else ()
    assert members(answer.body, without=without) == members(expected.body, without=without)
    assert (answer.status, answer.headers["content-type"]) == (expected.status, "application/json")


async def test_the_signature_covers_the_date_alone(desk):
    asked, _ = desk.printed["4.6.4"]
    desk.world.timers.freeze(datetime(2026, 3, 1, 9, 4, 10, tzinfo=UTC).timestamp())
    answer = await desk.client.send(asked.as_request(Date="Sun, 01 Mar 2026 09:04:11 GMT"))
    assert (answer.status, json.loads(answer.body)["type"]) == (401, "authentication_error")


async def test_a_confirmation_that_is_lost_at_the_edge_was_made(desk):
    """10.3: the telephone number that ends in 7005."""
    await desk.prepare("4.3.2")
    asked, expected = desk.printed["4.3.2"]
    lost = type(asked)(asked.start, asked.headers, asked.body.replace(b"+8613800000001", b"+8613800007005"))
    desk.world.timers.freeze(datetime(2026, 3, 1, 9, 1, tzinfo=UTC).timestamp())
    assert (await desk.client.send(lost.as_request())).status == expected.status
    answer, _ = await desk.play("4.4.2")
    assert (answer.status, answer.body) == (502, b"{}")
    assert [line["effect"] for line in desk.mock.ledger()] == ["book", "issue"]


async def test_a_slow_confirmation_is_seen_by_asking(desk):
    """10.3: the telephone number that ends in 7001."""
    await desk.prepare("4.3.2")
    asked, _ = desk.printed["4.3.2"]
    slow = type(asked)(asked.start, asked.headers, asked.body.replace(b"+8613800000001", b"+8613800007001"))
    desk.world.timers.freeze(datetime(2026, 3, 1, 9, 1, tzinfo=UTC).timestamp())
    await desk.client.send(slow.as_request())
    answer, _ = await desk.play("4.4.2")
    assert (answer.status, json.loads(answer.body)["status"]) == (201, "PENDING_PAYMENT")
    desk.world.timers.advance(5)
    answer, _ = await desk.play("4.6.2")
    assert json.loads(answer.body)["status"] == "CONFIRMED"


async def test_a_package_can_be_given(desk):
    quote, booking = (json.loads(desk.printed[clause][0].body) for clause in ("4.2.2", "4.3.2"))
    made = desk.mock.given("package_confirmed", {"request": quote, "policyholder": booking["policyholder"]})
    assert made["package"]["state"] == "CONFIRMED"
    assert [line["effect"] for line in desk.mock.ledger()] == ["issue"]
