"""Code lists about the life of a contract: quote, application, policy, endorsement, cancellation, claim."""

from gateway.model.code import Code


class QuoteStatus(Code):
    """What one channel answered to a request for a price."""

    quoted = "quoted"
    declined = "declined"
    referred = "referred"
    unresponsive = "unresponsive"
    error = "error"


class QuoteBinding(Code):
    """Whether the carrier stands by the price, or only indicates it."""

    indication = "indication"
    bindable = "bindable"


class ApplicationStatus(Code):
    """Where an application (投保单) stands."""

    draft = "draft"
    validated = "validated"
    submitted = "submitted"
    accepted = "accepted"
    accepted_conditional = "accepted_conditional"
    referred = "referred"
    need_info = "need_info"
    declined = "declined"
    postponed = "postponed"
    awaiting_payment = "awaiting_payment"
    paid = "paid"
    issuing = "issuing"
    issued = "issued"
    withdrawn = "withdrawn"
    expired = "expired"
    not_taken_up = "not_taken_up"
    issue_failed = "issue_failed"


class UwDecision(Code):
    """Underwriting decision (核保结论)."""

    accept = "accept"
    accept_loaded = "accept_loaded"
    accept_excluded = "accept_excluded"
    postpone = "postpone"
    refer = "refer"
    decline = "decline"


class NeededKind(Code):
    """What a carrier still wants before it goes on."""

    answer = "answer"
    document = "document"
    sms_code = "sms_code"
    realname = "realname"


class PolicyStatus(Code):
    """Where a policy stands; computed from time and transactions, never the only truth."""

    issuing = "issuing"
    issued_not_effective = "issued_not_effective"
    in_force = "in_force"
    suspended = "suspended"
    expired = "expired"
    cancelled = "cancelled"
    lapsed = "lapsed"
    exhausted = "exhausted"
    terminated_by_claim = "terminated_by_claim"
    void = "void"


class PolicyFlag(Code):
    """What lies over the status without changing it: cover continues while a cancellation is only requested."""

    cancellation_requested = "cancellation_requested"
    endorsement_pending = "endorsement_pending"
    claim_open = "claim_open"
    document_pending = "document_pending"
    unconfirmed_at_carrier = "unconfirmed_at_carrier"


class TransactionPurpose(Code):
    """Why a policy got a new version, in ACORD's codes."""

    new_business = "NBS"
    change = "PCH"
    cancellation = "XLN"
    reinstatement = "REI"
    renewal = "RWL"
    reissue = "RIX"


class EndorsementKind(Code):
    """What an endorsement (批改) changes."""

    party_correction = "party_correction"
    contact_change = "contact_change"
    beneficiary_change = "beneficiary_change"
    insured_add = "insured_add"
    insured_remove = "insured_remove"
    object_change = "object_change"
    coverage_increase = "coverage_increase"
    coverage_decrease = "coverage_decrease"
    period_change = "period_change"
    suspension = "suspension"
    reinstatement = "reinstatement"
    transfer = "transfer"
    payment_plan_change = "payment_plan_change"
    cancellation = "cancellation"
    void = "void"
    reissue = "reissue"


class EndorsementStatus(Code):
    """Where an endorsement stands."""

    draft = "draft"
    quoted = "quoted"
    submitted = "submitted"
    pending_uw = "pending_uw"
    pending_payment = "pending_payment"
    pending_refund = "pending_refund"
    pending_carrier = "pending_carrier"
    effective = "effective"
    rejected = "rejected"
    withdrawn = "withdrawn"
    reversed = "reversed"


class CancelKind(Code):
    """Why and on what terms cover ends early (退保)."""

    free_look = "free_look"
    pro_rata = "pro_rata"
    short_rate = "short_rate"
    flat_full = "flat_full"
    void_ab_initio = "void_ab_initio"
    non_payment = "non_payment"
    insurer_rescission = "insurer_rescission"
    ex_gratia = "ex_gratia"
    complaint = "complaint"
    total_loss = "total_loss"


class CancelRequestor(Code):
    """Who asked for the cancellation."""

    policyholder = "policyholder"
    insurer = "insurer"
    underwriter = "underwriter"
    platform = "platform"


class CancelPhase(Code):
    """A cancellation is only asked for, or the carrier has confirmed it."""

    requested = "requested"
    confirmed = "confirmed"


class ClaimProcess(Code):
    """Where the handling of a claim stands; what was decided is a second axis."""

    reported = "reported"
    docs_required = "docs_required"
    under_review = "under_review"
    decided = "decided"
    settling = "settling"
    settled = "settled"
    closed = "closed"
    reopened = "reopened"
    withdrawn = "withdrawn"


class ClaimDecision(Code):
    """What was decided about a claim."""

    undecided = "undecided"
    approved = "approved"
    partially_approved = "partially_approved"
    ex_gratia = "ex_gratia"
    rejected = "rejected"
    no_claim = "no_claim"


class ClaimRejectReason(Code):
    """Why a claim was refused (拒赔)."""

    not_in_force = "not_in_force"
    waiting_period = "waiting_period"
    excluded_cause = "excluded_cause"
    not_covered = "not_covered"
    aggravated_risk = "aggravated_risk"
    non_disclosure = "non_disclosure"
    insufficient_documents = "insufficient_documents"
    no_documents = "no_documents"
    fraud_suspected = "fraud_suspected"
    duplicate_claim = "duplicate_claim"
    limit_exhausted = "limit_exhausted"
    deductible_not_reached = "deductible_not_reached"
    time_barred = "time_barred"
    not_insured_person = "not_insured_person"
    empty_package = "empty_package"
    other = "other"


class EvidenceSource(Code):
    """Where a piece of evidence comes from."""

    user = "user"
    order = "order"
    logistics = "logistics"
    ocr = "ocr"


class ChecklistStatus(Code):
    """Whether a wanted document has arrived and does."""

    missing = "missing"
    received = "received"
    accepted = "accepted"
    rejected = "rejected"


class SettlementKind(Code):
    """How a claim is paid (赔付方式): in money, in kind or in value of the platform."""

    cash_transfer = "cash_transfer"
    original_route_refund = "original_route_refund"
    direct_deduction = "direct_deduction"
    provider_payment = "provider_payment"
    points = "points"
    gift_card = "gift_card"
    coupon_platform = "coupon_platform"
    coupon_merchant = "coupon_merchant"
    balance_credit = "balance_credit"
    repair = "repair"
    replacement = "replacement"
    return_goods = "return_goods"
    in_kind_service = "in_kind_service"
    medicine_direct = "medicine_direct"


class SettlementStatus(Code):
    """Where a payment of a claim stands; `returned` (退票) came back from the bank and is instructed again."""

    instructed = "instructed"
    sent = "sent"
    paid = "paid"
    failed = "failed"
    unknown = "unknown"
    returned = "returned"


class CostBearer(Code):
    """Who finally bears what is paid."""

    insurer = "insurer"
    platform = "platform"
    merchant = "merchant"
    carrier_company = "carrier_company"
