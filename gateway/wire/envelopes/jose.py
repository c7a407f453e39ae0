"""JSON Web Signature and JSON Web Encryption in their compact forms (RFC 7515, RFC 7516): text around a payload.

The protected header is written by us and checked when reading: a token that names another algorithm than was agreed on,
or demands something (`crit`) that was not agreed on, is nobody's word. With `"b64": false` among what it demands a
detached signature covers the payload as it is (RFC 7797).
"""

import hmac
import re
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from gateway.wire.cipher.aes import aes_cbc_in, aes_cbc_out, aes_gcm_in, aes_gcm_out
from gateway.wire.cipher.padding import filled, unfilled
from gateway.wire.classified import Forged
from gateway.wire.contract import Secret, Wire
from gateway.wire.errors import Unreadable
from gateway.wire.layers.json import json_in, json_out
from gateway.wire.layers.packing import base64_in
from gateway.wire.limits import BODY_BYTES_MAX
from gateway.wire.sign.encodings import base64_url_bare

Signer = Callable[[Any, bytes], bytes]
Check = Callable[[Any, bytes, bytes], bool]
_BLOCK_BYTES = 16
_PIECE = re.compile(r"[A-Za-z0-9_-]*")

_GCM = {"A128GCM": 16, "A192GCM": 24, "A256GCM": 32}
_CBC = {"A128CBC-HS256": 32, "A192CBC-HS384": 48, "A256CBC-HS512": 64}
_DIGESTS = {"A128CBC-HS256": "sha256", "A192CBC-HS384": "sha384", "A256CBC-HS512": "sha512"}

KEY_BYTES = _GCM | _CBC
"""What a message may be encrypted with, and how long its key is."""

IV_BYTES = dict.fromkeys(_GCM, 12) | dict.fromkeys(_CBC, 16)
"""How long its initialisation vector is."""

_TAG_BYTES = dict.fromkeys(_GCM, 16) | {enc: size // 2 for enc, size in _CBC.items()}


def jws_out(signer: Signer, key: Secret | bytes, header: Wire, payload: bytes, *, detached: bool = False) -> str:
    """The signed payload: header, payload and signature with dots between; `detached` leaves the payload out."""
    first = base64_url_bare(json_out(header))
    second = b"" if detached else base64_url_bare(payload).encode()
    signature = base64_url_bare(signer(key, _covered(first, payload, raw=header.get("b64") is False)))
    return f"{first}.{second.decode()}.{signature}"


def _covered(first: str, payload: bytes, *, raw: bool) -> bytes:
    """What is signed: the header and the payload in base 64, or the payload as it is."""
    return f"{first}.".encode() + (payload if raw else base64_url_bare(payload).encode())


def jws_in(
    check: Check, key: Secret | bytes, alg: str, token: Any, payload: bytes | None = None, crit: tuple[str, ...] = ()
) -> bytes:
    """The payload that was signed; `payload` is that of a detached signature, `crit` what its header may demand.

    Raises `Forged` for every other token.
    """
    first, second, third = _pieces(token, 3)
    _check_header(first, alg, crit=crit)
    if payload is not None and second:
        raise Forged("the signature of the message brings another payload")
    signed = f"{first}.{second}".encode() if payload is None else _covered(first, payload, raw="b64" in crit)
    if not check(key, signed, _unpacked(third)):
        raise Forged("the signature of the message is not the carrier's")
    return _unpacked(second) if payload is None else payload


def made_again(signer: Signer) -> Check:
    """The check of a signature whose key both sides hold."""
    return lambda key, data, signature: compare_digest(signer(key, data), signature)


def jwe_out(wrapped: bytes, key: bytes, iv: bytes, header: Wire, payload: bytes) -> str:
    """The encrypted payload under `key`, which travels `wrapped`; the header is covered by the tag."""
    first, enc = base64_url_bare(json_out(header)), header["enc"]
    seal = cbc_hmac_out if enc in _CBC else aes_gcm_out
    sealed, size = seal(key, iv, payload, first.encode()), _TAG_BYTES[enc]
    return ".".join([first, *map(base64_url_bare, (wrapped, iv, sealed[:-size], sealed[-size:]))])


def cbc_hmac_out(key: bytes, iv: bytes, data: bytes, aad: bytes) -> bytes:
    """AES in CBC mode and an HMAC under the other half of the key (RFC 7518, 5.2), its tag at the end."""
    half = len(key) // 2
    sealed = aes_cbc_out(key[half:], iv, filled(data, "pkcs7", _BLOCK_BYTES))
    return sealed + _tag(key[:half], iv, sealed, aad)


def cbc_hmac_in(key: bytes, iv: bytes, data: bytes, aad: bytes) -> bytes:
    """The inverse; the tag is checked before anything is decrypted. Raises `Unreadable`."""
    half = len(key) // 2
    sealed, tag = data[:-half], data[-half:]
    if not compare_digest(_tag(key[:half], iv, sealed, aad), tag):
        raise Unreadable("the encrypted message is not whole, or is under another key")
    return unfilled(aes_cbc_in(key[half:], iv, sealed), "pkcs7", _BLOCK_BYTES)


def _tag(key: bytes, iv: bytes, sealed: bytes, aad: bytes) -> bytes:
    digest = next(_DIGESTS[enc] for enc, size in _CBC.items() if size == 2 * len(key))
    return hmac.digest(key, aad + iv + sealed + (8 * len(aad)).to_bytes(8, "big"), digest)[: len(key)]


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
    if (len(own), len(iv), len(tag)) != (KEY_BYTES[enc], IV_BYTES[enc], _TAG_BYTES[enc]):
        raise Unreadable(f"the parts of the encrypted message are not as long as {enc} has them")
    return (cbc_hmac_in if enc in _CBC else aes_gcm_in)(own, iv, sealed + tag, first.encode())


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


def _check_header(piece: str, alg: str, enc: str | None = None, crit: tuple[str, ...] = ()) -> None:
    try:
        header = json_in(_unpacked(piece))
    except Unreadable:
        raise Forged("the header of the message is no JSON") from None
    said = (header.get("alg"), header.get("enc")) if isinstance(header, dict) else (None, None)
    if said != (alg, enc) or "zip" in header or not _demands(header, crit):
        raise Forged("the header of the message names another algorithm, or demands what was not agreed on")


def _demands(header: Wire, agreed: tuple[str, ...]) -> bool:
    """Whether a header demands nothing but what was agreed on, and says how its payload was covered as agreed on."""
    crit = header.get("crit", [])
    if not isinstance(crit, list) or any(name not in agreed or name not in header for name in crit):
        return False
    return ("b64" in crit and header["b64"] is False) if "b64" in agreed else header.get("b64", True) is True
