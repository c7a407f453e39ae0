"""Operations as callers and operators see them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from gateway.errors import Forgotten, NotFound
from gateway.journal.records import OperationRecord, OrphanRecord
from gateway.model import Needed, OperationView, OrphanView, PaymentLink, Reason, ReasonSource
from gateway.model.states import TERMINAL, OperationState
from gateway.service.engine.flow import BATCH
from gateway.service.parts import Caller, Parts


def operation_view(op: OperationRecord, orphans: Sequence[OrphanRecord] = ()) -> OperationView:
    """An operation without its request: its state, what is wanted, when it is looked at next, what came after."""
    # The result of a batch is its list of orders, which only its own view reads.
    told: dict[str, Any] = msgspec.json.decode(op.result) if op.result and op.operation != BATCH else {}
    reason = Reason(code=op.code, source=ReasonSource.gateway, text=op.text) if op.code or op.text else None
    return OperationView(
        operation_id=op.operation_id,
        operation=op.operation,
        state=op.state,
        client_ref=op.client_ref,
        resolve_by=op.resolve_by,
        next_check_at=op.next_check_at,
        payment_links=msgspec.convert(told.get("payment_links", ()), tuple[PaymentLink, ...]),
        needed=msgspec.convert(told.get("needed", ()), tuple[Needed, ...]),
        reasons=(reason,) if reason else (),
        evidence=f"/v1/operations/{op.operation_id}/evidence" if op.state is OperationState.needs_review else None,
        orphan=_orphan_view(orphans[0]) if orphans else None,
        created_at=op.created_at,
        updated_at=op.updated_at,
        result=msgspec.Raw(op.answer) if op.state in TERMINAL and op.answer else None,
    )


def _orphan_view(orphan: OrphanRecord) -> OrphanView:
    return OrphanView(
        state=orphan.state,
        found_at=orphan.found_at,
        found_by=orphan.found_by,
        policy_id=orphan.policy_id,
        operation_id=orphan.resolution_id,
    )


async def get_operation(parts: Parts, caller: Caller, operation_id: str) -> OperationRecord:
    """A client's own operation. Raises NotFound, also for another client's."""
    op = await parts.journal.operation(operation_id)
    if op is None or op.client != caller.client:
        raise NotFound(f"there is no operation {operation_id}", code="operation.not_found")
    return op


def must_be_kept(op: OperationRecord) -> None:
    """Raises Forgotten where an operation's answer is no longer kept: it cannot be told, and must not be done again."""
    if op.pruned_at is not None:
        raise Forgotten(
            f"operation {op.operation_id} {op.state} on {op.updated_at:%Y-%m-%d}; its answer is no longer kept",
            extra={"operation_id": op.operation_id, "state": op.state.value},
        )
