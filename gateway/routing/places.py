"""Places of a daily quota that several replicas share: reserved, then kept or given back; every reservation expires.

One sorted set for each product, channel and day: reservations by when they end, and one member that counts what is
taken. While the server does not answer a replica uses at most its part of what was left when it last did; one that has
never heard of a day from it, as it began while it was away, a small part of what the journal says is left.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from gateway.ports import World

WAIT_MAX_S = 0.1
"""All that a request waits for a shared quota."""

RESERVED_MS = 600_000
KEPT_S = 2 * 86_400
AWAY_S = 2.0
"""For so long a server that did not answer in time is not asked again."""

CAUTION = 0.8
"""This part of what was left is divided among the replicas while the server is away."""

UNHEARD_PART = 0.1
"""What a replica takes of what was left that does not know how many there are: with those that do, who divide the most
part, two such never take more than there is; nor do ten of whom none knows.
"""

RESERVE = """
local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local taken = tonumber(redis.call('ZSCORE', KEYS[1], '#taken') or '1e15') - 1e15
if taken < tonumber(ARGV[5]) then
  taken = tonumber(ARGV[5])
  redis.call('ZADD', KEYS[1], 1e15 + taken, '#taken')
end
local held = redis.call('ZCOUNT', KEYS[1], '-inf', '(1e15')
if taken + held >= tonumber(ARGV[2]) then return {0, taken + held} end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return {1, taken + held + 1}
"""
KEEP = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
if not redis.call('ZSCORE', KEYS[1], '#taken') then redis.call('ZADD', KEYS[1], 1e15, '#taken') end
redis.call('ZINCRBY', KEYS[1], 1, '#taken')
return 1
"""


class Wanted(NamedTuple):
    """A place of a day: by which decision, of which product, channel and day, of how many, and how many of them are
    known to be taken: a server that was emptied learns it from here.

    `held` are those of other decisions here whose outcome is not known; `is_counted`: the journal was asked about it.
    """

    decision_id: str
    place: str
    limit: int
    taken: int = 0
    held: int = 0
    is_counted: bool = False


class Patience:
    """What one request may wait for shared quotas in all, however many channels are tried for it."""

    def __init__(self, left_s: float = WAIT_MAX_S) -> None:
        """Begin with all of it."""
        self.left_s = left_s

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """Wait within what is left. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            async with asyncio.timeout(self.left_s):
                yield
        finally:
            self.left_s -= loop.time() - began_s


class Places:
    """The shared quotas, as one replica takes from them."""

    def __init__(self, client: Any, world: World, prefix: str) -> None:
        """Take a `redis.asyncio.Redis`, the clock and the prefix of all keys."""
        self._client, self._world, self._prefix = client, world, prefix
        self._away_until_s = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: dict[str, int] = {}
        self._alone: dict[str, int] = {}
        self._held: dict[str, str] = {}
        self.replicas = 0
        """How many gateways share the quotas, as far as they were heard of lately; 0: nothing was heard yet."""

    async def reserve(self, wanted: Wanted, patience: Patience) -> bool:
        """Whether a place is there; it is held until it is settled, or for ten minutes."""
        key = f"{self._prefix}:quota:{wanted.place}"
        if self._world.monotonic() < self._away_until_s or patience.left_s <= 0:
            return self._alone_may(key, wanted)
        args = (wanted.decision_id, wanted.limit, RESERVED_MS, KEPT_S, wanted.taken)
        try:
            async with patience.waiting():
                got, used = await self._client.eval(RESERVE, 1, key, *args)
        except Exception:  # noqa: BLE001 - whatever the server or its library does, a sale goes on within what is safe
            self._away_until_s = self._world.monotonic() + AWAY_S
            return self._alone_may(key, wanted)
        self._seen[key] = int(used)
        self._alone.pop(key, None)
        if got:
            self._held[wanted.decision_id] = key
        return bool(got)

    def settle(self, decision_id: str, *, took: bool) -> None:
        """Keep a place, or give it back; nobody waits for it."""
        if (key := self._held.pop(decision_id, None)) is not None:
            task = asyncio.get_running_loop().create_task(self._settle(key, decision_id, took=took))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait for what is being settled."""
        await asyncio.gather(*self._tasks)

    async def _settle(self, key: str, decision_id: str, *, took: bool) -> None:
        try:
            async with asyncio.timeout(WAIT_MAX_S):
                if took:
                    await self._client.eval(KEEP, 1, key, decision_id)
                else:
                    await self._client.zrem(key, decision_id)
        except Exception:  # noqa: BLE001 - where the server is away a reservation ends by itself
            return

    def _alone_may(self, key: str, wanted: Wanted) -> bool:
        """A part of what was left when the server last answered, or else of what the journal says; never more."""
        left = self._alone.get(key)
        if left is None:
            known = wanted.taken + wanted.held if wanted.is_counted else None
            used = max(self._seen[key], wanted.taken) if key in self._seen else known
            if used is None:
                return False  # whether anything is left is not known yet, and will be
            part = CAUTION / self.replicas if self.replicas else UNHEARD_PART
            left = int(max(0, wanted.limit - used) * part)
        self._alone[key] = max(0, left - 1)
        return left > 0
