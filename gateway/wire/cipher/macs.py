"""A message authentication code beside encrypted bytes: HMAC (RFC 2104), whole or its first bytes."""

import hmac

from gateway.wire.errors import Unreadable

MAC_BYTES_LEAST = 8
"""Fewer bytes are guessed (RFC 2104 asks for half the digest, carriers for less)."""


def mac_out(digest: str, key: bytes, iv: bytes, sealed: bytes, size: int, *, whole: bool, last: bool) -> bytes:
    """IV and encrypted bytes with the code beside them: over the encrypted bytes, or `whole` over the IV as well."""
    code = hmac.digest(key, iv + sealed if whole else sealed, digest)[:size]
    return iv + sealed + code if last else code + iv + sealed


def mac_in(digest: str, key: bytes, iv_size: int, body: bytes, size: int, *, whole: bool, last: bool) -> bytes:
    """IV and encrypted bytes without the code, which must be theirs: else the message proves nothing."""
    if len(body) < size + iv_size:
        raise Unreadable("the encrypted message is shorter than the code beside it")
    code, rest = (body[-size:], body[:-size]) if last else (body[:size], body[size:])
    made = hmac.digest(key, rest if whole else rest[iv_size:], digest)[:size]
    if not hmac.compare_digest(made, code):
        raise Unreadable("the encrypted message is not what its code says, or is for another key")
    return rest
