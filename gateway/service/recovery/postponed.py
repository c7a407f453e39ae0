"""An operation whose next rung cannot be taken: its channel, adapter or key is missing, or the gateway fails at it.

It is tried again later, but not for ever: each state has its own clock, and what may have happened ends with a person.
"""

from datetime import timedelta

from msgspec.structs import replace

from gateway.errors import NotExecuted
from gateway.journal.changes import Change, EndAttempt, Move
from gateway.journal.records import AttemptRecord, OperationRecord
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState
from gateway.service.engine import conclude, waiting
from gateway.service.engine.flow import BATCH
from gateway.service.engine.time_left import is_worth_trying
from gateway.service.parts import Parts
from gateway.service.recovery.pack import tried


async def postponed(parts: Parts, op: OperationRecord, why: str) -> list[Change]:
    """The changes for an operation whose rung cannot be taken now: again later, or the end of its time."""
    if op.operation == BATCH:
        return await _unseen(parts, op, why)
    if waiting.is_waiting(op):
        return waiting.kept(parts, op, why)
    attempts = await parts.journal.attempts(op.operation_id)
    if not any(row.purpose == "effect" for row in attempts):
        return await _unsent(parts, op, why)
    if op.state is OperationState.sending:
        return [*_doubted(parts, op, why), *_lost(parts, attempts)]
    if op.state is OperationState.pending:
        is_late = op.resolve_by is not None and parts.world.now() >= op.resolve_by
        return _doubted(parts, op, why) if is_late else await _later(parts, op, why)
    if _has_time(parts, op):
        return await _later(parts, op, why)
    history = conclude.note(parts, op, "tried", tried(attempts))
    return [*conclude.to_a_person(parts, op, f"no rung of the ladder could be taken in time: {why}"), history]


async def _unseen(parts: Parts, op: OperationRecord, why: str) -> list[Change]:
    """A batch has no outcome of its own, and its orders end by themselves: but who can say that they have?"""
    if op.state is not OperationState.unknown:
        return _doubted(parts, op, why)
    if _has_time(parts, op):
        return await _later(parts, op, why)
    text = f"how its orders stand could not be seen in time: {why}"
    how = "each order is an operation of its own and ends by itself; this one is over when all of them are"
    return [*conclude.to_a_person(parts, op, text), conclude.note(parts, op, "tried", how)]


def _has_time(parts: Parts, op: OperationRecord) -> bool:
    since = op.unknown_since or op.created_at
    return (parts.world.now() - since).total_seconds() <= parts.policy.unknown_max_s


async def _unsent(parts: Parts, op: OperationRecord, why: str) -> list[Change]:
    """Nothing was sent that has an effect: there is time for it, or it has failed."""
    if is_worth_trying(parts, op):
        return await _later(parts, op, why)
    error = NotExecuted("the gateway could not go on with this in time; nothing was sent to an insurer")
    return [*conclude.fail(parts, op, error), conclude.note(parts, op, "postponed", why)]


def _doubted(parts: Parts, op: OperationRecord, why: str) -> list[Change]:
    """What is under way without a lease, or undecided past its time, is unknown; its ladder's clock begins."""
    return conclude.doubted(parts, op, why, after_s=conclude.POLL_EVERY_S, since=parts.world.now())


def _lost(parts: Parts, attempts: list[AttemptRecord]) -> list[Change]:
    now, why = parts.world.now(), "the gateway stopped while the carrier was being asked"
    lost = [row for row in attempts if row.purpose == "effect" and row.ended_at is None]
    return [EndAttempt(replace(row, ended_at=now, outcome=OutcomeKind.unknown, fault="lost", text=why)) for row in lost]


async def _later(parts: Parts, op: OperationRecord, why: str) -> list[Change]:
    """Again in a while; the history says why once, not at every try."""
    now = parts.world.now()
    row = conclude.released(op, op.state, now + timedelta(seconds=conclude.POLL_EVERY_S), now, text=why)
    history = await parts.journal.notes(op.operation_id)
    is_told = bool(history) and (history[-1].kind, history[-1].text) == ("postponed", why)
    return [Move(row, op.state), *([] if is_told else [conclude.note(parts, op, "postponed", why)])]
