"""Months on PostgreSQL: made before they begin, found in `db status`, dropped whole when nothing in them is needed."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import pytest

from gateway.app import open_upkeep
from gateway.journal import postgres_months
from gateway.journal.changes import Decide, Keep, Note, Open, Put, StartAttempt
from gateway.journal.errors import JournalUnavailable, KeyTaken
from gateway.journal.postgres import PostgresJournal
from gateway.journal.postgres_months import TABLES, Month, make_ahead, partitions
from gateway.journal.records import DecisionRecord, MessageRecord, NoteRecord
from gateway.journal.retention import Retention
from gateway.journal.schema import MIGRATIONS
from gateway.journal.upkeep import status
from gateway.journal.upkeep.prune import prune
from gateway.journal.upkeep.pruning import Pruning
from gateway.model.states import OperationState
from gateway.ports import FrozenWorld

MARCH, APRIL = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
LATER = datetime(2033, 1, 1, tzinfo=UTC)


@pytest.fixture
async def journal(postgres_dsn):
    store = PostgresJournal(postgres_dsn)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
async def sql(postgres_dsn, journal):
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


@pytest.fixture
def whole(journal, operation, attempt):
    """An operation of an instant with a row in every divided table; its attempt may be made later."""

    async def make(at=MARCH, *, tried=None, **fields):
        world = FrozenWorld(at, seed=len(made))
        made.append(at)
        given = {"state": OperationState.succeeded, "operation": "policy.issue", **fields}
        op = operation(operation_id=world.new_id("op"), created_at=at, updated_at=at, **given)
        trying = FrozenWorld(tried or at, seed=len(made))
        call = attempt(op.operation_id, attempt_id=trying.new_id("att"), started_at=trying.now())
        common = {"operation_id": op.operation_id}
        await journal.write(
            Open(op),
            Decide(
                DecisionRecord(
                    **common, decision_id=world.new_id("rd"), client="shop", created_at=at, channel=None, body=b"{}"
                )
            ),
            StartAttempt(call),
            Keep(MessageRecord(owner_id=call.attempt_id, direction="request", at=trying.now(), sealed=b"x")),
            Note(NoteRecord(**common, note_id=world.new_id("note"), at=at, kind="unknown", text="")),
        )
        return op, call

    made = []
    return make


@asynccontextmanager
async def opened(dsn):
    database = open_upkeep(dsn)
    await database.open()
    yield database
    await database.close()


async def pruned(dsn, **options):
    async with opened(dsn) as database:
        run = Pruning(database, FrozenWorld(LATER), Retention(), **options)
        assert await prune(run)
        return {(each.table, each.month, each.kept): each.rows for each in run.report()}


async def counted(sql, month: str) -> dict[str, int]:
    return {table: await sql.fetchval(f"SELECT count(*) FROM {table}_{month}") for table in TABLES}


def test_a_month_knows_the_next_one_also_over_the_new_year():
    assert str(Month.of(datetime(2026, 12, 31, 23, tzinfo=UTC)).plus(1)) == "2027-01"
    assert str(Month(2026, 3).plus(-3)) == "2025-12"
    assert Month(2026, 12).end == Month(2027, 1).start


async def test_this_month_and_the_next_three_are_made_once(journal, sql):
    await journal.look_ahead(MARCH)
    there = await partitions(sql)
    assert {table: " ".join(map(str, months)) for table, months in there.items()} == dict.fromkeys(
        TABLES, "2026-03 2026-04 2026-05 2026-06"
    )
    assert await make_ahead(sql, MARCH) == []
    assert await make_ahead(sql, APRIL) == [f"{table}_2026_07" for table in TABLES]


async def test_replicas_that_look_ahead_at_once_make_each_month_once(postgres_dsn, journal, sql):
    others = [PostgresJournal(postgres_dsn) for _ in range(4)]
    await asyncio.gather(*(each.start() for each in others))
    await asyncio.gather(*(each.look_ahead(MARCH) for each in (journal, *others)))
    await asyncio.gather(*(each.close() for each in others))
    assert {len(months) for months in (await partitions(sql)).values()} == {4}


async def test_each_row_stands_in_the_month_of_its_operation_and_a_message_in_that_of_its_attempt(journal, sql, whole):
    await journal.look_ahead(MARCH)
    op, call = await whole(MARCH, tried=APRIL)
    assert await counted(sql, "2026_03") == {**dict.fromkeys(TABLES, 1), "messages": 0}
    assert await counted(sql, "2026_04") == {**dict.fromkeys(TABLES, 0), "messages": 1}
    assert await journal.attempts(op.operation_id) == [call]
    assert len(await journal.messages(call.attempt_id)) == 1
    [decision] = await journal.decisions(op.operation_id)
    assert await journal.decision(decision.decision_id) == decision


async def test_what_came_before_its_month_was_made_is_caught_and_moved(journal, sql, whole):
    op, _ = await whole(APRIL)
    assert await counted(sql, "rest") == dict.fromkeys(TABLES, 1)
    await journal.look_ahead(MARCH)
    assert await counted(sql, "rest") == dict.fromkeys(TABLES, 0)
    assert await counted(sql, "2026_04") == dict.fromkeys(TABLES, 1)
    assert await journal.operation(op.operation_id) == op


async def test_too_much_to_be_moved_stays_where_it_is_and_the_other_months_are_made(journal, sql, whole, monkeypatch):
    monkeypatch.setattr(postgres_months, "MOVED_MAX", 1)
    for _ in range(2):
        await whole(MARCH)
    await journal.look_ahead(MARCH)
    assert {str(months[0]) for months in (await partitions(sql)).values()} == {"2026-04"}
    assert await counted(sql, "rest") == dict.fromkeys(TABLES, 2)


async def test_a_table_that_someone_holds_is_left_for_the_next_time(journal, sql, postgres_dsn, monkeypatch):
    monkeypatch.setattr(postgres_months, "LOCK_WAIT_S", 0.1)
    async with sql.transaction():
        await sql.execute("SELECT count(*) FROM requests")
        with pytest.raises(JournalUnavailable, match="next months could not be made"):
            await journal.look_ahead(MARCH)
    await journal.look_ahead(MARCH)
    assert {len(months) for months in (await partitions(sql)).values()} == {4}


async def test_a_month_of_which_everything_is_over_is_dropped_and_its_keys_stay(
    postgres_dsn, journal, sql, whole, operation
):
    await journal.look_ahead(MARCH)
    issued, quoted = (await whole())[0], (await whole(operation="quote.create"))[0]
    rehearsed = await pruned(postgres_dsn, dry_run=True)
    assert await counted(sql, "2026_03") == dict.fromkeys(TABLES, 2), "a rehearsal drops nothing"
    done = await pruned(postgres_dsn)
    assert done == rehearsed
    assert done == {
        **{(table, "2026-03", False): 2 for table in TABLES},
        ("operations", "2026-03", True): 1,
        ("operations", "2026-03", False): 1,
    }
    assert all(Month(2026, 3) not in months for months in (await partitions(sql)).values())
    assert (await journal.operation(issued.operation_id)).pruned_at == LATER
    assert await journal.operation(quoted.operation_id) is None
    with pytest.raises(KeyTaken):
        await journal.write(Open(operation(idem_key=issued.idem_key)))


@pytest.mark.parametrize("state", [OperationState.needs_review, OperationState.unknown])
async def test_a_month_in_which_something_lives_goes_row_by_row_and_stays(postgres_dsn, journal, sql, whole, state):
    await journal.look_ahead(MARCH)
    living, over = (await whole(state=state))[0], (await whole())[0]
    await pruned(postgres_dsn)
    assert await counted(sql, "2026_03") == dict.fromkeys(TABLES, 1)
    assert await journal.operation(living.operation_id) == living
    assert (await journal.operation(over.operation_id)).pruned_at is not None


async def test_a_month_with_the_evidence_of_a_policy_in_force_stays(postgres_dsn, journal, sql, whole, policy):
    await journal.look_ahead(MARCH)
    await whole(subject_id="pol_1")
    await journal.write(Put(policy(object_id="pol_1", data=b'{"period":{"end":"2060-01-01T00:00:00Z"}}')))
    assert await pruned(postgres_dsn) == {}
    assert await counted(sql, "2026_03") == dict.fromkeys(TABLES, 1)


async def test_a_month_with_messages_of_an_older_operation_that_lives_stays(postgres_dsn, journal, sql, whole):
    await journal.look_ahead(MARCH)
    _, call = await whole(MARCH, tried=APRIL, state=OperationState.needs_review)
    await whole(APRIL)
    await pruned(postgres_dsn)
    assert len(await journal.messages(call.attempt_id)) == 1
    assert await counted(sql, "2026_04") == {**dict.fromkeys(TABLES, 0), "messages": 1}


async def test_a_message_of_an_attempt_made_in_the_next_month_goes_with_its_operation(
    postgres_dsn, journal, sql, whole
):
    await journal.look_ahead(MARCH)
    await whole(MARCH, tried=APRIL)
    await whole(APRIL, state=OperationState.needs_review)
    done = await pruned(postgres_dsn)
    assert done["messages", "2026-04", False] == 1
    assert await counted(sql, "2026_04") == dict.fromkeys(TABLES, 1)


async def test_status_tells_the_months_and_what_is_in_none(postgres_dsn, journal, whole):
    await journal.look_ahead(APRIL)
    await whole(MARCH)
    async with opened(postgres_dsn) as database:
        told = {each.table: each for each in await status.tables(database)}
    assert set(TABLES) <= set(told)
    for table in TABLES:
        assert (told[table].partitions, told[table].until, told[table].unplaced) == (4, "2026-07", 1), table
        assert told[table].rows == 1
    assert told["operations"].unplaced is None


async def test_a_database_in_use_is_divided_without_moving_or_losing_a_row(postgres_dsn, tmp_path, whole_before):
    op, call = await whole_before(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    journal = PostgresJournal(postgres_dsn, upgrades=True)
    await journal.start()
    assert await journal.operation(op.operation_id) == op
    assert await journal.attempts(op.operation_id) == [call]
    await journal.close()


@pytest.fixture
def whole_before(postgres_dsn, operation, attempt):
    """An operation that was written before there were months."""

    async def make(folder):
        for file in folder.glob("postgres_*_months*"):
            file.unlink()
        journal = PostgresJournal(postgres_dsn, migrations=folder)
        await journal.start()
        op = operation(state=OperationState.succeeded, request=b'{"a":1}')
        call = attempt(op.operation_id)
        await journal.write(Open(op), StartAttempt(call))
        await journal.close()
        return op, call

    return make
