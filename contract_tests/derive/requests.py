"""The edits of a canonical request: fields missing or empty, each value of a code list, the edges of what it holds."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any

from contract_tests.derive.edit import DECISION, GONE, Path
from contract_tests.derive.texts import named_text
from contract_tests.derive.vocabulary import KIND, Vocabulary
from contract_tests.derive.walk import places
from gateway.model.kinds import EnumType, Field, Kind, ListType, MoneyType, Scalar, ScalarKind, StructType, UnionType
from gateway.model.reflect import NoSuchPath, resolve

Change = tuple[str, Path, Any]

DECIDING_MAX = 4
CHOICES_MAX = 120
DAYS = ("2024-02-29", "1900-01-01", "9999-12-31")
INSTANTS = ("2024-02-29T23:58:59+08:00", "2026-12-31T16:00:00+00:00", "2026-03-01T10:30:15.250+14:00")
TEXTS = (" a<B>&\"'|;=\\ ", "AbZ", "甲\n乙", "𠮷é€", "\ud800", "0")
AMOUNTS = (0, 1, -1, 123_456_789_012_345)
CURRENCIES = ("CNY", "USD", "JPY")
NUMBERS = (0, 1, 2, 99, 2**53 + 1)
DECIMALS = ("0", "0.005", "1.50", "12345678901.123456")
SHARES = ("1", "1/3", "0.25")
SHARE_LENGTH = 8
KINDS_MAX, LONG = 6, "N" * 80


def request_changes(told: Any, kind: StructType, words: Vocabulary) -> Iterator[Change]:
    """Every change of one request; `words` are what the mapping knows of the values of its fields."""
    lengths = words.lengths
    for at, value in places(told):
        field = _field(kind, at)
        yield "missing", at, GONE
        yield "null", at, None
        if isinstance(value, list):
            yield from _of_list(at, value)
            yield from _several(at, value, words)
            yield from _of_kinds(at, value, field.type if field is not None else None, words)
        elif field is not None and not isinstance(value, dict):
            yield from (("edge", at, other) for other in edges(field.type, value, lengths.get(at[-1], ())))
        elif isinstance(value, dict) and field is not None:
            yield from _money(at, value, field.type)
            yield from _full(at, value, field.type)
    yield from _full((), told, kind)
    yield from _absent(told, kind, (), words)


def request_combinations(told: Any, words: Vocabulary) -> Iterator[Change]:
    """The fields that one row's conditions ask for, in the combinations of what is asked of them."""
    for name, path in words.defaults:
        missing = ("/".join(at) for at, _ in places(told) if at[-1] == name)
        yield from ((DECISION, (at, "/".join(path)), [None, named_text(name)]) for at in missing)
    found = [at for at, value in places(told) if isinstance(value, str) and "1" not in at and "2" not in at]
    for names in words.together:
        chosen = [at for at in found if at[-1] in names][:DECIDING_MAX]
        values = [tuple(dict.fromkeys(each for each in words.asked[at[-1]] if isinstance(each, str))) for at in chosen]
        if len(chosen) > 1 and all(len(each) > 1 for each in values):
            where = tuple("/".join(at) for at in chosen)
            yield from ((DECISION, where, list(each)) for each in islice(product(*values), CHOICES_MAX))


def _of_list(at: Path, items: list[Any]) -> Iterator[Change]:
    yield "items", at, []
    if items:
        yield "twice", at, [*items, _again(items[-1])]
    if len(items) > 1:
        yield "first", at, items[:1]
        yield "order", at, items[::-1]


def _again(item: Any) -> Any:
    """An item once more, under a name of its own where items have names."""
    return {**item, "ref": f"{item['ref']}1"} if isinstance(item, dict) and "ref" in item else item


def _several(at: Path, items: list[Any], words: Vocabulary) -> Iterator[Change]:
    """Beside the last item one that is the same but for what conditions ask for, after it and before it."""
    last = items[-1] if items and isinstance(items[-1], dict) else {}
    for name, value in last.items():
        for other in words.asked.get(name, ()) if isinstance(value, str) else ():
            if isinstance(other, str) and other != value:
                more = {**last, name: other}
                yield from (("several", at, [*items, more]), ("several", at, [more, *items]))


def _of_kinds(at: Path, items: list[Any], kind: Kind | None, words: Vocabulary) -> Iterator[Change]:
    """Items of every kind that the mapping tells apart: beside those that are there, and alone with a long number."""
    item = kind.item if isinstance(kind, ListType) else None
    if isinstance(item, UnionType):
        for tag, member in item.members.items():
            told = items[0] if items and isinstance(items[0], dict) else {}
            common = {name: value for name, value in told.items() if name in member.fields and name != tag}
            yield "member", at, [{**_object(member, 0, full=True), **common, item.tag_field: tag}]
        return
    field = item.fields.get(KIND) if isinstance(item, StructType) else None
    if not isinstance(item, StructType) or field is None or not isinstance(field.type, EnumType):
        return
    for value in field.type.values if len(field.type.values) <= KINDS_MAX else words.kinds:
        if value in field.type.values:
            sample = {**_object(item, 1, full=True), KIND: value}
            yield "kind", at, [*items, sample]
            yield "kind", at, [{**sample, "no": LONG} if "no" in sample else sample]


def _full(at: Path, value: Mapping[str, Any], kind: Kind) -> Iterator[Change]:
    """An object with everything that the model has room for; of what is there nothing is changed."""
    kind = _meant(kind, value)
    if isinstance(kind, StructType):
        more = {name: one for name, one in _object(kind, 1, full=True).items() if value.get(name) in (None, [])}
        if len(more) > 1:
            yield "full", at, {**value, **more}


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


def _absent(told: Any, kind: Kind, at: Path, words: Vocabulary) -> Iterator[Change]:
    """What the model has room for and this request does not say."""
    kind = _meant(kind, told)
    if isinstance(kind, ListType) and isinstance(told, list):
        for number, item in enumerate(told[:2]):
            yield from _absent(item, kind.item, (*at, str(number)), words)
    if not isinstance(kind, StructType) or not isinstance(told, dict):
        return
    for name, field in kind.fields.items():
        if name in told and told[name] not in (None, []):
            yield from _absent(told[name], field.type, (*at, name), words)
        else:
            yield from (("added", (*at, name), value) for value in samples(field.type, name=name))
            if isinstance(field.type, ListType):
                yield from _of_kinds((*at, name), [], field.type, words)
                yield from (("added", (*at, name), several) for several in _two(field.type.item))
            elif field.type == Scalar(ScalarKind.text):
                yield from (("added", (*at, name), value) for value in words.told.get(name, ()))


def _meant(kind: Kind, told: Any) -> Kind:
    if isinstance(kind, UnionType) and isinstance(told, dict):
        return kind.members.get(str(told.get(kind.tag_field)), kind)
    return kind


SAMPLE_DEPTH_MAX = 3


def samples(kind: Kind, depth: int = 0, name: str = "") -> Iterator[Any]:
    """Some values of a kind; of an object the fullest one and the one with only what it must have."""
    match kind:
        case EnumType():
            yield from kind.values
        case MoneyType():
            yield {"amount": 12_345, "currency": "CNY"}
        case Scalar(ScalarKind.text):
            yield from ("N1", "甲乙") if not depth else (named_text(name),)
        case Scalar():
            yield from list(edges(kind, None, ()))[: 3 if not depth else 1]
        case ListType():
            yield from ([value] for value in samples(kind.item, depth + 1, name))
        case StructType() if depth < SAMPLE_DEPTH_MAX:
            yield _object(kind, depth, full=True)
            yield _object(kind, depth, full=False)
        case UnionType() if depth < SAMPLE_DEPTH_MAX:
            for tag, member in kind.members.items():
                yield {kind.tag_field: tag, **_object(member, depth, full=True)}


def _two(item: Kind) -> Iterator[Any]:
    """A list of two values."""
    found = list(samples(item))[:2]
    if len(found) > 1 and not isinstance(item, StructType | UnionType):
        yield found


def _object(kind: StructType, depth: int, *, full: bool) -> dict[str, Any]:
    found = {
        name: next(iter(samples(field.type, depth + 1, name)), None)
        for name, field in kind.fields.items()
        if full or field.required
    }
    return {name: value for name, value in found.items() if value is not None}


def _field(kind: StructType, at: Path) -> Field | None:
    try:
        return resolve(kind, at)
    except (NoSuchPath, TypeError):
        return None
