"""A request leaves exactly as it was built, or not at all."""

import ssl

import httpx
import pytest

from gateway import __version__
from gateway.transport import CarrierTransport, Fault, NotSent, send


async def ok(visit):
    await visit.request()
    await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


async def sent_by(a_host, transport, method="POST", path="/", headers=(), body=b"") -> bytes:
    async with a_host(ok) as host:
        await send(transport, method, host.url + path, headers, body)
        return host.requests[0].replace(b"127.0.0.1:%d" % host.port, b"HOST")


async def test_a_write_with_its_own_headers_gains_only_what_framing_and_courtesy_need(a_host, transport):
    headers = (("Content-Type", "text/xml;charset=GBK"), ("X-sign", "A"), ("x-ORDER", "1"), ("X-sign", "B"))
    body = "<保单/>".encode("gbk")
    assert await sent_by(a_host, transport, headers=headers, body=body) == (
        b"POST / HTTP/1.1\r\n"
        b"Host: HOST\r\n"
        b"Content-Type: text/xml;charset=GBK\r\nX-sign: A\r\nx-ORDER: 1\r\nX-sign: B\r\n"
        b"Content-Length: 7\r\n"
        b"Accept-Encoding: identity\r\n"
        b"User-Agent: insurehub/" + __version__.encode() + b"\r\n"
        b"Connection: close\r\n"
        b"\r\n" + body
    )


async def test_what_the_request_says_itself_is_not_said_again(a_host, transport):
    headers = (("host", "gate.example"), ("user-agent", "agency"), ("accept-encoding", "gzip"), ("accept", "a/b"))
    message = (await sent_by(a_host, transport, headers=headers, body=b"{}")).lower()
    for line in (b"host: gate.example", b"user-agent: agency", b"accept-encoding: gzip", b"accept: a/b"):
        assert message.count(line.partition(b":")[0] + b":") == message.count(line) == 1


async def test_a_write_without_a_body_says_so_and_names_no_content(a_host, transport):
    message = await sent_by(a_host, transport)
    assert b"Content-Length: 0\r\n" in message
    assert b"content-type" not in message.lower()


async def test_a_read_has_neither_length_nor_content(a_host, transport):
    assert b"Content-" not in await sent_by(a_host, transport, method="GET")


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1?sign=a%2Bb%2fc%3D%3d&name=%E4%BF%9D&gbk=%B1%A3&plus=a+b&empty=&flag",
        "/a%2Fb/%7Euser;v=1/@:,!$'()*",
        "/?q=a/b?c=d",
    ],
)
async def test_a_percent_encoded_target_leaves_byte_for_byte(a_host, transport, target):
    message = await sent_by(a_host, transport, path=target)
    assert message.startswith(b"POST " + target.encode() + b" HTTP/1.1\r\n")


@pytest.mark.parametrize("size_bytes", [0, 1, 70_000, 3_000_000])
async def test_a_body_of_any_size_leaves_whole(a_host, transport, size_bytes):
    body = bytes(range(256)) * (size_bytes // 256) + b"\x00" * (size_bytes % 256)
    message = await sent_by(a_host, transport, body=body)
    assert message.endswith(b"\r\n\r\n" + body)
    assert b"Content-Length: %d\r\n" % size_bytes in message


UNSENDABLE = {
    "a line break in a header": ("/", (("X-Holder", "Li\r\nX-Admin: 1"),), b"{}"),
    "a line break in a header's name": ("/", (("X\r\nY", "1"),), b"{}"),
    "a length that is not the body's": ("/", (("Content-Length", "1"),), b"{}"),
    "a transfer coding": ("/", (("Transfer-Encoding", "chunked"),), b"{}"),
    "a target that is not percent-encoded": ("/policies?name=保", (), b"{}"),
    "a target with a quote httpx would encode": ('/policies?q={"a":1}', (), b"{}"),
    "a target whose dots httpx would resolve": ("/a/../b", (), b"{}"),
}


@pytest.mark.parametrize("case", list(UNSENDABLE))
async def test_a_request_that_would_change_on_the_wire_is_not_sent(a_host, transport, case):
    path, headers, body = UNSENDABLE[case]
    async with a_host(ok) as host:
        with pytest.raises(NotSent) as caught:
            await send(transport, "POST", host.url + path, headers, body)
        assert caught.value.fault is Fault.invalid_request
        assert host.connections == 0


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "http:///policies", "http://user:pass@127.0.0.1/", "http://a:b/", "/policies"]
)
async def test_an_address_we_do_not_serve_is_not_sent_and_not_quoted(transport, url):
    with pytest.raises(NotSent) as caught:
        await send(transport, "POST", url, body=b"{}")
    assert caught.value.fault is Fault.invalid_request
    assert "pass" not in str(caught.value)


async def test_the_environment_adds_no_proxy_and_no_password(a_host, transport, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert b"authorization" not in (await sent_by(a_host, transport, body=b"{}")).lower()


async def test_a_channel_shows_its_own_certificate(a_host, authority, client_tls, tmp_path):
    seen = []

    async def look(visit):
        seen.append(visit.writer.get_extra_info("peercert"))
        await ok(visit)

    demanding = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(demanding)
    authority.configure_trust(demanding)
    demanding.verify_mode = ssl.CERT_REQUIRED
    authority.issue_cert("agency@insurehub.example").configure_cert(client_tls)
    async with a_host(look, tls=demanding) as host, CarrierTransport(tls=client_tls) as transport:
        for fresh in (True, False):
            assert (await send(transport, "POST", host.url, body=b"{}", fresh=fresh)).status == 200
    assert [dict(cert["subjectAltName"])["email"] for cert in seen] == ["agency@insurehub.example"] * 2


async def test_an_async_client_works_over_the_transport(a_host):
    async with a_host(ok) as host, httpx.AsyncClient(transport=CarrierTransport()) as client:
        assert (await client.post(host.url, json={"a": 1})).status_code == 200
        assert host.requests[0].endswith(b'{"a":1}')
