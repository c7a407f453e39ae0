"""The canonical types as the generator sees them: one small description of every field a path can reach."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from cli.codegen.plan.code import Imports
from cli.codegen.plan.frame import Refused
from gateway import model
from gateway.catalogue.marks import Mark
from gateway.model.money import Money
from gateway.model.roles import Share
from gateway.wire.codecs import CanonicalKind

Kind = Literal[
    "text",
    "int",
    "decimal",
    "share",
    "money",
    "date",
    "datetime",
    "time",
    "bool",
    "enum",
    "struct",
    "list",
    "map",
    "bytes",
    "any",
]


@dataclass(frozen=True, slots=True)
class Type:
    """One canonical type.

    `cls` is the Struct or enum class, `item` the element of a list or the value of a map, `variants` the members of a
    tagged union by tag. `attribute` is the Python name of the field it was found under, `has_default` whether a Struct
    can be made without it.
    """

    kind: Kind
    cls: type[Any] | None = None
    item: "Type | None" = None
    variants: tuple[type[Struct], ...] = ()
    nullable: bool = False
    has_default: bool = False
    attribute: str = ""
    default: Any = None

    @property
    def name(self) -> str:
        """The class name, or the kind."""
        return self.cls.__name__ if self.cls is not None else self.kind

    @property
    def fields(self) -> Mapping[str, "Type"]:
        """The fields by their canonical names; of a union those that every member has."""
        if self.variants:
            return _shared(self.variants)
        return struct_fields(self.cls) if self.kind == "struct" and self.cls is not None else {}

    @property
    def by_tag(self) -> Mapping[str, type[Struct]]:
        """The members of a tagged union by their tags."""
        return {str(cls.__struct_config__.tag): cls for cls in self.variants}

    @property
    def codec_kind(self) -> CanonicalKind | None:
        """The kind a codec is asked to convert; None for what is not known."""
        if self.kind in ("struct", "map"):
            return "object"
        return None if self.kind == "any" else self.kind  # type: ignore[return-value]

    def optional(self) -> "Type":
        """The same type, or None."""
        return replace(self, nullable=True)

    def required(self) -> "Type":
        """The same type, and never None."""
        return replace(self, nullable=False)

    def python(self, imports: Imports) -> str:
        """The annotation of a local variable of this type, without None."""
        if self.kind in _PLAIN:
            return _PLAIN[self.kind]
        if self.kind in _FROM:
            return imports.add(*_FROM[self.kind])
        if self.kind == "list" and self.item is not None:
            return f"tuple[{self.item.python(imports)}, ...]"
        if self.kind == "map" and self.item is not None:
            return f"dict[str, {self.item.python(imports)}]"
        if self.variants:
            return imports.add("gateway.model", "InsuredObject")
        return imports.add("gateway.model", self.name)


_PLAIN = {"text": "str", "share": "str", "int": "int", "bool": "bool", "bytes": "bytes"}
_FROM: dict[str, tuple[str, str]] = {
    "decimal": ("decimal", "Decimal"),
    "money": ("gateway.model", "Money"),
    "date": ("datetime", "date"),
    "datetime": ("datetime", "datetime"),
    "time": ("datetime", "time"),
    "any": ("typing", "Any"),
}

_SCALARS: dict[Any, Kind] = {
    str: "text", int: "int", bool: "bool", Decimal: "decimal", date: "date", datetime: "datetime", time: "time",
    Money: "money", bytes: "bytes", Any: "any",
}  # fmt: skip


def type_of(annotation: Any) -> Type:
    """The type an annotation of the model describes."""
    if annotation == Share:
        return Type("share")
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_of(arguments[0])
    if origin in (Union, UnionType):
        return _union([argument for argument in arguments if argument is not NoneType], NoneType in arguments)
    if origin is tuple or origin is list:
        return Type("list", item=type_of(arguments[0]))
    if origin is dict or getattr(origin, "__name__", "") == "Mapping":
        return Type("map", item=type_of(arguments[1]))
    if annotation in _SCALARS:
        return Type(_SCALARS[annotation])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Type("enum", annotation)
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return Type("struct", annotation)
    return Type("any")


def _union(members: list[Any], nullable: bool) -> Type:
    if len(members) == 1:
        return replace(type_of(members[0]), nullable=nullable)
    if all(isinstance(member, type) and issubclass(member, Struct) for member in members):
        return Type("struct", variants=tuple(members), nullable=nullable)
    return Type("any", nullable=nullable)


_KNOWN: dict[type[Any], Mapping[str, Type]] = {}


def struct_fields(cls: type[Any]) -> Mapping[str, Type]:
    """The fields of a Struct by the names its JSON has."""
    if cls not in _KNOWN:
        _KNOWN[cls] = _fields_of(cls)
    return _KNOWN[cls]


def _fields_of(cls: type[Any]) -> Mapping[str, Type]:
    return {
        each.encode_name: replace(
            type_of(each.type), has_default=not each.required, attribute=each.name, default=_plain_default(each)
        )
        for each in msgspec.structs.fields(cls)
    }


def _plain_default(each: msgspec.structs.FieldInfo) -> Any:
    return None if each.default is msgspec.NODEFAULT else each.default


@cache
def _shared(variants: tuple[type[Struct], ...]) -> Mapping[str, Type]:
    first, *others = (struct_fields(cls) for cls in variants)
    fields = {name: found for name, found in first.items() if all(name in other for other in others)}
    return {**fields, "type": Type("text", attribute="type")}


def canonical_type(name: str, mark: Mark) -> Type:
    """The Struct a mapping names after `of:`; raises `Refused` when the model has none of that name."""
    found = getattr(model, name, None)
    if name == "InsuredObject" or (isinstance(found, type) and issubclass(found, Struct)):
        return type_of(found)
    raise Refused("E202", mark, f"the model has no type '{name}'")


def constant_of(kind: Type, text: str, mark: Mark, imports: Imports) -> str:
    """A canonical constant as Python source; raises `Refused` for a text that is no value of the type."""
    match kind.kind:
        case "enum":
            return _member(kind, text, mark, imports)
        case "bool" if text in ("true", "false"):
            return str(text == "true")
        case "int" if text.lstrip("-").isdigit() and text.isascii():
            return repr(int(text))
        case "text" | "share" | "any":
            return repr(text)
        case "decimal" if _is_decimal(text):
            imports.add("decimal", "Decimal")
            return f"Decimal({text!r})"
        case "date" if (day := _day(text)) is not None:
            imports.add("datetime", "date")
            return f"date({day.year}, {day.month}, {day.day})"
    raise Refused("E214", mark, f"'{text}' is no {kind.name} a mapping can write as a constant")


def _member(kind: Type, text: str, mark: Mark, imports: Imports) -> str:
    assert kind.cls is not None
    if text not in (known := _members(kind.cls)):
        raise Refused("E305", mark, f"'{text}' can never equal this field; its values are {', '.join(known)}")
    return f"{imports.add('gateway.model', kind.name)}.{known[text]}"


_MEMBERS: dict[type[Any], dict[str, str]] = {}


def _members(cls: type[Any]) -> dict[str, str]:
    """The names of an enumeration's members by value."""
    if cls not in _MEMBERS:
        _MEMBERS[cls] = {str(member.value): str(member.name) for member in cls}
    return _MEMBERS[cls]


def _is_decimal(text: str) -> bool:
    return text.replace("-", "", 1).replace(".", "", 1).isdigit() and text.isascii()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


__all__ = ["Type", "canonical_type", "constant_of", "struct_fields", "type_of"]
