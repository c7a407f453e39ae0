"""Migrations of a SQLite file: whoever opens it for writing applies all of them, for one gateway writes it."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from gateway.journal.schema import EVERY_PHASE, RECORD, RECORDED, UNRECORDED, Applied, Migration, Phase, Schema
from gateway.journal.schema import SchemaRefused as Refused
from gateway.journal.tables import instant

_NOW = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"
_SEEN = f"INSERT INTO schema_migrations VALUES (?, ?, ?, ?, {_NOW})"  # noqa: S608 - our names


def read(connection: sqlite3.Connection) -> list[Applied]:
    """What a file has seen; nothing for a new one. Raises SchemaRefused for one that was made without a record."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "schema_migrations" not in tables:
        if tables:
            raise Refused(UNRECORDED)
        return []
    return [
        Applied(number=number, name=name, phase=Phase(phase), checksum=checksum, applied_at=instant(at))
        for number, name, phase, checksum, at in connection.execute(RECORDED)
    ]


def upgrade(
    connection: sqlite3.Connection, files: Sequence[Migration], phases: Collection[Phase] = EVERY_PHASE
) -> list[Migration]:
    """Apply what is pending, each file in a transaction of its own; gives what was applied. Raises SchemaRefused."""
    done: list[Migration] = []
    while _pending(connection, files, phases):
        if (applied := _apply_next(connection, files, phases)) is not None:
            done.append(applied)
    return done


def _pending(
    connection: sqlite3.Connection, files: Sequence[Migration], phases: Collection[Phase]
) -> Sequence[Migration]:
    schema = Schema(files, read(connection))
    schema.must_be_as_applied()
    return schema.pending(phases)


def _apply_next(
    connection: sqlite3.Connection, files: Sequence[Migration], phases: Collection[Phase]
) -> Migration | None:
    """Apply the first pending file; None when another process was faster."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        pending = _pending(connection, files, phases)
        if pending:
            connection.execute(RECORD)
            _run(connection, pending[0])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return pending[0] if pending else None


def _run(connection: sqlite3.Connection, migration: Migration) -> None:
    try:
        for statement in _statements(migration.sql):
            connection.execute(statement)
    except sqlite3.Error as error:
        raise Refused(f"{migration.file} failed and left the journal as it was: {error}") from None
    named = (migration.number, migration.name, migration.phase.value, migration.checksum)
    connection.execute(_SEEN, named)


def _statements(sql: str) -> Iterator[str]:
    """The statements of a file one by one: `executescript` would commit before it begins."""
    statement = ""
    for part in sql.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip(" \n;"):
        yield statement
