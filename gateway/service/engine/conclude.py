"""From what a carrier said to the operation's next row: shared by the first call, the ladder and callbacks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.errors import HubError, Lapsed, NotExecuted, Said
from gateway.journal.changes import Change, Decide, Move, Note
from gateway.journal.records import DecisionRecord, NoteRecord, OperationRecord
from gateway.model.errors import ErrorCode
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.model.states import OperationState, may_move
from gateway.routing.types import Decision
from gateway.service.answers import Answer, problem
from gateway.service.parts import Parts
from gateway.service.use_case import Completion, UseCase, said
from gateway.wire.contract import Inquiry, Operation, Reply

POLL_EVERY_S = 30.0
POLL_FOR_S = 72 * 3600.0
LAPSED = frozenset({ErrorCode.application_expired, ErrorCode.policy_lapsed})
"""What a carrier that documents a lapse says of an application it will not decide any more."""

_CREATED, _ROUTED = OperationState.created, OperationState.routed
_TO_RESOLVING = {
    _ROUTED: (OperationState.sending, OperationState.unknown, OperationState.resolving),
    OperationState.pending: (OperationState.unknown, OperationState.resolving),
    OperationState.unknown: (OperationState.resolving,),
}
REPLAY_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
SPREAD_SHARE = 0.2


def settled(op: OperationRecord, state: OperationState, answer: Answer, now: datetime, **more: Any) -> OperationRecord:
    """A terminal row: its answer is fixed, nothing waits any more."""
    return replace(
        op,
        state=state,
        answer_status=answer.status,
        answer=answer.body,
        answer_location=answer.location,
        next_check_at=None,
        lease_owner=None,
        lease_until=None,
        updated_at=now,
        **more,
    )


def released(
    op: OperationRecord, state: OperationState, check_at: datetime, now: datetime, **more: Any
) -> OperationRecord:
    """A row that waits for its next check, free for any worker."""
    return replace(op, state=state, next_check_at=check_at, lease_owner=None, lease_until=None, updated_at=now, **more)


def completed(op: OperationRecord, state: OperationState, completion: Completion, now: datetime) -> OperationRecord:
    """A terminal row with a use case's completion."""
    subject_id = completion.subject_id or op.subject_id
    return settled(
        op,
        state,
        completion.answer,
        now,
        answer_object=completion.answer_object,
        subject_id=subject_id,
        code=completion.code,
    )


async def succeed(parts: Parts, use_case: UseCase, op: OperationRecord, request: Any, reply: Reply) -> list[Change]:
    """The changes that end an operation as done."""
    completion = await use_case.succeeded(parts, op, request, reply)
    row = completed(op, OperationState.succeeded, completion, parts.world.now())
    changes: list[Change] = [Move(row, op.state), *completion.changes]
    if reply.incomplete:
        text = "done, but part of the reply could not be read: " + "; ".join(reply.problems)
        changes.append(note(parts, op, "incomplete", text))
    return changes


async def decline(parts: Parts, use_case: UseCase, op: OperationRecord, request: Any, reply: Reply) -> list[Change]:
    """The changes that end an operation with the carrier's no; an application left too long has lapsed instead."""
    if op.state is OperationState.pending and reply.outcome.code in LAPSED:
        return lapse(parts, op, reply)
    completion = await use_case.declined(parts, op, request, reply)
    row = completed(op, OperationState.declined, completion, parts.world.now())
    return [Move(row, op.state), *completion.changes]


def wait(parts: Parts, op: OperationRecord, reply: Reply) -> list[Change]:
    """The changes that leave an operation pending: asked again later, told by a callback, or answered by its caller."""
    now = parts.world.now()
    outcome = reply.outcome
    resolve_by = op.resolve_by if op.state is OperationState.pending else None
    resolve_by = resolve_by or now + timedelta(seconds=outcome.for_s or POLL_FOR_S)
    check_at = now + timedelta(seconds=outcome.every_s or POLL_EVERY_S)
    if outcome.then in ("answer", "file"):  # there is nothing to ask: the caller answers, or the daily file tells
        check_at = resolve_by
    row = released(
        op,
        OperationState.pending,
        check_at,
        now,
        resolve_by=resolve_by,
        unknown_since=None,
        code=outcome.code,
        text=outcome.text,
        result=_told_so_far(op, reply.result),
    )
    return [Move(row, op.state)]


def _told_so_far(op: OperationRecord, result: Any) -> bytes | None:
    """What a pending operation tells its caller; where its customer pays stays, though later replies leave it out."""
    if result is None:
        return op.result
    told: dict[str, Any] = msgspec.to_builtins(result)
    known = msgspec.json.decode(op.result).get("payment_links") if op.result else None
    return msgspec.json.encode(told if told.get("payment_links") or not known else {**told, "payment_links": known})


def doubt(
    parts: Parts, op: OperationRecord, operation: Operation, why: str, *, since: datetime | None = None
) -> list[Change]:
    """The changes that make an operation unknown; the ladder takes it from there.

    `since` is when an earlier doubt began, if nothing was sent after it: its clock goes on, and ends with a person.
    """
    now = parts.world.now()
    since_s = (now - since).total_seconds() if since is not None else 0.0
    wait_s = next_wait_s(operation, op.inquiries, since_s=since_s) if since is not None else first_wait_s(operation)
    return doubted(parts, op, why, after_s=spread_s(parts, operation, wait_s), since=since or now)


def doubted(parts: Parts, op: OperationRecord, why: str, *, after_s: float, since: datetime) -> list[Change]:
    """The same, to be looked at after so many seconds, where nobody can say how its channel is asked."""
    now = parts.world.now()
    row = released(
        op,
        OperationState.unknown,
        now + timedelta(seconds=after_s),
        now,
        unknown_since=since,
        resolve_by=since + timedelta(seconds=parts.policy.unknown_max_s),
        text=why,
    )
    return [Move(row, op.state), note(parts, op, "unknown", why)]


def fail(parts: Parts, op: OperationRecord, error: HubError) -> list[Change]:
    """The changes that end an operation of which certainly nothing was executed."""
    answer = problem(error, op.operation_id)
    # A channel that gave no access token was chosen and never asked: the way out of `routed` leads through `sending`.
    op, moves = through(op, OperationState.sending) if op.state is OperationState.routed else (op, [])
    row = settled(op, OperationState.failed, answer, parts.world.now(), code=error.error_code, text=error.detail)
    return [*moves, Move(row, op.state)]


UNDONE = Reply(
    outcome=Outcome(kind=OutcomeKind.not_executed, code="channel.not_executed", text="the insurer has no record of it")
)
"""What a carrier's own records say when they prove that an operation was not executed."""


def undone(parts: Parts, op: OperationRecord, why: str) -> list[Change]:
    """The changes that end an operation which the carrier's own records prove not to have been executed."""
    return [*fail(parts, op, not_executed_error(UNDONE)), proven_undone(parts, op, why)]


def proven_undone(parts: Parts, op: OperationRecord, why: str) -> Note:
    """The line of the history that says what proves it."""
    return note(parts, op, "proven_not_executed", why)


def through(op: OperationRecord, *states: OperationState) -> tuple[OperationRecord, list[Change]]:
    """Walk an operation through states on its way, each a recorded move, so that every path is one of the allowed."""
    moves: list[Change] = []
    for state in states:
        moves.append(Move(replace(op, state=state), op.state))
        op = replace(op, state=state)
    return op, moves


def moved(op: OperationRecord, before: OperationState) -> list[Change]:
    """The move of an operation to where it is now, through the states that lie between."""
    row, moves = through(replace(op, state=before), *_between(before, op.state))
    return [*moves, Move(op, row.state)]


def _between(start: OperationState, end: OperationState) -> tuple[OperationState, ...]:
    """The states between two of an operation that is being executed: an end without a call is an empty sending."""
    if start is end or may_move(start, end):
        return ()
    on_the_way = {_CREATED: (_ROUTED, OperationState.sending), _ROUTED: (OperationState.sending,)}
    return on_the_way.get(start, ())


def to_resolving(op: OperationRecord) -> tuple[OperationRecord, list[Change]]:
    """An operation in doubt, or on its way into it, is resolving before it is anything else."""
    return through(op, *_TO_RESOLVING.get(op.state, ()))


def lapse(parts: Parts, op: OperationRecord, reply: Reply) -> list[Change]:
    """The changes that end an operation whose application lapsed by the carrier's documented rule."""
    code = reply.outcome.code
    error = Lapsed("the application lapsed at the insurer before it was decided", code=code, reasons=said(reply))
    row = settled(op, OperationState.expired, problem(error, op.operation_id), parts.world.now(), code=code)
    return [Move(row, op.state)]


def to_a_person(parts: Parts, op: OperationRecord, why: str) -> list[Change]:
    """The changes that hand an operation to a person, with the reason no one could resolve it."""
    now = parts.world.now()
    op, moves = to_resolving(op)
    row = replace(
        op,
        state=OperationState.needs_review,
        text=why,
        next_check_at=None,
        lease_owner=None,
        lease_until=None,
        updated_at=now,
    )
    return [*moves, Move(row, op.state), note(parts, op, "needs_review", why)]


def decided(decision: Decision, op: OperationRecord) -> Decide:
    """The row of a routing decision, written before the call."""
    return Decide(
        DecisionRecord(
            decision_id=decision.decision_id,
            operation_id=op.operation_id,
            client=op.client,
            created_at=decision.at,
            channel=decision.chosen,
            body=msgspec.json.encode(decision),
        )
    )


def note(parts: Parts, op: OperationRecord, kind: str, text: str) -> Note:
    """A line of the operation's history."""
    return Note(
        NoteRecord(
            note_id=parts.world.new_id("note"),
            operation_id=op.operation_id,
            at=parts.world.now(),
            kind=kind,
            text=text,
        )
    )


def not_executed_error(reply: Reply, reasons: Sequence[Said] = ()) -> NotExecuted:
    """The 503 that tells a caller that nothing happened, and why: the last reply's reason, or every channel's."""
    refused = reply.outcome.kind is OutcomeKind.refused
    detail = "the insurer refused the message" if refused else "the insurer was not reached or did not process it"
    return NotExecuted(detail, reasons=reasons or (why_not_executed(reply),))


def why_not_executed(reply: Reply, channel: str | None = None) -> Said:
    """Why one channel did not execute an operation."""
    outcome = reply.outcome
    text = f"{channel}: {outcome.text or 'it did not process it'}" if channel else outcome.text
    source = "carrier" if outcome.kind is OutcomeKind.refused else "gateway"
    return Said(code=outcome.code or "channel.not_executed", source=source, text=text)


def first_wait_s(operation: Operation) -> float:
    """How long after an unknown the first rung of the ladder is tried."""
    if operation.idempotency.kind == "replay":
        return REPLAY_WAITS_S[0]
    return max(operation.inquiry.visibility_lag_s, operation.inquiry.every_s[0]) if operation.inquiry else 0.0


def not_found_is_final(operation: Operation, since_s: float) -> bool:
    """Whether "no such record" proves that nothing was executed: never before the horizon that the carrier declares."""
    final_s = operation.inquiry.not_found_is_final_after_s if operation.inquiry else None
    return final_s is not None and since_s >= final_s


def next_wait_s(operation: Operation, asked: int, *, since_s: float) -> float:
    """The gap before the next rung: the declared schedule, and never past the moment "not found" becomes final."""
    if operation.idempotency.kind == "replay":
        return REPLAY_WAITS_S[min(asked, len(REPLAY_WAITS_S) - 1)]
    inquiry = operation.inquiry or Inquiry(operation="policy.get")
    gap_s = inquiry.every_s[min(asked, len(inquiry.every_s) - 1)]
    final_s = inquiry.not_found_is_final_after_s
    if final_s is not None and since_s < final_s < since_s + gap_s:
        return final_s - since_s + 0.05
    return gap_s


def spread_s(parts: Parts, operation: Operation, wait_s: float) -> float:
    """The wait as it is kept: before a resend up to a fifth shorter or longer.

    What one outage left in doubt together would else come back to the carrier in one moment, again and again.
    """
    if operation.idempotency.kind != "replay":
        return wait_s
    return wait_s * (1.0 - SPREAD_SHARE + 2 * SPREAD_SHARE * parts.world.random())
