"""The canonical names as an author looks them up: the fields of a type, the values of an enum, where a word occurs."""

import inspect
from collections.abc import Iterator

import msgspec

from cli.editor_schema.canonical import fields_of, is_enum, item_of, kind_text, types
from gateway.model.kinds import EnumType, Field, Kind, StructType, UnionType
from gateway.model.operations import OPERATIONS
from gateway.model.pii import PiiClass
from gateway.model.reflect import NoSuchPath, describe, enum_named, resolve


class FieldLine(msgspec.Struct, frozen=True):
    """One field: its name, what it holds, whether it is always there, and whether the gateway keeps it personal."""

    name: str
    holds: str
    always: bool = False
    personal: bool = False


class TypeView(msgspec.Struct, frozen=True):
    """One type with its fields, or one enum with its values."""

    name: str
    about: str
    fields: tuple[FieldLine, ...] = ()
    values: tuple[str, ...] = ()


class Hit(msgspec.Struct, frozen=True):
    """A field whose name, or one of whose values, has the word in it."""

    type: str
    name: str
    holds: str


def names() -> tuple[str, ...]:
    """Every name that can be looked up: operations, types, enums."""
    return (*OPERATIONS, *types(), *enums())


def enums() -> tuple[str, ...]:
    """The enums that fields are of, by the name after `of:` in a code table."""
    found = {item.name for kind in types().values() for _, item in _enum_fields(kind) if is_enum(item.name)}
    return tuple(sorted(found))


def looked_up(name: str) -> tuple[TypeView, ...]:
    """What a name means: an operation (its request and result), a type, an enum, a path in a type; () for nothing."""
    if name in OPERATIONS:
        spec = OPERATIONS[name]
        return _type_view(describe(spec.request)), _type_view(describe(spec.result))
    if is_enum(name):
        return (_enum_view(enum_named(name)),)
    head, *way = name.split(".")
    if head not in types():
        return ()
    try:
        kind = item_of(resolve(types()[head], way).type) if way else types()[head]
    except NoSuchPath:
        return ()
    return (_enum_view(kind, name) if isinstance(kind, EnumType) else _type_view(kind, name),)


def found_in_names(word: str) -> tuple[Hit, ...]:
    """The fields of all types that have the word in their name, or in a value they can hold."""
    wanted = word.lower().replace("-", "_")
    hits = [
        Hit(name, field.name, kind_text(field.type))
        for name, kind in types().items()
        for field in fields_of(kind).values()
        if wanted in field.name.lower() or any(wanted in value.lower() for value in _values(field))
    ]
    return tuple(hits)


def _values(field: Field) -> tuple[str, ...]:
    kind = item_of(field.type)
    return kind.values if isinstance(kind, EnumType) else ()


def _enum_fields(kind: Kind) -> Iterator[tuple[Field, EnumType]]:
    for field in fields_of(kind).values():
        item = item_of(field.type)
        if isinstance(item, EnumType):
            yield field, item


def _type_view(kind: Kind, name: str | None = None) -> TypeView:
    one_of = isinstance(kind, UnionType)
    lines = tuple(
        # Of several kinds only one is there: what each of them must have is said where its own type is looked up.
        FieldLine(field.name, kind_text(field.type), field.required and not one_of, field.pii is not PiiClass.none)
        for field in fields_of(kind).values()
    )
    if one_of:
        return TypeView(name or "InsuredObject", "one of several kinds, told apart by its type", lines)
    if isinstance(kind, StructType):
        return TypeView(name or kind.name, _about(kind.cls), lines)
    return TypeView(name or "", kind_text(kind))


def _enum_view(kind: EnumType, name: str | None = None) -> TypeView:
    return TypeView(name or kind.name, _about(kind.cls) if kind.cls else "", values=kind.values)


def _about(cls: type) -> str:
    return (inspect.getdoc(cls) or "").partition("\n")[0]
