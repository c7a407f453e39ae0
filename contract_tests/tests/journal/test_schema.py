"""The schema through its life: numbered files, two phases, several gateways, and nothing half done."""

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from contract_tests.tests.servers import own_database
from gateway.journal.changes import Open
from gateway.journal.postgres import PostgresJournal
from gateway.journal.protocol import Journal
from gateway.journal.schema import MIGRATIONS, Phase, SchemaRefused, migrations_of
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.upkeep import status
from gateway.journal.upkeep.database import Database
from gateway.journal.upkeep.postgres import PostgresDatabase
from gateway.journal.upkeep.sqlite import SqliteDatabase

ADDS = "CREATE TABLE extra (id INTEGER PRIMARY KEY);\nALTER TABLE operations ADD COLUMN hint INTEGER;\n"
REMOVES = "ALTER TABLE operations DROP COLUMN hint;\n"
BREAKS = "CREATE TABLE half (id BIGINT);\n\nINSERT INTO nowhere VALUES (1);\n"


@dataclass
class Place:
    """A database, and a folder of migrations a version of the gateway has."""

    kind: str
    where: str
    folder: Path

    def add(self, name: str, sql: str) -> Path:
        file = self.folder / f"{self.kind}_{name}.sql"
        file.write_text(sql)
        return file

    def older(self, without: str) -> "Place":
        """The same database as a version sees it that has no such file."""
        folder = self.folder.parent / f"without-{without}"
        shutil.copytree(self.folder, folder)
        (folder / f"{self.kind}_{without}.sql").unlink()
        return Place(self.kind, self.where, folder)

    def journal(self, **options) -> Journal:
        if self.kind == "sqlite":
            return SqliteJournal(Path(self.where), migrations=self.folder)
        return PostgresJournal(self.where, migrations=self.folder, **options)

    def upkeep(self) -> Database:
        if self.kind == "sqlite":
            sqlite3.connect(self.where).close()
            return SqliteDatabase(Path(self.where), self.folder)
        return PostgresDatabase(self.where, self.folder)

    async def serve(self, **options) -> None:
        """A gateway of this version starts, writes and ends."""
        journal = self.journal(**options)
        await journal.start()
        await journal.close()

    async def upgrade(self, *phases: Phase) -> list[str]:
        async with _opened(self.upkeep()) as database:
            return [each.title for each in await database.upgrade(phases or tuple(Phase))]

    async def columns(self) -> dict[str, list[str]]:
        async with _opened(self.upkeep()) as database:
            return await database.columns()


@asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[Database]:
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture(params=["sqlite", "postgres"])
async def place(request, tmp_path):
    async with AsyncExitStack() as stack:
        where = str(tmp_path / "journal.db")
        if request.param == "postgres":
            where = await stack.enter_async_context(own_database())
        yield Place(request.param, where, shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


@pytest.fixture
async def shared(tmp_path):
    """A database that several gateways share."""
    async with own_database() as dsn:
        yield Place("postgres", dsn, shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def test_both_databases_go_through_the_same_numbers_and_phases():
    named = [[(each.number, each.name, each.phase) for each in migrations_of(name)] for name in ("sqlite", "postgres")]
    assert named[0] == named[1]
    assert [number for number, _, _ in named[0]] == list(range(1, len(named[0]) + 1))


async def test_everything_before_and_then_everything_after_ends_in_the_same_schema(place, tmp_path):
    place.add("9001_adds.before", ADDS)
    place.add("9002_removes.after", REMOVES)
    await place.upgrade(Phase.before)
    assert "hint" in (await place.columns())["operations"]
    await place.upgrade(Phase.after)
    step_by_step = await place.columns()
    if place.kind == "sqlite":
        at_once = Place("sqlite", str(tmp_path / "other.db"), place.folder)
        await at_once.serve()
        assert await at_once.columns() == step_by_step
    assert "hint" not in step_by_step["operations"]
    assert "extra" in step_by_step


async def test_each_file_is_applied_once_and_recorded_with_its_phase_and_time(place):
    place.add("9001_adds.before", ADDS)
    first = await place.upgrade()
    assert first[-1] == "9001_adds"
    assert await place.upgrade() == []
    async with _opened(place.upkeep()) as database:
        listed = await status.migrations(database)
    assert [each.number for each in listed] == sorted(each.number for each in listed)
    assert listed[-1].phase == "before"
    assert all(each.applied_at is not None and each.is_known for each in listed)


async def test_a_failed_migration_leaves_the_database_as_it_was_and_names_its_file(place):
    await place.upgrade()
    before = await place.columns()
    file = place.add("9001_breaks.before", BREAKS)
    with pytest.raises(SchemaRefused, match=file.name) as refused:
        await place.upgrade()
    assert await place.columns() == before
    if place.kind == "postgres":
        assert f"{file.name}:3 " in str(refused.value), "the line of the statement is told"
    file.write_text(ADDS)
    assert await place.upgrade() == ["9001_breaks"], "a corrected file that was never applied is applied"


async def test_what_was_applied_before_a_failure_stays(place):
    place.add("9001_adds.before", ADDS)
    place.add("9002_breaks.before", BREAKS)
    with pytest.raises(SchemaRefused, match="9002_breaks"):
        await place.upgrade()
    columns = await place.columns()
    assert "extra" in columns
    assert "half" not in columns


async def test_an_applied_file_that_was_edited_is_named(place):
    file = place.add("9001_adds.before", ADDS)
    await place.serve()
    await place.upgrade()
    file.write_text(f"{ADDS}-- a second thought\n")
    with pytest.raises(SchemaRefused, match=rf"{file.name} was changed after it had been applied"):
        await place.serve()
    with pytest.raises(SchemaRefused, match=file.name):
        await place.upgrade()


async def test_old_code_goes_on_working_on_a_schema_prepared_for_the_new_one(place, operation, caplog):
    old = place.older("9001_adds.before") if place.add("9001_adds.before", ADDS) else place
    await old.serve()
    await place.upgrade(Phase.before)
    journal, record = old.journal(), operation()
    with caplog.at_level(logging.WARNING, "insurehub.journal"):
        await journal.start()
    await journal.write(Open(record))
    assert await journal.operation(record.operation_id) == record
    await journal.close()
    assert "9001_adds" in caplog.text
    async with _opened(old.upkeep()) as database:
        assert [(each.number, each.is_known) for each in await status.migrations(database)][-1] == (9001, False)


async def test_old_code_refuses_a_schema_from_which_something_was_removed(place):
    place.add("9001_adds.before", ADDS)
    place.add("9002_removes.after", REMOVES)
    await place.upgrade()
    with pytest.raises(SchemaRefused, match="9002_removes"):
        await place.older("9002_removes.after").serve()


async def test_a_file_whose_name_says_too_little_is_refused(place):
    place.add("9001_adds", ADDS)
    with pytest.raises(SchemaRefused, match=r"9001_adds\.sql: a migration is named"):
        await place.serve()


async def test_two_files_of_one_number_are_refused(place):
    place.add("9001_adds.before", ADDS)
    place.add("9001_other.before", ADDS)
    with pytest.raises(SchemaRefused, match=r"9001_adds\.before\.sql has the same number"):
        await place.serve()


async def test_tables_that_nobody_recorded_are_not_touched(place):
    async with _opened(place.upkeep()) as database:
        await database.rows("CREATE TABLE operations (id BIGINT)")
    with pytest.raises(SchemaRefused, match="name an empty one"):
        await place.serve()
    assert await place.columns() == {"operations": ["id"]}


async def test_a_statement_may_hold_a_semicolon_in_a_text_or_a_trigger(tmp_path):
    place = Place("sqlite", str(tmp_path / "j.db"), shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    place.add(
        "9001_odd.before",
        "CREATE TABLE odd (t TEXT DEFAULT 'a;b');\n"
        "CREATE TRIGGER tr AFTER INSERT ON odd BEGIN UPDATE odd SET t = 'x;'; DELETE FROM odd; END;\n-- the end\n",
    )
    await place.serve()
    assert "odd" in await place.columns()


async def test_a_gateway_leaves_a_schema_in_use_alone_and_names_the_command(shared):
    await shared.serve()
    shared.add("9001_adds.before", ADDS)
    with pytest.raises(SchemaRefused, match=r"lacks 9001_adds: run `insurehub db upgrade --phase before`"):
        await shared.serve()
    assert "extra" not in await shared.columns()


async def test_a_gateway_told_so_prepares_the_schema_and_leaves_the_rest_for_after_the_deploy(shared):
    await shared.serve()
    shared.add("9001_adds.before", ADDS)
    shared.add("9002_removes.after", REMOVES)
    await shared.serve(upgrades=True)
    assert "hint" in (await shared.columns())["operations"]
    assert await shared.upgrade(Phase.after) == ["9002_removes"]
    await shared.serve()


async def test_replicas_and_a_person_who_upgrade_at_once_apply_each_file_once(shared):
    await shared.serve()
    shared.add("9001_adds.before", ADDS + "SELECT pg_sleep(0.2);")
    done = await asyncio.gather(
        *(shared.upgrade(Phase.before) for _ in range(4)), *(shared.serve(upgrades=True) for _ in range(4))
    )
    assert sum(each == ["9001_adds"] for each in done) <= 1
    assert "extra" in await shared.columns()
    async with _opened(shared.upkeep()) as database:
        assert await database.rows("SELECT count(*) FROM schema_migrations WHERE number = 9001") == [(1,)]


async def test_processes_that_open_one_new_file_at_once_apply_each_migration_once(tmp_path):
    def open_it() -> None:
        asyncio.run(Place("sqlite", str(tmp_path / "j.db"), MIGRATIONS).serve())

    await asyncio.gather(*(asyncio.to_thread(open_it) for _ in range(6)))
    [(count,)] = sqlite3.connect(tmp_path / "j.db").execute("SELECT count(*) FROM schema_migrations")
    assert count == len(migrations_of("sqlite"))


async def test_a_table_that_is_locked_ends_the_upgrade_and_changes_nothing(shared, monkeypatch):
    monkeypatch.setattr("gateway.journal.postgres_schema.LOCK_WAIT_S", 0.1)
    await shared.serve()
    shared.add("9001_adds.before", ADDS)
    holder = await asyncpg.connect(shared.where)
    try:
        async with holder.transaction():
            await holder.execute("SELECT count(*) FROM operations")
            with pytest.raises(SchemaRefused, match=r"9001_adds.* left the journal as it was: another session"):
                await shared.upgrade()
    finally:
        await holder.close()
    assert "extra" not in await shared.columns()
    assert await shared.upgrade() == ["9001_adds"]


async def test_every_table_is_told_with_its_rows_size_and_oldest_month(place, operation):
    journal = place.journal()
    await journal.start()
    for _ in range(3):
        await journal.write(Open(operation()))
    await journal.close()
    async with _opened(place.upkeep()) as database:
        told = {each.table: each for each in await status.tables(database)}
    assert (told["operations"].rows, told["operations"].oldest) == (3, "2026-03")
    assert told["operations"].bytes >= 8192
    assert (told["notes"].rows, told["notes"].oldest) == (0, None)
    assert "schema_migrations" in told
