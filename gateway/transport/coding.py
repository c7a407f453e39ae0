"""Content codings: a gzip or deflate body is inflated under a cap, in full or not at all."""

import zlib

from gateway.transport.errors import Ambiguous, Fault

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS

_GZIP_NAMES = frozenset({"gzip", "x-gzip"})
_UNREAD_NAMES = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm"})
"""The registered codings we never ask for. Any other word (carriers write charsets there) says nothing of the bytes."""


def coding_of(header: str) -> str:
    """The one coding a Content-Encoding header names, "" for none that changes the bytes.

    Raises `Ambiguous` for a coding we do not read and for a stack of several.
    """
    names = [name for part in header.split(",") if (name := part.strip().lower())]
    if _UNREAD_NAMES.intersection(names):
        raise Ambiguous(Fault.bad_coding)
    codings = [name for name in names if name in _GZIP_NAMES or name == "deflate"]
    if len(codings) > 1:
        raise Ambiguous(Fault.bad_coding)
    return codings[0] if codings else ""


def inflate(body: bytes, coding: str, bytes_max: int) -> bytes:
    """Undo gzip or deflate, holding at most `bytes_max` bytes (and one more, to know that there are more).

    An empty body is itself: some servers label even that. Raises `Ambiguous` when it does not inflate to its very end.
    """
    if not body:
        return body
    window = _GZIP if coding in _GZIP_NAMES else _deflate_window(body)
    inflated = b""
    # A gzip body may be several members in a row (RFC 1952, section 2.2).
    while body:
        member, body = _inflate_member(body, window, bytes_max - len(inflated))
        inflated = inflated + member if inflated else member
        if body and window != _GZIP:
            raise Ambiguous(Fault.bad_gzip)
    return inflated


def _inflate_member(body: bytes, window: int, bytes_max: int) -> tuple[bytes, bytes]:
    unpacker = zlib.decompressobj(window)
    try:
        member = unpacker.decompress(body, bytes_max + 1)
    except zlib.error:
        member = None
    if member is None:
        raise Ambiguous(Fault.bad_gzip)
    if len(member) > bytes_max:
        raise Ambiguous(Fault.inflated_too_large)
    if not unpacker.eof:
        raise Ambiguous(Fault.bad_gzip)
    return member, unpacker.unused_data


def _deflate_window(body: bytes) -> int:
    """Tell zlib-wrapped from raw deflate, both sent under the one name, by the header's check bits (RFC 1950)."""
    wrapped = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _ZLIB if wrapped else _RAW_DEFLATE
