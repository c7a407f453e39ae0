"""Operations as callers and operators see them."""

from gateway.errors import NotFound
from gateway.journal.records import OperationRecord
from gateway.model import OperationView
from gateway.service.parts import Caller, Parts


def operation_view(op: OperationRecord) -> OperationView:
    """An operation without its request: state, where it stands, when it is looked at next."""
    return OperationView(
        operation_id=op.operation_id,
        operation=op.operation,
        state=op.state,
        client_ref=op.client_ref,
        subject_id=op.subject_id,
        channel=op.channel,
        code=op.code,
        text=op.text,
        attempts=op.attempts,
        inquiries=op.inquiries,
        created_at=op.created_at,
        updated_at=op.updated_at,
        next_check_at=op.next_check_at,
        resolve_by=op.resolve_by,
    )


async def get_operation(parts: Parts, caller: Caller, operation_id: str) -> OperationRecord:
    """A client's own operation. Raises NotFound, also for another client's."""
    op = await parts.journal.operation(operation_id)
    if op is None or op.client != caller.client:
        raise NotFound(f"there is no operation {operation_id}", code="request.not_found")
    return op
