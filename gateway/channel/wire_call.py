"""The innermost call: bytes out, bytes back, read by the adapter; the transport's faults become outcomes."""

import httpx

from gateway.channel.call import Answer, Call, Exchange
from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.transport import Ambiguous, NotSent, send
from gateway.wire.contract import Reply, WireReply
from gateway.wire.session import answered


def _unsent(error: NotSent) -> Reply:
    text = str(error)
    return Reply(outcome=Outcome(kind=OutcomeKind.not_executed, code="channel.not_executed", text=text))


def _ambiguous(error: Ambiguous) -> Reply:
    return Reply(outcome=Outcome(kind=OutcomeKind.unknown, code="carrier.no_reply", text=str(error)))


def parsed(exchange: Exchange, raw: WireReply) -> Reply:
    """Read a reply; an adapter that fails to do even that proves nothing about the carrier."""
    try:
        return exchange.step.parse(raw, exchange.request, answered(exchange.context, exchange.wire))
    except Exception as error:  # noqa: BLE001 - whatever a reply does to us, its outcome is unknown
        text = f"the adapter could not read the reply ({type(error).__name__})"
        return Reply(outcome=Outcome(kind=OutcomeKind.unknown, code="carrier.unreadable", text=text, alert=True))


def over(transport: httpx.AsyncBaseTransport) -> Call:
    """Make the innermost call over a transport; writes go over a connection of their own."""

    async def call(exchange: Exchange) -> Answer:
        wire = exchange.wire
        try:
            raw = await send(
                transport,
                wire.method,
                wire.url,
                wire.headers,
                wire.body,
                deadline_s=exchange.deadline_s,
                fresh=exchange.step.safety is not SafetyClass.read,
                connect_s=exchange.step.timeout.connect_s,
                framing=wire.framing,
            )
        except NotSent as error:
            return Answer(reply=_unsent(error), fault=error.fault.value)
        except Ambiguous as error:
            return Answer(reply=_ambiguous(error), fault=error.fault.value)
        return Answer(reply=parsed(exchange, raw), raw=raw)

    return call
