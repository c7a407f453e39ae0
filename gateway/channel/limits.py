"""Layers that keep one carrier from taking all of the gateway, and the gateway from flooding one carrier."""

import asyncio

from gateway.channel.call import Answer, Call, Exchange, Layer
from gateway.ports import World
from gateway.wire.contract import Reply, not_executed

CONCURRENT_MAX = 256
ROOM_WAIT_S = 1.0


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


def rate_limit(rate_per_s: float, world: World) -> Layer:
    """At most so many calls a second, with a burst of one second; a call that would wait too long was never sent."""
    ready_at = 0.0

    def wrap(call: Call) -> Call:
        async def run(exchange: Exchange) -> Answer:
            nonlocal ready_at
            now = world.monotonic()
            begins = max(ready_at, now - 1.0)
            wait_s = begins - now
            if wait_s > min(ROOM_WAIT_S, exchange.deadline_s):
                return _no_room("the carrier's rate limit is used up")
            ready_at = begins + 1.0 / rate_per_s
            if wait_s > 0:
                await world.sleep(wait_s)
            return await call(exchange)

        return run

    return wrap
