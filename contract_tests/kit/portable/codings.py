"""Decoders and encoders of the standard library: forms, JSON, XML in any charset, digests. A third opinion."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes
from xml.parsers import expat

from contract_tests.kit.portable.limits import FORM_FIELDS_MAX, XML_DEPTH_MAX
from contract_tests.language.template import NULL

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding=["']([A-Za-z0-9._-]{1,30})["']""")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,200}\?>")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def octets(value: str | bytes | None, charset: str = "utf-8") -> bytes:
    """Text as bytes; bytes stay, nothing is no bytes."""
    return b"" if value is None else value if isinstance(value, bytes) else value.encode(charset)


def form_bytes(body: bytes) -> dict[str, bytes]:
    """A form as raw bytes per field; a field twice or without a value is an error."""
    fields: dict[str, bytes] = {}
    for part in body.split(b"&", FORM_FIELDS_MAX) if body else []:
        name, equals, value = part.partition(b"=")
        key = unquote_to_bytes(name.replace(b"+", b" ")).decode("ascii")
        if not equals or key in fields:
            raise ValueError(f"form field '{key}' is repeated or has no value")
        fields[key] = unquote_to_bytes(value.replace(b"+", b" "))
    return fields


def form(body: bytes, charset: str = "utf-8") -> dict[str, str]:
    """A form as texts, strictly in a charset."""
    return {name: value.decode(charset) for name, value in form_bytes(body).items()}


def to_form(fields: Mapping[str, Any]) -> str:
    """Fields in the order given: a blank is `+`, other bytes `%XX`."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items())


def from_json(text: str | bytes | None) -> Any:
    """Read JSON: numbers with a point are decimals, a key twice is an error."""
    if text is None:
        raise ValueError("there is no JSON text")
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands in a JSON object twice")
    return found


def to_json(tree: Any) -> str:
    """Compact JSON, characters as they are, decimals as the digits they have."""
    if isinstance(tree, Mapping):
        return "{" + ",".join(f"{to_json(str(name))}:{to_json(value)}" for name, value in tree.items()) + "}"
    if isinstance(tree, list | tuple):
        return "[" + ",".join(map(to_json, tree)) + "]"
    if tree is None or tree is NULL:
        return "null"
    if isinstance(tree, Decimal):
        return f"{tree:f}"
    return json.dumps(tree if isinstance(tree, str | bool | int) else str(tree), ensure_ascii=False)


def from_xml(data: bytes | str, lists: list[str] | None = None, charset: str | None = None) -> dict[str, Any]:
    """Read XML into maps of texts: children by name, attributes by `@name`, repeated elements as lists.

    Names stand without their namespace prefix; elements named in `lists` are lists even alone. The charset is the
    declared one unless named. A DOCTYPE is refused. Raises ValueError.
    """
    builder = _Builder(frozenset(lists or ()))
    try:
        builder.parser.Parse(_DECLARATION.sub("", _xml_text(data, charset)), True)
    except expat.ExpatError as error:
        raise ValueError(f"not XML: {expat.errors.messages[error.code]} at line {error.lineno}") from None
    return builder.found


def _xml_text(data: bytes | str, charset: str | None) -> str:
    if isinstance(data, str):
        return data
    declared = _DECLARED.match(data[:200])
    try:
        return data.decode(charset or (declared[1].decode() if declared else "utf-8"))
    except LookupError as error:
        raise ValueError(str(error)) from None


class _Builder:
    """Collects elements from expat's events."""

    def __init__(self, lists: frozenset[str]) -> None:
        self.found: dict[str, Any] = {}
        self._lists, self._open = lists, [(self.found, [""])]
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_: Any) -> None:
        raise ValueError("a DOCTYPE is refused")

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        if len(self._open) > XML_DEPTH_MAX:
            raise ValueError(f"XML nested deeper than {XML_DEPTH_MAX}")
        own = {f"@{name}": value for name, value in attributes.items() if not name.startswith("xmlns")}
        self._open.append((own, [""]))

    def _text(self, text: str) -> None:
        self._open[-1][1].append(text)

    def _end(self, tag: str) -> None:
        found, texts = self._open.pop()
        above, name, text = self._open[-1][0], tag.rpartition(":")[2], "".join(texts)
        value: Any = found or text
        if found and text.strip() and all(key[0] == "@" for key in found):
            value = {**found, "#text": text}
        if name in above:
            above[name] = [*(above[name] if isinstance(above[name], list) else [above[name]]), value]
        else:
            above[name] = [value] if name in self._lists else value


def to_xml(tree: Mapping[str, Any], charset: str = "UTF-8") -> bytes:
    """Write XML without white space: `@name` is an attribute, `#text` the text beside it; a list repeats it."""
    parts = [f'<?xml version="1.0" encoding="{charset}"?>', xml_part(tree)]
    return "".join(parts).encode(charset)


def xml_part(tree: Mapping[str, Any]) -> str:
    """The same without a declaration."""
    return "".join(_written(name, value) for name, value in tree.items())


def _written(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_written(name, item) for item in value)
    if not isinstance(value, dict):
        text = "" if value in (None, NULL) else str(value).translate(_ESCAPES)
        return f"<{name}>{text}</{name}>" if text else f"<{name}/>"
    attributes = "".join(f' {key[1:]}="{str(v).translate(_ESCAPES)}"' for key, v in value.items() if key[0] == "@")
    inner = str(value["#text"]).translate(_ESCAPES) if "#text" in value else ""
    inner += "".join(_written(key, item) for key, item in value.items() if key[0] not in "@#")
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def digest(algorithm: str, *parts: str | bytes) -> bytes:
    """The digest of the parts, one after the other."""
    return hashlib.new(algorithm, b"".join(map(octets, parts)), usedforsecurity=False).digest()


def mac(algorithm: str, key: str | bytes, *parts: str | bytes) -> bytes:
    """The HMAC of the parts under a key."""
    return hmac.new(octets(key), b"".join(map(octets, parts)), algorithm).digest()


def base64_text(value: str | bytes) -> str:
    """Base 64 of bytes, as text."""
    return base64.b64encode(octets(value)).decode()


def unbase64(value: str | bytes) -> bytes:
    """The bytes inside base 64; anything beyond its alphabet is an error."""
    return base64.b64decode(value, validate=True)


def pairs(fields: Mapping[str, Any], without: list[str] | None = None) -> str:
    """`name=value` joined by `&` in ascending order of names, without empty values and the names left out."""
    kept = sorted((name, value) for name, value in fields.items() if name not in (without or ()) and value != "")
    return "&".join(f"{name}={value}" for name, value in kept)
