"""Signers: one file per family, one registry, chosen by `algo` in a mapping.

A new family is one file beside these and one row in `SIGNERS`.
"""

from collections.abc import Mapping

from msgspec import Struct

from gateway.wire.sign import encodings
from gateway.wire.sign.curves import CURVES
from gateway.wire.sign.digests import md5, sha1, sha256, sha384, sha512, sm3
from gateway.wire.sign.encodings import same_signature
from gateway.wire.sign.hmacs import hmac_md5, hmac_sha1, hmac_sha256, hmac_sha384, hmac_sha512, hmac_sm3
from gateway.wire.sign.joins import BLANKS, CHANGES, IN_CHARSET, NESTED, sorted_pairs, sorted_values, values_by_name
from gateway.wire.sign.parts import between, over
from gateway.wire.sign.rsa import RSA
from gateway.wire.sign.sm2 import SM2

__all__ = [
    "BLANKS",
    "CHANGES",
    "DECODINGS",
    "ENCODINGS",
    "IN_CHARSET",
    "NESTED",
    "PART_ENCODINGS",
    "RAW",
    "SIGNERS",
    "SignerSpec",
    "between",
    "over",
    "plan_signer",
    "same_signature",
    "sorted_pairs",
    "sorted_values",
    "values_by_name",
]


class SignerSpec(Struct, frozen=True, kw_only=True):
    """One algorithm: the function a generated module calls, and whether it takes `key` before the bytes.

    A digest takes its shared secret among the parts of `over`; an HMAC takes it as `key`. `genuine` is the check of an
    asymmetric signature, `(key, data, signature) -> bool`, whose key is the other's public one; without it a signature
    is checked by making it again. `takes_bytes`: the key may also be bytes made of parts, not a
    secret as it is. `takes_user`: a user id is signed with the data. `extra` is the extra of the distribution needed.
    `random`: another signature every time, so that no two messages are alike.
    """

    algo: str
    runtime: str
    keyed: bool = False
    genuine: str = ""
    takes_bytes: bool = False
    takes_user: bool = False
    extra: str = ""
    random: bool = False


_ALL = (
    *(SignerSpec(algo=signer.__name__, runtime=signer.__name__) for signer in (md5, sha1, sha256, sha384, sha512, sm3)),
    *(
        SignerSpec(algo=signer.__name__, runtime=signer.__name__, keyed=True, takes_bytes=True)
        for signer in (hmac_md5, hmac_sha1, hmac_sha256, hmac_sha384, hmac_sha512, hmac_sm3)
    ),
    *(
        SignerSpec(
            algo=signer.__name__,
            runtime=signer.__name__,
            keyed=True,
            genuine=check.__name__,
            random=signer.__name__.startswith(("rsa_pss", "ecdsa")),
        )
        for signer, check in (*RSA, *CURVES)
    ),
    *(
        SignerSpec(
            algo=signer.__name__,
            runtime=signer.__name__,
            keyed=True,
            genuine=check.__name__,
            takes_user=True,
            extra="gm",
        )
        for signer, check in SM2
    ),
)

SIGNERS: Mapping[str, SignerSpec] = {spec.algo: spec for spec in _ALL}
"""Every algorithm `sign` and `verify` know, by name."""

ENCODINGS: Mapping[str, str] = {
    "hex_lower": encodings.hex_lower.__name__,
    "hex_upper": encodings.hex_upper.__name__,
    "hex_lower_16": encodings.hex_lower_16.__name__,
    "hex_upper_16": encodings.hex_upper_16.__name__,
    "base64": encodings.base64_text.__name__,
    "base64_url": encodings.base64_url.__name__,
    "base64_url_bare": encodings.base64_url_bare.__name__,
    "base64_of_hex": encodings.base64_of_hex.__name__,
    "base64_of_hex_upper": encodings.base64_of_hex_upper.__name__,
}
"""How a signature may be written (`encode`), with the function's name."""

DECODINGS: Mapping[str, str] = {
    "hex_lower": encodings.hex_bytes.__name__,
    "hex_upper": encodings.hex_bytes.__name__,
    "base64": encodings.base64_bytes.__name__,
    "base64_url": encodings.base64_url_bytes.__name__,
    "base64_url_bare": encodings.base64_url_bytes.__name__,
    "base64_of_hex": encodings.base64_hex_bytes.__name__,
    "base64_of_hex_upper": encodings.base64_hex_bytes.__name__,
}
"""How a signature that came in is read back to its bytes, with the function's name; what is cut off cannot be."""

PART_ENCODINGS: Mapping[str, str] = {
    "hex": "hex_lower", "hex_upper": "hex_upper", "base64": "base64", "base64_url": "base64_url",
    "base64_url_bare": "base64_url_bare",
}  # fmt: skip
"""How a signer's result may be written as one part among others: `md5_hex(body)`, `hmac_sha256_base64(..)`."""

RAW = "raw"
"""In place of an encoding: the bytes of the result themselves, `hmac_sha256_raw(..)`, as keys are derived."""


def plan_signer(algo: str, *, keyed: bool) -> SignerSpec:
    """The signer of that name; `keyed` says whether the mapping gives a `key`.

    Raises `ValueError` with one sentence: unknown algorithm, a key missing, a key too many.
    """
    spec = SIGNERS.get(algo)
    if spec is None:
        raise ValueError(f"unknown algorithm '{algo}'; known: {', '.join(SIGNERS)}")
    if spec.keyed and not keyed:
        raise ValueError(f"{algo} needs a key: key: secret.name")
    if keyed and not spec.keyed:
        raise ValueError(f"{algo} takes no key; list the secret among the parts of over, where the carrier wants it")
    return spec
