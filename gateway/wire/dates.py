"""Codecs of dates, instants and times of day.

A pattern is compiled once, so that converting costs a few attributes or slices and no `strptime`. What the fast way
refuses (spaces around, unpadded parts, hour 24, month names) is read by its pattern (`moments.py`); what that refuses
is unreadable. A canonical instant is aware; the carrier's zone stands for texts without an offset.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.moments import moment_in, writer
from gateway.wire.numbers import int_in, int_number_in, reader
from gateway.wire.pair import Pair
from gateway.wire.patterns import parse_zone
from gateway.wire.shown import shown_date

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXCEL_ZERO = date(1899, 12, 30)
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)

# --- the three forms of a day that most messages use -----------------------------------------------------------------


def ymd_out(value: date) -> str:
    """`date(yyyyMMdd)`."""
    return value.isoformat().replace("-", "")


def ymd_in(value: Any) -> date:
    """A day written yyyyMMdd."""
    try:
        if len(value) == 8 and value.isdigit():
            return date.fromisoformat(value)
    except (TypeError, ValueError, AttributeError):
        pass
    return _slow_day("yyyyMMdd", value)


def iso_day_out(value: date) -> str:
    """`date(yyyy-MM-dd)`, `date(iso)`."""
    return value.isoformat()


def iso_day_in(value: Any) -> date:
    """A day written yyyy-MM-dd."""
    try:
        # The two hyphens keep out the week form 2026-W01-1, which has the same length.
        if len(value) == 10 and value[4] == "-" == value[7]:
            return date.fromisoformat(value)
    except (TypeError, ValueError, KeyError):
        pass
    return _slow_day("yyyy-MM-dd", value)


def slash_day_out(value: date) -> str:
    """`date(yyyy/MM/dd)`."""
    return value.isoformat().replace("-", "/")


def slash_day_in(value: Any) -> date:
    """A day written yyyy/MM/dd."""
    return _slow_day("yyyy/MM/dd", value)


# --- any pattern -----------------------------------------------------------------------------------------------------


def _slow_day(pattern: str, value: Any) -> date:
    return moment_in(pattern, value).date()


def date_codec(pattern: str, numbers: bool) -> Pair:
    """`date(p)` for any pattern; `excel` counts days from 1899-12-30, `epoch_s` and `epoch_ms` mean midnight UTC."""
    if pattern == "iso":
        return Pair(iso_day_out, iso_day_in)
    if (counted := _counted(pattern, UTC, numbers=numbers)) is not None:
        return Pair(
            lambda day: counted.send(datetime(day.year, day.month, day.day, tzinfo=UTC)),
            lambda value: counted.read(value).date(),
        )
    return Pair(writer(pattern), lambda value: _slow_day(pattern, value))


def time_codec(pattern: str) -> Pair:
    """`time(p)`: a time of day."""
    if pattern == "iso":
        pattern = "HH:mm:ss"
    return Pair(writer(pattern), lambda value: moment_in(pattern, value).time())


def datetime_codec(pattern: str, zone: str, numbers: bool) -> Pair:
    """`datetime(p)`: an instant, written in the carrier's zone; a text without an offset is read in that zone."""
    where = parse_zone(zone)
    if pattern == "iso":
        return Pair(_rfc3339writer(where, zone), _rfc3339_reader(where))
    if (counted := _counted(pattern, where, numbers=numbers)) is not None:
        return counted
    return Pair(_instant_writer(pattern, where), _instant_reader(pattern, where))


def _local(value: datetime, where: tzinfo) -> datetime:
    if value.tzinfo is where:
        return value
    if value.tzinfo is None:
        raise CannotSend("an instant without its offset cannot be placed in time")
    return value.astimezone(where)


def _instant_writer(pattern: str, where: tzinfo) -> Callable[[datetime], str]:
    write = writer(pattern)
    return lambda value: write(_local(value, where))


# Forms that only lack the T between day and time: everything else is read by the regular expression.
_NEARLY_ISO = {"yyyy-MM-dd HH:mm:ss": (19, 10, 11), "yyyyMMddHHmmss": (14, 8, 8), "yyyy-MM-ddTHH:mm:ss": (19, 10, 11)}


def _instant_reader(pattern: str, where: tzinfo) -> Callable[[Any], datetime]:
    bare = pattern.replace("'", "")
    slow = partial(_slow_instant, pattern, where)
    if bare not in _NEARLY_ISO:
        return slow
    length, day_end, time_start = _NEARLY_ISO[bare]
    between, offset = bare[day_end:time_start], _offset(where)

    def read(value: Any) -> datetime:
        if value.__class__ is str and len(value) == length and value[day_end:time_start] == between:
            try:
                moment = datetime.fromisoformat(f"{value[:day_end]}T{value[time_start:]}{offset}")
            except ValueError:
                return slow(value)
            return moment if offset else moment.replace(tzinfo=where)
        return slow(value)

    return read


def _slow_instant(pattern: str, where: tzinfo, value: Any) -> datetime:
    moment = moment_in(pattern, value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=where)


def _offset(where: tzinfo) -> str:
    """`+08:00` of a zone that has one offset for ever; reading it along is cheaper than setting it afterwards."""
    return datetime(2000, 1, 1, tzinfo=where).isoformat()[19:] if isinstance(where, timezone) else ""


def _rfc3339writer(where: tzinfo, zone: str) -> Callable[[datetime], str]:
    # A carrier whose zone is written Z gets Z; one whose zone is written +00:00 gets +00:00.
    if zone in ("Z", "UTC"):
        return lambda value: _local(value, where).isoformat().replace("+00:00", "Z")
    return lambda value: _local(value, where).isoformat()


_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)


def _rfc3339_reader(where: tzinfo) -> Callable[[Any], datetime]:
    def read(value: Any) -> datetime:
        if value.__class__ is str and _RFC3339.fullmatch(value.strip()):
            try:
                moment = datetime.fromisoformat(value.strip())
            except ValueError:
                pass
            else:
                return moment.replace(tzinfo=where) if moment.tzinfo is None else moment
        raise Unreadable(f"expected an instant as in 2026-01-31T12:00:00+08:00, found {shown_date(value)}")

    return read


# --- counted forms ---------------------------------------------------------------------------------------------------


def _counted(pattern: str, where: tzinfo, *, numbers: bool) -> Pair | None:
    """`epoch_s`, `epoch_ms` and `excel`; None for a pattern made of letters."""
    unit = {"epoch_s": _SECOND, "epoch_ms": timedelta(milliseconds=1)}.get(pattern)
    if unit is not None:
        return _epoch(unit, where, numbers=numbers)
    return _excel(where, numbers=numbers) if pattern == "excel" else None


def _epoch(unit: timedelta, where: tzinfo, *, numbers: bool) -> Pair:
    take = int_number_in if numbers else int_in

    def send(value: datetime) -> Any:
        units = (_local(value, UTC) - _EPOCH) // unit
        return units if numbers else str(units)

    def read(value: Any) -> datetime:
        try:
            return (_EPOCH + take(value) * unit).astimezone(where)
        except OverflowError:
            raise Unreadable(f"no instant lies at {shown_date(value)}") from None

    return Pair(send, read)


def _excel(where: tzinfo, *, numbers: bool) -> Pair:
    take = reader(number=numbers)

    def send(value: datetime) -> Any:
        moment = _local(value, where)
        days = Decimal((moment.date() - _EXCEL_ZERO).days)
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        # Ten places tell seconds apart: a second is 0.0000115741 of a day.
        number = days if not seconds else (days + Decimal(seconds) / 86400).quantize(Decimal("1e-10"))
        return (int(number) if not seconds else number) if numbers else format(number, "f")

    def read(value: Any) -> datetime:
        number = take(value)
        seconds = int(((number - int(number)) * 86400).to_integral_value())
        try:
            midnight = datetime.combine(_EXCEL_ZERO + timedelta(days=int(number)), time(), tzinfo=where)
            return midnight + timedelta(seconds=seconds)
        except OverflowError:
            raise Unreadable(f"no day lies at {shown_date(value)}") from None

    return Pair(send, read)


_Moment = TypeVar("_Moment", date, datetime)


# --- ends that carriers count in -------------------------------------------------------------------------------------


def until_codec(pattern: str, step: str, zone: str, numbers: bool) -> Pair:
    """`until(p;1s|1d)`: our end is exclusive, theirs is the last second or the last day of cover."""
    inner, where = datetime_codec(pattern, zone, numbers), parse_zone(zone)
    if step == "1s":
        return Pair(
            lambda end: inner.send(_local(end, UTC) - _SECOND), lambda value: _after(inner.read(value), _SECOND)
        )
    # A day is a day of the carrier's calendar, 23 or 25 hours where clocks change.
    return Pair(lambda end: inner.send(_local(end, where) - _DAY), lambda value: _after(inner.read(value), _DAY))


def until_day_codec(pattern: str, numbers: bool) -> Pair:
    """`until(p;1d)` of a date: our end is exclusive, theirs is the last day."""
    inner = date_codec(pattern, numbers)
    return Pair(lambda end: inner.send(end - _DAY), lambda value: _after(inner.read(value), _DAY))


def _after(last: _Moment, step: timedelta) -> _Moment:
    """The exclusive end behind the last moment; behind the sentinel 99991231 there is none."""
    try:
        return last + step
    except OverflowError:
        raise Unreadable("an end on the last day of the calendar is no date; map it as a case of its own") from None
