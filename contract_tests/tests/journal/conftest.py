import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from contract_tests.tests.servers import own_database
from gateway.journal.memory import MemoryJournal
from gateway.journal.postgres import PostgresJournal
from gateway.journal.postgres_months import TABLES
from gateway.journal.protocol import Journal
from gateway.journal.records import AttemptRecord, NumberRecord, ObjectRecord, OperationRecord
from gateway.journal.sqlite import SqliteJournal
from gateway.model.states import OperationState

IDENTITIES = ("operations", "objects", "object_versions", "numbers")
NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
_ids = itertools.count(1)


@pytest.fixture
async def postgres_dsn():
    """A database of its own on the server that is there."""
    async with own_database() as dsn:
        yield dsn


@pytest.fixture(scope="module")
def apart():
    """Run something on a loop of its own, in a thread of its own, whatever the tests' loops do."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        runner = asyncio.Runner()
        yield lambda work: thread.submit(runner.run, work).result()
        thread.submit(runner.close).result()


@pytest.fixture(scope="module")
def kept_database(apart):
    """One database for all tests of a file: to make and drop one costs more than most of them."""
    database = own_database()
    yield apart(database.__aenter__())
    apart(database.__aexit__(None, None, None))


@pytest.fixture(params=["sqlite", "postgres"])
def dsn(request, apart, tmp_path: Path):
    """An empty journal's place, on each database that outlives its process."""
    if request.param == "sqlite":
        yield f"sqlite:{tmp_path}/journal.db"
        return
    place = request.getfixturevalue("kept_database")
    yield place
    apart(_emptied(place))


async def _emptied(place: str) -> None:
    connection = await asyncpg.connect(place)
    await connection.execute("SET synchronous_commit = off")
    for table in {*TABLES, "inbound", "leases", "events", "deliveries", "orphans", "webhook_endpoints", *IDENTITIES}:
        await connection.execute(f"DELETE FROM {table}")
    await connection.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def journal(request, tmp_path: Path):
    """Every journal passes every test of this folder."""
    async with AsyncExitStack() as stack:
        store: Journal = MemoryJournal()
        if request.param == "sqlite":
            store = SqliteJournal(tmp_path / "journal.db")
        elif request.param == "postgres":
            store = PostgresJournal(await stack.enter_async_context(own_database()))
        await store.start()
        yield store
        await store.close()


@pytest.fixture
def operation():
    def make(**fields) -> OperationRecord:
        number = next(_ids)
        given = {
            "operation_id": f"op_{number:06}",
            "client": "shop",
            "operation": "policy.issue",
            "idem_key": f"key-{number}",
            "request_hash": "h",
            "state": OperationState.sending,
            "request": b"{}",
            "deadline_at": NOW + timedelta(minutes=5),
            "created_at": NOW,
            "updated_at": NOW,
        }
        return OperationRecord(**{**given, **fields})

    return make


@pytest.fixture
def attempt():
    def make(operation_id: str, **fields) -> AttemptRecord:
        given = {
            "attempt_id": f"att_{next(_ids):06}",
            "operation_id": operation_id,
            "step": "",
            "purpose": "effect",
            "number": 1,
            "channel": "lotus_main",
            "request_no": "R0001",
            "adapter_version": "2.0+abc",
            "started_at": NOW,
        }
        return AttemptRecord(**{**given, **fields})

    return make


@pytest.fixture
def policy():
    def make(**fields) -> ObjectRecord:
        given = {
            "kind": "policy",
            "object_id": f"pol_{next(_ids):06}",
            "client": "shop",
            "client_ref": "order-1",
            "channel": "lotus_main",
            "operation_id": "op_1",
            "status": "in_force",
            "data": b"{}",
            "created_at": NOW,
            "updated_at": NOW,
        }
        return ObjectRecord(**{**given, **fields})

    return make


@pytest.fixture
def number():
    def make(object_id: str, no: str = "P1", **fields) -> NumberRecord:
        given = {
            "channel": "lotus_main",
            "number_kind": "policy",
            "no": no,
            "kind": "policy",
            "object_id": object_id,
            "client": "shop",
        }
        return NumberRecord(**{**given, **fields})

    return make


@pytest.fixture
def now() -> datetime:
    return NOW
