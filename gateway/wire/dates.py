"""Codecs of dates, instants and times of day.

A pattern is compiled once, so that converting costs a few attributes or slices and no `strptime`. What the fast way
refuses (spaces around, unpadded parts, hour 24, month names) a regular expression reads; what that
refuses is unreadable. A canonical instant is aware; the carrier's zone stands for texts without an offset.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.numbers import int_in, int_number_in, reader
from gateway.wire.pair import Pair
from gateway.wire.patterns import FULL_MONTHS, MONTHS, WEEKDAYS, Piece, first_year, parse_pattern, parse_zone
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

_FORMAT = {
    "yyyy": ("year", "%04d"), "MM": ("month", "%02d"), "M": ("month", "%d"), "dd": ("day", "%02d"), "d": ("day", "%d"),
    "HH": ("hour", "%02d"), "H": ("hour", "%d"), "mm": ("minute", "%02d"), "m": ("minute", "%d"),
    "ss": ("second", "%02d"), "s": ("second", "%d"), "SSSSSS": ("microsecond", "%06d"),
}  # fmt: skip

# What is no attribute of a moment is worked out.
_WORKED_OUT: dict[str, Callable[[Any], str]] = {
    "yy": lambda moment: f"{moment.year % 100:02d}",
    "MMM": lambda moment: MONTHS[moment.month - 1].title(),
    "MMMM": lambda moment: FULL_MONTHS[moment.month - 1],
    "EEE": lambda moment: WEEKDAYS[moment.weekday()],
    "SSS": lambda moment: f"{moment.microsecond // 1000:03d}",
    "kk": lambda moment: "24" if _is_midnight(moment) else f"{moment.hour:02d}",
    "k": lambda moment: "24" if _is_midnight(moment) else str(moment.hour),
    "hh": lambda moment: f"{moment.hour % 12 or 12:02d}",
    "h": lambda moment: str(moment.hour % 12 or 12),
    "a": lambda moment: "AM" if moment.hour < 12 else "PM",
    "XXX": lambda moment: _offset_of(moment, colon=":", utc="Z"),
    "XX": lambda moment: _offset_of(moment, colon="", utc="Z"),
    "xxx": lambda moment: _offset_of(moment, colon=":", utc="+00:00"),
    "xx": lambda moment: _offset_of(moment, colon="", utc="+0000"),
    "..": lambda _moment: "",
}

_GROUP = {
    "yyyy": r"(?P<year>\d{4})", "yy": r"\d\d", "MM": r"(?P<month>\d\d)", "M": r"(?P<month>\d{1,2})",
    "MMM": r"(?P<name>[A-Za-z]{3})", "MMMM": r"(?P<name>[A-Za-z]{3,9})", "dd": r"(?P<day>\d\d)",
    "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d\d)", "H": r"(?P<hour>\d{1,2})", "kk": r"(?P<hour>\d\d)", "k": r"(?P<hour>\d{1,2})",
    "hh": r"(?P<half>\d\d)", "h": r"(?P<half>\d{1,2})", "a": "(?P<pm>[AaPp])[Mm]", "mm": r"(?P<minute>\d\d)",
    "m": r"(?P<minute>\d{1,2})", "ss": r"(?P<second>\d\d)", "s": r"(?P<second>\d{1,2})",
    "SSS": r"(?P<fraction>\d{3})", "SSSSSS": r"(?P<fraction>\d{6})", "EEE": "[A-Za-z]{3}",
    "..": r"(?!\d).*",
} | dict.fromkeys(("XXX", "XX", "xxx", "xx"), r"(?P<offset>Z|[+-]\d\d:?\d\d)")  # fmt: skip


def _short_year(first: int, moment: Any) -> str:
    """Two digits of a year, if they will be read as the same."""
    if not first <= moment.year < first + 100:
        raise CannotSend(f"two digits of a year mean one of {first} to {first + 99}, this is {moment.year}")
    return f"{moment.year % 100:02d}"


def _working(field: str) -> Callable[[Any], str] | None:
    """What writes a field that is no attribute of a moment."""
    first = first_year(field)
    return partial(_short_year, first) if first is not None else _WORKED_OUT.get(field)


def _group(field: str) -> str:
    first = first_year(field)
    return rf"(?P<from{first}>\d\d)" if first is not None else _GROUP[field]


def _year(parts: dict[str, str]) -> int:
    short = next((name for name in parts if name.startswith("from")), None)
    if short is None:
        return int(parts.get("year") or 1970)
    first = int(short.removeprefix("from"))
    return first + (int(parts[short]) - first) % 100


def _is_midnight(moment: Any) -> bool:
    return bool(moment.hour == moment.minute == moment.second == 0)


def _offset_of(moment: datetime, *, colon: str, utc: str) -> str:
    text = moment.isoformat()[-6:]
    if text == "+00:00":
        return utc
    if text[:1] not in "+-":
        raise CannotSend("an instant without its offset cannot be placed in time")
    return text[:3] + colon + text[4:]


def _writer(pattern: str) -> Callable[[Any], str]:
    """Write a date, an instant or a time in a pattern, straight from its attributes."""
    pieces = parse_pattern(pattern)
    if any(piece.is_field and _working(piece.text) for piece in pieces):
        return _slow_writer(pieces)
    fields = [_FORMAT[piece.text] for piece in pieces if piece.is_field]
    template = "".join(_FORMAT[p.text][1] if p.is_field else p.text.replace("%", "%%") for p in pieces)
    parts = attrgetter(*(name for name, _ in fields))
    return lambda moment: template % parts(moment)


def _slow_writer(pieces: tuple[Piece, ...]) -> Callable[[Any], str]:
    to_24 = any(piece.is_field and piece.text in ("kk", "k") for piece in pieces)

    def write(moment: Any) -> str:
        if to_24 and isinstance(moment, datetime) and _is_midnight(moment):
            # Midnight is hour 24 of the day before.
            return "".join(_part(piece, moment, moment - _DAY) for piece in pieces)
        return "".join(_part(piece, moment, moment) for piece in pieces)

    return write


def _part(piece: Piece, moment: Any, day: Any) -> str:
    if not piece.is_field:
        return piece.text
    if (write := _working(piece.text)) is not None:
        return write(day if piece.text in ("MMM", "MMMM", "EEE") or piece.text[:2] == "yy" else moment)
    name, form = _FORMAT[piece.text]
    number: int = getattr(day if name in ("year", "month", "day") else moment, name)
    return form % number


def _regex(pieces: tuple[Piece, ...]) -> "re.Pattern[str]":
    body = "".join(_group(piece.text) if piece.is_field else re.escape(piece.text) for piece in pieces)
    return re.compile(rf"\s*{body}\s*", re.ASCII)


_REGEXES: dict[str, "re.Pattern[str]"] = {}


def _moment(pattern: str, value: Any) -> datetime:
    """The moment a text names, aware where the text has an offset; hour 24 is midnight of the next day."""
    regex = _REGEXES.get(pattern) or _REGEXES.setdefault(pattern, _regex(parse_pattern(pattern)))
    found = regex.fullmatch(value) if value.__class__ is str else None
    if found is None:
        raise Unreadable(f"expected a date written {pattern}, found {shown_date(value)}")
    parts = found.groupdict()
    try:
        day = datetime(_year(parts), _month(parts), int(parts.get("day") or 1), tzinfo=_zone_of(parts))
        hour, minute, second = _hour(parts), int(parts.get("minute") or 0), int(parts.get("second") or 0)
        if hour == 24 and minute == second == 0:
            return day + _DAY
        return day.replace(hour=hour, minute=minute, second=second, microsecond=_micro(parts.get("fraction")))
    except (ValueError, OverflowError):
        raise Unreadable(f"expected a date written {pattern}, found {shown_date(value)}") from None


def _month(parts: dict[str, str]) -> int:
    name = parts.get("name")
    if name is None:
        return int(parts.get("month") or 1)
    if len(name) > 3 and name.title() not in FULL_MONTHS:
        raise ValueError(name)
    return MONTHS.index(name[:3].upper()) + 1


def _hour(parts: dict[str, str]) -> int:
    if (half := parts.get("half")) is None:
        return int(parts.get("hour") or 0)
    if not 1 <= int(half) <= 12:
        raise ValueError(half)
    return int(half) % 12 + (12 if (parts.get("pm") or "").upper() == "P" else 0)


def _zone_of(parts: dict[str, str]) -> tzinfo | None:
    offset = parts.get("offset")
    return None if offset is None else parse_zone(offset)


def _micro(fraction: str | None) -> int:
    return int((fraction or "0").ljust(6, "0"))


def _slow_day(pattern: str, value: Any) -> date:
    return _moment(pattern, value).date()


def date_codec(pattern: str, numbers: bool) -> Pair:
    """`date(p)` for any pattern; `excel` counts days from 1899-12-30, `epoch_s` and `epoch_ms` mean midnight UTC."""
    if pattern == "iso":
        return Pair(iso_day_out, iso_day_in)
    if (counted := _counted(pattern, UTC, numbers=numbers)) is not None:
        return Pair(
            lambda day: counted.send(datetime(day.year, day.month, day.day, tzinfo=UTC)),
            lambda value: counted.read(value).date(),
        )
    return Pair(_writer(pattern), lambda value: _slow_day(pattern, value))


def time_codec(pattern: str) -> Pair:
    """`time(p)`: a time of day."""
    if pattern == "iso":
        pattern = "HH:mm:ss"
    return Pair(_writer(pattern), lambda value: _moment(pattern, value).time())


def datetime_codec(pattern: str, zone: str, numbers: bool) -> Pair:
    """`datetime(p)`: an instant, written in the carrier's zone; a text without an offset is read in that zone."""
    where = parse_zone(zone)
    if pattern == "iso":
        return Pair(_rfc3339_writer(where, zone), _rfc3339_reader(where))
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
    write = _writer(pattern)
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
    moment = _moment(pattern, value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=where)


def _offset(where: tzinfo) -> str:
    """`+08:00` of a zone that has one offset for ever; reading it along is cheaper than setting it afterwards."""
    return datetime(2000, 1, 1, tzinfo=where).isoformat()[19:] if isinstance(where, timezone) else ""


def _rfc3339_writer(where: tzinfo, zone: str) -> Callable[[datetime], str]:
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
