"""Cedar Insurance (fictional) 1 all operations.

Generated from mappings/carriers/cedar/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 74427be9f53023b158e375844c8a8157e15cc58a7e37c22e5b0ffe27868a5d08

from gateway.wire import (
    Callback,
    Carrier,
    Context,
    ErrorTable,
    Inbound,
    Notice,
    Outcome,
    OutcomeKind,
    Timeout,
    WireReply,
    native_answer,
    native_notice,
)

MAPPING = "mappings/carriers/cedar/carrier.yaml"


def notice(inbound: Inbound, ctx: Context) -> Notice:
    """The answer to a write that was pending."""
    return native_notice(inbound, ctx, ERRORS.exact)


def answer(notice: Notice, ctx: Context) -> WireReply:
    """The acknowledgement."""
    return native_answer()


ERRORS = ErrorTable(
    {},
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L14
)
CARRIER = Carrier(
    id="cedar",
    name="Cedar Insurance (fictional)",
    version="1",
    mapping_sha256="74427be9f53023b158e375844c8a8157e15cc58a7e37c22e5b0ffe27868a5d08",
    native=True,
    operations={
        "cancellation.quote": ("cancellation_quote",),
        "cancellation.submit": ("cancellation_submit",),
        "claim.get": ("claim_get",),
        "claim.modify": ("claim_modify",),
        "claim.report": ("claim_report",),
        "claim.submit": ("claim_submit",),
        "claim.supplement": ("claim_supplement",),
        "claim.withdraw": ("claim_withdraw",),
        "endorsement.quote": ("endorsement_quote",),
        "endorsement.submit": ("endorsement_submit",),
        "policy.document": ("policy_document",),
        "policy.get": ("policy_get",),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
        "underwriting.get": ("underwriting_get",),
        "underwriting.submit": ("underwriting_submit",),
    },
    timeout=Timeout(connect_s=2.0, total_s=15.0),
    callbacks={
        "operation_result": Callback(name="operation_result", operation="policy.issue", read=notice, answer=answer)
    },
    config_keys=("base_url",),
    secret_keys=("hmac_key", "token"),
    rate_per_s=100.0,
)
