"""Layers that pack bytes: base 64, hexadecimal, percent signs, gzip. The same name on the way back is the inverse."""

import binascii
import gzip
import re
import zlib
from base64 import b64decode, b64encode, urlsafe_b64encode
from urllib.parse import unquote_to_bytes

from gateway.wire.errors import Unreadable
from gateway.wire.layers.escapes import ESCAPES, escaped
from gateway.wire.limits import BODY_BYTES_MAX, INFLATED_BYTES_MAX


def base64_out(
    body: bytes,
    *,
    url_safe: bool = False,
    lines: int | None = None,
    crlf: bool = False,
    last: bool = False,
    begin: str = "",
    end: str = "",
) -> bytes:
    """The bytes in base 64; `url_safe` uses - and _ in place of + and /.

    `lines` is how many characters stand in one line, as MIME has it; the ends of lines stand between them, with
    `last` also behind the last one. `begin` and `end` are lines around it (armour).
    """
    text = urlsafe_b64encode(body) if url_safe else b64encode(body)
    width = lines or max(len(text), 1)
    rows = [text[at : at + width] for at in range(0, len(text), width)]
    whole = [each for each in (begin.encode(), *rows, end.encode()) if each]
    line_end = b"\r\n" if crlf else b"\n"
    return line_end.join(whole) + (line_end if last and whole else b"")


def base64_in(body: bytes, *, begin: str = "", end: str = "") -> bytes:
    """The bytes inside; white space and missing padding are allowed, both alphabets are read.

    `begin` and `end` are the lines it stands between: without them it is another message.
    """
    packed = _bounded(body).strip()
    if begin or end:
        first, behind = begin.encode(), end.encode()
        if len(packed) < len(first) + len(behind) or not (packed.startswith(first) and packed.endswith(behind)):
            raise Unreadable("the message does not stand between the lines that begin and end it")
        packed = packed[len(first) : len(packed) - len(behind)]
    packed = re.sub(rb"\s+", b"", packed).translate(_STANDARD)
    try:
        return b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except ValueError:
        raise Unreadable("the message is not base 64") from None


_STANDARD = bytes.maketrans(b"-_", b"+/")


def hex_out(body: bytes, *, upper: bool = False) -> bytes:
    """The bytes in hexadecimal digits."""
    text = binascii.hexlify(body)
    return text.upper() if upper else text


def hex_in(body: bytes) -> bytes:
    """The bytes inside, digits of either case."""
    try:
        return binascii.unhexlify(_bounded(body).strip())
    except ValueError:
        raise Unreadable("the message is not hexadecimal") from None


def url_encode_out(body: bytes, *, plus: bool = False, lower: bool = False) -> bytes:
    """Every byte but unreserved ones (RFC 3986) as `%XX`.

    `plus` is the other habit, that of HTML forms and Java's URLEncoder: a space becomes `+`, `*` stays, `~` does not.
    `lower` writes the digits in lower case.
    """
    way = ESCAPES["java" if plus else "rfc3986"]
    return escaped(body, way._replace(lower=lower)).encode("ascii")


def url_encode_in(body: bytes, *, plus: bool = False) -> bytes:
    """The bytes inside; with `plus` a plus sign is a space."""
    packed = _bounded(body).replace(b"+", b" ") if plus else _bounded(body)
    if _BROKEN.search(packed):
        raise Unreadable("a percent sign is not followed by two hexadecimal digits")
    return unquote_to_bytes(packed)


_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def gzip_out(body: bytes) -> bytes:
    """The bytes compressed; the header holds no clock, so the same body gives the same bytes."""
    return gzip.compress(body, mtime=0)


def gzip_in(body: bytes) -> bytes:
    """The bytes inside, at most 16 MiB of them: a bomb is refused when it passes the limit, not after."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        text = inflater.decompress(_bounded(body), INFLATED_BYTES_MAX + 1)
    except zlib.error:
        raise Unreadable("the message is not gzip") from None
    if len(text) > INFLATED_BYTES_MAX:
        raise Unreadable(f"the message unfolds to more than {INFLATED_BYTES_MAX} bytes")
    if not inflater.eof:
        raise Unreadable("the gzip data ends too early")
    return text


def _bounded(body: bytes) -> bytes:
    if len(body) > BODY_BYTES_MAX:
        raise Unreadable(f"the message is longer than {BODY_BYTES_MAX} bytes")
    return body
