"""What each change does in SQL, the same for SQLite and PostgreSQL: the statements of each kind of change.

A statement with a guard touches one row when its guard holds and none when it fails. So a whole batch of groups is
written with one statement for each kind of change, and the number of rows tells whether all guards held; when not, each
group is applied again by itself, under a savepoint, to find out which was refused and why.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from gateway.journal.changes import (
    Audit,
    Change,
    Count,
    Cross,
    Decide,
    Deliver,
    Emit,
    EndAttempt,
    FindOrphan,
    Keep,
    Move,
    MoveDelivery,
    MoveOrphan,
    Note,
    Open,
    Put,
    PutClient,
    PutEndpoint,
    Receive,
    Settle,
    StartAttempt,
    Steer,
)
from gateway.journal.errors import BusinessKeyTaken, EventTaken, JournalError, KeyTaken, NumberTaken, Stale
from gateway.journal.tables import (
    ATTEMPTS,
    AUDITS,
    CLIENTS,
    DECISIONS,
    DELIVERIES,
    ENDPOINTS,
    EVENTS,
    INBOUND,
    MESSAGES,
    NOTES,
    NUMBERS,
    OBJECTS,
    OPERATIONS,
    ORPHANS,
    STEERING,
    TALLIES,
)

Group = tuple[Change, ...]


class Statement(NamedTuple):
    """One statement of a kind of change: its values per change, which changes it is for, what its guard means."""

    sql: str
    values: Callable[[Any], Sequence[Any]]
    refusal: Callable[[Any], JournalError] | None = None
    concerns: Callable[[Any], bool] | None = None


def _moved(change: Move) -> list[Any]:
    record = change.record if change.record.answer_object is None else replace(change.record, answer=None)
    return [*OPERATIONS.update_values(record), change.from_state.value, record.fence]


def _stale_move(change: Move) -> JournalError:
    return Stale(f"{change.record.operation_id} is no longer {change.from_state} under fence {change.record.fence}")


def _is_first(change: Put | PutEndpoint | Steer) -> bool:
    return change.record.version == 1


def _is_later(change: Put | PutEndpoint | Steer) -> bool:
    return change.record.version > 1


_NOTHING = "ON CONFLICT DO NOTHING"
_KEEP_VERSION = (
    "INSERT INTO object_versions (kind, object_id, version, data, recorded_at) "
    "SELECT kind, object_id, version, data, updated_at FROM objects WHERE kind = ? AND object_id = ? "
    "ON CONFLICT DO NOTHING"
)
_HELD = (
    "ON CONFLICT (channel, number_kind, no) DO UPDATE SET no = EXCLUDED.no "
    "WHERE numbers.kind = EXCLUDED.kind AND numbers.object_id = EXCLUDED.object_id"
)
_ADDED = (
    "ON CONFLICT (product, day, channel, currency, writer) DO UPDATE "
    "SET policies = tallies.policies + EXCLUDED.policies, premium = tallies.premium + EXCLUDED.premium"
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
    Move: (Statement(f"{OPERATIONS.update} AND state = ? AND fence = ?", _moved, _stale_move),),
    EndAttempt: (
        Statement(
            f"{ATTEMPTS.update} AND ended_at IS NULL",
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
            f"{OBJECTS.update} AND version = ?",
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
            f"{INBOUND.update} AND state IN ('received', 'unmatched')",
            lambda change: INBOUND.update_values(change.record),
            lambda change: Stale(f"callback {change.record.inbound_id} was already dealt with"),
        ),
    ),
    Note: (Statement(NOTES.insert, lambda change: NOTES.values(change.record)),),
    Audit: (Statement(AUDITS.insert, lambda change: AUDITS.values(change.record)),),
    Steer: (
        Statement(
            f"{STEERING.insert} {_NOTHING}",
            lambda change: STEERING.values(change.record),
            lambda change: Stale(f"somebody else set {change.record.name} just now"),
            _is_first,
        ),
        Statement(
            f"{STEERING.update} AND version = ?",
            lambda change: [*STEERING.update_values(change.record), change.record.version - 1],
            lambda change: Stale(f"somebody else set {change.record.name} just now"),
            _is_later,
        ),
    ),
    Count: (Statement(f"{TALLIES.insert} {_ADDED}", lambda change: TALLIES.values(change.record)),),
    FindOrphan: (Statement(f"{ORPHANS.insert} {_NOTHING}", lambda change: ORPHANS.values(change.record)),),
    MoveOrphan: (
        Statement(
            f"{ORPHANS.update} AND state = ?",
            lambda change: [*ORPHANS.update_values(change.record), change.from_state.value],
            lambda change: Stale(f"{change.record.orphan_id} is no longer {change.from_state}"),
        ),
    ),
    PutClient: (Statement(f"{CLIENTS.insert} {_OTHER_KEY}", lambda change: CLIENTS.values(change.record)),),
    # Behind the moves: who writes of an object has its row by now, so that its events take their places in its order.
    Emit: (Statement(EVENTS.insert, lambda change: EVENTS.values(change.record)),),
    Deliver: (Statement(f"{DELIVERIES.insert} {_NOTHING}", lambda change: DELIVERIES.values(change.record)),),
    MoveDelivery: (
        Statement(
            f"{DELIVERIES.update} AND fence = ?",
            lambda change: [*DELIVERIES.update_values(change.record), change.from_fence],
            lambda change: Stale(f"the delivery of {change.record.event_id} is in other hands"),
        ),
    ),
    PutEndpoint: (
        Statement(
            f"{ENDPOINTS.insert} {_NOTHING}",
            lambda change: ENDPOINTS.values(change.record),
            lambda change: Stale(f"endpoint {change.record.endpoint_id} exists already"),
            _is_first,
        ),
        Statement(
            f"{ENDPOINTS.update} AND version = ?",
            lambda change: [*ENDPOINTS.update_values(change.record), change.record.version - 1],
            lambda change: Stale(f"endpoint {change.record.endpoint_id} is at another version"),
            _is_later,
        ),
    ),
}
"""In the order a batch is written: what others refer to comes first."""


KEY_HELD = "SELECT 1 FROM operations WHERE operation_id = ? OR (client = ? AND operation = ? AND idem_key = ?)"
"""Tells, of an opening that was refused, whether its key was the reason, or its business identity."""


def in_batch(groups: Iterable[Group]) -> Iterator[tuple[Statement, list[Change]]]:
    """Each statement a batch needs, in the order it is written, with the changes it is for."""
    by_kind: dict[type, list[Change]] = {}
    for group in groups:
        for change in group:
            by_kind.setdefault(type(change), []).append(change)
    for kind, statements in STATEMENTS.items():
        mine = by_kind.get(kind)
        if mine is None:
            continue
        for statement in statements:
            concerned = mine if statement.concerns is None else [each for each in mine if statement.concerns(each)]
            if concerned:
                yield statement, concerned


def one_by_one(group: Group) -> Iterator[tuple[Statement, Change]]:
    """Each statement of one group, change after change."""
    for change in group:
        for statement in STATEMENTS[type(change)]:
            if statement.concerns is None or statement.concerns(change):
                yield statement, change


def key_of(change: Open) -> tuple[Any, ...]:
    """The values of `KEY_HELD`."""
    record = change.record
    return record.operation_id, record.client, record.operation, record.idem_key


def refusal_of(statement: Statement, change: Change, *, key_held: bool = True) -> JournalError:
    """What a guard that failed means; `key_held` is asked of the database for an opening only."""
    assert statement.refusal is not None, "a statement without a guard cannot fail it"
    if isinstance(change, Open) and not key_held:
        return BusinessKeyTaken(change.record.business_key)
    return statement.refusal(change)


def conflict_of(change: Change) -> JournalError:
    """What it means that the database itself refused a change for a unique index that no guard names."""
    if isinstance(change, Settle):
        return EventTaken(f"a callback of this event of {change.record.channel} was dealt with before")
    return BusinessKeyTaken(getattr(getattr(change, "record", None), "business_key", None))
