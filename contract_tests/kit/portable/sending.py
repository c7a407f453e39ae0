"""Bytes to the carrier and back: HTTP/1.1 of the standard library, no redirect followed, no proxy asked."""

import hashlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contract_tests.kit.portable.limits import CALL_WAIT_S, EXCHANGES_MAX, PIECE_BYTES, REPLY_BYTES_MAX, REPLY_WAIT_S


class NotReached(Exception):
    """Nothing was sent: the carrier's address does not answer, or may not be called."""


class NoReply(Exception):
    """The request left, and no whole reply came back."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it came; header names in lower case, one that came twice joined by a comma."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Address:
    """Where a base URL leads."""

    scheme: str
    host: str
    port: int
    prefix: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """The parts of a base URL. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            raise ValueError(f"'{url}' is no base URL: http(s)://host[:port][/path]")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class Sender:
    """Sends the requests of a run: to allowed hosts, no faster than agreed."""

    def __init__(self, allowed: frozenset[str], per_second: float, tls: ssl.SSLContext | None = None) -> None:
        self.allowed, self._tls = allowed, tls
        self._gap_s = 1.0 / per_second if per_second > 0 else 0.0
        self._next_at, self.count = 0.0, 0
        self.certificate_sha256 = ""

    def send(self, base: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """One exchange on a connection of its own. Raises NotReached, NoReply."""
        address = Address.of(base)
        if not address.is_loopback and address.host not in self.allowed:
            raise NotReached(f"{address.host} is not on the list of allowed hosts: --allow-host {address.host}")
        self._pace()
        connection = self._connection(address)
        try:
            self._connect(connection)
            return self._exchange(connection, method, address.prefix + path, headers, body)
        finally:
            connection.close()

    def _pace(self) -> None:
        self.count += 1
        if self.count > EXCHANGES_MAX:
            raise NotReached(f"a run sends at most {EXCHANGES_MAX} requests")
        wait_s = self._next_at - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        self._next_at = time.monotonic() + self._gap_s

    def _connection(self, address: Address) -> http.client.HTTPConnection:
        if address.scheme == "http":
            return http.client.HTTPConnection(address.host, address.port, timeout=CALL_WAIT_S)
        context = self._tls or ssl.create_default_context()
        return http.client.HTTPSConnection(address.host, address.port, timeout=CALL_WAIT_S, context=context)

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        try:
            connection.connect()
        except (OSError, ssl.SSLError) as error:
            raise NotReached(f"{connection.host}:{connection.port}: {error}") from None
        if isinstance(connection.sock, ssl.SSLSocket) and (der := connection.sock.getpeercert(binary_form=True)):
            self.certificate_sha256 = hashlib.sha256(der).hexdigest()

    @staticmethod
    def _exchange(connection: Any, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in {**headers, "Connection": "close"}.items():
                connection.putheader(name, value.encode("utf-8"))
            if body or method not in ("GET", "DELETE"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            with _ended_after(connection.sock, REPLY_WAIT_S) as is_late:
                reply = connection.getresponse()
                read = _read(reply)
        except (OSError, http.client.HTTPException) as error:
            raise NoReply(f"{type(error).__name__}: {error}") from None
        if is_late.is_set():
            raise NoReply(f"the reply took longer than {REPLY_WAIT_S:.0f} s")
        if len(read) > REPLY_BYTES_MAX:
            raise NoReply(f"the reply is longer than {REPLY_BYTES_MAX} bytes")
        if reply.length:
            raise NoReply(f"{reply.length} bytes of it are missing")
        return Reply(reply.status, _joined(reply.getheaders()), read)


def _read(reply: http.client.HTTPResponse) -> bytes:
    """The body as far as it is wanted; piece by piece, because the length of a reply is a claim."""
    pieces, length = [], 0
    while length <= REPLY_BYTES_MAX and (piece := reply.read1(PIECE_BYTES)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


@contextmanager
def _ended_after(sock: socket.socket, limit_s: float) -> Iterator[threading.Event]:
    """Within the block a connection ends after so long; the event tells whether it did. A reply may drip for ever."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(limit_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    except (OSError, http.client.HTTPException):
        if not is_late.is_set():
            raise
        raise NoReply(f"the reply took longer than {limit_s:.0f} s") from None
    finally:
        timer.cancel()


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found
