"""Shared by the tests of the vocabulary: an instant to stand at, and random canonical values."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

import pytest
from hypothesis import strategies as st

from gateway.model import Money
from gateway.model.kinds import EnumType, Field, Kind, ListType, MapType, MoneyType, Scalar, StructType, UnionType
from gateway.model.reflect import describe

BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2025, 8, 1, 12, tzinfo=BEIJING)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=3,
)
_SCALARS = {
    "text": st.text(max_size=12),
    "int": st.integers(-(2**31), 2**31),
    "bool": st.booleans(),
    "decimal": st.decimals(-1000, 1000, places=4),
    "date": st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    "datetime": st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, BEIJING])),  # noqa: DTZ001
    "bytes": st.binary(max_size=8),
    "json": _JSON,
}
_MONEY = st.builds(Money, amount=st.integers(-(10**12), 10**12), currency=st.sampled_from(["CNY", "JPY", "KWD"]))


def values_of(kind: Kind, field: Field | None = None):
    """A strategy of values of a kind of the vocabulary."""
    match kind:
        case StructType():
            return _structs(kind)
        case UnionType():
            return st.one_of([_structs(member) for member in kind.members.values()])
        case ListType():
            least = 1 if field is not None and field.required else 0
            return st.lists(values_of(kind.item), min_size=least, max_size=2).map(tuple)
        case MapType():
            return st.dictionaries(st.text(max_size=6), values_of(kind.value), max_size=2)
        case EnumType():
            return st.sampled_from(list(kind.cls))
        case MoneyType():
            return _MONEY
        case Scalar():
            return _patterned(field) if field is not None and field.pattern else _SCALARS[kind.kind]


def _patterned(field: Field):
    examples = {"share": ["1", "1/3"], "product": ["freight-return@3", "a@2025.1"]}
    return st.sampled_from(examples[field.name])


def _structs(kind: StructType):
    optional = {}
    required = {}
    for field in kind.fields.values():
        values = values_of(field.type, field)
        if field.required:
            required[field.attribute] = values
        else:
            # Most fields of most requests are absent: a small example fails more readably than a full one.
            optional[field.attribute] = st.one_of(st.just(field.default), values)
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: kind.cls(**given))


@pytest.fixture(scope="session")
def random_of():
    """Gives the strategy of random values of a Struct of the vocabulary."""
    return cache(lambda cls: values_of(describe(cls)))


@pytest.fixture
def now() -> datetime:
    """Noon of 1 August 2025 in Beijing."""
    return NOW
