"""Raw TCP on real sockets: one frame out, one frame back, and whether the first byte had left."""

import asyncio
import socket
import ssl
import time

import pytest

from gateway.transport import Ambiguous, CarrierTransport, Fault, Limits, NotSent, client_context, send
from gateway.wire.contract import Framing

DIGITS = Framing(head_bytes=8, at=0, width=8)


def framed(body):
    return b"%08d" % len(body) + body


async def call(url, body=b"00000002hi", *, framing=DIGITS, limits=None, tls=None, **wishes):
    async with CarrierTransport(limits=limits, tls=tls) as transport:
        return await send(transport, "POST", url, body=body, framing=framing, **{"deadline_s": 5, **wishes})


def tcp(host):
    return f"tcp://127.0.0.1:{host.port}"


async def fault_of(error, *arguments, **wishes):
    with pytest.raises(error) as caught:
        await call(*arguments, **wishes)
    return caught.value.fault


def answers(reply, *, pause_s=0.0):
    async def behave(visit):
        visit.host.requests.append(await visit.reader.readexactly(10))
        for at in range(0, len(reply), 5) if pause_s else (0,):
            visit.writer.write(reply[at : at + 5] if pause_s else reply)
            await asyncio.sleep(pause_s)
        await visit.host.over.wait()

    return behave


async def test_one_frame_goes_out_and_one_comes_back_though_the_host_keeps_the_connection(a_host):
    async with a_host(answers(framed(b"answer"))) as host:
        reply = await call(tcp(host))
        assert (reply.status, reply.body) == (200, framed(b"answer"))
        assert host.requests == [b"00000002hi"]


async def test_a_frame_that_comes_in_pieces_is_read_whole(a_host):
    async with a_host(answers(framed(b"a longer answer"), pause_s=0.01)) as host:
        assert (await call(tcp(host))).body == framed(b"a longer answer")


@pytest.mark.parametrize(
    ("framing", "reply"),
    [
        (Framing(head_bytes=2, at=0, width=2, binary=True), b"\x00\x03abc"),
        (Framing(head_bytes=12, at=6, width=6, beyond_head=-12), b"CODE01000015abc"),
        (Framing(head_bytes=14, at=0, width=8, beyond_head=-6), b"00000009CODE01abc"),
    ],
)
async def test_lengths_may_be_binary_stand_anywhere_and_count_the_head(a_host, framing, reply):
    async with a_host(answers(reply)) as host:
        assert (await call(tcp(host), framing=framing)).body == reply


async def test_without_a_frame_the_reply_ends_with_the_connection(a_host):
    async def behave(visit):
        await visit.reader.readexactly(10)
        await visit.say(b"all of it")

    async with a_host(behave) as host:
        assert (await call(tcp(host), framing=None)).body == b"all of it"


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (b"", Fault.closed),
        (b"0000", Fault.truncated),
        (b"00000009abc", Fault.truncated),
        (b"length!!abc", Fault.garbage),
        (b"-0000003abc", Fault.garbage),
        (b"99999999abc", Fault.too_large),
    ],
)
async def test_a_reply_that_is_no_whole_frame_is_ambiguous(a_host, reply, fault):
    async def behave(visit):
        visit.host.requests.append(await visit.reader.readexactly(10))
        await visit.say(reply)

    async with a_host(behave) as host:
        assert await fault_of(Ambiguous, tcp(host)) is fault
        assert len(host.requests) == 1


async def test_a_reset_after_sending_is_ambiguous_and_never_sent_again(a_host):
    async def behave(visit):
        visit.host.requests.append(await visit.reader.readexactly(10))
        visit.reset()

    async with a_host(behave) as host:
        assert await fault_of(Ambiguous, tcp(host)) in (Fault.reset, Fault.closed)
        assert len(host.requests) == 1
        assert host.connections == 1


async def test_a_host_that_says_nothing_is_ambiguous_at_the_deadline(a_host):
    async with a_host(answers(b"0000")) as host:
        began = time.monotonic()
        assert await fault_of(Ambiguous, tcp(host), deadline_s=0.3) is Fault.total_timeout
        assert time.monotonic() - began < 3


async def test_a_refused_connection_and_an_unknown_name_are_not_sent():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert await fault_of(NotSent, f"tcp://127.0.0.1:{held.getsockname()[1]}") is Fault.refused
    assert await fault_of(NotSent, "tcp://no-such-host.invalid:9") is Fault.dns


@pytest.mark.parametrize("url", ["tcp://127.0.0.1", "tcp://127.0.0.1:9/path", "tcp://user@127.0.0.1:9"])
async def test_an_address_that_is_not_host_and_port_is_not_sent(url):
    assert await fault_of(NotSent, url) is Fault.invalid_request


async def test_a_connection_that_is_never_made_is_not_sent(monkeypatch):
    async def never(*_arguments, **_wishes):
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio, "open_connection", never)
    assert await fault_of(NotSent, "tcp://127.0.0.1:9", connect_s=0.1) is Fault.connect_timeout
    assert await fault_of(NotSent, "tcp://127.0.0.1:9", deadline_s=0.1) is Fault.connect_timeout


async def test_an_exhausted_pool_is_not_sent(a_host):
    async with a_host(answers(b"")) as host, CarrierTransport(limits=Limits(connections_max=1)) as transport:
        first = asyncio.create_task(
            send(transport, "POST", tcp(host), body=b"00000002hi", framing=DIGITS, deadline_s=5)
        )
        await host.visited.wait()
        with pytest.raises(NotSent) as caught:
            await send(transport, "POST", tcp(host), body=b"00000002hi", framing=DIGITS, connect_s=0.1)
        assert caught.value.fault is Fault.pool
        first.cancel()


async def test_frames_travel_inside_tls_where_the_channel_shows_a_certificate(a_host, authority):
    demanding = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(demanding)
    authority.configure_trust(demanding)
    demanding.verify_mode = ssl.CERT_REQUIRED
    ours = authority.issue_cert("insurehub.example").private_key_and_cert_chain_pem.bytes().decode()
    ca = authority.cert_pem.bytes().decode()
    async with a_host(answers(framed(b"secret")), tls=demanding) as host:
        assert (await call(tcp(host), tls=client_context(ours, ca=ca))).body == framed(b"secret")
        bare = client_context(ca=ca)
        bare.maximum_version = ssl.TLSVersion.TLSv1_2
        assert await fault_of(NotSent, tcp(host), tls=bare) in (Fault.tls, Fault.unreachable)
