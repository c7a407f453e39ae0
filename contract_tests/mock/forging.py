"""Wrong keys for forged callbacks: others of the same kind, with which an algorithm works as with the carrier's own."""

import base64
import binascii
import re
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")


@lru_cache(maxsize=64)
def wrong_key(text: str) -> str:
    """Another key than this one: RSA as RSA, hexadecimal digits as such of the same length, any other text reversed."""
    bits = _rsa_bits(text)
    if bits:
        return _rsa_key(bits)
    if _HEX.fullmatch(text):
        return text[:-1] + ("1" if text[-1] != "1" else "2")
    return f"not-{text}"[::-1]


def _rsa_bits(text: str) -> int:
    """The size of an RSA private key in base 64 of PKCS #8; 0 for any other text."""
    try:
        key = serialization.load_der_private_key(base64.b64decode(text, validate=True), password=None)
    except (ValueError, TypeError, binascii.Error):
        return 0
    return key.key_size if isinstance(key, rsa.RSAPrivateKey) else 0


def _rsa_key(bits: int) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    kind, wrapped = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return base64.b64encode(key.private_bytes(kind, wrapped, serialization.NoEncryption())).decode()
