"""`headers`: names against values, of a carrier, of one call, and as a layer those a reply is read with."""

import re
from collections.abc import Collection

from cli.mapping.braces import BRACES
from cli.mapping.tree import CallHeader, Headers, Layer, Text, Value
from cli.mapping.words import Words, entries, key_text, value_of
from gateway.catalogue.nodes import KeyNode, MapNode, Node
from gateway.catalogue.values import Faults

HEADERS_MAX = 50
OF_CALL = ("http.method", "http.path")
"""What a header may say of the call it goes with, beside settings and signatures."""

_BASIC = re.compile(r"basic\(([^;()]*);([^;()]*)\)")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def read_headers(words: Words) -> Headers:
    """`headers`: name against value."""
    found = []
    for key, node in entries(words, "headers", HEADERS_MAX):
        if (value := _value(key, node, words.faults)) is not None:
            found.append((key_text(key), value))
    return tuple(found)


def read_call_headers(words: Words) -> tuple[CallHeader, ...]:
    """`headers` of one call: name against value, or against `{ value: .., missing: error }`."""
    found = []
    for key, node in entries(words, "headers", HEADERS_MAX):
        held, needed = _held(key, node, words.faults)
        value = None if held is None else _value(key, held, words.faults)
        if value is not None:
            found.append(CallHeader(key_text(key), value, needed))
    return tuple(found)


def _held(key: KeyNode, node: Node, faults: Faults) -> tuple[Node | None, bool]:
    """The value of a header, and whether nothing is sent without it."""
    if not isinstance(node, MapNode):
        return node, False
    inner = Words(node, faults, f"header {key.text}")
    missing, held = inner.word("missing", ("omit", "error")), inner.need("value")
    inner.done()
    return held, missing is not None and missing.value == "error"


def _value(key: KeyNode, node: Node, faults: Faults) -> Value | None:
    value = value_of(node, faults, f"header {key.text}")
    if not _HEADER_NAME.fullmatch(key.text):
        faults.add(key.mark, f"'{key.text}' is no header name: letters, digits and - only")
        return None
    if isinstance(value, Text) and not value.value.isprintable():
        faults.add(value.mark, f"header {key.text}: a control character would end the header")
        return None
    return value


def basic_parts(inside: str) -> tuple[str, str] | None:
    """The two parts of `basic(name;password)` in the braces of a header; None for anything else."""
    found = _BASIC.fullmatch(inside)
    return None if found is None else (found[1].strip(), found[2].strip())


def names_kept(text: Text, kept: Collection[str]) -> bool:
    """Whether something a layer keeps under a name (a signature) stands in the braces of a header."""
    insides = BRACES.findall(text.value)
    return any(inside in kept or not set(basic_parts(inside) or ()).isdisjoint(kept) for inside in insides)


def taken_headers(layer: Layer) -> tuple[tuple[str, ...], str] | None:
    """The names of a `headers` layer, and the name they stand under in the message; None where it says neither."""
    names, kept = layer.options.get("of"), layer.options.get("as")
    if not isinstance(names, tuple) or not isinstance(kept, Text) or not re.fullmatch(r"[^\W\d]\w{0,40}", kept.value):
        return None
    found = tuple(each.value for each in names if isinstance(each, Text) and _HEADER_NAME.fullmatch(each.value))
    return (found, kept.value) if 0 < len(found) == len(names) <= HEADERS_MAX else None


TAKEN = "headers: { of: [ETag, Location], as: Http }"
