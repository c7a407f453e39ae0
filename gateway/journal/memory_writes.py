"""How the memory journal applies changes: the guards that the databases keep, on dictionaries."""

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
from gateway.journal.memory_rows import Rows, Undo, put_back
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
from gateway.model.events import DeliveryState


class Tables:
    """All rows, by their keys and by what they are looked for."""

    def __init__(self) -> None:
        undo: Undo = []
        self._undo = undo
        self.operations: Rows[str, OperationRecord] = Rows(
            undo,
            state=lambda row: row.state,
            business_key=lambda row: row.business_key,
            subject_id=lambda row: row.subject_id,
        )
        self.keys: Rows[tuple[str, str, str], str] = Rows(undo)
        self.decisions: Rows[str, DecisionRecord] = Rows(undo, operation_id=lambda row: row.operation_id)
        self.attempts: Rows[tuple[str, str], AttemptRecord] = Rows(
            undo,
            operation_id=lambda row: row.operation_id,
            request_no=lambda row: (row.channel, row.request_no),
            channel=lambda row: row.channel,
        )
        self.messages: Rows[tuple[str, str], MessageRecord] = Rows(undo, owner_id=lambda row: row.owner_id)
        self.objects: Rows[tuple[str, str], ObjectRecord] = Rows(
            undo,
            client=lambda row: (row.kind, row.client),
            client_ref=lambda row: (row.kind, row.client, row.client_ref),
        )
        self.versions: Rows[tuple[str, str], tuple[ObjectRecord, ...]] = Rows(undo)
        self.numbers: Rows[tuple[str, str, str], NumberRecord] = Rows(
            undo, no=lambda row: (row.kind, row.client, row.no)
        )
        self.inbound: Rows[str, InboundRecord] = Rows(
            undo,
            state=lambda row: row.state,
            operation_id=lambda row: row.operation_id,
            event_key=lambda row: (row.channel, row.event_key),
            event=lambda row: (row.channel, row.name, row.event_id),
        )
        self.notes: Rows[str, NoteRecord] = Rows(undo, operation_id=lambda row: row.operation_id)
        self.audits: Rows[str, AuditRecord] = Rows(undo, operation_id=lambda row: row.operation_id)
        self.tallies: Rows[TallyKey, TallyRecord] = Rows(undo)
        self.steering: Rows[tuple[str, str], SteeringRecord] = Rows(undo)
        self.orphans: Rows[tuple[str, str], OrphanRecord] = Rows(
            undo, state=lambda row: row.state, operation_id=lambda row: row.operation_id
        )
        self.clients: Rows[str, ClientRecord] = Rows(undo)
        self.told: Rows[str, EventRecord] = Rows(undo, client=lambda row: row.client)
        self.deliveries: Rows[tuple[str, str], DeliveryRecord] = Rows(
            undo, state=lambda row: row.state, waiting=_waits_for
        )
        self.endpoints: Rows[str, EndpointRecord] = Rows(undo)

    def holder(self, business_key: str | None) -> OperationRecord | None:
        """The operation that holds a business identity."""
        if business_key is None:
            return None
        found = self.operations.by("business_key", business_key)
        return next((r for r in found if r.state not in WITHOUT_EFFECT), None)

    def apply(self, changes: Sequence[Change]) -> None:
        """Make a group of changes; all rows stay as they are when a guard refuses one."""
        self._undo.clear()
        try:
            for change in changes:
                _APPLY[type(change)](self, change)
        except BaseException:
            put_back(self._undo)
            raise


def _waits_for(row: DeliveryRecord) -> str | None:
    return row.endpoint_id if row.state is DeliveryState.waiting else None


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
    if not tables.inbound.count("event_key", (change.record.channel, change.record.event_key)):
        tables.inbound.setdefault(change.record.inbound_id, change.record)


def _settle(tables: Tables, change: Settle) -> None:
    old = tables.inbound.get(change.record.inbound_id)
    if old is None or old.state not in ("received", "unmatched"):
        raise Stale(f"callback {change.record.inbound_id} was already dealt with")
    record = change.record
    key = (record.channel, record.name, record.event_id)
    if record.event_id is not None and tables.inbound.count("event", key):
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
