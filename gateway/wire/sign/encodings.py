"""How the bytes of a signature are written, and how two of them are compared."""

from base64 import b64encode
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


def same_signature(expected: str, got: object) -> bool:
    """Whether a signature that came in is the one expected; takes equally long for every wrong one."""
    if not isinstance(got, str):
        return False
    return compare_digest(expected.encode(), got.encode("utf-8", "surrogatepass"))
