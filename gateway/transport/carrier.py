"""The transport: bytes to a host and back, once, within a deadline."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver

from gateway.transport import frames
from gateway.transport.coding import coding_of, inflate
from gateway.transport.errors import Ambiguous, Fault, NoReply, NotSent
from gateway.transport.limits import Limits
from gateway.transport.once import BrokeOff, EarlyAnswer, OneTryRequest, fail_when_connection_ends, one_try
from gateway.transport.outgoing import body_of, headers_of, target_of
from gateway.transport.passage import Passage, passage_tracing

_NOT_OURS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_CODED_HEADERS = (b"content-encoding", b"content-length")


class CarrierTransport(httpx.AsyncBaseTransport):
    """One channel's way to its carrier's hosts; use it as an async context manager.

    Reads of `request.extensions`: `deadline_s` and `connect_s` (seconds), `fresh_connection` (default true; a read may
    say false to share kept-alive connections). Raises `NotSent` or `Ambiguous`, nothing else. Follows no redirect,
    keeps no cookie, reads no proxy or credential from the environment, sends nothing twice.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        socket_factory: Callable[[Any], socket.socket] | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Take the channel's TLS context (own certificate, extra authorities; default: the system's trust).

        `socket_factory` is asked for the socket of each connection, with the address it will connect to.
        """
        self._tls = tls
        self._socket_factory = socket_factory
        self._resolver = resolver
        self._limits = limits or Limits()
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._tcp = asyncio.Semaphore(self._limits.connections_max)
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request once; the reply comes back read to its end, with its body inflated but never decoded."""
        deadline_s, connect_s, fresh = self._wishes(request.extensions)
        if self._closed:
            raise NotSent(Fault.shut_down)
        if deadline_s <= 0:
            raise NotSent(Fault.deadline_passed)
        passage = Passage()
        failure: NoReply
        try:
            async with asyncio.timeout(deadline_s):
                return await self._exchange(request, passage, connect_s, fresh=fresh)
        except NoReply:
            raise
        except TimeoutError:
            failure = passage.out_of_time()
        except BrokeOff as exc:
            failure = passage.failed(exc.cause)
        except EarlyAnswer:
            failure = NotSent(Fault.early_answer)
        except Exception as exc:  # noqa: BLE001 - the boundary is total: what is not known is unknown, not a crash
            failure = passage.failed(exc)
        # Raised outside the handlers: the lower errors quote the message, and would stand in every traceback.
        raise failure

    async def aclose(self) -> None:
        """Close every connection; a call under way fails, a later one is `NotSent`."""
        self._closed = True
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    def _wishes(self, extensions: Mapping[str, Any]) -> tuple[float, float, bool]:
        deadline_s = extensions.get("deadline_s", self._limits.deadline_s)
        connect_s = extensions.get("connect_s", self._limits.connect_s)
        return deadline_s, connect_s, extensions.get("fresh_connection", True)

    async def _exchange(
        self, request: httpx.Request, passage: Passage, connect_s: float, *, fresh: bool
    ) -> httpx.Response:
        body = await request.aread()
        if request.url.scheme == frames.SCHEME:
            return await self._framed(request, body, passage, connect_s)
        response = await self._session(fresh=fresh).request(
            request.method,
            target_of(request.url),
            headers=headers_of(request, body),
            data=body_of(body),
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(connect=connect_s, ceil_threshold=float("inf")),
            trace_request_ctx=passage,
        )
        try:
            return self._reply(response, await self._read(response))
        except (aiohttp.ClientError, OSError) as exc:
            raise BrokeOff(exc) from None
        finally:
            # Closes the connection unless the body was read to its end, which has already given it back.
            response.close()

    async def _framed(self, request: httpx.Request, body: bytes, passage: Passage, connect_s: float) -> httpx.Response:
        """Raw TCP; a call beyond `connections_max` waits inside its `connect_s`."""
        passage.fault_now = Fault.pool
        try:
            await asyncio.wait_for(self._tcp.acquire(), connect_s)
        except TimeoutError:
            failure = NotSent(Fault.pool)
        else:
            passage.fault_now = Fault.connect_timeout
            try:
                return await frames.exchange(request, body, passage, connect_s, self._limits, self._tls)
            finally:
                self._tcp.release()
        raise failure

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        fail_when_connection_ends(response)
        parts: list[bytes] = []
        room = self._limits.reply_bytes_max
        while part := await response.content.readany():
            room -= len(part)
            if room < 0:
                raise Ambiguous(Fault.too_large)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _reply(self, response: aiohttp.ClientResponse, body: bytes) -> httpx.Response:
        headers: list[tuple[bytes, bytes]] = list(response.raw_headers)
        if coding := coding_of(response.headers.get("Content-Encoding", "")):
            body = inflate(body, coding, self._limits.inflated_bytes_max)
            # Both speak of the coded body, and httpx would inflate it once more.
            headers = [(name, value) for name, value in headers if name.lower() not in _CODED_HEADERS]
        return httpx.Response(response.status, headers=headers, content=body)

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        # Made at the first call, because a connector belongs to the running loop.
        if (session := self._sessions.get(fresh)) is None:
            session = self._sessions[fresh] = self._open_session(fresh=fresh)
        return session

    def _open_session(self, *, fresh: bool) -> aiohttp.ClientSession:
        limits = self._limits
        connector = aiohttp.TCPConnector(
            ssl=self._tls if self._tls is not None else True,
            limit=limits.connections_max,
            force_close=fresh,
            keepalive_timeout=None if fresh else limits.keep_alive_s,
            ttl_dns_cache=limits.dns_cache_s,
            resolver=self._resolver,
            socket_factory=self._socket_factory,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            request_class=OneTryRequest,
            middlewares=(one_try,),
            trace_configs=[passage_tracing()],
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=_NOT_OURS,
            max_line_size=limits.header_bytes_max,
            max_field_size=limits.header_bytes_max,
            max_headers=limits.headers_max,
        )
