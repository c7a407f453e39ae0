"""A success that comes after its caller was told that nothing happened: found, and recorded once.

What becomes of it is settled later, by `recovery/orphan_settling.py`: the operation's own end never changes.
"""

import msgspec

from gateway.journal.changes import Change, FindOrphan
from gateway.journal.protocol import WITHOUT_EFFECT
from gateway.journal.records import OperationRecord, OrphanRecord
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState, OrphanState
from gateway.service.engine import conclude
from gateway.service.parts import Parts
from gateway.service.use_case import UseCase
from gateway.wire.contract import Reply


def is_orphan(use_case: UseCase, op: OperationRecord, channel: str, reply: Reply) -> bool:
    """Whether a carrier says yes to what has ended as not done, or was done on another channel."""
    if reply.outcome.kind is not OutcomeKind.accepted or not use_case.is_complete(reply):
        return False
    return op.state in WITHOUT_EFFECT or (op.state is OperationState.succeeded and op.channel != channel)


async def found(
    parts: Parts, op: OperationRecord, channel: str, reply: Reply, *, told_as: str, found_by: str
) -> tuple[Change, ...]:
    """The changes that record an orphan; none when it is known already, from whatever source."""
    if await parts.journal.orphan(op.operation_id, channel) is not None:
        return ()
    now = parts.world.now()
    record = OrphanRecord(
        orphan_id=parts.world.new_id("orp"),
        operation_id=op.operation_id,
        client=op.client,
        operation=op.operation,
        channel=channel,
        found_by=found_by,
        found_at=now,
        told_as=told_as,
        result=msgspec.json.encode(reply.result),
        state=OrphanState.found,
        updated_at=now,
    )
    why = f"{channel} says, by {found_by}, that it was executed after all; the caller was told {op.state}"
    return FindOrphan(record), conclude.note(parts, op, "orphan", why)
