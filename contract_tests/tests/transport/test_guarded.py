"""A receiver names its own address: it gets a message at it, and never a look at what is inside."""

import socket

import pytest
from aiohttp.abc import AbstractResolver

from gateway.transport import Fault, GuardedTransport, Limits, NotSent, Reach, UrlRefused, send
from gateway.transport.reach import network

LOOPBACK = Reach((network("127.0.0.0/8"),))


async def ok(visit):
    await visit.request()
    await visit.say(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")


class ToldNames(AbstractResolver):
    """A name service that gives the next of its answers each time it is asked."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers, self.asked = list(answers), 0

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        kinds = [(each, socket.AF_INET6 if ":" in each else socket.AF_INET) for each in found]
        return [
            {"hostname": host, "host": each, "port": port, "family": kind, "proto": 0, "flags": 0}
            for each, kind in kinds
        ]

    async def close(self):
        pass


async def fault_of(transport, url):
    with pytest.raises(NotSent) as caught:
        await send(transport, "POST", url, body=b"{}", deadline_s=3.0)
    await transport.aclose()
    return caught.value.fault


INSIDE = (
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "0.0.0.0", "255.255.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "168.63.129.16", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
    "3fff::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_within_reach(address):
    assert not Reach().admits(address, 443, tls=True)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_the_public_internet_is_within_reach_over_tls_on_its_ports(address):
    assert Reach().admits(address, 443, tls=True)
    assert not Reach().admits(address, 443, tls=False)
    assert not Reach().admits(address, 22, tls=True)


def test_what_an_operator_allows_is_within_reach_and_nothing_beside_it():
    reach = Reach((network("10.1.0.0/16"), network("fd00:1::/32")))
    assert reach.admits("10.1.2.3", 8080, tls=False)
    assert reach.admits("::ffff:10.1.2.3", 8080, tls=False), "the same address in another writing"
    assert reach.admits("fd00:1::9", 80, tls=False)
    assert not reach.admits("10.2.0.1", 443, tls=True)
    assert not reach.admits("169.254.169.254", 443, tls=True)


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_not_connected_to(address):
    transport = GuardedTransport(Reach(), resolver=ToldNames((address,)))
    assert await fault_of(transport, "https://receiver.example/hook") is Fault.forbidden_address


async def test_a_name_whose_answer_changes_is_judged_by_the_address_that_is_connected(a_host):
    async with a_host(ok) as host:
        names = ToldNames(("127.0.0.1",), ("169.254.169.254",))
        # Every call looks the name up: a believed answer would hide the change from this test.
        transport = GuardedTransport(LOOPBACK, resolver=names, limits=Limits(dns_cache_s=0))
        url = f"http://receiver.example:{host.port}/hook"
        assert (await send(transport, "POST", url, body=b"{}")).status == 204
        assert names.asked == 1, "one look-up for one connection"
        assert await fault_of(transport, url) is Fault.forbidden_address
        assert host.connections == 1


async def test_of_several_addresses_only_those_within_reach_are_tried(a_host):
    async with a_host(ok) as host:
        transport = GuardedTransport(LOOPBACK, resolver=ToldNames(("169.254.169.254", "10.0.0.1", "127.0.0.1")))
        reply = await send(transport, "POST", f"http://receiver.example:{host.port}/", body=b"{}", deadline_s=3.0)
        assert reply.status == 204
        await transport.aclose()


@pytest.mark.parametrize(
    "authority",
    ["127.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "localhost",
     "example.com@127.0.0.1", "127.0.0.1%2f@localhost", "[::ffff:7f00:1]"],
)  # fmt: skip
async def test_no_writing_of_loopback_reaches_a_host_that_listens_there(authority, a_host):
    async with a_host(ok) as host:
        for scheme in ("http", "https"):
            fault = await fault_of(GuardedTransport(Reach()), f"{scheme}://{authority}:{host.port}/hook")
            assert fault in (Fault.forbidden_address, Fault.invalid_request, Fault.dns)
        assert host.connections == 0


async def test_a_redirect_to_metadata_is_an_answer_and_never_followed(a_host):
    async def elsewhere(visit):
        await visit.request()
        await visit.say(
            b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest/meta-data\r\nContent-Length: 0\r\n\r\n"
        )

    async with a_host(elsewhere) as host:
        transport = GuardedTransport(LOOPBACK)
        assert (await send(transport, "POST", f"{host.url}/hook", body=b"{}")).status == 307
        assert host.connections == 1
        await transport.aclose()


async def test_a_proxy_of_the_environment_is_not_asked(a_host, monkeypatch):
    async with a_host(ok) as host, a_host(ok) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        transport = GuardedTransport(LOOPBACK)
        await send(transport, "POST", f"{host.url}/hook", body=b"{}")
        assert (host.connections, proxy.connections) == (1, 0)
        await transport.aclose()


async def test_a_receiver_that_answers_without_end_is_cut_off(a_host):
    async def flood(visit):
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while not visit.host.over.is_set():
            await visit.say(b"x" * 65536)

    async with a_host(flood) as host:
        transport = GuardedTransport(LOOPBACK)
        with pytest.raises(Exception, match="too_large"):
            await send(transport, "POST", f"{host.url}/hook", body=b"{}", deadline_s=5.0)
        await transport.aclose()


async def test_tls_is_verified_for_the_name_that_was_given(a_host, server_tls, client_tls):
    async with a_host(ok, tls=server_tls) as host:
        names = ToldNames(("127.0.0.1",))
        transport = GuardedTransport(LOOPBACK, tls=client_tls, resolver=names)
        assert (await send(transport, "POST", f"https://localhost:{host.port}/", body=b"{}")).status == 204
        assert await fault_of(transport, f"https://other.example:{host.port}/") is Fault.tls


async def test_no_other_scheme_is_spoken():
    assert await fault_of(GuardedTransport(LOOPBACK), "tcp://127.0.0.1:9/") is Fault.invalid_request


@pytest.mark.parametrize(
    "url",
    ["http://receiver.example/h", "ftp://receiver.example/h", "https://user@receiver.example/", "https://u:p@r.example/",
     "https://receiver.example/#x", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.0.0.1/",
     "https://0177.0.0.1/", "https://127.1/", "https://receiver.example:22/", "https://receiver.example\\@127.0.0.1/",
     "https://receiver.example/ x", "https:///h", "//receiver.example", "", "https://r.example/" + "x" * 2048,
     "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "https://93.184.215.14:25/"],
)  # fmt: skip
def test_an_address_that_could_never_be_connected_to_is_refused_at_once(url):
    with pytest.raises(UrlRefused):
        Reach().must_take(url)


@pytest.mark.parametrize(
    "url", ["https://receiver.example/hook?x=1", "https://receiver.example:8443/", "https://93.184.215.14/"]
)
def test_a_public_https_address_is_taken(url):
    Reach().must_take(url)


def test_plain_http_is_taken_where_the_operator_allows_a_network():
    LOOPBACK.must_take("http://127.0.0.1:9/hook")
    with pytest.raises(UrlRefused):
        LOOPBACK.must_take("http://10.0.0.1/")
