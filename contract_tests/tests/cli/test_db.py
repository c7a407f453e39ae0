"""`insurehub db`: what an operator is told of the journal, and what it does to it."""

import asyncio
import json
import os
import signal
import sqlite3
from datetime import UTC, datetime

import asyncpg
import pytest
from msgspec.structs import replace

from contract_tests.tests.servers import own_database
from gateway.journal.changes import Open
from gateway.journal.postgres import PostgresJournal
from gateway.journal.records import OperationRecord
from gateway.journal.schema import migrations_of
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.upkeep.pruning import BATCH
from gateway.model.states import OperationState
from gateway.ports import World

NUMBERS = [each.number for each in migrations_of("sqlite")]


@pytest.fixture
def journal_file(empty_workspace):
    """The journal of a workspace whose gateway has run."""
    file = empty_workspace / ".insurehub" / "journal.db"
    asyncio.run(_served(SqliteJournal(file)))
    return file


@pytest.fixture
async def empty_dsn():
    async with own_database() as dsn:
        yield dsn


async def _served(journal):
    await journal.start()
    await journal.close()


async def _as_of_an_older_version(dsn):
    """One migration was never applied here."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE schema_migrations SET number = 9999 WHERE number = 1")
    await connection.close()


def test_status_lists_every_migration_and_every_table(empty_workspace, journal_file, insurehub):
    ended = insurehub(empty_workspace, "db", "status", "--json")
    told = json.loads(ended.out)
    assert ended.code == 0
    assert [each["number"] for each in told["migrations"]] == NUMBERS
    assert all(each["applied_at"] for each in told["migrations"])
    assert {"operations", "objects"} <= {each["table"] for each in told["tables"]}
    shown = insurehub(empty_workspace, "db", "status").out
    assert "initial" in shown
    assert "operations" in shown


def test_a_journal_that_is_not_there_yet_is_said_to_be_missing(empty_workspace, insurehub):
    ended = insurehub(empty_workspace, "db", "status")
    assert ended.code == 3
    assert "there is no journal at" in ended.err
    assert not (empty_workspace / ".insurehub" / "journal.db").exists()


def test_a_journal_in_memory_has_nothing_to_look_after(empty_workspace, insurehub, monkeypatch):
    monkeypatch.setenv("INSUREHUB_JOURNAL", "memory:")
    assert insurehub(empty_workspace, "db", "status").code == 2


def test_a_schema_that_is_complete_needs_no_upgrade(empty_workspace, journal_file, insurehub):
    ended = insurehub(empty_workspace, "db", "upgrade", "--phase", "all")
    assert ended.code == 0
    assert "nothing to apply" in ended.out


def test_a_pending_migration_is_named_first_and_applied_then(empty_workspace, empty_dsn, insurehub, monkeypatch):
    monkeypatch.setenv("INSUREHUB_JOURNAL", empty_dsn)
    lacking = insurehub(empty_workspace, "db", "status")
    assert lacking.code == 1
    assert "pending" in lacking.out
    assert "insurehub db upgrade --phase before" in lacking.err
    rehearsed = insurehub(empty_workspace, "db", "upgrade", "--dry-run", "--json")
    assert 1 in [each["number"] for each in json.loads(rehearsed.out)["migrations"]]
    assert insurehub(empty_workspace, "db", "status").code == 1, "a rehearsal changes nothing"
    done = insurehub(empty_workspace, "db", "upgrade", "--json")
    assert json.loads(done.out)["migrations"] == json.loads(rehearsed.out)["migrations"]
    made = json.loads(done.out)["partitions"]
    month = f"{datetime.now(UTC):%Y_%m}"
    assert f"attempts_{month}" in made, "and the months to come are made ahead"
    assert json.loads(rehearsed.out)["partitions"] == []
    shown = insurehub(empty_workspace, "db", "status")
    assert shown.code == 0
    assert "rows in none" in shown.out


def test_an_edited_migration_is_named_and_nothing_is_applied(empty_workspace, journal_file, insurehub):
    with sqlite3.connect(journal_file) as connection:
        connection.execute("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")
    ended = insurehub(empty_workspace, "db", "upgrade")
    assert ended.code == 1
    assert "sqlite_0001_initial.before.sql was changed" in ended.err


def test_a_gateway_refused_by_the_schema_says_which_command_helps(empty_workspace, empty_dsn, insurehub, monkeypatch):
    """Here with a command that opens the journal as a gateway does."""
    asyncio.run(_served(PostgresJournal(empty_dsn)))
    asyncio.run(_as_of_an_older_version(empty_dsn))
    monkeypatch.setenv("INSUREHUB_JOURNAL", empty_dsn)
    ended = insurehub(empty_workspace, "operations", "list")
    assert ended.code == 3
    assert "insurehub db upgrade --phase before" in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_what_is_old_enough_is_counted_first_and_then_forgotten(empty_workspace, insurehub, monkeypatch):
    monkeypatch.setenv("INSUREHUB_RETENTION_BUSINESS_DAYS", "183")
    asyncio.run(_old_operation(empty_workspace / ".insurehub" / "journal.db"))
    counted = insurehub(empty_workspace, "db", "prune", "--dry-run")
    assert counted.code == 0
    assert "would be removed" in counted.out
    assert "would be slimmed to its key" in counted.out
    told = json.loads(insurehub(empty_workspace, "db", "prune", "--json").out)
    assert told["is_complete"]
    assert {(each["table"], each["month"], each["rows"], each["kept"]) for each in told["removed"]} == {
        ("operations", "2020-03", 1, True),
        ("requests", "2020-03", 1, False),
    }
    assert "nothing is old enough" in insurehub(empty_workspace, "db", "prune").out


def test_while_another_prunes_nothing_is_done(empty_workspace, journal_file, insurehub):
    with sqlite3.connect(journal_file) as connection:
        connection.execute("INSERT INTO leases VALUES ('prune', 'another', 9000000000000000)")
    ended = insurehub(empty_workspace, "db", "prune")
    assert ended.code == 3
    assert "another process has the lease 'prune'" in ended.err


class _Interrupted(World):
    """The operator loses patience after the first batch."""

    async def sleep(self, wait_s):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.01)


def test_a_run_that_is_interrupted_ends_between_two_batches_and_the_next_one_goes_on(
    empty_workspace, insurehub, monkeypatch
):
    asyncio.run(_old_operation(empty_workspace / ".insurehub" / "journal.db", BATCH + 50))
    with monkeypatch.context() as patched:
        patched.setattr("cli.commands.db.World", _Interrupted)
        ended = insurehub(empty_workspace, "db", "prune", "--json")
    assert ended.code == 1
    assert "the next run goes on" in ended.err
    assert not json.loads(ended.out)["is_complete"]
    assert {each["rows"] for each in json.loads(ended.out)["removed"]} == {BATCH}
    rest = insurehub(empty_workspace, "db", "prune", "--json")
    assert rest.code == 0
    assert {each["rows"] for each in json.loads(rest.out)["removed"]} == {50}


async def _old_operation(file, count=1):
    journal, at = SqliteJournal(file), datetime(2020, 3, 1, tzinfo=UTC)
    await journal.start()
    record = OperationRecord(
        operation_id="op_0",
        client="shop",
        operation="policy.issue",
        idem_key="k",
        request_hash="h",
        state=OperationState.succeeded,
        request=b"{}",
        deadline_at=at,
        created_at=at,
        updated_at=at,
    )
    numbered = (replace(record, operation_id=f"op_00{number:03}", idem_key=f"k{number}") for number in range(count))
    await journal.write(*map(Open, numbered))
    await journal.close()
