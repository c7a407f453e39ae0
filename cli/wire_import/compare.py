"""What a re-import changes: field by field, each with the rows of the mapping that touch it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cli.mapping.flat import Leaf, flatten
from cli.mapping.resolve import resolve
from cli.mapping.tree import CarrierTree, Message, WireField, WireMessage
from cli.mapping.wire_fields import plain, way_of
from cli.wire_import.matching import Key, title
from gateway.catalogue.values import Faults


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one message: `what` is added, removed or changed; `rows` are places in the mapping."""

    message: str
    path: str
    what: str
    change: str
    rows: tuple[str, ...] = ()


def changes(tree: CarrierTree, new: Mapping[Key, WireMessage]) -> tuple[FieldChange, ...]:
    """The difference between a carrier's wire schema and the messages about to take its place."""
    old = {} if tree.wire_schema is None else tree.wire_schema.messages
    return tuple(change for key, message in new.items() for change in _message(tree, key, old.get(key, ()), message))


def _message(tree: CarrierTree, key: Key, old: WireMessage, new: WireMessage) -> Iterator[FieldChange]:
    before, after = ({field.path.text: field for field in fields} for fields in (old, new))
    leaves = leaves_of(tree, key)
    for path in dict.fromkeys((*before, *after)):
        was, now = before.get(path), after.get(path)
        if was is None or now is None:
            present = now if was is None else was
            assert present is not None
            what, text = ("added", _said(present)) if was is None else ("removed", _said(present))
        elif _said(was) != _said(now):
            what, text = "changed", f"{_said(was)} -> {_said(now)}"
        else:
            continue
        field = now if now is not None else was
        assert field is not None
        yield FieldChange(title(key), path, what, text, _rows(field, leaves))


def _said(field: WireField) -> str:
    parts = [field.type, *(["required"] if field.required else [])]
    parts += [f"length {field.length}"] if field.length is not None else []
    parts += [f"bytes {field.bytes_max}"] if field.bytes_max is not None else []
    parts += [f"'{field.label}'"] if field.label else []
    return " ".join(parts)


def _rows(field: WireField, leaves: tuple[Leaf, ...]) -> tuple[str, ...]:
    way = way_of(field.path)
    return tuple(dict.fromkeys(str(leaf.mark) for leaf in leaves if leaf.wire_way and plain(leaf.wire_way) == way))


def leaves_of(tree: CarrierTree, key: Key) -> tuple[Leaf, ...]:
    """The rows of one message, laid flat; none where the mapping has no such message."""
    resolved = resolve(tree, Faults())
    for operation in resolved.operations:
        name = f"{operation.name}/{operation.variant}" if operation.variant else operation.name
        for step in operation.steps:
            if (name, "" if step.name == operation.name else step.name) == key[:2]:
                message: Message = step.request if key[2] == "request" else step.response.message
                return flatten(message, resolved.shapes)
    return ()
