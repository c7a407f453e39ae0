"""What an adapter gives back for each operation, whatever the outcome: `reasons` holds a no in the carrier's words."""

from msgspec import field

from gateway.model.base import Model
from gateway.model.claim import ChecklistItem, ClaimAmounts, Clocks, DecisionReason, Settlement
from gateway.model.coverage import Coverage
from gateway.model.enums_contract import (
    ApplicationStatus,
    CancelPhase,
    ClaimDecision,
    ClaimProcess,
    EndorsementStatus,
    PolicyStatus,
    QuoteBinding,
    QuoteStatus,
    UwDecision,
)
from gateway.model.money import Money
from gateway.model.objects import InsuredObject
from gateway.model.party import Party
from gateway.model.period import Instant, Period
from gateway.model.premium import Commission, Premium
from gateway.model.records import Document, Ext, Needed, Number, PaymentLink, Reason, Refs
from gateway.model.roles import Beneficiary, Insured, MemberResult
from gateway.model.servicing import Exclusion, Loading, Refund


class Result(Model, frozen=True, kw_only=True):
    """What every result has: the carrier's numbers, what it wants back later, its reasons, the product's own fields."""

    numbers: tuple[Number, ...] = ()
    refs: Refs = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    ext: Ext = field(default_factory=dict)


class QuoteCreateResult(Result, frozen=True, kw_only=True):
    """One channel's quote."""

    status: QuoteStatus | None = None
    premium: Premium | None = None
    coverages: tuple[Coverage, ...] = ()
    valid_until: Instant | None = None
    binding: QuoteBinding | None = None
    conditions: tuple[str, ...] = ()
    needed: tuple[Needed, ...] = ()


class UnderwritingResult(Result, frozen=True, kw_only=True):
    """How an application stands: the decision, on what terms, what is still wanted, until when it holds."""

    status: ApplicationStatus | None = None
    decision: UwDecision | None = None
    premium: Premium | None = None
    conditions: tuple[str, ...] = ()
    loading: tuple[Loading, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    needed: tuple[Needed, ...] = ()
    payment_links: tuple[PaymentLink, ...] = ()
    valid_until: Instant | None = None
    payment_due_at: Instant | None = None


class UnderwritingSubmitResult(UnderwritingResult, frozen=True, kw_only=True):
    """The carrier's answer to an application."""


class UnderwritingGetResult(UnderwritingResult, frozen=True, kw_only=True):
    """How an application stands at the carrier; may stand for the answer to its submission."""


class PolicyResult(Result, frozen=True, kw_only=True):
    """A policy as the carrier tells it."""

    status: PolicyStatus | None = None
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
    needed: tuple[Needed, ...] = ()


class PolicyIssueResult(PolicyResult, frozen=True, kw_only=True):
    """The carrier's answer to an issue."""


class PolicyGetResult(PolicyResult, frozen=True, kw_only=True):
    """A policy read from the carrier; the same fields, so that an inquiry can stand for the answer to an issue."""

    def as_issue(self) -> PolicyIssueResult:
        """The same record, as the answer to the issue that was asked after."""
        return PolicyIssueResult(**{name: getattr(self, name) for name in self.__struct_fields__})


class BatchItemResult(Model, frozen=True, kw_only=True):
    """What became of one item of a batch, by our reference; `policy` is there as far as the carrier told it."""

    ref: str | None = None
    result: MemberResult | None = None
    policy: PolicyIssueResult | None = None


class PolicyIssueBatchResult(Result, frozen=True, kw_only=True):
    """The carrier's answer to a batch: an answer to each item; `numbers` hold its own number of the batch."""

    items: tuple[BatchItemResult, ...] = ()


class PolicyDocumentResult(Result, frozen=True, kw_only=True):
    """Documents, ready or not yet."""

    documents: tuple[Document, ...] = ()


class EndorsementQuoteResult(Result, frozen=True, kw_only=True):
    """What a change would cost; `premium_delta` is above zero when the policyholder pays."""

    allowed: bool | None = None
    needs_underwriting: bool | None = None
    premium_delta: Money | None = None
    valid_until: Instant | None = None


class EndorsementSubmitResult(Result, frozen=True, kw_only=True):
    """The carrier's answer to a change; a new policy number stands in `numbers`."""

    status: EndorsementStatus | None = None
    premium_delta: Money | None = None
    premium: Premium | None = None
    effective_at: Instant | None = None
    issued_at: Instant | None = None
    insureds: tuple[Insured, ...] = ()
    documents: tuple[Document, ...] = ()
    payment_links: tuple[PaymentLink, ...] = ()


class CancellationResult(Result, frozen=True, kw_only=True):
    """What a cancellation gives back and until when cover goes on."""

    phase: CancelPhase | None = None
    refund: Refund | None = None
    effective_at: Instant | None = None
    cover_continues_until: Instant | None = None
    documents: tuple[Document, ...] = ()


class CancellationQuoteResult(CancellationResult, frozen=True, kw_only=True):
    """What a cancellation would refund."""

    allowed: bool | None = None


class CancellationSubmitResult(CancellationResult, frozen=True, kw_only=True):
    """The carrier's answer to a cancellation: only requested, or confirmed."""


class ClaimResult(Result, frozen=True, kw_only=True):
    """How a claim stands: the handling, the decision and its reasons, the money, what is missing, what is due when."""

    process: ClaimProcess | None = None
    decision: ClaimDecision | None = None
    decision_reasons: tuple[DecisionReason, ...] = ()
    amounts: ClaimAmounts | None = None
    checklist: tuple[ChecklistItem, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    clocks: Clocks | None = None


class ClaimReportResult(ClaimResult, frozen=True, kw_only=True):
    """The carrier's answer to a report."""


class ClaimSubmitResult(ClaimResult, frozen=True, kw_only=True):
    """The carrier's answer to an application for payment."""


class ClaimSupplementResult(ClaimResult, frozen=True, kw_only=True):
    """The carrier's answer to added documents."""


class ClaimModifyResult(ClaimResult, frozen=True, kw_only=True):
    """The carrier's answer to a correction."""


class ClaimWithdrawResult(ClaimResult, frozen=True, kw_only=True):
    """The carrier's answer to a withdrawal."""


class ClaimGetResult(ClaimResult, frozen=True, kw_only=True):
    """A claim read from the carrier."""
