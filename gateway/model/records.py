"""Small records that requests, results and views share: numbers, documents, reasons, answers, evidence of consent."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gateway.model.base import Model
from gateway.model.enums import DocumentKind, DocumentStatus, NumberKind, ReasonSource, Touchpoint
from gateway.model.enums_contract import NeededKind
from gateway.model.money import Money
from gateway.model.party import Address
from gateway.model.period import Instant, Period
from gateway.model.pii import (
    PERSONAL,
    SENSITIVE,
    HealthJson,
    HealthText,
    PersonalBytes,
    PersonalText,
    SensitiveJson,
    SensitiveText,
)

ProductCode = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]*@[0-9A-Za-z.]+$", description="code@version")]


class Number(Model, frozen=True, kw_only=True):
    """A carrier's number: an opaque text whose leading zeros count, valid from an instant until another takes over."""

    kind: NumberKind
    no: str
    channel: str | None = None
    valid_from: Instant | None = None
    superseded_by: str | None = None


class Reason(Model, frozen=True, kw_only=True):
    """Why: a canonical or carrier's code, who says it, and their own words, which may name somebody."""

    code: str | None = None
    source: ReasonSource = ReasonSource.carrier
    text: PersonalText | None = None


class Document(Model, frozen=True, kw_only=True):
    """A document: a link that opens it to whoever holds the link, or the bytes themselves.

    `sha256` is the hash of the bytes in lower-case hexadecimal; `mime` their media type.
    """

    kind: DocumentKind
    no: str | None = None
    status: DocumentStatus = DocumentStatus.ready
    name: str | None = None
    url: SensitiveText | None = None
    url_expires_at: Instant | None = None
    sha256: str | None = None
    mime: str | None = None
    content: PersonalBytes | None = None
    issued_at: Instant | None = None
    e_signature: str | None = None


class Needed(Model, frozen=True, kw_only=True):
    """Something the carrier still wants: what kind of thing, about which question, document or person."""

    kind: NeededKind
    ref: str | None = None
    text: str | None = None


class PaymentLink(Model, frozen=True, kw_only=True):
    """Where the payer can pay (收银台)."""

    name: str | None = None
    url: SensitiveText


class Answer(Model, frozen=True, kw_only=True):
    """An answer to a question of the product's form; `instance` is the ref of whom or what it is about."""

    question: str
    instance: str | None = None
    value: HealthJson = None
    detail: HealthText | None = None
    asked_version: int | None = None


class Disclosure(Model, frozen=True, kw_only=True):
    """A text the customer was shown and accepted, in which version and when."""

    doc: str
    version: str
    accepted_at: Instant
    evidence: str | None = None


class Consent(Model, frozen=True, kw_only=True):
    """A consent: to what text, on which page, when, from which device, with which evidence."""

    text_version: str
    page_version: str | None = None
    at: Instant
    ip: PersonalText | None = None
    device: PersonalText | None = None
    evidence: str | None = None


class Staff(Model, frozen=True, kw_only=True):
    """Who sold the contract."""

    id: str | None = None
    name: PersonalText | None = None
    licence_no: PersonalText | None = None


class Sales(Model, frozen=True, kw_only=True):
    """Where and by whom a contract was sold."""

    touchpoint: Touchpoint | None = None
    region: str | None = None
    branch: str | None = None
    teller: str | None = None
    staff: Staff | None = None


class PriorPolicy(Model, frozen=True, kw_only=True):
    """The policy before this one; `no_claim_bonus` is the factor on the premium, 0.6 for forty percent off."""

    insurer: str | None = None
    no: str | None = None
    start: date | None = None
    end: date | None = None
    no_claim_bonus: Decimal | None = None
    claimed: bool | None = None


class PriorLoss(Model, frozen=True, kw_only=True):
    """Losses of an earlier period: how many, how much."""

    period: Period
    count: int
    incurred: Money


class Exposure(Model, frozen=True, kw_only=True):
    """What a commercial premium is measured on: an activity, a basis (payroll, turnover, heads), how much of it."""

    activity: str
    basis: str | None = None
    amount: Money | None = None
    quantity: Decimal | None = None


class Location(Model, frozen=True, kw_only=True):
    """A place of business and what is done there."""

    ref: str
    address: Address
    exposures: tuple[Exposure, ...] = ()


class RoutingHints(Model, frozen=True, kw_only=True):
    """What a caller may tell the routing: a channel to take, channels to leave out, and the scenario of the sale."""

    pin: str | None = None
    exclude: tuple[str, ...] = ()
    scenario: str | None = None
    merchant: str | None = None
    category: str | None = None


class Change(Model, frozen=True, kw_only=True):
    """One change of an endorsement or a claim: `target` is `insured/i1`, `object/o1`, `policyholder`, `claim`, ...

    `from` and `to` are JSON values of the field.
    """

    target: str
    field: str
    from_: SensitiveJson = msgspec.field(name="from", default=None)
    to: SensitiveJson = None


Refs = Annotated[dict[str, str], SENSITIVE]
"""What a carrier returned and wants back in a later call: a check code, a customer's id."""

Ext = Annotated[dict[str, Any], PERSONAL]
"""Fields of one product, validated by its form; nobody knows beforehand whether they are personal."""
