"""A PostgreSQL that cannot be opened: the sentence says where and what to do, and never a password."""

import asyncio
import contextlib
import socket
from urllib.parse import urlsplit

import asyncpg
import pytest

from contract_tests.tests.servers import own_database
from gateway.app import open_upkeep
from gateway.journal import postgres_opening
from gateway.journal.errors import JournalUnavailable
from gateway.journal.postgres import PostgresJournal
from gateway.journal.postgres_opening import not_opened
from gateway.journal.sqlite import SqliteJournal

SECRET = "hunter2secret"


async def refusals(dsn):
    """What a gateway's start and `insurehub db` say."""
    said = []
    for opening in (PostgresJournal(dsn).start, open_upkeep(dsn).open):
        with pytest.raises(JournalUnavailable) as refused:
            await opening()
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert SECRET not in said[0]
    return said[0]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_bytes(b"no database at all" * 300), "this is no SQLite file: name another one"),
        (lambda path: path.mkdir(), "the file and its folder must be there for this user to write"),
    ],
)
async def test_a_sqlite_file_that_cannot_be_opened_is_named_with_what_helps(tmp_path, make, why):
    make(tmp_path / "journal.db")
    for opening in (SqliteJournal(tmp_path / "journal.db").start, open_upkeep(f"sqlite:{tmp_path}/journal.db").open):
        with pytest.raises(JournalUnavailable) as refused:
            await opening()
        assert str(refused.value).startswith(f"the journal at {tmp_path}/journal.db cannot be opened: ")
        assert str(refused.value).endswith(f"; {why}")


async def test_a_server_that_is_down_is_named_with_its_port_and_what_helps():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = await refusals(f"postgresql://hub:{SECRET}@127.0.0.1:{port}/journal")
    assert told == (
        f"the journal at 127.0.0.1:{port}/journal cannot be opened: nobody listens there: start PostgreSQL, "
        "or correct the address [ConnectionRefusedError]"
    )


async def test_a_host_that_does_not_speak_postgresql_is_not_waited_for_long(monkeypatch):
    for module in ("gateway.journal.postgres", "gateway.journal.upkeep.postgres"):
        monkeypatch.setattr(f"{module}.CONNECT_S", 0.2)

    async def silent(_reader, writer):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(5)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    told = await refusals(f"postgresql://hub@127.0.0.1:{port}/journal")
    assert "nobody answered as PostgreSQL does" in told
    server.close()


async def test_a_database_that_is_not_there_says_how_it_is_made():
    async with own_database() as dsn:
        told = await refusals(dsn.replace("insurehub_test_", "nothing_"))
    assert "there is no such database: make it with createdb" in told


async def test_an_address_that_cannot_be_read_says_how_it_is_written():
    told = await refusals(f"postgresql://hub:{SECRET}@127.0.0.1:port/journal")
    assert "write postgresql://user:password@host:5432/name" in told


@pytest.mark.parametrize(
    ("error", "helps"),
    [
        (asyncpg.InvalidPasswordError(SECRET), "the password is not this user's"),
        (asyncpg.InvalidAuthorizationSpecificationError(SECRET), "pg_hba.conf"),
        (asyncpg.CannotConnectNowError(SECRET), "try again in a moment"),
        (asyncpg.TooManyConnectionsError(SECRET), "max_connections"),
        (asyncpg.InsufficientPrivilegeError(SECRET), "grant it"),
        (socket.gaierror(SECRET), "no host of this name"),
        (FileNotFoundError(SECRET), "the folder its socket is in"),
        (asyncpg.DataError(SECRET), "DataError"),
    ],
)
def test_every_refusal_says_what_to_do_and_nothing_that_was_quoted(error, helps):
    told = not_opened(f"postgresql://hub:{SECRET}@db:5432/journal", error)
    assert helps in told
    assert SECRET not in told
    assert told.startswith("the journal at db:5432/journal cannot be opened: ")


def test_what_is_more_particular_stands_in_front():
    kinds = [kind for kind, _ in postgres_opening._WORDS]
    for at, kind in enumerate(kinds):
        assert not any(issubclass(kind, earlier) for earlier in kinds[:at]), kind


async def test_a_database_that_goes_away_under_a_gateway_writes_no_traceback(caplog):
    async with own_database() as dsn:
        journal = PostgresJournal(dsn)
        await journal.start()
        await journal.operation("op_1")
        server = await asyncpg.connect(dsn.replace(urlsplit(dsn).path, "/postgres"))
        await server.execute(f"DROP DATABASE {urlsplit(dsn).path[1:]} WITH (FORCE)")
        await server.close()
        for _ in range(3):
            with pytest.raises(JournalUnavailable):
                await journal.operation("op_1")
            await asyncio.sleep(0.05)
        await journal.close()
    assert not [record for record in caplog.records if record.exc_info]
