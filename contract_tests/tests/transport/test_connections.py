"""One question, one answer: no reply reaches a request it does not belong to, and nothing is sent twice."""

import asyncio

import httpx
import pytest

from gateway.transport import Ambiguous, CarrierTransport, Fault, Limits, NotSent


def answer(policy: str) -> bytes:
    body = b'{"policy":"%s"}' % policy.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def policies(*, extra: str = "none", gap_s: float = 0.0):
    """A carrier that numbers its answers by connection and request, and may push a second answer after each."""

    async def behave(visit):
        connection = visit.host.connections
        served = 0
        while True:
            await visit.request()
            served += 1
            genuine, stray = answer(f"{connection}.{served}"), answer("stray")
            await visit.say(genuine + (stray if extra == "together" else b""))
            if extra == "later":
                await asyncio.sleep(gap_s)
                await visit.say(stray)

    return behave


async def ask(transport, request) -> bytes:
    return (await transport.handle_async_request(request)).content[11:-2]


async def test_every_write_has_a_connection_of_its_own(a_host, transport, issue):
    async with a_host(policies()) as host:
        assert [await ask(transport, issue(host.url)) for _ in range(3)] == [b"1.1", b"2.1", b"3.1"]
        assert b"connection: close" in host.requests[0].lower()


async def test_a_write_is_fresh_unless_the_request_says_otherwise(a_host, transport, issue):
    async with a_host(policies()) as host:
        pooled = [await ask(transport, issue(host.url, fresh_connection=False)) for _ in range(2)]
        assert (pooled, await ask(transport, issue(host.url))) == ([b"1.1", b"1.2"], b"2.1")


@pytest.mark.parametrize(("extra", "gap_s"), [("together", 0.0), ("later", 0.0), ("later", 0.05)])
async def test_a_second_answer_is_not_delivered_to_the_next_write(a_host, transport, issue, extra, gap_s):
    async with a_host(policies(extra=extra, gap_s=gap_s)) as host:
        answers = []
        for _ in range(4):
            answers.append(await ask(transport, issue(host.url)))
            await asyncio.sleep(0.02)
        assert answers == [b"1.1", b"2.1", b"3.1", b"4.1"]


@pytest.mark.parametrize(("extra", "gap_s"), [("together", 0.0), ("later", 0.0), ("later", 0.02)])
async def test_a_second_answer_already_there_is_not_delivered_to_the_next_read(a_host, transport, issue, extra, gap_s):
    async with a_host(policies(extra=extra, gap_s=gap_s)) as host:
        answers = []
        for _ in range(3):
            answers.append(await ask(transport, issue(host.url, method="GET", fresh_connection=False)))
            await asyncio.sleep(0.05)
        assert answers == [b"1.1", b"2.1", b"3.1"]
        assert len(host.requests) == 3


async def test_a_read_finding_only_early_answers_opens_a_connection_of_its_own_in_the_end(a_host, transport, issue):
    async with a_host(policies(extra="later", gap_s=0.05)) as host:
        reads = [issue(host.url, fresh_connection=False) for _ in range(5)]
        await asyncio.gather(*(transport.handle_async_request(read) for read in reads))
        await asyncio.sleep(0.15)
        assert await ask(transport, issue(host.url, fresh_connection=False)) == b"6.1"


async def test_more_early_answers_than_the_limit_end_the_call_unsent(a_host, transport, issue):
    async with a_host(policies(extra="later", gap_s=0.05)) as host:
        reads = [issue(host.url, fresh_connection=False) for _ in range(10)]
        await asyncio.gather(*(transport.handle_async_request(read) for read in reads))
        await asyncio.sleep(0.15)
        with pytest.raises(NotSent) as caught:
            await transport.handle_async_request(issue(host.url, fresh_connection=False))
        assert caught.value.fault is Fault.early_answer
        assert len(host.requests) == 10


async def test_an_idle_connection_closed_by_the_carrier_does_not_touch_a_write(a_host, transport, issue):
    async def close_when_idle(visit):
        await visit.request()
        await visit.say(answer("1"))

    async with a_host(close_when_idle) as host:
        for fresh in (False, True, False, True):
            assert await ask(transport, issue(host.url, fresh_connection=fresh)) == b"1"
        assert (host.connections, len(host.requests)) == (4, 4)


async def test_an_idle_connection_that_dies_at_the_next_read_is_ambiguous_and_not_retried_here(
    a_host, transport, issue
):
    async def die_at_the_second(visit):
        await visit.request()
        await visit.say(answer("1"))
        await visit.request()

    async with a_host(die_at_the_second) as host:
        read = issue(host.url, method="GET", fresh_connection=False)
        assert await ask(transport, read) == b"1"
        with pytest.raises(Ambiguous) as caught:
            await transport.handle_async_request(read)
        assert caught.value.fault is Fault.closed
        assert (host.connections, len(host.requests)) == (1, 2)


async def test_a_failed_read_gives_no_half_used_connection_to_the_next(a_host, issue):
    async def long_then_short(visit):
        connection = visit.host.connections
        while True:
            await visit.request()
            size = 5_000_000 if connection == 1 else 2
            await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)

    limits = Limits(reply_bytes_max=100_000)
    async with a_host(long_then_short) as host, CarrierTransport(limits=limits) as transport:
        with pytest.raises(Ambiguous):
            await transport.handle_async_request(issue(host.url, fresh_connection=False))
        assert (await transport.handle_async_request(issue(host.url, fresh_connection=False))).content == b"xx"
        assert host.connections == 2


async def test_a_hundred_writes_at_once_are_a_hundred_requests_with_their_own_answers(a_host, transport):
    async def echo(visit):
        message = await visit.request()
        await asyncio.sleep(0.01)
        body = message[-8:]
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with a_host(echo) as host:
        bodies = [b"order%03d" % number for number in range(100)]
        calls = [
            transport.handle_async_request(httpx.Request("PUT", host.url, content=body, extensions={"deadline_s": 20}))
            for body in bodies
        ]
        assert [reply.content for reply in await asyncio.gather(*calls)] == bodies
        assert (host.connections, len(host.requests), len(set(host.requests))) == (100, 100, 100)


async def test_a_connection_slot_comes_back_after_every_kind_of_ending(a_host, issue):
    async def moody(visit):
        await visit.request()
        mood = visit.host.connections % 4
        if mood == 0:
            visit.reset()
        elif mood == 1:
            await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
        elif mood == 2:
            await visit.host.over.wait()
        else:
            await visit.say(answer("1"))

    async with a_host(moody) as host, CarrierTransport(limits=Limits(connections_max=1)) as transport:
        for _ in range(12):
            try:
                await transport.handle_async_request(issue(host.url, deadline_s=0.2))
            except Ambiguous:
                continue
        assert len(host.requests) == 12
