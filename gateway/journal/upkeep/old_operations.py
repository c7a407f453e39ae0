"""Operations that are over: their bulk goes; what tells one intent from another stays where a repetition would harm."""

from datetime import datetime
from typing import Any

from gateway.journal.tables import instant, micros
from gateway.journal.upkeep.database import Row, marks
from gateway.journal.upkeep.pruning import BATCH, Pruning
from gateway.model.operations import OPERATIONS
from gateway.model.states import TERMINAL, OrphanState
from gateway.ports import first_id

EXPIRING = sorted(name for name, spec in OPERATIONS.items() if not spec.keys_never_expire)
"""Operations whose keys may be forgotten; a name that nobody knows any more keeps its keys."""

_BULK = ("binding", "refs", "answer_status", "answer", "answer_object", "answer_location", "result", "text")
_OLD = (
    "SELECT operation_id, operation, created_at, subject_id FROM operations o WHERE operation_id > ? "  # noqa: S608
    f"AND operation_id < ? AND state IN {marks(TERMINAL)} AND updated_at < ? AND pruned_at IS NULL "
    f"ORDER BY operation_id LIMIT {BATCH}"
)
_CHILDREN = ("requests", "decisions", "attempts", "notes", "orphans")
UNSETTLED = frozenset({OrphanState.found, OrphanState.review, OrphanState.voiding})


async def prune_operations(run: Pruning, after: str = "", until: str | None = None, *, with_rows: bool = True) -> None:
    """Remove what operations left behind, unless an object rests on them that is kept.

    Without their rows only the operations themselves: their month is about to be dropped.
    """
    until = until or first_id("op", run.business_before)
    while found := await run.database.rows(_OLD, (after, until, *TERMINAL, micros(run.business_before))):
        after = found[-1][0]
        over = await _over(run, found)
        if over:
            async with run.batch():
                if with_rows:
                    await _remove_rows(run, over)
                await _remove(run, over)


async def _over(run: Pruning, found: list[Row]) -> list[Row]:
    """Those of which nothing is needed any more: not for an object, and not for a late success that is not settled."""
    ids = [row[0] for row in found]
    orphans = await run.database.rows(
        f"SELECT operation_id, state, policy_id FROM orphans WHERE operation_id IN {marks(ids)}",  # noqa: S608
        ids,
    )
    subjects = [row[3] for row in found] + [policy_id for _, _, policy_id in orphans]
    kept = await _kept_subjects(run, [each for each in subjects if each is not None])
    needed = {operation_id for operation_id, state, policy_id in orphans if state in UNSETTLED or policy_id in kept}
    return [row for row in found if row[3] not in kept and row[0] not in needed]


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


async def _remove_rows(run: Pruning, over: list[Row]) -> None:
    made = {operation_id: instant(created_at) for operation_id, _, created_at, _ in over}
    owners = f"SELECT attempt_id FROM attempts WHERE operation_id IN {marks(made)}"  # noqa: S608 - our names
    await run.delete("messages", f"owner_id IN ({owners})", [*made], time="at")
    for table in _CHILDREN:
        await _remove_children(run, table, made)


async def _remove(run: Pruning, over: list[Row]) -> None:
    """The row of an operation whose key may expire; of another all that is not its identity."""
    made = {operation_id: instant(created_at) for operation_id, _, created_at, _ in over}
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
