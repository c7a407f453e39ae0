"""What each change does in PostgreSQL: one statement per kind of change for a whole batch of groups.

Every statement returns a row for each of its changes whose guard held; fewer rows than changes mean that a guard
failed, and then each group is applied again by itself to find out which, under a savepoint.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import asyncpg
from msgspec.structs import replace

from gateway.journal.batches import Ending
from gateway.journal.protocol import (
    BusinessKeyTaken,
    Change,
    Cross,
    Decide,
    EndAttempt,
    JournalError,
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
    numbered,
)

Group = Sequence[Change]


class Statement(NamedTuple):
    """One statement of a kind of change: its values per change, which changes it is for, what its guard means."""

    sql: str
    values: Callable[[Any], Sequence[Any]]
    refusal: Callable[[Any], JournalError] | None = None
    concerns: Callable[[Any], bool] = lambda _change: True


def _moved(change: Move) -> list[Any]:
    record = change.record if change.record.answer_object is None else replace(change.record, answer=None)
    return [*OPERATIONS.update_values(record), change.from_state.value, record.fence]


def _stale_move(change: Move) -> JournalError:
    return Stale(f"{change.record.operation_id} is no longer {change.from_state} under fence {change.record.fence}")


def _is_first(change: Put) -> bool:
    return change.record.version == 1


def _is_later(change: Put) -> bool:
    return change.record.version > 1


_NOTHING = "ON CONFLICT DO NOTHING RETURNING 1"
_KEEP_VERSION = (
    "INSERT INTO object_versions (kind, object_id, version, data, recorded_at) "
    "SELECT kind, object_id, version, data, updated_at FROM objects WHERE kind = ? AND object_id = ? "
    "ON CONFLICT DO NOTHING"
)
_HELD = (
    "ON CONFLICT (channel, number_kind, no) DO UPDATE SET no = EXCLUDED.no "
    "WHERE numbers.kind = EXCLUDED.kind AND numbers.object_id = EXCLUDED.object_id RETURNING 1"
)
_OTHER_KEY = "ON CONFLICT (key_hash) DO UPDATE SET scopes = EXCLUDED.scopes, revoked_at = EXCLUDED.revoked_at"

STATEMENTS: dict[type, tuple[Statement, ...]] = {
    Open: (
        Statement(
            f"{OPERATIONS.insert} {_NOTHING}",
            lambda change: OPERATIONS.values(change.record),
            lambda change: KeyTaken(change.record.idem_key),
        ),
        Statement(
            "INSERT INTO requests (operation_id, body) VALUES (?, ?)",
            lambda change: (change.record.operation_id, change.record.request),
        ),
    ),
    Decide: (Statement(DECISIONS.insert, lambda change: DECISIONS.values(change.record)),),
    StartAttempt: (
        Statement(
            f"{ATTEMPTS.insert} {_NOTHING}",
            lambda change: ATTEMPTS.values(change.record),
            lambda change: Stale(f"attempt {change.record.attempt_id} was already started"),
        ),
    ),
    Move: (Statement(f"{OPERATIONS.update} AND state = ? AND fence = ? RETURNING 1", _moved, _stale_move),),
    EndAttempt: (
        Statement(
            f"{ATTEMPTS.update} AND ended_at IS NULL RETURNING 1",
            lambda change: ATTEMPTS.update_values(change.record),
            lambda change: Stale(f"attempt {change.record.attempt_id} is unknown or had already ended"),
        ),
    ),
    Keep: (Statement(MESSAGES.insert, lambda change: MESSAGES.values(change.record)),),
    Put: (
        Statement(
            f"{OBJECTS.insert} {_NOTHING}",
            lambda change: OBJECTS.values(change.record),
            lambda change: Stale(f"{change.record.kind} {change.record.object_id} exists already"),
            _is_first,
        ),
        Statement(_KEEP_VERSION, lambda change: OBJECTS.key(change.record), None, _is_later),
        Statement(
            f"{OBJECTS.update} AND version = ? RETURNING 1",
            lambda change: [*OBJECTS.update_values(change.record), change.record.version - 1],
            lambda change: Stale(f"{change.record.kind} {change.record.object_id} is at another version"),
            _is_later,
        ),
    ),
    Cross: (
        Statement(
            f"{NUMBERS.insert} {_HELD}",
            lambda change: NUMBERS.values(change.record),
            lambda change: NumberTaken(
                f"{change.record.number_kind} number on {change.record.channel} already belongs to another object"
            ),
        ),
    ),
    Receive: (Statement(f"{INBOUND.insert} ON CONFLICT DO NOTHING", lambda change: INBOUND.values(change.record)),),
    Settle: (
        Statement(
            f"{INBOUND.update} AND state IN ('received', 'unmatched') RETURNING 1",
            lambda change: INBOUND.update_values(change.record),
            lambda change: Stale(f"callback {change.record.inbound_id} was already dealt with"),
        ),
    ),
    Note: (Statement(NOTES.insert, lambda change: NOTES.values(change.record)),),
    PutClient: (Statement(f"{CLIENTS.insert} {_OTHER_KEY}", lambda change: CLIENTS.values(change.record)),),
}
"""In the order a batch is written: what others refer to comes first."""


async def apply_together(connection: asyncpg.Connection, groups: Iterable[Group]) -> bool:
    """Apply every change of a batch, a statement for each kind; False when a guard failed somewhere."""
    changes = [change for group in groups for change in group]
    for kind, statements in STATEMENTS.items():
        mine = [change for change in changes if type(change) is kind]
        for statement in statements:
            concerned = [change for change in mine if statement.concerns(change)]
            if concerned and not await _holds(connection, statement, concerned):
                return False
    return True


async def _holds(connection: asyncpg.Connection, statement: Statement, changes: Sequence[Change]) -> bool:
    rows = [[_storable(value) for value in statement.values(change)] for change in changes]
    if statement.refusal is None:
        await connection.executemany(numbered(statement.sql), rows)
        return True
    return len(await connection.fetchmany(numbered(statement.sql), rows)) == len(rows)


def _storable(value: Any) -> Any:
    """A text without what PostgreSQL cannot hold; a carrier's words may contain anything."""
    if value.__class__ is str and not value.isprintable():
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return value


async def apply_apart(connection: asyncpg.Connection, groups: Iterable[Group]) -> list[Ending]:
    """Apply each group under a savepoint of its own: a refused one is undone and its reason told."""
    endings: list[Ending] = []
    for group in groups:
        await connection.execute("SAVEPOINT group_of_changes")
        try:
            await _apply(connection, group)
        except JournalError as refused:
            await connection.execute("ROLLBACK TO group_of_changes")
            endings.append((None, refused))
        else:
            endings.append((None, None))
    return endings


async def _apply(connection: asyncpg.Connection, group: Group) -> None:
    for change in group:
        for statement in STATEMENTS[type(change)]:
            if statement.concerns(change) and not await _guarded(connection, statement, change):
                raise await _refusal(connection, statement, change)


async def _guarded(connection: asyncpg.Connection, statement: Statement, change: Change) -> bool:
    try:
        return await _holds(connection, statement, [change])
    except asyncpg.UniqueViolationError:
        raise BusinessKeyTaken(getattr(getattr(change, "record", None), "business_key", None)) from None


async def _refusal(connection: asyncpg.Connection, statement: Statement, change: Change) -> JournalError:
    assert statement.refusal is not None, "a statement without a guard cannot fail it"
    if isinstance(change, Open) and await _key_is_free(connection, change):
        return BusinessKeyTaken(change.record.business_key)
    return statement.refusal(change)


async def _key_is_free(connection: asyncpg.Connection, change: Open) -> bool:
    asked = "SELECT 1 FROM operations WHERE operation_id = $1 OR (client = $2 AND operation = $3 AND idem_key = $4)"
    record = change.record
    found = await connection.fetchrow(asked, record.operation_id, record.client, record.operation, record.idem_key)
    return found is None
