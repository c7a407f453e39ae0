"""AES (FIPS 197) in ECB and CBC (SP 800-38A) and GCM (SP 800-38D). Data of ECB and CBC is padded before and after."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from gateway.wire.cipher.blocks import opened, sealed
from gateway.wire.errors import CannotSend, Unreadable

TAG_BYTES = 16


def aes_ecb_out(key: bytes, data: bytes) -> bytes:
    """Whole blocks, each for itself: what carriers ask for, though equal blocks show."""
    return sealed(AES(key), ECB(), data)  # noqa: S305 - the carrier's choice


def aes_ecb_in(key: bytes, data: bytes) -> bytes:
    return opened(AES(key), ECB(), data)  # noqa: S305


def aes_cbc_out(key: bytes, iv: bytes, data: bytes) -> bytes:
    return sealed(AES(key), CBC(iv), data)


def aes_cbc_in(key: bytes, iv: bytes, data: bytes) -> bytes:
    return opened(AES(key), CBC(iv), data)


def aes_gcm_out(key: bytes, iv: bytes, data: bytes, aad: bytes = b"", *, tag_first: bool = False) -> bytes:
    """The sealed bytes with their tag of 16 bytes behind them, or before them."""
    try:
        found = AESGCM(key).encrypt(iv, data, aad)
    except ValueError:
        raise CannotSend(f"GCM takes no nonce of {len(iv)} bytes") from None
    return found[-TAG_BYTES:] + found[:-TAG_BYTES] if tag_first else found


def aes_gcm_in(key: bytes, iv: bytes, data: bytes, aad: bytes = b"", *, tag_first: bool = False) -> bytes:
    """The bytes inside; whatever was changed on the way, data, nonce or `aad`, makes them unreadable."""
    whole = data[TAG_BYTES:] + data[:TAG_BYTES] if tag_first else data
    try:
        return AESGCM(key).decrypt(iv, whole, aad)
    except (InvalidTag, ValueError):
        raise Unreadable("the encrypted message is not what its tag says, or is for another key") from None
