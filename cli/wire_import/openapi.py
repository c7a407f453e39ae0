"""OpenAPI 3.x: the JSON of every call as fields. References inside the document are followed, others refused."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

from cli.mapping.tree import WireMessage
from cli.wire_import.document import (
    DEPTH_MAX,
    STEPS_MAX,
    Found,
    ImportRefused,
    Offer,
    label_of,
    message_of,
    read_bytes,
    segment_text,
)
from gateway.catalogue.nodes import ListNode, MapNode, Node
from gateway.catalogue.reader import looks_like_other_type, read_text

METHODS = ("get", "put", "post", "delete", "patch", "options", "head")
REFERENCES_MAX = 50

_TYPES = {"string": "text", "integer": "int", "number": "decimal", "boolean": "bool", "array": "list"}
_FORMATS = {"date": "date", "date-time": "datetime"}

Map = Mapping[str, Any]


def offers(file: File) -> tuple[Offer, ...]:
    """Every call of the document: its request, and its replies taken together."""
    document = Document(_read(file), file.name)
    return tuple(document.offers())


def _read(file: File) -> Map:
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefused(f"{file} is no UTF-8 text") from None
    node, faults = read_text(text, str(file))
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors or not isinstance(node, MapNode):
        raise ImportRefused(str(errors[0]) if errors else f"{file} is no OpenAPI document")
    found = _plain(node)
    if not str(found.get("openapi", "")).startswith("3."):
        raise ImportRefused(f"{file} is no OpenAPI 3.x document", "`openapi: 3.x` stands at its top; XSD ends in .xsd")
    return found if isinstance(found, dict) else {}


def _plain(node: Node) -> Any:
    """The document as dicts, lists and scalars; numbers and flags where a schema wants them."""
    if isinstance(node, MapNode):
        return {key.text: _plain(value) for key, value in node}
    if isinstance(node, ListNode):
        return [_plain(item) for item in node]
    kind = None if node.quoted else looks_like_other_type(node.text)
    if kind == "boolean":
        return node.text.lower() in ("true", "yes", "on")
    return int(node.text) if kind == "number" and node.text.isascii() and node.text.isdigit() else node.text


class Document:
    """One document; `name` stands in messages."""

    def __init__(self, root: Map, name: str) -> None:
        self.root, self.name, self.left = root, name, STEPS_MAX

    def offers(self) -> Iterator[Offer]:
        for path, item in _map(self.root.get("paths")).items():
            for method, call in _map(item).items():
                if method in METHODS and isinstance(call, dict):
                    yield from self._offers(f"{method.upper()} {path}", call)

    def _offers(self, call: str, operation: Map) -> Iterator[Offer]:
        body = self._content(self._followed(operation.get("requestBody")))
        if body is not None:
            yield Offer(call, "request", lambda: self._message([body], call))
        replies = [self._content(self._followed(reply)) for reply in _map(operation.get("responses")).values()]
        schemas = [schema for schema in replies if schema is not None]
        if schemas:
            yield Offer(call, "response", lambda: self._message(schemas, call))

    def _message(self, schemas: list[Map], call: str) -> WireMessage:
        self.left = STEPS_MAX
        several = len(schemas) > 1
        found = (each for schema in schemas for each in self._fields(schema, (), ()))
        # Of several replies each has its own: nothing is in all of them for certain.
        return message_of((_optional(each) if several else each for each in found), f"{self.name} {call}")

    def _content(self, body: Map) -> Map | None:
        contents = _map(body.get("content"))
        name = next((name for name in contents if "json" in name), next(iter(contents), None))
        schema = _map(contents.get(name)).get("schema") if name is not None else None
        return schema if isinstance(schema, dict) else None

    def _fields(self, schema: Map, way: tuple[str, ...], opened: tuple[str, ...]) -> Iterator[Found]:
        if len(way) > DEPTH_MAX:
            return
        self.left -= 1
        if self.left < 0:
            raise ImportRefused(f"{self.name}: more than {STEPS_MAX} schemas in one message")
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference not in opened and len(opened) < REFERENCES_MAX:
                yield from self._fields(self._target(reference), way, (*opened, reference))
            return
        for part in _list(schema.get("allOf")):
            yield from self._fields(part, way, opened)
        for word in ("oneOf", "anyOf"):
            for part in _list(schema.get(word)):
                yield from (_optional(each) for each in self._fields(part, way, opened))
        if isinstance(schema.get("items"), dict):
            yield from self._fields(schema["items"], way, opened)
        wanted = schema.get("required")
        for name, inner in _map(schema.get("properties")).items():
            segment = segment_text(name)
            if isinstance(inner, dict) and segment is not None:
                required = isinstance(wanted, list) and name in wanted
                yield from self._field((*way, segment), inner, opened, required=required)

    def _field(self, way: tuple[str, ...], schema: Map, opened: tuple[str, ...], *, required: bool) -> Iterator[Found]:
        inside = tuple(self._fields(schema, way, opened))
        leaf = self._followed(schema)
        kind = _type(leaf, inside=bool(inside))
        if not inside or required or kind == "list":
            length = leaf.get("maxLength")
            label = label_of(leaf.get("title") or leaf.get("description") or schema.get("description"))
            most = length if isinstance(length, int) and length > 0 else None
            yield Found(way, kind, required=required, length=most, label=label)
        yield from inside

    def _followed(self, schema: Any) -> Map:
        """A schema or component behind its references; `allOf` of one is that one."""
        found = _map(schema)
        for _ in range(REFERENCES_MAX):
            reference = found.get("$ref")
            if isinstance(reference, str):
                found = self._target(reference)
            elif len(_list(found.get("allOf"))) == 1 and "type" not in found:
                found = {
                    **_list(found["allOf"])[0],
                    **{key: found[key] for key in ("title", "description") if key in found},
                }
            else:
                return found
        raise ImportRefused(f"{self.name}: references that lead to one another")

    def _target(self, reference: str) -> Map:
        if not reference.startswith("#/"):
            raise ImportRefused(f"{self.name}: '{reference[:80]}' leads out of the document", "bundle it into one file")
        found: Any = self.root
        for part in reference[2:].split("/"):
            found = _map(found).get(part.replace("~1", "/").replace("~0", "~"))
        if not isinstance(found, dict):
            raise ImportRefused(f"{self.name}: nothing stands at '{reference[:80]}'")
        return found


def _type(schema: Map, *, inside: bool) -> str:
    given = schema.get("type")
    names = [name for name in (given if isinstance(given, list) else [given]) if name != "null"]
    kind = names[0] if len(names) == 1 else None
    if kind == "string":
        return _FORMATS.get(str(schema.get("format")), "text")
    if kind in _TYPES:
        return _TYPES[str(kind)]
    return "object" if inside else "any"


def _optional(found: Found) -> Found:
    return Found(found.way, found.type, length=found.length, label=found.label)


def _map(value: Any) -> Map:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Map]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
