"""From what is written to what is told: the events of a group of changes.

An operation is told of when a group leaves it terminal, pending or with a person; an object when its status changed,
whoever changed it. What no change shows is told by an `Emit` in its group (`of_operation` makes one); whether anybody
wants it is decided where the group is written.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from gateway.journal.changes import Change, Deliver, Emit, Move, Open
from gateway.journal.records import DeliveryRecord, EndpointRecord, EventRecord, ObjectRecord, OperationRecord
from gateway.model.events import Event, EventData, EventType
from gateway.model.states import OperationState
from gateway.ports import World

TOLD: Mapping[OperationState, EventType] = {
    OperationState.succeeded: EventType.operation_succeeded,
    OperationState.declined: EventType.operation_declined,
    OperationState.failed: EventType.operation_failed,
    OperationState.expired: EventType.operation_expired,
    OperationState.pending: EventType.operation_pending,
    OperationState.needs_review: EventType.operation_needs_review,
}
"""The states of an operation that its client is told of; the others are the gateway's own steps."""

CHANGED: Mapping[str, tuple[EventType, str, str]] = {
    "policy": (EventType.policy_status_changed, "policy_id", "/v1/policies/"),
    "claim": (EventType.claim_status_changed, "claim_id", "/v1/claims/"),
    "application": (EventType.application_status_changed, "application_id", "/v1/applications/"),
}
"""The kinds of objects a client is told of: the event, the id's field in it, and where the object is read."""

_FIELDS: Mapping[str, str] = {"pol": "policy_id", "clm": "claim_id", "app": "application_id"}
"""By the first letters of an id: its field in an event."""


def moved(changes: Iterable[Change], clients: Iterable[str]) -> list[OperationRecord]:
    """The operations of these clients that a group brings into a state that is told, each once, as it is in the end."""
    started: dict[str, OperationState | None] = {}
    ended: dict[str, OperationRecord] = {}
    for change in changes:
        if not isinstance(change, Move | Open) or change.record.client not in clients:
            continue
        record = change.record
        started.setdefault(record.operation_id, change.from_state if isinstance(change, Move) else None)
        ended[record.operation_id] = record
    return [op for key, op in ended.items() if op.state in TOLD and op.state is not started[key]]


def of_operation(
    op: OperationRecord, world: World, kind: EventType | None = None, subject_id: str | None = None
) -> Emit:
    """The event of an operation as it is now, or of another kind about it (an orphan that was adopted)."""
    subject_id = subject_id or op.subject_id or ""
    field = _FIELDS.get(subject_id.partition("_")[0])
    subject: dict[str, Any] = {field: subject_id} if field else {}
    data = EventData(
        operation_id=op.operation_id,
        operation=op.operation,
        client_ref=op.client_ref,
        status=op.state,
        code=op.code,
        url=f"/v1/operations/{op.operation_id}",
        **subject,
    )
    return _event(op.client, op.operation_id, kind or TOLD[op.state], op.updated_at, data, world)


def of_object(row: ObjectRecord, before: ObjectRecord, world: World) -> Emit:
    """The event of an object whose status is another than before."""
    kind, field, path = CHANGED[row.kind]
    subject: dict[str, Any] = {field: row.object_id}
    data = EventData(
        client_ref=row.client_ref,
        status=row.status,
        previous_status=before.status,
        version=row.version,
        url=f"{path}{row.object_id}",
        **subject,
    )
    return _event(row.client, row.object_id, kind, row.updated_at, data, world)


def ping(client: str, endpoint_id: str, world: World) -> EventRecord:
    """An event that tells nothing, to try an endpoint out with; it is not kept."""
    return _event(client, endpoint_id, EventType.webhook_ping, world.now(), EventData(), world).record


def sending(event: EventRecord, endpoint: EndpointRecord, now: datetime) -> Deliver:
    """The row that has an event sent to an endpoint, due at once."""
    return Deliver(
        DeliveryRecord(
            event_id=event.event_id,
            endpoint_id=endpoint.endpoint_id,
            client=event.client,
            object_id=event.object_id,
            next_at=now,
            created_at=now,
            updated_at=now,
        )
    )


def _event(client: str, object_id: str, kind: EventType, at: datetime, data: EventData, world: World) -> Emit:
    body = msgspec.json.encode(Event(type=kind, timestamp=at, data=data))
    return Emit(
        EventRecord(event_id=world.new_id("evt"), client=client, type=kind, object_id=object_id, at=at, body=body)
    )
