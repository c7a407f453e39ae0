"""A channel at run time: its settings, its access token, its adapter and its stack of layers."""

import asyncio
import copy
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import httpx
from msgspec import Struct

from gateway.channel.audit import Begins, Listener, audit
from gateway.channel.call import Answer, Exchange, stack
from gateway.channel.hours import opening_hours
from gateway.channel.limits import CONCURRENT_MAX, bulkhead, rate_limit
from gateway.channel.registry import Adapter
from gateway.channel.wire_call import over
from gateway.ports import World, crockford
from gateway.transport import NoReply, send
from gateway.wire.contract import Context, Secret, Step, Token, TokenSource, Wire, WireRequest
from gateway.wire.errors import WireError
from gateway.wire.session import answered

REQUEST_NO_CHARACTERS = 50
_NONCE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class ChannelSettings(Struct, frozen=True, kw_only=True):
    """What an operator sets for a channel: plain values and secrets the mapping refers to."""

    config: Mapping[str, Any] = {}
    secrets: Mapping[str, Secret] = {}


class TokenUnavailable(Exception):
    """The carrier gave no access token, so nothing was sent."""


@lru_cache(maxsize=CONCURRENT_MAX)
def request_no(operation_id: str, channel: str) -> str:
    """The carrier request number of (operation, channel): the same for every resend, unguessable from outside."""
    digest = hashlib.sha512(f"{operation_id}|{channel}".encode()).digest()
    return crockford(digest[:REQUEST_NO_CHARACTERS])


class Channel:
    """One way to an insurer: everything about talking to it that is not the message itself."""

    def __init__(
        self,
        name: str,
        adapter: Adapter,
        settings: ChannelSettings,
        transport: httpx.AsyncBaseTransport,
        world: World,
        listeners: tuple[Listener, ...] = (),
        begins: tuple[Begins, ...] = (),
        sharers: Callable[[], int] = lambda: 1,
    ) -> None:
        """Build the stack: limits outside, then the clock, then the wire; `sharers` gateways share a carrier's rate."""
        self.name = name
        self.adapter = adapter
        self.settings = settings
        self._transport = transport
        self._world = world
        carrier = adapter.carrier
        layers = [bulkhead(carrier.concurrent_max or CONCURRENT_MAX)]
        if carrier.rate_per_s is not None:
            layers.append(rate_limit(carrier.rate_per_s, world, sharers))
        if carrier.window or carrier.maintenance:
            layers.append(opening_hours(carrier, world))
        self._call = stack(over(transport), *layers, audit(world, listeners, begins))
        self._token: Token | None = None
        self._token_ends = 0.0
        self._token_lock = asyncio.Lock()
        self._former: dict[str, Channel] = {}

    def speaking(self, version: str | None) -> "Channel":
        """This channel with the adapter an operation began with: no two versions speak of one. Limits are shared.

        Raises AdapterMissing when that version is neither the present one nor kept.
        """
        if version in (None, "", self.adapter.version):
            return self
        assert version is not None
        if version not in self._former:
            former = copy.copy(self)
            former.adapter = self.adapter.former(version)
            self._former[version] = former
        return self._former[version]

    def context(
        self,
        *,
        operation_id: str = "",
        attempt_id: str = "",
        binding: Mapping[str, Any] | None = None,
        refs: Mapping[str, str] | None = None,
        steps: Mapping[str, Wire] | None = None,
    ) -> Context:
        """Everything an adapter may know for one attempt, taken from the world now."""
        return Context(
            now=self._world.now(),
            request_no=request_no(operation_id, self.name) if operation_id else "",
            attempt_no=attempt_id.partition("_")[2],
            nonce=self._nonce,
            config=self.settings.config,
            secrets=self.settings.secrets,
            binding=binding or {},
            refs=refs or {},
            steps=steps or {},
            token=self._token.value.reveal() if self._token else "",
        )

    def build(self, step: Step, request: Any, context: Context) -> WireRequest:
        """The bytes of one step; raises CannotSend."""
        return step.build(request, context)

    async def send(self, exchange: Exchange) -> Answer:
        """Send through all layers; never raises for what a carrier or the network does."""
        answer = await self._call(exchange)
        source = self.adapter.carrier.token
        if source and answer.raw and answer.raw.status in source.refresh_on_statuses:
            self._token = None
        return answer

    def has_token(self, step: Step) -> bool:
        """Whether this step can be built without asking the carrier for a token first."""
        return not step.needs_token or (self._token is not None and self._world.monotonic() < self._token_ends)

    async def fetch_token(self) -> None:
        """Get a token and keep it until shortly before it ends; raises TokenUnavailable."""
        source = self.adapter.carrier.token
        if source is None:
            raise TokenUnavailable(f"channel {self.name} wants a token but its carrier declares no way to get one")
        async with self._token_lock:
            if self._token is not None and self._world.monotonic() < self._token_ends:
                return
            token = await self._ask_token(source)
            lives_s = token.expires_in_s or source.lifetime_s or 300.0
            self._token = token
            self._token_ends = self._world.monotonic() + max(1.0, lives_s - source.refresh_before_s)

    async def _ask_token(self, source: TokenSource) -> Token:
        timeout = self.adapter.carrier.timeout
        try:
            context = self.context()
            wire = source.build(context)
            raw = await send(
                self._transport,
                wire.method,
                wire.url,
                wire.headers,
                wire.body,
                deadline_s=timeout.total_s,
                fresh=False,
                framing=wire.framing,
            )
            return source.read(raw, answered(context, wire))
        except (NoReply, WireError) as error:
            raise TokenUnavailable(f"channel {self.name} got no access token: {error}") from None

    def _nonce(self, characters: int) -> str:
        raw = self._world.token(characters)
        return "".join(_NONCE_ALPHABET[byte % len(_NONCE_ALPHABET)] for byte in raw)
