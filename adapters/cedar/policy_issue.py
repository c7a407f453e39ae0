"""Cedar Insurance (fictional) 1 policy.issue.

Generated from mappings/carriers/cedar/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 3080f01ad415b94eb945818afee9db3b1af5b0becce88e9201fd1d2671cf5f0c

from adapters.cedar.carrier import ERRORS
from gateway.model import PolicyIssueRequest
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

MAPPING = "mappings/carriers/cedar/policy_issue.yaml"


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return native_sign(native_build("policy.issue", req, ctx), ctx)
    except Exception as error:
        raise cannot_send(error) from None


def parse(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    return native_parse("policy.issue", reply, ctx, ERRORS.exact)


OPERATION = Operation(
    carrier="cedar",
    name="policy.issue",
    steps=(
        Step(
            name="policy.issue",
            operation="policy.issue",
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
