"""The transport to addresses that others name: the same sending, and only to where `Reach` lets it go."""

import asyncio
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

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


LOOKUPS_MAX = 16


class OwnLookups(AbstractResolver):
    """The system's name service, asked in threads of its own.

    The event loop has few threads for look-ups, and a name server that lets everybody wait is easily had: carriers'
    names must not wait behind it.
    """

    def __init__(self) -> None:
        """Begin without a thread."""
        self._threads = ThreadPoolExecutor(max_workers=LOOKUPS_MAX, thread_name_prefix="webhook-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError."""
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host, port, family)
        return [
            ResolveResult(hostname=host, host=where[0], port=where[1], family=kind, proto=protocol, flags=0)
            for kind, protocol, where in found
        ]

    async def close(self) -> None:
        """Wait for no look-up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str, port: int, family: int) -> list[tuple[int, int, tuple[str, int]]]:
    rows = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    # An address of a link names the link behind it, and is out of reach anyway.
    return [(kind, protocol, (str(where[0]), int(where[1]))) for kind, _, protocol, _, where in rows]


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
        self._resolver = resolver or OwnLookups()
        self._ways = {
            "https": CarrierTransport(
                tls=tls, limits=limits, socket_factory=reach.sockets(tls=True), resolver=self._resolver
            ),
            "http": CarrierTransport(limits=limits, socket_factory=reach.sockets(tls=False), resolver=self._resolver),
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
        await self._resolver.close()
