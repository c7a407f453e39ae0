"""When cover begins and ends by a product's rule, until when it may be given back, and what is paid back then."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from gateway.model import Money, Period, PeriodStartRule, Refund
from gateway.model.money import half_up
from gateway.model.period import (
    ZONE_DEFAULT,
    add_months,
    add_years,
    days_between,
    local_date,
    midnight,
    next_day_zero,
    zone_of,
)
from gateway.model.servicing import RefundStep

if TYPE_CHECKING:
    from gateway.catalogue.products import Product

Start = Literal["issue", "next_day", "receipt_ack"]
Deduction = Literal["risk_premium", "medical", "stamp", "fee"]


class PeriodRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When cover starts, and how long it lasts: exactly one of `days`, `months`, `years`, or none where callers say.

    `after_days` belongs to `issue_plus_n`. `days_max` bounds a period the caller names.
    """

    rule: PeriodStartRule
    days: int | None = None
    months: int | None = None
    years: int | None = None
    after_days: int = 0
    days_max: int | None = None
    zone: str = ZONE_DEFAULT


class FreeLook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The free-look period (犹豫期): from what it counts, how many days, what is kept back. No days: there is none.

    `fee` goes with the deduction of that name.
    """

    days: int
    start: Start = "issue"
    deductions: tuple[Deduction, ...] = ()
    fee: Money | None = None


def period_for(product: "Product", applied_at: datetime) -> Period | None:
    """The period of a contract applied for at an instant; None where the caller has to name it (a date, an event)."""
    rule = product.period
    match rule.rule:
        case PeriodStartRule.instant:
            start = applied_at.replace(microsecond=0)
        case PeriodStartRule.next_day_zero:
            start = next_day_zero(applied_at, rule.zone)
        case PeriodStartRule.issue_plus_n:
            start = midnight(local_date(applied_at, rule.zone) + timedelta(days=rule.after_days), rule.zone)
        case _:
            return None
    end = _end(start, rule)
    return None if end is None else Period(start=start, end=end, rule=rule.rule, zone=rule.zone)


def _end(start: datetime, rule: PeriodRule) -> datetime | None:
    wall = start.astimezone(zone_of(rule.zone))
    if rule.days is not None:
        last = wall.date() + timedelta(days=rule.days)
    elif rule.months is not None:
        last = add_months(wall.date(), rule.months)
    elif rule.years is not None:
        last = add_years(wall.date(), rule.years)
    else:
        return None
    return datetime.combine(last, wall.timetz())


def free_look_ends(
    free_look: FreeLook, issued_at: datetime | None, period: Period | None, acknowledged_at: datetime | None = None
) -> datetime | None:
    """The first instant at which the contract can no longer be given back; None when it never could.

    Before its receipt is acknowledged a `receipt_ack` period has not begun to run: it stays open until cover ends.
    """
    if free_look.days == 0 or issued_at is None:
        return None
    zone = period.zone if period else ZONE_DEFAULT
    if free_look.start == "issue":
        return issued_at + timedelta(days=free_look.days)
    if free_look.start == "receipt_ack" and acknowledged_at is None:
        # Who has not confirmed receipt can still hand the contract back.
        return period.end if period else None
    begin = next_day_zero(acknowledged_at or issued_at, zone)
    return midnight(local_date(begin, zone) + timedelta(days=free_look.days), zone)


def free_look_refund(
    free_look: FreeLook, paid: Money, period: Period, at: datetime, costs: Mapping[str, Money] | None = None
) -> Refund:
    """What is paid back within the free-look period: the premium, less what the product keeps back, never below zero.

    `risk_premium` is the premium of the days covered, pro rata, a begun day counting as one; `medical` and `stamp` are
    what `costs` says they were.
    """
    steps = [RefundStep(text="premium paid", amount=paid)]
    left = paid.amount
    for name in free_look.deductions:
        kept = _kept(free_look, name, paid, period, at, costs or {})
        steps.append(RefundStep(text=f"less {name}", amount=Money(amount=-kept, currency=paid.currency)))
        left -= kept
    amount = Money(amount=max(0, left), currency=paid.currency)
    formula = " - ".join(["premium", *free_look.deductions])
    return Refund(amount=amount, basis="free_look", formula=formula, steps=tuple(steps))


def _kept(
    free_look: FreeLook, name: Deduction, paid: Money, period: Period, at: datetime, costs: Mapping[str, Money]
) -> int:
    if name == "fee":
        return free_look.fee.amount if free_look.fee else 0
    if name != "risk_premium":
        return costs[name].amount if name in costs else 0
    if at <= period.start:
        return 0
    whole = max(1, days_between(period.start, period.end, period.zone))
    used = min(whole, days_between(period.start, at, period.zone) + 1)
    return half_up(Fraction(paid.amount * used, whole))
