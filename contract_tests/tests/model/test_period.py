"""Periods are half-open, and every carrier's way of writing the end leads back to the same instant."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.model import period as p

BEIJING = timezone(timedelta(hours=8))
INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))
ZONES = st.sampled_from(["Asia/Shanghai", "America/Sao_Paulo", "Pacific/Auckland", "Europe/London", "UTC"])


def test_zero_hours_of_the_next_day_is_counted_on_the_clock_of_the_zone():
    late_in_utc = datetime(2025, 7, 1, 17, tzinfo=UTC)
    assert p.next_day_zero(late_in_utc) == datetime(2025, 7, 3, tzinfo=BEIJING)
    assert p.next_day_zero(late_in_utc, "UTC") == datetime(2025, 7, 2, tzinfo=UTC)


def test_at_midnight_itself_the_next_day_is_a_whole_day_away():
    assert p.next_day_zero(datetime(2025, 7, 2, tzinfo=BEIJING)) == datetime(2025, 7, 3, tzinfo=BEIJING)


@given(INSTANTS, ZONES)
def test_the_next_zero_hours_lies_ahead_within_the_longest_day(instant, zone):
    following = p.next_day_zero(instant, zone)
    assert timedelta(0) < following - instant <= timedelta(hours=25)


def test_midnight_that_a_summer_time_skips_becomes_the_first_instant_of_the_day():
    start = p.midnight(date(2018, 11, 4), "America/Sao_Paulo")
    assert start.isoformat() == "2018-11-04T01:00:00-02:00"


def test_midnight_of_a_chinese_summer_is_what_the_clocks_showed():
    assert p.midnight(date(1988, 7, 1)).astimezone(UTC) == datetime(1988, 6, 30, 15, tzinfo=UTC)


def test_a_period_of_thirty_days_is_written_in_three_ways_that_all_mean_its_end():
    end = datetime(2025, 8, 1, tzinfo=BEIJING)
    assert p.end_inclusive(end).isoformat() == "2025-07-31T23:59:59+08:00"
    assert p.last_day(end) == date(2025, 7, 31)
    assert p.end_exclusive(p.end_inclusive(end)) == end
    assert p.end_after(p.last_day(end)) == end


@given(DATES, ZONES)
@example(date(2006, 11, 4), "America/Sao_Paulo")
def test_a_last_covered_day_and_its_exclusive_end_lead_to_each_other(day, zone):
    assert p.last_day(p.end_after(day, zone), zone) == day


def test_the_last_day_of_an_end_within_the_day_is_that_day():
    assert p.last_day(datetime(2025, 8, 1, 10, 30, tzinfo=BEIJING)) == date(2025, 8, 1)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2024, 2, 29), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 3, 1), 1, date(2024, 3, 1)),
    ],
)
def test_a_year_from_a_leap_day_loses_no_day(start, years, end):
    assert p.add_years(start, years) == end
    assert p.full_years(start, end) == years
    assert p.full_years(start, end - timedelta(days=1)) == years - 1


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 1, 31), 1, date(2025, 3, 1)),
        (date(2025, 1, 31), 2, date(2025, 3, 31)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 12, 31), 2, date(2026, 3, 1)),
    ],
)
def test_a_month_from_a_long_month_runs_to_the_end_of_a_short_one(start, months, end):
    assert p.add_months(start, months) == end


@given(DATES, st.integers(0, 240))
def test_months_added_are_full_months_counted(start, months):
    end = p.add_months(start, months)
    assert p.full_months(start, end) == months
    assert p.full_months(start, end - timedelta(days=1)) == months - 1


@given(DATES, DATES)
def test_a_year_is_twelve_months(one, other):
    start, end = sorted((one, other))
    assert p.full_years(start, end) == p.full_months(start, end) // 12


def test_days_between_are_calendar_days_even_across_a_change_of_clocks():
    start, end = p.midnight(date(2025, 3, 29), "Europe/London"), p.midnight(date(2025, 3, 31), "Europe/London")
    assert (end - start) == timedelta(days=2)
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == timedelta(hours=47)
    assert p.days_between(start, end, "Europe/London") == 2


def test_age_changes_on_the_birthday_and_on_the_first_of_march_for_a_leap_day():
    assert p.age_at(date(1990, 3, 7), date(2025, 3, 6)) == 34
    assert p.age_at(date(1990, 3, 7), date(2025, 3, 7)) == 35
    assert p.age_at(date(2004, 2, 29), date(2025, 2, 28)) == 20
    assert p.age_at(date(2004, 2, 29), date(2025, 3, 1)) == 21


def test_nobody_has_an_age_before_birth():
    with pytest.raises(ValueError, match="before the birth date"):
        p.age_at(date(2025, 1, 2), date(2025, 1, 1))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused_in_words(zone):
    with pytest.raises(ValueError, match="no IANA time zone"):
        p.zone_of(zone)
