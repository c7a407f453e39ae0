"""Numbers for SM2 that nobody can guess and everybody who knows the inputs can make again (RFC 6979 section 3.2)."""

from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

_SIZE = 32


def derived(secret: bytes, data: bytes) -> Callable[[int], int]:
    """A source of numbers of 256 bits out of a secret and what it is used for."""
    candidates = _candidates(secret, data)
    return lambda _bits: next(candidates)


def _candidates(secret: bytes, data: bytes) -> Iterator[int]:
    v, k = b"\x01" * _SIZE, b"\x00" * _SIZE
    for separator in (b"\x00", b"\x01"):
        k = _mac(k, v + separator + secret + data)
        v = _mac(k, v)
    while True:
        v = _mac(k, v)
        yield int.from_bytes(v, "big")
        k = _mac(k, v + b"\x00")
        v = _mac(k, v)


def _mac(key: bytes, data: bytes) -> bytes:
    made = HMAC(key, SM3())
    made.update(data)
    return made.finalize()
