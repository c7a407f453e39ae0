"""`wire.schema.yaml` as text: the imported messages in their place, everything else and every comment kept."""

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from cli.mapping.tree import WireField, WireMessage
from cli.wire_import.matching import Key
from cli.yaml_text import dump, load

_HEAD = "format: mapping/1\n# Written by `insurehub schema import`; what you write beside it stays.\nmessages: {}\n"


def written(existing: str | None, messages: Mapping[Key, WireMessage]) -> str:
    """The text of a wire schema with these messages in it."""
    document = load(existing if existing is not None else _HEAD)
    if existing is None:
        document["messages"] = CommentedMap()
    for (operation, step, side), message in messages.items():
        place = document.setdefault("messages", CommentedMap()).setdefault(operation, CommentedMap())
        if step:
            place = place.setdefault("steps", CommentedMap()).setdefault(step, CommentedMap())
        place[side] = _message(message)
    return dump(document)


def _message(message: WireMessage) -> CommentedMap:
    found = CommentedMap()
    for field in message:
        found[field.path.text] = _field(field)
    return found


def _field(field: WireField) -> CommentedMap:
    found = CommentedMap()
    found["type"] = field.type
    words: dict[str, Any] = {"length": field.length, "bytes": field.bytes_max, "required": field.required or None}
    for word, value in words.items():
        if value is not None:
            found[word] = "true" if value is True else str(value)
    if field.label:
        found["label"] = DoubleQuotedScalarString(field.label)
    found.fa.set_flow_style()
    return found
