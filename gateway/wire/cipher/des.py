"""DES (FIPS 46-3) and triple DES (SP 800-67) in ECB and CBC: old bank hubs still ask for them.

One function serves both: DES is triple DES under one key three times, and the key's length says which it is.
"""

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from gateway.wire.cipher.blocks import opened, sealed


def des_ecb_out(key: bytes, data: bytes) -> bytes:
    return sealed(_triple(key), ECB(), data)  # noqa: S305 - the carrier's choice


def des_ecb_in(key: bytes, data: bytes) -> bytes:
    return opened(_triple(key), ECB(), data)  # noqa: S305


def des_cbc_out(key: bytes, iv: bytes, data: bytes) -> bytes:
    return sealed(_triple(key), CBC(iv), data)


def des_cbc_in(key: bytes, iv: bytes, data: bytes) -> bytes:
    return opened(_triple(key), CBC(iv), data)


def _triple(key: bytes) -> TripleDES:
    return TripleDES({8: key * 3, 16: key + key[:8]}.get(len(key), key))
