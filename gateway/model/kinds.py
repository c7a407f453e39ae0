"""What a type of the vocabulary can be: a small closed family of frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

import msgspec

from gateway.model.pii import PiiClass


class ScalarKind(StrEnum):
    """The kinds of single values; `json` is any JSON value."""

    text = "text"
    int = "int"
    bool = "bool"
    decimal = "decimal"
    date = "date"
    datetime = "datetime"
    bytes = "bytes"
    json = "json"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    kind: ScalarKind


@dataclass(frozen=True, slots=True)
class EnumType:
    """A code list: its name in mappings (`id_type`), its class if it has one, and its values."""

    name: str
    cls: type[Enum] | None
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyType:
    """An amount of money; its parts are `amount` (int) and `currency` (text)."""


@dataclass(frozen=True, slots=True)
class ListType:
    """A tuple of items of one type."""

    item: "Kind"


@dataclass(frozen=True, slots=True)
class MapType:
    """A mapping from any text to values of one type."""

    value: "Kind"


@dataclass(frozen=True, slots=True, eq=False)
class StructType:
    """A Struct and its fields by canonical name; one object per class, so identity is equality."""

    cls: type[msgspec.Struct]
    fields: Mapping[str, "Field"]

    @property
    def name(self) -> str:
        """The name of the class, as `of:` in a mapping says it."""
        return self.cls.__name__


@dataclass(frozen=True, slots=True, eq=False)
class UnionType:
    """One of several Structs, told apart by the text in `tag_field`."""

    tag_field: str
    members: Mapping[str, StructType]

    def holders(self, name: str) -> tuple[str, ...]:
        """The tags of the members that have a field of this name."""
        return tuple(tag for tag, member in self.members.items() if name in member.fields)


Kind = Scalar | EnumType | MoneyType | ListType | MapType | StructType | UnionType


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it holds, whether it must be given, may be None, is personal, or is filled in by the service."""

    name: str
    attribute: str
    type: Kind
    required: bool = False
    optional: bool = False
    default: Any = None
    pattern: str | None = None
    pii: PiiClass = PiiClass.none
    context: bool = False
