"""The journal in memory: the same guards, nothing durable. For tests, simulations and trying things out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from gateway.journal.changes import Change, must_be_moves
from gateway.journal.memory_outbox import MemoryOutbox
from gateway.journal.memory_routing import MemoryRouting
from gateway.journal.memory_writes import Tables
from gateway.journal.protocol import LIVE_STATES
from gateway.journal.records import (
    AttemptRecord,
    AuditRecord,
    ClientRecord,
    DecisionRecord,
    InboundRecord,
    MessageRecord,
    NoteRecord,
    NumberRecord,
    ObjectRecord,
    OperationRecord,
    OrphanRecord,
)
from gateway.journal.sealing import SAMPLES_EACH, Sample
from gateway.model.outcome import OutcomeKind
from gateway.model.states import TERMINAL, OperationState, OrphanState

T = TypeVar("T")


def _latest(rows: list[T], limit: int) -> list[T]:
    return rows[::-1][:limit]


class MemoryJournal(MemoryOutbox, MemoryRouting):
    """A journal that lives as long as its process."""

    def __init__(self) -> None:
        """Start empty."""
        self._tables: Tables = Tables()

    async def start(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def clock(self) -> None:
        """It has none of its own: one process on one machine."""

    async def look_ahead(self, now: datetime) -> None:
        """Nothing has to be made beforehand."""

    async def try_writing(self, now: datetime) -> None:
        """Memory takes every write."""

    async def write(self, *changes: Change) -> None:
        """Write a group of changes atomically."""
        must_be_moves(changes)
        self._tables.apply(changes)

    async def claim_due(self, now: datetime, owner: str, lease_until: datetime, limit: int) -> list[OperationRecord]:
        """Take live operations whose lease has ended and whose next check is due; their fence goes up by one."""
        due = [r for r in self._tables.operations.by("state", *LIVE_STATES) if _is_due(r, now)]
        due.sort(key=lambda r: (r.next_check_at is not None, r.next_check_at))
        taken = [replace(r, lease_owner=owner, lease_until=lease_until, fence=r.fence + 1) for r in due[:limit]]
        for each in taken:
            self._tables.operations[each.operation_id] = each
        return taken

    async def operation(self, operation_id: str) -> OperationRecord | None:
        return self._tables.operations.get(operation_id)

    async def operation_by_key(self, client: str, operation: str, idem_key: str) -> OperationRecord | None:
        operation_id = self._tables.keys.get((client, operation, idem_key))
        return self._tables.operations.get(operation_id) if operation_id else None

    async def operation_by_business_key(self, business_key: str) -> OperationRecord | None:
        return self._tables.holder(business_key)

    async def operation_by_request_no(self, channel: str, request_no: str) -> OperationRecord | None:
        attempts = self._tables.attempts
        whole = attempts.by("request_no", (channel, request_no)) or attempts.by("channel", channel)
        found = next((a for a in whole if a.request_no.startswith(request_no)), None)
        return self._tables.operations.get(found.operation_id) if found else None

    async def operations(
        self,
        *,
        states: Sequence[OperationState] = (),
        client: str | None = None,
        channel: str | None = None,
        operation: str | None = None,
        before: datetime | None = None,
        limit: int = 100,
    ) -> list[OperationRecord]:
        operations = self._tables.operations
        rows = [
            r
            for r in (operations.by("state", *set(states)) if states else operations.values())
            if client in (None, r.client)
            and channel in (None, r.channel)
            and operation in (None, r.operation)
            and (before is None or r.created_at < before)
        ]
        return _latest(sorted(rows, key=lambda r: r.operation_id), limit)

    async def operations_of(self, subject_id: str) -> list[OperationRecord]:
        return sorted(self._tables.operations.by("subject_id", subject_id), key=lambda r: r.operation_id)

    async def attempts(self, operation_id: str) -> list[AttemptRecord]:
        rows = self._tables.attempts.by("operation_id", operation_id)
        return sorted(rows, key=lambda a: (a.number, a.attempt_id))

    async def open_operations(self) -> dict[OperationState, int]:
        counts = {state: self._tables.operations.count("state", state) for state in OperationState}
        return {state: count for state, count in counts.items() if count and state not in TERMINAL}

    async def attempt_count(self, since: datetime, outcome: OutcomeKind | None = None) -> int:
        rows = [a for a in self._tables.attempts.values() if a.started_at >= since]
        return len([a for a in rows if outcome in (None, a.outcome)])

    async def recent_attempts(self, since: datetime, limit: int) -> list[AttemptRecord]:
        ended = [a for a in self._tables.attempts.values() if a.ended_at is not None and a.ended_at >= since]
        return sorted(ended, key=lambda a: a.attempt_id)[-limit:]

    async def messages(self, owner_id: str) -> list[MessageRecord]:
        kept = self._tables.messages.by("owner_id", owner_id)
        return sorted(kept, key=lambda m: m.direction, reverse=True)

    async def sealed_samples(self) -> list[Sample]:
        tables = self._tables
        return [
            *(Sample(row.owner_id, row.sealed) for row in _ends(tables.messages.values())),
            *(Sample(row.inbound_id, row.sealed) for row in _ends(tables.inbound.values())),
            *(Sample(row.endpoint_id, row.keys) for row in _ends(tables.endpoints.values())),
        ]

    async def decision(self, decision_id: str) -> DecisionRecord | None:
        return self._tables.decisions.get(decision_id)

    async def decisions(self, operation_id: str) -> list[DecisionRecord]:
        return sorted(self._tables.decisions.by("operation_id", operation_id), key=lambda d: d.decision_id)

    async def object(self, kind: str, object_id: str) -> ObjectRecord | None:
        return self._tables.objects.get((kind, object_id))

    async def object_known_at(self, kind: str, object_id: str, at: datetime) -> ObjectRecord | None:
        current = self._tables.objects.get((kind, object_id))
        if current is None or current.updated_at <= at:
            return current
        earlier = [old for old in self._tables.versions.get((kind, object_id), ()) if old.updated_at <= at]
        if not earlier:
            return None
        then = earlier[-1]
        return replace(current, version=then.version, data=then.data, updated_at=then.updated_at)

    async def object_by_client_ref(self, kind: str, client: str, client_ref: str) -> ObjectRecord | None:
        found = self._tables.objects.by("client_ref", (kind, client, client_ref))
        return max(found, key=lambda o: o.object_id, default=None)

    async def object_by_number(self, kind: str, client: str, no: str) -> ObjectRecord | None:
        found = next(iter(self._tables.numbers.by("no", (kind, client, no))), None)
        return self._tables.objects.get((kind, found.object_id)) if found else None

    async def number(self, channel: str, number_kind: str, no: str) -> NumberRecord | None:
        return self._tables.numbers.get((channel, number_kind, no))

    async def objects(
        self, kind: str, client: str, *, after: str | None = None, limit: int = 100
    ) -> list[ObjectRecord]:
        rows = [o for o in self._of(kind, client) if after is None or o.object_id < after]
        return _latest(rows, limit)

    async def inbound(self, inbound_id: str) -> InboundRecord | None:
        return self._tables.inbound.get(inbound_id)

    async def inbound_of(self, operation_id: str) -> list[InboundRecord]:
        rows = self._tables.inbound.by("operation_id", operation_id)
        return sorted(rows, key=lambda i: (i.received_at, i.inbound_id))

    async def waiting_inbound(self, limit: int, *, after: InboundRecord | None = None) -> list[InboundRecord]:
        waiting = self._tables.inbound.by("state", "received")
        if after is not None:
            waiting = [i for i in waiting if (i.received_at, i.inbound_id) > (after.received_at, after.inbound_id)]
        return sorted(waiting, key=lambda i: (i.received_at, i.inbound_id))[:limit]

    async def notes(self, operation_id: str) -> list[NoteRecord]:
        return sorted(self._tables.notes.by("operation_id", operation_id), key=lambda n: n.note_id)

    async def audits(self, operation_id: str | None = None, *, limit: int = 100) -> list[AuditRecord]:
        audits = self._tables.audits
        rows = list(audits.values()) if operation_id is None else audits.by("operation_id", operation_id)
        return _latest(sorted(rows, key=lambda a: a.audit_id), limit)

    async def orphan(self, operation_id: str, channel: str) -> OrphanRecord | None:
        return self._tables.orphans.get((operation_id, channel))

    async def orphans(
        self,
        *,
        states: Sequence[OrphanState] = (),
        operation_id: str | None = None,
        client: str | None = None,
        limit: int = 100,
    ) -> list[OrphanRecord]:
        rows = [
            o
            for o in (self._tables.orphans.by("state", *set(states)) if states else self._tables.orphans.values())
            if operation_id in (None, o.operation_id) and client in (None, o.client)
        ]
        return sorted(rows, key=lambda o: o.orphan_id)[:limit]

    async def orphan_counts(self) -> dict[OrphanState, int]:
        return dict(Counter(o.state for o in self._tables.orphans.values()))

    async def client_by_key(self, key_hash: str) -> ClientRecord | None:
        return self._tables.clients.get(key_hash)

    async def clients(self) -> list[ClientRecord]:
        return sorted(self._tables.clients.values(), key=lambda c: (c.client, c.created_at))

    def _of(self, kind: str, client: str) -> list[ObjectRecord]:
        return sorted(self._tables.objects.by("client", (kind, client)), key=lambda o: o.object_id)


def _ends(rows: Iterable[T]) -> list[T]:
    kept = list(rows)
    return kept[:SAMPLES_EACH] + kept[-SAMPLES_EACH:]


def _is_due(record: OperationRecord, now: datetime) -> bool:
    if record.state not in LIVE_STATES:
        return False
    leased = record.lease_until is not None and record.lease_until >= now
    return not leased and (record.next_check_at is None or record.next_check_at <= now)
