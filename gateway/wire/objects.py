"""Codecs of whole objects: JSON text inside a field, an object as it is, key-and-value lists."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.json import json_in
from gateway.wire.shown import masked

_encode = msgspec.json.Encoder(decimal_format="number").encode


def raw_out(value: Any) -> Any:
    """`raw`: an object or list as it is, the model's Structs turned into plain dicts and lists."""
    return msgspec.to_builtins(value, str_keys=True)


def raw_in(value: Any) -> Any:
    """The object as the wire held it."""
    if isinstance(value, dict | list):
        return value
    raise Unreadable(f"expected an object or a list, found {masked(value)}")


def bytes_in(value: Any) -> bytes:
    """`raw` of a field that holds bytes: the body a `binary` layer gave, as it is."""
    if isinstance(value, bytes):
        return value
    raise Unreadable(f"expected bytes, found {masked(value)}")


def document_in(body: bytes, begins: str, ends: str) -> bytes:
    """The body of a `binary` layer that knows its kind of document: cut short, or a web page, it is none."""
    if not body.startswith(begins.encode()):
        raise Unreadable(f"the document does not begin with {begins!r}")
    if not body.rstrip().endswith(ends.encode()):
        raise Unreadable(f"the document does not end with {ends!r}: it was cut off")
    return body


def json_text_out(value: Any, times: int = 1) -> str:
    """`json([times])`: JSON text inside the field; more than once where a carrier quotes JSON inside JSON."""
    text = _encode(value).decode()
    for _ in range(times - 1):
        text = _encode(text).decode()
    return text


def json_text_in(value: Any, times: int = 1) -> Any:
    """What the JSON text inside the field says; refuses what the JSON layer refuses."""
    for _ in range(times):
        if not isinstance(value, str):
            raise Unreadable(f"expected JSON text, found {masked(value)}")
        value = json_in(value.encode())
    return value


def pairs_out(value: Mapping[str, Any], key: str, name: str) -> list[dict[str, Any]]:
    """`pairs(key;value)`: an object as a list of small objects, in the order of its keys."""
    return [{key: k, name: v} for k, v in value.items()]


def pairs_in(value: Any, key: str, name: str) -> dict[str, Any]:
    """The object out of such a list; a key that comes twice is unreadable."""
    found: dict[str, Any] = {}
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict) or not isinstance(item.get(key), str):
            raise Unreadable(f"expected objects with '{key}' and '{name}'")
        if item[key] in found:
            raise Unreadable(f"'{key}' comes twice with the same text")
        found[item[key]] = item.get(name)
    return found


def join_out(values: Sequence[str | None], separator: str) -> str:
    """`join(separator)`: a list of texts in one, absent ones left out; one that holds the separator is refused."""
    texts = [value for value in values if value is not None]
    if any(separator in text for text in texts):
        raise CannotSend(f"a text of this list holds the separator '{separator}'")
    return separator.join(texts)


def join_in(value: Any, separator: str) -> list[str]:
    """The texts of such a list; an empty text is an empty list."""
    if not isinstance(value, str):
        raise Unreadable(f"expected a text, found {masked(value)}")
    return value.split(separator) if value else []
