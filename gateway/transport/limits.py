"""Every limit of the transport, with its name."""

from msgspec import Struct

MIB = 1024 * 1024

EARLY_ANSWERS_MAX = 8
"""Connections dropped for one call because an answer nobody asked for was waiting on them."""

STREAMED_FROM_BYTES = MIB
"""A request body above this is written piece by piece, so that one large upload does not hold the event loop."""

PARSED_URLS_MAX = 256
"""Addresses without a query whose parsed form is kept."""


class Limits(Struct, frozen=True, kw_only=True):
    """What one transport will wait for, hold and accept; a channel may be given narrower ones."""

    deadline_s: float = 30.0
    """The whole call, when the request names no deadline: waiting for a place, connecting, sending, reading."""

    connect_s: float = 5.0
    """From the wish for a connection to a finished TLS handshake, when the request names no limit."""

    connections_max: int = 256
    """Open connections of each kind (fresh, pooled); a call beyond waits inside its `connect_s`."""

    keep_alive_s: float = 10.0
    """How long an idle pooled connection is kept; below what servers usually allow, so that we close first."""

    dns_cache_s: int = 10
    """How long a looked-up address is believed."""

    reply_bytes_max: int = 16 * MIB
    """A reply's body as it came over the wire."""

    inflated_bytes_max: int = 16 * MIB
    """The same body after gzip or deflate."""

    header_bytes_max: int = 8190
    """One reply header, name and value; also the status line."""

    headers_max: int = 128
    """Headers in one reply, so that `header_bytes_max * headers_max` bounds them all."""
