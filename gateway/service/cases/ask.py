"""Reads: one question to an insurer, with no effect there and no operation here."""

from collections.abc import Callable
from typing import Any

from gateway.channel import AdapterMissing, Channel, Exchange, TokenUnavailable
from gateway.errors import CarrierSaidNo, NotExecuted, NotOffered, Said
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import UNKNOWN, OutcomeKind
from gateway.routing.serve import Serving
from gateway.service.engine.judged import unsent
from gateway.service.parts import Parts
from gateway.service.use_case import Target, said, said_text
from gateway.wire.contract import Context, Reply, Step
from gateway.wire.errors import WireError

CONNECTIONS_MAX = 2
"""How many connections one question may try."""
_YES = (OutcomeKind.accepted, OutcomeKind.pending)
_NO = (OutcomeKind.declined, OutcomeKind.refused)


async def ask(parts: Parts, target: Target, operation: str, request: Any, *, deadline_s: float = 20.0) -> Reply:
    """An insurer's reply to a read, whatever it says: by the channel of the policy, or another connection to it.

    Only the policy's own channel can say no: to the credentials of another one a policy may be unknown.
    Raises NotOffered when its carrier does not have this read, NotExecuted when no connection may be asked now.
    """
    home, family = target.channel, OPERATIONS[operation].family
    if home not in parts.channels:
        raise NotOffered(f"channel {home} is not configured here")
    serving = parts.router.serve(home, family, "degrade")
    if not serving.channels:
        raise NotExecuted(serving.sentence, reasons=ruled_out(serving))
    named = serving.channels[:CONNECTIONS_MAX]
    reply = Reply(outcome=UNKNOWN)
    for name in named:
        parts.router.tries(name, family)
        heard = await _through(parts.channels[name], target, operation, request, deadline_s / len(named), parts)
        if heard.outcome.kind in _YES or (name == home and heard.outcome.kind in _NO):
            return heard
        reply = heard if name == home or heard.outcome.kind not in _NO else reply
    return reply


def ruled_out(serving: Serving) -> tuple[Said, ...]:
    """Each connection that may not be asked with its reason, for a problem document."""
    return tuple(
        Said(code=each.ruled_out, source="gateway", text=f"{each.channel}: {each.why}")
        for each in serving.candidates
        if each.ruled_out
    )


async def _through(
    channel: Channel, target: Target, operation: str, request: Any, deadline_s: float, parts: Parts
) -> Reply:
    """The read's steps on one connection."""
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
        return unsent(str(none))
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
    """An insurer's yes to a read. Raises CarrierSaidNo for its no, NotExecuted when it gave none."""
    return yes(await ask(parts, target, operation, request))


def yes(reply: Reply) -> Reply:
    """The reply, if it is a yes. Raises CarrierSaidNo for a no, NotExecuted for what is neither."""
    kind = reply.outcome.kind
    if kind is OutcomeKind.accepted:
        return reply
    if kind in _NO:
        raise CarrierSaidNo(said_text(reply), code=reply.outcome.code, reasons=said(reply))
    reason = Said(code=reply.outcome.code or "carrier.no_reply", source="gateway", text=reply.outcome.text)
    raise NotExecuted("the insurer did not answer in a way that can be read", reasons=(reason,))
