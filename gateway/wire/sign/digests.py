"""Plain digests over the bytes as they are sent: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4), SM3 (GB/T 32905)."""

from hashlib import md5 as _md5
from hashlib import sha1 as _sha1
from hashlib import sha256 as _sha256
from hashlib import sha384 as _sha384
from hashlib import sha512 as _sha512

from cryptography.hazmat.primitives.hashes import SM3, Hash


def md5(data: bytes) -> bytes:
    """MD5, 16 bytes: what old carrier interfaces call a signature, with a shared key among the bytes."""
    return _md5(data, usedforsecurity=False).digest()


def sha1(data: bytes) -> bytes:
    """SHA-1, 20 bytes."""
    return _sha1(data, usedforsecurity=False).digest()


def sha256(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return _sha256(data).digest()


def sha384(data: bytes) -> bytes:
    """SHA-384, 48 bytes."""
    return _sha384(data).digest()


def sha512(data: bytes) -> bytes:
    """SHA-512, 64 bytes."""
    return _sha512(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3, 32 bytes (商密杂凑算法)."""
    made = Hash(SM3())
    made.update(data)
    return made.finalize()
