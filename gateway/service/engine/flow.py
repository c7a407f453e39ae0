"""What a channel declares for an operation, and where a flow of several steps has come to, read off its attempts."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.channel import Adapter
from gateway.journal.records import AttemptRecord, OperationRecord
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.wire.contract import Idempotency, Operation, Step

BATCH = "policy.issue_batch"


def in_batch(variant: str) -> str:
    """How the row of an operation tells that it went in a message with others, by which variant of the batch."""
    return f"{BATCH}/{variant}"


def is_in_batch(op: OperationRecord) -> bool:
    """Whether this operation went in a message with others."""
    return op.variant.partition("/")[0] == BATCH


def declared(adapter: Adapter, op: OperationRecord) -> Operation:
    """The channel's operation as this one was sent. Raises AdapterMissing.

    What went in a message with others cannot be sent again by itself, whatever the carrier replays: it is asked after.
    """
    if not is_in_batch(op):
        return adapter.variant(op.operation, op.variant)
    operation = adapter.variant(BATCH, op.variant.partition("/")[2])
    return replace(operation, idempotency=Idempotency(kind="query_only" if operation.inquiry else "none"))


_UNDONE = (OutcomeKind.not_executed, OutcomeKind.refused)


def last_in_doubt_at(attempts: list[AttemptRecord], since: datetime, lost: timedelta) -> datetime:
    """The end of the last effect attempt that may have done something, at the earliest `since`.

    One whose end was never written may have been under way for as long as `lost`.
    """
    doubtful = [row for row in attempts if row.purpose == "effect" and row.outcome not in _UNDONE]
    ends = (row.ended_at or row.started_at + lost for row in doubtful)
    return max((since, *ends))


def step_of(operation: Operation, attempt: AttemptRecord | None) -> Step | None:
    """The step an attempt was made for."""
    if attempt is None:
        return None
    steps = operation.steps
    return next((s for s in steps if s.name == attempt.step), steps[0] if len(steps) == 1 else None)


def reached(operation: Operation, attempts: list[AttemptRecord], channel: str) -> int | None:
    """The step a flow that is not under way goes on with on a channel; None when its last call may have done something.

    That is the step its caller has answered for, else the one behind the last that was accepted, else the last again.
    """
    on_channel = [attempt for attempt in attempts if attempt.channel == channel]
    last = next((attempt for attempt in reversed(on_channel) if attempt.purpose == "effect"), None)
    answered = next((attempt for attempt in reversed(on_channel) if attempt.purpose == "answer"), None)
    if answered is not None and (last is None or answered.number >= last.number):
        last = replace(answered, outcome=OutcomeKind.not_executed)
    step = step_of(operation, last)
    if step is None or last is None:
        return 0
    if last.outcome in (OutcomeKind.unknown, None) and step.safety is not SafetyClass.read:
        return None
    return operation.steps.index(step) + (last.outcome is OutcomeKind.accepted)


def next_step(operation: Operation, last: AttemptRecord | None, since_s: float) -> int | None:
    """Where a flow in doubt goes on: behind the step the carrier's record shows, or at the one it proves undone."""
    step = step_of(operation, last)
    if last is None or step is None or len(operation.steps) == 1:
        return None
    index = operation.steps.index(step)
    if last.outcome in (OutcomeKind.not_executed, OutcomeKind.refused):
        return index
    if step is not operation.steps[-1]:
        return index + 1
    final_s = operation.inquiry.not_found_is_final_after_s if operation.inquiry else None
    return index if final_s is not None and since_s >= final_s else None


def may_still_be_undone(operation: Operation, since_s: float) -> bool:
    """A flow's last step may have arrived or not until its horizon has passed: the record is no answer before."""
    final_s = operation.inquiry.not_found_is_final_after_s if operation.inquiry else None
    return len(operation.steps) > 1 and final_s is not None and since_s < final_s
