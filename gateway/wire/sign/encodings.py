"""How the bytes of a signature are written, and how two of them are compared."""

import binascii
from base64 import b64decode, b64encode, urlsafe_b64encode
from hmac import compare_digest


def hex_lower(signature: bytes) -> str:
    """Hexadecimal, lower case."""
    return signature.hex()


def hex_upper(signature: bytes) -> str:
    """Hexadecimal, upper case."""
    return signature.hex().upper()


def base64_text(signature: bytes) -> str:
    """Base 64 with padding (RFC 4648 section 4)."""
    return b64encode(signature).decode("ascii")


def base64_url(signature: bytes) -> str:
    """Base 64 with the alphabet of URLs and padding (RFC 4648 section 5)."""
    return urlsafe_b64encode(signature).decode("ascii")


def base64_url_bare(signature: bytes) -> str:
    """The same without padding."""
    return base64_url(signature).rstrip("=")


def base64_of_hex(signature: bytes) -> str:
    """Base 64 of the hexadecimal text, where a carrier's library hands its digest over as text."""
    return b64encode(signature.hex().encode()).decode("ascii")


def base64_of_hex_upper(signature: bytes) -> str:
    """Base 64 of the hexadecimal text in upper case."""
    return b64encode(signature.hex().upper().encode()).decode("ascii")


def hex_lower_16(signature: bytes) -> str:
    """The 16 digits in the middle of an MD5 (16 位 MD5)."""
    return signature.hex()[8:24]


def hex_upper_16(signature: bytes) -> str:
    """The same in upper case."""
    return hex_lower_16(signature).upper()


def hex_bytes(written: object) -> bytes:
    """The bytes of a signature in hexadecimal digits of either case; what is none has no bytes."""
    try:
        return binascii.unhexlify(written) if isinstance(written, str) and written.isascii() else b""
    except binascii.Error:
        return b""


def base64_bytes(written: object) -> bytes:
    """The bytes of a signature in base 64, line ends aside; what is none, or is written otherwise, has no bytes."""
    text = "".join(written.split()) if isinstance(written, str) else ""
    try:
        signature = b64decode(text, validate=True)
    except ValueError:
        return b""
    # The unused bits of the last character may not carry anything: one signature, one text.
    return signature if b64encode(signature).decode("ascii") == text else b""


def base64_url_bytes(written: object) -> bytes:
    """The bytes of a signature in the base 64 of URLs, padded or not; what is none has no bytes."""
    if not isinstance(written, str) or "+" in written or "/" in written:
        return b""
    bare = written.rstrip("=").replace("-", "+").replace("_", "/")
    return base64_bytes(bare + "=" * (-len(bare) % 4))


def base64_hex_bytes(written: object) -> bytes:
    """The bytes of a signature whose hexadecimal text is in base 64."""
    return hex_bytes(base64_bytes(written).decode("ascii", "replace"))


def same_signature(expected: str, got: object) -> bool:
    """Whether a signature that came in is the one expected; takes equally long for every wrong one."""
    if not isinstance(got, str):
        return False
    return compare_digest(expected.encode(), got.encode("utf-8", "surrogatepass"))
