"""Patterns of dates and times: `yyyyMMdd`, `dd-MMM-yyyy`, `yyyy'年'MM'月'`, or `iso`, `epoch_s`, `epoch_ms`, `excel`.

A pattern is taken apart once, when a mapping is checked or a generated module is imported. Letters mean what they mean
in the carriers' own documents (yyyy MM dd HH mm ss SSS MMM, EEE the day of the week); a single letter (M d H m s) is
the unpadded form; k counts hours up to 24, so that midnight is hour 24 of the day before; h with a is the half day
(08 PM); X is the offset (`XXX` +08:00, `XX` +0800, both Z for UTC; `xxx` and `xx` never Z); yy alone is sent only, and
with the first of its hundred years behind it (`yy1950`: 1950 to 2049) read as well; `yyy1911` is a year counted from
another one, of three digits (115 is 2026), `y1911` unpadded. G is a Japanese era (`GGGG` 令和, `G` R, `g` 5), y or yy
beside it the year in it. A zone is an offset (`+08:00`, `Z`) or a name of the IANA data base (`Asia/Shanghai`). `..`
behind a day: what follows it is not looked at when reading.
"""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

NAMED = ("iso", "epoch_s", "epoch_ms", "excel")

FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_FIELDS = (
    "yyyy", "yy", "y", "GGGG", "G", "g", "MMMM", "MMM", "MM", "M", "dd", "d", "HH", "H", "kk", "k", "hh", "h", "mm",
    "m", "ss", "s", "SSSSSS", "SSS", "a", "XXX", "xxx", "XX", "xx", "EEE",
)  # fmt: skip
_SHORT_YEAR = re.compile(r"yy(\d{4})")
_COUNTED_YEAR = re.compile(r"(y|yyy)(\d{4})")
_FIELD = rf"y{{1,3}}\d{{4}}|{'|'.join(sorted(_FIELDS, key=len, reverse=True))}|\.\.$"
_PIECE = re.compile(rf"'([^']*)'|({_FIELD})|([A-Za-z]+)|([^A-Za-z'.]+|\.)|(')")


class Piece(Struct, frozen=True):
    """One part of a pattern: a field (`yyyy`) or literal text."""

    text: str
    is_field: bool


@lru_cache(maxsize=512)
def parse_pattern(pattern: str) -> tuple[Piece, ...]:
    """The pieces of a pattern; a named form has none. Raises `ValueError` for letters that mean nothing."""
    if pattern in NAMED:
        return ()
    pieces = _in_era(tuple(_piece(pattern, found) for found in _PIECE.finditer(pattern)))
    fields = [piece.text for piece in pieces if piece.is_field]
    if not fields:
        raise ValueError(f"'{pattern}' is no date pattern; use {' '.join(_FIELDS)} or {', '.join(NAMED)}")
    parts = [_part_of(field) for field in fields]
    if "minute" in parts and not {"hour", "half-day hour"} & set(parts) and CALENDAR_PARTS & set(parts):
        raise ValueError(f"'{pattern}': mm is the minute of an hour, and there is no hour; the month is MM")
    if ("half-day" in parts) != ("half-day hour" in parts):
        raise ValueError(f"'{pattern}': h counts to 12 and needs a beside it (AM or PM); HH counts to 23, kk to 24")
    if ("era" in parts) != ("era's year" in parts):
        raise ValueError(f"'{pattern}': G is an era and y the year in it (GGGGy, Gyy); a year alone is yyyy")
    if "rest" in parts and not set(parts) <= CALENDAR_PARTS:
        raise ValueError(f"'{pattern}': '..' stands behind a day alone, as in yyyy-MM-dd..")
    if len(set(parts)) != len(parts):
        raise ValueError(f"'{pattern}' names the same part twice")
    return pieces


def _in_era(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces, those of a year that stand beside an era being its year."""
    if not any(piece.is_field and piece.text in ("GGGG", "G", "g") for piece in pieces):
        return pieces
    return tuple(Piece(f"{p.text}G", is_field=True) if p.is_field and p.text in ("y", "yy") else p for p in pieces)


def _piece(pattern: str, found: "re.Match[str]") -> Piece:
    quoted, field, letters, literal, stray = found.groups()
    if field is not None:
        return Piece(field, is_field=True)
    if letters is not None or stray is not None:
        meant = _MEANT.get((letters or "")[:1])
        hint = f"{meant[0]} is {meant[1]}" if meant else f"quote literal text: '{letters}'"
        raise ValueError(f"'{found.group()}' in '{pattern}' is no part of a date; {hint}")
    return Piece(quoted if quoted is not None else literal, is_field=False)


# What other tools call differently.
_MEANT = {
    "Y": ("yyyy", "the year"),
    "D": ("dd", "the day"),
    "Z": ("xx", "the offset"),
    "S": ("SSS", "the milliseconds"),
}

_PART = {
    "yyyy": "year", "yy": "century's year", "MMMM": "month", "MMM": "month", "MM": "month", "M": "month", "dd": "day",
    "d": "day", "HH": "hour", "H": "hour", "kk": "hour", "k": "hour", "hh": "half-day hour", "h": "half-day hour",
    "a": "half-day", "mm": "minute", "m": "minute", "ss": "second", "s": "second", "SSS": "fraction",
    "SSSSSS": "fraction", "XXX": "offset", "xxx": "offset", "XX": "offset", "xx": "offset", "EEE": "weekday",
    "..": "rest", "GGGG": "era", "G": "era", "g": "era", "y": "era's year", "yG": "era's year", "yyG": "era's year",
}  # fmt: skip


def first_year(field: str) -> int | None:
    """The first year a year of two digits can mean, where the pattern says it (`yy1950`)."""
    found = _SHORT_YEAR.fullmatch(field)
    return int(found.group(1)) if found is not None else None


def counted_from(field: str) -> int | None:
    """The year a year is counted from (`yyy1911`)."""
    found = _COUNTED_YEAR.fullmatch(field)
    return int(found.group(2)) if found is not None else None


def _part_of(field: str) -> str:
    is_year = first_year(field) is not None or counted_from(field) is not None
    return _PART["yyyy"] if is_year else _PART[field]


def parts_of(pattern: str) -> frozenset[str]:
    """Which parts (year, month, ...) a pattern names; for named forms those it implies."""
    if pattern in NAMED:
        return frozenset(_PART.values())
    parts = frozenset(_part_of(piece.text) for piece in parse_pattern(pattern) if piece.is_field)
    return parts | {"year"} if "era's year" in parts else parts


DAY_PARTS = frozenset({"year", "month", "day"})
CALENDAR_PARTS = DAY_PARTS | {"weekday", "century's year", "rest", "era", "era's year"}
TIME_PARTS = frozenset({"hour", "half-day hour", "half-day", "minute", "second", "fraction"})


def only_parts(pattern: str, allowed: frozenset[str], what: str) -> None:
    """Refuse a pattern that names a part the value does not have: a date has no hour, a time no day."""
    foreign = (set() if pattern in NAMED else parts_of(pattern)) - allowed
    if foreign or (what == "time" and pattern in NAMED and pattern != "iso"):
        always = "; what always stands there is quoted: yyyy-MM-dd'T00:00:00'" if foreign & TIME_PARTS else ""
        named = ", ".join(sorted(foreign)) or "a day"
        raise ValueError(f"{what}: '{pattern}' names {named}, which it does not have{always}")


def is_readable_day(pattern: str) -> bool:
    """Whether a text in this pattern tells one calendar day."""
    return parts_of(pattern) >= DAY_PARTS


def is_readable_instant(pattern: str) -> bool:
    """Whether a text in this pattern tells an instant (with the carrier's zone; a missing time is midnight)."""
    return parts_of(pattern) >= DAY_PARTS


def is_readable_time(pattern: str) -> bool:
    """Whether a text in this pattern tells a time of day: it names the hour, and no part of a day."""
    parts = parts_of(pattern)
    return bool(parts & {"hour", "half-day hour"}) and not parts & CALENDAR_PARTS


_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


@lru_cache(maxsize=256)
def parse_zone(text: str) -> tzinfo:
    """The zone written as an offset or a name; raises `ValueError` for anything else."""
    if text in ("Z", "UTC"):
        return UTC
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        if offset > timedelta(hours=14) or int(minutes) > 59:
            raise ValueError(f"'{text}' is no offset in use; offsets go from -12:00 to +14:00")
        return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"'{text}' is neither an offset (+08:00) nor a zone name (Asia/Shanghai)") from None
