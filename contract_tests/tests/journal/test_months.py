"""Months on PostgreSQL: made before they begin, found in `db status`, dropped whole when nothing in them is needed."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import pytest
from msgspec.structs import replace

from gateway.app import open_upkeep
from gateway.journal import postgres_months
from gateway.journal.changes import Decide, Deliver, Emit, Keep, MoveDelivery, Note, Open, Put, StartAttempt
from gateway.journal.errors import JournalUnavailable, KeyTaken
from gateway.journal.postgres import PostgresJournal
from gateway.journal.postgres_months import OF_EVENTS, OF_OPERATIONS, TABLES, Month, make_ahead, partitions
from gateway.journal.records import DecisionRecord, DeliveryRecord, EventRecord, MessageRecord, NoteRecord
from gateway.journal.retention import Retention
from gateway.journal.schema import MIGRATIONS, Phase, SchemaRefused
from gateway.journal.upkeep import status
from gateway.journal.upkeep.prune import prune
from gateway.journal.upkeep.pruning import Pruning
from gateway.model.events import DeliveryState, EventType, Ordering
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


async def pruned(dsn, at=LATER, **options):
    async with opened(dsn) as database:
        run = Pruning(database, FrozenWorld(at), Retention(), **options)
        assert await prune(run)
        return {(each.table, each.month, each.kept): each.rows for each in run.report()}


async def counted(sql, month: str, tables=OF_OPERATIONS) -> dict[str, int]:
    return {table: await sql.fetchval(f"SELECT count(*) FROM {table}_{month}") for table in tables}


async def told_of(journal, at=MARCH, state=DeliveryState.delivered, endpoint="whe_1", created_at=None):
    """An event of an instant, and its delivery."""
    event_id = FrozenWorld(at, seed=len(await journal.deliveries())).new_id("evt")
    common = {"event_id": event_id, "client": "shop", "object_id": "op_1"}
    made = created_at or at
    delivery = DeliveryRecord(**common, endpoint_id=endpoint, state=state, next_at=at, created_at=made, updated_at=made)
    await journal.write(
        Emit(EventRecord(**common, type=EventType.operation_succeeded, at=at, body=b"{}")), Deliver(delivery)
    )
    return event_id


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
    assert await counted(sql, "2026_03") == {**dict.fromkeys(OF_OPERATIONS, 1), "messages": 0}
    assert await counted(sql, "2026_04") == {**dict.fromkeys(OF_OPERATIONS, 0), "messages": 1}
    assert await journal.attempts(op.operation_id) == [call]
    assert len(await journal.messages(call.attempt_id)) == 1
    [decision] = await journal.decisions(op.operation_id)
    assert await journal.decision(decision.decision_id) == decision


async def test_what_came_before_its_month_was_made_is_caught_and_moved(journal, sql, whole):
    op, _ = await whole(APRIL)
    assert await counted(sql, "rest") == dict.fromkeys(OF_OPERATIONS, 1)
    await journal.look_ahead(MARCH)
    assert await counted(sql, "rest") == dict.fromkeys(OF_OPERATIONS, 0)
    assert await counted(sql, "2026_04") == dict.fromkeys(OF_OPERATIONS, 1)
    assert await journal.operation(op.operation_id) == op


async def test_too_much_to_be_moved_stays_where_it_is_and_the_other_months_are_made(journal, sql, whole, monkeypatch):
    monkeypatch.setattr(postgres_months, "MOVED_MAX", 1)
    for _ in range(2):
        await whole(MARCH)
    await journal.look_ahead(MARCH)
    there = await partitions(sql)
    assert {str(there[table][0]) for table in OF_OPERATIONS} == {"2026-04"}
    assert {str(there[table][0]) for table in OF_EVENTS} == {"2026-03"}
    assert await counted(sql, "rest") == dict.fromkeys(OF_OPERATIONS, 2)


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
    assert await counted(sql, "2026_03") == dict.fromkeys(OF_OPERATIONS, 2), "a rehearsal drops nothing"
    done = await pruned(postgres_dsn)
    assert done == rehearsed
    assert done == {
        **{(table, "2026-03", False): 2 for table in OF_OPERATIONS},
        ("operations", "2026-03", True): 1,
        ("operations", "2026-03", False): 1,
    }
    there = await partitions(sql)
    assert all(Month(2026, 3) not in there[table] for table in OF_OPERATIONS)
    assert (await journal.operation(issued.operation_id)).pruned_at == LATER
    assert await journal.operation(quoted.operation_id) is None
    with pytest.raises(KeyTaken):
        await journal.write(Open(operation(idem_key=issued.idem_key)))


@pytest.mark.parametrize("state", [OperationState.needs_review, OperationState.unknown])
async def test_a_month_in_which_something_lives_goes_row_by_row_and_stays(postgres_dsn, journal, sql, whole, state):
    await journal.look_ahead(MARCH)
    living, over = (await whole(state=state))[0], (await whole())[0]
    await pruned(postgres_dsn)
    assert await counted(sql, "2026_03") == dict.fromkeys(OF_OPERATIONS, 1)
    assert await journal.operation(living.operation_id) == living
    assert (await journal.operation(over.operation_id)).pruned_at is not None


async def test_a_month_with_the_evidence_of_a_policy_in_force_stays(postgres_dsn, journal, sql, whole, policy):
    await journal.look_ahead(MARCH)
    await whole(subject_id="pol_1")
    await journal.write(Put(policy(object_id="pol_1", data=b'{"period":{"end":"2060-01-01T00:00:00Z"}}')))
    assert await pruned(postgres_dsn) == {}
    assert await counted(sql, "2026_03") == dict.fromkeys(OF_OPERATIONS, 1)


async def test_a_month_with_messages_of_an_older_operation_that_lives_stays(postgres_dsn, journal, sql, whole):
    await journal.look_ahead(MARCH)
    _, call = await whole(MARCH, tried=APRIL, state=OperationState.needs_review)
    await whole(APRIL)
    await pruned(postgres_dsn)
    assert len(await journal.messages(call.attempt_id)) == 1
    assert await counted(sql, "2026_04") == {**dict.fromkeys(OF_OPERATIONS, 0), "messages": 1}


async def test_a_message_of_an_attempt_made_in_the_next_month_goes_with_its_operation(
    postgres_dsn, journal, sql, whole
):
    await journal.look_ahead(MARCH)
    await whole(MARCH, tried=APRIL)
    await whole(APRIL, state=OperationState.needs_review)
    done = await pruned(postgres_dsn)
    assert done["messages", "2026-04", False] == 1
    assert await counted(sql, "2026_04") == dict.fromkeys(OF_OPERATIONS, 1)


async def test_events_of_a_month_nobody_waits_for_are_dropped_sooner_than_operations(postgres_dsn, journal, sql, whole):
    await journal.look_ahead(MARCH)
    op, _ = await whole()
    for state in (DeliveryState.delivered, DeliveryState.dead):
        await told_of(journal, state=state)
    young = await told_of(journal, APRIL)
    at = datetime(2026, 10, 5, tzinfo=UTC)
    rehearsed = await pruned(postgres_dsn, at, dry_run=True)
    assert await counted(sql, "2026_03", OF_EVENTS) == dict.fromkeys(OF_EVENTS, 2), "a rehearsal drops nothing"
    done = await pruned(postgres_dsn, at)
    assert done == rehearsed == {(table, "2026-03", False): 2 for table in OF_EVENTS}
    there = await partitions(sql)
    assert all(Month(2026, 3) not in there[table] for table in OF_EVENTS)
    assert all(Month(2026, 3) in there[table] for table in OF_OPERATIONS)
    assert await journal.operation(op.operation_id) == op
    assert [each.event_id for each in await journal.events("shop")] == [young]


@pytest.mark.parametrize("stays", [{"state": DeliveryState.waiting}, {"created_at": datetime(2026, 9, 1, tzinfo=UTC)}])
async def test_a_month_of_events_with_one_that_waits_or_was_sent_again_goes_row_by_row(
    postgres_dsn, journal, sql, stays
):
    await journal.look_ahead(MARCH)
    await told_of(journal)
    kept = await told_of(journal, **stays)
    await pruned(postgres_dsn, datetime(2026, 10, 5, tzinfo=UTC))
    assert [each.event_id for each in await journal.deliveries()] == [kept]
    assert await sql.fetchval("SELECT count(*) FROM deliveries_2026_03") == 1


async def test_a_delivery_that_is_to_be_sent_again_while_its_month_would_go_keeps_it(postgres_dsn, journal, sql):
    """Somebody has it sent again between the look and the drop: seen under the lock, or not begun before it."""
    await journal.look_ahead(MARCH)
    event_id = await told_of(journal, state=DeliveryState.dead)
    async with sql.transaction():
        await sql.execute("UPDATE deliveries SET state = 'waiting' WHERE event_id = $1", event_id)
        dropping = asyncio.create_task(pruned(postgres_dsn, datetime(2026, 10, 5, tzinfo=UTC)))
        while not await sql.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await dropping
    assert [each.event_id for each in await journal.deliveries()] == [event_id]


async def test_what_waits_is_claimed_in_order_over_the_months(journal):
    await journal.look_ahead(MARCH)
    ids = [await told_of(journal, at, DeliveryState.waiting) for at in (MARCH, APRIL, LATER, MARCH)]
    until = LATER.replace(day=2)
    taken = []
    for _ in ids:
        [delivery] = await journal.claim_deliveries("whe_1", Ordering.per_object, LATER, "gw", until, 10)
        taken.append(delivery.event_id)
        over = replace(delivery, state=DeliveryState.delivered, lease_until=None)
        await journal.write(MoveDelivery(over, from_fence=delivery.fence))
    assert taken == ids
    assert [each.event_id for each in await journal.events("shop")] == ids


async def test_status_tells_the_months_and_what_is_in_none(postgres_dsn, journal, whole):
    await journal.look_ahead(APRIL)
    await whole(MARCH)
    async with opened(postgres_dsn) as database:
        told = {each.table: each for each in await status.tables(database)}
    assert set(TABLES) <= set(told)
    for table in TABLES:
        assert (told[table].partitions, told[table].until) == (4, "2026-07"), table
    for table in OF_OPERATIONS:
        assert (told[table].rows, told[table].unplaced) == (1, 1), table
    assert told["operations"].unplaced is None


async def _older(dsn, tmp_path, lacking: str) -> PostgresJournal:
    """The journal of a version that had none of the migrations from this one on."""
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    for file in folder.glob("postgres_*.sql"):
        if file.name >= lacking:
            file.unlink()
    journal = PostgresJournal(dsn, migrations=folder)
    await journal.start()
    return journal


async def test_a_database_in_use_is_divided_without_moving_or_losing_a_row(postgres_dsn, tmp_path, operation, attempt):
    older = await _older(postgres_dsn, tmp_path, "postgres_0005")
    op = operation(state=OperationState.succeeded, request=b'{"a":1}')
    call = attempt(op.operation_id)
    await older.write(Open(op), StartAttempt(call))
    await older.close()
    journal = PostgresJournal(postgres_dsn, upgrades=True)
    await journal.start()
    assert await journal.operation(op.operation_id) == op
    assert await journal.attempts(op.operation_id) == [call]
    await journal.close()


async def test_while_events_are_divided_the_gateway_before_goes_on_and_no_place_is_given_twice(
    postgres_dsn, tmp_path, operation
):
    """Two phases: the older gateway stays connected over `db upgrade` and works on beside the newer one."""
    older = await _older(postgres_dsn, tmp_path, "postgres_0009")
    before = [await told_of(older, MARCH, DeliveryState.waiting) for _ in range(3)]
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute("DELETE FROM events WHERE event_id = $1", before[-1])  # as pruned: its place is not free
    async with opened(postgres_dsn) as database:
        applied = await database.upgrade({Phase.before})
        assert [each.title for each in applied] == ["0009_event_months"]
        await database.make_ahead(MARCH)
    newer = PostgresJournal(postgres_dsn)
    await newer.start()
    theirs, ours = await told_of(older, APRIL), await told_of(newer, APRIL)
    await older.write(Open(operation()))
    for journal in (older, newer):
        assert [each.event_id for each in await journal.events("shop")] == [*before[:2], theirs, ours]
        assert {each.event_id for each in await journal.deliveries()} == {*before, theirs, ours}
    places = [row[0] for row in await connection.fetch("SELECT place FROM events ORDER BY place")]
    assert places == [1, 2, 4, 5]
    assert await counted(connection, "rest", OF_EVENTS) == {"events": 0, "deliveries": 0}, (
        "few are moved to their month"
    )
    claimed = await older.claim_deliveries("whe_1", Ordering.none, LATER, "old", LATER.replace(day=2), 10)
    assert {each.event_id for each in claimed} == set(before)
    for journal in (older, newer):
        await journal.close()
    await connection.close()


async def test_a_migration_that_does_not_fit_the_tables_says_so_and_what_to_do(postgres_dsn, journal, sql):
    """Somebody took it out of the record by hand."""
    await sql.execute("DELETE FROM schema_migrations WHERE number = 9")
    async with opened(postgres_dsn) as database:
        with pytest.raises(SchemaRefused, match=r"DuplicateTableError \(42P07\): the tables are not those that"):
            await database.upgrade()
        assert [each.number for each in (await database.schema()).pending()] == [9]
