"""The gateway's way to its carriers under torture: the real transport, with faults of this host's side."""

import random
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from gateway.channel import ChannelSettings, Registry
from gateway.channel.tls import own_transport
from gateway.transport import CarrierTransport, Limits

NOWHERE = "carrier.invalid"


class Ways(httpx.AsyncBaseTransport):
    """By host: a carrier that demands a certificate has a transport of its own, and few connections at a time.

    With the chance `dns_lost` a write's host name is one that does not exist, so that a real look-up fails.
    """

    def __init__(
        self,
        channels: Mapping[str, ChannelSettings],
        carriers: Mapping[str, str],
        *,
        connections_max: int = 256,
        dns_lost: float = 0.0,
        seed: int = 0,
    ) -> None:
        """`carriers` names the carrier of each channel."""
        self._others = CarrierTransport(limits=Limits(connections_max=connections_max))
        self._own: dict[int, CarrierTransport] = {}
        self._dns_lost, self._chance = dns_lost, random.Random(seed)
        for name, settings in channels.items():
            tls = Registry().adapter(carriers[name]).carrier.tls
            if tls is None:
                continue
            transport = own_transport(tls, settings)
            ports = [urlsplit(str(value)).port for key, value in settings.config.items() if key.endswith("url")]
            self._own |= {port: transport for port in ports if port is not None}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send once over the host's own way."""
        way = self._own.get(request.url.port or 0, self._others)
        if request.extensions.get("fresh_connection", True) and self._chance.random() < self._dns_lost:
            request.url = request.url.copy_with(host=NOWHERE)
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        """Close them all."""
        for transport in {id(each): each for each in (self._others, *self._own.values())}.values():
            await transport.aclose()
