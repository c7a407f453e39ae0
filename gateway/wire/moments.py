"""Moments as a pattern of letters writes them: dates, instants and times of day, both ways.

Writing takes a few attributes; reading is a regular expression made of the pattern's pieces once, which takes spaces
around, unpadded parts, hour 24 and month names as the pattern has them.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial
from operator import attrgetter
from typing import Any

from gateway.wire.eras import SIGNS, group_of, sign_of, since_its_begin, year_in, year_of_era
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.patterns import (
    FULL_MONTHS,
    MONTHS,
    WEEKDAYS,
    Piece,
    counted_from,
    first_year,
    parse_pattern,
    parse_zone,
)
from gateway.wire.shown import shown_date

_DAY = timedelta(days=1)

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
    "yG": lambda moment: str(year_of_era(moment)),
    "yyG": lambda moment: f"{year_of_era(moment):02d}",
} | {field: partial(sign_of, field) for field in SIGNS}

_GROUP = {
    "yyyy": r"(?P<year>\d{4})", "yy": r"\d\d", "MM": r"(?P<month>\d\d)", "M": r"(?P<month>\d{1,2})",
    "MMM": r"(?P<name>[A-Za-z]{3})", "MMMM": r"(?P<name>[A-Za-z]{3,9})", "dd": r"(?P<day>\d\d)",
    "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d\d)", "H": r"(?P<hour>\d{1,2})", "kk": r"(?P<hour>\d\d)", "k": r"(?P<hour>\d{1,2})",
    "hh": r"(?P<half>\d\d)", "h": r"(?P<half>\d{1,2})", "a": "(?P<pm>[AaPp])[Mm]", "mm": r"(?P<minute>\d\d)",
    "m": r"(?P<minute>\d{1,2})", "ss": r"(?P<second>\d\d)", "s": r"(?P<second>\d{1,2})",
    "SSS": r"(?P<fraction>\d{3})", "SSSSSS": r"(?P<fraction>\d{6})", "EEE": "[A-Za-z]{3}",
    "..": r"(?!\d).*", "yG": r"(?P<in_era>\d{1,2}|元)", "yyG": r"(?P<in_era>\d\d|元)",
} | dict.fromkeys(("XXX", "XX", "xxx", "xx"), r"(?P<offset>Z|[+-]\d\d:?\d\d)") | {
    field: group_of(field) for field in SIGNS
}  # fmt: skip


def _short_year(first: int, moment: Any) -> str:
    """Two digits of a year, if they will be read as the same."""
    if not first <= moment.year < first + 100:
        raise CannotSend(f"two digits of a year mean one of {first} to {first + 99}, this is {moment.year}")
    return f"{moment.year % 100:02d}"


def _counted_year(since: int, digits: int, moment: Any) -> str:
    """A year counted from another, if it has no more digits than the pattern."""
    year = moment.year - since
    if not 0 < year < 1000:
        raise CannotSend(f"years are counted from {since} here, up to 999: this is {moment.year}")
    return f"{year:0{digits}d}"


def _working(field: str) -> Callable[[Any], str] | None:
    """What writes a field that is no attribute of a moment."""
    first, since = first_year(field), counted_from(field)
    if since is not None:
        return partial(_counted_year, since, 3 if field.startswith("yyy") else 1)
    return partial(_short_year, first) if first is not None else _WORKED_OUT.get(field)


def _group(field: str) -> str:
    first, since = first_year(field), counted_from(field)
    if since is not None:
        return rf"(?P<since{since}>\d{{3}})" if field.startswith("yyy") else rf"(?P<since{since}>\d{{1,3}})"
    return rf"(?P<from{first}>\d\d)" if first is not None else _GROUP[field]


def _year(parts: dict[str, str]) -> int:
    if "era" in parts:
        return year_in(parts["era"], parts["in_era"])
    counted = next((name for name in parts if name.startswith("since")), None)
    if counted is not None:
        if int(parts[counted]) == 0:
            raise ValueError(parts[counted])
        return int(counted.removeprefix("since")) + int(parts[counted])
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


def writer(pattern: str) -> Callable[[Any], str]:
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
        return write(day if piece.text in ("MMM", "MMMM", "EEE") or piece.text[:1] in "yGg" else moment)
    name, form = _FORMAT[piece.text]
    number: int = getattr(day if name in ("year", "month", "day") else moment, name)
    return form % number


def _regex(pieces: tuple[Piece, ...]) -> "re.Pattern[str]":
    body = "".join(_group(piece.text) if piece.is_field else re.escape(piece.text) for piece in pieces)
    return re.compile(rf"\s*{body}\s*", re.ASCII)


_REGEXES: dict[str, "re.Pattern[str]"] = {}


def moment_in(pattern: str, value: Any) -> datetime:
    """The moment a text names, aware where the text has an offset; hour 24 is midnight of the next day."""
    regex = _REGEXES.get(pattern) or _REGEXES.setdefault(pattern, _regex(parse_pattern(pattern)))
    found = regex.fullmatch(value) if value.__class__ is str else None
    if found is None:
        raise Unreadable(f"expected a date written {pattern}, found {shown_date(value)}")
    parts = found.groupdict()
    try:
        day = datetime(_year(parts), _month(parts), int(parts.get("day") or 1), tzinfo=_zone_of(parts))
        day = since_its_begin(parts.get("era"), day)
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
