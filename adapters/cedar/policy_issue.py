"""Cedar Insurance (fictional) 1 policy.issue.

Generated from mappings/carriers/cedar/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 27647b9234906f2aff0bd8a598e8d6fe47d3482bdd2fee03c7b5cdab1b3151f3

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
    return native_parse("policy.issue", reply, ctx)


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
