"""Plain digests: MD5 (RFC 1321), SHA-1, SHA-256 and SHA-512 (FIPS 180-4), over the bytes as they are sent."""

from hashlib import md5 as _md5
from hashlib import sha1 as _sha1
from hashlib import sha256 as _sha256
from hashlib import sha512 as _sha512


def md5(data: bytes) -> bytes:
    """MD5, 16 bytes: what old carrier interfaces call a signature, with a shared key among the bytes."""
    return _md5(data, usedforsecurity=False).digest()


def sha1(data: bytes) -> bytes:
    """SHA-1, 20 bytes."""
    return _sha1(data, usedforsecurity=False).digest()


def sha256(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return _sha256(data).digest()


def sha512(data: bytes) -> bytes:
    """SHA-512, 64 bytes."""
    return _sha512(data).digest()
