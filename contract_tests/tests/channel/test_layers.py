"""The layers around a call: what they let through, what they hold back, and what was never sent."""

import asyncio
import re
from datetime import UTC, datetime

import pytest

from gateway.channel.audit import audit
from gateway.channel.call import Answer, Exchange, stack
from gateway.channel.hours import opening_hours
from gateway.channel.limits import bulkhead, rate_limit
from gateway.channel.pipe import request_no
from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.ports import FrozenWorld
from gateway.wire.contract import Carrier, Context, Reply, Step, WireRequest
from gateway.wire.hours import parse_hours


@pytest.fixture
def world():
    return FrozenWorld(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def exchange():
    step = Step(name="x", operation="policy.issue", safety=SafetyClass.write_blind, build=None, parse=None)
    return Exchange(
        channel="c",
        attempt_id="a",
        step=step,
        request=None,
        context=Context(now=datetime(2026, 3, 1, tzinfo=UTC), nonce=lambda n: "n" * n),
        wire=WireRequest(method="POST", url="http://x/"),
        deadline_s=10.0,
    )


def accepted():
    return Answer(reply=Reply(outcome=Outcome(kind=OutcomeKind.accepted)))


async def test_no_window_of_a_second_sees_more_calls_than_the_carrier_allows(world, exchange):
    at = []

    async def call(_):
        at.append(world.monotonic())
        return accepted()

    limited = stack(call, rate_limit(10, world))
    for _ in range(40):
        await limited(exchange)
    assert len(at) == 40
    assert all(later - earlier >= 1.0 for earlier, later in zip(at, at[10:], strict=False))


async def test_gateways_that_share_a_carrier_send_no_more_together_than_it_allows(world, exchange):
    at, gateways = [], 2

    async def call(_):
        at.append(world.monotonic())
        return accepted()

    each = [stack(call, rate_limit(10, world, lambda: gateways)) for _ in range(2)]
    for _ in range(20):
        for limited in each:
            await limited(exchange)
    assert len(at) == 40
    assert all(later - earlier >= 1.0 for earlier, later in zip(at, at[10:], strict=False))


async def test_a_gateway_that_hears_of_another_takes_half_the_rate_from_then_on_and_all_of_it_again_alone(
    world, exchange
):
    at, gateways = [], 1

    async def call(_):
        at.append(world.monotonic())
        return accepted()

    limited = stack(call, rate_limit(10, world, lambda: gateways))
    for gateways in (1, 2, 1):
        at.clear()
        for _ in range(30):
            await limited(exchange)
        most = 10 // gateways
        pairs = list(zip(at, at[most:], strict=False))[most:]
        assert all(later - earlier >= 1.0 for earlier, later in pairs)
        assert max(later - earlier for earlier, later in pairs) < 1.5


async def test_a_call_that_would_wait_too_long_for_the_rate_was_never_sent(world, exchange):
    sent = []

    async def call(_):
        sent.append(1)
        return accepted()

    world.sleep = lambda _wait_s: asyncio.sleep(0)
    limited = stack(call, rate_limit(10, world))
    answers = [await limited(exchange) for _ in range(60)]
    unsent = [answer for answer in answers if answer.reply.outcome.kind is OutcomeKind.not_executed]
    assert len(sent) + len(unsent) == 60
    assert unsent


async def test_a_full_bulkhead_sends_nothing_and_says_so(exchange, monkeypatch):
    monkeypatch.setattr("gateway.channel.limits.ROOM_WAIT_S", 0.01)
    hold = asyncio.Event()
    sent = []

    async def call(_):
        sent.append(1)
        await hold.wait()
        return accepted()

    narrow = stack(call, bulkhead(2))
    tasks = [asyncio.create_task(narrow(exchange)) for _ in range(5)]
    await asyncio.sleep(0.05)
    hold.set()
    kinds = sorted(answer.reply.outcome.kind for answer in await asyncio.gather(*tasks))
    assert kinds == ["accepted", "accepted", "not_executed", "not_executed", "not_executed"]
    assert len(sent) == 2


async def test_every_call_is_timed_and_told_to_all_who_listen(world, exchange):
    heard = []

    async def call(_):
        world.advance(0.25)
        return accepted()

    timed = stack(
        call, audit(world, (lambda _e, answer: heard.append(answer.wait_s), lambda e, _a: heard.append(e.channel)))
    )
    assert (await timed(exchange)).wait_s == 0.25
    assert heard == [0.25, "c"]


def test_a_request_number_is_the_same_for_every_resend_and_differs_between_channels():
    first = request_no("op_1", "lotus_main")
    assert first == request_no("op_1", "lotus_main")
    assert first != request_no("op_1", "bamboo_main")
    assert first[:15] != request_no("op_2", "lotus_main")[:15]
    assert len(first) == 50
    assert first.isalnum()


def test_ids_sort_by_their_moment_and_none_comes_twice(world):
    earlier = [world.new_id("op") for _ in range(1000)]
    world.advance(0.001)
    later = world.new_id("op")
    assert all(re.fullmatch("op_[0-9A-HJKMNP-TV-Z]{26}", each) for each in (*earlier, later))
    assert len(set(earlier)) == 1000
    assert max(earlier) < later


@pytest.mark.parametrize(
    ("declared", "after_s"),
    [
        ({"window": ("08:00-22:00",)}, None),
        ({"window": ("09:00-22:00",)}, 3600.0),
        ({"maintenance": ("sun 07:00-08:30",)}, 1800.0),
    ],
)
async def test_outside_of_the_carriers_hours_nothing_is_sent_and_the_answer_says_until_when(
    exchange, declared, after_s
):
    sent = []

    async def call(one):
        sent.append(one)
        return accepted()

    hours = {word: tuple(parse_hours(text) for text in texts) for word, texts in declared.items()}
    carrier = Carrier(id="c", name="C", version="1", mapping_sha256="", operations={}, zone="+08:00", **hours)
    # Midnight UTC is eight in the morning at the carrier, on a Sunday.
    answer = await stack(call, opening_hours(carrier, FrozenWorld(datetime(2026, 3, 1, tzinfo=UTC))))(exchange)
    if after_s is None:
        assert (len(sent), answer.reply.outcome.kind) == (1, OutcomeKind.accepted)
        return
    assert (sent, answer.reply.outcome.kind, answer.reply.outcome.code) == (
        [],
        OutcomeKind.not_executed,
        "carrier.closed",
    )
    assert answer.reply.outcome.after_s == after_s
