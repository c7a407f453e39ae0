"""What a journal in SQL reads of routing: what operators have set, what was sold, how channels answered.

How channels answered is counted by the database over ids, which begin with their time: a window is a range of the
primary key, and what comes back is a few rows however many calls there were.
"""

from collections import Counter
from datetime import datetime, timedelta

from gateway.journal.reads import SqlReads
from gateway.journal.records import CallsRecord, ChosenRecord, SoldRecord, SteeringRecord
from gateway.journal.tables import STEERING
from gateway.model.outcome import OutcomeKind
from gateway.ports import first_id

STEPS_MS = (
    10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_500, 10_000,
    15_000, 20_000, 30_000, 60_000,
)  # fmt: skip
"""How finely times are told apart."""
LONGEST_MS = 3_600_000
QUOTE = "quote.create"
ISSUE = "policy.issue"

_SOLD = (
    "SELECT channel, currency, CAST(SUM(policies) AS BIGINT), CAST(SUM(premium) AS BIGINT) FROM tallies "
    "WHERE product = ? AND day >= ? GROUP BY channel, currency ORDER BY channel, currency"
)
_WITHIN = " ".join(f"WHEN ended_at - started_at <= {step * 1_000} THEN {step}" for step in STEPS_MS)
# By `channel` itself an index would be taken that leads to every call of all time.
_CALLS = (
    f"SELECT o.operation, a.outcome, CASE {_WITHIN} ELSE {LONGEST_MS} END AS within_ms, count(*) "  # noqa: S608
    "FROM attempts a JOIN operations o ON o.operation_id = a.operation_id "
    "WHERE a.operation_id >= ? AND a.channel || '' = ? AND a.purpose = 'effect' AND a.ended_at IS NOT NULL "
    "GROUP BY o.operation, a.outcome, within_ms ORDER BY o.operation, a.outcome, within_ms"
)


def step_of(taken: timedelta) -> int:
    """The step a time falls into."""
    taken_ms = taken / timedelta(milliseconds=1)
    return next((step for step in STEPS_MS if taken_ms <= step), LONGEST_MS)


class RoutingReads(SqlReads):
    """These reads beside all others."""

    member: str
    """How this database takes the member `{name}` out of the JSON in `body`."""

    async def steering(self) -> list[SteeringRecord]:
        return await self._all(STEERING, "1 = 1", order="kind, name")

    async def calls(self, channel: str, since: datetime) -> list[CallsRecord]:
        return [
            CallsRecord(operation=operation, outcome=OutcomeKind(outcome), within_ms=within_ms, calls=calls)
            for operation, outcome, within_ms, calls in await self.rows(_CALLS, (first_id("op", since), channel))
        ]

    async def chosen(self, since: datetime) -> list[ChosenRecord]:
        product, operation = self.member.format(name="product"), self.member.format(name="operation")
        counting = (
            f"SELECT {product} AS product, channel, count(*) FROM decisions "  # noqa: S608 - our names
            f"WHERE decision_id >= ? AND {operation} <> '{QUOTE}' GROUP BY 1, channel"
        )
        rows = sorted(await self.rows(counting, (first_id("rd", since),)), key=lambda row: (row[0], row[1] or ""))
        return [ChosenRecord(product=product, channel=channel, times=times) for product, channel, times in rows]

    async def issued(self, since: datetime) -> list[ChosenRecord]:
        product, first = self.member.format(name="product"), first_id("op", since)
        counting = (
            f"SELECT {product} AS product, channel, count(*) "  # noqa: S608 - our names
            "FROM operations o JOIN requests r ON r.operation_id = o.operation_id WHERE o.operation_id >= ? "
            f"AND r.operation_id >= ? AND operation = '{ISSUE}' AND state = 'succeeded' GROUP BY 1, channel"
        )
        counted: Counter[tuple[str, str]] = Counter()
        for of, channel, times in await self.rows(counting, (first, first)):
            counted[str(of).partition("@")[0], channel] += times
        return [ChosenRecord(product=of, channel=at, times=times) for (of, at), times in sorted(counted.items())]

    async def sold(self, product: str, since: str) -> list[SoldRecord]:
        rows = await self.rows(_SOLD, (product, since))
        return [
            SoldRecord(channel=channel, currency=currency, policies=policies, premium=premium)
            for channel, currency, policies, premium in rows
        ]
