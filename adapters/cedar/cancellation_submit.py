"""Cedar Insurance (fictional) 1 cancellation.submit.

Generated from mappings/carriers/cedar/cancellation_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 5b3cd0564fa0a9cc5c4574e52a4164667cefed576a0e438ca9e847ed139647a8

from gateway.model import CancellationSubmitRequest
from gateway.wire import (
    Context,
    Idempotency,
    Inquiry,
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

MAPPING = "mappings/carriers/cedar/cancellation_submit.yaml"


def build(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("cancellation.submit", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("cancellation.submit", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="cancellation.submit",
    steps=(
        Step(
            name="cancellation.submit",
            operation="cancellation.submit",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
        ),
    ),
    idempotency=Idempotency(kind="replay", key="request_no", ttl_s=604800.0),
    inquiry=Inquiry(operation="policy.get", not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
)
