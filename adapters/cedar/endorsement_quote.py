"""Cedar Insurance (fictional) 1 endorsement.quote.

Generated from mappings/carriers/cedar/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: fdcc8099735dde800fec87131aa188c2f17d2a51e123ddbd3aa767930df23d53

from gateway.model import EndorsementQuoteRequest
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


def build(req: EndorsementQuoteRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("endorsement.quote", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: EndorsementQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("endorsement.quote", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="endorsement.quote",
    steps=(
        Step(
            name="endorsement.quote",
            operation="endorsement.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
        ),
    ),
    safety=SafetyClass.read,
)
