"""What a journal in SQL reads of routing: what operators have set."""

from gateway.journal.reads import SqlReads
from gateway.journal.records import SteeringRecord
from gateway.journal.tables import STEERING


class RoutingReads(SqlReads):
    """These reads beside all others."""

    async def steering(self) -> list[SteeringRecord]:
        return await self._all(STEERING, "1 = 1", order="kind, name")
