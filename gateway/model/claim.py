"""What a claim is made of."""

from msgspec import field

from gateway.model.base import Model
from gateway.model.enums import DocumentKind
from gateway.model.enums_contract import (
    ChecklistStatus,
    ClaimRejectReason,
    CostBearer,
    EvidenceSource,
    SettlementKind,
    SettlementStatus,
)
from gateway.model.enums_party import Relationship
from gateway.model.money import Money
from gateway.model.party import Party
from gateway.model.period import ZONE_DEFAULT, Instant
from gateway.model.pii import HealthText, PersonalBytes, PersonalText, SensitiveJson, SensitiveText
from gateway.model.roles import Payee


class Place(Model, frozen=True, kw_only=True):
    """Where something happened."""

    country: str | None = None
    region: str | None = None
    text: PersonalText | None = None


class ThirdParty(Model, frozen=True, kw_only=True):
    """Someone else an occurrence hurt (第三者), or who caused it."""

    party: Party
    role: str | None = None
    loss: Money | None = None


class Occurrence(Model, frozen=True, kw_only=True):
    """What happened (出险): when, on which clock, where, by which cause, in words."""

    at: Instant
    zone: str = ZONE_DEFAULT
    place: Place | None = None
    cause_code: str | None = None
    description: HealthText | None = None
    third_parties: tuple[ThirdParty, ...] = ()


class Reporter(Model, frozen=True, kw_only=True):
    """Who reports a claim (报案人), and what they are to the insured."""

    party: Party
    relationship: Relationship | None = None


class RequestedAmount(Model, frozen=True, kw_only=True):
    """What one coverage is asked to pay."""

    coverage: str
    amount: Money


class Requested(Model, frozen=True, kw_only=True):
    """What is claimed, in all and per coverage."""

    amount: Money
    per_coverage: tuple[RequestedAmount, ...] = ()


class Evidence(Model, frozen=True, kw_only=True):
    """A piece of evidence: its kind and hash, where it comes from, the facts read from it, its link or its bytes."""

    kind: DocumentKind
    sha256: str | None = None
    source: EvidenceSource | None = None
    facts: dict[str, SensitiveJson] = field(default_factory=dict)
    name: str | None = None
    mime: str | None = None
    url: SensitiveText | None = None
    content: PersonalBytes | None = None


class SettlementWish(Model, frozen=True, kw_only=True):
    """How the claimant would like to be paid."""

    kind: SettlementKind
    payee: Payee | None = None


class DecisionReason(Model, frozen=True, kw_only=True):
    """Why a claim was decided as it was: the canonical reason beside the carrier's words."""

    code: ClaimRejectReason | None = None
    carrier_text: HealthText | None = None


class AmountLine(Model, frozen=True, kw_only=True):
    """Amounts of a claim for one coverage, one insured, or one coverage of one insured."""

    coverage: str | None = None
    insured_ref: str | None = None
    requested: Money | None = None
    assessed: Money | None = None
    approved: Money | None = None
    paid: Money | None = None


class ClaimAmounts(Model, frozen=True, kw_only=True):
    """Amounts of a claim, and how they are made up."""

    requested: Money | None = None
    assessed: Money | None = None
    approved: Money | None = None
    paid: Money | None = None
    lines: tuple[AmountLine, ...] = ()


class ChecklistItem(Model, frozen=True, kw_only=True):
    """A document the carrier wants, and whether it is there."""

    kind: DocumentKind
    status: ChecklistStatus = ChecklistStatus.missing
    text: str | None = None


class Settlement(Model, frozen=True, kw_only=True):
    """A payment of a claim (赔付)."""

    kind: SettlementKind
    payee: Payee | None = None
    amount: Money | None = None
    cost_bearer: CostBearer | None = None
    status: SettlementStatus | None = None
    ref: str | None = None
    paid_at: Instant | None = None


class Clocks(Model, frozen=True, kw_only=True):
    """Until when the carrier must decide and pay."""

    determine_by: Instant | None = None
    pay_by: Instant | None = None
