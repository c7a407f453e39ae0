"""SM4 (GB/T 32907, 商密分组密码算法) in ECB, CBC and GCM. Data of ECB and CBC is filled before and after."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB, GCM

from gateway.wire.cipher.aes import TAG_BYTES
from gateway.wire.cipher.blocks import opened, sealed
from gateway.wire.errors import Unreadable


def sm4_ecb_out(key: bytes, data: bytes) -> bytes:
    """Whole blocks, each for itself: what carriers ask for, though equal blocks show."""
    return sealed(SM4(key), ECB(), data)  # noqa: S305 - the carrier's choice


def sm4_ecb_in(key: bytes, data: bytes) -> bytes:
    """The blocks inside."""
    return opened(SM4(key), ECB(), data)  # noqa: S305 - the carrier's choice


def sm4_cbc_out(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Whole blocks, each mixed with the one before."""
    return sealed(SM4(key), CBC(iv), data)


def sm4_cbc_in(key: bytes, iv: bytes, data: bytes) -> bytes:
    """The blocks inside."""
    return opened(SM4(key), CBC(iv), data)


def sm4_gcm_out(key: bytes, iv: bytes, data: bytes, aad: bytes = b"", *, tag_first: bool = False) -> bytes:
    """The sealed bytes with their tag of 16 bytes behind them, or before them (RFC 8998)."""
    made = Cipher(SM4(key), GCM(iv)).encryptor()
    made.authenticate_additional_data(aad)
    found = made.update(data) + made.finalize()
    return made.tag + found if tag_first else found + made.tag


def sm4_gcm_in(key: bytes, iv: bytes, data: bytes, aad: bytes = b"", *, tag_first: bool = False) -> bytes:
    """The bytes inside; whatever was changed on the way, data, nonce or `aad`, makes them unreadable."""
    at = TAG_BYTES if tag_first else max(len(data) - TAG_BYTES, 0)
    tag, found = (data[:at], data[at:]) if tag_first else (data[at:], data[:at])
    try:
        made = Cipher(SM4(key), GCM(iv, tag)).decryptor()
        made.authenticate_additional_data(aad)
        return made.update(found) + made.finalize()
    except (InvalidTag, ValueError):
        raise Unreadable("the encrypted message is not what its tag says, or is for another key") from None
