"""The carriers of a run: mock engines of shipped carriers on virtual time, the network to them and their callbacks."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any

import httpx

from contract_tests.checker.history import Arrival, Effect
from contract_tests.mock import MockCarrier, Settings
from contract_tests.simulate.loop import VirtualLoop, outside
from contract_tests.simulate.plan import Plan
from contract_tests.simulate.points import Points
from contract_tests.simulate.process import Process
from contract_tests.simulate.shared import CARRIER_OF, Shared
from contract_tests.simulate.trace import Trace
from contract_tests.simulate.wire import Pipe, request_bytes, serve
from contract_tests.simulate.world import BEGINS_S
from gateway.model.operations import OPERATIONS
from gateway.transport.errors import Ambiguous, Fault, NotSent

Deliver = Callable[[str, str, dict[str, str], bytes], Awaitable[tuple[int, Mapping[str, str], bytes]]]
WAIT_S_MAX = 0.08
SLOW_SHARE, SLOW_S_MAX = 0.06, 6.0
CLOCK_GRAIN_S = 1e-6
"""Seconds since 1970 as a float are no finer."""
UNSENT = (Fault.refused, Fault.dns, Fault.connect_timeout)


class Market:
    """All carriers of one run, what reached them, and what they did."""

    def __init__(
        self, loop: VirtualLoop, chance: Random, plan: Plan, shared: Shared, points: Points, trace: Trace
    ) -> None:
        self.loop, self.chance, self.plan, self.points, self.trace = loop, chance, plan, points, trace
        self.met: Counter[str] = Counter()
        self.is_calm = False
        self.deliver: Deliver | None = None
        self.mocks = {channel: self._mock(channel, shared, plan.seed) for channel in CARRIER_OF}
        self._connections = 0

    def _mock(self, channel: str, shared: Shared, seed: int) -> MockCarrier:
        async def post(url: str, headers: dict[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
            assert self.deliver is not None
            return await self.deliver(channel, url, headers, body)

        carrier = CARRIER_OF[channel]
        settings = Settings(
            fsync=False,
            plain=True,
            callback_base="{callback}",
            seed=seed * 16 + tuple(CARRIER_OF).index(channel),
            time=lambda: BEGINS_S + self.loop.time(),
            post=post,
        )
        return MockCarrier(shared.definitions[carrier], shared.keys[carrier], settings)

    async def begin(self) -> None:
        """Plan the faults of every carrier."""
        for channel, mock in self.mocks.items():
            await mock.plan(*self.plan.faults[channel], seed=self.plan.seed)

    async def calm(self) -> None:
        """From now on carriers and network behave."""
        self.is_calm = True
        for mock in self.mocks.values():
            await mock.plan()

    def connect(self, request: httpx.Request, who: str) -> Pipe:
        """Send a request; it arrives whatever becomes of the sender."""
        channel = request.url.host.partition(".")[0].replace("-", "_")
        pipe, data = Pipe(self.loop), request_bytes(request)
        self._connections += 1
        number = self._connections

        async def arriving() -> None:
            await asyncio.sleep(self.wait_s())
            self.trace.note("arrives", channel, f"{hashlib.sha256(data).hexdigest()[:8]} from {who}")
            pipe.arrive(data)
            serve(self.loop, self.mocks[channel], pipe, number)

        outside(self.loop, arriving())
        return pipe

    def arrivals(self) -> tuple[Arrival, ...]:
        """Every write that a carrier read, by its own notes."""
        return tuple(
            Arrival(
                channel=channel,
                operation=noted.operation,
                at=noted.time - BEGINS_S + CLOCK_GRAIN_S,
                digest=hashlib.sha256(noted.raw.partition(b"\r\n\r\n")[2]).hexdigest(),
            )
            for channel, mock in self.mocks.items()
            for noted in mock.requests
            if noted.operation in OPERATIONS and not OPERATIONS[noted.operation].is_read
        )

    def wait_s(self) -> float:
        """How long bytes travel."""
        if not self.is_calm and self.chance.random() < SLOW_SHARE:
            return self.chance.random() * SLOW_S_MAX
        return self.chance.random() * WAIT_S_MAX

    def unsent(self) -> Fault | None:
        """A fault of the network before anything was sent."""
        if self.is_calm or self.chance.random() >= self.plan.unsent_share:
            return None
        return self.chance.choice(UNSENT)

    def effects(self) -> tuple[Effect, ...]:
        """Every line of every ledger."""
        return tuple(_effect(channel, line) for channel, mock in self.mocks.items() for line in mock.ledger())

    def count_callbacks(self) -> Counter[str]:
        """What became of callbacks on their way."""
        sent = [each for mock in self.mocks.values() for each in mock.dispatcher.deliveries]
        ways = {"sent forged": "forged", "lost on the way": "lost", "given up": "given up"}
        counted = Counter(
            {way: sum(word in (each.state, "forged" * each.forged) for each in sent) for way, word in ways.items()}
        )
        counted["sent again"] = sum(max(0, len(each.attempts) - 1) for each in sent)
        return counted

    def count_faults(self) -> Counter[str]:
        """How often each planned fault struck."""
        struck: Counter[str] = Counter()
        for mock in self.mocks.values():
            struck.update(noted.fault for noted in mock.requests if noted.fault)
        return struck + self.met


class ProcessTransport(httpx.AsyncBaseTransport):
    """What a gateway gets as its transport."""

    def __init__(self, market: Market, process: Process) -> None:
        self._market, self._process = market, process

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send and wait for the reply, under the call's deadline. Raises NotSent and Ambiguous."""
        market = self._market
        await market.points.reach("after-journal-before-send")
        unsent = market.unsent()
        if unsent is not None:
            market.met[unsent.value] += 1
            await asyncio.sleep(market.chance.random())
            raise NotSent(unsent)
        pipe = market.connect(request, self._process.name)
        self._process.at_end.append(pipe.leave)
        try:
            async with asyncio.timeout(float(request.extensions["deadline_s"])):
                await market.points.reach("after-send-before-reply", wait_s=market.wait_s())
                reply = await pipe.reply()
        except TimeoutError:
            raise Ambiguous(Fault.total_timeout) from None
        finally:
            pipe.leave()
        await market.points.reach("after-reply-before-journal")
        return reply


def _effect(channel: str, line: Mapping[str, Any]) -> Effect:
    premium = line.get("premium") or {}
    return Effect(
        channel=channel,
        kind=line["effect"],
        number=line.get("number"),
        request_no=line.get("request_no"),
        business_key=line.get("business_key"),
        policy_no=line.get("policy_no"),
        premium=None if premium.get("amount") is None else int(premium["amount"]),
        currency=premium.get("currency"),
        canaries=frozenset(_flat(line.get("canaries") or {})),
    )


def _flat(canaries: Mapping[str, Any]) -> list[str]:
    flat: list[str] = []
    for value in canaries.values():
        flat += [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []
    return flat
