"""How SQLite applies a batch: one statement for each kind of change; group by group when a guard failed."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

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

Task = Callable[[sqlite3.Connection], Any]
"""Something else to do on the writing connection; what it returns is the caller's answer."""
_TOO_MUCH = (ValueError, OverflowError, sqlite3.DataError)
"""What SQLite raises for a value it cannot hold: a text that is no Unicode, a number beyond 64 bits."""


def apply_all(connection: sqlite3.Connection, batch: Sequence[Group | Task]) -> list[Ending]:
    """Apply every group of a begun transaction; what one of them refuses is undone, the others stay."""
    if _holds_together(connection, [item for item in batch if isinstance(item, tuple)]):
        return [(None, None) if isinstance(item, tuple) else (item(connection), None) for item in batch]
    connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    return [_apply_apart(connection, item) if isinstance(item, tuple) else (item(connection), None) for item in batch]


def _holds_together(connection: sqlite3.Connection, groups: Sequence[Group]) -> bool:
    try:
        return all(_holds(connection, statement, changes) for statement, changes in in_batch(groups))
    except (sqlite3.IntegrityError, *_TOO_MUCH):
        # A unique index that no guard names, or a value SQLite cannot hold: found out group by group.
        return False


def _holds(connection: sqlite3.Connection, statement: Statement, changes: Sequence[Change]) -> bool:
    rows = [statement.values(change) for change in changes]
    done = connection.executemany(statement.sql, rows)
    return statement.refusal is None or done.rowcount == len(rows)


def _apply_apart(connection: sqlite3.Connection, group: Group) -> Ending:
    connection.execute("SAVEPOINT group_of_changes")
    try:
        for statement, change in one_by_one(group):
            _apply(connection, statement, change)
    except JournalError as refused:
        connection.execute("ROLLBACK TO group_of_changes")
        return None, refused
    finally:
        connection.execute("RELEASE group_of_changes")
    return None, None


def _apply(connection: sqlite3.Connection, statement: Statement, change: Change) -> None:
    try:
        held = _holds(connection, statement, [change])
    except sqlite3.IntegrityError:
        raise conflict_of(change) from None
    except _TOO_MUCH as error:
        raise Unstorable(f"{type(change).__name__} holds what cannot be stored ({type(error).__name__})") from None
    if not held:
        key_held = not isinstance(change, Open) or connection.execute(KEY_HELD, key_of(change)).fetchone() is not None
        raise refusal_of(statement, change, key_held=key_held)
