"""Cedar Insurance (fictional) 1 cancellation.quote.

Generated from mappings/carriers/cedar/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: fdcc8099735dde800fec87131aa188c2f17d2a51e123ddbd3aa767930df23d53

from gateway.model import CancellationQuoteRequest
from gateway.wire import (
    Context,
    Operation,
    Reply,
    SafetyClass,
    Step,
    Timeout,
    WireReply,
    WireRequest,
    cannot_send,
    native_build,
    native_parse,
    native_sign,
)

MAPPING = "mappings/carriers/cedar/carrier.yaml"


def build(req: CancellationQuoteRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("cancellation.quote", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("cancellation.quote", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="cancellation.quote",
    steps=(
        Step(
            name="cancellation.quote",
            operation="cancellation.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
        ),
    ),
    safety=SafetyClass.read,
)
