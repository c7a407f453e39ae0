"""The network without sockets: a request as bytes to a mock carrier's own connection code, its reply as bytes back."""

import asyncio
import gzip
import zlib
from typing import Any

import httpx

from contract_tests.mock.connection import Connection
from contract_tests.simulate.loop import VirtualLoop, outside
from gateway.transport.errors import Ambiguous, Fault
from gateway.transport.limits import Limits

HEAD_BYTES_MAX = 64 * 1024
_LIMITS = Limits()


class Pipe:
    """One connection: what the carrier has written so far, and how it ended. Stands in for a StreamWriter."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.reader = asyncio.StreamReader(limit=HEAD_BYTES_MAX, loop=loop)
        self.data = bytearray()
        self.ended: Fault | None = None
        self._loop = loop
        self._changed: asyncio.Future[None] | None = None
        self.transport = self
        self._has_arrived = self._is_left = False

    def write(self, data: bytes) -> None:
        """The carrier sends bytes."""
        if self.ended is None:
            self.data += data
            self._wake()

    async def drain(self) -> None:
        """There is room for all of them."""

    def close(self) -> None:
        """The carrier closes."""
        self._end(Fault.closed)

    def abort(self) -> None:
        """The carrier resets."""
        self._end(Fault.reset)

    def get_extra_info(self, _: str) -> None:
        """There is no socket."""
        return

    def leave(self) -> None:
        """The client goes away: the carrier reads the end of the stream."""
        self.ended = self.ended or Fault.closed
        self._is_left = True
        if self._has_arrived:
            self.reader.feed_eof()

    def arrive(self, data: bytes) -> None:
        """The request is there, also when whoever sent it has gone since."""
        self._has_arrived = True
        self.reader.feed_data(data)
        if self._is_left:
            self.reader.feed_eof()

    def _end(self, how: Fault) -> None:
        self.ended = self.ended or how
        self._wake()

    def _wake(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    async def reply(self) -> httpx.Response:
        """The whole reply. Raises Ambiguous for what is none."""
        while True:
            found = read_reply(bytes(self.data), self.ended)
            if found is not None:
                return found
            self._changed = self._loop.create_future()
            await self._changed


def serve(loop: VirtualLoop, mock: Any, pipe: Pipe, number: int) -> None:
    """Let a mock carrier serve a connection, in nobody's process."""

    async def serving() -> None:
        try:
            await Connection(mock, pipe.reader, pipe, number).serve()  # type: ignore[arg-type]
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass  # the client went away
        finally:
            pipe.close()

    outside(loop, serving())


def request_bytes(request: httpx.Request) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{request.method} ".encode() + request.url.raw_path + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in request.headers.raw]
    if "content-length" not in request.headers:
        lines.append(f"Content-Length: {len(request.content)}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.content


def read_reply(data: bytes, ended: Fault | None) -> httpx.Response | None:
    """The reply in these bytes, None while more may come. Raises Ambiguous, with the fault a socket would show."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        if data and not b"HTTP/1.1 ".startswith(data[:9]):
            raise Ambiguous(Fault.garbage)
        if ended is not None:
            raise Ambiguous(ended if not data else Fault.truncated)
        return None
    if len(head) > HEAD_BYTES_MAX:
        raise Ambiguous(Fault.headers_too_large)
    status, headers = _head(head)
    whole = _body(headers, body, ended)
    if whole is None:
        return None
    if len(whole) > _LIMITS.reply_bytes_max:
        raise Ambiguous(Fault.too_large)
    kept = [(name, value) for name, value in headers if name.lower() not in ("content-encoding", "transfer-encoding")]
    return httpx.Response(status, headers=kept, content=_inflated(headers, whole))


def _head(head: bytes) -> tuple[int, list[tuple[str, str]]]:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if not lines[0].startswith("HTTP/1.1 ") or not words[1].isdigit():
        raise Ambiguous(Fault.garbage)
    pairs = (line.partition(":") for line in lines[1:])
    return int(words[1]), [(name, value.strip()) for name, _, value in pairs]


def _value(headers: list[tuple[str, str]], wanted: str) -> str | None:
    return next((value for name, value in headers if name.lower() == wanted), None)


def _body(headers: list[tuple[str, str]], body: bytes, ended: Fault | None) -> bytes | None:
    if (_value(headers, "transfer-encoding") or "").lower() == "chunked":
        return _chunks(body, ended)
    length = _value(headers, "content-length")
    if length is None:  # it ends with the connection, and nobody can tell whether it was all
        if ended is Fault.reset:
            raise Ambiguous(Fault.reset)
        return None if ended is None else body
    if len(body) >= int(length):
        return body[: int(length)]
    if ended is not None:
        raise Ambiguous(Fault.truncated)
    return None


def _chunks(body: bytes, ended: Fault | None) -> bytes | None:
    whole = b""
    while True:
        size, found, rest = body.partition(b"\r\n")
        if found:
            try:
                length = int(size, 16)
            except ValueError:
                raise Ambiguous(Fault.bad_chunk) from None
            if len(rest) >= length + 2:
                if length == 0:
                    return whole
                whole, body = whole + rest[:length], rest[length + 2 :]
                continue
        if ended is not None:
            raise Ambiguous(Fault.truncated)
        return None


def _inflated(headers: list[tuple[str, str]], body: bytes) -> bytes:
    if _value(headers, "content-encoding") != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        raise Ambiguous(Fault.bad_gzip) from None
