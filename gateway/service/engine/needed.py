"""What only the caller can supply, a code the carrier sent to its customer for instance: asked for, kept, given back.

A flow that reaches such a step stands still: its operation is pending, and the step is written among its attempts
(`needed`). What the caller then gives stands beside it (`answer`, sealed), so that a restart forgets neither. An answer
is used for the step it was given for, until the carrier asks once more.
"""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.errors import Lapsed
from gateway.journal.changes import Change, Keep, Move, StartAttempt
from gateway.journal.records import AttemptRecord, MessageRecord, OperationRecord
from gateway.model import Answer, Document, Needed, NeededKind, UnderwritingAnswerBody
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.model.states import OperationState
from gateway.service.answers import problem
from gateway.service.engine import conclude
from gateway.service.parts import Parts
from gateway.wire.contract import Context, Operation, Reply, Step
from gateway.wire.replies import merge

ANSWER_FOR_S = 24 * 3600.0
THEN_ANSWER = "answer"


class Given(Struct, frozen=True, kw_only=True):
    """What the caller gave, and the step it was given for."""

    step: str = ""
    answers: tuple[Answer, ...] = ()
    documents: tuple[Document, ...] = ()

    def into(self, request: Any) -> Any:
        """The request as a mapping sees it: what was given answers before what was said at the beginning."""
        if not self.step:
            return request
        return replace(
            request,
            answers=(*self.answers, *request.answers),
            documents=(*request.documents, *self.documents),
        )


def waiting_step(op: OperationRecord, operation: Operation, attempts: list[AttemptRecord]) -> Step | None:
    """The step a pending operation holds back for its caller, or None when it waits for something else."""
    rows = [row for row in attempts if row.number == op.attempts and row.purpose in ("needed", "answer")]
    if not rows or any(row.purpose == "answer" for row in rows):
        return None
    return next((step for step in operation.steps if step.name == rows[0].step), None)


def asks(operation: Operation) -> bool:
    """Whether any step of an operation may have to wait for its caller."""
    return any(step.needs is not None for step in operation.steps)


def held_back(operation: Operation, index: int, request: Any, context: Context, given: Given) -> Step | None:
    """The step a flow would stop at for its caller, were it to go on at `index`."""
    rest = (step for step in operation.steps[index:] if step.when is None or step.when(request, context))
    step = next(rest, None)
    return step if step is not None and step.needs is not None and step.name != given.step else None


def wanting(operation: str, step: Step, request: Any, context: Context, result: Any) -> Reply:
    """The reply that stands for a step which waits: nothing was sent, and this is what is needed."""
    assert step.needs is not None
    needed = step.needs.ask(request, context)
    text = needed.text or f"the insurer waits for {needed.kind} from you"
    outcome = Outcome(kind=OutcomeKind.pending, then=THEN_ANSWER, for_s=step.needs.for_s or ANSWER_FOR_S, text=text)
    return Reply(outcome=outcome, result=merge(result, OPERATIONS[operation].result(needed=(needed,))))


def asked_again(operation: str, step: Step, request: Any, context: Context, reply: Reply) -> Reply:
    """A carrier's reply that what was given is not it (`then: answer`), with what is needed once more."""
    if step.needs is None:  # a code of the error table, at a step whose caller can give nothing: ask the carrier
        return replace(reply, outcome=replace(reply.outcome, then=None))
    once_more = wanting(operation, step, request, context, reply.result)
    for_s = reply.outcome.for_s or once_more.outcome.for_s
    return replace(reply, result=once_more.result, outcome=replace(reply.outcome, for_s=for_s))


def asked(parts: Parts, op: OperationRecord, step: str, reply: Reply) -> list[Change]:
    """The row that says which step waits, where the reply is one of these."""
    if reply.outcome.then != THEN_ANSWER:
        return []
    kinds = ", ".join(needed.kind for needed in reply.result.needed)
    return [StartAttempt(_row(parts, op, step, "needed", kinds))]


def kept(parts: Parts, op: OperationRecord, step: Step, body: UnderwritingAnswerBody) -> list[Change]:
    """The rows that keep what the caller gave: which step it is for, and the answer itself, sealed."""
    row = _row(parts, op, step.name, "answer", None)
    given = Given(step=step.name, answers=_answers(body), documents=body.documents)
    message = MessageRecord(
        owner_id=row.attempt_id,
        direction="request",
        at=parts.world.now(),
        sealed=parts.vault.seal(msgspec.json.encode(given), row.attempt_id),
    )
    return [StartAttempt(row), Keep(message)]


async def given(parts: Parts, attempts: list[AttemptRecord]) -> Given:
    """The caller's last answer, unless the carrier has asked again since."""
    refused = max((row.number for row in attempts if row.purpose == "effect" and _asks_again(row)), default=0)
    rows = [row for row in attempts if row.purpose == "answer" and row.number >= refused]
    if not rows:
        return Given()
    last = max(rows, key=lambda row: (row.number, row.attempt_id))
    for message in await parts.journal.messages(last.attempt_id):
        return msgspec.json.decode(parts.vault.open(message.sealed, last.attempt_id), type=Given)
    return Given()


def unanswered(parts: Parts, op: OperationRecord, operation: Operation, step: Step) -> list[Change]:
    """The changes for an operation whose caller has said nothing so far: it waits on, has expired, or is in doubt."""
    now = parts.world.now()
    if op.resolve_by is not None and now < op.resolve_by:
        return [Move(conclude.released(op, op.state, op.resolve_by, now), op.state)]
    because = step.needs.because if step.needs is not None else None
    if because is None:
        return conclude.doubt(parts, op, operation, "nobody gave in time what the insurer waits for")
    lapse = Lapsed(f"nobody answered in time; the insurer says: {because}", code="underwriting.answer_expired")
    row = conclude.settled(op, OperationState.expired, problem(lapse, op.operation_id), now, code=lapse.error_code)
    return [Move(row, op.state)]


def lacks(needed: Needed, body: UnderwritingAnswerBody) -> str | None:
    """The field of an answer that would give what is needed, where it is missing."""
    match needed.kind:
        case NeededKind.sms_code:
            return "sms_code" if body.sms_code is None else None
        case NeededKind.document:
            return None if body.documents else "documents"
        case NeededKind.answer:
            return None if any(each.question == needed.ref for each in body.answers) else "answers"
    return None


def _answers(body: UnderwritingAnswerBody) -> tuple[Answer, ...]:
    code = () if body.sms_code is None else (Answer(question=NeededKind.sms_code.value, value=body.sms_code),)
    return (*code, *body.answers)


def _asks_again(row: AttemptRecord) -> bool:
    return row.outcome is OutcomeKind.pending


def _row(parts: Parts, op: OperationRecord, step: str, purpose: str, text: str | None) -> AttemptRecord:
    now = parts.world.now()
    return AttemptRecord(
        attempt_id=parts.world.new_id("att"),
        operation_id=op.operation_id,
        step=step,
        purpose=purpose,
        number=op.attempts,
        channel=op.channel or "",
        request_no="",
        adapter_version=op.adapter_version or "",
        started_at=now,
        ended_at=now,
        text=text,
    )
