"""What the journal in memory keeps of routing: what operators have set."""

from typing import Protocol

from gateway.journal.protocol import Stale, Steer
from gateway.journal.records import SteeringRecord


class RoutingTables(Protocol):
    """The tables of what is kept here."""

    steering: dict[tuple[str, str], SteeringRecord]


def steer(tables: RoutingTables, change: Steer) -> None:
    """Set a channel or product, unless somebody else just did."""
    key = (change.record.kind, change.record.name)
    old = tables.steering.get(key)
    if (old.version if old else 0) != change.record.version - 1:
        raise Stale(f"somebody else set {change.record.name} just now")
    tables.steering[key] = change.record


class MemoryRouting:
    """The reads."""

    _tables: RoutingTables

    async def steering(self) -> list[SteeringRecord]:
        return [row for _, row in sorted(self._tables.steering.items())]
