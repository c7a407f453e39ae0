"""How the memory journal applies changes: the guards that the databases keep, on dictionaries."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

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
from gateway.journal.errors import BusinessKeyTaken, EventTaken, KeyTaken, NumberTaken, Stale
from gateway.journal.memory_outbox import deliver, emit, move_delivery, put_endpoint
from gateway.journal.memory_routing import TallyKey, count, steer
from gateway.journal.protocol import WITHOUT_EFFECT
from gateway.journal.records import (
    AttemptRecord,
    AuditRecord,
    ClientRecord,
    DecisionRecord,
    DeliveryRecord,
    EndpointRecord,
    EventRecord,
    InboundRecord,
    MessageRecord,
    NoteRecord,
    NumberRecord,
    ObjectRecord,
    OperationRecord,
    OrphanRecord,
    SteeringRecord,
    TallyRecord,
)


class Tables:
    """All rows, by their keys."""

    def __init__(self) -> None:
        self.operations: dict[str, OperationRecord] = {}
        self.keys: dict[tuple[str, str, str], str] = {}
        self.decisions: dict[str, DecisionRecord] = {}
        self.attempts: dict[tuple[str, str], AttemptRecord] = {}
        self.messages: dict[tuple[str, str], MessageRecord] = {}
        self.objects: dict[tuple[str, str], ObjectRecord] = {}
        self.versions: dict[tuple[str, str], tuple[ObjectRecord, ...]] = {}
        self.numbers: dict[tuple[str, str, str], NumberRecord] = {}
        self.inbound: dict[str, InboundRecord] = {}
        self.events: dict[tuple[str, str], str] = {}
        self.notes: dict[str, NoteRecord] = {}
        self.audits: dict[str, AuditRecord] = {}
        self.tallies: dict[TallyKey, TallyRecord] = {}
        self.steering: dict[tuple[str, str], SteeringRecord] = {}
        self.orphans: dict[tuple[str, str], OrphanRecord] = {}
        self.clients: dict[str, ClientRecord] = {}
        self.told: dict[str, EventRecord] = {}
        self.deliveries: dict[tuple[str, str], DeliveryRecord] = {}
        self.endpoints: dict[str, EndpointRecord] = {}

    def holder(self, business_key: str | None) -> OperationRecord | None:
        """The operation that holds a business identity."""
        if business_key is None:
            return None
        found = (r for r in self.operations.values() if r.business_key == business_key)
        return next((r for r in found if r.state not in WITHOUT_EFFECT), None)

    def after(self, changes: Sequence[Change]) -> "Tables":
        """The rows after a group of changes; these stay as they are, also when a guard refuses one."""
        trial = copy.copy(self)
        trial.__dict__ = {name: dict(rows) for name, rows in self.__dict__.items()}
        for change in changes:
            _APPLY[type(change)](trial, change)
        return trial


def _open(tables: Tables, change: Open) -> None:
    record = change.record
    if record.operation_id in tables.operations:
        raise KeyTaken(record.operation_id)
    key = None if record.idem_key is None else (record.client, record.operation, record.idem_key)
    if key in tables.keys:
        raise KeyTaken(record.idem_key)
    if tables.holder(record.business_key) is not None:
        raise BusinessKeyTaken(record.business_key)
    if key is not None:
        tables.keys[key] = record.operation_id
    tables.operations[record.operation_id] = record


def _move(tables: Tables, change: Move) -> None:
    record = change.record
    old = tables.operations.get(record.operation_id)
    if old is None or old.state != change.from_state or old.fence != record.fence:
        raise Stale(f"{record.operation_id} is no longer {change.from_state} under fence {record.fence}")
    holder = tables.holder(record.business_key)
    if holder is not None and holder.operation_id != record.operation_id and record.state not in WITHOUT_EFFECT:
        raise BusinessKeyTaken(record.business_key)
    tables.operations[record.operation_id] = record


def _start_attempt(tables: Tables, change: StartAttempt) -> None:
    key = (change.record.operation_id, change.record.attempt_id)
    if key in tables.attempts:
        raise Stale(f"attempt {change.record.attempt_id} was already started")
    tables.attempts[key] = change.record


def _end_attempt(tables: Tables, change: EndAttempt) -> None:
    key = (change.record.operation_id, change.record.attempt_id)
    old = tables.attempts.get(key)
    if old is None or old.ended_at is not None:
        raise Stale(f"attempt {change.record.attempt_id} is unknown or had already ended")
    tables.attempts[key] = change.record


def _put(tables: Tables, change: Put) -> None:
    record = change.record
    old = tables.objects.get((record.kind, record.object_id))
    if (old.version if old else 0) != record.version - 1:
        raise Stale(f"{record.kind} {record.object_id} is no longer at version {record.version - 1}")
    if old is not None:
        earlier = tables.versions.get((record.kind, record.object_id), ())
        tables.versions[record.kind, record.object_id] = (*earlier, old)
    tables.objects[record.kind, record.object_id] = record


def _cross(tables: Tables, change: Cross) -> None:
    record = change.record
    held = tables.numbers.setdefault((record.channel, record.number_kind, record.no), record)
    if (held.kind, held.object_id) != (record.kind, record.object_id):
        raise NumberTaken(f"{record.number_kind} number on {record.channel} already belongs to {held.object_id}")


def _receive(tables: Tables, change: Receive) -> None:
    event = (change.record.channel, change.record.event_key)
    if event not in tables.events:
        tables.events[event] = change.record.inbound_id
        tables.inbound[change.record.inbound_id] = change.record


def _settle(tables: Tables, change: Settle) -> None:
    old = tables.inbound.get(change.record.inbound_id)
    if old is None or old.state not in ("received", "unmatched"):
        raise Stale(f"callback {change.record.inbound_id} was already dealt with")
    record = change.record
    key = (record.channel, record.name, record.event_id)
    if record.event_id is not None and key in ((i.channel, i.name, i.event_id) for i in tables.inbound.values()):
        raise EventTaken(f"a callback of this event of {record.channel} was dealt with before")
    tables.inbound[change.record.inbound_id] = change.record


def _decide(tables: Tables, change: Decide) -> None:
    tables.decisions[change.record.decision_id] = change.record


def _keep(tables: Tables, change: Keep) -> None:
    tables.messages[change.record.owner_id, change.record.direction] = change.record


def _note(tables: Tables, change: Note) -> None:
    tables.notes[change.record.note_id] = change.record


def _audit(tables: Tables, change: Audit) -> None:
    tables.audits.setdefault(change.record.audit_id, change.record)


def _find_orphan(tables: Tables, change: FindOrphan) -> None:
    tables.orphans.setdefault((change.record.operation_id, change.record.channel), change.record)


def _move_orphan(tables: Tables, change: MoveOrphan) -> None:
    key = (change.record.operation_id, change.record.channel)
    old = tables.orphans.get(key)
    if old is None or old.state != change.from_state:
        raise Stale(f"{change.record.orphan_id} is no longer {change.from_state}")
    tables.orphans[key] = change.record


def _put_client(tables: Tables, change: PutClient) -> None:
    tables.clients[change.record.key_hash] = change.record


_APPLY: dict[type, Callable[[Tables, Any], None]] = {
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
    Audit: _audit,
    Steer: steer,
    Count: count,
    FindOrphan: _find_orphan,
    MoveOrphan: _move_orphan,
    PutClient: _put_client,
    Emit: emit,
    Deliver: deliver,
    MoveDelivery: move_delivery,
    PutEndpoint: put_endpoint,
}
