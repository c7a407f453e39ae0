"""The transport to addresses that others name: the same sending, and only to where `Reach` lets it go."""

import ssl

import httpx
from aiohttp.abc import AbstractResolver

from gateway.transport.carrier import CarrierTransport
from gateway.transport.errors import Fault, NotSent
from gateway.transport.limits import Limits
from gateway.transport.reach import Reach

GUARDED = Limits(
    deadline_s=20.0,
    connect_s=5.0,
    connections_max=128,
    reply_bytes_max=64 * 1024,
    inflated_bytes_max=64 * 1024,
    headers_max=64,
)
"""A receiver's reply is its status: its body is nothing to us, and a long one is a nuisance."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends like `CarrierTransport`, over http and https alone, to addresses within reach; raises the same errors."""

    def __init__(
        self,
        reach: Reach,
        *,
        tls: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
        limits: Limits = GUARDED,
    ) -> None:
        """Take the reach; `tls` and `resolver` stand in for the system's trust and name service."""
        self._ways = {
            "https": CarrierTransport(
                tls=tls, limits=limits, socket_factory=reach.sockets(tls=True), resolver=resolver
            ),
            "http": CarrierTransport(limits=limits, socket_factory=reach.sockets(tls=False), resolver=resolver),
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send once. Raises `NotSent` or `Ambiguous`."""
        way = self._ways.get(request.url.scheme)
        if way is None:
            raise NotSent(Fault.invalid_request, "scheme")
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        for way in self._ways.values():
            await way.aclose()
