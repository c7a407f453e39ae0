"""The bytes a signature covers: parts joined in the order `over` lists them, each encoded once in the wire charset."""

import json
from typing import Any

from gateway.wire.errors import Unreadable
from gateway.wire.layers.charset import charset_out, text_of_bytes
from gateway.wire.sign.digests import sha256
from gateway.wire.sign.encodings import hex_lower
from gateway.wire.sign.joins import CHANGES, plain_text


def over(charset: str, *parts: Any) -> bytes:
    """The parts as one run of bytes; bytes stay as they are, absent parts are empty."""
    return b"".join([_bytes(part, charset) for part in parts])


def _bytes(part: Any, charset: str) -> bytes:
    if part.__class__ is bytes:
        return part
    if part is None:
        return b""
    return charset_out(plain_text(part), charset)


def changed(how: str, charset: str, *parts: Any) -> str:
    """`upper(..)`, `url(..)` and their kin: the parts as one text, changed."""
    return CHANGES[how](text_of_bytes(over(charset, *parts), charset), charset)


def between(body: bytes, start: str, end: str, charset: str = "utf-8", *, whole: bool = False) -> bytes:
    """`between(body;from;to)`: the raw bytes between the first `from` and the next `to`; `whole` keeps these two.

    Some carriers sign a piece of the encoded message; taking it apart and writing it again would change it.
    """
    first, last = start.encode(charset), end.encode(charset)
    _, found, rest = body.partition(first)
    inside, closed, _ = rest.partition(last)
    if not (found and closed):
        raise Unreadable(f"the message has no part between '{start}' and '{end}'")
    return first + inside + last if whole else inside


_DECODER = json.JSONDecoder()
_BLANK = " \t\r\n"


def member(body: bytes, charset: str, *names: str) -> bytes:
    """`member(body;a.b)`: the raw bytes of one member of a JSON message, exactly as they were sent.

    Spaces, escapes and the order of keys are the sender's; reading and writing them again would change them. A name
    `*_response` is the first that ends so: gateways name the member after the call.
    """
    try:
        text = body.decode(charset)
        at = _start(text, 0)
        for name in names:
            at = _member(text, at, name)
        _, end = _DECODER.raw_decode(text, at)
    except (ValueError, IndexError, RecursionError):
        raise Unreadable(f"the message has no JSON member '{'.'.join(names)}'") from None
    return text[at:end].encode(charset)


def _start(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at


def _member(text: str, at: int, name: str) -> int:
    """Where the value of a member begins, in the object that begins here. Raises `ValueError` where there is none."""
    if text[at] != "{":
        raise ValueError(name)
    at = _start(text, at + 1)
    while text[at] == '"':
        key, at = _DECODER.raw_decode(text, at)
        at = _start(text, at)
        if text[at] != ":":
            raise ValueError(name)
        at = _start(text, at + 1)
        if key == name or (name[:1] == "*" and key.endswith(name[1:])):
            return at
        _, at = _DECODER.raw_decode(text, at)
        at = _start(text, at)
        if text[at] != ",":
            break
        at = _start(text, at + 1)
    raise ValueError(name)


def _data(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode()


def sha256_hex(data: bytes | str) -> str:
    """SHA-256 as lower-case hexadecimal."""
    return hex_lower(sha256(_data(data)))
