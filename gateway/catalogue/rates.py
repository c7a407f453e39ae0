"""Effective-dated rates: what a channel's cover costs for a request, known without asking the carrier."""

from collections.abc import Sequence
from datetime import date
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from gateway.catalogue.facts import Facts
from gateway.catalogue.measures import age_of
from gateway.model import Coverage, Money
from gateway.model.money import half_up
from gateway.model.roles import Insured

if TYPE_CHECKING:
    from gateway.catalogue.products import Binding, Product

Of = Literal["sum_insured", "objects_amount", "fixed"]
Per = Literal["policy", "insured", "day", "insured_day"]


class Rate(Struct, frozen=True, kw_only=True):
    """One row: from when, for whom, and how much: `rate` of a sum, or a fixed `amount`; per policy, insured, day.

    `until` is exclusive; without one the row ends where the next of its kind begins. Ages are whole years and `days`
    whole days of cover, both ends included; `currency` is that of the sum. `plus` is added once; the least and the most
    are of one line: of each insured where the rate depends on age, else of the policy.
    """

    start: date
    until: date | None = None
    plan: str | None = None
    category: str | None = None
    merchant: str | None = None
    currency: str | None = None
    age_min: int | None = None
    age_max: int | None = None
    days_min: int | None = None
    days_max: int | None = None
    coverage: str | None = None
    of: Of = "sum_insured"
    per: Per = "policy"
    rate: Decimal | None = None
    amount: Money | None = None
    plus: Money | None = None
    at_least: Money | None = None
    at_most: Money | None = None

    @property
    def is_plain(self) -> bool:
        """True when nothing is added to it and nothing bounds it."""
        return self.plus is None and self.at_least is None and self.at_most is None

    @property
    def by_age(self) -> bool:
        """True when the row is for some ages only."""
        return self.age_min is not None or self.age_max is not None

    def in_force(self, day: date) -> bool:
        """True when the row is in force that day."""
        return self.start <= day and (self.until is None or day < self.until)

    def is_for(self, plan: str | None, category: str | None, merchant: str | None, currency: str | None) -> bool:
        """True when the row names none of these, or the same."""
        return (
            self.plan in (None, plan)
            and self.category in (None, category)
            and self.merchant in (None, merchant)
            and self.currency in (None, currency)
        )

    def takes_days(self, days: int | None) -> bool:
        """True when so many days of cover lie within the row's bounds; unknown ones only where there are none."""
        if days is None:
            return self.days_min is None and self.days_max is None
        return (self.days_min is None or days >= self.days_min) and (self.days_max is None or days <= self.days_max)

    def takes_age(self, age: int | None) -> bool:
        """True when an age lies within the row's bounds; an unknown one only where there are none."""
        if age is None:
            return not self.by_age
        return (self.age_min is None or age >= self.age_min) and (self.age_max is None or age <= self.age_max)


def premium(binding: "Binding", facts: Facts, product: "Product") -> Money | None:
    """The premium of a request at this channel by its rate table; None when the table does not say.

    Worked out exactly and rounded half up once, at the total.
    """
    if not binding.rates:
        return None
    request = facts.request
    plan = request.plan or product.plan_default
    coverages = request.coverages or product.coverages_for(plan, request)
    return price(binding.rates, facts, plan, coverages, facts.day(product.period.zone))


def price(
    rates: Sequence[Rate], facts: Facts, plan: str | None, coverages: tuple[Coverage, ...], day: date
) -> Money | None:
    """The same from the rates alone, on a business date."""
    request = facts.request
    hints = request.routing
    category, merchant = (hints.category, hints.merchant) if hints else (None, None)
    known = facts.insured_for(coverages) or facts.objects_amount
    currency = known.currency if known else None
    days = facts.days
    named = (row for row in rates if row.in_force(day) and row.is_for(plan, category, merchant, currency))
    fitting = [row for row in named if row.takes_days(days)]
    begin = request.period.start if request.period else request.applied_at
    lines = []
    for insureds in _groups(fitting, request.insureds):
        age = age_of(insureds[0], begin) if insureds and begin else None
        row = next((each for each in fitting if each.takes_age(age)), None)
        lines.append(_line(row, facts, coverages, len(insureds)) if row else None)
    return _rounded(lines)


def _groups(rows: Sequence[Rate], insureds: Sequence[Insured]) -> Sequence[Sequence[Insured]]:
    """Everyone together, or each insured alone where rates differ by age."""
    return [(each,) for each in insureds] if insureds and any(row.by_age for row in rows) else [insureds]


Line = tuple[Decimal, str]
EXACT = Context(prec=60)
"""Amounts of 16 digits, rates and days never come near it: rounding each person or day would not add up to the
carrier's total."""


def _line(row: Rate, facts: Facts, coverages: tuple[Coverage, ...], heads: int) -> Line | None:
    measured = _measured(row, facts, coverages)
    days = facts.days if row.per in ("day", "insured_day") else 1
    if measured is None or days is None:
        return None
    amount, currency = measured
    times = days * (max(1, heads) if row.per in ("insured", "insured_day") else 1)
    if times != 1:
        amount = EXACT.multiply(amount, times)
    bounded = amount if row.is_plain else _bounded(row, amount, currency)
    return None if bounded is None else (bounded, currency)


def _bounded(row: Rate, amount: Decimal, currency: str) -> Decimal | None:
    """With what is added once, and the least and the most; None where they are in another currency."""
    if any(money is not None and money.currency != currency for money in (row.plus, row.at_least, row.at_most)):
        return None
    if row.plus is not None:
        amount = EXACT.add(amount, row.plus.amount)
    if row.at_least is not None:
        amount = max(amount, Decimal(row.at_least.amount))
    return min(amount, Decimal(row.at_most.amount)) if row.at_most is not None else amount


def _measured(row: Rate, facts: Facts, coverages: tuple[Coverage, ...]) -> Line | None:
    if row.of == "fixed":
        return (Decimal(row.amount.amount), row.amount.currency) if row.amount else None
    base = facts.objects_amount if row.of == "objects_amount" else facts.insured_for(coverages, row.coverage)
    return None if base is None or row.rate is None else (EXACT.multiply(base.amount, row.rate), base.currency)


def _rounded(lines: Sequence[Line | None]) -> Money | None:
    """The sum of all lines, rounded once; None when one is not known or they differ in currency."""
    total, currency = Decimal(0), ""
    for line in lines:
        if line is None or currency not in ("", line[1]):
            return None
        total, currency = EXACT.add(total, line[0]), line[1]
    return Money(amount=half_up(total), currency=currency) if currency else None


def overlaps(one: Rate, other: Rate) -> bool:
    """True when some request on some day would find both rows."""
    return (
        meet(one.plan, other.plan)
        and meet(one.category, other.category)
        and meet(one.merchant, other.merchant)
        and meet(one.currency, other.currency)
        and _spans_meet(one.age_min, one.age_max, other.age_min, other.age_max)
        and days_meet(one, other)
        and (one.until is None or other.start < one.until)
        and (other.until is None or one.start < other.until)
    )


def meet(one: str | None, other: str | None) -> bool:
    """Whether something may be both, each None for anything."""
    return one is None or other is None or one == other


def days_meet(one: Rate, other: Rate) -> bool:
    """Whether some number of days of cover finds both rows."""
    return _spans_meet(one.days_min, one.days_max, other.days_min, other.days_max)


def _spans_meet(a_min: int | None, a_max: int | None, b_min: int | None, b_max: int | None) -> bool:
    return (a_max is None or b_min is None or b_min <= a_max) and (b_max is None or a_min is None or a_min <= b_max)
