"""What the journal in memory keeps of routing: what operators have set, what was sold."""

from typing import Protocol

from msgspec.structs import replace

from gateway.journal.protocol import Count, Stale, Steer
from gateway.journal.records import SoldRecord, SteeringRecord, TallyRecord

TallyKey = tuple[str, str, str, str, str]


class RoutingTables(Protocol):
    """The tables of what is kept here."""

    steering: dict[tuple[str, str], SteeringRecord]
    tallies: dict[TallyKey, TallyRecord]


def steer(tables: RoutingTables, change: Steer) -> None:
    """Set a channel or product, unless somebody else just did."""
    key = (change.record.kind, change.record.name)
    old = tables.steering.get(key)
    if (old.version if old else 0) != change.record.version - 1:
        raise Stale(f"somebody else set {change.record.name} just now")
    tables.steering[key] = change.record


def count(tables: RoutingTables, change: Count) -> None:
    """Add to a tally."""
    new = change.record
    key = (new.product, new.day, new.channel, new.currency, new.writer)
    old = tables.tallies.get(key)
    more = {"policies": old.policies + new.policies, "premium": old.premium + new.premium} if old else {}
    tables.tallies[key] = replace(new, **more)


class MemoryRouting:
    """The reads."""

    _tables: RoutingTables

    async def steering(self) -> list[SteeringRecord]:
        return [row for _, row in sorted(self._tables.steering.items())]

    async def sold(self, product: str, since: str) -> list[SoldRecord]:
        sums: dict[tuple[str, str], tuple[int, int]] = {}
        for row in self._tables.tallies.values():
            if row.product == product and row.day >= since:
                policies, premium = sums.get((row.channel, row.currency), (0, 0))
                sums[row.channel, row.currency] = policies + row.policies, premium + row.premium
        return [
            SoldRecord(channel=channel, currency=currency, policies=policies, premium=premium)
            for (channel, currency), (policies, premium) in sorted(sums.items())
        ]
