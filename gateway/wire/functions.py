"""The pure functions of the mapping language's expressions, and their registry.

The expression compiler reads `FUNCTIONS` to check names, arguments and kinds, and writes a call of `runtime` into the
generated module (or does the work inline where `runtime` is empty). Nothing given is nothing back: a function whose
first value is None answers None, so that an expression over an absent field is absent.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct

from gateway.wire.dates import date_codec, datetime_codec
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.expense import check_pattern
from gateway.wire.layers.json import json_in
from gateway.wire.limits import MATCH_TEXT_MAX
from gateway.wire.patterns import parse_pattern, parse_zone
from gateway.wire.plans import ROUNDINGS
from gateway.wire.shown import masked
from gateway.wire.trees import text_of

Kind = Literal[
    "text", "int", "bool", "number", "decimal", "date", "datetime", "day", "money", "gender", "list", "item",
    "condition", "any", "same",
]  # fmt: skip
"""`day` is a date or an instant, `same` the kind of the first argument; `condition` and `item` are worked out per
element, bound to the name `item`."""

Passed = Literal["now", "nonce", "request_no", "attempt_no", "answers", "zone"]


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter of a function. A `constant` is a literal in the mapping, checked when the mapping is.

    `otherwise` is the literal that is passed where an optional one in the middle or at the end is left out.
    """

    name: str
    kind: Kind
    constant: bool = False
    optional: bool = False
    otherwise: str | None = None
    check: Callable[[Any], None] | None = None


class FunctionSpec(Struct, frozen=True, kw_only=True):
    """One function of the expression language.

    `runtime` is the name exported by `gateway.wire`; empty means the compiler writes it inline. `passed` are values of
    the surroundings that come before the written arguments (`ctx.now`, `ctx.nonce`, `ctx.request_no`, `ctx.attempt_no`,
    `req.answers`) or, for `zone`, after them (the carrier's time zone, a text constant). `nullable` says that the
    answer can be None.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Kind
    runtime: str
    passed: tuple[Passed, ...] = ()
    nullable: bool = True


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


# --- the registry ---------------------------------------------------------------------------------------------------


def _check_pattern_of_dates(pattern: Any) -> None:
    parse_pattern(str(pattern))


def _check_zone(value: Any) -> None:
    parse_zone(value)


def _check_length(length: Any) -> None:
    if not isinstance(length, int) or not 1 <= length <= 128:
        raise ValueError("a number's length lies between 1 and 128 characters")


def _check_json(written: Any) -> None:
    try:
        json_in(str(written))
    except Unreadable as error:
        raise ValueError(str(error)) from None


def _check_small(number: Any) -> None:
    if not -_POSITION_MAX <= number <= _POSITION_MAX:
        raise ValueError(f"positions and widths lie between -{_POSITION_MAX} and {_POSITION_MAX}")


def _check_width(width: Any) -> None:
    _check_small(width)
    if width == 0:
        raise ValueError("a text cannot be filled to no characters")


def _check_character(fill: Any) -> None:
    if len(fill) != 1:
        raise ValueError("a text is filled with one character")


def _check_places(places: Any) -> None:
    if not 0 <= places <= _PLACES_MAX:
        raise ValueError(f"between 0 and {_PLACES_MAX} decimal places")


def _check_rounding(rounding: Any) -> None:
    if rounding not in ROUNDINGS:
        raise ValueError(f"unknown rounding '{rounding}'; known: {', '.join(ROUNDINGS)}")


def _check_not_empty(text: Any) -> None:
    if not text:
        raise ValueError("an empty text is found everywhere")


_POSITION_MAX = 10_000
_PLACES_MAX = 12


def _parameter(name: str, kind: Kind, **more: Any) -> Parameter:
    return Parameter(name=name, kind=kind, **more)


_PATTERN = _parameter("p", "text", constant=True, check=_check_pattern_of_dates)
_ZONE = _parameter("zone", "text", constant=True, optional=True, check=_check_zone)
_LENGTH = _parameter("n", "int", constant=True, check=_check_length)
_LENGTH_OR_ALL = _parameter("n", "int", constant=True, optional=True, check=_check_length)
_LIST = _parameter("items", "list")
_CONDITION = _parameter("condition", "condition")
_CONDITION_OR_NONE = _parameter("condition", "condition", optional=True)
_FROM_TO = (_parameter("from", "day"), _parameter("to", "day"))
_TEXT = _parameter("text", "text")
_DAY_AND_NUMBER = (_parameter("day", "day"), _parameter("n", "int"))
_PLACES = _parameter("places", "int", constant=True, check=_check_places)
_ROUNDING = _parameter("rounding", "text", constant=True, optional=True, otherwise="half_up", check=_check_rounding)
_SEPARATOR = _parameter("separator", "text", constant=True, check=_check_not_empty)


def _position(name: str, **more: Any) -> Parameter:
    return _parameter(name, "int", constant=True, check=_check_small, **more)


def _spec(name: str, parameters: tuple[Parameter, ...], result: Kind, runtime: str, **more: Any) -> FunctionSpec:
    return FunctionSpec(name=name, parameters=parameters, result=result, runtime=runtime, **more)


_ALL = (
    _spec("now", (_PATTERN, _ZONE), "text", "now_text", passed=("now", "zone"), nullable=False),
    _spec("nonce", (_LENGTH,), "text", "nonce_text", passed=("nonce",), nullable=False),
    _spec("request_no", (_LENGTH_OR_ALL,), "text", "number_cut", passed=("request_no",), nullable=False),
    _spec("attempt_no", (_LENGTH_OR_ALL,), "text", "number_cut", passed=("attempt_no",), nullable=False),
    _spec("answer", (_parameter("question", "text", constant=True),), "any", "answer", passed=("answers",)),
    _spec("count", (_LIST, _CONDITION_OR_NONE), "int", "count", nullable=False),
    _spec("first", (_LIST, _CONDITION_OR_NONE), "item", "first"),
    _spec("any", (_LIST, _CONDITION), "bool", "", nullable=False),
    _spec("all", (_LIST, _CONDITION), "bool", "", nullable=False),
    _spec("sum", (_LIST, _parameter("value", "item")), "number", "", nullable=False),
    _spec("text", (_parameter("value", "any"),), "text", "text"),
    _spec("upper", (_TEXT,), "text", "upper"),
    _spec("lower", (_TEXT,), "text", "lower"),
    _spec("trim", (_TEXT,), "text", "trim"),
    _spec("length", (_TEXT,), "int", "length"),
    _spec("uuid", (_TEXT,), "text", "uuid_of"),
    _spec("slice", (_TEXT, _position("from"), _position("to", optional=True)), "text", "slice_of"),
    _spec("part", (_TEXT, _SEPARATOR, _position("i")), "text", "part_of"),
    _spec(
        "replace",
        (
            _TEXT,
            _parameter("old", "text", constant=True, check=_check_not_empty),
            _parameter("new", "text", constant=True),
        ),
        "text",
        "replaced",
    ),
    _spec(
        "pad",
        (
            _TEXT,
            _parameter("n", "int", constant=True, check=_check_width),
            _parameter("c", "text", constant=True, optional=True, check=_check_character),
        ),
        "text",
        "padded",
    ),
    _spec("join", (_LIST, _parameter("value", "item"), _SEPARATOR), "text", ""),
    _spec("position", (_LIST, _CONDITION), "int", ""),
    _spec("min", (_LIST, _parameter("value", "item")), "item", ""),
    _spec("max", (_LIST, _parameter("value", "item")), "item", ""),
    _spec(
        "allot",
        (_parameter("total", "int"), _LIST, _parameter("weight", "item"), _parameter("n", "int")),
        "int",
        "",
    ),
    _spec("divide", (_parameter("a", "number"), _parameter("b", "number"), _PLACES, _ROUNDING), "decimal", "divided"),
    _spec("round", (_parameter("number", "number"), _PLACES, _ROUNDING), "decimal", "rounded"),
    _spec("money", (_parameter("amount", "int"), _parameter("currency", "text")), "money", "money_of"),
    _spec("id_birth_date", (_parameter("number", "text"),), "date", "id_birth_date"),
    _spec("id_gender", (_parameter("number", "text"),), "gender", "id_gender"),
    _spec("surname", (_parameter("name", "text"),), "text", "surname"),
    _spec("given_name", (_parameter("name", "text"),), "text", "given_name"),
    _spec("today", (), "date", "today_of", passed=("now", "zone"), nullable=False),
    _spec("add_days", _DAY_AND_NUMBER, "same", "days_later", passed=("zone",)),
    _spec("add_months", _DAY_AND_NUMBER, "same", "months_later", passed=("zone",)),
    _spec("add_years", _DAY_AND_NUMBER, "same", "years_later", passed=("zone",)),
    _spec("json", (_parameter("text", "text", constant=True, check=_check_json),), "any", ""),
    _spec(
        "match",
        (
            _TEXT,
            _parameter("pattern", "text", constant=True, check=check_pattern),
            _parameter("group", "int", constant=True, optional=True),
        ),
        "text",
        "match",
    ),
    _spec("days", _FROM_TO, "int", "days", passed=("zone",)),
    _spec("months", _FROM_TO, "int", "months", passed=("zone",)),
    _spec("years", _FROM_TO, "int", "years", passed=("zone",)),
    _spec("age", _FROM_TO, "int", "age", passed=("zone",)),
    _spec("date", (_TEXT, _PATTERN), "date", "date_of"),
    _spec("datetime", (_TEXT, _PATTERN), "datetime", "datetime_of", passed=("zone",)),
    _spec("encode", (_parameter("value", "any"), _parameter("codec", "text", constant=True)), "text", ""),
    _spec("decode", (_TEXT, _parameter("codec", "text", constant=True)), "any", ""),
    _spec(
        "lookup",
        (
            _parameter("table", "text", constant=True),
            _parameter("key", "text"),
            _parameter("column", "text", constant=True, optional=True),
        ),
        "text",
        "lookup",
    ),
)

FUNCTIONS: Mapping[str, FunctionSpec] = {spec.name: spec for spec in _ALL}
"""Every function an expression may call, by the name it has there."""
