"""RSA, AES, SM2, SM3 and SM4 by the package `cryptography`, where the carrier has it; the rest needs no package.

SM2's curve is written out: the package has the national digest and cipher, and no signature on them.
"""

import base64
import secrets
from functools import lru_cache
from importlib import import_module
from typing import Any

from contract_tests.kit.portable.codings import octets

_PRIMITIVES = "cryptography.hazmat.primitives."
_BLOCK_BITS = 128


class NeedsPackage(RuntimeError):
    """A package that a check needs and this Python has not: what it would show could not be checked."""


def _part(name: str) -> Any:
    try:
        return import_module(_PRIMITIVES + name)
    except ImportError as error:
        raise NeedsPackage("needs the package cryptography: pip install cryptography") from error


def is_there() -> bool:
    """Whether this Python has the package."""
    try:
        _part("hashes")
    except NeedsPackage:
        return False
    return True


def rsa_signed(algorithm: str, key: str, text: str | bytes) -> str:
    """RSASSA-PKCS1-v1_5 in base 64; the key is base 64 of a PKCS #8 file."""
    padding, hashes = _part("asymmetric.padding"), _part("hashes")
    signature = _private(key).sign(octets(text), padding.PKCS1v15(), getattr(hashes, algorithm.upper())())
    return base64.b64encode(signature).decode()


def rsa_genuine(algorithm: str, key: str, signature: str | None, text: str | bytes) -> bool:
    """Whether the private half of a public key signed a text."""
    padding, hashes = _part("asymmetric.padding"), _part("hashes")
    wrong = import_module("cryptography.exceptions").InvalidSignature
    try:
        raw = base64.b64decode(signature or "", validate=True)
        _public(key).verify(raw, octets(text), padding.PKCS1v15(), getattr(hashes, algorithm.upper())())
    except (wrong, ValueError):
        return False
    return True


def rsa_sealed(key: str, text: str) -> str:
    """A text encrypted in chunks of the key's length less eleven bytes, in base 64."""
    padding, public, data = _part("asymmetric.padding"), _public(key), text.encode()
    size = public.key_size // 8 - 11
    chunks = [public.encrypt(data[at : at + size], padding.PKCS1v15()) for at in range(0, len(data), size)]
    return base64.b64encode(b"".join(chunks)).decode()


@lru_cache(maxsize=16)
def _private(key: str) -> Any:
    return _part("serialization").load_der_private_key(base64.b64decode(key), password=None)


@lru_cache(maxsize=16)
def _public(key: str) -> Any:
    return _part("serialization").load_der_public_key(base64.b64decode(key))


def aes_ecb(key: str, data: str | bytes) -> bytes:
    """AES in ECB with PKCS #7 filling."""
    ciphers = _part("ciphers")
    return _sealed(ciphers.algorithms.AES(octets(key)), ciphers.modes.ECB(), octets(data))


def aes_ecb_open(key: str, data: bytes) -> bytes:
    """What was sealed so. Raises ValueError for another filling."""
    ciphers = _part("ciphers")
    return _opened(ciphers.algorithms.AES(octets(key)), ciphers.modes.ECB(), data)


def sm4_seal(key: str, iv: str, data: str | bytes) -> bytes:
    """SM4 in CBC with PKCS #7 filling; the key in hexadecimal digits, the IV as text."""
    ciphers, cipher = _part("ciphers"), _sm4(key)
    return _sealed(cipher, ciphers.modes.CBC(iv.encode()), octets(data))


def sm4_open(key: str, iv: str, data: bytes) -> bytes:
    """What was sealed so. Raises ValueError for another filling."""
    ciphers, cipher = _part("ciphers"), _sm4(key)
    return _opened(cipher, ciphers.modes.CBC(iv.encode()), data)


def _sm4(key: str) -> Any:
    return _part("ciphers.algorithms").SM4(bytes.fromhex(key))


def _sealed(cipher: Any, mode: Any, data: bytes) -> bytes:
    filler = _part("padding").PKCS7(_BLOCK_BITS).padder()
    worker = _part("ciphers").Cipher(cipher, mode).encryptor()
    made: bytes = worker.update(filler.update(data) + filler.finalize()) + worker.finalize()
    return made


def _opened(cipher: Any, mode: Any, data: bytes) -> bytes:
    filler = _part("padding").PKCS7(_BLOCK_BITS).unpadder()
    worker = _part("ciphers").Cipher(cipher, mode).decryptor()
    opened: bytes = filler.update(worker.update(data) + worker.finalize()) + filler.finalize()
    return opened


def sm3(*parts: str | bytes) -> bytes:
    """The national digest."""
    hashes = _part("hashes")
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"".join(map(octets, parts)))
    made: bytes = digest.finalize()
    return made


# GB/T 32918.5: the curve y^2 = x^3 + ax + b over the prime field, its base point and the order of it.
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_USER = b"1234567812345678"
Point = tuple[int, int] | None


def sm2_signed(key: str, text: str | bytes) -> bytes:
    """R and s of a private key (64 hexadecimal digits) under the usual user id."""
    private = int(key, 16)
    public = _times(private, _G)
    digest = _message(public, octets(text))
    while True:
        k = secrets.randbelow(_N - 1) + 1
        point = _times(k, _G)
        r = (digest + (point[0] if point else 0)) % _N
        s = pow(1 + private, -1, _N) * (k - r * private) % _N
        if r and s and r + k != _N:
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def sm2_genuine(key: str, text: str | bytes, signature: bytes) -> bool:
    """Whether the private half of a public key (`04`, x and y, hexadecimal) signed."""
    if len(signature) != 64:
        return False
    public = (int(key[2:66], 16), int(key[66:], 16))
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    t = (r + s) % _N
    if not (0 < r < _N and 0 < s < _N and t):
        return False
    point = _plus(_times(s, _G), _times(t, public))
    return point is not None and (_message(public, octets(text)) + point[0]) % _N == r


def _message(public: Point, data: bytes) -> int:
    """The number that is signed: the digest of who signs and of the message."""
    numbers = (_A, _B, *_G, *(public or ()))
    who = (len(_USER) * 8).to_bytes(2, "big") + _USER + b"".join(each.to_bytes(32, "big") for each in numbers)
    return int.from_bytes(sm3(sm3(who), data), "big")


def _plus(one: Point, other: Point) -> Point:
    """The sum of two points of the plane."""
    if one is None or other is None:
        return one or other
    return _plane(_added((*one, 1), (*other, 1)))


def _times(number: int, point: Point) -> Point:
    """A multiple: projective all the way, as a division costs more than everything else together."""
    found, doubled = (0, 1, 0), (*point, 1) if point else (0, 1, 0)
    while number:
        if number & 1:
            found = _added(found, doubled)
        doubled, number = _doubled(doubled), number >> 1
    return _plane(found)


Projective = tuple[int, int, int]
"""Jacobian coordinates: x / z^2 and y / z^3; z is 0 for the point at infinity."""


def _plane(point: Projective) -> Point:
    x, y, z = point
    if not z:
        return None
    back = pow(z, -1, _P)
    return x * back * back % _P, y * back * back * back % _P


def _doubled(point: Projective) -> Projective:
    x, y, z = point
    if not z or not y:
        return (0, 1, 0)
    square = y * y % _P
    s, m = 4 * x * square % _P, 3 * (x - z * z) * (x + z * z) % _P  # a is -3
    new = (m * m - 2 * s) % _P
    return new, (m * (s - new) - 8 * square * square) % _P, 2 * y * z % _P


def _added(one: Projective, other: Projective) -> Projective:
    if not one[2] or not other[2]:
        return one if one[2] else other
    (x, y, z), (u, v, w) = one, other
    a, b = x * w * w % _P, u * z * z % _P
    c, d = y * w * w * w % _P, v * z * z * z % _P
    if a == b:
        return _doubled(one) if c == d else (0, 1, 0)
    h, r = b - a, d - c
    cube, middle = h * h * h, a * h * h
    new = (r * r - cube - 2 * middle) % _P
    return new, (r * (middle - new) - c * cube) % _P, h * z * w % _P
