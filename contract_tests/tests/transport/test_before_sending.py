"""Faults before the first byte: the carrier certainly saw nothing, so a write may be tried elsewhere."""

import asyncio
import socket
import ssl
import time

import aiohttp
import httpx
import pytest

from gateway.transport import CarrierTransport, Fault, Limits, NotSent


async def fault_of(transport: CarrierTransport, request: httpx.Request) -> Fault:
    with pytest.raises(NotSent) as caught:
        await transport.handle_async_request(request)
    assert caught.value.sent is False
    return caught.value.fault


async def hang(visit):
    await visit.host.over.wait()


async def test_a_refused_connection_is_not_sent(transport, issue):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert await fault_of(transport, issue(f"http://127.0.0.1:{port}")) is Fault.refused


async def test_a_name_that_does_not_resolve_is_not_sent(transport, issue):
    assert await fault_of(transport, issue("http://carrier.invalid")) is Fault.dns


async def test_a_name_server_that_hangs_is_not_sent_and_named(transport, issue, monkeypatch):
    async def never(*_args, **_kwargs):
        await asyncio.sleep(60)

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", never)
    monkeypatch.setattr("aiohttp.connector.DefaultResolver", aiohttp.ThreadedResolver)
    assert await fault_of(transport, issue("http://carrier.example", connect_s=0.1)) is Fault.dns


async def test_a_connection_nobody_accepts_ends_at_the_connect_limit_and_is_not_sent(transport, issue):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = deaf.getsockname()[1]
        waiting = []
        for _ in range(4):  # a full backlog leaves every further SYN unanswered
            waiting.append(one := socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        began = time.monotonic()
        assert await fault_of(transport, issue(f"http://127.0.0.1:{port}", connect_s=0.2)) is Fault.connect_timeout
        assert time.monotonic() - began < 3  # the limit, not the deadline of 5 s
        for one in waiting:
            one.close()


async def test_a_certificate_we_do_not_trust_is_not_sent(a_host, transport, issue, server_tls):
    async with a_host(hang, tls=server_tls) as host:
        assert await fault_of(transport, issue(host.url)) is Fault.tls
        assert host.requests == []


async def test_a_certificate_of_another_name_is_not_sent(a_host, issue, authority, client_tls):
    wrong = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("other.example").configure_cert(wrong)
    async with a_host(hang, tls=wrong) as host, CarrierTransport(tls=client_tls) as transport:
        assert await fault_of(transport, issue(host.url)) is Fault.tls


async def test_a_host_that_does_not_speak_tls_is_not_sent(a_host, issue, client_tls):
    async def plain_text(visit):
        await visit.reader.read(10)
        await visit.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with a_host(plain_text) as host, CarrierTransport(tls=client_tls) as transport:
        assert await fault_of(transport, issue(f"https://127.0.0.1:{host.port}")) is Fault.tls


@pytest.mark.parametrize("ending", ["close", "reset"])
async def test_a_connection_lost_in_the_tls_handshake_is_not_sent(a_host, issue, client_tls, ending):
    async def break_off(visit):
        await visit.reader.read(10)
        visit.reset() if ending == "reset" else visit.writer.close()

    async with a_host(break_off) as host, CarrierTransport(tls=client_tls) as transport:
        assert await fault_of(transport, issue(f"https://127.0.0.1:{host.port}")) in (Fault.tls, Fault.unreachable)


@pytest.mark.parametrize("wishes", [{"connect_s": 0.2}, {"connect_s": 9.0, "deadline_s": 0.2}])
async def test_a_tls_handshake_that_hangs_is_not_sent(a_host, issue, client_tls, wishes):
    async with a_host(hang) as host, CarrierTransport(tls=client_tls) as transport:
        request = issue(f"https://127.0.0.1:{host.port}", **wishes)
        assert await fault_of(transport, request) is Fault.connect_timeout
        assert host.connections == 1


async def test_a_missing_client_certificate_is_not_sent_where_the_handshake_can_tell(
    a_host, issue, authority, client_tls
):
    demanding = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(demanding)
    authority.configure_trust(demanding)
    demanding.verify_mode = ssl.CERT_REQUIRED
    demanding.maximum_version = ssl.TLSVersion.TLSv1_2
    async with a_host(hang, tls=demanding) as host, CarrierTransport(tls=client_tls) as transport:
        assert await fault_of(transport, issue(host.url)) in (Fault.tls, Fault.unreachable)


@pytest.mark.parametrize("wishes", [{"connect_s": 0.2}, {"connect_s": 9.0, "deadline_s": 0.2}])
async def test_an_exhausted_pool_is_not_sent(a_host, issue, wishes):
    async with a_host(hang) as host, CarrierTransport(limits=Limits(connections_max=1)) as transport:
        first = asyncio.create_task(transport.handle_async_request(issue(host.url)))
        await host.visited.wait()
        assert await fault_of(transport, issue(host.url, **wishes)) is Fault.pool
        assert host.connections == 1
        first.cancel()


async def test_a_deadline_already_passed_is_not_sent(a_host, transport, issue):
    async with a_host(hang) as host:
        assert await fault_of(transport, issue(host.url, deadline_s=0.0)) is Fault.deadline_passed
        assert host.connections == 0


async def test_a_closed_transport_sends_nothing(a_host, transport, issue):
    async with a_host(hang) as host:
        await transport.aclose()
        assert await fault_of(transport, issue(host.url)) is Fault.shut_down
        assert host.connections == 0


async def test_an_address_is_never_looked_up(a_host, transport, issue, monkeypatch):
    async def answer(visit):
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def looked_up(*_args, **_kwargs):
        pytest.fail("a name server was asked for an address")

    monkeypatch.setattr("aiohttp.connector.DefaultResolver.resolve", looked_up)
    async with a_host(answer) as host:
        assert (await transport.handle_async_request(issue(host.url))).content == b"{}"
