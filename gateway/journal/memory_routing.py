"""What the journal in memory keeps of routing: what operators have set, what was sold."""

from collections import Counter
from datetime import datetime
from typing import Protocol

import msgspec
from msgspec.structs import replace

from gateway.journal.changes import Count, Steer
from gateway.journal.errors import Stale
from gateway.journal.memory_rows import Rows
from gateway.journal.records import (
    AttemptRecord,
    CallsRecord,
    ChosenRecord,
    DecisionRecord,
    OperationRecord,
    SoldRecord,
    SteeringRecord,
    TallyRecord,
)
from gateway.journal.routing_reads import ISSUE, QUOTE, step_of
from gateway.model.states import OperationState
from gateway.ports import first_id

TallyKey = tuple[str, str, str, str, str]


class RoutingTables(Protocol):
    """The tables of what is kept here."""

    steering: Rows[tuple[str, str], SteeringRecord]
    tallies: Rows[TallyKey, TallyRecord]
    operations: Rows[str, OperationRecord]
    attempts: Rows[tuple[str, str], AttemptRecord]
    decisions: Rows[str, DecisionRecord]


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

    async def calls(self, channel: str, since: datetime) -> list[CallsRecord]:
        first = first_id("op", since)
        ended = [
            a for a in self._tables.attempts.by("channel", channel) if a.operation_id >= first and a.purpose == "effect"
        ]
        counted = Counter(
            (self._tables.operations[a.operation_id].operation, a.outcome, step_of(a.ended_at - a.started_at))
            for a in ended
            if a.ended_at is not None and a.outcome is not None
        )
        return [
            CallsRecord(operation=operation, outcome=outcome, within_ms=within_ms, calls=calls)
            for (operation, outcome, within_ms), calls in sorted(counted.items())
            if outcome is not None
        ]

    async def chosen(self, since: datetime) -> list[ChosenRecord]:
        first = first_id("rd", since)
        made = [d for d in self._tables.decisions.values() if d.decision_id >= first]
        bodies = [(d.channel, msgspec.json.decode(d.body)) for d in made]
        counted = Counter((body["product"], channel) for channel, body in bodies if body["operation"] != QUOTE)
        ranked = sorted(counted.items(), key=lambda each: (each[0][0], each[0][1] or ""))
        return [ChosenRecord(product=product, channel=channel, times=times) for (product, channel), times in ranked]

    async def issued(self, since: datetime) -> list[ChosenRecord]:
        first = first_id("op", since)
        made = [op for op in self._tables.operations.values() if op.operation_id >= first and op.operation == ISSUE]
        counted = Counter(
            (str(msgspec.json.decode(op.request)["product"]).partition("@")[0], op.channel)
            for op in made
            if op.state is OperationState.succeeded
        )
        ranked = sorted(counted.items(), key=lambda each: (each[0][0], each[0][1] or ""))
        return [ChosenRecord(product=product, channel=channel, times=times) for (product, channel), times in ranked]

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
