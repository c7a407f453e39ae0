"""A proposal (投保): what is to be insured, for whom, by whom, from when, for what premium."""

import msgspec
from msgspec import field

from gateway.model.base import Model
from gateway.model.coverage import Coverage, Plan
from gateway.model.objects import InsuredObject
from gateway.model.party import Party
from gateway.model.period import Instant, Period
from gateway.model.pii import PersonalText
from gateway.model.premium import Payment
from gateway.model.records import (
    Answer,
    Consent,
    Disclosure,
    Document,
    Ext,
    Location,
    PriorLoss,
    PriorPolicy,
    ProductCode,
    RoutingHints,
    Sales,
)
from gateway.model.roles import Beneficiary, Insured, Owner


class ProposalTerms(Model, frozen=True, kw_only=True):
    """Everything of a proposal beside its product and its policyholder."""

    plan: str | None = None
    period: Period | None = None
    insureds: tuple[Insured, ...] = ()
    objects: tuple[InsuredObject, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    beneficiaries: tuple[Beneficiary, ...] = ()
    answers: tuple[Answer, ...] = ()
    plans: tuple[Plan, ...] = ()
    payment: Payment | None = None
    sales: Sales | None = None
    prior_policy: PriorPolicy | None = None
    prior_losses: tuple[PriorLoss, ...] = ()
    locations: tuple[Location, ...] = ()
    owners: tuple[Owner, ...] = ()
    applied_at: Instant | None = None
    special_terms: PersonalText | None = None
    note: PersonalText | None = None
    auto_renew: bool | None = None
    disclosures: tuple[Disclosure, ...] = ()
    consents: tuple[Consent, ...] = ()
    documents: tuple[Document, ...] = ()
    routing: RoutingHints | None = None
    ext: Ext = field(default_factory=dict)


class Proposal(ProposalTerms, frozen=True, kw_only=True):
    """A complete proposal: `product` is `code@version`."""

    product: ProductCode
    policyholder: Party


class ProposalOrQuote(ProposalTerms, frozen=True, kw_only=True):
    """A proposal, or the quote it was stored under; the validation asks for exactly one of the two."""

    quote_id: str | None = None
    product: ProductCode | None = None
    policyholder: Party | None = None


ADDITIONS = frozenset({
    "answers", "applied_at", "beneficiaries", "consents", "disclosures", "documents", "note", "payment", "sales",
})  # fmt: skip
"""What may join a stored quote or application: nothing of it changes the risk that was priced."""


def with_additions(stored: Proposal, body: ProposalOrQuote) -> Proposal:
    """A stored proposal completed with what the caller adds when taking it up; what the caller left out stays."""
    given = {name: getattr(body, name) for name in ADDITIONS}
    return msgspec.structs.replace(stored, **{name: value for name, value in given.items() if value not in (None, ())})
