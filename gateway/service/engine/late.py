"""A yes that reaches a writer who had lost the operation meanwhile: it is evidence, and never thrown away.

The operation is read anew: if it still waits to be resolved, the yes ends it; if it has ended as not done, that is an
orphan; if a person looks at it, they are told.
"""

from typing import Any

import msgspec

from gateway.journal.changes import Change, Keep
from gateway.journal.errors import JournalError
from gateway.journal.records import OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState
from gateway.service.engine import conclude, orphans
from gateway.service.parts import Parts
from gateway.service.use_case import UseCase
from gateway.wire.contract import Reply

WAITS = (OperationState.pending, OperationState.unknown, OperationState.resolving)
"""Where an operation takes a carrier's word, whoever brings it."""


async def tell(
    parts: Parts,
    use_case: UseCase,
    operation_id: str,
    channel: str,
    reply: Reply,
    *,
    told_as: str,
    found_by: str,
    raw: tuple[Keep, ...] = (),
    said: str = "the carrier says that it was executed",
) -> str:
    """Take a yes into account; gives what was done with it: `applied`, `orphan`, `noted` or `nothing`."""
    if reply.outcome.kind is not OutcomeKind.accepted or not use_case.is_complete(reply):
        return "nothing"
    op = await parts.journal.operation(operation_id)
    if op is None:
        return "nothing"
    if op.state in WAITS and op.channel == channel:
        request: Any = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
        resolving, moves = conclude.to_resolving(op) if op.state is OperationState.unknown else (op, list[Change]())
        history = conclude.note(parts, op, found_by, said)
        ends = await conclude.succeed(parts, use_case, resolving, request, reply)
        await parts.journal.write(*moves, *ends, history, *raw)
        return "applied"
    if orphans.is_orphan(use_case, op, channel, reply):
        changes = await orphans.found(parts, op, channel, reply, told_as=told_as, found_by=found_by)
        if not changes:
            return "nothing"
        await parts.journal.write(*changes, conclude.note(parts, op, found_by, said), *raw)
        return "orphan"
    if op.state is OperationState.needs_review:
        if any((note.kind, note.text) == (found_by, said) for note in await parts.journal.notes(operation_id)):
            return "nothing"
        await parts.journal.write(conclude.note(parts, op, found_by, said), *raw)
        return "noted"
    return "nothing"


async def tell_too_late(
    parts: Parts,
    use_case: UseCase,
    op: OperationRecord,
    channel: str,
    reply: Reply,
    told_as: str = "",
    raw: tuple[Keep, ...] = (),
) -> None:
    """The same for a writer whose own writing was refused: what cannot be written now, other sources bring again."""
    told_as = told_as or op.operation
    found_by = "late reply" if told_as == op.operation else "inquiry"
    try:
        await tell(parts, use_case, op.operation_id, channel, reply, told_as=told_as, found_by=found_by, raw=raw)
    except JournalError:
        return
