"""Cedar Insurance (fictional) 1 endorsement.submit.

Generated from mappings/carriers/cedar/endorsement_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: d49d1b0ec4935855a42a3d9b130d1c089e043c1d7c4c4eaefc6c65096c499502

from gateway.model import EndorsementSubmitRequest
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

MAPPING = "mappings/carriers/cedar/endorsement_submit.yaml"


def build(req: EndorsementSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("endorsement.submit", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("endorsement.submit", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="endorsement.submit",
    steps=(
        Step(
            name="endorsement.submit",
            operation="endorsement.submit",
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
