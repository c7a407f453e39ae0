"""Faults after the first byte: the carrier may have issued the policy, so a write is unknown and goes out once."""

import asyncio
import ssl
import time

import httpx
import pytest

from gateway.transport import Ambiguous, CarrierTransport, Fault

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

# PUT and DELETE are what aiohttp resends by itself, POST is what most carriers take.
METHODS = pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])


async def fault_of(transport: CarrierTransport, request: httpx.Request) -> Fault:
    with pytest.raises(Ambiguous) as caught:
        await transport.handle_async_request(request)
    assert caught.value.sent is True
    return caught.value.fault


def commits_then(*parts: bytes, ending: str = "hang", gap_s: float = 0.0):
    """A carrier that reads the whole request (and issues the policy), then answers like this."""

    async def behave(visit):
        await visit.request()
        for part in parts:
            await visit.say(part)
            await asyncio.sleep(gap_s)
        if ending == "reset":
            visit.reset()
        elif ending == "hang":
            await visit.host.over.wait()

    return behave


@METHODS
@pytest.mark.parametrize("ending", ["close", "reset"])
async def test_a_connection_lost_on_accept_is_ambiguous_and_not_tried_again(a_host, transport, issue, method, ending):
    async def behave(visit):
        if ending == "reset":
            visit.reset()

    async with a_host(behave) as host:
        assert await fault_of(transport, issue(host.url, method=method)) in (Fault.closed, Fault.reset)
        assert host.connections == 1


@METHODS
async def test_a_reset_in_mid_request_is_ambiguous_and_not_tried_again(a_host, transport, method):
    async def behave(visit):
        await visit.reader.read(100)
        visit.reset()

    async with a_host(behave) as host:
        request = httpx.Request(method, host.url, content=b"x" * 8_000_000, extensions={"deadline_s": 5.0})
        assert await fault_of(transport, request) is Fault.reset
        assert host.connections == 1


@METHODS
@pytest.mark.parametrize(("ending", "fault"), [("close", Fault.closed), ("reset", Fault.reset)])
async def test_a_connection_lost_after_the_request_is_ambiguous_and_never_resent(
    a_host, transport, issue, method, ending, fault
):
    async with a_host(commits_then(ending=ending)) as host:
        assert await fault_of(transport, issue(host.url, method=method)) is fault
        assert (host.connections, len(host.requests)) == (1, 1)


@METHODS
async def test_a_carrier_that_hangs_is_ambiguous_at_the_deadline(a_host, transport, issue, method):
    async with a_host(commits_then()) as host:
        assert await fault_of(transport, issue(host.url, method=method, deadline_s=0.2)) is Fault.total_timeout
        assert (host.connections, len(host.requests)) == (1, 1)


WRONG_REPLIES = {
    "half a body, then closed": (Fault.truncated, "close", [HEAD + b'Content-Length: 99\r\n\r\n{"policy'], 0.0),
    "half a body, then reset": (Fault.truncated, "reset", [HEAD + b'Content-Length: 99\r\n\r\n{"policy'], 0.05),
    "half a chunk, then closed": (Fault.truncated, "close", [CHUNKED + b'9\r\n{"po'], 0.0),
    "no last chunk, then closed": (Fault.truncated, "close", [CHUNKED + b"2\r\n{}\r\n"], 0.0),
    "half a header, then closed": (Fault.closed, "close", [b"HTTP/1.1 200 OK\r\nContent-Le"], 0.0),
    "a bad chunk with the headers": (Fault.bad_chunk, "hang", [CHUNKED + b"2\r\n{}\r\nZZ\r\n"], 0.0),
    "a bad chunk later": (Fault.bad_chunk, "hang", [CHUNKED + b"2\r\n{}\r\n", b"ZZ\r\n"], 0.05),
    "bytes that are not HTTP": (Fault.garbage, "hang", [b"\x00\x01\x02 what?\r\n\r\n"], 0.0),
    "a body without a status line": (Fault.garbage, "hang", [b'{"policy":"P1"}'], 0.0),
    "two lengths that differ": (
        Fault.garbage,
        "hang",
        [HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
        0.0,
    ),
    "a length and chunks": (
        Fault.garbage,
        "hang",
        [HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
        0.0,
    ),
    "more body than its length": (Fault.garbage, "hang", [HEAD + b"Content-Length: 2\r\n\r\n{}{}"], 0.0),
    "a header of 200 kB": (Fault.headers_too_large, "hang", [HEAD + b"X-Trace: " + b"a" * 200_000 + b"\r\n\r\n"], 0.0),
    "a thousand headers": (Fault.headers_too_large, "hang", [HEAD + b"X-Trace: a\r\n" * 1000 + b"\r\n"], 0.0),
    "a status line of 20 kB": (Fault.headers_too_large, "hang", [b"HTTP/1.1 200 " + b"a" * 20_000 + b"\r\n\r\n"], 0.0),
    "bad gzip": (Fault.bad_gzip, "hang", [HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"], 0.0),
}


@METHODS
@pytest.mark.parametrize("reply", list(WRONG_REPLIES))
async def test_a_reply_that_cannot_be_read_is_ambiguous_at_once_and_never_resent(
    a_host, transport, issue, method, reply
):
    fault, ending, parts, gap_s = WRONG_REPLIES[reply]
    began = time.monotonic()
    async with a_host(commits_then(*parts, ending=ending, gap_s=gap_s)) as host:
        assert await fault_of(transport, issue(host.url, method=method, deadline_s=20.0)) is fault
        assert (host.connections, len(host.requests)) == (1, 1)
    assert time.monotonic() - began < 15  # ended by the fault, not by the deadline


@pytest.mark.parametrize("part", ["headers", "body"])
async def test_a_dribbling_carrier_ends_at_the_total_deadline(a_host, transport, issue, part):
    async def dribble(visit):
        await visit.request()
        await visit.say(HEAD if part == "headers" else HEAD + b"Content-Length: 999\r\n\r\n")
        while not visit.host.over.is_set():
            await visit.say(b"X")
            await asyncio.sleep(0.05)

    async with a_host(dribble) as host:
        began = time.monotonic()
        assert await fault_of(transport, issue(host.url, deadline_s=0.5)) is Fault.total_timeout
        assert 0.4 < time.monotonic() - began < 5
        assert len(host.requests) == 1


async def test_a_carrier_that_never_reads_the_request_is_ambiguous_at_the_deadline(a_host, transport):
    async def deaf(visit):
        await visit.host.over.wait()

    async with a_host(deaf) as host:
        request = httpx.Request("POST", host.url, content=b"x" * 16_000_000, extensions={"deadline_s": 0.3})
        assert await fault_of(transport, request) is Fault.total_timeout


async def test_a_certificate_refused_after_a_tls_1_3_handshake_is_ambiguous(a_host, issue, authority, client_tls):
    demanding = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(demanding)
    authority.configure_trust(demanding)
    demanding.verify_mode = ssl.CERT_REQUIRED
    demanding.minimum_version = ssl.TLSVersion.TLSv1_3
    async with a_host(commits_then(), tls=demanding) as host, CarrierTransport(tls=client_tls) as transport:
        # In TLS 1.3 the client is done before the server has looked at its certificate: the request is on its way.
        assert await fault_of(transport, issue(host.url)) in (Fault.tls_alert, Fault.reset, Fault.closed)


async def test_closing_the_transport_under_a_call_is_ambiguous(a_host, transport, issue):
    async with a_host(commits_then()) as host:
        call = asyncio.create_task(transport.handle_async_request(issue(host.url)))
        await host.asked.wait()
        await transport.aclose()
        with pytest.raises(Ambiguous):
            await call


async def test_a_cancelled_call_stays_cancelled_and_closes_its_connection(a_host, transport, issue):
    closed = asyncio.Event()

    async def behave(visit):
        await visit.request()
        assert await visit.reader.read() == b""
        closed.set()

    async with a_host(behave) as host:
        call = asyncio.create_task(transport.handle_async_request(issue(host.url)))
        await host.asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(closed.wait(), 5)
