"""Replies that arrive: as they came, inflated under a cap, never decoded, never followed."""

import asyncio
import gzip
import tracemalloc
import zlib

import pytest

from gateway.transport import Ambiguous, CarrierTransport, Fault, Limits, send

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
RECORD = '{"保单号":"P2024001","状态":"已承保"}'


def replies(*parts: bytes, gap_s: float = 0.0):
    async def behave(visit):
        await visit.request()
        for part in parts:
            await visit.say(part)
            await asyncio.sleep(gap_s)

    return behave


def with_length(body: bytes, *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return HEAD + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


async def test_a_body_cut_off_without_a_length_arrives_as_a_normal_200(a_host, transport, issue):
    # HTTP gives no way to see it: only parsing can, which is why an unreadable body makes a write unknown.
    async with a_host(replies(HEAD + b'Connection: close\r\n\r\n{"policy":"P2024')) as host:
        reply = await transport.handle_async_request(issue(host.url))
        assert (reply.status_code, reply.content) == (200, b'{"policy":"P2024')


async def test_bytes_of_a_mislabelled_charset_arrive_undecoded(a_host, transport):
    body = RECORD.encode("gbk")
    reply = with_length(body, b"X-Charset: utf-8").replace(b"application/json", b"application/json; charset=utf-8")
    async with a_host(replies(reply)) as host:
        assert (await send(transport, "POST", host.url, body=b"{}")).body == body


async def test_headers_arrive_in_order_and_case_with_every_byte(a_host, transport):
    reply = with_length(b"{}", b"X-sign: a", b"x-SIGN: b", "X-Name: 保".encode("gbk"))
    async with a_host(replies(reply)) as host:
        headers = (await send(transport, "POST", host.url, body=b"{}")).headers
        assert headers[1:3] == (("X-sign", "a"), ("x-SIGN", "b"))
        assert dict(headers)["X-Name"].encode("latin-1").decode("gbk") == "保"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_handed_back_and_never_followed(a_host, transport, issue, status):
    reply = b"HTTP/1.1 %d Elsewhere\r\nLocation: /policies/again\r\nContent-Length: 0\r\n\r\n" % status
    async with a_host(replies(reply)) as host:
        response = await transport.handle_async_request(issue(host.url))
        assert (response.status_code, response.headers["location"]) == (status, "/policies/again")
        assert (host.connections, len(host.requests)) == (1, 1)


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
async def test_an_error_status_is_a_reply_and_is_not_tried_again(a_host, transport, issue, status):
    async with a_host(replies(b"HTTP/1.1 %d No\r\nContent-Length: 4\r\n\r\nbusy" % status)) as host:
        response = await transport.handle_async_request(issue(host.url))
        assert (response.status_code, response.content, len(host.requests)) == (status, b"busy", 1)


async def test_a_reply_that_comes_before_the_whole_request_was_read_is_taken_at_once(a_host, transport):
    async def impatient(visit):
        await visit.reader.read(100)
        await visit.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await visit.host.over.wait()

    async with a_host(impatient) as host:
        reply = await send(transport, "POST", host.url, body=b"x" * 16_000_000, deadline_s=20.0)
        assert (reply.status, reply.body, host.connections) == (413, b"big", 1)


async def test_interim_replies_are_passed_over(a_host, transport, issue):
    async with a_host(replies(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2 + with_length(b"{}"))) as host:
        assert (await transport.handle_async_request(issue(host.url))).status_code == 200


async def test_a_cookie_is_not_brought_back(a_host, transport, issue):
    async with a_host(replies(with_length(b"{}", b"Set-Cookie: session=A"))) as host:
        for _ in range(2):  # by name: no cookie jar keeps cookies of a bare address
            await transport.handle_async_request(issue(f"http://localhost:{host.port}"))
        assert b"session" not in host.requests[1]


async def test_chunks_arrive_as_one_body(a_host, transport, issue):
    parts = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"6\r\n world\r\n", b"0\r\n\r\n"
    async with a_host(replies(*parts, gap_s=0.02)) as host:
        assert (await transport.handle_async_request(issue(host.url))).content == b"hello world"


CODED = {
    "gzip": (b"gzip", gzip.compress(RECORD.encode())),
    "gzip under its old name": (b"X-GZIP", gzip.compress(RECORD.encode())),
    "gzip in two members": (b"gzip", gzip.compress(RECORD.encode()[:10]) + gzip.compress(RECORD.encode()[10:])),
    "deflate": (b"deflate", zlib.compress(RECORD.encode())),
    "deflate without its wrapper": (b"deflate", raw_deflate(RECORD.encode())),
    "identity": (b"identity", RECORD.encode()),
    "a charset in the wrong header": (b"UTF-8", RECORD.encode()),
    "gzip and identity": (b"identity, gzip", gzip.compress(RECORD.encode())),
}


@pytest.mark.parametrize("name", list(CODED))
async def test_a_coded_body_arrives_inflated_once(a_host, transport, name):
    coding, body = CODED[name]
    async with a_host(replies(with_length(body, b"Content-Encoding: " + coding))) as host:
        assert (await send(transport, "POST", host.url, body=b"{}")).body == RECORD.encode()


async def test_an_empty_body_labelled_gzip_is_empty(a_host, transport, issue):
    async with a_host(replies(with_length(b"", b"Content-Encoding: gzip"))) as host:
        assert (await transport.handle_async_request(issue(host.url))).content == b""


MISCODED = {
    "cut off": (Fault.bad_gzip, b"gzip", gzip.compress(RECORD.encode())[:-4]),
    "a wrong checksum": (Fault.bad_gzip, b"gzip", gzip.compress(RECORD.encode())[:-8] + b"12345678"),
    "text after the end": (Fault.bad_gzip, b"gzip", gzip.compress(RECORD.encode()) + b"{}"),
    "text after deflate": (Fault.bad_gzip, b"deflate", zlib.compress(RECORD.encode()) + b"{}"),
    "gzip twice": (Fault.bad_coding, b"gzip, gzip", gzip.compress(gzip.compress(RECORD.encode()))),
    "a coding nobody asked for": (Fault.bad_coding, b"br", b"\x0b\x02\x80{}\x03"),
}


@pytest.mark.parametrize("name", list(MISCODED))
async def test_a_body_that_does_not_inflate_to_its_end_is_ambiguous(a_host, transport, issue, name):
    fault, coding, body = MISCODED[name]
    async with a_host(replies(with_length(body, b"Content-Encoding: " + coding))) as host:
        with pytest.raises(Ambiguous) as caught:
            await transport.handle_async_request(issue(host.url))
        assert caught.value.fault is fault


def bomb(wbits: int) -> bytes:
    """200 MB of zeros in less than 200 kB, made piece by piece."""
    packer = zlib.compressobj(9, wbits=wbits)
    packed = b"".join([packer.compress(bytes(1_000_000)) for _ in range(200)]) + packer.flush()
    assert len(packed) < 200_000
    return packed


@pytest.mark.parametrize(("coding", "wbits"), [(b"gzip", 31), (b"deflate", 15), (b"deflate", -15)])
async def test_a_bomb_is_stopped_at_the_cap_with_bounded_memory(a_host, transport, issue, coding, wbits):
    async with a_host(replies(with_length(bomb(wbits), b"Content-Encoding: " + coding))) as host:
        tracemalloc.start()
        with pytest.raises(Ambiguous) as caught:
            await transport.handle_async_request(issue(host.url))
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert caught.value.fault is Fault.inflated_too_large
    assert peak_bytes < 3 * Limits().inflated_bytes_max


async def test_a_bomb_of_many_small_members_is_stopped_at_the_cap(a_host, transport, issue):
    members = bomb(31) + gzip.compress(b"x") * 100
    many = gzip.compress(bytes(1_000_000)) * 200
    for body in (members, many):
        async with a_host(replies(with_length(body, b"Content-Encoding: gzip"))) as host:
            with pytest.raises(Ambiguous) as caught:
                await transport.handle_async_request(issue(host.url))
        assert caught.value.fault is Fault.inflated_too_large


@pytest.mark.parametrize("framing", ["length", "chunks", "close"])
async def test_a_body_above_the_cap_is_dropped_while_it_comes(a_host, issue, framing):
    async def endless(visit):
        await visit.request()
        lengths = {
            "length": b"Content-Length: 999999999\r\n",
            "chunks": b"Transfer-Encoding: chunked\r\n",
            "close": b"",
        }
        await visit.say(HEAD + lengths[framing] + b"\r\n")
        while not visit.host.over.is_set():
            part = b"x" * 65536
            await visit.say(b"10000\r\n" + part + b"\r\n" if framing == "chunks" else part)

    async with a_host(endless) as host, CarrierTransport(limits=Limits(reply_bytes_max=1_000_000)) as transport:
        with pytest.raises(Ambiguous) as caught:
            await transport.handle_async_request(issue(host.url, deadline_s=20.0))
        assert caught.value.fault is Fault.too_large


async def test_a_body_of_exactly_the_cap_arrives(a_host, issue):
    limits = Limits(reply_bytes_max=100_000, inflated_bytes_max=100_000)
    body = b"x" * 100_000
    async with CarrierTransport(limits=limits) as transport:
        for reply in (with_length(body), with_length(gzip.compress(body), b"Content-Encoding: gzip")):
            async with a_host(replies(reply)) as host:
                assert (await transport.handle_async_request(issue(host.url))).content == body
