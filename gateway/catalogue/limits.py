"""What a channel takes of a product: sums, ages, premiums, regions, plans; beyond them it is not asked at all."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from gateway.catalogue.facts import Facts
from gateway.catalogue.rates import price
from gateway.model import Money
from gateway.model.period import ZONE_DEFAULT

if TYPE_CHECKING:
    from gateway.catalogue.products import Binding


class Span(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whole numbers from a least to a most, both included."""

    min: int | None = None
    max: int | None = None

    def beyond(self, value: int) -> str | None:
        """`below 18`, `above 60`, or None when within."""
        if self.min is not None and value < self.min:
            return f"below {self.min}"
        return f"above {self.max}" if self.max is not None and value > self.max else None


class MoneySpan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Amounts from a least to a most, both included."""

    min: Money | None = None
    max: Money | None = None

    def beyond(self, value: Money) -> str | None:
        """`below 500 CNY`, `in GBP, not CNY`, or None when within; amounts in minor units."""
        least, most = self.min, self.max
        bound = least or most
        if bound is not None and bound.currency != value.currency:
            return f"in {value.currency}, not {bound.currency}"
        if least is not None and value.amount < least.amount:
            return f"below {least.amount} {least.currency}"
        if most is not None and value.amount > most.amount:
            return f"above {most.amount} {most.currency}"
        return None


class Limits(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a channel takes; what is None is not limited. `per_day` counts policies."""

    sum_insured: MoneySpan | None = None
    objects_amount: MoneySpan | None = None
    premium: MoneySpan | None = None
    age: Span | None = None
    insureds: Span | None = None
    days: Span | None = None
    regions: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    payment_methods: tuple[str, ...] = ()
    per_day: int | None = None


Check = Callable[["Binding", Facts], str | None]
"""Whether a request lies beyond one limit: why, as a sentence without personal values, or None.

What the request does not say is not held against it: the carrier will.
"""


def checks_of(limits: Limits) -> tuple[Check, ...]:
    """The checks of what is limited at all, in the order in which they are told."""
    return tuple(check for name, check in _CHECKS.items() if getattr(limits, name) not in (None, ()))


def _beyond_plans(binding: "Binding", facts: Facts) -> str | None:
    plan = facts.request.plan
    return None if plan is None or plan in binding.limits.plans else f"it does not sell the plan {plan}"


def _beyond_sum_insured(binding: "Binding", facts: Facts) -> str | None:
    return _told("sum insured", binding.limits.sum_insured, facts.sum_insured)


def _beyond_objects(binding: "Binding", facts: Facts) -> str | None:
    return _told("objects' amount", binding.limits.objects_amount, facts.objects_amount)


def _beyond_premium(binding: "Binding", facts: Facts) -> str | None:
    request = facts.request
    known = price(binding.rates, facts, request.plan, tuple(request.coverages), facts.day(ZONE_DEFAULT))
    return _told("premium", binding.limits.premium, known)


def _told(name: str, span: MoneySpan | None, value: Money | None) -> str | None:
    why = span.beyond(value) if span is not None and value is not None else None
    return why and f"the {name} is {why}"


def _beyond_currencies(binding: "Binding", facts: Facts) -> str | None:
    known = facts.sum_insured or facts.objects_amount
    if known is None or known.currency in binding.limits.currencies:
        return None
    return f"it does not sell in {known.currency}"


def _beyond_ages(binding: "Binding", facts: Facts) -> str | None:
    span = binding.limits.age
    for age in facts.ages:
        if span is not None and (why := span.beyond(age)):
            return f"the age of an insured is {why}"
    return None


def _beyond_days(binding: "Binding", facts: Facts) -> str | None:
    span, days = binding.limits.days, facts.days
    why = span.beyond(days) if span is not None and days is not None else None
    return why and f"the number of days of cover is {why}"


def _beyond_insureds(binding: "Binding", facts: Facts) -> str | None:
    span, heads = binding.limits.insureds, len(facts.request.insureds)
    why = span.beyond(heads) if span is not None and heads else None
    return why and f"the number of insured persons is {why}"


def _beyond_regions(binding: "Binding", facts: Facts) -> str | None:
    return None if facts.lies_in(binding.limits.regions) else "it does not sell in the policyholder's region"


def _beyond_payment(binding: "Binding", facts: Facts) -> str | None:
    receipt = getattr(facts.request, "receipt", None)
    if receipt is None or receipt.method in binding.limits.payment_methods:
        return None
    return f"it takes no payment by {receipt.method}"


_CHECKS: dict[str, Check] = {
    "plans": _beyond_plans,
    "sum_insured": _beyond_sum_insured,
    "objects_amount": _beyond_objects,
    "premium": _beyond_premium,
    "currencies": _beyond_currencies,
    "age": _beyond_ages,
    "days": _beyond_days,
    "insureds": _beyond_insureds,
    "regions": _beyond_regions,
    "payment_methods": _beyond_payment,
}
"""By the limit they are about; how many policies a day are taken is counted elsewhere."""
