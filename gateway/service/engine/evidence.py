"""What the journal holds of earlier attempts, opened again: the bytes that were sent, and what replies said."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from gateway.channel import Channel
from gateway.journal.records import AttemptRecord
from gateway.journal.vault import RawMessage
from gateway.service.parts import Parts
from gateway.wire.contract import Context, Secret, Step, Wire, WireReply, WireRequest
from gateway.wire.errors import WireError
from gateway.wire.replies import merge
from gateway.wire.session import answered

ContextOf = Callable[[str, dict[str, Wire]], Context]


async def sent_bytes(parts: Parts, attempt: AttemptRecord) -> WireRequest | None:
    """The request of an attempt, byte for byte."""
    raw = await _raw(parts, attempt.attempt_id, "request")
    if raw is None:
        return None
    method, _, url = raw.line.partition(" ")
    session = {name: Secret(text) for name, text in raw.session.items()}
    return WireRequest(method=method, url=url, headers=raw.headers, body=raw.body, session=session)


def signed_anew(
    channel: Channel, step: Step, request: Any, context: Context, sent: WireRequest, *, was_refused: bool
) -> WireRequest:
    """The same message under a fresh signature, if it comes out byte for byte the same; else what was sent.

    A carrier that checks nonces and clocks refuses an old signature, not the message under it. When it did, the
    message is made anew under the same number, which is what it replays by: it may bear the instant of sending.
    A URL that bears the access token bears another one by now: it is the same place and the same message all the same.
    """
    try:
        wire = channel.build(step, request, context)
    except WireError:
        return sent
    (place, query), (place_before, query_before) = _halves(wire.url), _halves(sent.url)
    same_place = wire.method == sent.method and _same_but_for(context.token, place, place_before)
    same_message = wire.body == sent.body and _same_but_for(context.token, query, query_before)
    return wire if same_place and (was_refused or same_message) else sent


def _halves(url: str) -> tuple[str, str]:
    place, _, query = url.partition("?")
    return place, query


def _same_but_for(token: str, made: str, sent: str) -> bool:
    """Whether two texts are the same, or were but for the token in the first of them."""
    written = quote(token, safe="")
    if made == sent or not written or written not in made:
        return made == sent
    return re.fullmatch("[^/?&]+".join(map(re.escape, made.split(written))), sent) is not None


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
        sent, context = await sent_bytes(parts, attempt), context_of(attempt.attempt_id, steps)
        read = step.parse(reply, request, context if sent is None else answered(context, sent))
        steps[step.name] = read.wire or {}
        result = merge(result, read.result)
    return steps, result


async def _raw(parts: Parts, owner_id: str, direction: str) -> RawMessage | None:
    for message in await parts.journal.messages(owner_id):
        if message.direction == direction:
            return RawMessage.unpack(parts.vault.open(message.sealed, owner_id))
    return None
