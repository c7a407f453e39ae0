"""Cedar Insurance (fictional) 1 claim.withdraw.

Generated from mappings/carriers/cedar/claim_withdraw.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: e32231646408f8e4d7c84ee50b8dd8084c11d655d5916997481910908eeed13c

from gateway.model import ClaimWithdrawRequest
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

MAPPING = "mappings/carriers/cedar/claim_withdraw.yaml"


def build(req: ClaimWithdrawRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("claim.withdraw", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: ClaimWithdrawRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("claim.withdraw", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="claim.withdraw",
    steps=(
        Step(
            name="claim.withdraw",
            operation="claim.withdraw",
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
