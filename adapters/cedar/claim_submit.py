"""Cedar Insurance (fictional) 1 claim.submit.

Generated from mappings/carriers/cedar/claim_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: a077fb3714cd42ed66322b8f3d03fbb8995cc6ad2573063ae8706e110734b47e

from gateway.model import ClaimSubmitRequest
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

MAPPING = "mappings/carriers/cedar/claim_submit.yaml"


def build(req: ClaimSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("claim.submit", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: ClaimSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("claim.submit", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="claim.submit",
    steps=(
        Step(
            name="claim.submit",
            operation="claim.submit",
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
