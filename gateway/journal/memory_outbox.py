"""Events, endpoints and deliveries in memory: the same guards and the same turns."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from gateway.journal.changes import Deliver, Emit, MoveDelivery, PutEndpoint
from gateway.journal.errors import Stale
from gateway.journal.memory_rows import Rows
from gateway.journal.records import DeliveryRecord, EndpointRecord, EventRecord
from gateway.model.events import DeliveryState, EndpointState, Ordering


class OutboxTables(Protocol):
    """The rows this file works on; the memory journal has them among its others."""

    told: Rows[str, EventRecord]
    deliveries: Rows[tuple[str, str], DeliveryRecord]
    endpoints: Rows[str, EndpointRecord]


def emit(tables: OutboxTables, change: Emit) -> None:
    tables.told[change.record.event_id] = replace(change.record, place=len(tables.told) + 1)


def deliver(tables: OutboxTables, change: Deliver) -> None:
    record = replace(change.record, place=len(tables.deliveries) + 1)
    tables.deliveries.setdefault((record.endpoint_id, record.event_id), record)


def move_delivery(tables: OutboxTables, change: MoveDelivery) -> None:
    key = (change.record.endpoint_id, change.record.event_id)
    old = tables.deliveries.get(key)
    if old is None or old.fence != change.from_fence:
        raise Stale(f"the delivery of {change.record.event_id} is in other hands")
    tables.deliveries[key] = replace(change.record, place=old.place)


def put_endpoint(tables: OutboxTables, change: PutEndpoint) -> None:
    record = change.record
    old = tables.endpoints.get(record.endpoint_id)
    if (old.version if old else 0) != record.version - 1:
        raise Stale(f"endpoint {record.endpoint_id} is no longer at version {record.version - 1}")
    tables.endpoints[record.endpoint_id] = record


class MemoryOutbox:
    """The reads of events, endpoints and deliveries."""

    _tables: OutboxTables

    async def endpoints(self, client: str | None = None) -> list[EndpointRecord]:
        rows = (e for _, e in sorted(self._tables.endpoints.items()))
        return [e for e in rows if e.state is not EndpointState.deleted and client in (None, e.client)]

    async def endpoint(self, endpoint_id: str) -> EndpointRecord | None:
        return self._tables.endpoints.get(endpoint_id)

    async def event(self, event_id: str) -> EventRecord | None:
        return self._tables.told.get(event_id)

    async def events(
        self, client: str, *, after: int = 0, since: datetime | None = None, limit: int = 100
    ) -> list[EventRecord]:
        rows = [e for e in self._tables.told.by("client", client) if e.place > after]
        return [e for e in rows if since is None or e.at >= since][:limit]

    async def due_endpoints(self, now: datetime) -> list[str]:
        waiting = self._tables.deliveries.by("state", DeliveryState.waiting)
        return sorted({d.endpoint_id for d in waiting if _is_free(d, now)})

    async def claim_deliveries(
        self, endpoint_id: str, ordering: Ordering, now: datetime, owner: str, lease_until: datetime, limit: int
    ) -> list[DeliveryRecord]:
        """Take due deliveries of an endpoint whose turn it is; their fence goes up by one."""
        mine = sorted(self._tables.deliveries.by("waiting", endpoint_id), key=lambda d: d.place)
        if ordering is Ordering.per_client and any(_is_held(d, now) for d in mine):
            return []
        free = [d for d in _first_of_each(mine, ordering) if _is_free(d, now)][:limit]
        taken = [replace(d, lease_owner=owner, lease_until=lease_until, fence=d.fence + 1) for d in free]
        for each in taken:
            self._tables.deliveries[each.endpoint_id, each.event_id] = each
        return taken

    async def delivery(self, event_id: str, endpoint_id: str) -> DeliveryRecord | None:
        return self._tables.deliveries.get((endpoint_id, event_id))

    async def deliveries(
        self, *, state: DeliveryState | None = None, endpoint_id: str | None = None, limit: int = 100
    ) -> list[DeliveryRecord]:
        rows = sorted(self._tables.deliveries.values(), key=lambda d: -d.place)
        return [d for d in rows if state in (None, d.state) and endpoint_id in (None, d.endpoint_id)][:limit]

    async def undelivered(self) -> dict[str, dict[DeliveryState, int]]:
        found: dict[str, dict[DeliveryState, int]] = {}
        for each in self._tables.deliveries.values():
            if each.state is not DeliveryState.delivered:
                of_endpoint = found.setdefault(each.endpoint_id, {})
                of_endpoint[each.state] = of_endpoint.get(each.state, 0) + 1
        return found

    async def waiting_deliveries(self) -> tuple[dict[DeliveryState, int], datetime | None]:
        waiting = self._tables.deliveries.by("state", DeliveryState.waiting)
        dead = self._tables.deliveries.count("state", DeliveryState.dead)
        counts = {DeliveryState.waiting: len(waiting), DeliveryState.dead: dead}
        return counts, min((d.created_at for d in waiting), default=None)


def _first_of_each(waiting: list[DeliveryRecord], ordering: Ordering) -> Iterable[DeliveryRecord]:
    """Whose turn it is among those that wait, given in their order."""
    if ordering is Ordering.per_client:
        return waiting[:1]
    if ordering is Ordering.per_object:
        heads = {d.object_id: d for d in reversed(waiting)}
        return sorted(heads.values(), key=lambda d: d.place)
    return waiting


def _is_free(delivery: DeliveryRecord, now: datetime) -> bool:
    return delivery.state is DeliveryState.waiting and delivery.next_at <= now and not _is_held(delivery, now)


def _is_held(delivery: DeliveryRecord, now: datetime) -> bool:
    return delivery.lease_until is not None and delivery.lease_until >= now
