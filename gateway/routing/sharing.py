"""Replicas that tell each other what their routing sees, over Redis (or Valkey); everything is right without it.

Once in half a second each replica adds its news to a stream and reads that of the others; who starts reads the breakers
as they stand. Which replica tries out an open breaker is a lease. No request waits for any of it but one that takes a
place of a shared daily quota, and that for a tenth of a second at most. A server that is slow, away or empty changes
what is known, never what is right: replicas go on by what each sees alone.
"""

import asyncio
import contextlib
import logging
from typing import Any

import msgspec

from gateway.ports import World
from gateway.routing.gossip import Key, News, Told
from gateway.routing.places import Places
from gateway.routing.router import Router

EVERY_S = 0.5
ANSWER_MAX_S = 1.0
AWAY_FIRST_S, AWAY_MAX_S = 1.0, 10.0
LEASE_MS = 15_000
KEPT_S, PASSED_ON_S = 10.0, 2.0
"""So long who has nothing to try a breaker out with keeps its lease, and for so long the others may then take it."""
STREAM_MAX = 2_000
BREAKERS_KEPT_S = 600
REPLICA_GONE_S = 30.0

_log = logging.getLogger("insurehub.routing")

LEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
"""
"""Take a lease or keep the own one; one key, so that a cluster takes it too."""

GIVE_UP = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"
"""Give the own lease up."""


class Stored(msgspec.Struct, frozen=True):
    """A breaker as it stood, by the server's clock in seconds."""

    at_s: float
    told: Told


class Sharing:
    """The exchange of one replica with the others."""

    def __init__(self, router: Router, world: World, client: Any, *, replica: str, prefix: str = "insurehub") -> None:
        """Take the router, a `redis.asyncio.Redis`, this replica's name and the prefix of all keys."""
        self._router, self._world, self._client, self._prefix = router, world, client, prefix
        self._replica = router.replica = replica
        self._last = "$"
        self._away_s = 0.0
        self._task: asyncio.Task[None] | None = None
        self._held: dict[Key, float] = {}
        self.places = Places(client, world, prefix)

    def start(self) -> None:
        """Begin to exchange; a server that is away now may come later."""
        self._router.places = self.places
        self._task = asyncio.create_task(self._loop())

    async def stop(self) -> None:
        """End, and leave the router to itself."""
        await self.places.settled()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._alone()
        with contextlib.suppress(Exception):
            await self._client.aclose()

    async def _loop(self) -> None:
        while True:
            try:
                async with asyncio.timeout(ANSWER_MAX_S):
                    await self.round()
                self._away_s = 0.0
            except Exception as error:  # noqa: BLE001 - whatever the server or its library does, routing goes on alone
                if not self._away_s:
                    _log.warning("replicas cannot tell each other what they see: %s", type(error).__name__)
                self._alone()
                self._away_s = min(AWAY_MAX_S, self._away_s * 2 or AWAY_FIRST_S)
            await self._world.sleep(self._away_s or EVERY_S)

    def _alone(self) -> None:
        """Go on by what is seen here, and begin anew when the server is back."""
        self._router.alone()
        self._last = "$"

    async def round(self) -> None:
        """Tell, hear, and take up probes. Raises what the client raises."""
        server_s = await self._now_s()
        if not self._router.shares:
            await self._join(server_s)
        await self._count(server_s)
        await self._tell(server_s)
        await self._hear()
        await self._lease()

    async def _now_s(self) -> float:
        seconds, micros = await self._client.time()
        return float(seconds) + float(micros) / 1e6

    async def _join(self, server_s: float) -> None:
        """Learn how breakers stand before the first decision is shared; remember where the stream is now."""
        stored = await self._client.hgetall(f"{self._prefix}:breakers")
        breakers: dict[Key, Told] = {}
        for field, data in stored.items():
            found = msgspec.msgpack.decode(data, type=Stored)
            left_s = found.told.open_s - (server_s - found.at_s)
            if left_s > 0:
                channel, _, group = field.decode().partition("|")
                breakers[(channel, group)] = msgspec.structs.replace(found.told, open_s=left_s)
        latest = await self._client.xrevrange(f"{self._prefix}:news", count=1)
        self._last = latest[0][0] if latest else "0"
        self._router.hear(News(replica="", breakers=breakers))
        self._router.shares = True

    async def _count(self, server_s: float) -> None:
        """How many replicas there are: what is left of a quota is divided among them while the server is away."""
        key = f"{self._prefix}:replicas"
        pipe = self._client.pipeline(transaction=False)
        pipe.zadd(key, {self._replica: server_s})
        pipe.zremrangebyscore(key, "-inf", server_s - REPLICA_GONE_S)
        pipe.zcard(key)
        pipe.expire(key, BREAKERS_KEPT_S)
        self.places.replicas = int((await pipe.execute())[2])

    async def _tell(self, server_s: float) -> None:
        news = self._router.tell()
        if not (news.tallies or news.breakers or news.overdue or self._router.tells_overdue):
            return
        self._router.tells_overdue = bool(news.overdue)
        pipe = self._client.pipeline(transaction=False)
        pipe.xadd(f"{self._prefix}:news", {"n": msgspec.msgpack.encode(news)}, maxlen=STREAM_MAX, approximate=True)
        for (channel, group), told in news.breakers.items():
            stored = msgspec.msgpack.encode(Stored(server_s, told))
            pipe.hset(f"{self._prefix}:breakers", f"{channel}|{group}", stored)
            pipe.expire(f"{self._prefix}:breakers", BREAKERS_KEPT_S)
        await pipe.execute()

    async def _hear(self) -> None:
        found = await self._client.xread({f"{self._prefix}:news": self._last}, count=STREAM_MAX)
        for _, entries in found:
            for entry_id, fields in entries:
                self._last = entry_id
                news = msgspec.msgpack.decode(fields[b"n"], type=News)
                if news.replica != self._replica:
                    self._router.hear(news)

    async def _lease(self) -> None:
        wanted = self._router.wants_probe()
        self._held = {key: since_s for key, since_s in self._held.items() if key in wanted}
        self._router.leased = {key for key in wanted if await self._takes(key)}

    async def _takes(self, key: Key) -> bool:
        """Whether this replica may try a breaker out; one without trade to do it with lets another have the lease."""
        channel, group = key
        name, now_s = f"{self._prefix}:probe:{channel}:{group}", self._world.monotonic()
        idle_s = now_s - max(self._held.get(key, now_s), self._router.tried_at_s(key))
        if KEPT_S <= idle_s < KEPT_S + PASSED_ON_S:
            await self._client.eval(GIVE_UP, 1, name, self._replica)
            return False
        if not await self._client.eval(LEASE, 1, name, self._replica, LEASE_MS):
            self._held.pop(key, None)
            return False
        self._held[key] = now_s if idle_s >= KEPT_S else self._held.get(key, now_s)
        return True
