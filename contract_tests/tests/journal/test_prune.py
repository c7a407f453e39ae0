"""Forgetting: what is over and old goes, what is alive or rests on something alive stays, and a key is for ever."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.app import open_journal, open_upkeep
from gateway.journal.changes import (
    Cross,
    Decide,
    Deliver,
    Emit,
    FindOrphan,
    Keep,
    Note,
    Open,
    Put,
    Receive,
    StartAttempt,
)
from gateway.journal.errors import BusinessKeyTaken, KeyTaken, NumberTaken
from gateway.journal.protocol import Journal
from gateway.journal.records import (
    DecisionRecord,
    DeliveryRecord,
    EventRecord,
    InboundRecord,
    MessageRecord,
    NoteRecord,
    OrphanRecord,
)
from gateway.journal.retention import Retention
from gateway.journal.upkeep import pruning
from gateway.journal.upkeep.lease import LeaseHeld
from gateway.journal.upkeep.prune import prune
from gateway.journal.upkeep.pruning import Pruning
from gateway.model.events import DeliveryState, EventType
from gateway.model.states import TERMINAL, OperationState, OrphanState
from gateway.ports import FrozenWorld

MADE = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LATER = datetime(2033, 1, 1, tzinfo=UTC)
ENDED, FAR = "2026-04-01T00:00:00+08:00", "2060-01-01T00:00:00+08:00"


@pytest.fixture
async def journal(dsn):
    store = open_journal(dsn)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
def pruned(dsn, journal):
    """Prune at an instant, by default long after everything here was made."""

    async def run(now: datetime = LATER, **options) -> Pruning:
        async with opened(dsn) as database:
            options = {"retention": Retention(), **options}
            running = Pruning(database, FrozenWorld(now), **options)
            await prune(running)
            return running

    return run


@asynccontextmanager
async def opened(dsn):
    database = open_upkeep(dsn)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def history(journal, operation, attempt, policy, number):
    """An operation with all that comes with one: a decision, an attempt, a note, a callback; and its policy."""

    async def make(end: str | None = None, **fields):
        op = operation(**{"state": OperationState.succeeded, "answer_status": 201, "result": b"{}", **fields})
        tail = op.operation_id[3:]
        changes = [
            Decide(
                DecisionRecord(
                    decision_id=f"rd_{tail}",
                    operation_id=op.operation_id,
                    client="shop",
                    created_at=MADE,
                    channel="lotus_main",
                    body=b"{}",
                )
            ),
            StartAttempt(attempt(op.operation_id, attempt_id=f"att_{tail}")),
            Keep(MessageRecord(owner_id=f"att_{tail}", direction="request", at=MADE, sealed=b"x")),
            Note(NoteRecord(note_id=f"note_{tail}", operation_id=op.operation_id, at=MADE, kind="unknown", text="")),
            Receive(callback(tail, "applied", op.operation_id)),
        ]
        if end is not None:
            op = replace(op, subject_id=f"pol_{tail}", answer_object="policy")
            first = policy(
                object_id=f"pol_{tail}",
                operation_id=op.operation_id,
                data=json.dumps({"period": {"end": end}, "numbers": [{"kind": "policy", "no": f"P{tail}"}]}).encode(),
            )
            second = replace(first, version=2)
            changes += [Put(first), Put(second), Cross(number(f"pol_{tail}", f"P{tail}"))]
        await journal.write(Open(op), *changes)
        return op

    return make


def callback(tail: str, state: str, operation_id: str | None = None, at: datetime = MADE) -> InboundRecord:
    return InboundRecord(
        inbound_id=f"in_{tail}",
        channel="lotus_main",
        name="issued",
        event_key=tail,
        received_at=at,
        sealed=b"x",
        state=state,
        operation_id=operation_id,
        ended_at=None if state == "received" else at,
    )


async def rows_of(journal: Journal, op) -> dict[str, int]:
    """How much there still is of an operation."""
    return {
        "decisions": len(await journal.decisions(op.operation_id)),
        "attempts": len(await journal.attempts(op.operation_id)),
        "messages": len(await journal.messages(f"att_{op.operation_id[3:]}")),
        "notes": len(await journal.notes(op.operation_id)),
        "inbound": int(await journal.inbound(f"in_{op.operation_id[3:]}") is not None),
    }


NOTHING = {"decisions": 0, "attempts": 0, "messages": 0, "notes": 0, "inbound": 0}
ALL = {"decisions": 1, "attempts": 1, "messages": 1, "notes": 1, "inbound": 1}


async def test_what_ended_long_ago_goes_with_all_that_came_with_it(journal, history, pruned):
    op = await history(end=ENDED)
    run = await pruned()
    assert await rows_of(journal, op) == NOTHING
    assert await journal.object("policy", op.subject_id) is None
    assert await journal.number("lotus_main", "policy", f"P{op.operation_id[3:]}") is None
    gone = {(each.table, each.month): each.rows for each in run.report() if not each.kept}
    assert gone == {
        (table, "2026-03"): 1
        for table in (
            "attempts",
            "decisions",
            "inbound",
            "messages",
            "notes",
            "numbers",
            "object_versions",
            "objects",
            "requests",
        )
    }


@pytest.mark.parametrize("name", ["policy.issue", "cancellation.submit", "underwriting.answer"])
async def test_a_key_is_never_forgotten_and_neither_are_its_hash_state_and_identity(
    journal, history, operation, pruned, name
):
    op = await history(operation=name, business_key="order-1", client_ref="order-1", code="x", text="said")
    run = await pruned()
    kept = await journal.operation_by_key("shop", name, op.idem_key)
    assert (kept.request_hash, kept.state, kept.business_key) == (op.request_hash, op.state, "order-1")
    assert (kept.request, kept.answer, kept.result, kept.text) == (b"", None, None, None)
    assert kept.pruned_at == LATER
    assert await journal.operation(op.operation_id) == kept
    with pytest.raises(KeyTaken):
        await journal.write(Open(operation(operation=name, idem_key=op.idem_key)))
    with pytest.raises(BusinessKeyTaken):
        await journal.write(Open(operation(operation=name, business_key="order-1")))
    assert [(each.table, each.rows) for each in run.report() if each.kept] == [("operations", 1)]


async def test_a_key_that_may_expire_goes_with_its_operation(journal, history, pruned):
    op = await history(operation="quote.create")
    await pruned()
    assert await journal.operation(op.operation_id) is None


@pytest.mark.parametrize("state", [state for state in OperationState if state not in TERMINAL])
async def test_an_operation_that_is_not_over_is_never_touched(journal, history, pruned, state):
    op = await history(state=state, request=b'{"a":1}')
    await pruned()
    assert await rows_of(journal, op) == ALL
    assert await journal.operation(op.operation_id) == op


@pytest.mark.parametrize("end", [FAR, None])
async def test_a_policy_whose_cover_did_not_end_keeps_its_evidence(journal, history, pruned, end):
    op = await history(end=FAR)
    if end is None:
        held = await journal.object("policy", op.subject_id)
        await journal.write(Put(replace(held, version=3, data=b"{}")))
    await pruned()
    assert await rows_of(journal, op) == ALL
    assert await journal.object("policy", op.subject_id) is not None
    assert (await journal.operation(op.operation_id)).pruned_at is None


async def test_a_claim_stays_as_long_as_its_policy(journal, history, policy, pruned):
    kept, over = await history(end=FAR), await history(end=ENDED)
    for op in (kept, over):
        data = json.dumps({"view": {"policy_id": op.subject_id}}).encode()
        await journal.write(Put(policy(kind="claim", object_id=f"clm_{op.operation_id[3:]}", data=data)))
    await pruned()
    there = [await journal.object("claim", f"clm_{op.operation_id[3:]}") for op in (kept, over)]
    assert [each is not None for each in there] == [True, False]


async def test_an_object_that_someone_works_on_stays(journal, history, operation, pruned):
    op = await history(end=ENDED)
    waiting = operation(operation="cancellation.submit", state=OperationState.needs_review, subject_id=op.subject_id)
    await journal.write(Open(waiting))
    await pruned()
    assert await journal.object("policy", op.subject_id) is not None
    assert await rows_of(journal, op) == ALL


@pytest.mark.parametrize("state", list(OrphanState))
async def test_a_late_success_that_is_not_settled_keeps_its_operation(dsn, journal, history, pruned, state):
    op = await history(state=OperationState.failed)
    late = OrphanRecord(
        orphan_id="orp_1",
        operation_id=op.operation_id,
        client="shop",
        operation="policy.issue",
        channel="lotus_main",
        found_by="callback",
        found_at=MADE,
        told_as="policy.get",
        result=b"{}",
        state=state,
        updated_at=MADE,
    )
    await journal.write(FindOrphan(late))
    await pruned()
    settled = state in (OrphanState.adopted, OrphanState.voided)
    assert await rows_of(journal, op) == (NOTHING if settled else ALL)
    async with opened(dsn) as database:
        assert await database.rows("SELECT count(*) FROM orphans") == [(0 if settled else 1,)]


async def test_a_number_is_held_as_long_as_its_policy_is_kept(journal, history, number, pruned):
    op = await history(end=FAR)
    await pruned()
    with pytest.raises(NumberTaken):
        await journal.write(Cross(number("pol_other", f"P{op.operation_id[3:]}")))


async def test_what_is_young_stays(journal, history, pruned):
    op = await history(end=ENDED)
    run = await pruned(MADE + timedelta(days=1800))
    assert await rows_of(journal, op) == ALL
    assert run.report() == []


async def test_logs_go_sooner_than_business(journal, history, pruned):
    quote, issue = await history(operation="quote.create"), await history()
    for state in ("ignored", "forged", "unmatched", "received"):
        await journal.write(Receive(callback(f"0-{state}", state)))
    await journal.write(
        Note(NoteRecord(note_id="note_0", operation_id=issue.operation_id, at=MADE, kind="postponed", text=""))
    )
    await pruned(MADE + timedelta(days=200))
    there = [await journal.inbound(f"in_0-{state}") for state in ("ignored", "forged", "unmatched", "received")]
    assert [each is not None for each in there] == [False, False, True, True]
    assert await rows_of(journal, quote) == {**ALL, "decisions": 0}
    assert await rows_of(journal, issue) == ALL, "the note about the gateway's own mechanics went, the other stays"


async def test_an_event_goes_once_it_is_old_and_nobody_waits_for_it(dsn, journal, pruned):
    for state in DeliveryState:
        name = f"evt_{state.value}"
        told = {"event_id": name, "client": "shop", "object_id": "op_1"}
        await journal.write(
            Emit(EventRecord(**told, type=EventType.operation_succeeded, at=MADE, body=b"{}")),
            Deliver(
                DeliveryRecord(**told, endpoint_id="whe_1", state=state, next_at=MADE, created_at=MADE, updated_at=MADE)
            ),
        )
    await pruned(MADE + timedelta(days=100))
    async with opened(dsn) as database:
        assert await database.rows("SELECT count(*) FROM events") == [(3,)]
        await pruned(MADE + timedelta(days=200))
        for table in ("events", "deliveries"):
            assert await database.rows(f"SELECT event_id FROM {table}") == [("evt_waiting",)]


async def test_a_callback_that_waits_is_kept_for_ever_and_one_that_found_nothing_is_not(journal, pruned):
    for state in ("unmatched", "received"):
        await journal.write(Receive(callback(f"0-{state}", state)))
    await pruned()
    assert await journal.inbound("in_0-unmatched") is None
    assert await journal.inbound("in_0-received") is not None


async def test_a_rehearsal_tells_what_would_go_and_removes_nothing(journal, history, policy, pruned):
    op = await history(end=ENDED)
    quote = await history(operation="quote.create")
    note = NoteRecord(note_id="note_0", operation_id=quote.operation_id, at=MADE, kind="postponed", text="")
    await journal.write(Note(note), Receive(callback("0-ignored", "ignored", quote.operation_id)))
    data = json.dumps({"policy_id": op.subject_id}).encode()
    await journal.write(Put(policy(kind="claim", object_id="clm_1", data=data)))
    rehearsed = await pruned(dry_run=True)
    assert await rows_of(journal, op) == ALL
    assert await journal.operation(op.operation_id) == replace(
        op, answer=(await journal.operation(op.operation_id)).answer
    )
    done = await pruned()
    assert rehearsed.report() == done.report()
    assert (await pruned()).report() == [], "a second run finds nothing"


async def test_many_go_in_bounded_batches_and_a_stopped_run_is_taken_up_again(dsn, journal, operation, pruned):
    await asyncio.gather(*(journal.write(Open(operation(state=OperationState.declined))) for _ in range(450)))
    batches = 0

    def stops() -> bool:
        nonlocal batches
        batches += 1
        return batches > 1

    async with opened(dsn) as database:
        run = Pruning(database, FrozenWorld(LATER), Retention(), stops=stops)
        assert not await prune(run)
    assert sum(each.rows for each in run.report() if each.kept) == pruning.BATCH
    rest = await pruned()
    assert sum(each.rows for each in rest.report() if each.kept) == 450 - pruning.BATCH


async def test_two_replicas_never_prune_at_once(dsn, history, pruned):
    await history()
    async with opened(dsn) as database:
        mine = Pruning(database, FrozenWorld(LATER, seed=1), Retention())
        async with mine.leased():
            with pytest.raises(LeaseHeld, match="prune"):
                await pruned()
        assert (await pruned()).report() != [], "a lease that was given back is free"


async def test_the_lease_of_a_worker_that_died_ends_by_itself_and_its_late_batch_is_refused(dsn, history, pruned):
    await history()
    async with opened(dsn) as database:
        dead = Pruning(database, FrozenWorld(LATER, seed=1), Retention())
        async with dead.leased(), opened(dsn) as other:
            next_one = Pruning(other, FrozenWorld(LATER + timedelta(minutes=5), seed=2), Retention())
            async with next_one.leased():
                with pytest.raises(LeaseHeld):
                    async with dead.batch():
                        raise AssertionError("a batch without the lease must not begin")


async def test_a_batch_that_fails_removes_nothing(dsn, journal, history):
    op = await history()
    async with opened(dsn) as database:
        run = Pruning(database, FrozenWorld(LATER), Retention())
        async with run.leased():
            with pytest.raises(ZeroDivisionError):  # noqa: PT012
                async with run.batch():
                    await database.rows("DELETE FROM attempts")
                    1 / 0  # noqa: B018
    assert await rows_of(journal, op) == ALL


async def test_pages_that_became_free_are_told(tmp_path, operation):
    dsn = f"sqlite:{tmp_path}/journal.db"
    store = open_journal(dsn)
    await store.start()
    for _ in range(20):
        await store.write(Open(operation(state=OperationState.declined, request=b"x" * 20_000)))
    await store.close()
    async with opened(dsn) as database:
        assert await database.reusable_bytes() == 0
        await prune(Pruning(database, FrozenWorld(LATER), Retention()))
        assert await database.reusable_bytes() > 300_000


async def test_a_gateway_writes_on_while_old_rows_are_removed(dsn, journal, operation, pruned):
    await asyncio.gather(*(journal.write(Open(operation(state=OperationState.declined))) for _ in range(600)))
    young = [operation(created_at=LATER, updated_at=LATER, operation_id=f"op_Z{n:05}") for n in range(100)]

    async def write_on() -> None:
        for each in young:
            await journal.write(Open(each))

    run, _ = await asyncio.gather(pruned(), write_on())
    assert sum(each.rows for each in run.report() if each.kept) == 600
    assert [await journal.operation(each.operation_id) for each in young] == young
