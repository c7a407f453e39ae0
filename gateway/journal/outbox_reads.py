"""What a journal in SQL reads of events and their deliveries, and the one statement that takes deliveries."""

from datetime import datetime
from typing import Any

from gateway.journal.records import DeliveryRecord, EndpointRecord, EventRecord
from gateway.journal.routing_reads import RoutingReads
from gateway.journal.tables import DELIVERIES, ENDPOINTS, EVENTS, instant, micros
from gateway.model.events import DeliveryState, Ordering

_UNHELD = "state = 'waiting' AND next_at <= ? AND (lease_until IS NULL OR lease_until < ?)"
_TURN = {
    Ordering.none: "",
    Ordering.per_object: (
        " AND NOT EXISTS (SELECT 1 FROM deliveries AS e WHERE e.endpoint_id = d.endpoint_id "
        "AND e.object_id = d.object_id AND e.state = 'waiting' AND e.place < d.place)"
    ),
    Ordering.per_client: (
        " AND place = (SELECT min(e.place) FROM deliveries AS e "
        "WHERE e.endpoint_id = d.endpoint_id AND e.state = 'waiting') AND NOT EXISTS (SELECT 1 FROM deliveries AS e "
        "WHERE e.endpoint_id = d.endpoint_id AND e.lease_until IS NOT NULL AND e.lease_until >= ?)"
    ),
}
"""Whose turn it is: with an order, what waits in front goes first, whether it is due or not.

What was committed late may stand in front of what is being sent: one at a time is sent all the same.
"""


def claiming(ordering: Ordering, locking: str = "") -> str:
    """The statement that takes deliveries; its values are those of `claim_values`."""
    return (
        "UPDATE deliveries SET lease_owner = ?, lease_until = ?, fence = fence + 1 WHERE place IN ("  # noqa: S608
        f"SELECT place FROM deliveries AS d WHERE endpoint_id = ? AND {_UNHELD}{_TURN[ordering]} "
        f"ORDER BY place LIMIT ?{locking}) RETURNING {DELIVERIES.selected}"
    )


def claim_values(
    endpoint_id: str, ordering: Ordering, now: datetime, owner: str, lease_until: datetime, limit: int
) -> tuple[Any, ...]:
    """The values of `claiming`."""
    stamp = micros(now)
    turn = (stamp,) if ordering is Ordering.per_client else ()
    return owner, micros(lease_until), endpoint_id, stamp, stamp, *turn, limit


class OutboxReads(RoutingReads):
    """The reads of events, endpoints and deliveries."""

    async def events_upto(self) -> int | None:
        """The place behind which an event could still appear before one that is seen; None where that cannot be."""
        return None

    async def endpoints(self, client: str | None = None) -> list[EndpointRecord]:
        where, values = "state <> 'deleted'", list[Any]()
        if client is not None:
            where, values = f"{where} AND client = ?", [client]
        return await self._all(ENDPOINTS, where, *values, order="endpoint_id")

    async def endpoint(self, endpoint_id: str) -> EndpointRecord | None:
        return await self._one(ENDPOINTS, "endpoint_id = ?", endpoint_id)

    async def event(self, event_id: str) -> EventRecord | None:
        return await self._one(EVENTS, "event_id = ?", event_id)

    async def events(
        self, client: str, *, after: int = 0, since: datetime | None = None, limit: int = 100
    ) -> list[EventRecord]:
        where, values = "client = ? AND place > ?", [client, after]
        for clause, value in (("place <= ?", await self.events_upto()), ("at >= ?", micros(since) if since else None)):
            if value is not None:
                where, values = f"{where} AND {clause}", [*values, value]
        return await self._all(EVENTS, where, *values, order="place", limit=limit)

    async def due_endpoints(self, now: datetime) -> list[str]:
        stamp = micros(now)
        found = await self.rows(f"SELECT DISTINCT endpoint_id FROM deliveries WHERE {_UNHELD}", (stamp, stamp))  # noqa: S608 - our names
        return [row[0] for row in found]

    async def delivery(self, event_id: str, endpoint_id: str) -> DeliveryRecord | None:
        return await self._one(DELIVERIES, "endpoint_id = ? AND event_id = ?", endpoint_id, event_id)

    async def deliveries(
        self, *, state: DeliveryState | None = None, endpoint_id: str | None = None, limit: int = 100
    ) -> list[DeliveryRecord]:
        where, values = ["1 = 1"], list[Any]()
        for column, value in (("state", state), ("endpoint_id", endpoint_id)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(str(value))
        return await self._all(DELIVERIES, " AND ".join(where), *values, order="place DESC", limit=limit)

    async def undelivered(self) -> dict[str, dict[DeliveryState, int]]:
        found: dict[str, dict[DeliveryState, int]] = {}
        for state in (DeliveryState.waiting, DeliveryState.dead):
            sql = f"SELECT endpoint_id, count(*) FROM deliveries WHERE state = '{state}' GROUP BY endpoint_id"  # noqa: S608
            for endpoint_id, count in await self.rows(sql, ()):
                found.setdefault(endpoint_id, {})[state] = int(count)
        return found

    async def waiting_deliveries(self) -> tuple[dict[DeliveryState, int], datetime | None]:
        waiting = await self.rows("SELECT count(*), min(created_at) FROM deliveries WHERE state = 'waiting'", ())
        dead = await self._count("SELECT count(*) FROM deliveries WHERE state = 'dead'")
        count, oldest = waiting[0]
        return {DeliveryState.waiting: int(count), DeliveryState.dead: dead}, instant(oldest) if oldest else None
