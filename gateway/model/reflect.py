"""The types of the vocabulary as plain data, for whoever compiles paths and expressions against them.

`describe(PolicyIssueRequest)` gives a `StructType`; its fields lead to the other kinds below, which are all there are.
Names are canonical, as in JSON and in mappings; `Field.attribute` is the Python attribute where the two differ
(`class` is `class_`).
"""

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from functools import cache
from inspect import isclass
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

import gateway.model as vocabulary
from gateway.model.base import Model
from gateway.model.context import CONTEXT_CLASSES
from gateway.model.kinds import (
    EnumType,
    Field,
    Kind,
    ListType,
    MapType,
    MoneyType,
    Scalar,
    ScalarKind,
    StructType,
    UnionType,
)
from gateway.model.money import Money
from gateway.model.naming import snake
from gateway.model.pii import pii_of_annotation


class NoSuchPath(LookupError):
    """A path leads nowhere: `at` is the index of the segment that fails, `suggestion` the nearest name, if any."""

    def __init__(self, message: str, at: int, suggestion: str | None = None) -> None:
        """Say what is wrong, where, and what may have been meant."""
        super().__init__(message + (f", did you mean '{suggestion}'?" if suggestion else ""))
        self.at = at
        self.suggestion = suggestion


_SCALARS: Mapping[Any, ScalarKind] = MappingProxyType({
    str: ScalarKind.text, int: ScalarKind.int, bool: ScalarKind.bool, Decimal: ScalarKind.decimal,
    date: ScalarKind.date, datetime: ScalarKind.datetime, bytes: ScalarKind.bytes, Any: ScalarKind.json,
})  # fmt: skip
_MONEY_FIELDS = MappingProxyType({
    "amount": Field("amount", "amount", Scalar(ScalarKind.int), required=True),
    "currency": Field("currency", "currency", Scalar(ScalarKind.text), required=True),
})  # fmt: skip


@cache
def describe(cls: type[msgspec.Struct]) -> StructType:
    """The fields of a Struct and everything under them; raises TypeError for a type the vocabulary does not use."""
    return StructType(
        cls, MappingProxyType({info.encode_name: _field(cls, info) for info in msgspec.structs.fields(cls)})
    )


def struct_named(name: str) -> StructType:
    """The Struct of the vocabulary with this class name; raises NoSuchPath with a suggestion."""
    cls = getattr(vocabulary, name, None)
    if isclass(cls) and issubclass(cls, Model):
        return describe(cls)
    raise NoSuchPath(f"no canonical type '{name}'", 0, suggest(name, _names_of(Model)))


def enum_named(name: str) -> EnumType:
    """The code list a mapping calls by this name (`id_type`); raises NoSuchPath with a suggestion."""
    lists = _enum_names()
    if name in lists:
        return _enum(getattr(vocabulary, lists[name]))
    raise NoSuchPath(f"no canonical enum '{name}'", 0, suggest(name, lists))


def walk(kind: Kind, path: Sequence[str]) -> tuple[Field, ...]:
    """The field each segment of a canonical path leads to; raises NoSuchPath.

    A list takes a position (`insureds`, `0`, `party`), a map any key, a union its tag field or a field of its members.
    """
    found = []
    for at, segment in enumerate(path):
        field = _step(kind, segment, at)
        found.append(field)
        kind = field.type
    return tuple(found)


def resolve(kind: Kind, path: Sequence[str]) -> Field:
    """The field a canonical path leads to; raises NoSuchPath."""
    return walk(kind, path)[-1]


def leaves(kind: Kind, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every path under a type that ends in a single value, with `0` for the position in a list."""
    if isinstance(kind, UnionType):
        for member in kind.members.values():
            yield from leaves(member, path)
        return
    for name, field in _fields_of(kind).items():
        deeper = (*path, name)
        inner, inner_path = (
            (field.type.item, (*deeper, "0")) if isinstance(field.type, ListType) else (field.type, deeper)
        )
        if isinstance(inner, StructType | UnionType):
            yield from leaves(inner, inner_path)
        else:
            yield inner_path, field


def suggest(name: str, candidates: Sequence[str] | Mapping[str, Any]) -> str | None:
    """The candidate nearest to a mistyped name, or None when none is near."""
    return next(iter(get_close_matches(name, list(candidates), n=1, cutoff=0.6)), None)


def _step(kind: Kind, segment: str, at: int) -> Field:
    if isinstance(kind, ListType):
        if segment.isascii() and segment.isdigit():
            return Field(segment, segment, kind.item)
        raise NoSuchPath(f"'{segment}' stands on a list: say which item, by position or selector", at)
    if isinstance(kind, MapType):
        return Field(segment, segment, kind.value, optional=True)
    if kind == Scalar(ScalarKind.json):
        return Field(segment, segment, kind, optional=True)
    if isinstance(kind, UnionType) and segment == kind.tag_field:
        return Field(segment, segment, EnumType("", None, tuple(kind.members)), required=True)
    fields = _fields_of(kind)
    if segment not in fields:
        raise NoSuchPath(f"no field '{segment}' in {_title(kind)}", at, suggest(segment, fields))
    return fields[segment]


def _fields_of(kind: Kind) -> Mapping[str, Field]:
    match kind:
        case StructType():
            return kind.fields
        case MoneyType():
            return _MONEY_FIELDS
        case UnionType():
            return {name: field for member in kind.members.values() for name, field in member.fields.items()}
        case _:
            return {}


def _title(kind: Kind) -> str:
    match kind:
        case StructType():
            return kind.name
        case UnionType():
            return f"any of {', '.join(kind.members)}"
        case MoneyType():
            return "Money"
        case _:
            return "a single value"


def _field(cls: type[msgspec.Struct], info: msgspec.structs.FieldInfo) -> Field:
    inner, optional = _without_none(info.type)
    kind = _kind(inner)
    factory = info.default_factory
    return Field(
        name=info.encode_name,
        attribute=info.name,
        type=kind,
        required=info.required,
        optional=optional or kind == Scalar(ScalarKind.json),
        default=info.default if info.default is not msgspec.NODEFAULT else None if info.required else factory(),
        pattern=_pattern(inner),
        pii=pii_of_annotation(info.type),
        context=any(issubclass(cls, each) and info.name in each.__struct_fields__ for each in CONTEXT_CLASSES),
    )


def _kind(annotation: Any) -> Kind:
    if isclass(annotation) and issubclass(annotation, Money):
        return MoneyType()
    if isclass(annotation) and issubclass(annotation, msgspec.Struct):
        return describe(annotation)
    if isclass(annotation) and issubclass(annotation, Enum):
        return _enum(annotation)
    if annotation in _SCALARS:
        return Scalar(_SCALARS[annotation])
    return _composite(annotation)


def _composite(annotation: Any) -> Kind:
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return ListType(_kind(arguments[0]))
    if origin is dict and arguments[0] is str:
        return MapType(_kind(arguments[1]))
    if origin in (Union, types.UnionType):
        return _union(arguments)
    raise TypeError(f"{annotation!r} is not a type of the vocabulary")


def _union(classes: Sequence[type[msgspec.Struct]]) -> UnionType:
    config = classes[0].__struct_config__
    return UnionType(
        str(config.tag_field), MappingProxyType({str(each.__struct_config__.tag): describe(each) for each in classes})
    )


def _enum(cls: type[Enum]) -> EnumType:
    return EnumType(snake(cls.__name__), cls, tuple(str(each.value) for each in cls))


@cache
def _enum_names() -> Mapping[str, str]:
    return {snake(each): each for each in _names_of(Enum)}


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, False
    rest = tuple(each for each in get_args(annotation) if each is not NoneType)
    return Union[rest] if len(rest) > 1 else rest[0], len(rest) < len(get_args(annotation))  # noqa: UP007


def _pattern(annotation: Any) -> str | None:
    notes = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return next((note.pattern for note in notes if isinstance(note, msgspec.Meta) and note.pattern), None)


@cache
def _names_of(base: type) -> tuple[str, ...]:
    found = (getattr(vocabulary, name) for name in vocabulary.__all__)
    return tuple(each.__name__ for each in found if isclass(each) and issubclass(each, base))


__all__ = [
    "EnumType", "Field", "Kind", "ListType", "MapType", "MoneyType", "NoSuchPath", "Scalar", "ScalarKind", "StructType",
    "UnionType", "describe", "enum_named", "leaves", "resolve", "struct_named", "suggest", "walk",
]  # fmt: skip
