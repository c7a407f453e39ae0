"""SM2 keys from a secret's text: hexadecimal digits or base 64 of the bare numbers, PEM, or base 64 of DER.

A private key is 32 bytes, PKCS #8 or SEC 1; a public key is a point (04 and both coordinates, both coordinates alone,
or compressed), SubjectPublicKeyInfo or a certificate. `Secret.made(sm2_private)` reads a key once per channel.
"""

import binascii
import re
from base64 import b64decode
from functools import cached_property

from gateway.wire.gm import der
from gateway.wire.gm.curve import Multiples, N, Point, on_curve, unpacked
from gateway.wire.keys import BadKey

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_COORDINATE = 32
_NONE = "it is no SM2 {} key: hexadecimal digits, PEM, or base 64 of its bytes, without a password"


class Sm2Public:
    """A public key with its table, which is made when the key is first used."""

    def __init__(self, point: Point) -> None:
        """Take a point of the curve."""
        self.point = point

    @cached_property
    def multiples(self) -> Multiples:
        """The table by which a signature of this key is checked."""
        return Multiples(self.point)


class Sm2Private:
    """A private key and the public one that belongs to it."""

    def __init__(self, number: int, point: Point) -> None:
        """Take the number and its point."""
        self.number, self.point = number, point

    def __repr__(self) -> str:
        return "***"


def private_number(text: str) -> int:
    """The number of a private key. Raises BadKey."""
    try:
        number = _private(_bytes(text))
    except (ValueError, IndexError):
        raise BadKey(_NONE.format("private")) from None
    # GB/T 32918.1: from 1 to n - 2.
    if not 0 < number < N - 1:
        raise BadKey(_NONE.format("private"))
    return number


def public_point(text: str) -> Point:
    """The point of a public key or a certificate. Raises BadKey."""
    try:
        found = _public(_bytes(text))
    except (ValueError, IndexError):
        raise BadKey(_NONE.format("public")) from None
    if found is None or not on_curve(found):
        raise BadKey(_NONE.format("public"))
    return found


def point_bytes(point: Point) -> bytes:
    """A point as both coordinates, 64 bytes."""
    return b"".join(each.to_bytes(_COORDINATE, "big") for each in point)


def point_in(data: bytes) -> Point | None:
    """A point from its bytes, or None; whether it is one of the curve is for the caller to ask."""
    if len(data) == 1 + _COORDINATE and data[0] in (2, 3):
        return unpacked(int.from_bytes(data[1:], "big"), odd=data[0] == 3)
    if len(data) == 1 + 2 * _COORDINATE and data[0] == 4:
        data = data[1:]
    if len(data) != 2 * _COORDINATE:
        return None
    return int.from_bytes(data[:_COORDINATE], "big"), int.from_bytes(data[_COORDINATE:], "big")


def _bytes(text: str) -> bytes:
    """The bytes a key is written as; an environment variable may hold a PEM in one line."""
    text = text.strip().replace("\\n", "\n")
    if "-----BEGIN" in text:
        # openssl writes the curve's parameters before the key of SEC 1.
        found = [match[2] for match in _PEM.finditer(text) if "PARAMETERS" not in match[1]]
        return b64decode("".join(found[0].split()), validate=True)
    if _HEX.fullmatch(text):
        return binascii.unhexlify(text)
    return b64decode("".join(text.split()), validate=True)


def _private(data: bytes) -> int:
    if len(data) == _COORDINATE + 1 and data[0] == 0:
        data = data[1:]
    if len(data) == _COORDINATE:
        return int.from_bytes(data, "big")
    items = der.read_one(data).items()
    if items[1].tag == der.SEQUENCE:
        items = der.read_one(items[2].content).items()
    if items[0].number() != 1 or items[1].tag != der.OCTETS or len(items[1].content) > _COORDINATE:
        raise ValueError("no private key of SEC 1")
    return int.from_bytes(items[1].content, "big")


def _public(data: bytes) -> Point | None:
    if (found := point_in(data)) is not None:
        return found
    items = der.read_one(data).items()
    if len(items) == 3:
        # A certificate: the key is the sixth part of what is signed, the seventh where a version stands first.
        parts = items[0].items()
        items = parts[6 if parts[0].tag == 0xA0 else 5].items()
    bits = items[1]
    if bits.tag != der.BITS or bits.content[:1] != b"\0":
        raise ValueError("no public key")
    return point_in(bits.content[1:])
