"""What a journal in SQL reads of routing: what operators have set, what was sold."""

from gateway.journal.reads import SqlReads
from gateway.journal.records import SoldRecord, SteeringRecord
from gateway.journal.tables import STEERING

_SOLD = (
    "SELECT channel, currency, CAST(SUM(policies) AS BIGINT), CAST(SUM(premium) AS BIGINT) FROM tallies "
    "WHERE product = ? AND day >= ? GROUP BY channel, currency ORDER BY channel, currency"
)


class RoutingReads(SqlReads):
    """These reads beside all others."""

    async def steering(self) -> list[SteeringRecord]:
        return await self._all(STEERING, "1 = 1", order="kind, name")

    async def sold(self, product: str, since: str) -> list[SoldRecord]:
        rows = await self.rows(_SOLD, (product, since))
        return [
            SoldRecord(channel=channel, currency=currency, policies=policies, premium=premium)
            for channel, currency, policies, premium in rows
        ]
