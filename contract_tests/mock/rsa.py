"""The mock's own RSA: signatures and encrypted fields as a carrier's server makes and opens them, by a library."""

import base64
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 - what a carrier's document asks for
    "sha1": hashes.SHA1(),  # noqa: S303
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}
_FILLED = 11


def signed(digest: str, key: str, text: str) -> str:
    """PKCS #1 v1.5 over UTF-8, in base 64; the key is the base 64 of a PKCS #8 file."""
    return base64.b64encode(private_key(key).sign(text.encode(), padding.PKCS1v15(), _HASHES[digest])).decode()


def genuine(digest: str, key: str, signature: str | None, text: str) -> bool:
    """Whether the holder of the other half of a public key signed a text."""
    try:
        raw = base64.b64decode(signature or "", validate=True)
        public_key(key).verify(raw, text.encode(), padding.PKCS1v15(), _HASHES[digest])
    except (InvalidSignature, ValueError):
        return False
    return True


def opened(key: str, sealed: str | None) -> str | None:
    """A text encrypted in chunks of the key's length (PKCS #1 v1.5), in base 64; nothing when it does not open."""
    private = private_key(key)
    size = private.key_size // 8
    try:
        raw = base64.b64decode(sealed or "", validate=True)
        chunks = [private.decrypt(raw[at : at + size], padding.PKCS1v15()) for at in range(0, len(raw), size)]
        return b"".join(chunks).decode() or None
    except ValueError:
        return None


def sealed(key: str, text: str) -> str:
    """A text encrypted under a public key in chunks that fill its length (PKCS #1 v1.5), in base 64."""
    public, data = public_key(key), text.encode()
    size = public.key_size // 8 - _FILLED
    chunks = [public.encrypt(data[at : at + size], padding.PKCS1v15()) for at in range(0, len(data), size)]
    return base64.b64encode(b"".join(chunks)).decode()


@lru_cache(maxsize=32)
def private_key(key: str) -> Any:
    """A private key from the base 64 of its PKCS #8 file."""
    return serialization.load_der_private_key(base64.b64decode(key), password=None)


@lru_cache(maxsize=32)
def public_key(key: str) -> Any:
    """A public key from the base 64 of its X.509 bytes."""
    return serialization.load_der_public_key(base64.b64decode(key))
