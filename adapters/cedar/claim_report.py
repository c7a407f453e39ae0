"""Cedar Insurance (fictional) 1 claim.report.

Generated from mappings/carriers/cedar/claim_report.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 7824862951da72f0e3c70c3cd70b63471e0e3ab0b9b5dfbb937659ccbd92a164

from gateway.model import ClaimReportRequest
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

MAPPING = "mappings/carriers/cedar/claim_report.yaml"


def build(req: ClaimReportRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("claim.report", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("claim.report", reply, ctx)


OPERATION = Operation(
    carrier="cedar",
    name="claim.report",
    steps=(
        Step(
            name="claim.report",
            operation="claim.report",
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
