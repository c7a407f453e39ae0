"""The background loop outlives whatever it meets, and leaves nothing behind that nobody will end."""

import asyncio
import dataclasses
import json
import sqlite3
from contextlib import closing

import pytest
from msgspec.structs import replace

from gateway.errors import Unavailable
from gateway.journal.changes import Receive
from gateway.journal.errors import JournalUnavailable
from gateway.journal.records import InboundRecord
from gateway.journal.vault import Vault
from gateway.model import QuoteCreateBody, RoutingHints
from gateway.model.examples import example_proposal
from gateway.model.states import OperationState
from gateway.service.gateway import Service

PINNED = RoutingHints(pin="first_main")


def heir_of(service):
    return Service(dataclasses.replace(service.parts, owner="heir", running=set()))


@pytest.fixture
def proposal():
    terms = example_proposal()
    return QuoteCreateBody(product="travel-accident@1", policyholder=terms.policyholder, insureds=terms.insureds)


async def kill(service, waiting):
    tasks = list(service.parts.running)
    for task in [*tasks, waiting]:
        task.cancel()
    await asyncio.gather(waiting, *tasks, return_exceptions=True)


async def test_a_quote_found_after_a_crash_is_asked_again_because_a_read_has_no_effect(
    make, carriers, caller, proposal, pass_time
):
    service = await make()
    reached = asyncio.Event()

    async def hang(_carrier, _wire):
        reached.set()
        await asyncio.Event().wait()

    carriers.first.plan(hang)
    carriers.second.plan("accepted")
    waiting = asyncio.create_task(service.write("quote.create", caller, proposal, "k1"))
    await reached.wait()
    await kill(service, waiting)
    heir = heir_of(service)
    carriers.first.plan("accepted")
    carriers.second.plan("accepted")
    await pass_time(heir, 60)
    answer = await heir.write("quote.create", caller, proposal, "k1")
    assert answer.status == 201
    assert {quote["status"] for quote in json.loads(answer.body)["quotes"]} == {"quoted"}


async def test_a_callback_of_a_channel_that_is_no_more_does_not_stop_the_worker(make, carriers, caller, order, world):
    service = await make()
    record = InboundRecord(
        inbound_id="in_1", channel="gone_main", name="notice", event_key="e", received_at=world.now(), sealed=b"x"
    )
    await service.parts.journal.write(Receive(record))
    carriers.first.plan("commit reset")
    await service.write("policy.issue", caller, order(), "k1")
    for _ in range(100):
        world.advance(1)
        await service.worker.round()
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.succeeded


async def test_without_the_key_of_what_was_sent_nothing_is_resent_and_the_key_is_named(
    make, carriers, caller, order, pass_time
):
    service = await make(kind="replay")
    carriers.first.plan("reset", "ok")
    await service.write("policy.issue", caller, order(), "k1")
    vault = service.parts.vault
    service.parts.vault = Vault({"k9": b"9" * 32}, "k9")
    await pass_time(service, 45)
    (op,) = await service.parts.journal.operations()
    told = [note.text for note in await service.parts.journal.notes(op.operation_id) if note.kind == "postponed"]
    assert "the key 'k' that sealed this message is not configured" in told
    attempts = await service.parts.journal.attempts(op.operation_id)
    assert [each.purpose for each in attempts].count("effect") == 1
    service.parts.vault = vault
    await pass_time(service, 90)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.succeeded


async def test_a_quote_found_too_late_after_a_crash_is_over_and_nobody_is_asked(
    make, carriers, caller, proposal, world, pass_time
):
    service = await make()
    reached = asyncio.Event()

    async def hang(_carrier, _wire):
        reached.set()
        await asyncio.Event().wait()

    carriers.first.plan(hang)
    waiting = asyncio.create_task(service.write("quote.create", caller, proposal, "k1"))
    await reached.wait()
    await kill(service, waiting)
    world.advance(service.parts.policy.deadline_s + 1)
    asked = len(carriers.first.requests)
    heir = heir_of(service)
    await pass_time(heir, 2)
    answer = await heir.write("quote.create", caller, proposal, "k1")
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "channel.not_executed")
    assert len(carriers.first.requests) == asked


@pytest.mark.parametrize("code", ["application.expired", "policy.lapsed"])
async def test_a_pending_application_that_lapses_by_the_carriers_rule_is_expired(
    make, carriers, caller, order, pass_time, code
):
    service = await make()
    carriers.first.plan("pending", ("inquiry", {"outcome": "declined", "code": code}))
    assert (await service.write("policy.issue", caller, order(), "k1")).status == 202
    await pass_time(service, 45)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.expired
    answer = await service.write("policy.issue", caller, order(), "k1")
    problem = json.loads(answer.body)
    assert (answer.status, problem["code"], problem["source"]) == (422, code, "carrier")
    carriers.first.plan("ok")
    again = await service.write("policy.issue", caller, order(), "k2")
    assert again.status == 201, "nothing was issued, so the order may be tried again"


async def test_what_was_unknown_and_is_found_lapsed_is_declined_since_unknown_never_expires(
    make, carriers, caller, order, pass_time
):
    service = await make()
    carriers.first.plan("reset", ("inquiry", {"outcome": "declined", "code": "application.expired"}))
    await service.write("policy.issue", caller, order(), "k1")
    await pass_time(service, 45)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.declined


async def test_a_gateway_whose_journal_takes_no_writes_is_not_ready_until_it_does(make, sqlite_journal, tmp_path):
    service = await make(journal=sqlite_journal)
    service.parts.world.sleep = asyncio.sleep
    service.parts.policy = replace(service.parts.policy, worker_every_s=0.01)
    service.worker.start()
    assert (await service.ready())["journal"] == "ok"
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):
            while service.worker.can_write:  # noqa: ASYNC110 - nothing to be notified by
                await asyncio.sleep(0.01)
        with pytest.raises(Unavailable, match="not written"):
            await service.ready()
        other.execute("ROLLBACK")
    async with asyncio.timeout(10):
        while not service.worker.can_write:  # noqa: ASYNC110 - nothing to be notified by
            await asyncio.sleep(0.01)
    assert (await service.ready())["journal"] == "ok"
    await service.worker.stop(5)


async def test_a_round_that_fails_in_a_way_nobody_foresaw_is_followed_by_the_next(make, monkeypatch):
    service = await make()
    rounds = []

    async def fails():
        rounds.append(1)
        raise ValueError("张三")

    monkeypatch.setattr(service.worker, "round", fails)
    service.worker.start()
    for _ in range(20):
        await asyncio.sleep(0)
    await service.worker.stop(5)
    assert len(rounds) > 1


async def test_the_journal_is_let_look_ahead_once_an_hour_and_a_failure_stops_nothing(
    make, carriers, caller, order, world, monkeypatch
):
    service = await make()
    asked = []

    async def look_ahead(now):
        asked.append(now)
        raise JournalUnavailable("the partitions of the next months could not be made")

    monkeypatch.setattr(service.parts.journal, "look_ahead", look_ahead)
    carriers.first.plan("commit reset")
    await service.write("policy.issue", caller, order(), "k1")
    for _ in range(100):
        world.advance(1)
        await service.worker.round()
    assert len(asked) == 1
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.succeeded
    world.advance(3600)
    await service.worker.round()
    assert len(asked) == 2


async def test_a_gateway_that_stops_ends_the_rung_under_way_and_claims_nothing_more(
    make, carriers, caller, order, world
):
    service = await make(kind="replay")
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(carrier, wire):
        asked.set()
        await may_answer.wait()
        return await carrier._play("commit ok", wire)

    carriers.first.plan("reset", slow)
    await service.write("policy.issue", caller, order(routing=PINNED), "k1")
    world.advance(2)
    service.worker.start()
    async with asyncio.timeout(5):
        await asked.wait()
        stopping = asyncio.create_task(service.worker.stop(5))
        await asyncio.sleep(0.01)
        assert not stopping.done(), "a resend is under way"
        may_answer.set()
        await stopping
    (op,) = await service.parts.journal.operations()
    assert (op.state, op.lease_owner) == (OperationState.succeeded, None)


async def test_a_rung_that_outstays_the_end_is_left_to_the_next_start(make, carriers, caller, order, world, pass_time):
    service = await make(kind="replay")
    asked = asyncio.Event()

    async def hangs(_carrier, _wire):
        asked.set()
        await asyncio.Event().wait()

    carriers.first.plan("reset", hangs)
    await service.write("policy.issue", caller, order(routing=PINNED), "k1")
    world.advance(2)
    service.worker.start()
    async with asyncio.timeout(5):
        await asked.wait()
        await service.worker.stop(0.01)
    await pass_time(service, 60)
    assert [each.state for each in await service.parts.journal.operations()] == [OperationState.succeeded]
    assert len(carriers.first.ledger) == 1
