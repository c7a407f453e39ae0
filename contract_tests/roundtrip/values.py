"""Hypothesis strategies from the canonical schema: a value for every path a shape carries, within what its rows say."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from cli.mapping.tree import Codec
from contract_tests.roundtrip.plan import Branch, Leaf
from gateway.model.kinds import EnumType, Field, Kind, ListType, MoneyType, Scalar, ScalarKind, StructType
from gateway.model.reflect import describe

Draw = Any
Tables = Mapping[str, tuple[str, ...]]
"""For each code table the canonical values that come back as they were sent."""

_ALPHABET = "ABCXYZ0129張三李é 甲-"
_TEXT_MAX = 12
_DAY_MIN, _DAY_MAX = date(1900, 1, 1), date(2099, 12, 31)
_START = datetime(2020, 1, 1, tzinfo=UTC) - timedelta(hours=8)
ABSENT = object()


Made = tuple[Any, Any]
"""A value as plain data, and what of it must come back: True, False, or the same for each field or item."""


@st.composite
def objects(draw: Draw, kind: StructType, plan: Branch, tables: Tables) -> Made:
    """One object: what the plan carries, and what the model cannot do without."""
    return _object(draw, kind, plan, tables)


def _object(draw: Draw, kind: StructType, plan: Branch, tables: Tables) -> Made:
    found = {
        name: _value(draw, kind.fields[name], inner, tables)
        for name, inner in plan.inside.items()
        if name in kind.fields and (kind.fields[name].required or draw(st.integers(0, 4)))
    }
    for cases in plan.alternatives:
        chosen = draw(st.sampled_from(cases))
        for name, inner in chosen.inside.items():
            found[name] = _joined(found.get(name), _value(draw, kind.fields[name], inner, tables))
    found = {name: made for name, made in found.items() if made[0] is not ABSENT}
    for name, each in kind.fields.items():
        if each.required and name not in found:
            found[name] = (_needed(draw, each), False)
    return {name: value for name, (value, _) in found.items()}, {name: told for name, (_, told) in found.items()}


def _joined(before: Made | None, made: Made) -> Made:
    """What a case says, over what rows have said of the same object."""
    if before is None or not isinstance(before[0], dict) or not isinstance(made[0], dict):
        return made
    return {**before[0], **made[0]}, {**before[1], **made[1]}


def _value(draw: Draw, told: Field, inner: "Leaf | Branch", tables: Tables) -> Made:
    kind: Kind = told.type
    if isinstance(inner, Leaf):
        return (ABSENT, False) if inner.is_absent else (draw(leaf(kind, inner, tables)), inner.compared)
    if isinstance(kind, ListType):
        count = draw(st.integers(1 if inner.items == 1 else 0, max(inner.items, 1)))
        made = [_item(draw, kind.item, inner, tables) for _ in range(count)]
        return [value for value, _ in made], inner.compared and [compared for _, compared in made]
    if isinstance(kind, StructType):
        value, compared = _object(draw, kind, inner, tables)
        return value, inner.compared and compared
    return draw(leaf(kind, Leaf(), tables)), False


def _item(draw: Draw, kind: Kind, inner: Branch, tables: Tables) -> Made:
    plain = inner.inside.get(".")
    if isinstance(plain, Leaf):
        return draw(leaf(kind, plain, tables)), plain.compared
    assert isinstance(kind, StructType)
    return _object(draw, kind, inner, tables)


def _needed(draw: Draw, told: Field) -> Any:
    """A value for a field the model cannot do without and the shape does not carry."""
    if isinstance(told.type, StructType):
        return _object(draw, describe(told.type.cls), Branch(), {})[0]
    return draw(leaf(told.type, Leaf(), {}))


def leaf(kind: Kind, plan: Leaf, tables: Tables) -> st.SearchStrategy[Any]:
    """One single value, such as the row's codec can carry without loss."""
    codec = plan.codec
    if plan.choices:
        return st.sampled_from([each == "true" if kind == Scalar(ScalarKind.bool) else each for each in plan.choices])
    if codec is not None and codec.name == "enum":
        return st.sampled_from(tables[str(codec.arguments[0])])
    if isinstance(kind, EnumType):
        return st.sampled_from(kind.values)
    if isinstance(kind, MoneyType):
        return money(plan)
    return _scalar(kind, codec, plan)


def money(plan: Leaf) -> st.SearchStrategy[Any]:
    """An amount; of a rounded one only what rounding leaves alone."""
    step = 1_000_000 if plan.is_rounded else 1
    any_currency = plan.codec is not None and "major" in _words(plan.codec) and plan.has_own_currency
    currencies = st.sampled_from(["CNY", "EUR", "JPY"]) if any_currency else st.just("CNY")
    return st.fixed_dictionaries({"amount": st.integers(0, 10**9).map(lambda n: n * step), "currency": currencies})


def _words(codec: Codec) -> set[str]:
    inner = [_words(each) if isinstance(each, Codec) else {each} for each in codec.arguments]
    return {codec.name}.union(*inner)


def _scalar(kind: Kind, codec: Codec | None, plan: Leaf) -> st.SearchStrategy[Any]:
    name = codec.name if codec is not None else ""
    match kind:
        case Scalar(ScalarKind.bool):
            return st.booleans()
        case Scalar(ScalarKind.int):
            return st.integers(0, 9_999)
        case Scalar(ScalarKind.date):
            return st.dates(_DAY_MIN, _DAY_MAX).map(date.isoformat)
        case Scalar(ScalarKind.datetime):
            return _instants(str(codec.arguments[0]) if codec is not None and codec.arguments else "iso")
        case Scalar(ScalarKind.decimal):
            return st.decimals(0, 9_999, places=_places(codec)).map(str)
    if name == "percent":
        return st.integers(1, 100).map(_share)
    return texts(name, plan.bytes_max)


def _share(percent: int) -> str:
    return str(Fraction(percent, 100))


def _places(codec: Codec | None) -> int:
    first = codec.arguments[0] if codec is not None and codec.arguments else "2"
    return int(first) if isinstance(first, str) and first.isdigit() else 2


def _instants(pattern: str) -> st.SearchStrategy[str]:
    """Instants as fine as the pattern tells, on the carriers' clock."""
    fine = "iso" in pattern or "epoch" in pattern or "ss" in pattern
    seconds = 1 if fine else 60 if "mm" in pattern else 3_600 if "HH" in pattern else 86_400
    return st.integers(0, 10**9 // seconds).map(lambda n: (_START + timedelta(seconds=n * seconds)).isoformat())


def texts(codec: str, bytes_max: int | None) -> st.SearchStrategy[str]:
    """Texts that are not blank, in the letters the codec leaves alone, within the row's bytes."""
    if codec == "phone":
        return st.integers(0, 99).map(lambda n: f"138000000{n:02}")
    letters = _ALPHABET.lower() if codec == "lower" else _ALPHABET.upper() if codec in ("upper", "") else _ALPHABET
    most = min(_TEXT_MAX, (bytes_max or 60) // 4) or 1
    return st.text(letters, min_size=1, max_size=most).map(str.strip).filter(bool)
