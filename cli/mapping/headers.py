"""`headers`: names against values, of a carrier, of one call, and as a layer those a reply is read with."""

import re

from cli.mapping.tree import Headers, Layer, Text
from cli.mapping.words import Words, entries, key_text, value_of

HEADERS_MAX = 50
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def read_headers(words: Words) -> Headers:
    """`headers`: name against value."""
    found = []
    for key, node in entries(words, "headers", HEADERS_MAX):
        value = value_of(node, words.faults, f"header {key.text}")
        if not _HEADER_NAME.fullmatch(key.text):
            words.faults.add(key.mark, f"'{key.text}' is no header name: letters, digits and - only")
        elif isinstance(value, Text) and not value.value.isprintable():
            words.faults.add(value.mark, f"header {key.text}: a control character would end the header")
        elif value is not None:
            found.append((key_text(key), value))
    return tuple(found)


def taken_headers(layer: Layer) -> tuple[tuple[str, ...], str] | None:
    """The names of a `headers` layer, and the name they stand under in the message; None where it says neither."""
    names, kept = layer.options.get("of"), layer.options.get("as")
    if not isinstance(names, tuple) or not isinstance(kept, Text) or not re.fullmatch(r"[^\W\d]\w{0,40}", kept.value):
        return None
    found = tuple(each.value for each in names if isinstance(each, Text) and _HEADER_NAME.fullmatch(each.value))
    return (found, kept.value) if 0 < len(found) == len(names) <= HEADERS_MAX else None


TAKEN = "headers: { of: [ETag, Location], as: Http }"
