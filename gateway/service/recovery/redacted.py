"""What a person may see of a request and of raw messages: their shape, our own numbers, and nothing about anybody.

Names of fields stay, values become `x` and `9`: a missing, shortened or shifted value is seen, its content is not.
"""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from gateway.journal.vault import RawMessage
from gateway.model.pii import PiiClass, pii_of_annotation

HIDDEN = "***"
CHARACTERS_MAX = 20_000
_PLAIN_HEADERS = frozenset({"content-type", "content-length", "content-encoding", "date"})
_CHARSETS = ("utf-8", "gb18030")
_MARKUP = re.compile(r">([^<>]+)<|=\"([^\"]*)\"|='([^']*)'")
_FORM = re.compile(r"[\w.%-]+=[^&=]*(?:&[\w.%-]+=[^&=]*)*", re.ASCII)
_PAIR = re.compile(r"=([^&]*)")

Keep = frozenset[str]
"""Values that are shown as they are: our request numbers, and numbers a carrier gave that we know."""


def masked(value: Any) -> Any:
    """A canonical value as plain data, every personal field hidden by its class."""
    if isinstance(value, Struct):
        return {each.encode_name: shown for each in fields(value) if (shown := _field(value, each)) is not None}
    if isinstance(value, list | tuple):
        return [masked(each) for each in value]
    return msgspec.to_builtins(value)


def _field(owner: Struct, info: FieldInfo) -> Any:
    value = getattr(owner, info.name)
    if value is None or value in ((), {}):
        return None
    return HIDDEN if _is_personal(owner.__class__, info.name) else masked(value)


@cache
def _is_personal(cls: type[Struct], name: str) -> bool:
    (annotation,) = (info.type for info in fields(cls) if info.name == name)
    return pii_of_annotation(annotation) is not PiiClass.none


def message_shape(raw: RawMessage, keep: Keep) -> dict[str, Any]:
    """A raw message without its values: where it went, which headers it had, how its body is built."""
    return {
        "line": _line(raw.line),
        "headers": [[name, _header(name, value, keep)] for name, value in raw.headers],
        "body": body_shape(raw.body, keep),
        "bytes": len(raw.body),
        "sha256": hashlib.sha256(raw.body).hexdigest(),
    }


def message_plain(raw: RawMessage) -> dict[str, Any]:
    """A raw message as it was; a body that is no text in hexadecimal."""
    text = _text(raw.body)
    body = raw.body.hex() if text is None else text
    return {"line": raw.line, "headers": [list(pair) for pair in raw.headers], "body": body, "bytes": len(raw.body)}


def body_shape(body: bytes, keep: Keep) -> str | None:
    """The body with every value as its shape; None where nothing but its size can be told."""
    text = _text(body)
    if text is None or not text.strip():
        return None
    shape = _json(text, keep)
    if shape is None and text.lstrip().startswith("<"):
        shape = _MARKUP.sub(_replaced(keep), text)
    if shape is None and _FORM.fullmatch(text.strip()):
        shape = _PAIR.sub(lambda found: f"={_value(found[1], keep)}", text)
    return None if shape is None else shape[:CHARACTERS_MAX]


def _line(line: str) -> str:
    """`POST https://host/path` without a query, which may hold a signature or a person; a status stays."""
    method, space, url = line.partition(" ")
    if not space:
        return line
    parts = urlsplit(url)
    return f"{method} {parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.scheme else f"{method} {parts.path}"


def _header(name: str, value: str, keep: Keep) -> str:
    return value if name.lower() in _PLAIN_HEADERS else _value(value, keep)


def _text(body: bytes) -> str | None:
    for charset in _CHARSETS:
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return None


def _json(text: str, keep: Keep) -> str | None:
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return msgspec.json.encode(_leaves(tree, keep)).decode() if isinstance(tree, dict | list) else None


def _leaves(tree: Any, keep: Keep) -> Any:
    if isinstance(tree, dict):
        return {key: _leaves(value, keep) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_leaves(value, keep) for value in tree]
    return tree if tree is None or isinstance(tree, bool) else _value(str(tree), keep)


def _replaced(keep: Keep) -> Callable[[re.Match[str]], str]:
    def replace(found: re.Match[str]) -> str:
        value = next(each for each in found.groups() if each is not None)
        return found[0].replace(value, _value(value, keep)) if value.strip() else found[0]

    return replace


def _value(value: str, keep: Keep) -> str:
    """`x` for a letter, `9` for a digit, and the rest as it is; a number of ours, or the beginning of one, stays."""
    if len(value) >= 4 and any(each == value or each.startswith(value) for each in keep):
        return value
    return "".join("9" if each.isdigit() else "x" if each.isalpha() else each for each in value)
