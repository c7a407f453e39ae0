"""What a person did stays as it was written, an orphan is kept once, and states change only as their tables say."""

import sqlite3
from itertools import product

import asyncpg
import pytest
from msgspec.structs import replace

from gateway.journal.changes import Audit, FindOrphan, Move, MoveOrphan, Open, Receive, Settle
from gateway.journal.errors import EventTaken, MoveForbidden, Stale
from gateway.journal.postgres import PostgresJournal
from gateway.journal.records import AuditRecord, InboundRecord, OrphanRecord
from gateway.journal.sqlite import SqliteJournal
from gateway.model.states import MOVES, ORPHAN_MOVES, TERMINAL, OperationState, OrphanState


@pytest.fixture
def entry(now):
    return AuditRecord(
        audit_id="aud_1",
        at=now,
        actor="Wang Li",
        client="desk",
        action="operation.resolve",
        operation_id="op_1",
        reason="confirmed by telephone",
        before=b'{"state":"needs_review"}',
        after=b'{"state":"failed"}',
    )


async def test_audit_entries_are_read_back_newest_first(journal, entry):
    later = replace(entry, audit_id="aud_2", operation_id="op_2", client=None, before=None)
    await journal.write(Audit(entry), Audit(later))
    assert await journal.audits("op_1") == [entry]
    assert await journal.audits() == [later, entry]
    assert await journal.audits(limit=1) == [later]


@pytest.mark.parametrize("statement", ["UPDATE audits SET reason = 'another'", "DELETE FROM audits"])
async def test_a_file_keeps_an_audit_entry_as_it_was_written(tmp_path, entry, statement):
    journal = SqliteJournal(tmp_path / "journal.db")
    await journal.start()
    await journal.write(Audit(entry))
    await journal.close()
    connection = sqlite3.connect(tmp_path / "journal.db")
    with pytest.raises(sqlite3.IntegrityError, match="an audit entry is never"):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("statement", ["UPDATE audits SET reason = 'another'", "DELETE FROM audits"])
async def test_a_database_keeps_an_audit_entry_as_it_was_written(postgres_dsn, entry, statement):
    journal = PostgresJournal(postgres_dsn)
    await journal.start()
    await journal.write(Audit(entry))
    await journal.close()
    connection = await asyncpg.connect(postgres_dsn)
    with pytest.raises(asyncpg.RaiseError, match="an audit entry is never"):
        await connection.execute(statement)
    await connection.close()


async def test_a_move_that_is_not_in_the_table_is_refused_with_its_whole_group(journal, operation):
    for start, end in product(OperationState, OperationState):
        record, other = operation(state=start), operation()
        await journal.write(Open(record))
        moves = Move(replace(record, state=end), start), Open(other)
        if (start, end) in MOVES or (start is end and start not in TERMINAL):
            await journal.write(*moves)
            assert (await journal.operation(record.operation_id)).state is end
            continue
        with pytest.raises(MoveForbidden, match=record.operation_id):
            await journal.write(*moves)
        assert (await journal.operation(record.operation_id)).state is start
        assert await journal.operation(other.operation_id) is None


async def test_operations_are_found_by_channel_kind_and_age(journal, operation, now):
    made = [
        operation(channel="lotus_main"),
        operation(channel="tide_main", created_at=now.replace(hour=1)),
        operation(channel="tide_main", operation="claim.report"),
    ]
    await journal.write(*map(Open, made))

    async def found(**by):
        return [made.index(each) for each in await journal.operations(**by)]

    assert await found(channel="tide_main") == [2, 1]
    assert await found(channel="tide_main", operation="policy.issue") == [1]
    assert await found(before=now) == [1]


async def test_the_callbacks_of_an_operation_are_found_once_they_are_dealt_with(journal, now):
    record = InboundRecord(inbound_id="in_1", channel="c", name="n", event_key="e", received_at=now, sealed=b"raw")
    await journal.write(Receive(record))
    assert await journal.inbound_of("op_1") == []
    dealt_with = replace(record, state="applied", operation_id="op_1", ended_at=now)
    await journal.write(Settle(dealt_with))
    assert await journal.inbound_of("op_1") == [dealt_with]


@pytest.fixture
def orphan(now):
    return OrphanRecord(
        orphan_id="orp_1",
        operation_id="op_1",
        client="shop",
        operation="policy.issue",
        channel="lotus_main",
        found_by="callback",
        found_at=now,
        told_as="policy.issue",
        result=b'{"numbers":[]}',
        state=OrphanState.found,
        updated_at=now,
    )


async def test_an_orphan_is_kept_once_for_an_operation_on_a_channel(journal, orphan):
    again = replace(orphan, orphan_id="orp_2", found_by="statement")
    elsewhere = replace(orphan, orphan_id="orp_3", channel="tide_main", client="other")
    await journal.write(FindOrphan(orphan))
    await journal.write(FindOrphan(again), FindOrphan(elsewhere))
    assert await journal.orphans(operation_id="op_1") == [orphan, elsewhere]
    assert await journal.orphan("op_1", "lotus_main") == orphan
    assert await journal.orphan("op_2", "lotus_main") is None
    assert await journal.orphans(client="other") == [elsewhere]
    assert await journal.orphan_counts() == {OrphanState.found: 2}


async def test_an_orphan_moves_once_from_the_state_it_was_read_in(journal, orphan):
    await journal.write(FindOrphan(orphan))
    adopted = replace(orphan, state=OrphanState.adopted, policy_id="pol_1", resolution_id="op_9", text="adopted")
    await journal.write(MoveOrphan(adopted, OrphanState.found))
    with pytest.raises(Stale):
        await journal.write(MoveOrphan(replace(orphan, state=OrphanState.review), OrphanState.found))
    assert await journal.orphans(states=(OrphanState.adopted,)) == [adopted]
    assert await journal.orphans(states=(OrphanState.found, OrphanState.review)) == []


async def test_an_orphan_moves_along_its_table_alone(journal, orphan):
    for number, (start, end) in enumerate(product(OrphanState, OrphanState)):
        record = replace(orphan, orphan_id=f"orp_{number}", operation_id=f"op_{number}", state=start)
        await journal.write(FindOrphan(record))
        if (start, end) in ORPHAN_MOVES:
            await journal.write(MoveOrphan(replace(record, state=end), start))
        else:
            with pytest.raises(MoveForbidden):
                await journal.write(MoveOrphan(replace(record, state=end), start))


@pytest.fixture
def callback(now):
    def make(number, **fields):
        given = {"channel": "c", "name": "n", "received_at": now, "sealed": b"raw", **fields}
        return InboundRecord(inbound_id=f"in_{number}", event_key=f"e{number}", **given)

    return make


async def test_the_carriers_key_of_an_event_is_taken_once_by_what_was_dealt_with(journal, callback):
    made = [callback(number) for number in range(4)]
    made[3] = callback(3, channel="another")
    await journal.write(*map(Receive, made))
    first, again, other, elsewhere = (replace(each, state="applied", event_id="E1") for each in made)
    await journal.write(Settle(first))
    with pytest.raises(EventTaken):
        await journal.write(Settle(again))
    assert (await journal.inbound("in_1")).state == "received", "a refused change changes nothing"
    await journal.write(Settle(replace(again, state="ignored", event_id=None)))
    await journal.write(Settle(replace(other, event_id="E2")), Settle(elsewhere))
    assert [(await journal.inbound(each.inbound_id)).event_id for each in made] == ["E1", None, "E2", "E1"]


async def test_waiting_callbacks_are_read_from_behind_one_of_them(journal, callback, now):
    later = now.replace(hour=9)
    made = [callback(1), callback(2), callback(3, received_at=later), callback(0, received_at=later)]
    await journal.write(*map(Receive, made))

    async def read(limit, after=None):
        return [each.inbound_id for each in await journal.waiting_inbound(limit, after=after)]

    assert await read(9) == ["in_1", "in_2", "in_0", "in_3"]
    assert await read(2, after=made[0]) == ["in_2", "in_0"]
    assert await read(9, after=made[2]) == []
