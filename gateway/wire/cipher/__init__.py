"""Ciphers: one file per family, one registry, chosen by `algo` of an `encrypt` layer.

A new cipher is its two functions in a file beside these and a row in `CIPHERS`; the functions are exported by
`gateway.wire`, checked against vectors of their standard, and named in mappings/LANGUAGE.md.
"""

from collections.abc import Mapping

from msgspec import Struct

from gateway.wire.cipher.aes import aes_cbc_in, aes_cbc_out, aes_ecb_in, aes_ecb_out, aes_gcm_in, aes_gcm_out
from gateway.wire.cipher.des import des_cbc_in, des_cbc_out, des_ecb_in, des_ecb_out
from gateway.wire.cipher.keys import KEY_FORMS, cipher_iv, cipher_key, iv_head, joined_key, unwrapped
from gateway.wire.cipher.macs import MAC_BYTES_LEAST, mac_in, mac_out
from gateway.wire.cipher.padding import PADS, filled, unfilled
from gateway.wire.cipher.rsa import (
    SALT_CHARACTERS,
    rsa_oaep_sha1_in,
    rsa_oaep_sha1_out,
    rsa_oaep_sha256_in,
    rsa_oaep_sha256_out,
    rsa_pkcs1_in,
    rsa_pkcs1_out,
    rsa_pkcs1_private_in,
    rsa_pkcs1_private_out,
)
from gateway.wire.cipher.sm2 import SM2

__all__ = [
    "CIPHERS",
    "KEY_FORMS",
    "MAC_BYTES_LEAST",
    "PADS",
    "CipherSpec",
    "aes_cbc_in",
    "aes_cbc_out",
    "aes_ecb_in",
    "aes_ecb_out",
    "aes_gcm_in",
    "aes_gcm_out",
    "cipher_iv",
    "cipher_key",
    "des_cbc_in",
    "des_cbc_out",
    "des_ecb_in",
    "des_ecb_out",
    "filled",
    "iv_head",
    "joined_key",
    "mac_in",
    "mac_out",
    "plan_cipher",
    "rsa_oaep_sha1_in",
    "rsa_oaep_sha1_out",
    "rsa_oaep_sha256_in",
    "rsa_oaep_sha256_out",
    "rsa_pkcs1_in",
    "rsa_pkcs1_out",
    "rsa_pkcs1_private_in",
    "rsa_pkcs1_private_out",
    "unfilled",
    "unwrapped",
]


class CipherSpec(Struct, frozen=True, kw_only=True):
    """One algorithm: the pair of functions a generated module calls, and which options of `encrypt` it takes.

    The functions are `seal(key, [iv,] data)` and `open(key, [iv,] data)`, bytes to bytes, and with `tagged`
    `(key, iv, data, aad, tag_first)`. `key_sizes` in bytes; none means that the functions take the `Secret` itself,
    a PEM text for example. `block` is the size data is filled to, 0 for none; `iv_sizes` those an IV or nonce may
    have, the usual one first, empty for none. `salt`: padding is random, and `seal(key, salt, data)` draws it from so
    many unpredictable characters. `extra` is the extra of the distribution the algorithm needs.
    """

    algo: str
    seal: str
    open: str
    key_sizes: tuple[int, ...] = ()
    block: int = 0
    iv_sizes: tuple[int, ...] = ()
    tagged: bool = False
    extra: str = ""
    salt: int = 0


def _blocks(algo: str, family: str, keys: tuple[int, ...], block: int) -> tuple[CipherSpec, CipherSpec]:
    """A block cipher in ECB and CBC."""
    ecb, cbc = f"{family}_ecb", f"{family}_cbc"
    return (
        CipherSpec(algo=f"{algo}-ecb", seal=f"{ecb}_out", open=f"{ecb}_in", key_sizes=keys, block=block),
        CipherSpec(
            algo=f"{algo}-cbc", seal=f"{cbc}_out", open=f"{cbc}_in", key_sizes=keys, block=block, iv_sizes=(block,)
        ),
    )


def _gcm(algo: str, family: str, key: int) -> CipherSpec:
    seal, opens = f"{family}_gcm_out", f"{family}_gcm_in"
    return CipherSpec(algo=f"{algo}-gcm", seal=seal, open=opens, key_sizes=(key,), iv_sizes=(12, 16), tagged=True)


def _rsa(algo: str, salt: int = SALT_CHARACTERS) -> CipherSpec:
    """A cipher of key pairs, whose functions read the keys themselves."""
    name = algo.replace("-", "_")
    return CipherSpec(algo=algo, seal=f"{name}_out", open=f"{name}_in", salt=salt)


_ALL = (
    *(spec for bits in (128, 192, 256) for spec in _blocks(f"aes-{bits}", "aes", (bits // 8,), 16)),
    *(_gcm(f"aes-{bits}", "aes", bits // 8) for bits in (128, 192, 256)),
    *_blocks("des", "des", (8,), 8),
    # Two-key triple DES is the three-key one whose third key is the first again.
    *_blocks("des3", "des", (16, 24), 8),
    *_blocks("sm4", "sm4", (16,), 16),
    _gcm("sm4", "sm4", 16),
    *(
        CipherSpec(algo=algo, seal=seal.__name__, open=opens.__name__, extra="gm", salt=SALT_CHARACTERS)
        for algo, seal, opens in SM2
    ),
    *map(_rsa, ("rsa-pkcs1", "rsa-oaep-sha1", "rsa-oaep-sha256")),
    _rsa("rsa-pkcs1-private", salt=0),
)

CIPHERS: Mapping[str, CipherSpec] = {spec.algo: spec for spec in _ALL}
"""Every algorithm `encrypt` knows, by name."""


_OF_JAVA = {
    "RSA": "rsa-pkcs1", "RSA/ECB/PKCS1PADDING": "rsa-pkcs1", "RSA/NONE/PKCS1PADDING": "rsa-pkcs1",
    "RSA/ECB/OAEPWITHSHA-1ANDMGF1PADDING": "rsa-oaep-sha1", "RSA/ECB/OAEPPADDING": "rsa-oaep-sha1",
    "DES": "des-ecb", "DESEDE": "des3-ecb", "AES": "aes-128-ecb",
}  # fmt: skip
_FAMILY_OF_JAVA = {"AES": "aes-128", "DES": "des", "DESEDE": "des3", "SM4": "sm4"}


def _meant(algo: str) -> str:
    """Our word for a transformation as Java's documents write it: `AES/CBC/PKCS5Padding`."""
    said = algo.upper()
    family, _, rest = said.partition("/")
    mode, _, padding = rest.partition("/")
    found = _OF_JAVA.get(said) or f"{_FAMILY_OF_JAVA.get(family, '')}-{mode.lower()}"
    if found not in CIPHERS:
        return ""
    beside = ", aes-256 where its key has 32 bytes" if found.startswith("aes") else ""
    beside += ", pad: none" if padding == "NOPADDING" and "gcm" not in found else ""
    return f"{algo} is written {found}{beside}; "


def plan_cipher(algo: str) -> CipherSpec:
    """The cipher of that name. Raises `ValueError` with one sentence when there is none."""
    spec = CIPHERS.get(algo)
    if spec is None:
        raise ValueError(f"unknown cipher '{algo}'; {_meant(algo)}known: {', '.join(CIPHERS)}")
    return spec
