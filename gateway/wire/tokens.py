"""Reading the reply to a request for an access token: OAuth 2.0 client credentials (RFC 6749), or a login call.

Building the request is an adapter's ordinary work; what it sends for `auth: basic` is made here, because RFC 6749 wants
identifier and secret percent-encoded first.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from gateway.wire.contract import Context, Secret, Token, Wire, WireReply
from gateway.wire.envelopes.jose import Signer, jws_out
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.form import form_out
from gateway.wire.layers.json import json_in, json_out
from gateway.wire.limits import TOKEN_LENGTH_MAX
from gateway.wire.trees import Name, dig


def basic_credentials(client_id: str | Secret, client_secret: Secret) -> str:
    """The value of an `Authorization: Basic` header (RFC 6749 section 2.3.1)."""
    name = client_id.reveal() if isinstance(client_id, Secret) else client_id
    pair = f"{quote_plus(name)}:{quote_plus(client_secret.reveal())}"
    return "Basic " + b64encode(pair.encode("ascii")).decode("ascii")


def basic_pair(user: str, password: str) -> str:
    """User and password as HTTP basic authentication writes them (RFC 7617), in UTF-8.

    Raises `CannotSend` for a user with a colon, which could not be told from the password.
    """
    if ":" in user:
        raise CannotSend("a user with a colon cannot be sent as basic credentials")
    return b64encode(f"{user}:{password}".encode()).decode("ascii")


def client_credentials_body(fields: Mapping[str, str | Secret | None]) -> bytes:
    """The form a token endpoint takes: `grant_type=client_credentials` and what else is given (scope, client_id)."""
    shown = {name: value.reveal() if isinstance(value, Secret) else value for name, value in fields.items()}
    return form_out({"grant_type": "client_credentials", **shown})


ASSERTION_LIFE_S = 300


def client_assertion(
    signer: Signer,
    key: Secret | bytes,
    header: Wire,
    client_id: str | Secret,
    audience: str,
    ctx: Context,
    claims: Wire,
) -> str:
    """A signed token that says who asks, in place of a shared secret (RFC 7523): `claims` add to its own or replace."""
    name = client_id.reveal() if isinstance(client_id, Secret) else client_id
    at = int(ctx.now.timestamp())
    told: Wire = {"iss": name, "sub": name, "aud": audience, "jti": ctx.nonce(32), "iat": at}
    return jws_out(signer, key, header, json_out({**told, "exp": at + ASSERTION_LIFE_S, **claims}))


def oauth_token(reply: WireReply) -> Token:
    """The token of a token endpoint's reply (RFC 6749 section 5.1).

    Raises `Unreadable` when the status is not 200, the body no JSON, or the type anything but bearer.
    """
    if reply.status != 200:
        raise Unreadable(f"the token endpoint answered with status {reply.status}")
    tree = json_in(reply.body)
    kind = dig(tree, "token_type")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise Unreadable("the token endpoint gave no bearer token")
    return token_of(tree, ("access_token",), ("expires_in",))


# What may stand in a header: visible ASCII, no space.
_TOKEN = re.compile(r"[!-~]+")


def token_of(
    tree: Any,
    value: tuple[Name, ...],
    expires_in_s: tuple[Name, ...] | None = None,
    *,
    expires_at: tuple[Name, ...] | None = None,
    now: datetime | None = None,
) -> Token:
    """The token at a path of a decoded login reply, and how many seconds it lives, where the reply says so.

    The lifetime may be a number or its text, or the instant it ends (ISO 8601, with its offset). Raises `Unreadable`
    when there is no token; its text is never quoted.
    """
    text = dig(tree, *value)
    if not isinstance(text, str) or len(text) > TOKEN_LENGTH_MAX or not _TOKEN.fullmatch(text):
        raise Unreadable(f"the login reply holds no token at '{'.'.join(map(str, value))}'")
    lifetime = None if expires_in_s is None else _seconds(dig(tree, *expires_in_s), expires_in_s)
    if expires_at is not None and now is not None:
        lifetime = _until(dig(tree, *expires_at), expires_at, now)
    return Token(value=Secret(text), expires_in_s=lifetime)


def _seconds(value: Any, path: tuple[Name, ...]) -> float | None:
    if value is None:
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Unreadable(f"the lifetime at '{'.'.join(map(str, path))}' is no whole number of seconds")
    return float(text)


def _until(value: Any, path: tuple[Name, ...], now: datetime) -> float | None:
    if value is None:
        return None
    try:
        ends = datetime.fromisoformat(str(value).strip()[:40])
    except ValueError:
        ends = None
    if ends is None or ends.tzinfo is None:
        raise Unreadable(f"the end of the token at '{'.'.join(map(str, path))}' is no instant with its offset")
    return max((ends - now).total_seconds(), 0.0)
