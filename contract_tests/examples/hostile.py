"""Replies that are meant to break a reader: too long, too deep, unfolding without end, reaching for files."""

import gzip
from collections.abc import Iterator

from msgspec.structs import replace

from gateway.wire.contract import WireReply

LONG_BYTES, HEADER_BYTES, DEPTH, VALUES = 10_000_000, 200_000, 1_000, 400_000
BOMB_BYTES = 200_000_000

_ENTITIES = b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9))
_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">' + _ENTITIES + b"]><a><b>&j;</b></a>"
_REACHING = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a><b>&x;</b></a>'


def deep(depth: int, like: bytes) -> bytes:
    """A body of as many objects or elements inside one another, in the format of another body."""
    if like.lstrip()[:1] == b"<":
        return b"<a>" * depth + b"</a>" * depth
    return b'{"a":' * depth + b"1" + b"}" * depth


def hostile_bodies() -> Iterator[tuple[str, bytes]]:
    """What may stand in the place of a message, with its name."""
    yield f"{LONG_BYTES:,} bytes", b'{"a":"' + b"a" * LONG_BYTES + b'"}'
    yield f"JSON {DEPTH:,} deep", deep(DEPTH, b"{")
    yield f"XML {DEPTH:,} deep", deep(DEPTH, b"<")
    yield f"JSON of {VALUES:,} values", b'{"a":[' + b"1," * VALUES + b"1]}"
    yield f"XML of {VALUES:,} elements", b"<a>" + b"<b/>" * VALUES + b"</a>"
    yield "a billion laughs", _LAUGHS
    yield "an entity that is a file", _REACHING
    yield "a zip bomb", _bomb()


def with_long_header(reply: WireReply) -> WireReply:
    """The reply under one more header, as long as none is."""
    return replace(reply, headers=(*reply.headers, ("X-Padding", "a" * HEADER_BYTES)))


def _bomb() -> bytes:
    """A fifth of a megabyte that unfolds to a thousand times as much; made of members, so that it is made at once."""
    member = gzip.compress(bytes(BOMB_BYTES // 20), mtime=0)
    return member * 20
