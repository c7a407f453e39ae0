"""`wire.schema.yaml`: what the carrier's document says of every field of its messages, in the carrier's order.

By hand, or written by `insurehub schema import`. The rows of a mapping are checked against it on the wire's side.
"""

from collections.abc import Iterator

from cli.mapping.files import Folder
from cli.mapping.operations import read_format
from cli.mapping.tree import Path, WireField, WireMessage, WireSchema
from cli.mapping.words import Words, entries, key_path
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import KeyNode, MapNode
from gateway.catalogue.values import as_map

WIRE_SCHEMA = "wire.schema.yaml"
MESSAGES_MAX = 200
STEPS_MAX = 20
FIELDS_MAX = 5_000
LENGTH_MAX = 10_000_000

TYPES = ("text", "int", "decimal", "bool", "date", "datetime", "object", "list", "any")
SIDES = ("request", "response")

Key = tuple[str, str, str]


def read_wire_schema(folder: Folder) -> WireSchema | None:
    """The schema, or None when the carrier has none."""
    if not (folder.path / WIRE_SCHEMA).is_file():
        return None
    node = folder.read_map(WIRE_SCHEMA)
    if node is None:
        return None
    words = Words(node, folder.faults, WIRE_SCHEMA)
    read_format(words)
    words.get("source")
    words.need("messages")
    messages: dict[Key, WireMessage] = {}
    marks: dict[Key, Mark] = {}
    for key, inner in _operations(words):
        for found, fields in _sides(inner, key.text):
            messages[found], marks[found] = fields, key.mark
    words.done()
    return WireSchema(words.mark, messages, marks)


def _operations(words: Words) -> Iterator[tuple[KeyNode, Words]]:
    for key, node in entries(words, "messages", MESSAGES_MAX):
        inner = as_map(node, words.faults, f"messages of '{key.text}'")
        if inner is not None:
            yield key, Words(inner, words.faults, f"messages of '{key.text}'")


def _sides(words: Words, operation: str) -> Iterator[tuple[Key, WireMessage]]:
    yield from _step(words, operation, "")
    for key, node in entries(words, "steps", STEPS_MAX):
        inner = as_map(node, words.faults, f"step '{key.text}'")
        if inner is not None:
            step = Words(inner, words.faults, f"step '{key.text}'")
            yield from _step(step, operation, key.text)
            step.done()
    words.done()


def _step(words: Words, operation: str, step: str) -> Iterator[tuple[Key, WireMessage]]:
    for side in SIDES:
        if side in words.node:
            yield (operation, step, side), tuple(_fields(words, side))
        words.asked.add(side)


def _fields(words: Words, side: str) -> Iterator[WireField]:
    for key, node in entries(words, side, FIELDS_MAX):
        path = key_path(key, words.faults)
        inner = as_map(node, words.faults, f"field '{key.text}'")
        if path is None or inner is None:
            continue
        if path.anchor or any(segment.selectors for segment in path.segments):
            hint = "names with dots between them, and @ before an attribute"
            words.faults.add(key.mark, f"'{key.text}': a field of a wire schema is a plain path", hint, code="E113")
            continue
        yield _field(path, inner, words)


def _field(path: Path, node: MapNode, around: Words) -> WireField:
    words = Words(node, around.faults, f"field '{path.text}'")
    kind, label = words.word("type", TYPES), words.text("label")
    field = WireField(
        path=path,
        type="any" if kind is None else kind.value,
        length=words.whole("length", least=1, most=LENGTH_MAX),
        bytes_max=words.whole("bytes", least=1, most=LENGTH_MAX),
        required=words.flag("required"),
        label="" if label is None else label.value,
    )
    words.done()
    return field
