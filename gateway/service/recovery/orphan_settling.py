"""What becomes of an orphan, a success whose caller was told that nothing happened: adopted, voided, or a person's.

The operation's own end never changes. Adopting is an operation of its own, which takes the business identity: when
another has it, the journal refuses. Voiding is the carrier's own cancellation under a key of its own. Every move of an
orphan is made by `_moved`, which tells the client in the same group.
"""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.catalogue.products import Product
from gateway.errors import HubError, NotAllowedNow
from gateway.journal.changes import Change, MoveOrphan, Open, Put
from gateway.journal.errors import BusinessKeyTaken, JournalError, NumberTaken, Stale
from gateway.journal.protocol import WITHOUT_EFFECT
from gateway.journal.records import OperationRecord, OrphanRecord
from gateway.model import CancelKind, CancellationSubmitBody, CancelRequestor, Policy, PolicyRef, PolicyStatus
from gateway.model.events import EventType
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.model.states import OperationState, OrphanState
from gateway.service.engine import conclude
from gateway.service.entrance.submit import submit
from gateway.service.events.telling import of_operation
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import Completion, UseCase
from gateway.wire.contract import Reply

_log = logging.getLogger("insurehub.orphans")
VOID = "cancellation.submit"
ORPHANS_MAX = 64
_ISSUE = "policy.issue"
_GONE = (PolicyStatus.cancelled, PolicyStatus.void)
_YES = Outcome(kind=OutcomeKind.accepted)
_TOLD = {
    OrphanState.adopted: EventType.operation_orphan_adopted,
    OrphanState.voided: EventType.operation_orphan_voided,
}
UseCases = Mapping[str, UseCase]


# -- what the product says ----------------------------------------------------------------------------------------


async def settle(parts: Parts, use_cases: UseCases) -> int:
    """Do with each new orphan what its product says, and see how cancellations go; gives how many were looked at."""
    waiting = []
    for state in (OrphanState.found, OrphanState.voiding):  # apart: what waits for a cancellation holds up nobody new
        waiting += await parts.journal.orphans(states=(state,), limit=ORPHANS_MAX)
    for orphan in waiting:
        try:
            await _settle(parts, use_cases, orphan)
        except Stale:
            continue  # a person or another replica was faster
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 - one orphan must not stop the others
            # Its text may quote what the carrier said.
            _log.warning("orphan %s cannot be settled: %s", orphan.orphan_id, type(error).__name__)
            if orphan.state is OrphanState.found:
                why = f"the gateway failed to settle it ({type(error).__name__})"
                await _to_a_person(parts, await _operation_of(parts, orphan), orphan, why)
    return len(waiting)


async def _settle(parts: Parts, use_cases: UseCases, orphan: OrphanRecord) -> None:
    op = await _operation_of(parts, orphan)
    if orphan.state is OrphanState.voiding:
        return await _follow(parts, use_cases, op, orphan)
    try:
        match _rule(parts, op):
            case "adopt":
                await parts.journal.write(*await adopted(parts, use_cases, op, orphan))
            case "void":
                await parts.journal.write(*await voiding(parts, use_cases, op, orphan))
            case _:
                await _to_a_person(parts, op, orphan, "the product leaves it to a person")
    except (HubError, BusinessKeyTaken, NumberTaken) as no:
        await _to_a_person(parts, op, orphan, said_of(no))
    return None


def said_of(no: Exception) -> str:
    """Why something was refused, in words."""
    if isinstance(no, BusinessKeyTaken):
        return "another operation has done what this one was for: it can only be voided"
    return no.detail if isinstance(no, HubError) else str(no)


def _rule(parts: Parts, op: OperationRecord) -> str:
    product = _product(parts, op.request)
    return product.routing.orphans if product is not None and op.operation == _ISSUE else "review"


def _product(parts: Parts, request: bytes) -> Product | None:
    """The product a request is for, whatever its version is now; None also for a request that was forgotten."""
    code, _, _ = msgspec.json.decode(request or b"{}").get("product", "").partition("@")
    return parts.catalogue.snapshot.products.get(code)


async def _to_a_person(parts: Parts, op: OperationRecord, orphan: OrphanRecord, why: str) -> None:
    await parts.journal.write(*_moved(parts, op, orphan, OrphanState.review, why))


# -- adopted ------------------------------------------------------------------------------------------------------


async def adopted(parts: Parts, use_cases: UseCases, op: OperationRecord, orphan: OrphanRecord) -> list[Change]:
    """The changes that make of it what success makes, as an operation of its own.

    Writing them raises BusinessKeyTaken when another operation has the business identity, NumberTaken when another
    object has the number.
    """
    now = parts.world.now()
    adopting = replace(
        _on_its_channel(parts, op, orphan),
        operation_id=parts.world.new_id("op"),
        idem_key=None,
        state=OperationState.succeeded,
        lease_owner=None,
        lease_until=None,
        fence=0,
        code=None,
        text=None,
        attempts=0,
        inquiries=0,
        tried="",
        unknown_since=None,
        resolve_by=None,
        created_at=now,
        updated_at=now,
    )
    completion = await _completed(parts, use_cases, adopting, orphan)
    row = conclude.completed(adopting, OperationState.succeeded, completion, now)
    moved = _moved(
        parts,
        op,
        orphan,
        OrphanState.adopted,
        f"adopted as {row.subject_id or row.operation_id}",
        policy_id=row.subject_id,
        resolution_id=row.operation_id,
    )
    return [Open(row), *completion.changes, *moved]


async def _completed(parts: Parts, use_cases: UseCases, op: OperationRecord, orphan: OrphanRecord) -> Completion:
    if not op.request:
        raise NotAllowedNow("its request has been forgotten: ask the insurer to end it", code="operation.no_orphan")
    request: Any = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
    result: Any = msgspec.json.decode(orphan.result, type=OPERATIONS[orphan.told_as].result)
    return await use_cases[op.operation].succeeded(parts, op, request, Reply(outcome=_YES, result=result))


def _on_its_channel(parts: Parts, op: OperationRecord, orphan: OrphanRecord) -> OperationRecord:
    """The operation as it was for the channel that says yes, which another channel may have followed."""
    if op.channel == orphan.channel:
        return op
    product = _product(parts, op.request)
    sold = product.bindings.get(orphan.channel) if product is not None else None
    return replace(
        op, channel=orphan.channel, binding=msgspec.json.encode(sold.binding) if sold is not None else None, refs=None
    )


# -- voided -------------------------------------------------------------------------------------------------------


async def voiding(
    parts: Parts, use_cases: UseCases, op: OperationRecord, orphan: OrphanRecord, kind: CancelKind | None = None
) -> list[Change]:
    """The changes that record the policy, for its cancellation to name; the worker then asks the carrier to cancel it.

    The order's reference does not lead to it: what the caller bought instead keeps that. Raises NotAllowedNow for what
    is no policy, or can no longer be given back.
    """
    if orphan.operation != _ISSUE:
        raise NotAllowedNow("only a policy can be voided", code="operation.no_orphan")
    completion = await _completed(parts, use_cases, _on_its_channel(parts, op, orphan), orphan)
    changes = [_without_reference(change) for change in completion.changes]
    policy = next(msgspec.json.decode(c.record.data, type=Policy) for c in changes if isinstance(c, Put))
    kind = kind or _given_back(parts, _product(parts, op.request), policy)
    why = f"to be cancelled at {orphan.channel} ({kind})"
    more = {"policy_id": policy.policy_id, "cancel_kind": kind.value}
    return [*changes, *_moved(parts, op, orphan, OrphanState.voiding, why, **more)]


def _without_reference(change: Change) -> Change:
    return Put(replace(change.record, client_ref=None)) if isinstance(change, Put) else change


def _given_back(parts: Parts, product: Product | None, policy: Policy) -> CancelKind:
    """How a policy nobody wanted ends without cost: within its free-look period, or before its cover begins."""
    now = parts.world.now()
    ends_at = product.free_look_ends(policy.issued_at, policy.period) if product is not None else None
    if ends_at is not None and now < ends_at:
        return CancelKind.free_look
    if policy.period is not None and now < policy.period.start:
        return CancelKind.flat_full
    raise NotAllowedNow("its free-look period is over and its cover has begun", code="policy.free_look_over")


async def _follow(parts: Parts, use_cases: UseCases, op: OperationRecord, orphan: OrphanRecord) -> None:
    """Ask for the cancellation once, and see what has become of it."""
    key = f"orphan-{orphan.orphan_id}"
    cancelling = await parts.journal.operation_by_key(orphan.client, VOID, key)
    if cancelling is None:
        return await _cancel(parts, use_cases, op, orphan, key)
    if cancelling.state in WITHOUT_EFFECT:
        why = f"the insurer did not cancel it: operation {cancelling.operation_id} has {cancelling.state}"
        return await _to_a_person(parts, op, orphan, why)
    row = await parts.journal.object("policy", orphan.policy_id or "")
    if cancelling.state is OperationState.succeeded and row is not None and row.status in _GONE:
        moved = _moved(
            parts, op, orphan, OrphanState.voided, "cancelled at the insurer", resolution_id=cancelling.operation_id
        )
        await parts.journal.write(*moved)
    return None


async def _cancel(parts: Parts, use_cases: UseCases, op: OperationRecord, orphan: OrphanRecord, key: str) -> None:
    # What stands in the orphan's row makes the same body whenever it is asked again.
    body = CancellationSubmitBody(
        policy=PolicyRef(policy_id=orphan.policy_id),
        kind=CancelKind(orphan.cancel_kind or CancelKind.free_look),
        effective_at=orphan.updated_at,
        requestor=CancelRequestor.platform,
        reason="issued after it was given up",
    )
    caller = Caller(client=orphan.client, scopes=frozenset(), wait_s=0.0)
    try:
        await submit(parts, use_cases[VOID], caller, body, key)
    except HubError as no:
        if no.http_status != 503:
            await _to_a_person(parts, op, orphan, f"it cannot be cancelled: {no.detail}")


# -- shared -------------------------------------------------------------------------------------------------------


async def _operation_of(parts: Parts, orphan: OrphanRecord) -> OperationRecord:
    op = await parts.journal.operation(orphan.operation_id)
    assert op is not None, "an orphan's operation is in the journal"
    return op


def _moved(
    parts: Parts, op: OperationRecord, orphan: OrphanRecord, state: OrphanState, text: str, **more: Any
) -> list[Change]:
    now = parts.world.now()
    row = replace(orphan, state=state, text=text, updated_at=now, **more)
    told = _TOLD.get(state)
    events = [of_operation(replace(op, updated_at=now), parts.world, told, row.policy_id)] if told else []
    return [MoveOrphan(row, orphan.state), conclude.note(parts, op, f"orphan_{state}", text), *events]
