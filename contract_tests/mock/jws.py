"""The mock's own JSON Web Signatures (RFC 7515), compact: HS256, RS256 and PS256, by a library."""

import base64
import hmac
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from contract_tests.mock.rsa import private_key, public_key

_PADDINGS: dict[str, AsymmetricPadding] = {
    "RS256": PKCS1v15(),
    "PS256": PSS(MGF1(SHA256()), PSS.DIGEST_LENGTH),
}
_PIECES = 3


def made(header: dict[str, Any], key: str, payload: str | bytes) -> str:
    """A token over a payload; the header names its algorithm, the key is a shared text, or that of a PKCS #8 file."""
    first = _packed(json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode())
    covered = f"{first}.{_packed(payload.encode() if isinstance(payload, str) else payload)}"
    if header["alg"] == "HS256":
        signature = hmac.digest(key.encode(), covered.encode(), "sha256")
    else:
        signature = private_key(key).sign(covered.encode(), _PADDINGS[header["alg"]], SHA256())
    return f"{covered}.{_packed(signature)}"


def payload(alg: str, key: str, token: str | bytes) -> bytes:
    """What was signed so; a token of another algorithm or key is an error."""
    text = token.decode("ascii") if isinstance(token, bytes) else token
    pieces = text.split(".")
    if len(pieces) != _PIECES or json.loads(_unpacked(pieces[0])).get("alg") != alg:
        raise ValueError(f"it is no token of {alg}")
    covered, signature = f"{pieces[0]}.{pieces[1]}".encode(), _unpacked(pieces[2])
    if not _genuine(alg, key, covered, signature):
        raise ValueError("the token is not signed with this key")
    return _unpacked(pieces[1])


def _genuine(alg: str, key: str, covered: bytes, signature: bytes) -> bool:
    if alg == "HS256":
        return hmac.compare_digest(hmac.digest(key.encode(), covered, "sha256"), signature)
    try:
        public_key(key).verify(signature, covered, _PADDINGS[alg], SHA256())
    except InvalidSignature:
        return False
    return True


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
