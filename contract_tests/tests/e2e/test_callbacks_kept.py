"""A callback is durable before it is acknowledged, and nothing that comes before a genuine one takes its place."""

import pytest

from gateway.journal.changes import Receive, Settle
from gateway.journal.errors import JournalUnavailable
from gateway.service.recovery.callbacks import apply_waiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLING_BACK = ("lotus_main", "aurora_main", "cedar_main")
PENDING = "7001"


async def _held(market, channel):
    """An issue that waits, and the carrier's callback about it, ready to be sent."""
    dispatcher = market.mocks[channel].dispatcher
    dispatcher.holding.add(market.namespace)
    answer = await market.issue(market.order(channel, phone=PENDING))
    assert (answer.status_code, answer.json()["state"]) == (202, "pending"), answer.text
    market.mocks[channel].world(market.namespace).timers.advance(6)
    await market.callbacks()
    (held,) = dispatcher.of(market.namespace, "held")
    return answer, dispatcher, held


async def _is_issued_once(market, answer):
    ended = await market.repeat(answer)
    assert ended.status_code == 201, ended.text
    assert len(market.ledger(effect="issue")) == 1


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_forgery_of_the_very_words_does_not_take_the_place_of_the_genuine_callback(channel, market):
    answer, dispatcher, held = await _held(market, channel)
    forged = await dispatcher.forge(held, {})
    assert (forged.state, forged.attempts[0]["status"]) == ("refused", 401)
    assert await market.state(answer.json()["operation_id"]) == "pending"
    await dispatcher.release(market.namespace)
    assert held.state == "acknowledged"
    await _is_issued_once(market, answer)


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_callback_that_cannot_be_kept_is_not_acknowledged_and_its_repetition_counts(
    channel, market, monkeypatch
):
    answer, dispatcher, held = await _held(market, channel)
    write = market.journal.write

    async def full(*changes):
        if any(isinstance(change, Receive) for change in changes):
            raise JournalUnavailable("database or disk is full")
        await write(*changes)

    monkeypatch.setattr(market.journal, "write", full)
    await dispatcher.release(market.namespace)
    assert held.attempts[-1]["status"] == 503
    assert not held.attempts[-1]["acknowledged"]
    assert await market.state(answer.json()["operation_id"]) == "pending"
    monkeypatch.setattr(market.journal, "write", write)
    await dispatcher.attempt(held)
    assert held.attempts[-1]["acknowledged"]
    await _is_issued_once(market, answer)


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_callback_that_was_kept_and_not_applied_is_applied_by_the_worker(channel, market, monkeypatch):
    answer, dispatcher, _ = await _held(market, channel)
    write = market.journal.write
    kept = []

    async def dies(*changes):
        if any(isinstance(change, Receive) for change in changes):
            kept.extend(changes)
            return await write(*changes)
        if any(isinstance(change, Settle) for change in changes):
            raise JournalUnavailable("killed between keeping and applying")
        return await write(*changes)

    monkeypatch.setattr(market.journal, "write", dies)
    await dispatcher.release(market.namespace)
    assert len(kept) == 1
    assert await market.state(answer.json()["operation_id"]) == "pending"
    monkeypatch.setattr(market.journal, "write", write)
    service = market.gateway.service
    assert await apply_waiting(service.parts, service.use_cases) == 1
    await _is_issued_once(market, answer)


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_forgery_that_was_kept_and_not_judged_is_not_applied_by_the_worker(channel, market, monkeypatch):
    answer, dispatcher, held = await _held(market, channel)
    write = market.journal.write

    async def dies(*changes):
        if any(isinstance(change, Settle) for change in changes):
            raise JournalUnavailable("killed between keeping and judging")
        return await write(*changes)

    monkeypatch.setattr(market.journal, "write", dies)
    await dispatcher.forge(held, {})
    monkeypatch.setattr(market.journal, "write", write)
    service = market.gateway.service
    assert await apply_waiting(service.parts, service.use_cases) == 1
    assert await market.state(answer.json()["operation_id"]) == "pending"
    assert await market.journal.waiting_inbound(10) == [], "it is laid aside as forged"
