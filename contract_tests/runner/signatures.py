"""A second opinion on signatures: what a mapping's `over` lists, computed with the standard library alone.

The gateway's own signers stand beside it only to be compared, so that a fault of theirs cannot hide behind itself.
"""

import base64
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from contract_tests.runner import rsa, sm2
from contract_tests.runner.covered import NotComputable, Parts, Signed, raw_signature, written
from gateway import wire
from gateway.wire.contract import Secret
from gateway.wire.sign import ENCODINGS, SIGNERS

_DECODED = {"hex_lower": bytes.fromhex, "hex_upper": bytes.fromhex, "base64": base64.b64decode}
_BY_CHANCE = ("sm2", "sm2_der")
"""Signers whose signatures differ every time: what is stated is checked, not made again."""


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
    said = {name: getattr(option, "value", option) for name, option in layer.options.items()}
    parts = Parts(message, charset, _own(said))
    data = b"".join(parts.bytes_of(_source(part)) for part in said.get("over", ()))
    key = _key(said, parts)
    user = str(said.get("user_id", sm2.USER_ID.decode()))
    return _signature(str(said.get("algo")), key, data, str(said.get("encode", "hex_lower")), stated, user)


def _signature(algo: str, key: bytes, data: bytes, encode: str, stated: str, user: str = sm2.USER_ID.decode()) -> str:
    """The signature as text; one that only another could make, or chance, is `stated` when it is right."""
    if algo in _BY_CHANCE:
        genuine = sm2.is_signed(algo, key.decode(), data, _DECODED[encode](stated), user.encode())
        return stated if genuine else ""
    if algo.startswith("rsa_") and not rsa.is_private(key.decode()):
        genuine = rsa.is_signed(algo.removeprefix("rsa_"), key.decode(), data, _DECODED[encode](stated))
        return stated if genuine else ""
    return written(raw_signature(algo, key, data), encode)


def _key(said: Mapping[str, Any], parts: Parts) -> bytes:
    """The key's bytes: a secret's text, what it writes in another form, or several parts together."""
    key = said.get("key", ())
    listed = key if isinstance(key, tuple) else (key,)
    joined = b"".join(parts.bytes_of(part if isinstance(part, str) else _source(part)) for part in listed)
    form = {"hex": bytes.fromhex, "base64": base64.b64decode}.get(str(said.get("key_as")))
    return joined if form is None else form(joined.decode())


def gateways_signature(plain: Plain, stated: str) -> str:
    """The same by the gateway's own signer; what that makes by chance the second opinion must find genuine."""
    spec, encode = SIGNERS.get(plain.algo), ENCODINGS.get(plain.encode)
    if spec is None or encode is None:
        raise NotComputable(f"the gateway has no signer {plain.algo} written as {plain.encode}")
    keyed = (Secret(plain.key), plain.data) if spec.keyed else (plain.data,)
    text: str = getattr(wire, encode)(getattr(wire, spec.runtime)(*keyed))
    return stated if plain.algo in _BY_CHANCE and plain.signature(text) == text else text


def _source(part: Any) -> str:
    return str(part.value) if hasattr(part, "value") else str(part.source)


def _own(said: Mapping[str, Any]) -> str:
    """The signature's own field, which it never covers."""
    place = str(said.get("put") or said.get("from") or "")
    return place.rpartition(".")[2]
