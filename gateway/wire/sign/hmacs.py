"""HMAC (RFC 2104) with MD5, SHA-1, SHA-2 and SM3; the key is a secret text taken as UTF-8, or bytes as they are."""

from hmac import digest

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend


def hmac_md5(key: Secret | bytes, data: bytes) -> bytes:
    """HMAC-MD5, 16 bytes."""
    return digest(_key(key), data, "md5")


def hmac_sha1(key: Secret | bytes, data: bytes) -> bytes:
    """HMAC-SHA1, 20 bytes."""
    return digest(_key(key), data, "sha1")


def hmac_sha256(key: Secret | bytes, data: bytes) -> bytes:
    """HMAC-SHA256, 32 bytes."""
    return digest(_key(key), data, "sha256")


def hmac_sha384(key: Secret | bytes, data: bytes) -> bytes:
    """HMAC-SHA384, 48 bytes."""
    return digest(_key(key), data, "sha384")


def hmac_sha512(key: Secret | bytes, data: bytes) -> bytes:
    """HMAC-SHA512, 64 bytes."""
    return digest(_key(key), data, "sha512")


def hmac_sm3(key: Secret | bytes, data: bytes) -> bytes:
    """HMAC-SM3, 32 bytes (GB/T 15852.2)."""
    made = HMAC(_key(key), SM3())
    made.update(data)
    return made.finalize()


def _key(key: Secret | bytes) -> bytes:
    # An empty key signs without complaint and protects nothing.
    found = key if isinstance(key, bytes) else key.reveal().encode()
    if not found:
        raise CannotSend("the signing key of this channel is empty")
    return found
