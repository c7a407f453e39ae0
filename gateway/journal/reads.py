"""What a journal in SQL reads, said once for every database: only how rows are fetched is a database's own.

Statements are written with `?` for values; the columns of a table are its record's fields.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

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
    Record,
)
from gateway.journal.sealing import SAMPLING, Sample
from gateway.journal.tables import (
    ATTEMPTS,
    AUDITS,
    CLIENTS,
    DECISIONS,
    INBOUND,
    MESSAGES,
    NOTES,
    NUMBERS,
    OBJECTS,
    OPERATIONS,
    ORPHANS,
    Table,
    instant,
    micros,
)
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState, OrphanState

LIVE = ", ".join(f"'{state.value}'" for state in LIVE_STATES)
_FREE = "('failed', 'declined', 'expired')"

_KNOWN_AT = (
    "SELECT version, data, recorded_at FROM object_versions "
    "WHERE kind = ? AND object_id = ? AND recorded_at <= ? ORDER BY version DESC LIMIT 1"
)

R = TypeVar("R", bound=Record)


class SqlReads(ABC):
    """The reads of a journal; `rows` is what a database brings to them."""

    @abstractmethod
    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Fetch the rows of a statement. Raises JournalUnavailable."""

    async def operation(self, operation_id: str) -> OperationRecord | None:
        return await self._one(OPERATIONS, "operation_id = ?", operation_id)

    async def operation_by_key(self, client: str, operation: str, idem_key: str) -> OperationRecord | None:
        return await self._one(OPERATIONS, "client = ? AND operation = ? AND idem_key = ?", client, operation, idem_key)

    async def operation_by_business_key(self, business_key: str) -> OperationRecord | None:
        return await self._one(OPERATIONS, f"business_key = ? AND state NOT IN {_FREE}", business_key)

    async def operation_by_request_no(self, channel: str, request_no: str) -> OperationRecord | None:
        where = (
            "operation_id IN (SELECT operation_id FROM attempts WHERE channel = ? "
            "AND request_no >= ? AND request_no < ?)"
        )
        return await self._one(OPERATIONS, where, channel, request_no, request_no + "\U0010ffff")

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
        where, values = ["1 = 1"], list[Any]()
        if states:
            where.append(f"state IN ({', '.join('?' for _ in states)})")
            values += [state.value for state in states]
        for column, wanted in (("client", client), ("channel", channel), ("operation", operation)):
            if wanted is not None:
                where.append(f"{column} = ?")
                values.append(wanted)
        if before is not None:
            where.append("created_at < ?")
            values.append(micros(before))
        return await self._all(OPERATIONS, " AND ".join(where), *values, order="operation_id DESC", limit=limit)

    async def open_operations(self) -> dict[OperationState, int]:
        counted = await self.rows(f"SELECT state, count(*) FROM operations WHERE state IN ({LIVE}) GROUP BY state", ())  # noqa: S608 - our names
        waiting = await self._count("SELECT count(*) FROM operations WHERE state = 'needs_review'")
        found = {OperationState(state): count for state, count in counted}
        return {**found, OperationState.needs_review: waiting} if waiting else found

    async def operations_of(self, subject_id: str) -> list[OperationRecord]:
        return await self._all(OPERATIONS, "subject_id = ?", subject_id, order="operation_id")

    async def attempts(self, operation_id: str) -> list[AttemptRecord]:
        return await self._all(ATTEMPTS, "operation_id = ?", operation_id, order="number, attempt_id")

    async def attempt_count(self, since: datetime, outcome: OutcomeKind | None = None) -> int:
        if outcome is None:
            return await self._count("SELECT count(*) FROM attempts WHERE started_at >= ?", micros(since))
        where = "SELECT count(*) FROM attempts WHERE started_at >= ? AND outcome = ?"
        return await self._count(where, micros(since), outcome.value)

    async def recent_attempts(self, since: datetime, limit: int) -> list[AttemptRecord]:
        latest = await self._all(
            ATTEMPTS, "ended_at >= ?", micros(since), order="operation_id DESC, attempt_id DESC", limit=limit
        )
        return sorted(latest, key=lambda each: each.attempt_id)

    async def messages(self, owner_id: str) -> list[MessageRecord]:
        return await self._all(MESSAGES, "owner_id = ?", owner_id, order="at, direction DESC")

    async def sealed_samples(self) -> list[Sample]:
        return [Sample(owner_id, bytes(sealed)) for owner_id, sealed in await self.rows(SAMPLING, ())]

    async def decision(self, decision_id: str) -> DecisionRecord | None:
        return await self._one(DECISIONS, "decision_id = ?", decision_id)

    async def decisions(self, operation_id: str) -> list[DecisionRecord]:
        return await self._all(DECISIONS, "operation_id = ?", operation_id, order="decision_id")

    async def object(self, kind: str, object_id: str) -> ObjectRecord | None:
        return await self._one(OBJECTS, "kind = ? AND object_id = ?", kind, object_id)

    async def object_known_at(self, kind: str, object_id: str, at: datetime) -> ObjectRecord | None:
        current = await self.object(kind, object_id)
        if current is None or current.updated_at <= at:
            return current
        found = await self.rows(_KNOWN_AT, (kind, object_id, micros(at)))
        if not found:
            return None
        version, data, recorded_at = found[0]
        return replace(current, version=version, data=bytes(data), updated_at=instant(recorded_at))

    async def object_by_client_ref(self, kind: str, client: str, client_ref: str) -> ObjectRecord | None:
        where = "kind = ? AND client = ? AND client_ref = ?"
        return await self._one(OBJECTS, where, kind, client, client_ref, order="object_id DESC")

    async def object_by_number(self, kind: str, client: str, no: str) -> ObjectRecord | None:
        where = "kind = ? AND object_id = (SELECT object_id FROM numbers WHERE client = ? AND no = ? AND kind = ?)"
        return await self._one(OBJECTS, where, kind, client, no, kind)

    async def number(self, channel: str, number_kind: str, no: str) -> NumberRecord | None:
        return await self._one(NUMBERS, "channel = ? AND number_kind = ? AND no = ?", channel, number_kind, no)

    async def objects(
        self, kind: str, client: str, *, after: str | None = None, limit: int = 100
    ) -> list[ObjectRecord]:
        where, values = "kind = ? AND client = ?", [kind, client]
        if after is not None:
            where, values = f"{where} AND object_id < ?", [*values, after]
        return await self._all(OBJECTS, where, *values, order="object_id DESC", limit=limit)

    async def inbound(self, inbound_id: str) -> InboundRecord | None:
        return await self._one(INBOUND, "inbound_id = ?", inbound_id)

    async def inbound_of(self, operation_id: str) -> list[InboundRecord]:
        return await self._all(INBOUND, "operation_id = ?", operation_id, order="received_at, inbound_id")

    async def waiting_inbound(self, limit: int, *, after: InboundRecord | None = None) -> list[InboundRecord]:
        where, values = "state = 'received'", list[Any]()
        if after is not None:
            where += " AND (received_at, inbound_id) > (?, ?)"
            values = [micros(after.received_at), after.inbound_id]
        return await self._all(INBOUND, where, *values, order="received_at, inbound_id", limit=limit)

    async def notes(self, operation_id: str) -> list[NoteRecord]:
        return await self._all(NOTES, "operation_id = ?", operation_id, order="note_id")

    async def audits(self, operation_id: str | None = None, *, limit: int = 100) -> list[AuditRecord]:
        where, values = ("1 = 1", []) if operation_id is None else ("operation_id = ?", [operation_id])
        return await self._all(AUDITS, where, *values, order="audit_id DESC", limit=limit)

    async def orphan(self, operation_id: str, channel: str) -> OrphanRecord | None:
        return await self._one(ORPHANS, "operation_id = ? AND channel = ?", operation_id, channel)

    async def orphans(
        self,
        *,
        states: Sequence[OrphanState] = (),
        operation_id: str | None = None,
        client: str | None = None,
        limit: int = 100,
    ) -> list[OrphanRecord]:
        where, values = ["1 = 1"], list[Any]()
        if states:
            where.append(f"state IN ({', '.join('?' for _ in states)})")
            values += [state.value for state in states]
        for column, wanted in (("operation_id", operation_id), ("client", client)):
            if wanted is not None:
                where.append(f"{column} = ?")
                values.append(wanted)
        return await self._all(ORPHANS, " AND ".join(where), *values, order="orphan_id", limit=limit)

    async def orphan_counts(self) -> dict[OrphanState, int]:
        counted = await self.rows("SELECT state, count(*) FROM orphans GROUP BY state", ())
        return {OrphanState(state): count for state, count in counted}

    async def client_by_key(self, key_hash: str) -> ClientRecord | None:
        return await self._one(CLIENTS, "key_hash = ?", key_hash)

    async def clients(self) -> list[ClientRecord]:
        return await self._all(CLIENTS, "1 = 1", order="client, created_at")

    async def _all(self, table: Table[R], where: str, *values: Any, order: str, limit: int | None = None) -> list[R]:
        most = "" if limit is None else f" LIMIT {limit}"
        sql = f"SELECT {table.selected} FROM {table.view} WHERE {where} ORDER BY {order}{most}"  # noqa: S608 - our names
        return [table.load(row) for row in await self.rows(sql, values)]

    async def _one(self, table: Table[R], where: str, *values: Any, order: str | None = None) -> R | None:
        found = await self._all(table, where, *values, order=order or table.keys[0], limit=1)
        return found[0] if found else None

    async def _count(self, sql: str, *values: Any) -> int:
        return int((await self.rows(sql, values))[0][0])
