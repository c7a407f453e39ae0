"""Reads: one question to a carrier, with no effect there and no operation here."""

from collections.abc import Callable
from typing import Any

from gateway.channel import AdapterMissing, Channel, Exchange, TokenUnavailable
from gateway.errors import CarrierSaidNo, NotExecuted, NotOffered, Said
from gateway.model.outcome import UNKNOWN, OutcomeKind
from gateway.service.parts import Parts
from gateway.service.use_case import Target, said, said_text
from gateway.wire.contract import Context, Reply, Step
from gateway.wire.errors import WireError


async def ask(parts: Parts, target: Target, operation: str, request: Any, *, deadline_s: float = 20.0) -> Reply:
    """A carrier's reply to a read, whatever it says.

    Raises NotOffered when its carrier does not have this read, NotExecuted when an operator has disabled its channel.
    """
    channel = parts.channels.get(target.channel)
    if channel is None:
        raise NotOffered(f"channel {target.channel} is not configured here")
    if (held := parts.router.stopped.get(target.channel)) is not None:
        reason = Said(code=held.code, source="gateway", text=held.text)
        raise NotExecuted("an operator has disabled the channel", reasons=(reason,))
    attempt_id = parts.world.new_id("att")

    def context() -> Context:
        return channel.context(operation_id=attempt_id, attempt_id=attempt_id, binding=target.binding, refs=target.refs)

    try:
        found = channel.adapter.operation(operation, request, context)
    except AdapterMissing as missing:
        raise NotOffered(str(missing)) from None
    reply = Reply(outcome=UNKNOWN)
    for step in found.steps:
        reply = await _one(channel, step, request, context, attempt_id, deadline_s)
        if reply.outcome.kind is not OutcomeKind.accepted:
            break
    return reply


async def _one(
    channel: Channel, step: Step, request: Any, context: Callable[[], Context], attempt_id: str, deadline_s: float
) -> Reply:
    try:
        if not channel.has_token(step):
            await channel.fetch_token()
        now = context()
        wire = channel.build(step, request, now)
    except TokenUnavailable as none:
        raise NotExecuted(str(none)) from None
    except WireError as unsayable:
        raise CarrierSaidNo(
            f"this cannot be said to the insurer: {unsayable.message}", code="request.invalid"
        ) from None
    exchange = Exchange(
        channel=channel.name,
        attempt_id=attempt_id,
        step=step,
        request=request,
        context=now,
        wire=wire,
        deadline_s=min(step.timeout.total_s, deadline_s),
    )
    return (await channel.send(exchange)).reply


async def answered(parts: Parts, target: Target, operation: str, request: Any) -> Reply:
    """A carrier's yes to a read. Raises CarrierSaidNo for its no, NotExecuted when it gave none."""
    return yes(await ask(parts, target, operation, request))


def yes(reply: Reply) -> Reply:
    """The reply, if it is a yes. Raises CarrierSaidNo for a no, NotExecuted for what is neither."""
    kind = reply.outcome.kind
    if kind is OutcomeKind.accepted:
        return reply
    if kind in (OutcomeKind.declined, OutcomeKind.refused):
        raise CarrierSaidNo(said_text(reply), code=reply.outcome.code, reasons=said(reply))
    reason = Said(code=reply.outcome.code or "carrier.no_reply", source="gateway", text=reply.outcome.text)
    raise NotExecuted("the insurer did not answer in a way that can be read", reasons=(reason,))
