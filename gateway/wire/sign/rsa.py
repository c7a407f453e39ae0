"""RSA signatures (RFC 8017): PKCS #1 v1.5 with MD5, SHA-1, SHA-256 or SHA-512, and PSS with SHA-256 or SHA-512.

We sign with our private key and check with the carrier's public one; nobody can make again what another has signed, so
a reply is checked by `<signer>_genuine`, not by comparing texts. PSS takes a salt as long as its digest when signing
and finds the salt's length when checking.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256, SHA512, HashAlgorithm

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.keys import BadKey, rsa_private, rsa_public


def rsa_md5(key: Secret, data: bytes) -> bytes:
    """MD5withRSA: as long as the key."""
    return _signed(key, data, PKCS1v15(), MD5())  # noqa: S303 - what old carrier interfaces ask for


def rsa_sha1(key: Secret, data: bytes) -> bytes:
    """SHA1withRSA."""
    return _signed(key, data, PKCS1v15(), SHA1())  # noqa: S303 - what old carrier interfaces ask for


def rsa_sha256(key: Secret, data: bytes) -> bytes:
    """SHA256withRSA."""
    return _signed(key, data, PKCS1v15(), SHA256())


def rsa_sha512(key: Secret, data: bytes) -> bytes:
    """SHA512withRSA."""
    return _signed(key, data, PKCS1v15(), SHA512())


def rsa_pss_sha256(key: Secret, data: bytes) -> bytes:
    """RSASSA-PSS with SHA-256 and MGF1 of SHA-256; another signature every time."""
    return _signed(key, data, PSS(MGF1(SHA256()), PSS.DIGEST_LENGTH), SHA256())


def rsa_pss_sha512(key: Secret, data: bytes) -> bytes:
    """RSASSA-PSS with SHA-512 and MGF1 of SHA-512; another signature every time."""
    return _signed(key, data, PSS(MGF1(SHA512()), PSS.DIGEST_LENGTH), SHA512())


def rsa_md5_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether MD5withRSA made it."""
    return _genuine(key, data, signature, PKCS1v15(), MD5())  # noqa: S303 - what old carrier interfaces sign with


def rsa_sha1_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether SHA1withRSA made it."""
    return _genuine(key, data, signature, PKCS1v15(), SHA1())  # noqa: S303 - what old carrier interfaces sign with


def rsa_sha256_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether SHA256withRSA made it."""
    return _genuine(key, data, signature, PKCS1v15(), SHA256())


def rsa_sha512_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether SHA512withRSA made it."""
    return _genuine(key, data, signature, PKCS1v15(), SHA512())


def rsa_pss_sha256_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether RSASSA-PSS with SHA-256 made it, whatever its salt's length."""
    return _genuine(key, data, signature, PSS(MGF1(SHA256()), PSS.AUTO), SHA256())


def rsa_pss_sha512_genuine(key: Secret, data: bytes, signature: bytes) -> bool:
    """Whether RSASSA-PSS with SHA-512 made it, whatever its salt's length."""
    return _genuine(key, data, signature, PSS(MGF1(SHA512()), PSS.AUTO), SHA512())


def _signed(key: Secret, data: bytes, padding: AsymmetricPadding, digest: HashAlgorithm) -> bytes:
    try:
        return key.made(rsa_private).sign(data, padding, digest)
    except BadKey as bad:
        raise CannotSend(f"the signing key of this channel: {bad}") from None
    except ValueError:
        raise CannotSend("the signing key of this channel is too short for this algorithm") from None


def _genuine(key: Secret, data: bytes, signature: bytes, padding: AsymmetricPadding, digest: HashAlgorithm) -> bool:
    try:
        key.made(rsa_public).verify(signature, data, padding, digest)
    except InvalidSignature:
        return False
    except BadKey as bad:
        raise Unreadable(f"the carrier's key of this channel: {bad}") from None
    return True


RSA: tuple[tuple[Callable[[Secret, bytes], bytes], Callable[[Secret, bytes, bytes], bool]], ...] = (
    (rsa_md5, rsa_md5_genuine),
    (rsa_sha1, rsa_sha1_genuine),
    (rsa_sha256, rsa_sha256_genuine),
    (rsa_sha512, rsa_sha512_genuine),
    (rsa_pss_sha256, rsa_pss_sha256_genuine),
    (rsa_pss_sha512, rsa_pss_sha512_genuine),
)
"""Each signer with its check."""
