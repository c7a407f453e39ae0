"""What a caller sees: quotes, applications, policies, endorsements, cancellations, claims and operations."""

from msgspec import field

from gateway.model.base import Model
from gateway.model.claim import ChecklistItem, ClaimAmounts, Clocks, DecisionReason, Occurrence, Settlement
from gateway.model.coverage import Coverage
from gateway.model.enums_contract import (
    ApplicationStatus,
    CancelKind,
    CancelPhase,
    ClaimDecision,
    ClaimProcess,
    EndorsementKind,
    EndorsementStatus,
    PolicyFlag,
    PolicyStatus,
    QuoteBinding,
    QuoteStatus,
    UwDecision,
)
from gateway.model.money import Money
from gateway.model.objects import InsuredObject
from gateway.model.party import Party
from gateway.model.period import Instant, Period
from gateway.model.pii import SensitiveJson
from gateway.model.premium import Commission, Premium
from gateway.model.records import Document, Ext, Needed, Number, PaymentLink, Reason
from gateway.model.roles import Beneficiary, Insured
from gateway.model.servicing import Exclusion, Loading, Refund, Transaction
from gateway.model.states import OperationState, OrphanState


class Quote(Model, frozen=True, kw_only=True):
    """One channel's price. `channel_ref_public` names the channel without telling which carrier it is."""

    quote_id: str
    channel_ref_public: str | None = None
    status: QuoteStatus
    binding: QuoteBinding | None = None
    premium: Premium | None = None
    coverages: tuple[Coverage, ...] = ()
    valid_until: Instant | None = None
    conditions: tuple[str, ...] = ()
    needed: tuple[Needed, ...] = ()
    reasons: tuple[Reason, ...] = ()
    ext: Ext = field(default_factory=dict)


class QuoteSet(Model, frozen=True, kw_only=True):
    """The quotes of one request, and the routing decision that explains them.

    `recommended_quote_id` is the quote of the channel the routing chose, or of the next best that quoted; it stands
    first. None when nobody quoted.
    """

    quotes: tuple[Quote, ...]
    recommended_quote_id: str | None = None
    decision_id: str
    client_ref: str | None = None


class Application(Model, frozen=True, kw_only=True):
    """An application as it stands; the carrier's underwriting number is among `numbers`."""

    application_id: str
    client_ref: str | None = None
    product: str
    channel: str | None = None
    quote_id: str | None = None
    policy_id: str | None = None
    status: ApplicationStatus
    numbers: tuple[Number, ...] = ()
    decision: UwDecision | None = None
    premium: Premium | None = None
    conditions: tuple[str, ...] = ()
    loading: tuple[Loading, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    needed: tuple[Needed, ...] = ()
    payment_links: tuple[PaymentLink, ...] = ()
    reasons: tuple[Reason, ...] = ()
    valid_until: Instant | None = None
    payment_due_at: Instant | None = None
    version: int = 1
    ext: Ext = field(default_factory=dict)


class Policy(Model, frozen=True, kw_only=True):
    """A policy as of an effective instant (`as_of`), as it was known at another (`known_at`)."""

    policy_id: str
    client_ref: str | None = None
    product: str
    plan: str | None = None
    insurer: str | None = None
    channel: str | None = None
    numbers: tuple[Number, ...] = ()
    status: PolicyStatus
    flags: tuple[PolicyFlag, ...] = ()
    period: Period | None = None
    issued_at: Instant | None = None
    signed_at: Instant | None = None
    policyholder: Party | None = None
    insureds: tuple[Insured, ...] = ()
    beneficiaries: tuple[Beneficiary, ...] = ()
    objects: tuple[InsuredObject, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    premium: Premium | None = None
    commission: Commission | None = None
    documents: tuple[Document, ...] = ()
    payment_links: tuple[PaymentLink, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    reasons: tuple[Reason, ...] = ()
    version: int = 1
    as_of: Instant | None = None
    known_at: Instant | None = None
    ext: Ext = field(default_factory=dict)


class PolicyDocuments(Model, frozen=True, kw_only=True):
    """Documents of a policy."""

    policy_id: str
    documents: tuple[Document, ...] = ()
    reasons: tuple[Reason, ...] = ()


class EndorsementQuote(Model, frozen=True, kw_only=True):
    """What a change would cost."""

    quote_id: str
    policy_id: str
    kind: EndorsementKind
    effective_at: Instant
    allowed: bool | None = None
    needs_underwriting: bool | None = None
    premium_delta: Money | None = None
    valid_until: Instant | None = None
    reasons: tuple[Reason, ...] = ()


class Endorsement(Model, frozen=True, kw_only=True):
    """A change of a policy; `new_policy_no` when the carrier gave the policy another number."""

    endorsement_id: str
    client_ref: str | None = None
    policy_id: str
    no: str | None = None
    kind: EndorsementKind
    status: EndorsementStatus
    effective_at: Instant | None = None
    premium_delta: Money | None = None
    policy_version: int | None = None
    new_policy_no: str | None = None
    numbers: tuple[Number, ...] = ()
    insureds: tuple[Insured, ...] = ()
    documents: tuple[Document, ...] = ()
    payment_links: tuple[PaymentLink, ...] = ()
    reasons: tuple[Reason, ...] = ()


class CancellationQuote(Model, frozen=True, kw_only=True):
    """What a cancellation would refund."""

    policy_id: str
    kind: CancelKind
    effective_at: Instant
    allowed: bool | None = None
    refund: Refund | None = None
    cover_continues_until: Instant | None = None
    reasons: tuple[Reason, ...] = ()


class Cancellation(Model, frozen=True, kw_only=True):
    """A cancellation: cover goes on until the carrier has confirmed it."""

    endorsement_id: str
    client_ref: str | None = None
    policy_id: str
    no: str | None = None
    kind: CancelKind
    phase: CancelPhase
    effective_at: Instant | None = None
    refund: Refund | None = None
    cover_continues_until: Instant | None = None
    numbers: tuple[Number, ...] = ()
    documents: tuple[Document, ...] = ()
    reasons: tuple[Reason, ...] = ()


class Claim(Model, frozen=True, kw_only=True):
    """A claim as it stands."""

    claim_id: str
    client_ref: str | None = None
    policy_id: str
    report_no: str | None = None
    case_no: str | None = None
    numbers: tuple[Number, ...] = ()
    process: ClaimProcess
    decision: ClaimDecision = ClaimDecision.undecided
    decision_reasons: tuple[DecisionReason, ...] = ()
    insured_refs: tuple[str, ...] = ()
    object_refs: tuple[str, ...] = ()
    occurrence: Occurrence | None = None
    amounts: ClaimAmounts | None = None
    checklist: tuple[ChecklistItem, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    clocks: Clocks | None = None
    reasons: tuple[Reason, ...] = ()
    version: int = 1
    ext: Ext = field(default_factory=dict)


class OrphanView(Model, frozen=True, kw_only=True):
    """A success that the carrier told of after the operation had ended as not done, and what became of it.

    The operation's own end stays. `operation_id` is the operation that adopted the policy, or cancelled it.
    """

    state: OrphanState
    found_at: Instant
    found_by: str
    policy_id: str | None = None
    operation_id: str | None = None


class OperationView(Model, frozen=True, kw_only=True):
    """An operation that is not over, or how it ended: where it stands, what is wanted, when it is looked at next.

    `evidence` is where an operator reads all that is known of it, while it waits for a person.
    """

    operation_id: str
    operation: str
    state: OperationState
    client_ref: str | None = None
    resolve_by: Instant | None = None
    next_check_at: Instant | None = None
    payment_links: tuple[PaymentLink, ...] = ()
    needed: tuple[Needed, ...] = ()
    reasons: tuple[Reason, ...] = ()
    created_at: Instant | None = None
    updated_at: Instant | None = None
    policy_id: str | None = None
    evidence: str | None = None
    orphan: OrphanView | None = None
    result: SensitiveJson = None


class PolicyBatchItem(Model, frozen=True, kw_only=True):
    """One order of a batch: the policy once it is issued, or the problem document that says why there is none.

    An order that was refused before anything was recorded (unsound, or a duplicate) has no operation of its own.
    """

    client_ref: str
    operation_id: str | None = None
    state: OperationState | None = None
    policy: Policy | None = None
    problem: SensitiveJson = None


class PolicyBatch(Model, frozen=True, kw_only=True):
    """A batch as it stands: its orders in the order they were sent; it is over when each of them is."""

    operation_id: str
    client_ref: str
    items: tuple[PolicyBatchItem, ...]
