"""What only a database shared by several gateways must do."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from msgspec.structs import replace

from contract_tests.tests.servers import postgres
from gateway.app import open_journal
from gateway.journal.changes import Move, Note, Open
from gateway.journal.errors import JournalUnavailable, KeyTaken, Stale
from gateway.journal.postgres import PostgresJournal
from gateway.journal.records import NoteRecord
from gateway.model.states import OperationState


@pytest.fixture
async def two(postgres_dsn):
    """Two gateways' journals on one database, started at the same moment."""
    pair = PostgresJournal(postgres_dsn), PostgresJournal(postgres_dsn)
    await asyncio.gather(*(each.start() for each in pair))
    yield pair
    await asyncio.gather(*(each.close() for each in pair))


async def test_a_dsn_chooses_postgresql(postgres_dsn, operation):
    journal = open_journal(postgres_dsn)
    await journal.start()
    record = operation()
    await journal.write(Open(record))
    assert await journal.operation(record.operation_id) == record
    await journal.close()


async def test_one_key_sent_to_two_gateways_is_one_operation(two, operation):
    opened = await asyncio.gather(
        *(journal.write(Open(operation(idem_key=f"k{n}"))) for n in range(40) for journal in two),
        return_exceptions=True,
    )
    assert opened.count(None) == 40
    assert sum(isinstance(each, KeyTaken) for each in opened) == 40
    assert len(await two[0].operations()) == 40


async def test_work_that_is_due_is_taken_by_one_gateway_only(two, operation, now):
    await asyncio.gather(
        *(two[0].write(Open(operation(state=OperationState.unknown, next_check_at=now))) for _ in range(60))
    )
    until = now + timedelta(seconds=45)
    claims = [journal.claim_due(now, f"gw-{at}", until, 7) for _ in range(8) for at, journal in enumerate(two)]
    taken = [each.operation_id for found in await asyncio.gather(*claims) for each in found]
    assert len(taken) == len(set(taken)) == 60


async def test_a_zombie_gateway_cannot_write_over_the_one_that_took_over(two, operation, now):
    record = operation(state=OperationState.unknown, next_check_at=now)
    await two[0].write(Open(record))
    [held] = await two[1].claim_due(now, "gw-new", now + timedelta(seconds=45), 1)
    with pytest.raises(Stale):
        await two[0].write(Move(replace(record, state=OperationState.resolving), OperationState.unknown))
    await two[1].write(Move(replace(held, state=OperationState.resolving), OperationState.unknown))
    assert (await two[0].operation(record.operation_id)).state is OperationState.resolving


async def test_connections_killed_under_way_lose_nothing_that_was_acknowledged(postgres_dsn, operation):
    journal = PostgresJournal(postgres_dsn)
    await journal.start()
    killer = await asyncpg.connect(postgres_dsn)
    acknowledged, refused = [], 0

    async def write(number: int) -> None:
        nonlocal refused
        record = operation(idem_key=f"k{number}")
        try:
            await journal.write(Open(record))
        except JournalUnavailable:
            refused += 1
        else:
            acknowledged.append(record.operation_id)

    for number in range(0, 300, 30):
        writes = [asyncio.create_task(write(number + at)) for at in range(30)]
        await asyncio.sleep(0.001 * (number % 7))
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await asyncio.gather(*writes)
    stored = {row[0] for row in await killer.fetch("SELECT operation_id FROM operations")}
    await killer.close()
    await journal.close()
    assert len(acknowledged) + refused == 300
    assert len(acknowledged) > 30
    assert stored == set(acknowledged), "what was refused is not there, what was acknowledged is"


async def test_a_commit_without_an_answer_is_asked_after(postgres_dsn, operation):
    """The connection is cut between COMMIT and its answer: the database knows what became of it."""
    journal = PostgresJournal(postgres_dsn)
    await journal.start()
    record = operation()
    connection = await journal._writer()
    execute = connection.execute

    async def cut(statement, *values, **options):
        await execute(statement, *values, **options)
        if statement == "COMMIT":
            connection.terminate()
            raise ConnectionResetError("cut")

    journal._writing = _Cut(connection, cut)
    await journal.write(Open(record))
    assert await journal.operation(record.operation_id) == record
    await journal.close()


class _Cut:
    """A connection that does everything but answer a commit."""

    def __init__(self, connection, execute) -> None:
        self._connection, self.execute = connection, execute

    def __getattr__(self, name):
        return getattr(self._connection, name)


async def test_a_database_that_is_gone_refuses_and_comes_back_by_itself(postgres_dsn, operation):
    journal = PostgresJournal(postgres_dsn)
    await journal.start()
    server = await asyncpg.connect(await postgres())
    name = await journal._opened().fetchval("SELECT current_database()")
    await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    record = operation()
    with pytest.raises(JournalUnavailable):
        await journal.write(Open(record))
    with pytest.raises(JournalUnavailable):
        await journal.operation(record.operation_id)
    await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await server.close()
    await journal.write(Open(record))
    assert await journal.operation(record.operation_id) == record
    await journal.close()


async def test_a_server_that_is_not_there_is_told_without_its_password():
    journal = open_journal("postgresql://someone:secret@127.0.0.1:1/none")
    with pytest.raises(JournalUnavailable) as told:
        await journal.start()
    assert "secret" not in str(told.value)


async def test_what_a_carrier_says_is_kept_whatever_characters_it_holds(postgres_dsn, operation, now):
    journal = PostgresJournal(postgres_dsn)
    await journal.start()
    record = operation()
    told = NoteRecord(note_id="note_1", operation_id=record.operation_id, at=now, kind="unknown", text="a\x00b\ud800")
    await journal.write(Open(record), Note(told))
    [kept] = await journal.notes(record.operation_id)
    assert kept.text == "a\ufffdb?"
    await journal.close()
