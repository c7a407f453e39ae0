"""Cedar Insurance (fictional) 1 claim.supplement.

Generated from mappings/carriers/cedar/claim_supplement.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 97e81a6e035036f8cc38f39bf4d78b4a616a3c9c50f4b97bfd092291c070d49f

from gateway.model import ClaimSupplementRequest
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

MAPPING = "mappings/carriers/cedar/claim_supplement.yaml"


def build(req: ClaimSupplementRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("claim.supplement", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: ClaimSupplementRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("claim.supplement", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="claim.supplement",
    steps=(
        Step(
            name="claim.supplement",
            operation="claim.supplement",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
        ),
    ),
    idempotency=Idempotency(kind="replay", key="request_no", ttl_s=604800.0),
    inquiry=Inquiry(operation="claim.get", not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
)
