"""What is covered, up to how much, for how long, and what the insured bears."""

from decimal import Decimal

from gateway.model.base import Model
from gateway.model.enums import CoverageBasis, DeductibleType, LimitKind, PayTermUnit, TermUnit
from gateway.model.money import Money
from gateway.model.period import Period
from gateway.model.premium import Premium


class Term(Model, frozen=True, kw_only=True):
    """How long a coverage lasts: 1 year, 30 days, to age 70; lifetime has no value."""

    unit: TermUnit
    value: int | None = None


class PayTerm(Model, frozen=True, kw_only=True):
    """How long a premium is paid: single, 10 years, to age 60; single and lifetime have no value."""

    unit: PayTermUnit
    value: int | None = None


class Limit(Model, frozen=True, kw_only=True):
    """The most that is paid over something: in money, in days or in times, for the whole coverage or one code of it."""

    kind: LimitKind
    code: str | None = None
    amount: Money | None = None
    days: int | None = None
    times: int | None = None
    remaining: Money | None = None


class Deductible(Model, frozen=True, kw_only=True):
    """What the insured bears first (免赔): an amount, a percentage (0 to 100), days, or the higher of two."""

    type: DeductibleType
    amount: Money | None = None
    percent: Decimal | None = None
    days: int | None = None
    per: LimitKind | None = None


class Copay(Model, frozen=True, kw_only=True):
    """The percentage (0 to 100) the insured bears of what is above the deductible, between a least and a most."""

    percent: Decimal
    min: Money | None = None
    max: Money | None = None


class Coverage(Model, frozen=True, kw_only=True):
    """One coverage (保险责任) of a contract.

    `plan` and `insured_refs` say whom it is for (none: all). `units` (份数) multiply it; `rate` times the sum insured
    gives its premium. `limits` are the limits inside the sum insured, `remaining` what is left of it.
    """

    code: str
    name: str | None = None
    plan: str | None = None
    insured_refs: tuple[str, ...] = ()
    basis: CoverageBasis | None = None
    units: int | None = None
    rate: Decimal | None = None
    term: Term | None = None
    pay_term: PayTerm | None = None
    sum_insured: Money | None = None
    limits: tuple[Limit, ...] = ()
    deductible: Deductible | None = None
    copay: Copay | None = None
    waiting_days: int | None = None
    period: Period | None = None
    is_main: bool | None = None
    premium: Premium | None = None
    remaining: Money | None = None


class Plan(Model, frozen=True, kw_only=True):
    """A plan (方案) of a request, named by insureds and coverages through `ref`: the levels of group business."""

    ref: str
    code: str | None = None
    name: str | None = None
    units: int | None = None
    premium: Money | None = None
