"""The mock's own AES, by a library: ECB and CBC with PKCS #7, GCM with its tag behind. Keys and IVs: bytes or texts."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from contract_tests.mock.codings import octets

Data = str | bytes


def ecb(key: Data, data: Data) -> bytes:
    """AES in ECB with PKCS #7 filling."""
    return _sealed(key, ECB(), data)  # noqa: S305 - what a carrier's document asks for


def ecb_open(key: Data, data: bytes) -> bytes:
    """What was sealed so; wrong filling is an error."""
    return _opened(key, ECB(), data)  # noqa: S305


def cbc(key: Data, iv: Data, data: Data) -> bytes:
    """AES in CBC with PKCS #7 filling."""
    return _sealed(key, CBC(octets(iv)), data)


def cbc_open(key: Data, iv: Data, data: bytes) -> bytes:
    """What was sealed so; wrong filling is an error."""
    return _opened(key, CBC(octets(iv)), data)


def gcm(key: Data, iv: Data, data: Data, aad: Data = b"") -> bytes:
    """AES in GCM, the 16 bytes of its tag behind; `aad` is covered beside the data."""
    return AESGCM(octets(key)).encrypt(octets(iv), octets(data), octets(aad))


def gcm_open(key: Data, iv: Data, data: bytes, aad: Data = b"") -> bytes:
    """What was sealed so; a byte that was changed is an error."""
    try:
        return AESGCM(octets(key)).decrypt(octets(iv), data, octets(aad))
    except InvalidTag:
        raise ValueError("the tag is not that of these bytes") from None


def _sealed(key: Data, mode: ECB | CBC, data: Data) -> bytes:
    filler, cipher = padding.PKCS7(128).padder(), Cipher(AES(octets(key)), mode).encryptor()
    return cipher.update(filler.update(octets(data)) + filler.finalize()) + cipher.finalize()


def _opened(key: Data, mode: ECB | CBC, data: bytes) -> bytes:
    cipher, filler = Cipher(AES(octets(key)), mode).decryptor(), padding.PKCS7(128).unpadder()
    return filler.update(cipher.update(data) + cipher.finalize()) + filler.finalize()
