"""What carriers tell us unasked: kept raw before it is acknowledged, then verified, matched and applied.

Order and repetition do not matter, a forged callback changes nothing, and one that comes before the operation's own
answer waits in the journal until that operation can take it.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.channel import Channel
from gateway.errors import NotFound
from gateway.journal.changes import Change, Note, Receive, Settle
from gateway.journal.errors import EventTaken, JournalError, NumberTaken, Stale
from gateway.journal.records import InboundRecord, OperationRecord
from gateway.journal.vault import RawMessage
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import OutcomeKind
from gateway.model.states import TERMINAL, OperationState
from gateway.service.answers import Answer
from gateway.service.engine import conclude, orphans
from gateway.service.engine.late import WAITS
from gateway.service.parts import Parts
from gateway.service.use_case import UseCase
from gateway.wire.contract import Callback, Inbound, Notice

WAITING_MAX = 100
_REPEATED = "the carrier told of this event before"
_log = logging.getLogger("insurehub.callbacks")


async def receive(
    parts: Parts, use_cases: Mapping[str, UseCase], channel_name: str, name: str, inbound: Inbound
) -> Answer:
    """Keep a callback, judge it, apply it if its operation can take it now, and answer as the carrier demands."""
    channel, callback = _addressed(parts, channel_name, name)
    record = _record(parts, channel, name, inbound)
    await parts.journal.write(Receive(record))
    context = channel.context()
    notice = callback.read(inbound, context)
    if await _is_laid_aside(parts, record, notice):
        return Answer(status=401 if notice.matched else 400, body=b"")
    await _apply(parts, use_cases, channel, callback, record, notice)
    reply = callback.answer(notice, context)
    return Answer(status=reply.status, body=reply.body, content_type=reply.header("Content-Type"))


@dataclass
class Turn:
    """How far the waiting callbacks have been looked at: those behind it come next, then the first ones again."""

    after: InboundRecord | None = None


async def apply_waiting(parts: Parts, use_cases: Mapping[str, UseCase], turn: Turn | None = None) -> int:
    """Apply callbacks that arrived before their operation could take them; gives how many were looked at.

    However many wait for nobody, each of the others has its turn.
    """
    turn = turn or Turn()
    waiting = await parts.journal.waiting_inbound(WAITING_MAX, after=turn.after)
    turn.after = waiting[-1] if len(waiting) == WAITING_MAX else None
    for record in waiting:
        try:
            await _take_up(parts, use_cases, record)
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 - one callback must not stop the others, nor what the worker does
            # Its text may quote the message.
            _log.warning("callback %s cannot be taken up: %s", record.inbound_id, type(error).__name__)
            await _settle_when_old(parts, record, f"it could not be taken up ({type(error).__name__})")
    return len(waiting)


async def _take_up(parts: Parts, use_cases: Mapping[str, UseCase], record: InboundRecord) -> None:
    channel, callback = _addressed(parts, record.channel, record.name)
    raw = RawMessage.unpack(parts.vault.open(record.sealed, record.inbound_id))
    method, _, target = raw.line.partition(" ")
    inbound = Inbound(method=method, target=target, headers=raw.headers, body=raw.body)
    # It is judged by the clock of when it came: by that of now its time stamp would be too old.
    notice = callback.read(inbound, replace(channel.context(), now=record.received_at))
    if not await _is_laid_aside(parts, record, notice):
        await _apply(parts, use_cases, channel, callback, record, notice)


async def _is_laid_aside(parts: Parts, record: InboundRecord, notice: Notice) -> bool:
    """Whether a callback is nobody's word: not proven, or of another kind than its address says.

    It gives its event key free: the same bytes again may be judged by another key, or by a clock that was put right.
    """
    if notice.matched and notice.genuine:
        return False
    freed = replace(record, event_key=f"{record.event_key}:{record.inbound_id}")
    await _settle(parts, freed, "forged", "it did not verify" if notice.matched else "it is of another kind")
    return True


def _addressed(parts: Parts, channel_name: str, name: str) -> tuple[Channel, Callback]:
    channel = parts.channels.get(channel_name)
    callback = channel.adapter.callback(name) if channel else None
    if channel is None or callback is None:
        raise NotFound("no carrier of ours calls here")
    return channel, callback


def _record(parts: Parts, channel: Channel, name: str, inbound: Inbound) -> InboundRecord:
    inbound_id = parts.world.new_id("in")
    raw = RawMessage(line=f"{inbound.method} {inbound.target}", headers=inbound.headers, body=inbound.body)
    packed = raw.pack()
    return InboundRecord(
        inbound_id=inbound_id,
        channel=channel.name,
        name=name,
        # Over everything that came, the signature too: a forgery of the very words must not stand for the genuine one.
        event_key=hashlib.sha256(name.encode() + b"\0" + packed).hexdigest(),
        received_at=parts.world.now(),
        sealed=parts.vault.seal(packed, inbound_id),
    )


async def _apply(
    parts: Parts,
    use_cases: Mapping[str, UseCase],
    channel: Channel,
    callback: Callback,
    record: InboundRecord,
    notice: Notice,
) -> None:
    op = await _operation_of(parts, channel, notice)
    if op is None:
        return await _settle_when_old(parts, record, "no operation of ours fits it")
    if op.state in TERMINAL:
        more = await _contradiction(parts, use_cases, channel, callback, notice, op)
        record = replace(record, event_id=notice.event_id)
        await _settle(parts, record, "ignored", f"the operation had already {op.state}", op, more)
    elif op.channel != channel.name:
        await _settle_when_old(parts, record, f"the operation is now at {op.channel}")
    elif op.state is OperationState.needs_review:
        evidence = conclude.note(parts, op, "callback", f"the carrier calls back: {_word(notice)}")
        await _settle(parts, record, "ignored", "a person decides about this operation now", op, (evidence,))
    elif op.state in WAITS:
        await _conclude(parts, use_cases, callback, record, notice, op)
    return None


async def _conclude(
    parts: Parts,
    use_cases: Mapping[str, UseCase],
    callback: Callback,
    record: InboundRecord,
    notice: Notice,
    op: OperationRecord,
) -> None:
    """End the operation with what the callback says; if someone was faster, look again in the next round."""
    use_case = use_cases[op.operation]
    reply = notice.reply
    if reply is None or callback.operation != op.operation:
        return await _settle(parts, record, "ignored", "it says nothing about this operation", op)
    request: Any = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
    kind = reply.outcome.kind
    ended = _ended(parts, replace(record, event_id=notice.event_id), "applied", f"said {kind}", op)
    moves: list[Change] = []
    if op.state is OperationState.unknown:
        op, moves = conclude.to_resolving(op)
    try:
        if kind is OutcomeKind.accepted and use_case.is_complete(reply):
            await parts.journal.write(*moves, *await conclude.succeed(parts, use_case, op, request, reply), ended)
        elif kind is OutcomeKind.declined:
            await parts.journal.write(*moves, *await conclude.decline(parts, use_case, op, request, reply), ended)
        elif reply.outcome.is_definite_no_effect and await _was_sent_once(parts, op):
            error = conclude.not_executed_error(reply)
            await parts.journal.write(*moves, *conclude.fail(parts, op, error), ended)
        else:
            await _settle(parts, record, "ignored", f"{kind} changes nothing", op)
    except Stale:
        return None
    except EventTaken:
        await _settle(parts, record, "ignored", _REPEATED, op)
    except NumberTaken as taken:
        await _settle(parts, record, "ignored", f"it names another operation's number: {taken}", op)
    return None


async def _was_sent_once(parts: Parts, op: OperationRecord) -> bool:
    """Whether a no speaks of all that was sent: of several sendings nobody can say which one it refuses."""
    attempts = await parts.journal.attempts(op.operation_id)
    return len([each for each in attempts if each.purpose == "effect" and each.channel == op.channel]) == 1


async def _operation_of(parts: Parts, channel: Channel, notice: Notice) -> OperationRecord | None:
    """Find the operation by our request number, else by a carrier number we hold."""
    ours = notice.correlate.get("request_no")
    if ours:
        return await parts.journal.operation_by_request_no(channel.name, ours)
    for kind, no in notice.correlate.items():
        held = await parts.journal.number(channel.name, kind, no)
        if held is not None:
            made = await parts.journal.object(held.kind, held.object_id)
            return await parts.journal.operation(made.operation_id) if made else None
    return None


def _word(notice: Notice) -> str:
    return notice.reply.outcome.kind if notice.reply else "nothing readable"


async def _contradiction(
    parts: Parts,
    use_cases: Mapping[str, UseCase],
    channel: Channel,
    callback: Callback,
    notice: Notice,
    op: OperationRecord,
) -> tuple[Change, ...]:
    """A late success after the caller was told that nothing happened, or that another channel did it."""
    use_case, reply = use_cases.get(op.operation), notice.reply
    if use_case is None or reply is None or callback.operation != op.operation:
        return ()
    if not orphans.is_orphan(use_case, op, channel.name, reply):
        return ()
    return await orphans.found(parts, op, channel.name, reply, told_as=callback.operation, found_by="callback")


def _ended(parts: Parts, record: InboundRecord, state: str, text: str, op: OperationRecord | None = None) -> Settle:
    operation_id = op.operation_id if op else None
    return Settle(replace(record, state=state, text=text, operation_id=operation_id, ended_at=parts.world.now()))


async def _settle_when_old(parts: Parts, record: InboundRecord, text: str) -> None:
    """What cannot be applied yet waits as long as an operation may be unknown, and is laid aside then."""
    if (parts.world.now() - record.received_at).total_seconds() > parts.policy.unknown_max_s:
        await _settle(parts, record, "unmatched", text)


async def _settle(
    parts: Parts,
    record: InboundRecord,
    state: str,
    text: str,
    op: OperationRecord | None = None,
    more: tuple[Change | Note, ...] = (),
) -> None:
    try:
        try:
            await parts.journal.write(_ended(parts, record, state, text, op), *more)
        except EventTaken:
            repeated = replace(record, event_id=None)  # what it brings beside that is written all the same
            await parts.journal.write(_ended(parts, repeated, "ignored", _REPEATED, op), *more)
    except JournalError:
        return  # a repetition of a callback that was dealt with before
