"""Servicing a policy: what a caller sends (`...Body`) and what an adapter gets (`...Request`)."""

from gateway.model.base import Model
from gateway.model.context import OnPolicy
from gateway.model.enums import DocumentKind
from gateway.model.enums_contract import CancelKind, CancelRequestor, EndorsementKind
from gateway.model.money import Money
from gateway.model.party import BankAccount
from gateway.model.period import Instant
from gateway.model.pii import PersonalText
from gateway.model.premium import Receipt
from gateway.model.records import Change
from gateway.model.requests_new import PolicyIssueRequest
from gateway.model.roles import Payee


class PolicyRef(Model, frozen=True, kw_only=True):
    """Which policy: exactly one of our id, the caller's reference, or any number it ever bore at the carrier."""

    policy_id: str | None = None
    client_ref: str | None = None
    number: str | None = None


class PolicyGetBody(Model, frozen=True, kw_only=True):
    """Read a policy as of an effective instant, as it was known at another; `refresh` asks the carrier first.

    Where the carrier cannot be asked, what was last known is told, with `channel.last_known` among its reasons.
    """

    policy: PolicyRef
    as_of: Instant | None = None
    known_at: Instant | None = None
    refresh: bool = False


class PolicyGetRequest(OnPolicy, frozen=True, kw_only=True):
    """Ask the carrier for a policy; also the inquiry after an unknown issue, then without a policy number."""

    @classmethod
    def after_issue(cls, issue: PolicyIssueRequest) -> "PolicyGetRequest":
        """The inquiry by natural key: who, what, when and which product, as the issue said it."""
        shared = set(cls.__struct_fields__) & set(issue.__struct_fields__)
        return cls(**{name: getattr(issue, name) for name in shared})


class PolicyDocumentBody(Model, frozen=True, kw_only=True):
    """Fetch a document of a policy."""

    policy: PolicyRef
    kind: DocumentKind = DocumentKind.policy
    format: str | None = None


class PolicyDocumentRequest(OnPolicy, frozen=True, kw_only=True):
    """Fetch a document from the carrier; `format` is a media type."""

    kind: DocumentKind = DocumentKind.policy
    format: str | None = None


class EndorsementQuoteBody(Model, frozen=True, kw_only=True):
    """Ask what a change would cost (批改试算)."""

    policy: PolicyRef
    kind: EndorsementKind
    effective_at: Instant
    changes: tuple[Change, ...]


class EndorsementQuoteRequest(OnPolicy, frozen=True, kw_only=True):
    """Ask the carrier what a change would cost."""

    kind: EndorsementKind
    effective_at: Instant
    changes: tuple[Change, ...] = ()


class EndorsementSubmitBody(Model, frozen=True, kw_only=True):
    """Change a policy (批改): on the version the caller has seen, paying or being paid the difference."""

    policy: PolicyRef
    client_ref: str | None = None
    basis_version: int
    kind: EndorsementKind
    effective_at: Instant
    changes: tuple[Change, ...]
    quote_id: str | None = None
    payment: Receipt | None = None
    refund_account: BankAccount | None = None


class EndorsementSubmitRequest(OnPolicy, frozen=True, kw_only=True):
    """Change a policy at its carrier."""

    basis_version: int
    kind: EndorsementKind
    effective_at: Instant
    changes: tuple[Change, ...] = ()
    payment: Receipt | None = None
    refund_account: BankAccount | None = None


class CancellationQuoteBody(Model, frozen=True, kw_only=True):
    """Ask what a cancellation would refund (退保试算)."""

    policy: PolicyRef
    kind: CancelKind
    effective_at: Instant


class CancellationQuoteRequest(OnPolicy, frozen=True, kw_only=True):
    """Ask the carrier what a cancellation would refund."""

    kind: CancelKind
    effective_at: Instant


class CancellationSubmitBody(Model, frozen=True, kw_only=True):
    """Cancel a policy (退保)."""

    policy: PolicyRef
    client_ref: str | None = None
    kind: CancelKind
    effective_at: Instant
    requestor: CancelRequestor
    reason: PersonalText | None = None
    refund_to: Payee | None = None
    expected_refund: Money | None = None


class CancellationSubmitRequest(OnPolicy, frozen=True, kw_only=True):
    """Cancel a policy at its carrier."""

    kind: CancelKind
    effective_at: Instant
    requestor: CancelRequestor
    reason: PersonalText | None = None
    refund_to: Payee | None = None
    expected_refund: Money | None = None
