"""How the bytes of a signature are written, and how two of them are compared."""

import binascii
from base64 import b64decode, b64encode
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


def same_signature(expected: str, got: object) -> bool:
    """Whether a signature that came in is the one expected; takes equally long for every wrong one."""
    if not isinstance(got, str):
        return False
    return compare_digest(expected.encode(), got.encode("utf-8", "surrogatepass"))
