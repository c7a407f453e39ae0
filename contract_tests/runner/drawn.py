"""Texts whose bytes are drawn at random and that say the same: a key wrapped under RSA, a signature of PSS in a JWS.

A carrier's document prints one of them; ours has other bytes each time, or other ones than the document's. Both are
opened, or checked, by the test keys of the carrier: where they say the same, they count as alike.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from contract_tests.examples.proof import first_difference
from gateway import wire
from gateway.wire.contract import Secret
from gateway.wire.errors import WireError
from gateway.wire.keys import BadKey, rsa_private, rsa_public

_RUN = rb"[A-Za-z0-9+/=_%-]"
_BEFORE = re.compile(_RUN + rb"*\Z")
_BEHIND = re.compile(_RUN + rb"*")
_SIGNED = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.\Z")
_WRAPS = ("rsa_pkcs1_in", "rsa_oaep_sha1_in", "rsa_oaep_sha256_in")
_LEAST = 64  # half of the shortest RSA key that is in use, in bytes


def settled(expected: bytes, actual: bytes, secrets: Mapping[str, str], body: bytes = b"") -> bytes:
    """What is expected, with the bytes of `actual` wherever both say the same; `body` is that of a detached JWS."""
    at = 0
    while expected[at:] != actual[at:]:
        place = at + first_difference(expected[at:], actual[at:])
        before = _BEFORE.search(expected[at:place])
        start = at + before.start() if before else place
        one, other = _run(expected, start), _run(actual, start)
        if not (len(one) == len(other) and _alike(one, other, expected[:start], secrets, body)):
            break
        expected = expected[:start] + other + expected[start + len(one) :]
        at = start + len(other)
    return expected


def settled_text(expected: str, actual: str, secrets: Mapping[str, str], body: bytes) -> str:
    """The same of a header."""
    return settled(expected.encode(), actual.encode(), secrets, body).decode()


def _run(text: bytes, start: int) -> bytes:
    found = _BEHIND.match(text, start)
    return found[0] if found else b""


def _alike(one: bytes, other: bytes, before: bytes, secrets: Mapping[str, str], body: bytes) -> bool:
    signed = _SIGNED.search(before)
    if signed is not None:
        payload = signed[2] or base64.urlsafe_b64encode(body).rstrip(b"=")
        covered = (signed[1] + b"." + payload, signed[1] + b"." + body)
        return any(_signed_by_one(one, other, data, secrets) for data in covered)
    return any(
        _opened_alike(first, second, opens, key)
        for first, second in _decoded(one, other)
        for opens in _WRAPS
        for key in _privates(secrets)
    )


def _decoded(one: bytes, other: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Both as the bytes they may stand for."""
    for decode in (binascii.unhexlify, base64.b64decode, base64.urlsafe_b64decode):
        try:
            first, second = decode(unquote_to_bytes(one)), decode(unquote_to_bytes(other))
        except (ValueError, binascii.Error):
            continue
        if len(first) == len(second) >= _LEAST:
            yield first, second


def _opened_alike(one: bytes, other: bytes, opens: str, key: Secret) -> bool:
    open_it: Callable[[Secret, bytes], bytes] = getattr(wire, opens)
    try:
        return open_it(key, one) == open_it(key, other)
    except WireError:
        return False


def _signed_by_one(one: bytes, other: bytes, data: bytes, secrets: Mapping[str, str]) -> bool:
    try:
        signatures = [base64.urlsafe_b64decode(each + b"=" * (-len(each) % 4)) for each in (one, other)]
    except (ValueError, binascii.Error):
        return False
    return any(all(_genuine(key, each, data) for each in signatures) for key in _publics(secrets))


def _genuine(key: RSAPublicKey, signature: bytes, data: bytes) -> bool:
    for digest in (SHA256(), SHA512()):
        try:
            key.verify(signature, data, PSS(MGF1(digest), PSS.DIGEST_LENGTH), digest)
        except InvalidSignature:
            continue
        return True
    return False


def _privates(secrets: Mapping[str, str]) -> list[Secret]:
    return [key for text in secrets.values() if (key := _private(text)) is not None]


def _publics(secrets: Mapping[str, str]) -> list[RSAPublicKey]:
    return [key for text in secrets.values() if (key := _public(text)) is not None]


# A key is checked when it is read, which takes longer than what it is used for.
@lru_cache(maxsize=256)
def _private(text: str) -> Secret | None:
    secret = Secret(text)
    try:
        secret.made(rsa_private)
    except (BadKey, ValueError):
        return None
    return secret


@lru_cache(maxsize=256)
def _public(text: str) -> RSAPublicKey | None:
    """The key of a text, or the public half of a private one."""
    private = _private(text)
    try:
        return rsa_public(text) if private is None else private.made(rsa_private).public_key()
    except (BadKey, ValueError):
        return None
