"""The mock's own decoders and encoders: forms, JSON, XML, base64, digests. None is shared with the gateway."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes

import msgspec
from lxml import etree

from contract_tests.language.template import NULL

XML_DEPTH_MAX = 64
FORM_FIELDS_MAX = 200
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def form_bytes(body: bytes) -> dict[str, bytes]:
    """Decode a form to raw bytes per field; a repeated field is an error."""
    fields: dict[str, bytes] = {}
    parts = body.split(b"&", FORM_FIELDS_MAX) if body else []
    for part in parts:
        name, equals, value = part.partition(b"=")
        key = unquote_to_bytes(name.replace(b"+", b" ")).decode("ascii")
        if not equals or key in fields:
            raise ValueError(f"form field '{key}' is repeated or has no value")
        fields[key] = unquote_to_bytes(value.replace(b"+", b" "))
    return fields


def form(body: bytes, charset: str = "utf-8") -> dict[str, str]:
    """Decode a form to texts, strictly."""
    return {name: value.decode(charset) for name, value in form_bytes(body).items()}


def to_form(fields: Mapping[str, str | bytes]) -> str:
    """Encode a form in the order given: a blank is `+`, other bytes `%XX`."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items())


def from_json(text: str | bytes | None) -> Any:
    """Read JSON; numbers with a point become decimals, a duplicate key is an error."""
    if text is None:
        raise ValueError("there is no JSON text")
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_unique)


def member(body: bytes, name: str) -> str | None:
    """The text of one member of a JSON object exactly as it was sent."""
    text, scan = body.decode(), json.JSONDecoder().raw_decode
    at = _skip(text, 0) + 1
    while (at := _skip(text, at)) < len(text) and text[at] != "}":
        key, at = scan(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, at = scan(text, start)
        if key == name:
            return text[start:at]
        at = _skip(text, at)
        at += text[at : at + 1] == ","
    return None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate JSON key")
    return found


_WRITER = msgspec.json.Encoder(decimal_format="number", enc_hook=lambda value: None if value is NULL else str(value))


def to_json(tree: Any) -> str:
    """Write compact JSON, characters as they are, decimals as numbers."""
    return _WRITER.encode(tree).decode()


def from_xml(data: bytes, lists: list[str] | None = None, charset: str | None = None) -> dict[str, Any]:
    """Read XML into maps of texts: children by name, attributes by `@name`, repeated elements as lists.

    An element of attributes and a text is a map with the text under `#text`.

    Elements named in `lists` are lists even when there is one. DOCTYPE, entities and processing are refused.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, encoding=charset)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not XML: {error.msg}") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise ValueError("a DOCTYPE is refused")
    return {str(root.tag): _element(root, frozenset(lists or ()), XML_DEPTH_MAX)}


def _element(element: Any, lists: frozenset[str], depth: int) -> Any:
    if depth == 0:
        raise ValueError(f"XML nested deeper than {XML_DEPTH_MAX}")
    children = list(element.iterchildren(etree.Element))
    if not children and not element.attrib:
        return element.text or ""
    found: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    if not children and element.text:
        found["#text"] = element.text
    for child in children:
        value, name = _element(child, lists, depth - 1), child.tag
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = [value] if name in lists else value
    return found


def to_xml(tree: Mapping[str, Any], charset: str = "UTF-8") -> bytes:
    """Write XML without white space: `@name` is an attribute, `#text` the text beside it; a list repeats it."""
    parts = [f'<?xml version="1.0" encoding="{charset}"?>']
    for name, value in tree.items():
        _write(name, value, parts)
    return "".join(parts).encode(charset)


_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def _write(name: str, value: Any, parts: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _write(name, item, parts)
        return
    if not isinstance(value, dict):
        text = "" if value is NULL else str(value)
        parts.append(f"<{name}>{text.translate(_ESCAPES)}</{name}>" if text else f"<{name}/>")
        return
    attributes = "".join(f' {key[1:]}="{str(v).translate(_ESCAPES)}"' for key, v in value.items() if key[0] == "@")
    if (beside := value.get("#text")) is not None:
        parts.append(f"<{name}{attributes}>{str(beside).translate(_ESCAPES)}</{name}>")
        return
    children = [(key, item) for key, item in value.items() if key[0] != "@"]
    if not children:
        parts.append(f"<{name}{attributes}/>")
        return
    parts.append(f"<{name}{attributes}>")
    for key, item in children:
        _write(key, item, parts)
    parts.append(f"</{name}>")


def octets(value: str | bytes | None, charset: str = "utf-8") -> bytes:
    """Text as bytes; bytes stay, nothing is no bytes."""
    return b"" if value is None else value if isinstance(value, bytes) else value.encode(charset)


def digest(algorithm: str, *parts: str | bytes) -> bytes:
    """The digest of the parts, one after the other."""
    return hashlib.new(algorithm, b"".join(map(octets, parts)), usedforsecurity=False).digest()


def mac(algorithm: str, key: str | bytes, *parts: str | bytes) -> bytes:
    """The HMAC of the parts under a key."""
    return hmac.new(octets(key), b"".join(map(octets, parts)), algorithm).digest()


def base64_text(value: str | bytes) -> str:
    """Base64 of bytes, as text."""
    return base64.b64encode(octets(value)).decode()


def pairs(fields: Mapping[str, Any], without: list[str] | None = None) -> str:
    """`name=value` joined by `&` in ascending order of names, without empty values and the names left out."""
    kept = sorted((name, value) for name, value in fields.items() if name not in (without or ()) and value != "")
    return "&".join(f"{name}={value}" for name, value in kept)


def unbase64(value: str | bytes) -> bytes:
    """The bytes inside base 64; anything beyond its alphabet is an error."""
    return base64.b64decode(value, validate=True)


def soap(data: bytes) -> dict[str, Any] | None:
    """The call in a SOAP 1.1 envelope: `operation`, `namespace`, `arguments` by name; nothing when it is none."""
    try:
        found: Any = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return None
    calls = found.findall(f"{{{SOAP}}}Body/*") if found.tag == f"{{{SOAP}}}Envelope" else []
    if len(calls) != 1 or found.getroottree().docinfo.doctype:
        return None
    name = etree.QName(calls[0])
    arguments = {etree.QName(each).localname: each.text or "" for each in calls[0].iterchildren(etree.Element)}
    return {"operation": name.localname, "namespace": name.namespace, "arguments": arguments}


def xml_or_nothing(text: str | None, lists: list[str] | None = None) -> dict[str, Any] | None:
    """Read XML as `xml` does; nothing where it is none. A text has no charset, whatever it declares."""
    try:
        return from_xml((text or "").encode(), lists, "utf-8")
    except ValueError:
        return None


def fits(text: str | None, charset: str) -> bool:
    """Whether a charset has every character of a text."""
    try:
        (text or "").encode(charset)
    except UnicodeEncodeError:
        return False
    return True
