"""The canonical types as an editor sees them: which paths may stand on the left of a row, and what they hold."""

from collections.abc import Iterator, Mapping
from typing import Any

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
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import NoSuchPath, describe, enum_named

VALUES_SHOWN_MAX = 12
DEPTH_MAX = 2

Schema = dict[str, Any]


def types() -> Mapping[str, Kind]:
    """Every type a message can be of, by the name after `of:`."""
    found: dict[str, Kind] = {}
    for spec in OPERATIONS.values():
        for cls in (spec.request, spec.result):
            _collect(describe(cls), found)
    return dict(sorted(found.items()))


def _collect(kind: Kind, found: dict[str, Kind]) -> None:
    if isinstance(kind, UnionType):
        found.setdefault("InsuredObject", kind)
        for member in kind.members.values():
            _collect(member, found)
    if isinstance(kind, StructType) and kind.name not in found:
        found[kind.name] = kind
        for field in kind.fields.values():
            _collect(item_of(field.type), found)


def item_of(kind: Kind) -> Kind:
    """What a list is a list of; anything else is itself."""
    return kind.item if isinstance(kind, ListType) else kind


def definitions() -> Schema:
    """`definitions` of the shared file: one for each type, and `by_type`, which picks one by a message's `of`."""
    known = types()
    found = {name: _paths_schema(kind, known) for name, kind in known.items()}
    return {**found, "by_type": {"allOf": [_chosen(name) for name in known]}, "by_enum": _tables()}


def _chosen(name: str) -> Schema:
    names = {"$ref": f"#/definitions/{name}"}
    only_names = {"propertyNames": {"$ref": f"#/definitions/{name}/propertyNames"}}
    return {
        "if": {"required": ["of"], "properties": {"of": {"const": name}}},
        "then": {"properties": {"fields": names, "ignore": only_names, "read": only_names}},
    }


def _paths_schema(kind: Kind, known: Mapping[str, Kind]) -> Schema:
    paths = {path: _described(field, known) for path, field in _paths(kind, (), 1)}
    return {"properties": paths, "propertyNames": {"pattern": f"^({_pattern(kind, 1)}|\\.|[/^].*)$"}}


def fields_of(kind: Kind) -> Mapping[str, Field]:
    """What may stand behind a path that leads to this kind."""
    if isinstance(kind, UnionType):
        members = {tag: Field(tag, tag, member, optional=True) for tag, member in kind.members.items()}
        inside = {name: field for member in kind.members.values() for name, field in member.fields.items()}
        tag = Field(kind.tag_field, kind.tag_field, EnumType("", None, tuple(kind.members)), required=True)
        # `vehicle` is a kind of object, and the field of that kind that holds it: a path means the field.
        return {**members, **inside, kind.tag_field: tag}
    return kind.fields if isinstance(kind, StructType) else {}


def _paths(kind: Kind, way: tuple[str, ...], depth: int) -> Iterator[tuple[str, Field]]:
    for name, field in fields_of(kind).items():
        yield ".".join((*way, name)), field
        if depth < DEPTH_MAX and not isinstance(field.type, UnionType):
            deeper = (*way, name, "0") if isinstance(field.type, ListType) else (*way, name)
            yield from _paths(item_of(field.type), deeper, depth + 1)


def _pattern(kind: Kind, depth: int) -> str:
    """The paths that begin with names there are; what is deeper than the schema looks is let pass."""
    return "|".join(f"{name}{_rest(field.type, depth)}" for name, field in fields_of(kind).items())


def _rest(kind: Kind, depth: int) -> str:
    item = item_of(kind)
    inside = ""
    if isinstance(item, StructType | UnionType):
        inside = f"(\\.({_pattern(item, depth + 1)}))?" if depth < DEPTH_MAX else "(\\..*)?"
    elif isinstance(item, MapType | MoneyType) or item == Scalar(ScalarKind.json):
        inside = "(\\..*)?"
    if isinstance(kind, ListType):
        return f"((\\.[0-9]+|(\\([^()]+=[^()]*\\))+){inside})?"
    return inside


def _described(field: Field, known: Mapping[str, Kind]) -> Schema:
    text = kind_text(field.type) + (", always there" if field.required else "")
    item = item_of(field.type)
    name = item.name if isinstance(item, StructType) else "InsuredObject" if isinstance(item, UnionType) else ""
    schema: Schema = {"description": text}
    if name in known:
        schema["properties"] = {"fields": {"$ref": f"#/definitions/{name}"}}
    return schema


def kind_text(kind: Kind) -> str:
    """What a field holds, in a few words."""
    match kind:
        case ListType():
            return f"list of {kind_text(kind.item)}"
        case StructType():
            return kind.name
        case UnionType():
            return "InsuredObject"
        case EnumType():
            more = ", .." if len(kind.values) > VALUES_SHOWN_MAX else ""
            return f"{kind.name or 'one of'}: {', '.join(kind.values[:VALUES_SHOWN_MAX])}{more}"
        case MoneyType():
            return "money"
        case MapType():
            return "map"
        case Scalar():
            return str(kind.kind.value)


def _tables() -> Schema:
    """A table of an enum names its values on the left."""
    lists = sorted({name for kind in types().values() for name in _enums(kind)})
    rules = [
        {
            "if": {"required": ["of"], "properties": {"of": {"const": name}}},
            "then": {"properties": {"map": {"propertyNames": {"enum": list(enum_named(name).values)}}}},
        }
        for name in lists
    ]
    return {"allOf": [*rules, {"properties": {"of": {"enum": lists}}}]}


def _enums(kind: Any) -> list[str]:
    fields = getattr(kind, "fields", {})
    kinds = [getattr(field.type, "item", field.type) for field in fields.values()]
    names = [each.name for each in kinds if getattr(each, "values", None) and getattr(each, "name", "")]
    return [name for name in names if is_enum(name)]


def is_enum(name: str) -> bool:
    """Whether a table may be `of` this name."""
    try:
        enum_named(name)
    except NoSuchPath:
        return False
    return True
