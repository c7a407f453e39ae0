"""A journal that takes no writes says so, and why, without anything of ours being lost to find it out."""

import asyncio
import os
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from contract_tests.tests.servers import own_database
from gateway.journal.errors import JournalUnavailable
from gateway.journal.postgres import PostgresJournal
from gateway.journal.sqlite import SqliteJournal


async def test_a_journal_that_takes_writes_is_tried_as_often_as_wanted(journal, now):
    for seconds in range(3):
        await journal.try_writing(now + timedelta(seconds=seconds))


async def test_a_try_is_one_row_that_is_always_the_same(tmp_path, now):
    store = SqliteJournal(tmp_path / "j.db")
    await store.start()
    for seconds in range(3):
        await store.try_writing(now + timedelta(seconds=seconds))
    assert await store.rows("SELECT name, owner FROM leases", ()) == [("readiness", "")]
    await store.close()


async def test_a_file_whose_disk_is_full_says_so_and_recovers(tmp_path, now, monkeypatch):
    store = SqliteJournal(tmp_path / "j.db")
    await store.start()
    sound = os.statvfs(tmp_path)
    with monkeypatch.context() as patch:
        full = os.statvfs_result((*sound[:4], 0, *sound[5:]))
        patch.setattr(os, "statvfs", lambda _path: full)
        with pytest.raises(JournalUnavailable, match="its disk is full"):
            await store.try_writing(now)
    await store.try_writing(now)
    await store.close()


async def test_a_file_that_has_become_read_only_says_so(tmp_path, now):
    store = SqliteJournal(tmp_path / "j.db")
    await store.start()
    store._writer._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(JournalUnavailable, match="readonly database"):
        await store.try_writing(now)
    await store.close()


async def test_a_database_that_has_become_read_only_says_so(now):
    async with own_database() as dsn:
        store = PostgresJournal(dsn)
        await store.start()
        await store.try_writing(now)
        await _read_only(dsn, "on", store)
        with pytest.raises(JournalUnavailable, match="the database takes no writes"):
            await store.try_writing(now)
        await _read_only(dsn, "off", store)
        await store.try_writing(now)
        await store.close()


async def _read_only(dsn: str, word: str, store: PostgresJournal) -> None:
    """Sessions that begin from now on are so; those of before are ended, and the journal has noticed that."""
    admin = await asyncpg.connect(dsn, server_settings={"default_transaction_read_only": "off"})
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {word}')
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await admin.close()
    for _ in range(20):
        with suppress(JournalUnavailable):
            await store.rows("SELECT 1", ())
            break
        await asyncio.sleep(0.1)
