"""Whether a gateway wants new operations: only while its journal takes writes."""

import asyncio
import sqlite3

import pytest

from gateway.errors import Unavailable
from gateway.journal.errors import JournalUnavailable
from gateway.service.operating.readiness import TRIES_EVERY_S


@pytest.fixture
async def service(make, monkeypatch):
    made = await make()
    made.full, made.tried = False, 0

    async def try_writing(_now):
        made.tried += 1
        if made.full:
            raise JournalUnavailable("the journal could not write: its disk is full")

    monkeypatch.setattr(made.parts.journal, "try_writing", try_writing, raising=False)
    return made


async def test_a_gateway_whose_journals_disk_is_full_is_not_ready_says_why_and_recovers_by_itself(service, world):
    assert (await service.ready())["journal"] == "ok"
    service.full = True
    await world.sleep(TRIES_EVERY_S)
    with pytest.raises(Unavailable, match="its disk is full"):
        await service.ready()
    service.full = False
    await world.sleep(TRIES_EVERY_S)
    assert (await service.ready())["journal"] == "ok"


async def test_however_often_it_is_asked_a_gateway_tries_its_journal_every_few_seconds(service, world):
    for _ in range(5):
        await asyncio.gather(*(service.ready() for _ in range(20)))
    assert service.tried == 1
    await world.sleep(TRIES_EVERY_S)
    await service.ready()
    assert service.tried == 2


async def test_what_a_sqlite_file_refuses_makes_its_gateway_unready(make, sqlite_journal, world):
    service = await make(journal=sqlite_journal)
    assert (await service.ready())["journal"] == "ok"
    connection: sqlite3.Connection = sqlite_journal._writer._connection
    connection.execute("PRAGMA query_only = ON")
    await world.sleep(TRIES_EVERY_S)
    with pytest.raises(Unavailable, match="readonly database"):
        await service.ready()
    connection.execute("PRAGMA query_only = OFF")
    await world.sleep(TRIES_EVERY_S)
    assert (await service.ready())["journal"] == "ok"
