"""Servers that tests find on this machine, and what happens where there is none: one clear line, or a failure."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest

PLACES = ("postgresql:///postgres?host=/var/run/postgresql", "postgresql://postgres@127.0.0.1:5432/postgres")
CONNECT_S = 3.0
_found: dict[str, str | None] = {}


def required(server: str) -> bool:
    """Whether this run must not do without a server (`INSUREHUB_REQUIRE=postgres,redis`)."""
    return server in os.environ.get("INSUREHUB_REQUIRE", "").split(",")


async def postgres() -> str:
    """The DSN of a PostgreSQL server; skips, or fails where it is required."""
    if "dsn" not in _found:
        _found["dsn"] = await _first_that_answers()
    dsn = _found["dsn"]
    if dsn is None:
        message = "no PostgreSQL (INSUREHUB_TEST_PG, the local socket, 127.0.0.1:5432): its journal was not proved"
        (pytest.fail if required("postgres") else pytest.skip)(message)
    return dsn


async def _first_that_answers() -> str | None:
    named = os.environ.get("INSUREHUB_TEST_PG")
    for dsn in (named,) if named else PLACES:
        try:
            connection = await asyncpg.connect(dsn, timeout=CONNECT_S)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            continue
        await connection.close()
        return dsn
    return None


@asynccontextmanager
async def own_database() -> AsyncIterator[str]:
    """A fresh database, dropped at the end."""
    server = await postgres()
    name = f"insurehub_test_{secrets.token_hex(6)}"
    await _run(server, f"CREATE DATABASE {name}")
    try:
        dsn = in_database(server, name)
        await _must_be(name, dsn)
        yield dsn
    finally:
        await _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def in_database(server: str, name: str) -> str:
    """The DSN of a database on the same server, whatever database the server's own DSN names, in its path or query."""
    parts = urlsplit(server)
    query = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] not in ("dbname", "database")]
    return f"{parts.scheme}://{parts.netloc}/{name}{'?' if query else ''}{'&'.join(query)}"


async def _must_be(name: str, dsn: str) -> None:
    """Tests empty the database they are given: it must be the one made for them. Raises RuntimeError."""
    connection = await asyncpg.connect(dsn)
    try:
        found = await connection.fetchval("SELECT current_database()")
    finally:
        await connection.close()
    if found != name:
        raise RuntimeError(f"the tests were about to use the database {found}, which they did not make")


async def _run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def redis() -> str:
    """The URL of a Redis (or Valkey) server; skips, or fails where it is required."""
    from redis.asyncio import Redis  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    url = os.environ.get("INSUREHUB_TEST_REDIS", "redis://127.0.0.1:6379/0")
    client = Redis.from_url(url if "//" in url else f"redis://{url}", socket_connect_timeout=CONNECT_S)
    try:
        await client.ping()
    except (RedisError, OSError):
        message = "no Redis (INSUREHUB_TEST_REDIS, 127.0.0.1:6379): what replicas tell each other was not proved"
        (pytest.fail if required("redis") else pytest.skip)(message)
    finally:
        await client.aclose()
    return url if "//" in url else f"redis://{url}"
