"""A second opinion on signatures: what a mapping's `over` lists, computed with the standard library alone.

The gateway's own signers stand beside it only to be compared, so that a fault of theirs cannot hide behind itself.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from contract_tests.runner import rsa
from gateway import wire
from gateway.wire.contract import Secret
from gateway.wire.sign import ENCODINGS, SIGNERS

_CALL = re.compile(r"([a-z][a-z0-9_]*)\((.*)\)", re.DOTALL)
_SECRET = re.compile(r"=?\s*secret\.([a-z][a-z0-9_]*)")
_DIGEST = re.compile(r"(md5|sha1|sha256|sha512)_(hex|hex_upper|base64)")
_ALGORITHM = re.compile(r"(hmac_|rsa_)?(md5|sha1|sha256|sha512)")
_DECODED = {"hex_lower": bytes.fromhex, "hex_upper": bytes.fromhex, "base64": base64.b64decode}


class Signed(Struct, frozen=True, kw_only=True):
    """The parts of a message a signature may cover; `fields` are those of a form, a query or a flat message."""

    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = {}
    body: bytes = b""
    fields: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}


class Plain(Struct, frozen=True, kw_only=True):
    """Bytes, and how they are signed."""

    data: bytes
    algo: str
    encode: str
    key: str = ""

    def signature(self) -> str:
        """The signature, as text."""
        return _computed(self.algo, self.key.encode(), self.data, self.encode)


class NotComputable(LookupError):
    """A signature this second opinion has no words for."""


def signature_of(layer: Any, message: Signed, charset: str = "utf-8", *, stated: str = "") -> str:
    """The signature a `sign` or `verify` layer describes, as text.

    What another signed cannot be made again: with a public key it is `stated` when that key opens it, else nothing.
    """
    said = {name: getattr(option, "value", option) for name, option in layer.options.items()}
    data = b"".join(_part(_source(part), message, _own(said), charset) for part in said.get("over", ()))
    key = _secret(str(said["key"]), message).encode() if "key" in said else b""
    algo, encode = str(said.get("algo")), str(said.get("encode", "hex_lower"))
    if algo.startswith("rsa_") and not rsa.is_private(key.decode()):
        genuine = rsa.is_signed(algo.removeprefix("rsa_"), key.decode(), data, _DECODED[encode](stated))
        return stated if genuine else ""
    return _computed(algo, key, data, encode)


def gateways_signature(plain: Plain) -> str:
    """The same by the gateway's own signer."""
    spec, encode = SIGNERS.get(plain.algo), ENCODINGS.get(plain.encode)
    if spec is None or encode is None:
        raise NotComputable(f"the gateway has no signer {plain.algo} written as {plain.encode}")
    keyed = (Secret(plain.key), plain.data) if spec.keyed else (plain.data,)
    written: str = getattr(wire, encode)(getattr(wire, spec.runtime)(*keyed))
    return written


def _computed(algo: str, key: bytes, data: bytes, encode: str) -> str:
    found = _ALGORITHM.fullmatch(algo)
    if found is None:
        raise NotComputable(f"there is no second opinion on {algo}")
    match found[1]:
        case "hmac_":
            raw = hmac.digest(key, data, found[2])
        case "rsa_":
            raw = rsa.signed(found[2], key.decode(), data)
        case _:
            raw = hashlib.new(found[2], data, usedforsecurity=False).digest()
    return _written(raw, encode)


def _source(part: Any) -> str:
    return str(part.value) if hasattr(part, "value") else str(part.source)


def _own(said: Mapping[str, Any]) -> str:
    """The signature's own field, which it never covers."""
    place = str(said.get("put") or said.get("from") or "")
    return place.rpartition(".")[2]


def _written(raw: bytes, encode: str) -> str:
    match encode:
        case "hex_lower" | "hex":
            return raw.hex()
        case "hex_upper":
            return raw.hex().upper()
        case "base64":
            return base64.b64encode(raw).decode()
    raise NotComputable(f"there is no second opinion on encode {encode}")


def _secret(text: str, message: Signed) -> str:
    found = _SECRET.fullmatch(text)
    if found is None or found[1] not in message.secrets:
        raise NotComputable(f"the vector has no {text}")
    return message.secrets[found[1]]


def _part(text: str, message: Signed, own: str, charset: str) -> bytes:
    if _SECRET.fullmatch(text):
        return _secret(text, message).encode(charset)
    if text == "body":
        return message.body
    if text.startswith("header."):
        name = text.removeprefix("header.").lower()
        return next((value for key, value in message.headers.items() if key.lower() == name), "").encode(charset)
    if text.startswith("wire."):
        return message.fields.get(text.removeprefix("wire."), "").encode(charset)
    plain = {"http.method": message.method, "http.path": message.path, "query": _query(message)}.get(text)
    if plain is not None:
        return plain.encode(charset)
    called = _CALL.fullmatch(text)
    return text.encode(charset) if called is None else _called(called[1], called[2], message, own, charset)


def _query(message: Signed) -> str:
    return "&".join(f"{name}={value}" for name, value in message.fields.items())


def _called(function: str, arguments: str, message: Signed, own: str, charset: str) -> bytes:
    digest = _DIGEST.fullmatch(function)
    if digest is not None:
        raw = hashlib.new(digest[1], _part(arguments, message, own, charset), usedforsecurity=False).digest()
        encode = {"hex": "hex_lower"}.get(digest[2], digest[2])
        return _written(raw, encode).encode()
    pieces = arguments.split(";")
    if function == "between" and len(pieces) == 3:
        return message.body.split(pieces[1].encode(charset), 1)[1].split(pieces[2].encode(charset), 1)[0]
    if function in ("sorted", "values"):
        separator = pieces[1] if len(pieces) > 1 else "&" if function == "sorted" else ""
        kept = [
            (name, value)
            for name, value in sorted(message.fields.items())
            if name != own and (value or pieces[2:] == ["keep"])
        ]
        texts = [f"{n}={v}" for n, v in kept] if function == "sorted" else sorted(v for _, v in kept)
        return separator.join(texts).encode(charset)
    raise NotComputable(f"there is no second opinion on {function}()")
