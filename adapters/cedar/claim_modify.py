"""Cedar Insurance (fictional) 1 claim.modify.

Generated from mappings/carriers/cedar/claim_modify.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 8dee43a528824093d5c1e702e809c23ac7e21412b63b2e4ea864b58c1690eb4b

from gateway.model import ClaimModifyRequest
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

MAPPING = "mappings/carriers/cedar/claim_modify.yaml"


def build(req: ClaimModifyRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("claim.modify", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: ClaimModifyRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("claim.modify", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="claim.modify",
    steps=(
        Step(
            name="claim.modify",
            operation="claim.modify",
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
