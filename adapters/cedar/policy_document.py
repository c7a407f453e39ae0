"""Cedar Insurance (fictional) 1 policy.document.

Generated from mappings/carriers/cedar/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: fdcc8099735dde800fec87131aa188c2f17d2a51e123ddbd3aa767930df23d53

from gateway.model import PolicyDocumentRequest
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


def build(req: PolicyDocumentRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("policy.document", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("policy.document", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="policy.document",
    steps=(
        Step(
            name="policy.document",
            operation="policy.document",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
        ),
    ),
    safety=SafetyClass.read,
)
