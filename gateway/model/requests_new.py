"""New business: what a caller sends (`...Body`) and what an adapter gets (`...Request`) to quote, underwrite, issue."""

from typing import Annotated

from msgspec import Meta

from gateway.model.base import Model
from gateway.model.context import OnContract
from gateway.model.money import Money
from gateway.model.pii import SENSITIVE
from gateway.model.premium import CreditTerms, Receipt
from gateway.model.proposal import Proposal, ProposalOrQuote
from gateway.model.records import Answer, Consent, Disclosure, Document, Number

BATCH_ITEMS_MAX = 200
"""How many policies one request of a caller may ask for; what a carrier takes in one message its mapping says."""


class QuoteCreateBody(Proposal, frozen=True, kw_only=True):
    """Ask for prices (报价)."""

    client_ref: str | None = None


class QuoteCreateRequest(Proposal, frozen=True, kw_only=True):
    """Ask one carrier for its price."""

    client_ref: str | None = None
    numbers: tuple[Number, ...] = ()


class UnderwritingSubmitBody(ProposalOrQuote, frozen=True, kw_only=True):
    """Ask for cover (核保): a quote taken up, or a full proposal; what was disclosed and consented to is required."""

    client_ref: str | None = None
    expected_premium: Money | None = None
    disclosures: tuple[Disclosure, ...]
    consents: tuple[Consent, ...]


class UnderwritingSubmitRequest(Proposal, frozen=True, kw_only=True):
    """Ask one carrier to underwrite; with a quote, `numbers` holds its number and `expected_premium` its price."""

    client_ref: str | None = None
    numbers: tuple[Number, ...] = ()
    expected_premium: Money | None = None


class UnderwritingAnswerBody(Model, frozen=True, kw_only=True):
    """Give what an operation waits for (补充告知): the code its carrier sent, an answer, documents; then it goes on."""

    operation_id: str
    sms_code: Annotated[str, Meta(min_length=1, max_length=32, pattern="^[0-9A-Za-z]+$"), SENSITIVE] | None = None
    answers: tuple[Answer, ...] = ()
    documents: tuple[Document, ...] = ()


class UnderwritingGetBody(Model, frozen=True, kw_only=True):
    """Ask how an application stands; `refresh` asks the carrier first.

    Where the carrier cannot be asked, what was last known is told, with `channel.last_known` among its reasons.
    """

    application_id: str
    refresh: bool = False


class UnderwritingGetRequest(OnContract, frozen=True, kw_only=True):
    """Ask the carrier how an application stands; also the inquiry after an unknown submission."""


class PolicyIssueBody(ProposalOrQuote, frozen=True, kw_only=True):
    """Issue a policy (承保): from an application, a quote or a full proposal, against a receipt or on credit."""

    client_ref: str
    application_id: str | None = None
    expected_premium: Money
    receipt: Receipt | None = None
    credit_terms: CreditTerms | None = None


class PolicyIssueRequest(Proposal, frozen=True, kw_only=True):
    """Issue a policy at one carrier; `numbers` holds its quote and application numbers so far."""

    client_ref: str
    numbers: tuple[Number, ...] = ()
    expected_premium: Money
    receipt: Receipt | None = None
    credit_terms: CreditTerms | None = None


class BatchItem(Model, frozen=True, kw_only=True):
    """One policy of a batch: what is to be issued, under a reference of ours that stays the same on every resend."""

    ref: str
    request: PolicyIssueRequest


class PolicyIssueBatchBody(Model, frozen=True, kw_only=True):
    """Issue several policies in one go (批量承保): each item is an order of its own, with its own `client_ref`."""

    client_ref: str
    items: Annotated[tuple[PolicyIssueBody, ...], Meta(min_length=1, max_length=BATCH_ITEMS_MAX)]


class PolicyIssueBatchRequest(Model, frozen=True, kw_only=True):
    """Issue several policies of one product in one call (批量承保); each item is an intent of its own."""

    client_ref: str
    product: str
    items: tuple[BatchItem, ...]
