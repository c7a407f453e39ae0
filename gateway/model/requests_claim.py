"""Claims: what a caller sends (`...Body`) and what an adapter gets (`...Request`)."""

from gateway.model.base import Model
from gateway.model.claim import Evidence, Occurrence, Reporter, Requested, SettlementWish
from gateway.model.context import OnClaim, OnPolicy
from gateway.model.party import BankAccount
from gateway.model.period import Instant
from gateway.model.pii import PersonalText
from gateway.model.records import Answer, Change, Document
from gateway.model.requests_policy import PolicyRef


class ClaimReportBody(Model, frozen=True, kw_only=True):
    """Report a claim (报案): who and what was hit, what happened, who says so, what is asked."""

    policy: PolicyRef
    client_ref: str | None = None
    insured_refs: tuple[str, ...]
    object_refs: tuple[str, ...] = ()
    occurrence: Occurrence
    reporter: Reporter
    notified_at: Instant | None = None
    requested: Requested | None = None
    evidence: tuple[Evidence, ...] = ()
    settlement_wish: SettlementWish | None = None


class ClaimReportRequest(OnPolicy, frozen=True, kw_only=True):
    """Report a claim to the carrier."""

    insured_refs: tuple[str, ...] = ()
    object_refs: tuple[str, ...] = ()
    occurrence: Occurrence
    reporter: Reporter
    notified_at: Instant | None = None
    requested: Requested | None = None
    evidence: tuple[Evidence, ...] = ()
    settlement_wish: SettlementWish | None = None


class ClaimSubmitBody(Model, frozen=True, kw_only=True):
    """Apply for payment of a reported claim (理赔申请): the documents and where to pay."""

    claim_id: str
    requested: Requested | None = None
    documents: tuple[Document, ...]
    account: BankAccount | None = None
    settlement_wish: SettlementWish | None = None


class ClaimSubmitRequest(OnClaim, frozen=True, kw_only=True):
    """Apply to the carrier for payment of a reported claim."""

    documents: tuple[Document, ...] = ()
    account: BankAccount | None = None
    settlement_wish: SettlementWish | None = None


class ClaimSupplementBody(Model, frozen=True, kw_only=True):
    """Add what was missing (补件)."""

    claim_id: str
    documents: tuple[Document, ...] = ()
    answers: tuple[Answer, ...] = ()


class ClaimSupplementRequest(OnClaim, frozen=True, kw_only=True):
    """Add what was missing to a claim at the carrier."""

    documents: tuple[Document, ...] = ()
    answers: tuple[Answer, ...] = ()


class ClaimModifyBody(Model, frozen=True, kw_only=True):
    """Correct a claim while it is undecided, on the version the caller has seen."""

    claim_id: str
    expected_version: int
    changes: tuple[Change, ...]


class ClaimModifyRequest(OnClaim, frozen=True, kw_only=True):
    """Correct a claim at the carrier."""

    changes: tuple[Change, ...] = ()


class ClaimWithdrawBody(Model, frozen=True, kw_only=True):
    """Take a claim back (销案)."""

    claim_id: str
    reason: PersonalText


class ClaimWithdrawRequest(OnClaim, frozen=True, kw_only=True):
    """Take a claim back at the carrier."""

    reason: PersonalText


class ClaimGetBody(Model, frozen=True, kw_only=True):
    """Read a claim; `refresh` asks the carrier first.

    Where the carrier cannot be asked, what was last known is told, with `channel.last_known` among its reasons.
    """

    claim_id: str
    refresh: bool = False


class ClaimGetRequest(OnClaim, frozen=True, kw_only=True):
    """Ask the carrier how a claim stands; also the inquiry after an unknown report."""
