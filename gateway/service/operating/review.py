"""What a person does about an operation that no rung could end: named, with a reason, and written down.

The end is made with the same code as an end the carrier told: a policy, its numbers, the answer of the key. Guards of
the journal decide between two who decide at once, and a number that another object holds is not taken.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from gateway.errors import Forgotten, NotAllowedNow, NotExecuted, NotFound, RequestInvalid
from gateway.journal.changes import Audit, Change, Move
from gateway.journal.errors import NumberTaken, Stale
from gateway.journal.protocol import Journal
from gateway.journal.records import AuditRecord, OperationRecord
from gateway.model import Number
from gateway.model.base import Model
from gateway.model.errors import ErrorCode
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.model.pii import SensitiveJson
from gateway.model.states import OperationState
from gateway.model.validate import Fault, FaultCode
from gateway.ports import World
from gateway.service.answers import problem
from gateway.service.engine import conclude
from gateway.service.engine.flow import BATCH
from gateway.service.parts import Parts
from gateway.service.use_case import UseCase
from gateway.wire.contract import Reply

Reason = Annotated[str, Meta(min_length=3, max_length=500, pattern=r"\S", description="why, for whoever asks later")]
Name = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S", description="the person who decides")]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts: a person's name, and the client whose API key was used, None at the command line."""

    name: str
    client: str | None = None


class ResolutionBody(Model, frozen=True, kw_only=True):
    """How a person ends an operation that waits for one.

    `numbers`, and in `result` what else the operation's result has, are the carrier's own word for `succeeded`;
    `code` is the reason a caller sees for `declined`. The reason given here is never shown to a caller.
    """

    operation_id: str
    state: Literal["succeeded", "declined", "failed"]
    reason: Reason
    by: Name
    numbers: tuple[Number, ...] = ()
    result: SensitiveJson = None
    code: ErrorCode | None = None


async def resolve(
    parts: Parts, use_cases: Mapping[str, UseCase], client: str | None, body: ResolutionBody
) -> OperationRecord:
    """End an operation as its person says; gives its row.

    Raises HubError: NotFound, NotAllowedNow where it waits for no person or a number is another's, RequestInvalid
    where a success lacks what makes it one.
    """
    op = await known(parts.journal, body.operation_id)
    if op.state is not OperationState.needs_review or (op.operation not in use_cases and op.operation != BATCH):
        raise _not_in_review(op)
    is_batch = op.operation == BATCH
    ends = _batch_is_over(parts, op, body) if is_batch else await _ends(parts, use_cases[op.operation], op, body)
    row = next(change.record for change in ends if isinstance(change, Move))
    person = Person(name=body.by, client=client)
    entry = audit(parts.world, person, "operation.resolve", op, body.reason, _standing(op), _after(row, body))
    history = conclude.note(parts, op, "resolved", f"{body.by} ended it as {body.state}: {body.reason}")
    try:
        await parts.journal.write(*ends, entry, history)
    except Stale:
        raise _not_in_review(await known(parts.journal, body.operation_id)) from None
    except NumberTaken as taken:
        raise NotAllowedNow(str(taken), code="operation.number_taken") from None
    return await known(parts.journal, body.operation_id)


async def known(journal: Journal, operation_id: str) -> OperationRecord:
    """Any client's operation, for an operator. Raises NotFound."""
    op = await journal.operation(operation_id)
    if op is None:
        raise NotFound(f"there is no operation {operation_id}", code="operation.not_found")
    return op


def audit(
    world: World,
    person: Person,
    action: str,
    op: OperationRecord,
    reason: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Audit:
    """The entry that says who did what to an operation, when and why."""
    return audited(world, person, action, op.operation_id, reason, before, after)


def audited(
    world: World,
    person: Person,
    action: str,
    subject: str,
    reason: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Audit:
    """The same of anything: an operation's id, `channel:<name>`, `product:<code>`, `catalogue`."""
    return Audit(
        AuditRecord(
            audit_id=world.new_id("aud"),
            at=world.now(),
            actor=person.name,
            client=person.client,
            action=action,
            operation_id=subject,
            reason=reason,
            before=None if before is None else msgspec.json.encode(before),
            after=None if after is None else msgspec.json.encode(after),
        )
    )


async def _ends(parts: Parts, use_case: UseCase, op: OperationRecord, body: ResolutionBody) -> list[Change]:
    if body.state == "failed":
        return conclude.fail(parts, op, NotExecuted("it was found out by hand that the insurer did not execute it"))
    request: Any = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
    if body.state == "declined":
        code = body.code or ErrorCode.carrier_declined
        said = Outcome(kind=OutcomeKind.declined, code=code.value, disclose=body.code is not None)
        return await conclude.decline(parts, use_case, op, request, Reply(outcome=said, result=_result(op, body)))
    reply = Reply(outcome=Outcome(kind=OutcomeKind.accepted), result=_result(op, body))
    if not use_case.is_complete(reply):
        fault = Fault("numbers", FaultCode.missing, "the carrier's own number of what it made")
        raise RequestInvalid(f"{op.operation} has not succeeded without the carrier's number", faults=(fault,))
    return await conclude.succeed(parts, use_case, op, request, reply)


def _batch_is_over(parts: Parts, op: OperationRecord, body: ResolutionBody) -> list[Change]:
    """A batch that no longer knows its orders is over when they are: each has its own answer, and it has none."""
    if body.state != "succeeded":
        fault = Fault("state", FaultCode.incoherent, "a batch is over (succeeded) once each of its orders is")
        raise RequestInvalid("a batch has no outcome of its own: each of its orders has one", faults=(fault,))
    told = Forgotten(
        "this batch is over; which orders it opened cannot be told any more: each is an operation of its own",
        extra={"operation_id": op.operation_id, "state": body.state},
    )
    now = parts.world.now()
    return [Move(conclude.settled(op, OperationState.succeeded, problem(told, op.operation_id), now), op.state)]


def _result(op: OperationRecord, body: ResolutionBody) -> Any:
    """The operation's result as a person tells it. Raises RequestInvalid for a field it does not have."""
    wanted = OPERATIONS[op.operation].result
    try:
        result: Any = msgspec.convert({} if body.result is None else body.result, wanted)
    except msgspec.ValidationError as wrong:
        # The place only: the complaint itself may quote what stands there.
        where = str(wrong).rpartition(" - at `$")[2].strip("`.") or "the whole"
        fault = Fault("result", FaultCode.malformed, f"{where} does not fit {wanted.__name__}")
        raise RequestInvalid(f"'result' is no result of {op.operation}", faults=(fault,)) from None
    return replace(result, numbers=(*result.numbers, *body.numbers))


def _standing(op: OperationRecord) -> dict[str, Any]:
    return {"state": op.state, "code": op.code, "text": op.text}


def _after(row: OperationRecord, body: ResolutionBody) -> dict[str, Any]:
    numbers = [f"{number.kind}={number.no}" for number in body.numbers]
    return {"state": row.state, "code": row.code, "numbers": numbers, "subject_id": row.subject_id}


def _not_in_review(op: OperationRecord) -> NotAllowedNow:
    return NotAllowedNow(
        f"operation {op.operation_id} is {op.state}: only one that waits for a person is ended by one",
        code="operation.not_in_review",
    )
