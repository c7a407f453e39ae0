"""Layers that keep one carrier from taking all of the gateway, and the gateway from flooding one carrier."""

import asyncio
from collections import deque
from collections.abc import Callable

from gateway.channel.call import Answer, Call, Exchange, Layer
from gateway.ports import World
from gateway.wire.contract import Reply, not_executed

CONCURRENT_MAX = 256
ROOM_WAIT_S = 1.0
RATE_WAIT_S = 3.0
WINDOW_MARGIN = 1.1


def _no_room(text: str) -> Answer:
    return Answer(reply=Reply(outcome=not_executed("channel.not_executed", text)), fault="pool")


def bulkhead(concurrent_max: int = CONCURRENT_MAX) -> Layer:
    """At most so many calls of a channel at once; a call that finds no room soon was never sent."""
    room = asyncio.Semaphore(concurrent_max)

    def wrap(call: Call) -> Call:
        async def run(exchange: Exchange) -> Answer:
            if room.locked():
                try:
                    async with asyncio.timeout(min(ROOM_WAIT_S, exchange.deadline_s)):
                        await room.acquire()
                except TimeoutError:
                    return _no_room("too many calls to this channel are under way")
            else:
                await room.acquire()
            try:
                return await call(exchange)
            finally:
                room.release()

        return run

    return wrap


def _alone() -> int:
    return 1


def rate_limit(rate_per_s: float, world: World, sharers: Callable[[], int] = _alone) -> Layer:
    """At most so many calls in any window of a second; a call that would wait too long was never sent.

    A carrier counts by its own clock, so the window is a little longer than it says. `sharers` are how many gateways
    call it: each takes its part of the rate, whatever it was a moment ago.
    """
    begun: deque[float] = deque(maxlen=max(1, int(rate_per_s)))

    def wrap(call: Call) -> Call:
        async def run(exchange: Exchange) -> Answer:
            now, part_per_s = world.monotonic(), rate_per_s / max(1, sharers())
            most = max(1, int(part_per_s))
            window_s = most / part_per_s * WINDOW_MARGIN
            begins = max(now, begun[-most] + window_s) if len(begun) >= most else now
            if begins - now > min(RATE_WAIT_S, exchange.deadline_s):
                return _no_room("the carrier's rate limit is used up")
            begun.append(begins)
            if begins > now:
                await world.sleep(begins - now)
            return await call(exchange)

        return run

    return wrap
