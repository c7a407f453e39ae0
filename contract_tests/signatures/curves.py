"""A second opinion on signatures that differ every time, or that only another can make: the library's own checks."""

from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from gateway.wire.keys import BadKey, rsa_private, rsa_public

Check = Callable[[Any, bytes, bytes], None]


def is_signed(algo: str, key: str, data: bytes, signature: bytes) -> bool:
    """Whether a key signed some bytes; the key may be the private or the public one."""
    try:
        CHECKS[algo](_public(algo, key), data, signature)
    except (InvalidSignature, ValueError):
        return False
    return True


def _public(algo: str, key: str) -> Any:
    if algo.startswith("rsa_"):
        try:
            return rsa_private(key).public_key()
        except BadKey:
            return rsa_public(key)
    data = key.replace("\\n", "\n").encode()
    return load_pem_private_key(data, None).public_key() if b"PRIVATE" in data else load_pem_public_key(data)


def _ecdsa(public: Any, data: bytes, signature: bytes) -> None:
    if len(signature) != 64:
        raise ValueError("not r and s of 32 bytes each")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), data, ECDSA(SHA256()))


def _ed25519(public: Any, data: bytes, signature: bytes) -> None:
    public.verify(signature, data)


def _pss(digest: HashAlgorithm) -> Check:
    def check(public: Any, data: bytes, signature: bytes) -> None:
        public.verify(signature, data, PSS(MGF1(digest), PSS.AUTO), digest)

    return check


CHECKS: Mapping[str, Check] = {
    "ed25519": _ed25519,
    "ecdsa_p256_sha256": _ecdsa,
    "rsa_pss_sha256": _pss(SHA256()),
    "rsa_pss_sha512": _pss(SHA512()),
}
"""The check of each algorithm: it raises for what is not genuine."""
