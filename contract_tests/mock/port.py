"""Listening sockets of our own: they can refuse, reset, close and leave a handshake hanging, as servers never do."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable

from contract_tests.mock.messages import HEAD_BYTES_MAX

BACKLOG = 1024
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Greet = Callable[[], tuple[str | None, ssl.SSLContext | None]]


class Port:
    """One TCP port of this machine; every connection is a task, ended when the port closes.

    `greet` is asked about each new connection: a fault of acceptance, and the TLS context to use.
    """

    def __init__(self, serve: Serve, greet: Greet | None = None) -> None:
        self._serve, self._greet = serve, greet or (lambda: (None, None))
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent: list[socket.socket] = []
        self.number = 0

    async def open(self, host: str, number: int) -> None:
        """Bind and listen; number 0 takes a free port."""
        self._host = host
        self._bind(number)
        self.number = self._socket.getsockname()[1] if self._socket else 0
        self.listen()

    def _bind(self, number: int) -> None:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        held = socket.socket(family, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setblocking(False)
        held.bind((self._host, number))
        self._socket = held

    def listen(self) -> None:
        """Take connections."""
        if self._accepting is None and self._socket is not None:
            self._socket.listen(BACKLOG)
            self._accepting = asyncio.ensure_future(self._accept(self._socket))

    async def refuse(self) -> bool:
        """Refuse connections, keeping the port: a socket that is bound and does not listen; gives whether it is new."""
        if self._accepting is None:
            return False
        await self._stop_accepting()
        self._bind(self.number)
        return True

    async def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._accepting
            self._accepting = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connected, _ = await loop.sock_accept(listening)
            except OSError:
                await asyncio.sleep(0.01)  # out of file descriptors: they come back
                continue
            task = asyncio.ensure_future(self._connected(connected))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connected(self, connected: socket.socket) -> None:
        fault, context = self._greet()
        if fault in ("fin_accept", "rst_accept", "tls_reset"):
            if fault != "fin_accept":
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            connected.close()
            return
        if fault == "tls_hang":
            self._silent.append(connected)
            return
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer = None
        try:
            reader, writer = await self._streams(connected, context)
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, TimeoutError):
            pass  # the client went away, which is what many tests are about
        except RuntimeError:
            if writer is None or not writer.is_closing():  # uvloop says so of one that went away in between
                raise
        finally:
            if writer is None:
                connected.close()
            else:
                writer.close()

    async def _streams(
        self, connected: socket.socket, context: ssl.SSLContext | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=HEAD_BYTES_MAX, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, connected, ssl=context)
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def close(self) -> None:
        """Close the port and reset what is still open."""
        await self._stop_accepting()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for silent in self._silent:
            silent.close()
