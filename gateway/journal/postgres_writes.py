"""How PostgreSQL applies a batch: one statement for each kind of change; group by group when a guard failed."""

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg

from gateway.journal.batches import Ending
from gateway.journal.changes import Change, Open
from gateway.journal.errors import JournalError, Unstorable
from gateway.journal.statements import (
    KEY_HELD,
    Group,
    Statement,
    conflict_of,
    in_batch,
    key_of,
    one_by_one,
    refusal_of,
)
from gateway.journal.tables import numbered

TOO_MUCH = (ValueError, asyncpg.DataError)
"""What is raised for a value PostgreSQL cannot hold: before it is sent, or by the server."""


async def apply_together(connection: asyncpg.Connection, groups: Iterable[Group]) -> bool:
    """Apply every change of a batch; False when a guard failed somewhere."""
    for statement, changes in in_batch(groups):
        if not await _holds(connection, statement, changes):
            return False
    return True


async def _holds(connection: asyncpg.Connection, statement: Statement, changes: Sequence[Change]) -> bool:
    rows = [storable(statement.values(change)) for change in changes]
    if statement.refusal is None:
        await connection.executemany(numbered(statement.sql), rows)
        return True
    return len(await connection.fetchmany(numbered(f"{statement.sql} RETURNING 1"), rows)) == len(rows)


def storable(values: Iterable[Any]) -> list[Any]:
    """Values as they are stored and looked for; a carrier's words may contain anything."""
    return [_storable(value) for value in values]


def _storable(value: Any) -> Any:
    """A text without what PostgreSQL cannot hold."""
    if value.__class__ is str and not value.isprintable():
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return value


async def apply_apart(connection: asyncpg.Connection, groups: Iterable[Group]) -> list[Ending]:
    """Apply each group under a savepoint of its own: a refused one is undone and its reason told."""
    endings: list[Ending] = []
    for group in groups:
        await connection.execute("SAVEPOINT group_of_changes")
        try:
            for statement, change in one_by_one(group):
                await _apply(connection, statement, change)
        except JournalError as refused:
            await connection.execute("ROLLBACK TO group_of_changes")
            endings.append((None, refused))
        else:
            endings.append((None, None))
    return endings


async def _apply(connection: asyncpg.Connection, statement: Statement, change: Change) -> None:
    try:
        held = await _holds(connection, statement, [change])
    except asyncpg.UniqueViolationError:
        raise conflict_of(change) from None
    except TOO_MUCH as error:
        raise Unstorable(f"{type(change).__name__} holds what cannot be stored ({type(error).__name__})") from None
    if not held:
        key_held = not isinstance(change, Open) or bool(await connection.fetch(numbered(KEY_HELD), *key_of(change)))
        raise refusal_of(statement, change, key_held=key_held)
