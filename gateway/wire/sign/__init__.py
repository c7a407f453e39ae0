"""Signers: one file per family, one registry, chosen by `algo` in a mapping.

A new family is one file beside these and one row in `SIGNERS`.
"""

from collections.abc import Mapping

from msgspec import Struct

from gateway.wire.sign.digests import md5, sha1, sha256, sha512
from gateway.wire.sign.encodings import base64_bytes, base64_text, hex_bytes, hex_lower, hex_upper, same_signature
from gateway.wire.sign.hmacs import hmac_sha1, hmac_sha256, hmac_sha512
from gateway.wire.sign.parts import DIGESTS, between, over, sorted_pairs, sorted_values, values_by_name
from gateway.wire.sign.rsa import RSA

__all__ = [
    "DECODINGS",
    "DIGESTS",
    "ENCODINGS",
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
    is checked by making it again.
    """

    algo: str
    runtime: str
    keyed: bool = False
    genuine: str = ""


_ALL = (
    *(SignerSpec(algo=signer.__name__, runtime=signer.__name__) for signer in (md5, sha1, sha256, sha512)),
    *(
        SignerSpec(algo=signer.__name__, runtime=signer.__name__, keyed=True)
        for signer in (hmac_sha1, hmac_sha256, hmac_sha512)
    ),
    *(
        SignerSpec(algo=signer.__name__, runtime=signer.__name__, keyed=True, genuine=check.__name__)
        for signer, check in RSA
    ),
)

SIGNERS: Mapping[str, SignerSpec] = {spec.algo: spec for spec in _ALL}
"""Every algorithm `sign` and `verify` know, by name."""

ENCODINGS: Mapping[str, str] = {
    "hex_lower": hex_lower.__name__,
    "hex_upper": hex_upper.__name__,
    "base64": base64_text.__name__,
}
"""How a signature may be written (`encode`), with the function's name."""

DECODINGS: Mapping[str, str] = {
    "hex_lower": hex_bytes.__name__,
    "hex_upper": hex_bytes.__name__,
    "base64": base64_bytes.__name__,
}
"""How a signature that came in is read back to its bytes, with the function's name."""


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
