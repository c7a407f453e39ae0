"""JSON Web Signature and JSON Web Encryption in their compact forms (RFC 7515, RFC 7516): text around a payload.

The protected header is written by us and checked when reading: a token that names another algorithm than was agreed on,
or demands something (`crit`), is nobody's word.
"""

import re
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from gateway.wire.cipher.aes import aes_gcm_in, aes_gcm_out
from gateway.wire.classified import Forged
from gateway.wire.contract import Secret, Wire
from gateway.wire.errors import Unreadable
from gateway.wire.layers.json import json_in, json_out
from gateway.wire.layers.packing import base64_in
from gateway.wire.limits import BODY_BYTES_MAX
from gateway.wire.sign.encodings import base64_url_bare

Signer = Callable[[Any, bytes], bytes]
Check = Callable[[Any, bytes, bytes], bool]
_PIECE = re.compile(r"[A-Za-z0-9_-]*")

KEY_BYTES = {"A128GCM": 16, "A192GCM": 24, "A256GCM": 32}
"""What a message may be encrypted with, and how long its key is."""

IV_BYTES, _TAG_BYTES = 12, 16


def jws_out(signer: Signer, key: Secret | bytes, header: Wire, payload: bytes, *, detached: bool = False) -> str:
    """The signed payload: header, payload and signature with dots between; `detached` leaves the payload out."""
    first, second = base64_url_bare(json_out(header)), base64_url_bare(payload)
    signature = base64_url_bare(signer(key, f"{first}.{second}".encode()))
    return f"{first}.{'' if detached else second}.{signature}"


def jws_in(check: Check, key: Secret | bytes, alg: str, token: Any, payload: bytes | None = None) -> bytes:
    """The payload that was signed; `payload` is that of a detached signature. Raises `Forged` for every other token."""
    first, second, third = _pieces(token, 3)
    _check_header(first, alg)
    if payload is not None and second:
        raise Forged("the signature of the message brings another payload")
    signed = second if payload is None else base64_url_bare(payload)
    if not check(key, f"{first}.{signed}".encode(), _unpacked(third)):
        raise Forged("the signature of the message is not the carrier's")
    return _unpacked(second) if payload is None else payload


def made_again(signer: Signer) -> Check:
    """The check of a signature whose key both sides hold."""
    return lambda key, data, signature: compare_digest(signer(key, data), signature)


def jwe_out(wrapped: bytes, key: bytes, iv: bytes, header: Wire, payload: bytes) -> str:
    """The encrypted payload under `key`, which travels `wrapped`; the header is covered by the tag."""
    first = base64_url_bare(json_out(header))
    sealed = aes_gcm_out(key, iv, payload, first.encode())
    pieces = (wrapped, iv, sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:])
    return ".".join([first, *map(base64_url_bare, pieces)])


def held(key: bytes, wrapped: bytes) -> bytes:
    """The key of a message whose key both sides hold: nothing of it travels."""
    if wrapped:
        raise Unreadable("the encrypted message brings a key although both sides hold one")
    return key


def jwe_in(unwrap: Callable[[Any, bytes], bytes], key: Secret | bytes, alg: str, enc: str, token: Any) -> bytes:
    """The payload inside; `unwrap(key, wrapped)` gives the message's own key. Raises `Unreadable`."""
    try:
        first, second, third, fourth, fifth = _pieces(token, 5)
        _check_header(first, alg, enc)
        wrapped, iv, sealed, tag = map(_unpacked, (second, third, fourth, fifth))
    except Forged as wrong:
        raise Unreadable(wrong.message) from None
    own = unwrap(key, wrapped)
    if len(own) != KEY_BYTES[enc] or len(iv) != IV_BYTES or len(tag) != _TAG_BYTES:
        raise Unreadable(f"the parts of the encrypted message are not as long as {enc} has them")
    return aes_gcm_in(own, iv, sealed + tag, first.encode())


def _pieces(token: Any, count: int) -> list[str]:
    text = token.decode("ascii", "replace") if isinstance(token, bytes) else token
    pieces = text.strip().split(".") if isinstance(text, str) and len(text) <= BODY_BYTES_MAX else []
    if len(pieces) != count or not all(_PIECE.fullmatch(piece) for piece in pieces):
        raise Forged(f"the message is not {count} parts in base 64 with dots between")
    return pieces


def _unpacked(piece: str) -> bytes:
    try:
        return base64_in(piece.encode()) if piece else b""
    except Unreadable:
        raise Forged("a part of the message is no base 64") from None


def _check_header(piece: str, alg: str, enc: str | None = None) -> None:
    try:
        header = json_in(_unpacked(piece))
    except Unreadable:
        raise Forged("the header of the message is no JSON") from None
    said = (header.get("alg"), header.get("enc")) if isinstance(header, dict) else (None, None)
    if said != (alg, enc) or "crit" in header or "zip" in header:
        raise Forged("the header of the message names another algorithm, or demands what was not agreed on")
