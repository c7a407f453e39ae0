"""Cedar Insurance (fictional) 1 all operations.

Generated from mappings/carriers/cedar/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: fdcc8099735dde800fec87131aa188c2f17d2a51e123ddbd3aa767930df23d53

from gateway.wire import Callback, Carrier, Context, Inbound, Notice, Timeout, WireReply, native_answer, native_notice

MAPPING = "mappings/carriers/cedar/carrier.yaml"


def notice(inbound: Inbound, ctx: Context) -> Notice:
    """The answer to a write that was pending."""
    return native_notice(inbound, ctx)


def answer(notice: Notice, ctx: Context) -> WireReply:
    """The acknowledgement."""
    return native_answer()


CARRIER = Carrier(
    id="cedar",
    name="Cedar Insurance (fictional)",
    version="1",
    mapping_sha256="fdcc8099735dde800fec87131aa188c2f17d2a51e123ddbd3aa767930df23d53",
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
