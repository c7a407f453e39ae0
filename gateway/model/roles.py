"""The parts parties play in a contract: insured, beneficiary, owner, payee."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, field

from gateway.model.base import Model
from gateway.model.enums_contract import PolicyStatus
from gateway.model.enums_party import BeneficiaryClass, BeneficiaryKind, InsuredRole, MemberOutcome, Relationship
from gateway.model.party import BankAccount, Party
from gateway.model.pii import PersonalText

Share = Annotated[str, Meta(pattern=r"^[0-9]{1,6}(/[1-9][0-9]{0,5})?$", description="a rational such as 1/3, or 1")]


class MemberResult(Model, frozen=True, kw_only=True):
    """What the carrier said about one of many; `reason` is the canonical error code of a no."""

    code: MemberOutcome | None = None
    reason: str | None = None
    text: PersonalText | None = None


class Insured(Model, frozen=True, kw_only=True):
    """An insured person or organisation (被保险人).

    `ref` is the caller's handle inside one contract. `party` is there in every request; a carrier's reply may name an
    insured by `ref` or `certificate_no` alone. `status` and `result` come from the carrier.
    """

    ref: str | None = None
    party: Party | None = None
    relationship_to_policyholder: Relationship | None = None
    plan: str | None = None
    role: InsuredRole | None = None
    certificate_no: str | None = None
    status: PolicyStatus | None = None
    result: MemberResult | None = None


class Beneficiary(Model, frozen=True, kw_only=True):
    """Who takes a benefit (受益人): shares of one class and order, for one insured, make exactly 1.

    A statutory beneficiary has no party. Without `insured_ref` it stands for every insured.
    """

    class_: BeneficiaryClass = field(name="class", default=BeneficiaryClass.death)
    order: int = 1
    kind: BeneficiaryKind = BeneficiaryKind.named
    insured_ref: str | None = None
    party: Party | None = None
    relationship_to_insured: Relationship | None = None
    share: Share | None = None


class Owner(Model, frozen=True, kw_only=True):
    """An owner of an insured business, included in or left out of workers' compensation; `share` as a rational."""

    party: Party
    title: str | None = None
    share: Share | None = None
    included: bool | None = None


class Payee(Model, frozen=True, kw_only=True):
    """Who receives money (领款人), where, and which part of it."""

    party: Party | None = None
    account: BankAccount | None = None
    percent: Decimal | None = None
