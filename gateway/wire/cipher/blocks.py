"""Whole blocks through a block cipher in a mode, both ways; who pads and by which rule is said in `padding.py`."""

from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from gateway.wire.errors import CannotSend, Unreadable


def sealed(algorithm: BlockCipherAlgorithm, mode: CBC | ECB, data: bytes) -> bytes:
    block = algorithm.block_size // 8
    if len(data) % block:
        raise CannotSend(f"{len(data)} bytes are no whole blocks of {block}: the carrier's document names a padding")
    cipher = Cipher(algorithm, mode).encryptor()
    return cipher.update(data) + cipher.finalize()


def opened(algorithm: BlockCipherAlgorithm, mode: CBC | ECB, data: bytes) -> bytes:
    block = algorithm.block_size // 8
    if len(data) % block:
        raise Unreadable(f"the encrypted message is no whole number of blocks of {block} bytes")
    cipher = Cipher(algorithm, mode).decryptor()
    return cipher.update(data) + cipher.finalize()
