"""Effective-dated rates: what a channel's cover costs for a request, known without asking the carrier."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from gateway.catalogue.measures import age_of, days_of, objects_amount, sum_insured
from gateway.model import Coverage, Money
from gateway.model.money import half_up
from gateway.model.period import local_date
from gateway.model.proposal import ProposalTerms
from gateway.model.roles import Insured

if TYPE_CHECKING:
    from gateway.catalogue.products import Binding, Product

Of = Literal["sum_insured", "objects_amount", "fixed"]
Per = Literal["policy", "insured", "day", "insured_day"]


class Rate(Struct, frozen=True, kw_only=True):
    """One row: from when, for whom, and how much: `rate` of a sum, or a fixed `amount`; per policy, insured, day.

    `until` is exclusive; without one the row ends where the next of its kind begins. Ages are whole years, both ends
    included; `currency` is that of the sum. `plus` is added once; the least and the most are of one line: of each
    insured where the rate depends on age, else of the policy.
    """

    start: date
    until: date | None = None
    plan: str | None = None
    category: str | None = None
    currency: str | None = None
    age_min: int | None = None
    age_max: int | None = None
    coverage: str | None = None
    of: Of = "sum_insured"
    per: Per = "policy"
    rate: Decimal | None = None
    amount: Money | None = None
    plus: Money | None = None
    at_least: Money | None = None
    at_most: Money | None = None

    @property
    def by_age(self) -> bool:
        """True when the row is for some ages only."""
        return self.age_min is not None or self.age_max is not None

    def in_force(self, day: date) -> bool:
        """True when the row is in force that day."""
        return self.start <= day and (self.until is None or day < self.until)

    def takes_age(self, age: int | None) -> bool:
        """True when an age lies within the row's bounds; an unknown one only where there are none."""
        if age is None:
            return not self.by_age
        return (self.age_min is None or age >= self.age_min) and (self.age_max is None or age <= self.age_max)


def premium(binding: "Binding", request: ProposalTerms, product: "Product", at: datetime) -> Money | None:
    """The premium of a request at this channel by its rate table; None when the table does not say.

    Worked out exactly and rounded half up once, at the total.
    """
    if not binding.rates:
        return None
    plan = request.plan or product.plan_default
    coverages = request.coverages or product.coverages_for(plan, request)
    return price(binding.rates, request, plan, coverages, local_date(at, product.period.zone))


def price(
    rates: Sequence[Rate], request: ProposalTerms, plan: str | None, coverages: Sequence[Coverage], day: date
) -> Money | None:
    """The same from the rates alone, on a business date."""
    category = request.routing.category if request.routing else None
    known = sum_insured(coverages) or objects_amount(request.objects)
    facts = {"plan": plan, "category": category, "currency": known.currency if known else None}
    fitting = [row for row in rates if row.in_force(day) and _fits(row, facts)]
    begin = request.period.start if request.period else request.applied_at
    lines = []
    for insureds in _groups(fitting, request.insureds):
        age = age_of(insureds[0], begin) if insureds and begin else None
        row = next((each for each in fitting if each.takes_age(age)), None)
        lines.append(_line(row, request, coverages, len(insureds)) if row else None)
    return _rounded(lines)


def _fits(row: Rate, facts: Mapping[str, str | None]) -> bool:
    return all(getattr(row, name) in (None, value) for name, value in facts.items())


def _groups(rows: Sequence[Rate], insureds: Sequence[Insured]) -> Sequence[Sequence[Insured]]:
    """Everyone together, or each insured alone where rates differ by age."""
    return [(each,) for each in insureds] if insureds and any(row.by_age for row in rows) else [insureds]


Line = tuple[Fraction, str]


def _line(row: Rate, request: ProposalTerms, coverages: Sequence[Coverage], heads: int) -> Line | None:
    measured = _measured(row, request, coverages)
    days = days_of(request.period) if row.per in ("day", "insured_day") else 1
    if measured is None or days is None:
        return None
    amount, currency = measured
    # Fractions all the way: rounding each person or day would not add up to the carrier's total.
    amount *= days * (max(1, heads) if row.per in ("insured", "insured_day") else 1)
    beside = [money for money in (row.plus, row.at_least, row.at_most) if money is not None]
    if any(money.currency != currency for money in beside):
        return None
    amount += row.plus.amount if row.plus else 0
    if row.at_least is not None:
        amount = max(amount, Fraction(row.at_least.amount))
    if row.at_most is not None:
        amount = min(amount, Fraction(row.at_most.amount))
    return amount, currency


def _measured(row: Rate, request: ProposalTerms, coverages: Sequence[Coverage]) -> Line | None:
    if row.of == "fixed":
        return (Fraction(row.amount.amount), row.amount.currency) if row.amount else None
    base = objects_amount(request.objects) if row.of == "objects_amount" else sum_insured(coverages, row.coverage)
    return None if base is None or row.rate is None else (Fraction(base.amount) * Fraction(row.rate), base.currency)


def _rounded(lines: Sequence[Line | None]) -> Money | None:
    known = [line for line in lines if line is not None]
    currencies = {currency for _, currency in known}
    if len(known) != len(lines) or len(currencies) != 1:
        return None
    return Money(amount=half_up(sum((amount for amount, _ in known), Fraction(0))), currency=currencies.pop())


def overlaps(one: Rate, other: Rate) -> bool:
    """True when some request on some day would find both rows."""
    return (
        _meet(one.plan, other.plan)
        and _meet(one.category, other.category)
        and _meet(one.currency, other.currency)
        and _spans_meet(one.age_min, one.age_max, other.age_min, other.age_max)
        and (one.until is None or other.start < one.until)
        and (other.until is None or one.start < other.until)
    )


def _meet(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _spans_meet(a_min: int | None, a_max: int | None, b_min: int | None, b_max: int | None) -> bool:
    return (a_max is None or b_min is None or b_min <= a_max) and (b_max is None or a_min is None or a_min <= b_max)
