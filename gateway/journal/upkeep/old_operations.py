"""Operations that are over: their bulk goes; what tells one intent from another stays where a repetition would harm."""

from datetime import datetime
from typing import Any

from gateway.journal.tables import instant, micros
from gateway.journal.upkeep.database import Row, marks
from gateway.journal.upkeep.pruning import BATCH, Pruning
from gateway.model.operations import OPERATIONS
from gateway.model.states import TERMINAL
from gateway.ports import first_id

EXPIRING = sorted(name for name, spec in OPERATIONS.items() if not spec.keys_never_expire)
"""Operations whose keys may be forgotten; a name that nobody knows any more keeps its keys."""

_BULK = ("binding", "refs", "answer_status", "answer", "answer_object", "answer_location", "result", "text")
_OLD = (
    "SELECT operation_id, operation, created_at, subject_id FROM operations o WHERE operation_id > ? "  # noqa: S608
    f"AND operation_id < ? AND state IN {marks(TERMINAL)} AND updated_at < ? AND pruned_at IS NULL "
    f"ORDER BY operation_id LIMIT {BATCH}"
)
_CHILDREN = ("requests", "decisions", "attempts", "notes")


async def prune_operations(run: Pruning) -> None:
    """Remove what operations left behind, unless an object rests on them that is kept."""
    after = ""
    until = first_id("op", run.business_before)
    while found := await run.database.rows(_OLD, (after, until, *TERMINAL, micros(run.business_before))):
        after = found[-1][0]
        kept = await _kept_subjects(run, [row[3] for row in found if row[3] is not None])
        over = [row for row in found if row[3] not in kept]
        if over:
            async with run.batch():
                await _remove(run, over)


async def _kept_subjects(run: Pruning, subjects: list[str]) -> set[str]:
    """Which of these objects there still are."""
    if not subjects:
        return set()
    kinds = [kind for (kind,) in await run.database.rows("SELECT DISTINCT kind FROM objects")]
    if not kinds:
        return set()
    where = f"kind IN {marks(kinds)} AND object_id IN {marks(subjects)}"
    there = await run.database.rows(f"SELECT object_id FROM objects WHERE {where}", (*kinds, *subjects))  # noqa: S608
    return {object_id for (object_id,) in there} - run.gone


async def _remove(run: Pruning, over: list[Row]) -> None:
    made = {operation_id: instant(created_at) for operation_id, _, created_at, _ in over}
    owners = f"SELECT attempt_id FROM attempts WHERE operation_id IN {marks(made)}"  # noqa: S608 - our names
    await run.delete("messages", f"owner_id IN ({owners})", [*made], time="at")
    for table in _CHILDREN:
        await _remove_children(run, table, made)
    expiring = [row[0] for row in over if row[1] in EXPIRING]
    lasting = [row[0] for row in over if row[1] not in EXPIRING]
    if expiring:
        where = f"operation_id IN {marks(expiring)}"
        await run.delete("operations", where, [*expiring], time="created_at")
    if lasting:
        nothing = ", ".join(f"{column} = NULL" for column in _BULK)
        await run.database.rows(
            f"UPDATE operations SET {nothing}, pruned_at = ? WHERE operation_id IN {marks(lasting)}",  # noqa: S608
            (micros(run.world.now()), *lasting),
        )
        for operation_id in lasting:
            run.count("operations", made[operation_id], kept=True)
    if run.dry_run:
        run.gone.update(made)


async def _remove_children(run: Pruning, table: str, made: dict[str, datetime]) -> None:
    """Rows without a time of their own are of the month of their operation."""
    values: list[Any] = [*made]
    where = f"operation_id IN {marks(values)}"
    for (operation_id,) in await run.database.rows(
        f"DELETE FROM {table} WHERE {where} RETURNING operation_id",  # noqa: S608 - our names
        values,
    ):
        run.count(table, made[operation_id])
