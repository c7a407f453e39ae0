"""The memory journal finds rows without looking through all of them, also after a group was refused."""

from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace

from gateway.journal.changes import Move, Open
from gateway.journal.errors import KeyTaken
from gateway.journal.memory import MemoryJournal
from gateway.journal.memory_rows import Rows, Undo, put_back
from gateway.model.states import OperationState, OrphanState


@pytest.mark.parametrize("seed", range(20))
def test_a_mark_finds_what_a_look_at_every_row_would_find_and_in_its_order(seed):
    chance, undo = Random(seed), Undo()
    rows: Rows[int, str] = Rows(undo, first=lambda row: row[0], last=lambda row: row[-1] if row != "bb" else None)
    for _ in range(200):
        undo.clear()
        before = dict(rows)
        for _ in range(chance.randint(1, 5)):
            chance.choice((rows.__setitem__, rows.setdefault))(chance.randint(0, 30), chance.choice(("ab", "ba", "bb")))
        if chance.random() < 0.3:
            put_back(undo)
            assert list(rows.items()) == list(before.items())
        for mark in "abc":
            assert rows.by("first", mark) == [row for row in rows.values() if row[0] == mark]
            assert rows.by("last", mark) == [row for row in rows.values() if row[-1] == mark and row != "bb"]
            assert rows.count("first", mark) == len(rows.by("first", mark))
        assert rows.by("first", "b", "a") == list(rows.values())


async def test_a_refused_group_leaves_nothing_to_be_found(operation, now):
    journal = MemoryJournal()
    first = operation(idem_key="k", business_key="order-1", subject_id="pol_1")
    await journal.write(Open(first))
    moved = replace(first, state=OperationState.failed, subject_id="pol_2")
    other = operation(business_key="order-2", subject_id="pol_1")
    with pytest.raises(KeyTaken):
        await journal.write(Open(other), Move(moved, first.state), Open(operation(idem_key="k")))
    assert await journal.operation_by_business_key("order-2") is None
    assert await journal.operation_by_business_key("order-1") == first
    assert await journal.operations_of("pol_1") == [first]
    assert await journal.operations_of("pol_2") == []
    assert await journal.open_operations() == {first.state: 1}
    (claimed,) = await journal.claim_due(now + timedelta(days=1), "w", now + timedelta(days=2), 10)
    assert claimed.operation_id == first.operation_id


async def test_nothing_that_an_operation_asks_on_its_way_goes_through_a_whole_table(operation, now, monkeypatch):
    journal = MemoryJournal()
    row = operation(idem_key="k", business_key="order-1")

    def look_at_all(_):
        raise AssertionError("a whole table was looked through")

    for name in ("values", "items", "keys", "__iter__"):
        monkeypatch.setattr(Rows, name, look_at_all, raising=False)
    await journal.write(Open(row), Move(replace(row, state=OperationState.sending), row.state))
    assert await journal.claim_due(now + timedelta(days=1), "w", now + timedelta(days=2), 10)
    assert await journal.operation_by_business_key("order-1")
    assert await journal.operation_by_key(row.client, row.operation, "k")
    assert await journal.open_operations() == {OperationState.sending: 1}
    assert await journal.operation_by_request_no("lotus_main", "R1") is None
    assert await journal.object_by_client_ref("policy", "shop", "order-1") is None
    assert await journal.object_by_number("policy", "shop", "P1") is None
    assert await journal.waiting_inbound(10) == []
    assert await journal.orphans(states=(OrphanState.found,)) == []
    assert await journal.due_endpoints(now) == []
    for of_operation in ("attempts", "messages", "decisions", "inbound_of", "notes", "operations_of"):
        assert await getattr(journal, of_operation)(row.operation_id) == []
