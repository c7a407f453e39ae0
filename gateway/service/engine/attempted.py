"""How an attempt is recorded: its row when it is over, and its raw bytes, sealed."""

from datetime import datetime

from msgspec.structs import replace

from gateway.channel import Answer, Channel
from gateway.channel.pipe import request_no
from gateway.journal.changes import Change, EndAttempt, Keep
from gateway.journal.records import AttemptRecord, MessageRecord, OperationRecord
from gateway.journal.vault import RawMessage
from gateway.service.parts import Parts
from gateway.wire.contract import WireReply, WireRequest


def new_attempt(
    parts: Parts, op: OperationRecord, channel: Channel, *, step: str, purpose: str, channel_request_no: str | None
) -> AttemptRecord:
    """The row of a call that is about to be made; a question is no attempt of its own at the effect."""
    return AttemptRecord(
        attempt_id=parts.world.new_id("att"),
        operation_id=op.operation_id,
        step=step,
        purpose=purpose,
        number=op.attempts + (1 if purpose == "effect" else 0),
        channel=channel.name,
        request_no=channel_request_no or request_no(op.operation_id, channel.name),
        adapter_version=channel.adapter.version,
        started_at=parts.world.now(),
    )


def ended_attempt(parts: Parts, attempt: AttemptRecord, answer: Answer) -> tuple[AttemptRecord, list[Change]]:
    """An attempt's row when it is over, and the raw reply if there was one."""
    outcome = answer.reply.outcome
    ended = replace(
        attempt,
        ended_at=parts.world.now(),
        outcome=outcome.kind,
        code=outcome.code,
        fault=answer.fault,
        text=outcome.text,
    )
    return ended, [] if answer.raw is None else [sealed_reply(parts, ended, answer.raw)]


def end_of_attempt(parts: Parts, attempt: AttemptRecord, answer: Answer) -> list[Change]:
    """The changes that end an attempt that was started before."""
    ended, raw = ended_attempt(parts, attempt, answer)
    return [EndAttempt(ended), *raw]


def sealed_request(parts: Parts, attempt: AttemptRecord, wire: WireRequest) -> Keep:
    """The bytes of a request, sealed."""
    session = {name: made.reveal() for name, made in wire.session.items()}
    raw = RawMessage(line=f"{wire.method} {wire.url}", headers=wire.headers, body=wire.body, session=session)
    return _keep(parts, attempt.attempt_id, "request", attempt.started_at, raw)


def sealed_reply(parts: Parts, attempt: AttemptRecord, reply: WireReply) -> Keep:
    """The bytes of a reply, sealed."""
    raw = RawMessage(line=str(reply.status), headers=reply.headers, body=reply.body)
    return _keep(parts, attempt.attempt_id, "reply", attempt.ended_at or attempt.started_at, raw)


def _keep(parts: Parts, owner_id: str, direction: str, at: datetime, raw: RawMessage) -> Keep:
    return Keep(
        MessageRecord(
            owner_id=owner_id,
            direction=direction,
            at=at,
            sealed=parts.vault.seal(raw.pack(), owner_id),
        )
    )
