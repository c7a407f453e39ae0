"""The pure functions of the mapping language's expressions, as a generated module calls them.

Nothing given is nothing back: a function whose first value is None answers None, so that an expression over an absent
field is absent. What an expression may call, and with what, stands in `function_specs.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from gateway.wire.dates import date_codec, datetime_codec
from gateway.wire.errors import CannotSend
from gateway.wire.limits import MATCH_TEXT_MAX
from gateway.wire.patterns import parse_zone
from gateway.wire.shown import masked
from gateway.wire.trees import text_of

# --- what the surroundings give -------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _instant_writer(pattern: str, zone: str) -> Callable[[datetime], str]:
    write: Callable[[datetime], str] = datetime_codec(pattern, zone, numbers=False).send
    return write


def now_text(now: datetime, pattern: str, zone: str, _carriers: str = "") -> str:
    """`now("yyyyMMdd")`: the attempt's instant, in the zone written or else the carrier's; always text."""
    return _instant_writer(pattern, zone)(now)


def nonce_text(nonce: Callable[[int], str], length: int) -> str:
    """`nonce(n)`: n unpredictable characters, new for every attempt."""
    return nonce(length)


def number_cut(number: str, length: int | None = None) -> str:
    """`request_no(n)`, `attempt_no(n)`: the number, its first n characters where the carrier allows no more."""
    if not number:
        raise CannotSend("the operation has no carrier request number")
    return number if length is None else number[:length]


def answer(answers: Sequence[Any] | None, question: str) -> Any:
    """`answer("smoker")`: the value given to a question, or None when it was not asked."""
    for given in answers or ():
        if given.question == question:
            return given.value
    return None


# --- lists ----------------------------------------------------------------------------------------------------------


def count(items: Any) -> int:
    """How many: the length of a list; nothing counts 0, one object counts 1 (a repeated element that came once)."""
    if items is None or items == "":
        return 0
    return len(items) if isinstance(items, list | tuple) else 1


def first(items: Any) -> Any:
    """The first element, or None; one object is its own first element."""
    if items is None:
        return None
    if isinstance(items, dict):
        return items
    return next(iter(items), None)


def items_of(value: Any) -> Sequence[Any]:
    """What `any`, `all`, `sum` walk over: a list, one object as a list of one, nothing as none."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def position_of(tests: Sequence[Any]) -> int | None:
    """`position(list, condition)`: the number of the first element that fits, from 1; None when none does."""
    return next((number for number, fits in enumerate(tests, 1) if fits), None)


# --- texts ----------------------------------------------------------------------------------------------------------


def text(value: Any) -> str | None:
    """`text(n)`: a number or code as text, as the mapping language writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return text_of(value)
    raise CannotSend(f"text() takes a number or a text, not {masked(value)}")


def upper(value: str | None) -> str | None:
    """`upper(text)`."""
    return None if value is None else value.upper()


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern)


def match(value: Any, pattern: str, group: int = 1) -> str | None:
    """`match(text, pattern[, group])`: what the group found anywhere in the text, or None.

    A pattern without groups gives the whole match. Only the first 512 characters of the text are looked at.
    """
    if value is None or isinstance(value, dict | list):
        return None
    found = _compiled(pattern).search(str(text_of(value))[:MATCH_TEXT_MAX])
    if found is None:
        return None
    return found.group(group) if found.re.groups >= group else found.group()


# --- calendar -------------------------------------------------------------------------------------------------------


def _day(value: date | datetime, zone: str) -> date:
    return value.astimezone(parse_zone(zone)).date() if isinstance(value, datetime) else value


def days(start: date | datetime | None, end: date | datetime | None, zone: str) -> int | None:
    """`days(from, to)`: whole days between, on the carrier's calendar; a period that is half-open counts right."""
    if start is None or end is None:
        return None
    if isinstance(start, datetime) and isinstance(end, datetime):
        where = parse_zone(zone)
        wall = end.astimezone(where).replace(tzinfo=UTC) - start.astimezone(where).replace(tzinfo=UTC)
        return wall.days
    return (_day(end, zone) - _day(start, zone)).days


def months(start: date | datetime | None, end: date | datetime | None, zone: str) -> int | None:
    """`months(from, to)`: whole calendar months completed between the two days."""
    if start is None or end is None:
        return None
    begun, ended = _day(start, zone), _day(end, zone)
    if ended < begun:
        raise CannotSend("months() counts forward: the end lies before the start")
    return (ended.year - begun.year) * 12 + ended.month - begun.month - (ended.day < begun.day)


def years(start: date | datetime | None, end: date | datetime | None, zone: str) -> int | None:
    """`years(from, to)`: whole years completed; from 29 February a year is completed on 1 March."""
    if start is None or end is None:
        return None
    begun, ended = _day(start, zone), _day(end, zone)
    if ended < begun:
        raise CannotSend("years() counts forward: the end lies before the start")
    return ended.year - begun.year - ((ended.month, ended.day) < (begun.month, begun.day))


age = years


@lru_cache(maxsize=256)
def _day_reader(pattern: str) -> Callable[[Any], date]:
    read: Callable[[Any], date] = date_codec(pattern, numbers=False).read
    return read


@lru_cache(maxsize=256)
def _instant_reader(pattern: str, zone: str) -> Callable[[Any], datetime]:
    read: Callable[[Any], datetime] = datetime_codec(pattern, zone, numbers=False).read
    return read


def date_of(value: Any, pattern: str) -> date | None:
    """`date(text, p)`: the day a text names, or None when there is no text."""
    return None if value is None or value == "" else _day_reader(pattern)(value)


def datetime_of(value: Any, pattern: str, zone: str) -> datetime | None:
    """`datetime(text, p)`: the instant a text names in the carrier's zone, or None when there is no text."""
    return None if value is None or value == "" else _instant_reader(pattern, zone)(value)


# --- code tables ----------------------------------------------------------------------------------------------------


def lookup(table: Mapping[str, Any], key: Any) -> Any:
    """`lookup("table", key[, "column"])`: the cell of a code table, or None; the compiler passes the column's dict."""
    return None if key is None else table.get(key)
