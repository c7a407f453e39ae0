"""What the journal holds of earlier attempts, opened again: the bytes that were sent, and what replies said."""

from collections.abc import Callable
from typing import Any

from gateway.channel import Channel
from gateway.journal.records import AttemptRecord
from gateway.journal.vault import RawMessage
from gateway.service.parts import Parts
from gateway.wire.contract import Context, Step, Wire, WireReply, WireRequest
from gateway.wire.errors import WireError
from gateway.wire.replies import merge

ContextOf = Callable[[str, dict[str, Wire]], Context]


async def sent_bytes(parts: Parts, attempt: AttemptRecord) -> WireRequest | None:
    """The request of an attempt, byte for byte."""
    raw = await _raw(parts, attempt.attempt_id, "request")
    if raw is None:
        return None
    method, _, url = raw.line.partition(" ")
    return WireRequest(method=method, url=url, headers=raw.headers, body=raw.body)


def signed_anew(
    channel: Channel, step: Step, request: Any, context: Context, sent: WireRequest, *, was_refused: bool
) -> WireRequest:
    """The same message under a fresh signature, if it comes out byte for byte the same; else what was sent.

    A carrier that checks nonces and clocks refuses an old signature, not the message under it. When it did, the
    message is made anew under the same number, which is what it replays by: it may bear the instant of sending.
    """
    try:
        wire = channel.build(step, request, context)
    except WireError:
        return sent
    same_place = (wire.method, wire.url) == (sent.method, sent.url)
    return wire if same_place and (was_refused or wire.body == sent.body) else sent


async def earlier_steps(
    parts: Parts, accepted: list[tuple[Step, AttemptRecord]], request: Any, context_of: ContextOf
) -> tuple[dict[str, Wire], Any]:
    """The decoded replies of accepted steps by name, and their results merged, read again from their raw bytes."""
    steps: dict[str, Wire] = {}
    result: Any = None
    for step, attempt in accepted:
        raw = await _raw(parts, attempt.attempt_id, "reply")
        if raw is None:
            continue
        reply = WireReply(status=int(raw.line), headers=raw.headers, body=raw.body)
        read = step.parse(reply, request, context_of(attempt.attempt_id, steps))
        steps[step.name] = read.wire or {}
        result = merge(result, read.result)
    return steps, result


async def _raw(parts: Parts, owner_id: str, direction: str) -> RawMessage | None:
    for message in await parts.journal.messages(owner_id):
        if message.direction == direction:
            return RawMessage.unpack(parts.vault.open(message.sealed, owner_id))
    return None
