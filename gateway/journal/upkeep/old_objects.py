"""Objects that are over: policies whose cover ended long ago, and what hung on them; quotes and applications."""

from collections import defaultdict
from datetime import datetime

import msgspec
from msgspec import Struct

from gateway.journal.tables import instant, micros
from gateway.journal.upkeep.database import Row, marks
from gateway.journal.upkeep.pruning import BATCH, Pruning
from gateway.model.states import TERMINAL

POLICY = "policy"
_NOT_OVER = marks(TERMINAL)
_BUSY = f"SELECT 1 FROM operations o WHERE o.subject_id = objects.object_id AND o.state NOT IN {_NOT_OVER}"  # noqa: S608
_OLD = (
    "SELECT object_id, client, data FROM objects WHERE kind = ? AND object_id > ? AND updated_at < ? "  # noqa: S608
    f"AND NOT EXISTS ({_BUSY}) ORDER BY object_id LIMIT {BATCH}"
)


class _Span(Struct):
    end: datetime | None = None


class _Number(Struct):
    no: str


class _Document(Struct):
    """What an object's JSON says about its end and its number, whatever else it holds."""

    period: _Span | None = None
    policy_id: str | None = None
    numbers: tuple[_Number, ...] = ()
    view: "_Document | None" = None
    cancellation: "_Document | None" = None


_decode = msgspec.json.Decoder(_Document).decode


async def prune_objects(run: Pruning) -> None:
    """Remove objects with their versions and numbers: policies first, for the others rest on them."""
    kinds = [kind for (kind,) in await run.database.rows("SELECT DISTINCT kind FROM objects")]
    for kind in sorted(kinds, key=lambda each: (each != POLICY, each)):
        after = ""
        while found := await run.database.rows(_OLD, (kind, after, micros(run.business_before), *TERMINAL)):
            after = found[-1][0]
            over = [row for row in found if await _is_over(run, kind, row)]
            if over:
                async with run.batch():
                    await _remove(run, kind, over)


async def _is_over(run: Pruning, kind: str, row: Row) -> bool:
    document = _document(row[2])
    if document is None:
        return False  # what cannot be read may still matter
    if kind == POLICY:
        return document.period is not None and (document.period.end or run.business_before) < run.business_before
    if document.policy_id is None or document.policy_id in run.gone:
        return True
    return not await run.database.rows(
        "SELECT 1 FROM objects WHERE kind = ? AND object_id = ?", (POLICY, document.policy_id)
    )


def _document(data: bytes) -> _Document | None:
    try:
        outer = _decode(data)
    except msgspec.MsgspecError:
        return None
    return outer.view or outer.cancellation or outer


async def _remove(run: Pruning, kind: str, over: list[Row]) -> None:
    ids = [object_id for object_id, _, _ in over]
    # Asked once more: someone may have changed one, or begun to work on it, since it was found.
    gone = await run.database.rows(
        f"DELETE FROM objects WHERE kind = ? AND updated_at < ? AND object_id IN {marks(ids)} "  # noqa: S608
        f"AND NOT EXISTS ({_BUSY}) RETURNING object_id, created_at",
        (kind, micros(run.business_before), *ids, *TERMINAL),
    )
    went = {object_id for object_id, _ in gone}
    for _, at in gone:
        run.count("objects", instant(at))
    if went:
        await run.delete(
            "object_versions", f"kind = ? AND object_id IN {marks(went)}", [kind, *went], time="recorded_at"
        )
        await _forget_numbers(run, kind, {object_id: instant(at) for object_id, at in gone}, over)
    if run.dry_run:
        run.gone |= went


async def _forget_numbers(run: Pruning, kind: str, went: dict[str, datetime], over: list[Row]) -> None:
    """By client and number, as they are indexed: an object lists every number it has ever had."""
    by_client: defaultdict[str, set[str]] = defaultdict(set)
    for object_id, client, data in over:
        document = _document(data)
        if object_id in went and document is not None:
            by_client[client].update(each.no for each in document.numbers)
    for client, numbers in by_client.items():
        if not numbers:
            continue
        where = f"client = ? AND no IN {marks(numbers)} AND kind = ? AND object_id IN {marks(went)}"
        for (object_id,) in await run.database.rows(
            f"DELETE FROM numbers WHERE {where} RETURNING object_id",  # noqa: S608 - our names
            (client, *numbers, kind, *went),
        ):
            run.count("numbers", went[object_id])
