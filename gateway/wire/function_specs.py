"""The registry of the mapping language's functions: their names, what they take and what they give.

The expression compiler reads `FUNCTIONS` to check names, arguments and kinds, and writes a call of `runtime` into the
generated module (or does the work inline where `runtime` is empty).
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct

from gateway.model.money import CURRENCIES
from gateway.wire.errors import Unreadable
from gateway.wire.expense import check_pattern
from gateway.wire.layers.json import json_in
from gateway.wire.patterns import parse_pattern, parse_zone
from gateway.wire.plans import ROUNDINGS

Kind = Literal[
    "text", "int", "bool", "number", "decimal", "date", "datetime", "day", "money", "gender", "list", "item",
    "condition", "any", "same",
]  # fmt: skip
"""`day` is a date or an instant, `same` the kind of the first argument; `condition` and `item` are worked out per
element, bound to the name `item`."""

Passed = Literal["now", "nonce", "request_no", "attempt_no", "answers", "zone"]


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter of a function. A `constant` is a literal in the mapping; a literal is checked when the mapping is.

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


def _check_pattern_of_dates(pattern: Any) -> None:
    parse_pattern(str(pattern))


def _check_zone(value: Any) -> None:
    parse_zone(value)


def _check_currency(code: Any) -> None:
    if code not in CURRENCIES:
        raise ValueError(f"'{code}' is no ISO 4217 currency: three capital letters, such as CNY")


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
    _spec(
        "money",
        (_parameter("amount", "int"), _parameter("currency", "text", check=_check_currency)),
        "money",
        "money_of",
    ),
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
