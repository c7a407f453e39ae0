"""Canonical paths against the model: every name exists, every selector can hold, every constant is a value."""

import re
from datetime import date
from typing import get_args

from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.paths import print_segment
from cli.mapping.tree import Path, Segment, Text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.model import Share
from gateway.model.reflect import (
    EnumType,
    Field,
    Kind,
    ListType,
    MapType,
    MoneyType,
    NoSuchPath,
    Scalar,
    ScalarKind,
    StructType,
    UnionType,
    resolve,
    struct_named,
)
from gateway.wire.codecs import CanonicalKind

_SHARE_PATTERN = next(note.pattern for note in get_args(Share) if getattr(note, "pattern", None))

_KINDS: dict[ScalarKind, CanonicalKind] = {
    ScalarKind.text: "text", ScalarKind.int: "int", ScalarKind.bool: "bool", ScalarKind.decimal: "decimal",
    ScalarKind.date: "date", ScalarKind.datetime: "datetime",
}  # fmt: skip


def codec_kind(found: Field) -> CanonicalKind | None:
    """The kind a codec is asked to convert; None where it takes anything (any JSON value, bytes)."""
    match found.type:
        case Scalar(kind=ScalarKind.text) if found.pattern == _SHARE_PATTERN:
            return "share"
        case Scalar(kind=kind):
            return _KINDS.get(kind)
        case EnumType():
            return "enum"
        case MoneyType():
            return "money"
        case ListType():
            return "list"
        case _:
            return "object"


def is_object(kind: Kind) -> bool:
    """Whether rows can stand inside a value of this kind."""
    return isinstance(kind, StructType | UnionType | MapType | MoneyType)


def type_named(checking: Checking, name: Text) -> Kind | None:
    """The canonical type after `of:` (E202)."""
    try:
        return _union(name.value) or struct_named(name.value)
    except NoSuchPath as missing:
        checking.say("E202", name.mark, str(missing).partition(", did")[0], _meant(missing))
        return None


def _union(name: str) -> Kind | None:
    if name != "InsuredObject":
        return None
    objects = struct_named("PolicyIssueRequest").fields["objects"].type
    return objects.item if isinstance(objects, ListType) else None


def _meant(missing: NoSuchPath) -> str | None:
    return f"did you mean '{missing.suggestion}'?" if missing.suggestion else None


def field_at(checking: Checking, place: Place, path: Path) -> Field | None:
    """The field a canonical path leads to from a place; what is wrong with it is reported (E203, E221)."""
    start = _start(checking, place, path)
    if start is None:
        return None
    if path.attribute is not None:
        checking.say("E203", path.mark, f"'{path.text}': the canonical side has no attributes")
        return None
    found = Field(".", ".", start, required=True)
    offset = len(path.anchor)
    for segment in path.segments:
        step = _step(checking, found.type, segment, path.mark.shifted(offset))
        if step is None:
            return None
        found = step
        offset += len(print_segment(segment)) + 1
    return found


def _start(checking: Checking, place: Place, path: Path) -> Kind | None:
    if path.anchor == "/":
        return place.root
    if len(path.anchor) > len(place.above):
        checking.say("E203", path.mark, f"'{path.text}' reaches above the object this message has")
        return None
    return place.above[-len(path.anchor)] if path.anchor else place.kind


def _step(checking: Checking, kind: Kind, segment: Segment, mark: Mark) -> Field | None:
    found = _named(checking, kind, segment.name, mark)
    if found is None or not segment.selectors:
        return found
    if not isinstance(found.type, ListType):
        checking.say("E203", mark, f"'{segment.name}' is no list: nothing can be selected from it")
        return None
    for selector in segment.selectors:
        key = _selected(checking, found.type.item, selector.key, mark)
        if key is not None and selector.value[0] not in ".^/":
            check_value(checking, key, Text(selector.value, mark))
    return Field(segment.name, segment.name, found.type.item, optional=True)


def _selected(checking: Checking, item: Kind, key: str, mark: Mark) -> Field | None:
    found: Field | None = Field(".", ".", item)
    for name in key.split("."):
        found = None if found is None else _named(checking, found.type, name, mark)
    return found


def _named(checking: Checking, kind: Kind, name: str, mark: Mark) -> Field | None:
    if isinstance(kind, UnionType) and name in kind.members and not kind.holders(name):
        return Field(name, name, kind.members[name], optional=True)
    try:
        return resolve(kind, (name,))
    except NoSuchPath as missing:
        if isinstance(kind, ListType):
            example = f"a list: say which one, as in 0.{name} or (key=value).{name}"
            checking.say("E203", mark, f"'{name}' stands on {example}")
        else:
            checking.say("E203", mark, f"no canonical field '{name}'", _meant(missing) or _fields(kind))
        return None


def _fields(kind: Kind) -> str | None:
    if not isinstance(kind, StructType):
        return None
    return did_you_mean("", kind.fields) or f"insurehub fields {kind.name} lists them"


def check_value(checking: Checking, found: Field, text: Text) -> None:
    """E221 for a constant that is no value of the field."""
    if isinstance(found.type, EnumType):
        if text.value not in found.type.values:
            message = f"'{text.value}' is no value of {found.type.name or found.name}"
            checking.say("E221", text.mark, message, value_meant(text.value, found.type))
        return
    what = _unfit(found, text.value)
    if what is not None:
        checking.say("E221", text.mark, f"'{text.value}' is no value of '{found.name}', which is {what}")


def value_meant(text: str, kind: EnumType) -> str | None:
    """The value that may have been meant, or where all of them are listed."""
    listed = f"insurehub fields {kind.name} lists them" if kind.name else None
    return did_you_mean(text, kind.values) or listed


_FORMS = {
    "bool": ("true or false", re.compile(r"true|false")),
    "int": ("a whole number", re.compile(r"-?[0-9]{1,18}")),
    "decimal": ("a number", re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")),
    "share": ("a share such as 1/3", re.compile(_SHARE_PATTERN or "")),
}


def _unfit(found: Field, text: str) -> str | None:
    kind = codec_kind(found)
    if kind in _FORMS:
        what, form = _FORMS[kind]
        return None if form.fullmatch(text) else what
    if kind == "date":
        return None if _is_day(text) else "a day such as 2026-01-31"
    if kind in ("money", "object", "list", "datetime"):
        return f"{'an' if kind == 'object' else 'a'} {kind}: it has no constants here"
    return None


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-01-31") and bool(date.fromisoformat(text))
    except ValueError:
        return False
