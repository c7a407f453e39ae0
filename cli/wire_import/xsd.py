"""XSD 1.0, and the schemas inside a WSDL: every global element as a message. Only files beside it are included."""

from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

from lxml import etree

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

XS = "{http://www.w3.org/2001/XMLSchema}"
FILES_MAX = 20
NESTED_MAX = 50

_TYPES = {
    "decimal": "decimal", "double": "decimal", "float": "decimal", "boolean": "bool", "date": "date",
    "dateTime": "datetime", "anyType": "any",
    **dict.fromkeys(
        ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt",
         "unsignedLong", "unsignedShort", "unsignedByte", "negativeInteger", "nonPositiveInteger"), "int"),
}  # fmt: skip
_GROUPS = {f"{XS}sequence", f"{XS}all", f"{XS}choice", f"{XS}complexContent", f"{XS}simpleContent"}

_REFERENCES = (("type", "complexType"), ("base", "complexType"), ("ref", "group"), ("ref", "attributeGroup"))

Node = Any


def offers(file: File) -> tuple[Offer, ...]:
    """Every global element: as a request and as a reply, for nothing in a schema says which of them it is."""
    schemas = Schemas(file)
    names = [name for kind, name in schemas.globals if kind == "element"]
    return tuple(
        Offer(name, side, lambda name=name: message_of(schemas.fields(name), f"{file.name} {name}"))  # type: ignore[misc]
        for name in names
        for side in ("request", "response")
    )


def _parsed(file: File) -> Node:
    """A file's tree; a DOCTYPE is refused, nothing is fetched, nothing expanded."""
    data = read_bytes(file)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ImportRefused(f"{file} is no XML: {error}") from None
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise ImportRefused(f"{file} has a DOCTYPE", "take it out: a schema needs none")
    return root


class Schemas:
    """A file with the files it includes, by the kind and local name of what stands at their top."""

    def __init__(self, file: File) -> None:
        self.folder = file.resolve().parent
        self.globals: dict[tuple[str, str], Node] = {}
        self.left = STEPS_MAX
        self._seen: set[File] = set()
        self._load(file.resolve())
        if not any(kind == "element" for kind, _ in self.globals):
            raise ImportRefused(f"{file} has no element at its top", "is it an XSD, or a WSDL with its types?")

    def _load(self, file: File) -> None:
        if file in self._seen:
            return
        if len(self._seen) >= FILES_MAX:
            raise ImportRefused(f"more than {FILES_MAX} schema files include one another")
        self._seen.add(file)
        root = _parsed(file)
        for schema in [root] if root.tag == f"{XS}schema" else root.iter(f"{XS}schema"):
            self._take(schema, file)

    def _take(self, schema: Node, file: File) -> None:
        for node in schema.iterchildren(tag=etree.Element):
            kind, name = etree.QName(node).localname, node.get("name")
            if kind in ("include", "import", "redefine"):
                self._include(node.get("schemaLocation"), file)
            elif name:
                self.globals.setdefault((kind, name), node)

    def _include(self, location: str | None, file: File) -> None:
        if not location:
            return
        found = (file.parent / location).resolve()
        if "://" in location or not found.is_relative_to(self.folder):
            raise ImportRefused(f"{file.name}: '{location[:80]}' stands elsewhere", "put it beside this file")
        self._load(found)

    def fields(self, element: str) -> Iterator[Found]:
        """The fields inside a global element."""
        self.left = STEPS_MAX
        yield from self._inside(self.globals["element", element], (), (f"element {element}",))

    def _inside(self, node: Node, way: tuple[str, ...], opened: tuple[str, ...]) -> Iterator[Found]:
        """The fields inside an element, or inside what its type is made of."""
        if len(way) > DEPTH_MAX or len(opened) > NESTED_MAX:
            return
        self._spend()
        for word, kind in _REFERENCES:
            name = _local(node.get(word))
            target = self.globals.get((kind, name))
            if target is not None and f"{kind} {name}" not in opened:
                yield from self._inside(target, way, (*opened, f"{kind} {name}"))
        for child in node.iterchildren(tag=etree.Element):
            yield from self._child(child, way, opened)

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ImportRefused(f"more than {STEPS_MAX} elements and types in one message")

    def _child(self, child: Node, way: tuple[str, ...], opened: tuple[str, ...]) -> Iterator[Found]:
        kind = etree.QName(child).localname
        if kind == "element":
            yield from self._element(child, way, opened)
        elif kind == "attribute":
            yield from self._attribute(child, way)
        elif kind == "choice" or (child.tag in _GROUPS and child.get("minOccurs") == "0"):
            yield from (_optional(found, way) for found in self._inside(child, way, opened))
        elif child.tag in _GROUPS or kind in ("complexType", "extension", "restriction", "group", "attributeGroup"):
            yield from self._inside(child, way, opened)

    def _element(self, node: Node, way: tuple[str, ...], opened: tuple[str, ...]) -> Iterator[Found]:
        target: Node = self.globals.get(("element", _local(node.get("ref"))), node)
        name = segment_text(target.get("name") or "")
        if name is None or f"element {name}" in opened:
            return
        here = (*way, name)
        # An element of a global element inside itself would never end; one inside another is just that.
        mark = (f"element {name}",) if target is not node else ()
        inside = tuple(self._inside(target, here, (*opened, *mark)))
        many = node.get("maxOccurs", "1") not in ("0", "1")
        required = node.get("minOccurs", "1") != "0"
        kind, length = ("list", None) if many else ("object", None) if inside else self._simple(target)
        if not inside or many or required:
            yield Found(here, kind, required=required, length=length, label=_label(node) or _label(target))
        yield from inside

    def _attribute(self, node: Node, way: tuple[str, ...]) -> Iterator[Found]:
        name = node.get("name") or _local(node.get("ref"))
        if segment_text(name) is not None:
            kind, length = self._simple(node)
            required = node.get("use") == "required"
            yield Found((*way, f"@{name}"), kind, required=required, length=length, label=_label(node))

    def _simple(self, node: Node) -> tuple[str, int | None]:
        """The type and length of an element or attribute without elements inside."""
        length = None
        for _ in range(NESTED_MAX):
            length = length or _facet(node, "maxLength") or _facet(node, "length")
            inner: Node = node.find(f".//{XS}restriction")
            name = _local(node.get("type") or (None if inner is None else inner.get("base")))
            target = self.globals.get(("simpleType", name))
            if target is None:
                return _TYPES.get(name, "text" if name else "any"), length
            node = target
        return "text", length


def _facet(node: Node, name: str) -> int | None:
    found = node.find(f".//{XS}{name}")
    value = "" if found is None else str(found.get("value"))
    return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 9 else None


def _optional(found: Found, way: tuple[str, ...]) -> Found:
    """What stands in a choice need not be there; what stands inside it is as it was."""
    if len(found.way) > len(way) + 1:
        return found
    return Found(found.way, found.type, length=found.length, label=found.label)


def _local(name: str | None) -> str:
    return "" if name is None else name.rpartition(":")[2]


def _label(node: Node) -> str:
    found = node.find(f"{XS}annotation/{XS}documentation")
    return "" if found is None else label_of("".join(found.itertext()))
