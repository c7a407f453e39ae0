"""Periods of cover: half-open instants `[start, end)`, and the arithmetic of business dates in a zone."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta

from gateway.model.base import Model
from gateway.model.enums import PeriodStartRule

Instant = Annotated[datetime, Meta(tz=True)]

ZONE_DEFAULT = "Asia/Shanghai"


class Period(Model, frozen=True, kw_only=True):
    """A span of cover (保险期间), half-open: `start` is covered, `end` is not.

    `zone` (IANA name) says on which clock business dates are read; `rule` what the start was counted from.
    """

    start: Instant
    end: Instant
    rule: PeriodStartRule | None = None
    zone: str = ZONE_DEFAULT


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises ValueError for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        message = f"'{name}' is no IANA time zone"
        raise ValueError(message) from error


def local_date(instant: datetime, zone: str = ZONE_DEFAULT) -> date:
    """The business date of an instant on the clock of a zone."""
    return instant.astimezone(zone_of(zone)).date()


def midnight(day: date, zone: str = ZONE_DEFAULT) -> datetime:
    """The first instant of a day in a zone, which is not 00:00 where summer time begins at midnight."""
    start = datetime.combine(day, time(), zone_of(zone))
    # A wall clock that does not exist changes on its way through UTC: the first real instant is the one that comes out.
    return start.astimezone(UTC).astimezone(start.tzinfo)


def next_day_zero(instant: datetime, zone: str = ZONE_DEFAULT) -> datetime:
    """Zero hours of the day after an instant (次日零时) in a zone."""
    return midnight(local_date(instant, zone) + timedelta(days=1), zone)


def end_inclusive(end: datetime) -> datetime:
    """The last covered second of a half-open period: 2025-08-01T00:00:00 is written 2025-07-31T23:59:59."""
    return _moved(end, timedelta(seconds=-1))


def end_exclusive(last_second: datetime) -> datetime:
    """The half-open end after a last covered second; the inverse of `end_inclusive`."""
    return _moved(last_second, timedelta(seconds=1))


def _moved(instant: datetime, by: timedelta) -> datetime:
    # In UTC: on the clock of a zone, arithmetic walks over hours that summer time skips as if they had been.
    return (instant.astimezone(UTC) + by).astimezone(instant.tzinfo)


def last_day(end: datetime, zone: str = ZONE_DEFAULT) -> date:
    """The last covered day of a half-open period, for carriers that name days only."""
    return local_date(_moved(end, timedelta(microseconds=-1)), zone)


def end_after(last: date, zone: str = ZONE_DEFAULT) -> datetime:
    """The half-open end after a last covered day; the inverse of `last_day` for an end at midnight."""
    return midnight(last + timedelta(days=1), zone)


def add_months(day: date, months: int) -> date:
    """The half-open end some months after a day; where a month lacks the day, the first of the month after it.

    So no covered day is lost: a month from 31 January ends before 1 March, its last day being 28 or 29 February.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day > monthrange(year, month + 1)[1]:
        return add_months(day.replace(day=1), months + 1)
    return day.replace(year=year, month=month + 1)


def add_years(day: date, years: int) -> date:
    """The half-open end some years after a day: from 29 February 2024 one year ends before 1 March 2025."""
    return add_months(day, 12 * years)


def full_years(start: date, end: date) -> int:
    """Whole years from one day to another; a year from 29 February is complete on 1 March of a common year."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def full_months(start: date, end: date) -> int:
    """Whole months from one day to another; a month from 31 January is complete on 1 March."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (add_months(start, months) > end)


def days_between(start: datetime, end: datetime, zone: str = ZONE_DEFAULT) -> int:
    """Calendar days from one instant to another on the clock of a zone: a period of 30 days at midnight gives 30."""
    return (local_date(end, zone) - local_date(start, zone)).days


def age_at(birth_date: date, day: date) -> int:
    """Age in whole years (周岁) on a day; raises ValueError before birth. Born on 29 February: a year on 1 March."""
    if day < birth_date:
        raise ValueError("the day lies before the birth date")
    return full_years(birth_date, day)
