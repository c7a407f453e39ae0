"""Webhooks that were sent long ago: an event only repeats what its operation says."""

from collections.abc import Collection

from gateway.journal.tables import micros
from gateway.journal.upkeep.database import marks
from gateway.journal.upkeep.pruning import BATCH, Pruning
from gateway.model.events import DeliveryState

WAITING = DeliveryState.waiting.value
# Places go up with time: the first young row ends the walk.
_DELIVERIES = f"SELECT place, created_at, state FROM deliveries WHERE place > ? ORDER BY place LIMIT {BATCH}"  # noqa: S608
_EVENTS = f"SELECT place, at, event_id FROM events WHERE place > ? ORDER BY place LIMIT {BATCH}"  # noqa: S608
_WAITED_FOR = f"SELECT event_id FROM deliveries WHERE state = '{WAITING}' AND created_at < ?"  # noqa: S608 - our names


async def prune_events(run: Pruning) -> None:
    """Remove deliveries that are over, then events that no delivery waits with."""
    await _prune(run, "deliveries", "created_at", _DELIVERIES, {WAITING})
    waited_for = await run.database.rows(_WAITED_FOR, (micros(run.log_before),))
    await _prune(run, "events", "at", _EVENTS, {event_id for (event_id,) in waited_for})


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
