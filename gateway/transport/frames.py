"""Raw TCP: bytes to a host and one frame back, once, on a connection of their own."""

import asyncio
import socket
import ssl

import httpx

from gateway.transport.errors import Ambiguous, Fault, NoReply, NotSent
from gateway.transport.faults import detail_of
from gateway.transport.limits import Limits
from gateway.transport.passage import Passage
from gateway.wire.contract import Framing

SCHEME = "tcp"


async def exchange(
    request: httpx.Request, body: bytes, passage: Passage, connect_s: float, limits: Limits, tls: ssl.SSLContext | None
) -> httpx.Response:
    """Send the bytes and read one reply: as long as the frame in `extensions["framing"]` says, else until the close.

    `passage.sent` turns true before the first byte is handed to the socket: what fails earlier is `NotSent`, what fails
    later `Ambiguous`, whatever it was.
    """
    reader, writer = await _connected(request.url, connect_s, tls)
    try:
        passage.sent, passage.fault_now = True, Fault.total_timeout
        reply = await _answered(reader, writer, body, request.extensions.get("framing"), limits)
    except NoReply:
        raise
    except (OSError, ssl.SSLError, asyncio.IncompleteReadError) as exc:
        failure = _broken(exc)
    else:
        return httpx.Response(200, content=reply)
    finally:
        writer.close()
    raise failure


async def _connected(
    url: httpx.URL, connect_s: float, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if url.port is None or url.userinfo or url.raw_path not in (b"", b"/"):
        raise NotSent(Fault.invalid_request, "tcp://host:port")
    failure: NotSent
    try:
        async with asyncio.timeout(connect_s):
            return await asyncio.open_connection(url.host, url.port, ssl=tls)
    except TimeoutError:
        failure = NotSent(Fault.connect_timeout)
    except ConnectionRefusedError as exc:
        failure = NotSent(Fault.refused, detail_of(exc))
    except socket.gaierror as exc:
        failure = NotSent(Fault.dns, detail_of(exc))
    except ssl.SSLError as exc:
        failure = NotSent(Fault.tls, detail_of(exc))
    except (OSError, ValueError) as exc:
        failure = NotSent(Fault.unreachable, detail_of(exc))
    raise failure


async def _answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes, framing: Framing | None, limits: Limits
) -> bytes:
    writer.write(body)
    await writer.drain()
    if framing is None:
        return await _until_close(reader, limits.reply_bytes_max)
    head = await reader.readexactly(framing.head_bytes)
    rest = framing.rest_of(head)
    if rest is None:
        raise Ambiguous(Fault.garbage)
    if rest > limits.reply_bytes_max:
        raise Ambiguous(Fault.too_large)
    return head + await reader.readexactly(rest)


async def _until_close(reader: asyncio.StreamReader, bytes_max: int) -> bytes:
    parts, room = [], bytes_max
    while part := await reader.read(65536):
        room -= len(part)
        if room < 0:
            raise Ambiguous(Fault.too_large)
        parts.append(part)
    if not parts:
        raise Ambiguous(Fault.closed)
    return b"".join(parts)


def _broken(exc: OSError | asyncio.IncompleteReadError) -> NoReply:
    """What a connection that ends too early is called; it was sent."""
    if isinstance(exc, asyncio.IncompleteReadError):
        return Ambiguous(Fault.truncated if exc.partial else Fault.closed)
    return Ambiguous(Fault.tls_alert if isinstance(exc, ssl.SSLError) else Fault.reset, detail_of(exc))
