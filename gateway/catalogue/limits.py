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
        for bound in (self.min, self.max):
            if bound is not None and bound.currency != value.currency:
                return f"in {value.currency}, not {bound.currency}"
        if self.min is not None and value < self.min:
            return f"below {self.min.amount} {self.min.currency}"
        if self.max is not None and self.max < value:
            return f"above {self.max.amount} {self.max.currency}"
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


def beyond_limits(binding: "Binding", facts: Facts) -> str | None:
    """Why a channel does not take a request, as a sentence without personal values; None when it does.

    What the request does not say is not held against it: the carrier will.
    """
    limits = binding.limits
    return (
        _beyond_plans(limits, facts)
        or _beyond_money(binding, facts)
        or _beyond_ages(limits, facts)
        or _beyond_counts(limits, facts)
        or _beyond_region(limits, facts)
        or _beyond_payment(limits, facts)
    )


def _beyond_plans(limits: Limits, facts: Facts) -> str | None:
    plan = facts.request.plan
    if limits.plans and plan is not None and plan not in limits.plans:
        return f"it does not sell the plan {plan}"
    return None


def _beyond_money(binding: "Binding", facts: Facts) -> str | None:
    limits = binding.limits
    return (
        _beyond_sum(limits.sum_insured, "sum insured", lambda: facts.sum_insured)
        or _beyond_sum(limits.objects_amount, "objects' amount", lambda: facts.objects_amount)
        or _beyond_sum(limits.premium, "premium", lambda: _premium(binding, facts))
        or _beyond_currencies(limits, facts)
    )


def _beyond_sum(span: MoneySpan | None, name: str, measure: Callable[[], Money | None]) -> str | None:
    value = measure() if span is not None else None
    why = span.beyond(value) if span is not None and value is not None else None
    return why and f"the {name} is {why}"


def _beyond_currencies(limits: Limits, facts: Facts) -> str | None:
    known = (facts.sum_insured or facts.objects_amount) if limits.currencies else None
    if known is not None and known.currency not in limits.currencies:
        return f"it does not sell in {known.currency}"
    return None


def _premium(binding: "Binding", facts: Facts) -> Money | None:
    request = facts.request
    return price(binding.rates, facts, request.plan, tuple(request.coverages), facts.day(ZONE_DEFAULT))


def _beyond_ages(limits: Limits, facts: Facts) -> str | None:
    for age in facts.ages if limits.age is not None else ():
        if limits.age is not None and (why := limits.age.beyond(age)):
            return f"the age of an insured is {why}"
    return None


def _beyond_counts(limits: Limits, facts: Facts) -> str | None:
    if limits.days is not None and facts.days is not None and (why := limits.days.beyond(facts.days)):
        return f"the number of days of cover is {why}"
    heads = len(facts.request.insureds)
    if limits.insureds is not None and heads and (why := limits.insureds.beyond(heads)):
        return f"the number of insured persons is {why}"
    return None


def _beyond_region(limits: Limits, facts: Facts) -> str | None:
    if limits.regions and not facts.lies_in(limits.regions):
        return "it does not sell in the policyholder's region"
    return None


def _beyond_payment(limits: Limits, facts: Facts) -> str | None:
    receipt = getattr(facts.request, "receipt", None)
    if limits.payment_methods and receipt is not None and receipt.method not in limits.payment_methods:
        return f"it takes no payment by {receipt.method}"
    return None
