"""HMAC (RFC 2104) with SHA-1, SHA-256 and SHA-512; the key is a secret text, taken as UTF-8 bytes."""

from hmac import digest

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend


def hmac_sha1(key: Secret, data: bytes) -> bytes:
    """HMAC-SHA1, 20 bytes."""
    return digest(_key(key), data, "sha1")


def hmac_sha256(key: Secret, data: bytes) -> bytes:
    """HMAC-SHA256, 32 bytes."""
    return digest(_key(key), data, "sha256")


def hmac_sha512(key: Secret, data: bytes) -> bytes:
    """HMAC-SHA512, 64 bytes."""
    return digest(_key(key), data, "sha512")


def _key(key: Secret) -> bytes:
    # An empty key signs without complaint and protects nothing.
    text = key.reveal()
    if not text:
        raise CannotSend("the signing key of this channel is empty")
    return text.encode()
