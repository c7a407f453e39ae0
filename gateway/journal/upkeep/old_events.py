"""Webhooks that were sent long ago: an event only repeats what its operation says.

A month of events of which no delivery waits is dropped whole; what else is old goes row by row.
"""

from collections.abc import Collection

from gateway.journal.postgres_months import OF_EVENTS, Month
from gateway.journal.tables import micros
from gateway.journal.upkeep.database import marks
from gateway.journal.upkeep.pruning import BATCH, Pruning
from gateway.model.events import DeliveryState

WAITING = DeliveryState.waiting.value
# Places go up with time: the first young row ends the walk.
_DELIVERIES = f"SELECT place, created_at, state FROM deliveries WHERE place > ? ORDER BY place LIMIT {BATCH}"  # noqa: S608
_EVENTS = f"SELECT place, at, event_id FROM events WHERE place > ? ORDER BY place LIMIT {BATCH}"  # noqa: S608
_WAITED_FOR = f"SELECT event_id FROM deliveries WHERE state = '{WAITING}' AND created_at < ?"  # noqa: S608 - our names
_NEEDED = (
    "SELECT 1 FROM deliveries WHERE event_id >= ? AND event_id < ? "  # noqa: S608 - our names
    f"AND (state = '{WAITING}' OR created_at >= ?) LIMIT 1"
)


async def prune_events(run: Pruning) -> None:
    """Remove deliveries that are over, then events that no delivery waits with."""
    if not run.dry_run:  # a rehearsal counts the rows one by one: they are the same
        for month in await run.months(OF_EVENTS):
            if month.end <= run.log_before:
                await _drop_month(run, month)
    await _prune(run, "deliveries", "created_at", _DELIVERIES, {WAITING})
    waited_for = await run.database.rows(_WAITED_FOR, (micros(run.log_before),))
    await _prune(run, "events", "at", _EVENTS, {event_id for (event_id,) in waited_for})


async def _drop_month(run: Pruning, month: Month) -> None:
    """Drop a month's events and deliveries, unless one waits; held, for a person may have one sent again just now."""
    values = (*month.ids("evt"), micros(run.log_before))
    if await run.database.rows(_NEEDED, values):
        return
    async with run.batch():
        await run.database.hold(OF_EVENTS)
        if not await run.database.rows(_NEEDED, values):
            await run.drop(month, OF_EVENTS)


async def _prune(run: Pruning, table: str, time: str, in_order: str, kept: Collection[str]) -> None:
    """Walk a table in the order of its places, and remove what is old, but for what `kept` names."""
    before, after = micros(run.log_before), 0
    while found := await run.database.rows(in_order, (after,)):
        after = found[-1][0]
        over = [place for place, at, said in found if at < before and said not in kept]
        if over:
            async with run.batch():
                await run.delete(table, f"place IN {marks(over)}", [*over], time=time)
        if found[-1][1] >= before:
            return
