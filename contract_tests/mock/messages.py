"""HTTP/1.1 as bytes: requests read from a stream, replies written as one block. Small, strict, and ours to break."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

HEAD_BYTES_MAX = 64 * 1024
BODY_BYTES_MAX = 8 * 1024 * 1024
NAMESPACE_HEADER = "x-mock-namespace"
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class BadRequest(ValueError):
    """Bytes that are no HTTP request."""


@dataclass(slots=True)
class HttpRequest:
    """One request as it stood on the wire; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes
    namespace: str = "default"
    path: str = ""
    query: str = ""
    keep_alive: bool = True

    def names(self, params: Mapping[str, str]) -> dict[str, Any]:
        """What expressions see as `request`."""
        return {
            "method": self.method,
            "target": self.target,
            "path": self.path,
            "sent_path": self.target.partition("?")[0],
            "query": dict(parse_qsl(self.query, keep_blank_values=True)),
            "headers": self.headers,
            "body": self.body,
            "params": {name: unquote(value) for name, value in params.items()},
            "sha256": hashlib.sha256(self.raw).hexdigest(),
        }


@dataclass(slots=True)
class HttpReply:
    """One reply; `content-length` and `connection` are added when it is written."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def head(self, *, length: int | None, keep_alive: bool) -> bytes:
        """The status line and headers; without a length the body ends with the connection."""
        lines = [f"HTTP/1.1 {self.status} {_PHRASES.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        if not keep_alive:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def whole(self, *, keep_alive: bool) -> bytes:
        """The reply as an honest carrier sends it."""
        return self.head(length=len(self.body), keep_alive=keep_alive) + self.body


def read_head(head: bytes) -> HttpRequest:
    """The request line and headers, without the body."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest("no request line")
    headers: dict[str, str] = {}
    for line in lines[1:-2]:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequest("a header without a colon")
        headers[name.lower()] = value.strip()
    request = HttpRequest(words[0], words[1], headers, b"", head)
    request.keep_alive = headers.get("connection", "").lower() != "close" and words[2] != "HTTP/1.0"
    _locate(request)
    return request


def _locate(request: HttpRequest) -> None:
    """Split the target, and take the namespace from its prefix `/ns/<name>` or from a header."""
    path, _, request.query = request.target.partition("?")
    if not path.startswith("/"):
        path = urlsplit(path).path
    if path.startswith("/ns/"):
        request.namespace, _, rest = path[4:].partition("/")
        path = f"/{rest}"
    elif NAMESPACE_HEADER in request.headers:
        request.namespace = request.headers[NAMESPACE_HEADER]
    request.path = path


async def read_body(request: HttpRequest, reader: asyncio.StreamReader) -> None:
    """Read the body that the head announced, whole."""
    if request.headers.get("transfer-encoding", "").lower() == "chunked":
        request.body, wire = await _chunks(reader)
    else:
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            raise BadRequest("a body that is too long, or of no length")
        request.body = wire = await reader.readexactly(int(length))
    request.raw += wire


async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    body, wire = bytearray(), bytearray()
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        chunk = await reader.readexactly(size + 2)
        wire += line + chunk
        body += chunk[:-2]
        if size == 0:
            return bytes(body), bytes(wire)
        if len(body) > BODY_BYTES_MAX:
            raise BadRequest("a body that is too long")


def json_reply(status: int, data: bytes) -> HttpReply:
    """A reply of JSON bytes."""
    return HttpReply(status, {"Content-Type": "application/json"}, data)
