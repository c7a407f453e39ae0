"""`underwriting.answer`: what an operation waits for is given by its caller, and the operation goes on.

The answer has a key of its own, but no outcome of its own: whoever repeats it reads how the operation it was given to
stands. It is kept, and the operation taken out of its wait, in one group: of two answers only one is tried.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from gateway.channel import AdapterMissing
from gateway.errors import KeyReused, NotAllowedNow, RequestInvalid, Unavailable
from gateway.journal.changes import Change, Move, Open
from gateway.journal.errors import JournalUnavailable, KeyTaken, Stale
from gateway.journal.records import OperationRecord
from gateway.model import Needed, UnderwritingAnswerBody
from gateway.model.states import OperationState
from gateway.model.validate import Fault, FaultCode
from gateway.service.answers import Answer
from gateway.service.cases.proposals import must_be_sound
from gateway.service.engine import conclude, needed
from gateway.service.entrance.operations import get_operation
from gateway.service.entrance.submit import answer_of, begin, needed_key, request_hash
from gateway.service.parts import Caller, Parts
from gateway.service.recovery.ladder import Rung
from gateway.service.use_case import UseCase

NAME = "underwriting.answer"
_TRIES = 3


class Answered:
    """An operation taken out of its wait, going on where it stood."""

    is_recorded = True

    def __init__(self, parts: Parts, use_case: UseCase, op: OperationRecord) -> None:
        """Take the operation as it was written with its answer."""
        self._parts = parts
        self._use_case = use_case
        self.op = op

    @property
    def recorded(self) -> OperationRecord:
        """The row as the journal has it."""
        return self.op

    async def execute(self) -> None:
        """Go on with the flow, from the journal alone: as after a restart."""
        await Rung(self._parts, self._use_case, self.op).climb()
        self.op = await self._parts.journal.operation(self.op.operation_id) or self.op


async def give(
    parts: Parts, use_cases: Mapping[str, UseCase], caller: Caller, body: UnderwritingAnswerBody, idem_key: str | None
) -> Answer:
    """Keep an answer and go on with its operation, or say how it stands to whoever repeats the answer.

    Raises HubError: NotFound, NotAllowedNow where nothing is waited for, RequestInvalid where it is something else.
    """
    key, digest = needed_key(idem_key), request_hash(body)
    try:
        known = await parts.journal.operation_by_key(caller.client, NAME, key)
        if known is None:
            must_be_sound(parts, body)
            try:
                op = await _kept(parts, use_cases, caller, body, _new(parts, caller, body, key, digest))
            except KeyTaken:
                known = await parts.journal.operation_by_key(caller.client, NAME, key)
            else:
                return await begin(parts, Answered(parts, use_cases[op.operation], op), caller)
        return await _repeated(parts, caller, known, digest)
    except JournalUnavailable as down:
        raise Unavailable(str(down)) from None


async def _repeated(parts: Parts, caller: Caller, known: OperationRecord | None, digest: str) -> Answer:
    if known is None:
        raise Unavailable("the answer of this key cannot be read now")
    if known.request_hash != digest:
        raise KeyReused(f"the key already gave another answer to operation {known.subject_id}")
    op = await get_operation(parts, caller, known.subject_id or "")
    return answer_of(op, replayed=True)


async def _kept(
    parts: Parts,
    use_cases: Mapping[str, UseCase],
    caller: Caller,
    body: UnderwritingAnswerBody,
    answer: OperationRecord,
) -> OperationRecord:
    """The operation with its answer written beside it; a worker that just looked at it is no reason to refuse."""
    for _ in range(_TRIES):
        op = await get_operation(parts, caller, body.operation_id)
        changes, row = await _changes(parts, use_cases, op, body)
        try:
            await parts.journal.write(Open(answer), *changes)
        except Stale:
            continue
        return row
    raise _not_waiting(body.operation_id)


async def _changes(
    parts: Parts, use_cases: Mapping[str, UseCase], op: OperationRecord, body: UnderwritingAnswerBody
) -> tuple[list[Change], OperationRecord]:
    """Everything that takes the operation out of its wait, and its row after that."""
    if op.state is not OperationState.pending or op.operation not in use_cases:
        raise _not_waiting(op.operation_id)
    try:
        operation = Rung(parts, use_cases[op.operation], op).operation
    except AdapterMissing as missing:
        raise Unavailable(str(missing)) from None
    step = needed.waiting_step(op, operation, await parts.journal.attempts(op.operation_id))
    now = parts.world.now()
    if step is None or (op.resolve_by is not None and now >= op.resolve_by):
        raise _not_waiting(op.operation_id)
    _must_give(op, body)
    resolving, moves = conclude.to_resolving(op)
    lease_until = now + timedelta(seconds=parts.policy.lease_s)
    row = replace(
        resolving,
        state=OperationState.routed,
        next_check_at=None,
        lease_owner=parts.owner,
        lease_until=lease_until,
        updated_at=now,
    )
    return [*moves, Move(row, resolving.state), *needed.kept(parts, op, step, body)], row


def _must_give(op: OperationRecord, body: UnderwritingAnswerBody) -> None:
    """Raises RequestInvalid naming each field that would give what is needed."""
    told = msgspec.json.decode(op.result or b"{}").get("needed", ())
    wanted = msgspec.convert(told, tuple[Needed, ...])
    missing = {field for each in wanted if (field := needed.lacks(each, body)) is not None}
    if missing:
        faults = [Fault(field, FaultCode.missing, "the operation waits for this") for field in sorted(missing)]
        raise RequestInvalid("this is not what the operation waits for", faults=faults)


def _not_waiting(operation_id: str) -> NotAllowedNow:
    return NotAllowedNow(f"operation {operation_id} waits for no answer now", code="operation.not_waiting")


def _new(parts: Parts, caller: Caller, body: UnderwritingAnswerBody, key: str, digest: str) -> OperationRecord:
    """The row that holds the answer's key; what was answered stands sealed among the attempts it belongs to."""
    now = parts.world.now()
    return OperationRecord(
        operation_id=parts.world.new_id("op"),
        client=caller.client,
        operation=NAME,
        idem_key=key,
        request_hash=digest,
        state=OperationState.succeeded,
        request=msgspec.json.encode({"operation_id": body.operation_id}),
        subject_id=body.operation_id,
        deadline_at=now,
        created_at=now,
        updated_at=now,
    )
