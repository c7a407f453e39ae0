"""What is opened and never closed again: messages under a key of their own or a tag, and signed tokens.

The session key of a request is wrapped for the carrier; its private key stands among the test keys where an author has
written it there (any name will do), and then a body can be shown as what it says.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from contract_tests.record.ciphers import CannotOpen, key_bytes_of, said_of
from gateway import wire
from gateway.wire.cipher import CIPHERS, CipherSpec, cipher_iv, unfilled
from gateway.wire.contract import Secret
from gateway.wire.errors import WireError

Kept = Mapping[str, str | None]
Keys = Mapping[str, str]


def is_envelope(layer: Any) -> bool:
    """Whether a layer hides a whole message under what the recorder does not make again."""
    if layer.name == "jws":
        return not {"claims", "detached"} & set(layer.options)
    if layer.name != "encrypt" or "fields" in layer.options:
        return False
    said, spec = said_of(layer)
    return bool(spec.key_sizes) and ("wrap" in said or spec.tagged)


def payload_of(token: bytes) -> bytes:
    """What a compact JWS says, whoever signed it."""
    pieces = token.split(b".")
    if len(pieces) != 3:
        raise CannotOpen("it is no signed token")
    try:
        return base64.urlsafe_b64decode(pieces[1] + b"=" * (-len(pieces[1]) % 4))
    except (ValueError, binascii.Error):
        raise CannotOpen("the payload of the signed token is no base 64") from None


def unsealed(layer: Any, data: bytes, kept: Kept, keys: Keys) -> bytes:
    """The bytes inside; `kept` are the texts a layer kept under a name, as they stand in the wrapper around."""
    said, spec = said_of(layer)
    try:
        key = _session_key(layer, said, spec, kept, keys)
        iv, body = _iv(said, spec, key, data, kept, keys)
        if not spec.tagged:
            words = (key, body) if iv is None else (key, iv, body)
            return unfilled(getattr(wire, spec.open)(*words), str(said.get("pad", "pkcs7")), spec.block)
        aad, first = str(said.get("aad", "")).encode(), said.get("tag") == "start"
        return bytes(getattr(wire, spec.open)(key, iv, body, aad, tag_first=first))
    except (WireError, ValueError, TypeError) as wrong:
        raise CannotOpen(f"{layer.mark}: it cannot be decrypted with the keys given: {wrong}") from None


def _session_key(layer: Any, said: Mapping[str, Any], spec: CipherSpec, kept: Kept, keys: Keys) -> bytes:
    wrap = said.get("wrap")
    if not isinstance(wrap, Mapping):
        return key_bytes_of(layer, keys)
    told = {name: getattr(option, "value", option) for name, option in wrap.items()}
    text, opens = kept.get(str(told.get("as", ""))), CIPHERS.get(str(told.get("algo")))
    if text is None or opens is None:
        raise CannotOpen(f"{layer.mark}: the wrapped key does not stand beside the message")
    packed = _bytes(text, str(told.get("encode", "base64")))
    for other in keys.values():
        try:
            found: bytes = getattr(wire, opens.open)(Secret(other), packed)
            raw = found if told.get("of", "bytes") == "bytes" else _bytes(found.decode("ascii"), str(told["of"]))
            return _sized(raw, spec)
        except (WireError, ValueError):
            continue
    raise CannotOpen(f"{layer.mark}: no private key among the keys given opens the wrapped key")


def _sized(key: bytes, spec: CipherSpec) -> bytes:
    """A key of another length is what a wrong private key made of the text."""
    if len(key) not in spec.key_sizes:
        raise ValueError("a key of another length")
    return key


def _bytes(text: str, form: str) -> bytes:
    return base64.b64decode(text) if form == "base64" else binascii.unhexlify(text)


def _iv(
    said: Mapping[str, Any], spec: CipherSpec, key: bytes, data: bytes, kept: Kept, keys: Keys
) -> tuple[bytes | None, bytes]:
    where = str(said.get("iv", ""))
    if not spec.iv_sizes:
        return None, data
    if where == "key":
        return key[: spec.iv_sizes[0]], data
    if where.startswith("prepend"):
        size = spec.iv_sizes[1] if where == "prepend(16)" and spec.tagged else spec.iv_sizes[0]
        return data[:size], data[size:]
    text = keys.get(where.removeprefix("secret.")) if where.startswith("secret.") else kept.get(str(said.get("as", "")))
    if text is None:
        text = where
    return cipher_iv(text, str(said.get("iv_as", "utf-8")), spec.iv_sizes), data
