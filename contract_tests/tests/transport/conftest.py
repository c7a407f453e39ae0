"""A carrier's host made of a bare socket, which does exactly what a test tells it to."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
import trustme

from gateway.transport import CarrierTransport
from gateway.transport.loop import Loop


@dataclass
class Visit:
    """One connection, as the host sees it."""

    host: "Host"
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def request(self) -> bytes:
        """Read one request to its last byte and count it."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        message = head + await self.reader.readexactly(length)
        self.host.requests.append(message)
        self.host.asked.set()
        return message

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.close()


@dataclass
class Host:
    """A listening host: where it is, how often it was connected to, which requests it read."""

    url: str = ""
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    visited: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


Behaviour = Callable[[Visit], Awaitable[None]]
OpenHost = Callable[..., AbstractAsyncContextManager[Host]]


@asynccontextmanager
async def open_host(behave: Behaviour, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Host]:
    host = Host()

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host.connections += 1
        host.visited.set()
        try:
            await behave(Visit(host, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client went away, which some of these tests are about
        finally:
            writer.close()

    server = await asyncio.start_server(visited, "127.0.0.1", 0, ssl=tls)
    host.port = server.sockets[0].getsockname()[1]
    host.url = f"{'https' if tls else 'http'}://127.0.0.1:{host.port}"
    try:
        yield host
    finally:
        host.over.set()
        server.close()


def pytest_asyncio_loop_factories(config, item):
    """Both loops the gateway runs on: they report lost connections in different ways."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": Loop}


@pytest.fixture
def a_host() -> OpenHost:
    return open_host


@pytest.fixture
async def transport() -> AsyncIterator[CarrierTransport]:
    async with CarrierTransport() as one:
        yield one


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def issue() -> Callable[..., httpx.Request]:
    """A write: the issue of a policy, on a connection of its own unless told otherwise."""

    def build(url: str, *, method: str = "POST", deadline_s: float = 5.0, **extensions: object) -> httpx.Request:
        wishes = {"deadline_s": deadline_s, **extensions}
        return httpx.Request(method, url + "/policies", content=b'{"holder":"Li"}', extensions=wishes)

    return build
