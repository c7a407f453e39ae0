"""What only tells how something came about, and callbacks: forgotten sooner than what it is about."""

from gateway.journal.tables import micros
from gateway.journal.upkeep.database import marks
from gateway.journal.upkeep.pruning import BATCH, Pruning
from gateway.model.operations import OPERATIONS
from gateway.ports import first_id

READS = sorted(name for name, spec in OPERATIONS.items() if spec.is_read)
NOISE = ("ignored", "forged")
"""Callbacks that changed nothing."""
MECHANICS = ("postponed",)
"""Notes about the gateway itself, not about what a carrier was asked or said."""

_OLD_NOISE = (
    f"SELECT inbound_id, NULL FROM inbound WHERE inbound_id > ? AND inbound_id < ? AND state IN {marks(NOISE)} "  # noqa: S608
    f"AND ended_at < ? ORDER BY inbound_id LIMIT {BATCH}"
)
_OLD_CALLBACKS = (
    "SELECT inbound_id, operation_id FROM inbound i WHERE inbound_id > ? AND inbound_id < ? "  # noqa: S608
    f"AND state NOT IN ('received', {', '.join(map(repr, NOISE))}) AND received_at < ? "
    f"ORDER BY inbound_id LIMIT {BATCH}"
)
_OLD_READS = (
    "SELECT d.decision_id, d.operation_id FROM decisions d JOIN operations o ON o.operation_id = d.operation_id "  # noqa: S608
    f"WHERE d.decision_id > ? AND d.decision_id < ? AND o.operation IN {marks(READS)} AND d.created_at < ? "
    f"ORDER BY d.decision_id LIMIT {BATCH}"
)
# In the order in which both databases find them: by their operation.
_OLD_NOTES = (
    f"SELECT operation_id, note_id FROM notes WHERE (operation_id, note_id) > (?, ?) AND operation_id < ? "  # noqa: S608
    f"AND kind IN {marks(MECHANICS)} AND at < ? ORDER BY operation_id, note_id LIMIT {BATCH}"
)


async def prune_logs(run: Pruning) -> None:
    """Remove decisions of reads, callbacks that changed nothing, and notes about the gateway's own mechanics."""
    await _walk(run, "decisions", "decision_id", "rd", _OLD_READS, READS, "created_at")
    await _walk(run, "inbound", "inbound_id", "in", _OLD_NOISE, NOISE, "received_at")
    await _prune_notes(run)


async def _prune_notes(run: Pruning) -> None:
    after, until = ("", ""), first_id("op", run.log_before)
    while found := await run.database.rows(_OLD_NOTES, (*after, until, *MECHANICS, micros(run.log_before))):
        after = found[-1]
        old = [row for row in found if row[0] not in run.gone]
        if old:
            pairs = ", ".join("(?, ?)" for _ in old)
            values = [value for row in old for value in row]
            async with run.batch():
                await run.delete("notes", f"(operation_id, note_id) IN (VALUES {pairs})", values, time="at")


async def prune_callbacks(run: Pruning) -> None:
    """Remove callbacks whose operation has been forgotten, or that never found one."""
    after, until = "", first_id("in", run.business_before)
    while found := await run.database.rows(_OLD_CALLBACKS, (after, until, micros(run.business_before))):
        after = found[-1][0]
        kept = await _kept_operations(run, [row[1] for row in found if row[1] is not None])
        over = [inbound_id for inbound_id, operation_id in found if operation_id not in kept]
        if over:
            async with run.batch():
                await run.delete("inbound", f"inbound_id IN {marks(over)}", [*over], time="received_at")


async def _kept_operations(run: Pruning, ids: list[str]) -> set[str]:
    if not ids:
        return set()
    there = await run.database.rows(
        f"SELECT operation_id FROM operations WHERE operation_id IN {marks(ids)} AND pruned_at IS NULL",  # noqa: S608
        ids,
    )
    return {operation_id for (operation_id,) in there} - run.gone


async def _walk(
    run: Pruning, table: str, key: str, kind: str, old: str, words: tuple[str, ...] | list[str], time: str
) -> None:
    """Remove rows in the order of their ids, which begin with their time."""
    after, until = "", first_id(kind, run.log_before)
    while found := await run.database.rows(old, (after, until, *words, micros(run.log_before))):
        after = found[-1][0]
        ids = [row_id for row_id, operation_id in found if operation_id not in run.gone]
        if ids:
            async with run.batch():
                await run.delete(table, f"{key} IN {marks(ids)}", [*ids], time=time)
