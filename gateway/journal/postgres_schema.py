"""Migrations of a PostgreSQL database: under an advisory lock, for several gateways and a person may want them at once.

A gateway that starts sets up an empty database. One that is in use it leaves alone unless told otherwise: whichever
replica happened to restart first would change a schema that others are working on, at a time nobody chose.
"""

import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

import asyncpg

from gateway.journal.schema import EVERY_PHASE, RECORD, RECORDED, UNRECORDED, Applied, Migration, Phase, Schema
from gateway.journal.schema import SchemaRefused as Refused
from gateway.journal.tables import instant

MIGRATION_LOCK = 4_711_2026
LOCK_WAIT_S = 5
"""A statement that waits longer for a table would make everything behind it wait as well."""
_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_SEEN = f"INSERT INTO schema_migrations VALUES ($1, $2, $3, $4, {_NOW})"  # noqa: S608 - our names
_OTHERWISE = (
    asyncpg.DuplicateTableError,
    asyncpg.DuplicateColumnError,
    asyncpg.DuplicateObjectError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedObjectError,
)
"""What a file finds whose statements fit another schema than the one that is there."""
_log = logging.getLogger("insurehub.journal")


async def prepare(connection: asyncpg.Connection, files: Sequence[Migration], *, upgrades: bool) -> None:
    """Make the schema one that can be worked on, at a gateway's start. Raises SchemaRefused."""
    applied = await read(connection)
    if not applied:
        await upgrade(connection, files, only_empty=True)
    elif upgrades:
        await upgrade(connection, files, {Phase.before})
    for warning in Schema(files, await read(connection)).must_serve():
        _log.warning("%s", warning)


async def read(connection: asyncpg.Connection) -> list[Applied]:
    """What a database has seen; nothing for an empty one. Raises SchemaRefused for one made without a record."""
    tables = [await connection.fetchval("SELECT to_regclass($1)", name) for name in ("schema_migrations", "operations")]
    if tables[0] is None:
        if tables[1] is not None:
            raise Refused(UNRECORDED)
        return []
    return [
        Applied(number=number, name=name, phase=Phase(phase), checksum=checksum, applied_at=instant(at))
        for number, name, phase, checksum, at in await connection.fetch(RECORDED)
    ]


async def upgrade(
    connection: asyncpg.Connection,
    files: Sequence[Migration],
    phases: Collection[Phase] = EVERY_PHASE,
    *,
    only_empty: bool = False,
) -> list[Migration]:
    """Apply what is pending, each file in a transaction of its own; gives what was applied. Raises SchemaRefused."""
    if not only_empty and not await _pending(connection, files, phases):
        return []
    async with locked(connection, MIGRATION_LOCK):
        if only_empty and await read(connection):
            return []  # another gateway was faster
        pending = await _pending(connection, files, phases)
        for each in pending:
            await _apply(connection, each)
    return pending


async def _pending(
    connection: asyncpg.Connection, files: Sequence[Migration], phases: Collection[Phase]
) -> list[Migration]:
    schema = Schema(files, await read(connection))
    schema.must_be_as_applied()
    return schema.pending(phases)


@asynccontextmanager
async def locked(connection: asyncpg.Connection, lock: int) -> AsyncIterator[None]:
    """Hold an advisory lock of this connection; others wait for it."""
    await connection.execute("SELECT pg_advisory_lock($1)", lock)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", lock)


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
            await connection.execute(RECORD)
            await connection.execute(migration.sql)
            named = (migration.number, migration.name, migration.phase.value, migration.checksum)
            await connection.execute(_SEEN, *named)
    except asyncpg.LockNotAvailableError:
        why = f"another session kept a table locked for {LOCK_WAIT_S} s; repeat it when there is less to do"
        raise Refused(f"{migration.file} left the journal as it was: {why}") from None
    except asyncpg.PostgresError as error:
        raise Refused(
            f"{migration.file}{_line(migration, error)} failed and left the journal as it was: "
            f"{type(error).__name__} ({error.sqlstate}): {_advice(error)}"
        ) from None


def _advice(error: asyncpg.PostgresError) -> str:
    """What to do about a file that failed."""
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return "run it as the owner of the tables"
    if isinstance(error, _OTHERWISE):
        return "the tables are not those that schema_migrations records; put them back as they were, then repeat it"
    return "put right what the server's log says of it, then repeat it"


def _line(migration: Migration, error: asyncpg.PostgresError) -> str:
    """Where in the file the database found fault, when it says so."""
    position = getattr(error, "position", None)
    return f":{migration.sql.count(chr(10), 0, int(position) - 1) + 1}" if position else ""
