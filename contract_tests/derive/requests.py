"""The edits of a canonical request: fields missing or empty, each value of a code list, the edges of what it holds."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any

from contract_tests.derive.edit import DECISION, GONE, Path
from contract_tests.derive.walk import places
from gateway.model.kinds import EnumType, Field, Kind, ListType, MoneyType, Scalar, ScalarKind, StructType, UnionType
from gateway.model.reflect import NoSuchPath, resolve

Change = tuple[str, Path, Any]

DECIDING_MAX = 4
CHOICES_MAX = 120
DAYS = ("2024-02-29", "1900-01-01", "9999-12-31")
INSTANTS = ("2024-02-29T23:59:59+08:00", "2026-12-31T16:00:00+00:00", "2026-03-01T10:30:15.250+14:00")
TEXTS = (" a<B>&\"'|;=\\ ", "AbZ", "甲\n乙", "𠮷é€", "\ud800", "0")
AMOUNTS = (0, 1, -1, 123_456_789_012_345)
CURRENCIES = ("CNY", "USD", "JPY")
NUMBERS = (0, 1, 2, 99, 2**53 + 1)
DECIMALS = ("0", "0.005", "1.50", "12345678901.123456")
SHARES = ("1", "1/3", "0.25")
SHARE_LENGTH = 8


def request_changes(told: Any, kind: StructType, lengths: Mapping[str, Iterable[int]]) -> Iterator[Change]:
    """Every change of one request; `lengths` are the longest texts by the field's name, in bytes."""
    for at, value in places(told):
        field = _field(kind, at)
        yield "missing", at, GONE
        yield "null", at, None
        if isinstance(value, list):
            yield from _of_list(at, value)
        elif field is not None and not isinstance(value, dict):
            yield from (("edge", at, other) for other in edges(field.type, value, lengths.get(at[-1], ())))
        elif isinstance(value, dict) and field is not None:
            yield from _money(at, value, field.type)
    yield from _absent(told, kind, (), lengths)


def request_combinations(told: Any, asked: Mapping[str, Iterable[Any]]) -> Iterator[Change]:
    """The fields that conditions ask for, in the combinations of what is asked of them."""
    found = (at for at, value in places(told) if isinstance(value, str) and len(set(asked.get(at[-1], ()))) > 1)
    chosen = list(islice(found, DECIDING_MAX))
    values = [tuple(dict.fromkeys(value for value in asked[at[-1]] if isinstance(value, str))) for at in chosen]
    if len(chosen) > 1:
        where = tuple("/".join(at) for at in chosen)
        yield from ((DECISION, where, list(each)) for each in islice(product(*values), CHOICES_MAX))


def _of_list(at: Path, items: list[Any]) -> Iterator[Change]:
    yield "items", at, []
    if items:
        yield "items", at, [*items, _again(items[-1])]
        yield "items", at, [*items, _again(items[-1]), _again(items[-1], 2)]
    if len(items) > 1:
        yield "items", at, items[:1]
        yield "order", at, items[::-1]


def _again(item: Any, number: int = 1) -> Any:
    """An item once more, under a name of its own where items have names."""
    return {**item, "ref": f"{item['ref']}{number}"} if isinstance(item, dict) and "ref" in item else item


def _money(at: Path, value: Mapping[str, Any], kind: Kind) -> Iterator[Change]:
    if isinstance(kind, MoneyType):
        yield from (("edge", (*at, "amount"), amount) for amount in AMOUNTS if amount != value.get("amount"))
        yield from (("edge", (*at, "currency"), code) for code in CURRENCIES if code != value.get("currency"))


def edges(kind: Kind, value: Any, lengths: Iterable[int]) -> Iterator[Any]:
    """Other values of a kind: all of a code list, the edges of what has an order, texts that hide something."""
    match kind:
        case EnumType():
            found: Iterable[Any] = kind.values
        case Scalar(ScalarKind.bool):
            found = (True, False)
        case Scalar(ScalarKind.int):
            found = NUMBERS
        case Scalar(ScalarKind.decimal):
            found = DECIMALS
        case Scalar(ScalarKind.date):
            found = DAYS
        case Scalar(ScalarKind.datetime):
            found = INSTANTS
        case Scalar(ScalarKind.text):
            share = SHARES if isinstance(value, str) and value[:1].isdigit() and len(value) < SHARE_LENGTH else ()
            found = (*TEXTS, "", *share, *(text for most in lengths for text in _as_long_as(most)))
        case _:
            found = ()
    yield from (other for other in found if other != value)


def _as_long_as(most: int) -> Iterator[str]:
    """Texts of exactly so many bytes and of one more, in one byte a character and in several."""
    yield from ("x" * most, "x" * (most + 1), "甲" * (most // 3), "甲" * (most // 3 + 1), "甲" * (most // 2 + 1))


def _absent(told: Any, kind: Kind, at: Path, lengths: Mapping[str, Iterable[int]]) -> Iterator[Change]:
    """What the model has room for and this request does not say."""
    kind = _meant(kind, told)
    if isinstance(kind, ListType) and isinstance(told, list):
        for number, item in enumerate(told[:2]):
            yield from _absent(item, kind.item, (*at, str(number)), lengths)
    if not isinstance(kind, StructType) or not isinstance(told, dict):
        return
    for name, field in kind.fields.items():
        if name in told and told[name] not in (None, []):
            yield from _absent(told[name], field.type, (*at, name), lengths)
        else:
            yield from (("added", (*at, name), value) for value in samples(field.type))


def _meant(kind: Kind, told: Any) -> Kind:
    if isinstance(kind, UnionType) and isinstance(told, dict):
        return kind.members.get(str(told.get(kind.tag_field)), kind)
    return kind


SAMPLE_DEPTH_MAX = 3


def samples(kind: Kind, depth: int = 0) -> Iterator[Any]:
    """Some values of a kind; of an object the fullest one and the one with only what it must have."""
    match kind:
        case EnumType():
            yield from kind.values
        case MoneyType():
            yield {"amount": 12_345, "currency": "CNY"}
        case Scalar(ScalarKind.text):
            yield from ("N1", "甲乙") if not depth else ("N1",)
        case Scalar():
            yield from list(edges(kind, None, ()))[: 3 if not depth else 1]
        case ListType():
            yield from ([value] for value in samples(kind.item, depth + 1))
        case StructType() if depth < SAMPLE_DEPTH_MAX:
            yield _object(kind, depth, full=True)
            yield _object(kind, depth, full=False)
        case UnionType() if depth < SAMPLE_DEPTH_MAX:
            for tag, member in kind.members.items():
                yield {kind.tag_field: tag, **_object(member, depth, full=True)}


def _object(kind: StructType, depth: int, *, full: bool) -> dict[str, Any]:
    found = {
        name: next(iter(samples(field.type, depth + 1)), None)
        for name, field in kind.fields.items()
        if full or field.required
    }
    return {name: value for name, value in found.items() if value is not None}


def _field(kind: StructType, at: Path) -> Field | None:
    try:
        return resolve(kind, at)
    except (NoSuchPath, TypeError):
        return None
