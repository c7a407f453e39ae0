"""What a channel takes of a product: sums, ages, premiums, regions, plans; beyond them it is not asked at all."""

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from gateway.catalogue.measures import age_of, days_of, lies_in, objects_amount, sum_insured
from gateway.catalogue.rates import price
from gateway.model import Money
from gateway.model.period import local_date
from gateway.model.proposal import ProposalTerms

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
    per_day: int | None = None


def beyond_limits(binding: "Binding", request: ProposalTerms, at: datetime) -> str | None:
    """Why a channel does not take a request, as a sentence without personal values; None when it does.

    What the request does not say is not held against it: the carrier will.
    """
    limits = binding.limits
    return (
        _beyond_plans(limits, request)
        or _beyond_money(binding, request, at)
        or _beyond_ages(limits, request, at)
        or _beyond_counts(limits, request)
        or _beyond_region(limits, request)
    )


def _beyond_plans(limits: Limits, request: ProposalTerms) -> str | None:
    if limits.plans and request.plan is not None and request.plan not in limits.plans:
        return f"it does not sell the plan {request.plan}"
    return None


def _beyond_money(binding: "Binding", request: ProposalTerms, at: datetime) -> str | None:
    limits = binding.limits
    if not (limits.sum_insured or limits.objects_amount or limits.premium or limits.currencies):
        return None
    insured, objects = sum_insured(request.coverages), objects_amount(request.objects)
    cost = None
    if limits.premium is not None:
        cost = price(binding.rates, request, request.plan, request.coverages, local_date(at))
    for name, span, value in (
        ("sum insured", limits.sum_insured, insured),
        ("objects' amount", limits.objects_amount, objects),
        ("premium", limits.premium, cost),
    ):
        if span is not None and value is not None and (why := span.beyond(value)):
            return f"the {name} is {why}"
    known = next((each for each in (insured, objects) if each is not None), None)
    if limits.currencies and known is not None and known.currency not in limits.currencies:
        return f"it does not sell in {known.currency}"
    return None


def _beyond_ages(limits: Limits, request: ProposalTerms, at: datetime) -> str | None:
    if limits.age is None:
        return None
    begin = request.period.start if request.period else at
    for insured in request.insureds:
        age = age_of(insured, begin)
        if age is not None and (why := limits.age.beyond(age)):
            return f"the age of an insured is {why}"
    return None


def _beyond_counts(limits: Limits, request: ProposalTerms) -> str | None:
    days = days_of(request.period)
    heads = len(request.insureds) or None
    for name, span, value in (("days of cover", limits.days, days), ("insured persons", limits.insureds, heads)):
        if span is not None and value is not None and (why := span.beyond(value)):
            return f"the number of {name} is {why}"
    return None


def _beyond_region(limits: Limits, request: ProposalTerms) -> str | None:
    policyholder = getattr(request, "policyholder", None)
    if limits.regions and not lies_in(policyholder, limits.regions):
        return "it does not sell in the policyholder's region"
    return None
