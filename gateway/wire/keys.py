"""RSA keys from a secret's text: PEM, or the base 64 of its DER bytes alone, as carriers hand them out.

PKCS #1 and PKCS #8 for private keys; PKCS #1, SubjectPublicKeyInfo (what Java calls X.509) and certificates for public
ones. `Secret.made(rsa_private)` reads a key once per channel, not once per message.
"""

from base64 import b64decode
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

KEY_BITS_MIN = 1024
"""Shorter keys are broken in hours; 1024 bits is what old carrier interfaces still hand out."""

KEY_BITS_MAX = 8192
"""Longer keys only cost time."""

_PEM = "-----BEGIN"
_NONE = "it is no RSA {} key: PEM, or base 64 of its DER bytes, without a password"
Key = TypeVar("Key", RSAPrivateKey, RSAPublicKey)


class BadKey(ValueError):
    """A secret that is not the key it should be; the message quotes nothing of it."""


def rsa_private(text: str) -> RSAPrivateKey:
    """A private key, not encrypted. Raises BadKey."""
    key = _first(text, (_pem_private,), (_der_private,))
    if not isinstance(key, RSAPrivateKey):
        raise BadKey(_NONE.format("private"))
    return _sized(key)


def rsa_public(text: str) -> RSAPublicKey:
    """A public key, or that of a certificate. Raises BadKey."""
    key = _first(text, (_pem_public, _pem_certificate), (_der_public, _der_certificate))
    if not isinstance(key, RSAPublicKey):
        raise BadKey(_NONE.format("public"))
    return _sized(key)


class Certificate(NamedTuple):
    """A certificate as messages name it: its DER bytes, or its issuer (RFC 4514) and serial number."""

    der: bytes
    issuer: str
    serial: int


def certificate(text: str) -> Certificate:
    """The certificate in a secret's text. Raises BadKey."""
    found = _first(text, (x509.load_pem_x509_certificate,), (x509.load_der_x509_certificate,))
    if not isinstance(found, x509.Certificate):
        raise BadKey("it is no certificate: PEM, or base 64 of its DER bytes")
    return Certificate(found.public_bytes(Encoding.DER), found.issuer.rfc4514_string(), found.serial_number)


def _first(text: str, pem: tuple[Callable[[bytes], Any], ...], der: tuple[Callable[[bytes], Any], ...]) -> Any:
    """What the first reader makes of it, or None; an environment variable may hold a PEM in one line."""
    if _PEM in text:
        return _read(text.replace("\\n", "\n").encode(), pem)
    try:
        return _read(b64decode("".join(text.split()), validate=True), der)
    except ValueError:
        return None


def _read(data: bytes, readers: tuple[Callable[[bytes], Any], ...]) -> Any:
    for reader in readers:
        try:
            return reader(data)
        except (ValueError, TypeError):  # a key under a password is a TypeError
            continue
    return None


def _pem_private(data: bytes) -> Any:
    return serialization.load_pem_private_key(data, password=None)


def _der_private(data: bytes) -> Any:
    return serialization.load_der_private_key(data, password=None)


def _pem_public(data: bytes) -> Any:
    return serialization.load_pem_public_key(data)


def _der_public(data: bytes) -> Any:
    return serialization.load_der_public_key(data)


def _pem_certificate(data: bytes) -> Any:
    return x509.load_pem_x509_certificate(data).public_key()


def _der_certificate(data: bytes) -> Any:
    return x509.load_der_x509_certificate(data).public_key()


def _sized(key: Key) -> Key:
    if not KEY_BITS_MIN <= key.key_size <= KEY_BITS_MAX:
        raise BadKey(f"an RSA key of {key.key_size} bits: {KEY_BITS_MIN} to {KEY_BITS_MAX} are taken")
    return key
