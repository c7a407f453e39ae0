"""A claim report whose channel cannot be asked now waits in the journal: durable before its 202, sent once, later.

It waits where its channel's breaker is open or tried out by another call, while the carrier is closed, and after a
call that certainly did nothing. What may have arrived never waits here: that is the ladder's.
"""

import math
from datetime import timedelta

from msgspec.structs import replace

from gateway.errors import NotExecuted
from gateway.journal.changes import Change, Move
from gateway.journal.records import OperationRecord
from gateway.model.errors import ErrorCode
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState
from gateway.routing.serve import Serving
from gateway.service.engine import conclude
from gateway.service.parts import Parts
from gateway.wire.contract import Reply

WAITS = frozenset({"claim.report"})
"""What is better kept than refused: whom something has happened to must not be told to come again.

Not so a claim's follow-ups: each is a step on the claim as it stands when it is asked for. Sent hours later it may
find another claim, decided or changed, so its caller is told at once that nothing was done, and asks again.
"""
AGAIN_FIRST_S, AGAIN_MAX_S = 1.0, 60.0
SHUT_S = 30.0
"""How often it is looked whether a channel that is closed by the clock, or by an operator, is open again."""
PROBED_S = 3.0
"""While one call tries a channel out, the others wait for what comes of it."""
SPREAD_S = 3.0
"""Those who wait for one channel do not all come back in one moment."""


def is_waiting(op: OperationRecord) -> bool:
    """Whether an operation is kept until its channel can be asked."""
    return op.state is OperationState.routed and op.code == ErrorCode.channel_queued


def must_wait(parts: Parts, op: OperationRecord, channel: str) -> Serving | None:
    """Why an operation is to be kept instead of sent through its channel now; None: it is sent, if need be as a probe.

    What an operator has disabled takes no new report: it is refused, as everything is. One that waits goes on waiting.
    """
    if op.operation not in WAITS or channel not in parts.channels:
        return None
    if channel in parts.router.stopped and not is_waiting(op):
        return None
    serving = parts.router.serve(channel, "claim", "queue", alone=True)
    if serving.mode == "queue":
        return serving
    parts.router.tries(channel, "claim")
    return None


def pause_s(serving: Serving) -> float:
    """How long at least until it is looked again; a breaker says itself for how long it is open."""
    reasons = {each.ruled_out for each in serving.candidates}
    if reasons <= {ErrorCode.channel_breaker_open, ErrorCode.channel_probing}:
        return PROBED_S if ErrorCode.channel_probing in reasons else 0.0
    return SHUT_S


def may_wait(parts: Parts, op: OperationRecord, reply: Reply) -> bool:
    """Whether an operation is kept after a call that came to nothing; a carrier's refusal of the message ends it."""
    channel = op.channel or ""
    able = channel in parts.channels and (channel not in parts.router.stopped or op.resolve_by is not None)
    return op.operation in WAITS and reply.outcome.kind is OutcomeKind.not_executed and able


def kept(parts: Parts, op: OperationRecord, why: str, after_s: float = 0.0) -> list[Change]:
    """The changes that keep an operation until its channel can be asked; when it has waited too long, it has failed."""
    now = parts.world.now()
    until = op.resolve_by or now + timedelta(seconds=parts.policy.queue_max_s)
    if now >= until:
        return conclude.fail(parts, op, NotExecuted(f"it has waited too long: {why}", code=ErrorCode.channel_queued))
    row = conclude.released(
        op,
        OperationState.routed,
        min(until, now + timedelta(seconds=_wait_s(parts, op, after_s))),
        now,
        code=ErrorCode.channel_queued,
        text=f"kept and sent later: {why}",
        resolve_by=until,
    )
    return [Move(row, op.state), *(() if op.resolve_by else (conclude.note(parts, op, "queued", why),))]


def sent(op: OperationRecord) -> OperationRecord:
    """An operation that waits no more."""
    return replace(op, code=None, text=None) if op.code == ErrorCode.channel_queued else op


def retry_after_s(op: OperationRecord) -> int:
    """When its caller may ask again: not before the channel is tried."""
    if not is_waiting(op) or op.next_check_at is None:
        return 2
    return max(2, math.ceil((op.next_check_at - op.updated_at).total_seconds()))


def _wait_s(parts: Parts, op: OperationRecord, after_s: float) -> float:
    """As long as the breaker is open; after each call that came to nothing twice as long as before."""
    tried_s = min(AGAIN_MAX_S, AGAIN_FIRST_S * float(1 << min(op.attempts, 8)))
    open_s = parts.router.opens_in_s(op.channel or "", "claim")
    return max(open_s, after_s, tried_s) + SPREAD_S * parts.world.random()
