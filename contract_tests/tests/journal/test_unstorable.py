"""What no store can hold is refused with its own group: others are written, and the journal goes on."""

import asyncio

import pytest

from gateway.app import open_journal
from gateway.journal.batches import Batches
from gateway.journal.changes import Count, Note, Open
from gateway.journal.errors import JournalUnavailable, Unstorable
from gateway.journal.records import NoteRecord, TallyRecord
from gateway.model.states import OperationState

BEYOND_64_BITS = 10**20


@pytest.fixture
async def store(dsn):
    journal = open_journal(dsn)
    await journal.start()
    yield journal
    await journal.close()


@pytest.fixture
def tally():
    def of(premium):
        where = {"product": "p", "day": "2026-03-01", "channel": "c", "currency": "CNY", "writer": "w"}
        return Count(TallyRecord(**where, policies=1, premium=premium))

    return of


async def test_a_number_that_cannot_be_stored_refuses_its_group_and_no_other(store, operation, tally):
    good, bad, later = operation(), operation(), operation(state=OperationState.unknown)
    groups = [[Open(good), tally(1)], [Open(bad), tally(BEYOND_64_BITS)], [Open(later)]]
    async with asyncio.timeout(10):
        ended = await asyncio.gather(*(store.write(*group) for group in groups), return_exceptions=True)
    assert [type(each) for each in ended] == [type(None), Unstorable, type(None)]
    kept = [await store.operation(each.operation_id) for each in (good, bad, later)]
    assert kept == [good, None, later]


async def test_the_refusal_does_not_repeat_the_value(store, tally):
    with pytest.raises(Unstorable) as told:
        await store.write(tally(BEYOND_64_BITS))
    assert str(BEYOND_64_BITS) not in str(told.value)


async def test_what_is_looked_for_may_hold_any_character(journal, operation, now):
    record = operation()
    told = NoteRecord(note_id="note_1", operation_id=record.operation_id, at=now, kind="k", text="t")
    await journal.write(Open(record), Note(told))
    assert await journal.operation_by_request_no("lotus_main", "a\x00b") is None
    assert await journal.operation("op_\x00") is None
    assert await journal.number("lotus_main", "policy", "\x00") is None


async def test_a_batch_that_fails_in_a_way_nobody_foresaw_is_refused_and_the_next_is_written():
    committed = []

    async def commit(groups):
        if "strange" in groups:
            raise RuntimeError("nobody foresaw this")
        committed.extend(groups)
        return [(None, None) for _ in groups]

    batches = Batches(commit)
    batches.start()
    async with asyncio.timeout(5):
        with pytest.raises(JournalUnavailable, match="RuntimeError"):
            await batches.submit("strange")
        await batches.submit("plain")
        await batches.close()
    assert committed == ["plain"]


async def test_a_task_that_fails_in_a_way_nobody_foresaw_leaves_no_transaction_open(tmp_path, operation):
    journal = open_journal(f"sqlite:{tmp_path}/journal.db")
    await journal.start()

    def strange(_connection):
        raise RuntimeError("nobody foresaw this")

    record = operation()
    async with asyncio.timeout(5):
        with pytest.raises(JournalUnavailable):
            await journal._writer.submit(strange)
        await journal.write(Open(record))
    assert await journal.operation(record.operation_id) == record
    await journal.close()
