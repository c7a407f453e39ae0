"""Where live runs go, and nowhere else: one address, on the allow-list, over TLS unless it is this machine."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from contract_tests.examples.subject import Subject
from contract_tests.loopback import is_loopback
from contract_tests.runner.prior import led_to
from contract_tests.runner.run import Unprepared
from gateway.channel import Channel, ChannelSettings
from gateway.channel.tls import own_transport
from gateway.ports import World
from gateway.transport import CarrierTransport, TlsInvalid
from gateway.wire.contract import Secret

FLAG = "--i-understand-this-calls-a-live-system"
NAME = "sandbox"
_SCHEMES = ("http", "https", "tcp")


class NotAllowed(Exception):
    """A live run that nobody allowed; the text says what is missing."""


class Sandbox(Struct, frozen=True, kw_only=True):
    """A sandbox: its origin, the hosts that may be called, and the channel's settings where it has keys of its own.

    Without `settings` the examples' test keys are used.
    """

    origin: str
    hosts: frozenset[str]
    settings: ChannelSettings | None = None
    world: World = World()

    @property
    def host(self) -> str:
        """Its name."""
        return urlsplit(self.origin).hostname or ""


def sandbox_at(
    url: str, allowed: Sequence[str], *, understood: bool, settings: ChannelSettings | None = None
) -> Sandbox:
    """The sandbox at an address. Raises NotAllowed."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.username is not None:
        raise NotAllowed(f"'{url.partition('@')[2] or url}' is no address of a sandbox: https://host[:port]")
    host = parts.hostname
    if not understood:
        raise NotAllowed(f"a live run makes quotes and policies at {host}: say {FLAG}")
    hosts = frozenset(each.lower() for each in allowed)
    if host not in hosts:
        raise NotAllowed(f"{host} is not on the list of hosts that may be called: --allow-host {host}")
    if parts.scheme == "http" and not is_loopback(host):
        raise NotAllowed(f"{host} is called over https only: secrets and people are on the wire")
    return Sandbox(origin=f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", hosts=hosts, settings=settings)


class OnlyTo(httpx.AsyncBaseTransport):
    """A transport that sends to some hosts and refuses every other, whatever a mapping or a setting says."""

    def __init__(self, hosts: frozenset[str], inner: httpx.AsyncBaseTransport) -> None:
        """Send to `hosts` through `inner`."""
        self.hosts, self._inner = hosts, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, or refuse with nothing sent."""
        if request.url.host.lower() not in self.hosts:
            raise Unprepared(f"the mapping calls {request.url.host}, which is not on the list: --allow-host")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what sends."""
        await self._inner.aclose()


@asynccontextmanager
async def opened(
    subject: Subject, sandbox: Sandbox, secrets: dict[str, str], config: Any
) -> AsyncIterator[Callable[[], Channel]]:
    """Channels to the sandbox; `secrets` and `config` are the example's, for a sandbox without settings of its own."""
    own = sandbox.settings
    settings = ChannelSettings(
        config=led_to(dict(own.config if own is not None else config), sandbox.origin),
        secrets=own.secrets if own is not None else {name: Secret(text) for name, text in secrets.items()},
    )
    transport = OnlyTo(sandbox.hosts, _transport(subject, sandbox, settings))
    try:
        yield lambda: Channel(NAME, subject.adapter, settings, transport, sandbox.world)
    finally:
        await transport.aclose()


def _transport(subject: Subject, sandbox: Sandbox, settings: ChannelSettings) -> httpx.AsyncBaseTransport:
    tls = subject.adapter.carrier.tls
    if tls is None or sandbox.origin.startswith("http:"):
        return CarrierTransport()
    try:
        return own_transport(tls, settings)
    except (TlsInvalid, KeyError, OSError) as error:
        raise Unprepared(f"{subject.carrier} wants a certificate of ours: --channel NAME ({error})") from error
