"""A proxy on loopback that hands every request on to one host and keeps what went by."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, web
from yarl import URL

from contract_tests.loopback import is_loopback
from contract_tests.record.exchange import BODY_BYTES_MAX, EXCHANGES_MAX, Exchange, Headers

WAIT_S = 60.0
_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "content-length", "host", "accept-encoding", "expect",
})  # fmt: skip


class NotAllowed(ValueError):
    """A host nobody has allowed to be recorded."""


def allowed_url(to: str, allowed: tuple[str, ...]) -> str:
    """The URL to record: HTTP on loopback, or at a host that is named; raises NotAllowed."""
    parts = urlsplit(to)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotAllowed(f"{to} is no http:// or https:// URL of a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise NotAllowed("a URL to record has no user, query or fragment: credentials belong to whoever sends")
    if not is_loopback(parts.hostname) and parts.hostname not in allowed:
        raise NotAllowed(
            f"{parts.hostname} is not allowed to be recorded: say --allow {parts.hostname} if it is a sandbox"
        )
    return to.rstrip("/")


class Recorder:
    """The proxy while it runs; a context manager. `exchanges` are those that are over, in the order they began."""

    def __init__(self, to: str, host: str = "127.0.0.1", port: int = 0) -> None:
        """`to` is a URL that `allowed_url` has seen; `host` is where to listen, loopback only."""
        if not is_loopback(host):
            raise NotAllowed(f"{host} is not loopback: a recorder listens on this machine only")
        self.to, self.host, self.port = to, host, port
        self.failed = 0
        self.news = asyncio.Event()
        self._kept: list[Exchange | None] = []
        self._open = 0

    async def __aenter__(self) -> Self:
        self._client = ClientSession(
            timeout=ClientTimeout(total=WAIT_S), auto_decompress=False, cookie_jar=DummyCookieJar(), trust_env=False,
        )  # fmt: skip
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_route("*", "/{rest:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        sockets = self._runner.addresses
        self.port = int(sockets[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._client.close()

    @property
    def base_url(self) -> str:
        """Where the gateway or curl is pointed at."""
        return f"http://{self.host}:{self.port}"

    @property
    def exchanges(self) -> list[Exchange]:
        """What went by and is over."""
        return [each for each in self._kept if each is not None]

    async def _pass(self, request: web.Request) -> web.Response:
        if len(self._kept) >= EXCHANGES_MAX:
            return web.Response(status=503, text=f"{EXCHANGES_MAX} exchanges are recorded: end this recording first")
        at, number = datetime.now(UTC), len(self._kept)
        self._kept.append(None)
        body = await request.read()
        target = request.raw_path
        sent = _pairs(request.raw_headers)
        try:
            status, headers, reply = await self._ask(request.method, target, sent, body)
        except (ClientError, TimeoutError, _TooLong) as wrong:
            self.failed += 1
            self.news.set()
            return web.Response(status=502, text=f"the recorded host did not answer: {type(wrong).__name__}")
        self._kept[number] = Exchange(
            at=at, host=urlsplit(self.to).netloc, method=request.method, target=urlsplit(self.to).path + target,
            headers=sent, body=body, status=status, reply_headers=headers, reply_body=reply,
        )  # fmt: skip
        self.news.set()
        return web.Response(status=status, headers=_multi(headers), body=reply)

    async def _ask(self, method: str, target: str, headers: Headers, body: bytes) -> tuple[int, Headers, bytes]:
        url = URL(self.to + target, encoded=True)
        skipped = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
        async with self._client.request(
            method, url, headers=_multi(headers), data=body or None, allow_redirects=False, skip_auto_headers=skipped,
        ) as reply:  # fmt: skip
            found = bytearray()
            async for piece in reply.content.iter_chunked(65_536):
                found += piece
                if len(found) > BODY_BYTES_MAX:
                    raise _TooLong
            return reply.status, _pairs(reply.raw_headers), bytes(found)


class _TooLong(Exception):
    """A reply longer than what is recorded."""


def _pairs(raw: tuple[tuple[bytes, bytes], ...]) -> Headers:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in raw
        if name.decode("latin-1").lower() not in _HOP
    )


def _multi(headers: Headers) -> Mapping[str, str]:
    from multidict import CIMultiDict  # noqa: PLC0415 - comes with aiohttp

    return CIMultiDict(headers)
