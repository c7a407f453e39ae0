"""The native wire: a carrier that speaks our published carrier interface needs no mapping.

One POST per operation, to `{base_url}/carrier/v1/<operation with a slash for the dot>`; the body is the canonical
request beside our number. Signed with HMAC-SHA256 both ways. Reading stands in `native_reply`.
"""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from gateway.wire.contract import Context, Headers, Inbound, Secret, WireReply, WireRequest
from gateway.wire.errors import CannotSend
from gateway.wire.layers.json import json_out
from gateway.wire.sign.encodings import hex_lower, same_signature
from gateway.wire.sign.hmacs import hmac_sha256
from gateway.wire.sign.parts import over, sha256_hex

SKEW_S_MAX = 300
"""How far a carrier's clock may be from ours for a signed reply to count."""

NONCE_LENGTH = 16
_STAMP_DIGITS_MAX = 12

NUMBER_CHARACTERS = 32

# What only the gateway has use for: how the caller wants it routed, and which channel gave a number.
_INTERNAL = "routing"


def native_build(operation: str, request: Any, ctx: Context) -> WireRequest:
    """The unsigned request of an operation: URL, content type and exact body.

    Raises `CannotSend` without a request number or a `base_url` in the channel's settings.
    """
    number = native_number(ctx)
    base = ctx.config.get("base_url")
    if not number:
        raise CannotSend("the operation has no carrier request number")
    if not isinstance(base, str):
        raise CannotSend("the channel's settings have no base_url")
    body = {"request_no": number, "sent_at": ctx.now, "request": _outward(request)}
    return WireRequest(
        method="POST",
        url=f"{base.rstrip('/')}/carrier/v1/{operation.replace('.', '/')}",
        headers=(("Content-Type", "application/json"),),
        body=json_out(body),
    )


def native_number(ctx: Context) -> str:
    """Our number of an operation as this wire carries it: its first 32 characters."""
    return (ctx.request_no or ctx.attempt_no)[:NUMBER_CHARACTERS]


def _outward(request: Any) -> dict[str, Any]:
    tree: dict[str, Any] = msgspec.to_builtins(request)
    tree.pop(_INTERNAL, None)
    for number in tree.get("numbers", ()):
        number.pop("channel", None)
    return tree


def native_sign(request: WireRequest, ctx: Context, *, bearer: str = "token", key: str = "hmac_key") -> WireRequest:
    """The request with bearer token, timestamp, nonce and signature; `bearer` and `key` name the channel's secrets."""
    stamp = str(int(ctx.now.timestamp()))
    nonce = ctx.nonce(NONCE_LENGTH)
    path = urlsplit(request.url).path
    signed = "\n".join((request.method, path[path.index("/carrier") :], stamp, nonce, sha256_hex(request.body)))
    headers: Headers = (
        ("Authorization", f"Bearer {secret(ctx, bearer).reveal()}"),
        ("X-Timestamp", stamp),
        ("X-Nonce", nonce),
        ("X-Signature", hex_lower(hmac_sha256(secret(ctx, key), signed.encode()))),
    )
    return replace(request, headers=(*request.headers, *headers))


def secret(ctx: Context, name: str) -> Secret:
    """A secret of the channel; raises `CannotSend` where it is not set."""
    found = ctx.secrets.get(name)
    if found is None:
        raise CannotSend(f"the channel has no secret '{name}'")
    return found


def native_genuine(message: WireReply | Inbound, ctx: Context, *, key: str = "hmac_key") -> bool:
    """Whether a reply or callback bears the carrier's signature and a fresh timestamp."""
    stamp = message.header("X-Timestamp") or ""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _STAMP_DIGITS_MAX):
        return False
    if abs(int(stamp) - ctx.now.timestamp()) > SKEW_S_MAX:
        return False
    signed = over("UTF-8", stamp, "\n", sha256_hex(message.body))
    current, given = secret(ctx, key), message.header("X-Signature")
    keys = (current,) if current.former is None else (current, current.former)
    return any(same_signature(hex_lower(hmac_sha256(each, signed)), given) for each in keys)
