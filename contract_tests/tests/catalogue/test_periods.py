"""Periods of cover by a product's rule, the free-look period to the second, and what is paid back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gateway.catalogue.periods import FreeLook, free_look_ends, free_look_refund, period_for
from gateway.model import Money, Period

BEIJING = timezone(timedelta(hours=8))
APPLIED = datetime(2026, 3, 1, 15, 30, 12, 345, tzinfo=BEIJING)


def period(folder, rule: str, applied_at: datetime = APPLIED) -> Period | None:
    folder.change("period: { rule: instant, days: 30 }", f"period: {rule}")
    return period_for(folder.snapshot().products["freight-return"], applied_at)


@pytest.mark.parametrize(
    ("rule", "start", "end"),
    [
        ("{ rule: instant, days: 30 }", "2026-03-01T15:30:12+08:00", "2026-03-31T15:30:12+08:00"),
        ("{ rule: next_day_zero, days: 5 }", "2026-03-02T00:00:00+08:00", "2026-03-07T00:00:00+08:00"),
        ("{ rule: next_day_zero, years: 1 }", "2026-03-02T00:00:00+08:00", "2027-03-02T00:00:00+08:00"),
        ("{ rule: issue_plus_n, after_days: 3, months: 6 }", "2026-03-04T00:00:00+08:00", "2026-09-04T00:00:00+08:00"),
    ],
)
def test_cover_begins_and_ends_by_the_products_rule(folder, rule: str, start: str, end: str) -> None:
    made = period(folder, rule)
    assert made is not None
    assert (made.start, made.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def test_a_year_from_29_february_ends_before_1_march(folder) -> None:
    made = period(folder, "{ rule: next_day_zero, years: 1 }", datetime(2028, 2, 28, 12, tzinfo=BEIJING))
    assert made is not None
    assert made.end == datetime(2029, 3, 1, tzinfo=BEIJING)


def test_the_next_day_begins_by_the_clock_of_the_products_zone(folder) -> None:
    evening_in_utc = datetime(2026, 3, 1, 17, tzinfo=UTC)
    made = period(folder, "{ rule: next_day_zero, days: 1 }", evening_in_utc)
    assert made is not None
    assert made.start == datetime(2026, 3, 3, tzinfo=BEIJING)


@pytest.mark.parametrize("rule", ["{ rule: fixed_date, days_max: 90 }", "{ rule: event }"])
def test_a_period_that_hangs_on_a_date_or_event_is_named_by_the_caller(folder, rule: str) -> None:
    assert period(folder, rule) is None


COVER = Period(start=datetime(2026, 3, 2, tzinfo=BEIJING), end=datetime(2027, 3, 2, tzinfo=BEIJING))


@pytest.mark.parametrize(
    ("free_look", "ends"),
    [
        (FreeLook(days=0), None),
        (FreeLook(days=15), "2026-03-16T15:30:00+08:00"),
        (FreeLook(days=15, start="next_day"), "2026-03-17T00:00:00+08:00"),
        (FreeLook(days=15, start="receipt_ack"), "2027-03-02T00:00:00+08:00"),
    ],
)
def test_the_free_look_period_ends_at_an_exact_second(free_look: FreeLook, ends: str | None) -> None:
    issued_at = datetime(2026, 3, 1, 15, 30, tzinfo=BEIJING)
    found = free_look_ends(free_look, issued_at, COVER)
    assert found == (datetime.fromisoformat(ends) if ends else None)


def test_a_free_look_period_counted_from_receipt_begins_the_day_after_it() -> None:
    issued_at, received = datetime(2026, 3, 1, tzinfo=BEIJING), datetime(2026, 3, 9, 18, tzinfo=BEIJING)
    ends = free_look_ends(FreeLook(days=10, start="receipt_ack"), issued_at, COVER, received)
    assert ends == datetime(2026, 3, 20, tzinfo=BEIJING)


def test_a_policy_never_issued_has_no_free_look_period() -> None:
    assert free_look_ends(FreeLook(days=10), None, COVER) is None


def cny(amount: int) -> Money:
    return Money(amount=amount, currency="CNY")


@pytest.mark.parametrize(
    ("free_look", "at", "amount"),
    [
        (FreeLook(days=15), COVER.start, 36_500),
        (FreeLook(days=15, deductions=("fee",), fee=cny(1000)), COVER.start, 35_500),
        (FreeLook(days=15, deductions=("fee",), fee=cny(99_999)), COVER.start, 0),
        (FreeLook(days=15, deductions=("risk_premium",)), COVER.start - timedelta(days=1), 36_500),
        (FreeLook(days=15, deductions=("risk_premium",)), COVER.start + timedelta(hours=1), 36_400),
        (FreeLook(days=15, deductions=("risk_premium",)), COVER.start + timedelta(days=9, hours=23), 35_500),
        (FreeLook(days=15, deductions=("medical", "stamp")), COVER.start, 36_300),
    ],
)  # fmt: skip
def test_within_the_free_look_period_the_premium_is_paid_back_less_what_the_product_keeps(
    free_look: FreeLook, at: datetime, amount: int
) -> None:
    costs: dict[str, Any] = {"medical": cny(200)}
    refund = free_look_refund(free_look, cny(36_500), COVER, at, costs)
    assert refund.amount == cny(amount)
    assert refund.basis == "free_look"
    assert sum(step.amount.amount for step in refund.steps if step.amount) <= amount
