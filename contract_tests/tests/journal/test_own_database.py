"""Tests run in a database of their own, whatever the server's DSN names: they empty what they are given."""

import asyncpg
import pytest

from contract_tests.tests import servers
from contract_tests.tests.servers import in_database, own_database, postgres


@pytest.mark.parametrize(
    ("server", "own"),
    [
        ("postgresql:///template1?host=/run", "postgresql:///own?host=/run"),
        ("postgresql:///postgres?host=/run", "postgresql:///own?host=/run"),
        ("postgresql:///?host=/run", "postgresql:///own?host=/run"),
        ("postgresql://me:p%2Fw@db:5432/mine", "postgresql://me:p%2Fw@db:5432/own"),
        ("postgresql://me@db:5432", "postgresql://me@db:5432/own"),
        ("postgresql://a:1,b:2/mine?sslmode=require&dbname=mine", "postgresql://a:1,b:2/own?sslmode=require"),
        ("postgresql://db/mine?database=mine", "postgresql://db/own"),
    ],
)
def test_a_dsn_of_any_form_leads_to_the_database_that_was_made(server, own):
    assert in_database(server, "own") == own


async def connected(dsn):
    connection = await asyncpg.connect(dsn)
    found = await connection.fetchval("SELECT current_database()")
    await connection.close()
    return found


async def test_with_a_dsn_that_names_a_users_database_tests_run_in_one_of_their_own(monkeypatch):
    async with own_database() as users:
        monkeypatch.setattr(servers, "_found", {})
        monkeypatch.setenv("INSUREHUB_TEST_PG", users)
        async with own_database() as dsn:
            assert await connected(dsn) != await connected(users)


async def test_a_database_that_was_not_made_for_the_tests_is_never_given_to_them(monkeypatch):
    await postgres()
    monkeypatch.setattr(servers, "in_database", lambda server, _name: server)
    with pytest.raises(RuntimeError, match="did not make"):
        async with own_database():
            pass
