"""Whose the fields of a carrier's messages are, and which of them hold codes and numbers of ours."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cli.mapping.resolve import Resolved, resolve
from cli.mapping.tree import CarrierTree, Layer, Message, Row, Text
from contract_tests.record.knowledge import calls_of
from gateway.catalogue.values import Faults
from gateway.model.kinds import Field, Kind, ListType, MapType, Scalar, ScalarKind, StructType, UnionType
from gateway.model.operations import OPERATIONS
from gateway.model.pii import PiiClass
from gateway.model.reflect import NoSuchPath, describe, struct_named

DEPTH_MAX = 12
PERHAPS = "perhaps a name"
"""The kind of a field that is called a name, and whose text is one unless it is a code or printed."""
_CODED = ("enum", "flag", "table", "code")
_KINDS = {
    "name": "name", "holder": "name", "buyer": "name", "family": "family", "given": "given", "phone": "phone",
    "email": "email", "birth_date": "birth_date", "line": "address", "line2": "address", "plate": "plate",
    "description": "prose", "detail": "prose", "note": "prose", "special_terms": "prose", "prior_conditions": "prose",
}  # fmt: skip
_OTHERS = ("licence_no", "engine_no", "vin", "imei", "serial", "device", "ip", "employer", "school", "account_id_hash")
_NUMBERS = {"id_docs": "identity", "phones": "phone", "bank_account": "card", "account": "card"}

# What fields are usually called, where the mapping does not say whose they are.
_WHO = (
    "applicant|appnt|insured|holder|policy_?holder|customer|cust|contact|owner|driver|buyer|payer|payee|real|full|user"
)
_USUAL = (
    ("identity", r"(id|cert|identity|idcard|id_?card|passport|证件)(_?no|_?num(ber)?|_?code|号码?)|身份证.*"),
    ("phone", r"(\w*_?)(phone|mobile|tel|telephone|cell|msisdn)(_?no|_?num(ber)?)?|手机号?|电话"),
    ("email", r"\w*e?_?mail(_?addr(ess)?)?|邮箱"),
    ("given", r"(\w*_?)(first|given|middle)_?name"), ("family", r"(\w*_?)(last|family|sur)_?name"),
    ("name", rf"({_WHO})_?name|姓名"), (PERHAPS, r"\w*(name|nm|xm)|\w*姓名"),
    ("birth_date", r"birth_?(day|date)?|date_?of_?birth|dob|出生日期"),
    ("address", r"\w*(street|addr(ess)?)(_?line)?_?\d?|地址"),
    ("plate", r"(plate|licen[cs]e_?plate|car)_?no|plate(_?num(ber)?)?|车牌号?"),
    ("card", r"(bank_?)?(card|account|acct)_?(no|num(ber)?)|卡号"),
    ("prose", r"(\w*_)?(remarks?|memo|comments?|notes?|free_?text)|备注|留言|附言"),
    ("credential", r"(\w+_|access|refresh)?(token|secret|password|passwd|pwd|api_?key|access_?key|session_?id)"),
)  # fmt: skip
_THINGS = re.compile(
    r"(\w*_?)(product|prod|plan|code|file|doc|document|risk|kind|class|type|category|item|goods|field|template|model|brand"
    r"|make|series|status|action|method|service|interface|api|app|channel|currency|coverage|cover|liability|duty|scheme"
    r"|package|clause|bank|org|organi[sz]ation|dept|branch|country|nation|province|city|district|county|host)"
    r"(s|es|list|info)?(_?(name|nm))?(_?(cn|en|zh))?|.*(产品|险种|计划|代码|文件)名称",
    re.IGNORECASE,
)
"""What bears a name and is no person: a field called so, or a `name` in something called so."""
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _USUAL)
_OURS = re.compile(r"(None if .* else )?(now|nonce|request_no|attempt_no|token|signature|uuid|config)\b.*")


def fields_of(tree: CarrierTree) -> dict[str, str]:
    """The kind of person's text that stands in a field, by the field's name on the wire; of one's own by `of.name`."""
    found: dict[str, str] = {}
    if tree.carrier.native:
        told = ((of, name, _named(field.type, name, of)) for of, name, field in _model() if _is_personal(field))
        return {f"{of}.{name}": kind for of, name, kind in told if kind is not None}
    resolved = resolve(tree, Faults())
    for message, of in _messages(resolved):
        for name, kind in _personal(message, of, 0):
            found.setdefault(name, kind)
    return found


def kind_of(place: tuple[str, ...], known: Mapping[str, str]) -> str | None:
    """The kind of a field by its path: as the mapping says, else by what such fields are usually called."""
    bare = place[-1].removeprefix("@")
    mapped = known.get(f"{place[-2]}.{bare}") if len(place) > 1 else None
    if mapped or bare in known:
        return mapped or known[bare]
    kind = next((kind for kind, pattern in _COMPILED if pattern.fullmatch(bare)), None)
    if kind != PERHAPS:
        return kind
    of = bare if bare.lower() not in ("name", "nm") else next((name for name in reversed(place[:-1]) if name), "")
    return None if _THINGS.fullmatch(of) else PERHAPS


def names_of(tree: CarrierTree) -> tuple[frozenset[str], frozenset[str]]:
    """The names of all fields that the mapping knows, and of those that hold codes or what we make ourselves."""
    texts: set[str] = set()
    coded: set[str] = set()
    for name, is_coded in _told_names(tree):
        (coded if is_coded else texts).add(name)
    for call in calls_of(tree):
        texts |= {_bare(path) for path, _ in call.constants}
        for path, source in call.expressions:
            (coded if _OURS.fullmatch(source.strip()) else texts).add(_bare(path))
        for layer in (*call.wire, *(each for reply in call.replies for each in reply)):
            coded |= _placed(layer)
    return frozenset(texts | coded), frozenset(coded - texts)


def _told_names(tree: CarrierTree) -> Iterator[tuple[str, bool]]:
    """Every field with whether it can only hold a code, a number or a date."""
    if tree.carrier.native:
        yield from ((name, not _is_text(field.type)) for _, name, field in _model())
        return
    for message, of in _messages(resolve(tree, Faults())):
        for row, kind in _rows(message, of, 0):
            if row.to is not None and row.to.segments:
                is_coded = row.codec is not None and row.codec.name in _CODED
                yield row.to.segments[-1].name.removeprefix("@"), is_coded or not _is_text(kind)


def _is_text(kind: Kind | None) -> bool:
    return kind is None or (isinstance(kind, Scalar) and kind.kind in (ScalarKind.text, ScalarKind.json))


def _model() -> tuple[tuple[str, str, Field], ...]:
    """Every field of the canonical model: in what it stands, its name, what it is."""
    found: dict[tuple[str, str], Field] = {}
    seen: set[tuple[str, int]] = set()
    for operation in OPERATIONS.values():
        for of in (operation.request, operation.result):
            _walk(describe(of), "", found, seen)
    return tuple((of, name, field) for (of, name), field in found.items())


def _walk(kind: Kind, of: str, found: dict[tuple[str, str], Field], seen: set[tuple[str, int]]) -> None:
    match kind:
        case ListType():
            _walk(kind.item, of, found, seen)
        case MapType():
            _walk(kind.value, of, found, seen)
        case UnionType():
            for member in kind.members.values():
                _walk(member, of, found, seen)
        case StructType() if (of, id(kind)) not in seen:
            seen.add((of, id(kind)))
            for name, field in kind.fields.items():
                found.setdefault((of, name), field)
                _walk(field.type, name, found, seen)


def _bare(path: str) -> str:
    return path.rpartition(".")[2].rpartition(":")[2].removeprefix("@")


def _placed(layer: Layer) -> set[str]:
    """Fields that a layer fills: its wrapper's and its signature's."""
    listed = layer.options.get("with")
    places = [layer.options.get(name) for name in ("put", "from")]
    names = {_bare(each.value) for each in places if isinstance(each, Text)}
    return names | (set(map(_bare, listed)) if isinstance(listed, Mapping) else set())


def _rows(message: Message, of: Kind, depth: int) -> Iterator[tuple[Row, Kind | None]]:
    for row in _with_cases(message):
        kind, _, _ = _leads(of, [segment.name for segment in row.canonical.segments])
        yield row, kind
        for body in (row.body, *(case.body for case in row.cases)):
            if body is not None and kind is not None and depth < DEPTH_MAX:
                yield from _rows(body, kind, depth + 1)


def _with_cases(message: Message) -> list[Row]:
    return [*message.rows, *(row for case in message.cases if case.body is not None for row in case.body.rows)]


def _messages(resolved: Resolved) -> Iterator[tuple[Message, Kind]]:
    for shape in resolved.shapes.values():
        yield from _typed(shape)
    for operation in resolved.operations:
        for step in operation.steps:
            yield from _typed(step.request)
            yield from _typed(step.response.message)
    for callback in resolved.tree.carrier.callbacks:
        yield from _typed(callback.response.message)


def _typed(message: Message) -> Iterator[tuple[Message, Kind]]:
    if message.of is not None:
        try:
            yield message, struct_named(message.of.value)
        except NoSuchPath:
            return


def _personal(message: Message, of: Kind, depth: int) -> Iterator[tuple[str, str]]:
    for row in _with_cases(message):
        kind, pii, names = _leads(of, [segment.name for segment in row.canonical.segments])
        for body in (row.body, *(case.body for case in row.cases)):
            if body is not None and kind is not None and depth < DEPTH_MAX:
                yield from _personal(body, kind, depth + 1)
        told = _told(kind, pii, names, row)
        if told is not None and row.to is not None and row.to.segments:
            yield row.to.segments[-1].name.removeprefix("@"), told


def _told(kind: Kind | None, pii: bool, names: list[str], row: Row) -> str | None:
    if not pii or (row.codec is not None and row.codec.name in _CODED):
        return None
    return _named(kind, names[-1], next((name for name in reversed(names[:-1]) if not name.isdigit()), ""))


def _named(kind: Kind | None, name: str, of: str) -> str | None:
    """Of which kind a person's field is, by its canonical name and in what it stands."""
    if not isinstance(kind, Scalar) or kind.kind not in (ScalarKind.text, ScalarKind.date):
        return None
    if name == "number":
        return _NUMBERS.get(of, "other")
    return _KINDS.get(name, "other" if name in _OTHERS else None)


def _is_personal(field: Field) -> bool:
    return field.pii is not PiiClass.none


def _leads(of: Kind, names: list[str]) -> tuple[Kind | None, bool, list[str]]:
    """What a canonical path leads to, lists gone through; whether it is somebody's; the names on the way."""
    kind: Kind | None = of
    pii = False
    for name in names:
        kind = kind.item if isinstance(kind, ListType) else kind
        if name in ("", ".") or name.isdigit():
            continue
        field = _field(kind, name)
        if field is None:
            return None, False, names
        kind, pii = field.type, _is_personal(field)
    return (kind.item if isinstance(kind, ListType) else kind), pii, names


def _field(kind: Kind | None, name: str) -> Any:
    if isinstance(kind, StructType):
        return kind.fields.get(name)
    if isinstance(kind, UnionType):
        return next((member.fields[name] for member in kind.members.values() if name in member.fields), None)
    return None
