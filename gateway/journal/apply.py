"""What each change does in SQL, and which failed guard it reports; used by the SQLite journal."""

import sqlite3
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from gateway.journal.protocol import (
    BusinessKeyTaken,
    Change,
    Cross,
    Decide,
    EndAttempt,
    Keep,
    KeyTaken,
    Move,
    Note,
    NumberTaken,
    Open,
    Put,
    PutClient,
    Receive,
    Settle,
    Stale,
    StartAttempt,
)
from gateway.journal.tables import (
    ATTEMPTS,
    CLIENTS,
    DECISIONS,
    INBOUND,
    MESSAGES,
    NOTES,
    NUMBERS,
    OBJECTS,
    OPERATIONS,
)

_REQUEST = "INSERT INTO requests (operation_id, body) VALUES (?, ?)"
_MOVE = f"{OPERATIONS.update} AND state = ? AND fence = ?"
_END_ATTEMPT = f"{ATTEMPTS.update} AND ended_at IS NULL"
_PUT = f"{OBJECTS.update} AND version = ?"
_KEEP_VERSION = (
    "INSERT OR IGNORE INTO object_versions (kind, object_id, version, data, recorded_at) "
    "SELECT kind, object_id, version, data, updated_at FROM objects WHERE kind = ? AND object_id = ?"
)
_CROSS = f"{NUMBERS.insert} ON CONFLICT (channel, number_kind, no) DO NOTHING"
_HOLDER = "SELECT kind, object_id FROM numbers WHERE channel = ? AND number_kind = ? AND no = ?"
_RECEIVE = INBOUND.insert.replace("INSERT", "INSERT OR IGNORE", 1)
_SETTLE = f"{INBOUND.update} AND state IN ('received', 'unmatched')"
_PUT_CLIENT = CLIENTS.insert.replace("INSERT", "INSERT OR REPLACE", 1)


def _open(connection: sqlite3.Connection, change: Open) -> None:
    try:
        connection.execute(OPERATIONS.insert, OPERATIONS.values(change.record))
        connection.execute(_REQUEST, (change.record.operation_id, change.record.request))
    except sqlite3.IntegrityError as error:
        if "business_key" in str(error):
            raise BusinessKeyTaken(change.record.business_key) from None
        raise KeyTaken(change.record.idem_key) from None


def _move(connection: sqlite3.Connection, change: Move) -> None:
    record = change.record
    if record.answer_object is not None:
        record = replace(record, answer=None)
    try:
        done = connection.execute(_MOVE, [*OPERATIONS.update_values(record), change.from_state.value, record.fence])
    except sqlite3.IntegrityError:
        raise BusinessKeyTaken(record.business_key) from None
    if done.rowcount != 1:
        raise Stale(f"{record.operation_id} is no longer {change.from_state} under fence {record.fence}")


def _decide(connection: sqlite3.Connection, change: Decide) -> None:
    connection.execute(DECISIONS.insert, DECISIONS.values(change.record))


def _start_attempt(connection: sqlite3.Connection, change: StartAttempt) -> None:
    try:
        connection.execute(ATTEMPTS.insert, ATTEMPTS.values(change.record))
    except sqlite3.IntegrityError:
        raise Stale(f"attempt {change.record.attempt_id} was already started") from None


def _end_attempt(connection: sqlite3.Connection, change: EndAttempt) -> None:
    if connection.execute(_END_ATTEMPT, ATTEMPTS.update_values(change.record)).rowcount != 1:
        raise Stale(f"attempt {change.record.attempt_id} is unknown or had already ended")


def _keep(connection: sqlite3.Connection, change: Keep) -> None:
    connection.execute(MESSAGES.insert, MESSAGES.values(change.record))


def _put(connection: sqlite3.Connection, change: Put) -> None:
    record = change.record
    if record.version == 1:
        try:
            connection.execute(OBJECTS.insert, OBJECTS.values(record))
        except sqlite3.IntegrityError:
            raise Stale(f"{record.kind} {record.object_id} exists already") from None
        return
    connection.execute(_KEEP_VERSION, OBJECTS.key(record))
    if connection.execute(_PUT, [*OBJECTS.update_values(record), record.version - 1]).rowcount != 1:
        raise Stale(f"{record.kind} {record.object_id} is no longer at version {record.version - 1}")


def _cross(connection: sqlite3.Connection, change: Cross) -> None:
    record = change.record
    if connection.execute(_CROSS, NUMBERS.values(record)).rowcount == 1:
        return
    held = connection.execute(_HOLDER, NUMBERS.key(record)).fetchone()
    if tuple(held) != (record.kind, record.object_id):
        raise NumberTaken(f"{record.number_kind} number on {record.channel} already belongs to {held[1]}")


def _receive(connection: sqlite3.Connection, change: Receive) -> None:
    connection.execute(_RECEIVE, INBOUND.values(change.record))


def _settle(connection: sqlite3.Connection, change: Settle) -> None:
    if connection.execute(_SETTLE, INBOUND.update_values(change.record)).rowcount != 1:
        raise Stale(f"callback {change.record.inbound_id} was already dealt with")


def _note(connection: sqlite3.Connection, change: Note) -> None:
    connection.execute(NOTES.insert, NOTES.values(change.record))


def _put_client(connection: sqlite3.Connection, change: PutClient) -> None:
    connection.execute(_PUT_CLIENT, CLIENTS.values(change.record))


_APPLY: dict[type, Callable[[sqlite3.Connection, Any], None]] = {
    Open: _open,
    Move: _move,
    Decide: _decide,
    StartAttempt: _start_attempt,
    EndAttempt: _end_attempt,
    Keep: _keep,
    Put: _put,
    Cross: _cross,
    Receive: _receive,
    Settle: _settle,
    Note: _note,
    PutClient: _put_client,
}


def apply(connection: sqlite3.Connection, changes: tuple[Change, ...]) -> None:
    """Apply a group of changes; raises the JournalError of the first guard that fails."""
    for change in changes:
        _APPLY[type(change)](connection, change)
