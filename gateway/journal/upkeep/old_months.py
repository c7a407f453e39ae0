"""Whole months of operations that nobody needs any more: their partitions are dropped, and no row is touched."""

from gateway.journal.postgres_months import OF_OPERATIONS, Month
from gateway.journal.tables import micros
from gateway.journal.upkeep.database import marks
from gateway.journal.upkeep.old_operations import prune_operations
from gateway.journal.upkeep.pruning import Pruning
from gateway.model.states import TERMINAL

_NOT_YET = (
    "SELECT 1 FROM operations o WHERE operation_id >= ? AND operation_id < ? AND pruned_at IS NULL "  # noqa: S608
    f"AND (state NOT IN {marks(TERMINAL)} OR updated_at >= ? "
    "OR EXISTS (SELECT 1 FROM orphans x WHERE x.operation_id = o.operation_id)"
)
_OLDER = (
    "SELECT 1 FROM operations o JOIN attempts a ON a.operation_id = o.operation_id "
    "WHERE o.operation_id < ? AND o.pruned_at IS NULL AND a.attempt_id >= ? AND a.attempt_id < ? LIMIT 1"
)
_STRAYED = (
    "owner_id IN (SELECT attempt_id FROM attempts WHERE operation_id >= ? AND operation_id < ? AND attempt_id >= ?)"
)


async def prune_months(run: Pruning) -> None:
    """Drop the months of which everything is over; a month with something that stays goes row by row.

    A rehearsal counts the rows one by one instead: they are the same.
    """
    if run.dry_run:
        return
    for month in await run.months(OF_OPERATIONS):
        if month.end <= run.business_before and not await _is_needed(run, month):
            await prune_operations(run, *month.ids("op"), with_rows=False)
            await _drop(run, month)


async def _is_needed(run: Pruning, month: Month) -> bool:
    """Whether an operation of the month has to stay, or one from before it whose raw messages are among the month's."""
    first, behind = month.ids("op")
    kinds = [kind for (kind,) in await run.database.rows("SELECT DISTINCT kind FROM objects")]
    rests = (
        f" OR EXISTS (SELECT 1 FROM objects k WHERE k.kind IN {marks(kinds)} AND k.object_id = o.subject_id)"  # noqa: S608
        if kinds
        else ""
    )
    values = (first, behind, *TERMINAL, micros(run.business_before), *kinds)
    if await run.database.rows(f"{_NOT_YET}{rests}) LIMIT 1", values):
        return True
    return bool(await run.database.rows(_OLDER, (first, *month.ids("att"))))


async def _drop(run: Pruning, month: Month) -> None:
    async with run.batch():
        # The last attempts of a month's operations may have been made in the next one.
        await run.delete("messages", _STRAYED, [*month.ids("op"), month.ids("att")[1]], time="at")
        await run.drop(month, OF_OPERATIONS)
