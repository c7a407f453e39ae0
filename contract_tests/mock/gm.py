"""Chinese national algorithms for mocks: SM2 signatures and SM4 in CBC, by the signers that known answers check."""

from gateway.wire.cipher.padding import filled, unfilled
from gateway.wire.cipher.sm4 import sm4_cbc_in, sm4_cbc_out
from gateway.wire.contract import Secret
from gateway.wire.errors import WireError
from gateway.wire.sign.sm2 import sm2, sm2_genuine

_BLOCK = 16


def sm2_sign(key: str, text: str | bytes) -> bytes:
    """The signature of a private key under the usual user id: r and s."""
    return sm2(Secret(key), _bytes(text))


def sm2_verify(key: str, text: str | bytes, signature: bytes) -> bool:
    """Whether the private half of a public key signed."""
    return sm2_genuine(Secret(key), _bytes(text), signature)


def sm4_seal(key: str, iv: str, data: bytes) -> bytes:
    """Bytes in CBC with PKCS #7; the key in hexadecimal digits, the IV as text."""
    return sm4_cbc_out(bytes.fromhex(key), iv.encode(), filled(data, "pkcs7", _BLOCK))


def sm4_open(key: str, iv: str, data: bytes) -> bytes:
    """The bytes inside; what is not sealed with this key is an error."""
    if len(iv.encode()) != _BLOCK:
        raise ValueError("the IV is not 16 bytes")
    try:
        return unfilled(sm4_cbc_in(bytes.fromhex(key), iv.encode(), data), "pkcs7", _BLOCK)
    except WireError as error:
        raise ValueError(str(error)) from None


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
