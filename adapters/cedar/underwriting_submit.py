"""Cedar Insurance (fictional) 1 underwriting.submit.

Generated from mappings/carriers/cedar/underwriting_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: d435fbc9163a79ec8f1c5176a86465bbe694fffa2165df2812d01deba1f04297

from gateway.model import UnderwritingSubmitRequest
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

MAPPING = "mappings/carriers/cedar/underwriting_submit.yaml"


def build(req: UnderwritingSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("underwriting.submit", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("underwriting.submit", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="underwriting.submit",
    steps=(
        Step(
            name="underwriting.submit",
            operation="underwriting.submit",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
        ),
    ),
    idempotency=Idempotency(kind="replay", key="request_no", ttl_s=604800.0),
    inquiry=Inquiry(operation="underwriting.get", not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
)
