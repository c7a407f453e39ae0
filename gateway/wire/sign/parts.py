"""The bytes a signature covers: parts joined in the order `over` lists them, each encoded once in the wire charset."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.charset import charset_out
from gateway.wire.layers.form import Fields
from gateway.wire.shown import masked
from gateway.wire.sign.digests import md5, sha1, sha256, sha512
from gateway.wire.sign.encodings import base64_text, hex_lower, hex_upper


def over(charset: str, *parts: Any) -> bytes:
    """The parts as one run of bytes; bytes stay as they are, absent parts are empty."""
    return b"".join([_bytes(part, charset) for part in parts])


def _bytes(part: Any, charset: str) -> bytes:
    if part.__class__ is bytes:
        return part
    if part is None:
        return b""
    return charset_out(part.reveal() if isinstance(part, Secret) else _text(part), charset)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    raise CannotSend(f"{masked(value)} cannot be part of a signature")


def sorted_pairs(fields: Fields, separator: str = "&", blanks: str = "drop", *, without: tuple[str, ...] = ()) -> str:
    """`sorted(query|wire;separator;drop|keep)`: `k=v` by rising code point of the names, joined.

    `without` names the fields that stay out, the signature's own among them; absent values always stay out, empty
    texts only when `blanks` is drop. Values are taken before they are percent-encoded.
    """
    return separator.join(f"{name}={value}" for name, value in _sorted(fields, blanks, without))


def values_by_name(fields: Fields, separator: str = "", blanks: str = "drop", *, without: tuple[str, ...] = ()) -> str:
    """The values alone, in the order of their names."""
    return separator.join(value for _, value in _sorted(fields, blanks, without))


def sorted_values(fields: Fields, separator: str = "", blanks: str = "drop", *, without: tuple[str, ...] = ()) -> str:
    """`values(query|wire;separator;drop|keep)`: the values alone, sorted themselves."""
    return separator.join(sorted(value for _, value in _sorted(fields, blanks, without)))


def _sorted(fields: Fields, blanks: str, without: tuple[str, ...]) -> list[tuple[str, str]]:
    texts = ((name, _text(fields[name])) for name in sorted(fields) if name not in without and fields[name] is not None)
    return [(name, value) for name, value in texts if value or blanks == "keep"]


def between(body: bytes, start: str, end: str, charset: str = "utf-8") -> bytes:
    """`between(body;from;to)`: the raw bytes between the first `from` and the next `to`, both left out.

    Some carriers sign a piece of the encoded message; taking it apart and writing it again would change it.
    """
    _, found, rest = body.partition(start.encode(charset))
    inside, closed, _ = rest.partition(end.encode(charset))
    if not (found and closed):
        raise Unreadable(f"the message has no part between '{start}' and '{end}'")
    return inside


def md5_hex(data: bytes | str) -> str:
    """MD5 as lower-case hexadecimal, as one part among others."""
    return hex_lower(md5(_data(data)))


def md5_hex_upper(data: bytes | str) -> str:
    """MD5 as upper-case hexadecimal."""
    return hex_upper(md5(_data(data)))


def sha1_hex(data: bytes | str) -> str:
    """SHA-1 as lower-case hexadecimal."""
    return hex_lower(sha1(_data(data)))


def sha256_hex(data: bytes | str) -> str:
    """SHA-256 as lower-case hexadecimal."""
    return hex_lower(sha256(_data(data)))


def sha512_hex(data: bytes | str) -> str:
    """SHA-512 as lower-case hexadecimal."""
    return hex_lower(sha512(_data(data)))


def sha256_base64(data: bytes | str) -> str:
    """SHA-256 in base 64, as the `Digest` header writes it."""
    return base64_text(sha256(_data(data)))


def _data(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode()


DIGESTS: dict[str, Callable[[bytes | str], str]] = {
    function.__name__: function
    for function in (md5_hex, md5_hex_upper, sha1_hex, sha256_hex, sha512_hex, sha256_base64)
}
"""Digests that may stand as a part of `over` or as the value of a header: `sha256_hex(body)`."""
