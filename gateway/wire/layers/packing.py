"""Layers that pack bytes: base 64, hexadecimal, gzip. The same name on the way back is the inverse."""

import binascii
import gzip
import re
import zlib
from base64 import b64decode, b64encode, urlsafe_b64encode

from gateway.wire.errors import Unreadable
from gateway.wire.limits import BODY_BYTES_MAX, INFLATED_BYTES_MAX


def base64_out(body: bytes, *, url_safe: bool = False) -> bytes:
    """The bytes in base 64; `url_safe` uses - and _ in place of + and /."""
    return urlsafe_b64encode(body) if url_safe else b64encode(body)


def base64_in(body: bytes) -> bytes:
    """The bytes inside; white space and missing padding are allowed, both alphabets are read."""
    packed = re.sub(rb"\s+", b"", _bounded(body)).translate(_STANDARD)
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
