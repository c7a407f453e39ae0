"""A second opinion on signatures: what a mapping's `over` lists, computed with the standard library alone.

The gateway's own signers stand beside it only to be compared, so that a fault of theirs cannot hide behind itself.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from contract_tests.signatures import curves, rsa, sm2
from contract_tests.signatures.covered import NotComputable, Parts, Signed, raw_signature, written
from gateway import wire
from gateway.wire.contract import Secret
from gateway.wire.sign import ENCODINGS, SIGNERS

_BY_CHANCE = ("sm2", "sm2_der", *curves.CHECKS)
"""Signers whose signatures may differ every time: what is stated is checked, not made again."""
_KEY_FORMS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "hex": bytes.fromhex,
    "base64": base64.b64decode,
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).digest(),
    "sha256": lambda text: hashlib.sha256(text.encode()).digest(),
}


class Plain(Struct, frozen=True, kw_only=True):
    """Bytes, and how they are signed."""

    data: bytes
    algo: str
    encode: str
    key: str = ""

    def signature(self, stated: str) -> str:
        """The signature, as text: `stated` where it is right and cannot be made again."""
        return _signature(self.algo, self.key.encode(), self.data, self.encode, stated)


def signature_of(layer: Any, message: Signed, charset: str = "utf-8", *, stated: str = "") -> str:
    """The signature a `sign` or `verify` layer describes, as text.

    What another signed cannot be made again: with a public key it is `stated` when that key opens it, else nothing.
    """
    said = _said(layer)
    parts = Parts(message, charset, _own(said))
    data = _covered(said, parts)
    key = _key(said, parts)
    user = _joined(said["user_id"], parts) if "user_id" in said else sm2.USER_ID
    return _signature(str(said.get("algo")), key, data, str(said.get("encode", "hex_lower")), stated, user)


def covered_by(layer: Any, message: Signed, charset: str = "utf-8") -> bytes:
    """The bytes a `sign` or `verify` layer signs."""
    said = _said(layer)
    return _covered(said, Parts(message, charset, _own(said)))


def _said(layer: Any) -> dict[str, Any]:
    return {name: getattr(option, "value", option) for name, option in layer.options.items()}


def _covered(said: Mapping[str, Any], parts: Parts) -> bytes:
    return b"".join(parts.bytes_of(_source(part)) for part in said.get("over", ()))


def _signature(algo: str, key: bytes, data: bytes, encode: str, stated: str, user: bytes = sm2.USER_ID) -> str:
    """The signature as text; one that only another could make, or chance, is `stated` when it is right."""
    if algo not in _BY_CHANCE and not (algo.startswith("rsa_") and not rsa.is_private(key.decode())):
        return written(raw_signature(algo, key, data), encode)
    try:
        given = _decoded(stated, encode)
    except ValueError:
        return ""
    if algo.startswith("sm2"):
        genuine = sm2.is_signed(algo, key.decode(), data, given, user)
    elif algo in curves.CHECKS:
        genuine = curves.is_signed(algo, key.decode(), data, given)
    else:
        genuine = rsa.is_signed(algo.removeprefix("rsa_"), key.decode(), data, given)
    return stated if genuine else ""


def _decoded(text: str, encode: str) -> bytes:
    """The bytes of a signature as `encode` wrote them."""
    if encode in ("hex_lower", "hex_upper"):
        return bytes.fromhex(text)
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    raw = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    return bytes.fromhex(raw.decode("ascii", "replace")) if encode.startswith("base64_of_hex") else raw


def _key(said: Mapping[str, Any], parts: Parts) -> bytes:
    """The key's bytes: a secret's text, what it writes in another form, or several parts together."""
    joined = _joined(said.get("key", ()), parts)
    if "key_as" not in said:
        return joined
    form = _KEY_FORMS.get(str(said["key_as"]))
    if form is None:
        raise NotComputable(f"there is no second opinion on key_as {said['key_as']}")
    return form(joined.decode())


def _joined(option: Any, parts: Parts) -> bytes:
    """One part or several as bytes."""
    listed = option if isinstance(option, tuple) else (option,)
    return b"".join(parts.bytes_of(part if isinstance(part, str) else _source(part)) for part in listed)


def gateways_signature(plain: Plain, stated: str) -> str:
    """The same by the gateway's own signer; what that makes by chance the second opinion must find genuine."""
    text = signed_by_gateway(plain)
    return stated if plain.algo in _BY_CHANCE and plain.signature(text) == text else text


def signed_by_gateway(plain: Plain) -> str:
    """A signature as the gateway's own signer makes it."""
    spec, encode = SIGNERS.get(plain.algo), ENCODINGS.get(plain.encode)
    if spec is None or encode is None:
        raise NotComputable(f"the gateway has no signer {plain.algo} written as {plain.encode}")
    keyed = (Secret(plain.key), plain.data) if spec.keyed else (plain.data,)
    text: str = getattr(wire, encode)(getattr(wire, spec.runtime)(*keyed))
    return text


def _source(part: Any) -> str:
    return str(part.value) if hasattr(part, "value") else str(part.source)


def _own(said: Mapping[str, Any]) -> str:
    """The signature's own field, which it never covers."""
    place = str(said.get("put") or said.get("from") or "")
    return place.rpartition(".")[2]
