"""Signatures on curves: Ed25519 (RFC 8032), and ECDSA on P-256 with SHA-256 as r and s of 32 bytes each (RFC 9421)."""

from collections.abc import Callable
from typing import TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.keys import BadKey

_SIZE = 32
_NONE = "it is no {} key: PEM, without a password"
Key = TypeVar("Key")


def ed25519(key: Secret, data: bytes) -> bytes:
    """64 bytes, the same every time."""
    return _ours(key, ed25519_private).sign(data)


def ed25519_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether the private half of a public key signed."""
    return _is_genuine(lambda: _theirs(key, ed25519_public).verify(signature, data))


def ecdsa_p256_sha256(key: Secret, data: bytes) -> bytes:
    """R and s, 64 bytes; the number k is derived from key and data (RFC 6979)."""
    r, s = decode_dss_signature(_ours(key, p256_private).sign(data, ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")


def ecdsa_p256_sha256_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether the private half of a public key signed."""
    if len(signature) != 2 * _SIZE:
        return False
    r, s = (int.from_bytes(signature[at : at + _SIZE], "big") for at in (0, _SIZE))
    public = _theirs(key, p256_public)
    return _is_genuine(lambda: public.verify(encode_dss_signature(r, s), data, ECDSA(SHA256())))


def ed25519_private(text: str) -> Ed25519PrivateKey:
    """A private key. Raises BadKey."""
    return _of(_loaded(text, private=True), Ed25519PrivateKey, "private Ed25519")  # type: ignore[type-abstract]


def ed25519_public(text: str) -> Ed25519PublicKey:
    """A public key. Raises BadKey."""
    return _of(_loaded(text, private=False), Ed25519PublicKey, "public Ed25519")  # type: ignore[type-abstract]


def p256_private(text: str) -> EllipticCurvePrivateKey:
    """A private key of P-256. Raises BadKey."""
    key = _of(_loaded(text, private=True), EllipticCurvePrivateKey, "private P-256")  # type: ignore[type-abstract]
    return _on_p256(key, key.curve.name, "private P-256")


def p256_public(text: str) -> EllipticCurvePublicKey:
    """A public key of P-256. Raises BadKey."""
    key = _of(_loaded(text, private=False), EllipticCurvePublicKey, "public P-256")  # type: ignore[type-abstract]
    return _on_p256(key, key.curve.name, "public P-256")


def _loaded(text: str, *, private: bool) -> object:
    """An environment variable may hold a PEM in one line."""
    data = text.replace("\\n", "\n").encode("utf-8", "replace")
    try:
        if private:
            return serialization.load_pem_private_key(data, password=None)
        return serialization.load_pem_public_key(data)
    except (ValueError, TypeError):
        return None


def _of(found: object, kind: type[Key], what: str) -> Key:
    if not isinstance(found, kind):
        raise BadKey(_NONE.format(what))
    return found


def _on_p256(key: Key, curve: str, what: str) -> Key:
    if curve != SECP256R1.name:
        raise BadKey(_NONE.format(what))
    return key


def _ours(key: Secret, load: Callable[[str], Key]) -> Key:
    try:
        return key.made(load)
    except BadKey as bad:
        raise CannotSend(f"the signing key of this channel: {bad}") from None


def _theirs(key: Secret, load: Callable[[str], Key]) -> Key:
    try:
        return key.made(load)
    except BadKey as bad:
        raise Unreadable(f"the carrier's key of this channel: {bad}") from None


def _is_genuine(check: Callable[[], None]) -> bool:
    try:
        check()
    except InvalidSignature:
        return False
    return True


CURVES: tuple[tuple[Callable[[Secret, bytes], bytes], Callable[[Secret, bytes, bytes], bool]], ...] = (
    (ed25519, ed25519_genuine),
    (ecdsa_p256_sha256, ecdsa_p256_sha256_genuine),
)
"""Each signer with its check."""
