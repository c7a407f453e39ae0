"""The server over which simulated replicas share, in memory: what `gateway.routing.sharing` and `.places` ask of it.

It answers as Redis does, from one clock, and what befalls it is a scenario's: away it never answers, late it shows what
was written some seconds ago. The scripts are known by their text and done here; that the server does them so is shown
elsewhere, on a real one.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any

from contract_tests.traffic.world import ServerTrouble
from gateway.routing.places import KEEP, RESERVE
from gateway.routing.sharing import GIVE_UP, LEASE, STREAM_MAX

TAKEN = "#taken"
NEVER_S = 1e9
Entry = tuple[bytes, dict[bytes, bytes]]


class Server:
    """A `redis.asyncio.Redis` of one run, for all replicas."""

    def __init__(self, now_s: Callable[[], float], troubles: Sequence[ServerTrouble] = ()) -> None:
        """Take the run's clock and what befalls the server; begin empty."""
        self._now_s, self._troubles = now_s, troubles
        self._to_empty = [each for each in troubles if each.is_emptied]
        self._scripts: dict[str, Callable[..., Any]] = {
            LEASE: self._lease,
            GIVE_UP: self._give_up,
            RESERVE: self._reserve,
            KEEP: self._keep,
        }
        self._clear()

    async def time(self) -> tuple[int, int]:
        """Seconds and microseconds, by the server's own clock."""
        await self._answer()
        return int(self._now_s()), int(self._now_s() % 1 * 1e6)

    async def hgetall(self, key: str) -> dict[bytes, bytes]:
        """The fields of a hash, as far as they are to be seen."""
        await self._answer()
        seen, fields = self._seen_until_s(), self._hashes.get(key, {})
        return {field.encode(): data for field, (at_s, data) in fields.items() if at_s <= seen}

    async def xrevrange(self, _key: str, count: int) -> list[Entry]:
        """The latest entries of the stream."""
        await self._answer()
        return self._visible(self._entries - STREAM_MAX)[: -count - 1 : -1]

    async def xread(self, streams: dict[str, bytes | str], count: int) -> list[tuple[str, list[Entry]]]:
        """The entries of the stream after one."""
        await self._answer()
        ((key, last),) = streams.items()
        after = int(last.partition(b"-")[0]) if isinstance(last, bytes) else 0
        return [(key, self._visible(after)[:count])]

    async def eval(self, script: str, _keys: int, key: str, *args: Any) -> Any:
        """Do one of the product's scripts."""
        await self._answer()
        return self._scripts[script](key, *args)

    async def zrem(self, key: str, member: str) -> None:
        """Take a member out of a sorted set."""
        await self._answer()
        self._sets.get(key, {}).pop(member, None)

    async def aclose(self) -> None:
        """Nothing is held."""

    def pipeline(self, *, transaction: bool) -> "_Pipe":
        """Commands that are sent together."""
        assert not transaction, "what is exchanged needs no transaction"
        return _Pipe(self)

    def command(self, name: str, *args: Any, **given: Any) -> Any:
        """Do one command of a pipe."""
        return getattr(self, f"_{name}")(*args, **given)

    async def _answer(self) -> None:
        now_s = self._now_s()
        for each in [each for each in self._to_empty if each.end_s <= now_s]:
            self._to_empty.remove(each)
            self._clear()
        if self._struck("is_away"):
            await asyncio.sleep(NEVER_S)
        if wait_s := self._struck("answers_s"):
            await asyncio.sleep(wait_s)

    async def answer(self) -> None:
        """Wait as long as one answer takes."""
        await self._answer()

    def _struck(self, what: str) -> float:
        now_s = self._now_s()
        return max((getattr(each, what) for each in self._troubles if each.start_s <= now_s < each.end_s), default=0.0)

    def _clear(self) -> None:
        self._hashes: dict[str, dict[str, tuple[float, bytes]]] = {}
        self._sets: dict[str, dict[str, float]] = {}
        self._stream: list[tuple[float, Entry]] = []
        self._leases: dict[str, tuple[str, float]] = {}
        self._entries = 0

    def _seen_until_s(self) -> float:
        return self._now_s() - self._struck("late_s")

    def _visible(self, after: int) -> list[Entry]:
        """The entries after one, by number, that are to be seen; those that are kept no longer are gone."""
        seen, gone = self._seen_until_s(), self._entries - len(self._stream)
        return [entry for at_s, entry in self._stream[max(0, after - gone) :] if at_s <= seen]

    def _zadd(self, key: str, members: dict[str, float]) -> None:
        self._sets.setdefault(key, {}).update(members)

    def _zremrangebyscore(self, key: str, low: str, high: float) -> None:
        assert low == "-inf", "only what is over is taken out"
        self._sets[key] = {name: score for name, score in self._sets.get(key, {}).items() if score > high}

    def _zcard(self, key: str) -> int:
        return len(self._sets.get(key, {}))

    def _expire(self, _key: str, _after_s: int) -> None:
        """Nothing here lives so long."""

    def _hset(self, key: str, field: str, data: bytes) -> None:
        self._hashes.setdefault(key, {})[field] = (self._now_s(), data)

    def _xadd(self, _key: str, fields: dict[str, bytes], *, maxlen: int, approximate: bool) -> None:
        assert approximate, "the length of the stream is no promise"
        self._entries += 1
        entry = (f"{self._entries}-0".encode(), {name.encode(): data for name, data in fields.items()})
        self._stream.append((self._now_s(), entry))
        if len(self._stream) > 2 * maxlen:
            del self._stream[:-maxlen]

    def _lease(self, key: str, owner: str, for_ms: int) -> int:
        holder, until_s = self._leases.get(key, ("", -math.inf))
        if holder != owner and until_s > self._now_s():
            return 0
        self._leases[key] = (owner, self._now_s() + for_ms / 1000)
        return 1

    def _give_up(self, key: str, owner: str) -> None:
        if self._leases.get(key, ("", 0.0))[0] == owner:
            del self._leases[key]

    def _reserve(self, key: str, decision: str, limit: int, for_ms: int, _kept_s: int, known: int) -> tuple[int, int]:
        places = self._sets.setdefault(key, {})
        now_s = self._now_s()
        for name in [each for each, until_s in places.items() if each != TAKEN and until_s <= now_s]:
            del places[name]
        places[TAKEN] = taken = max(places.get(TAKEN, 0), known)
        used = int(taken) + len(places) - 1
        if used >= limit:
            return 0, used
        places[decision] = now_s + for_ms / 1000
        return 1, used + 1

    def _keep(self, key: str, decision: str) -> int:
        places = self._sets.get(key, {})
        if places.pop(decision, None) is None:
            return 0
        places[TAKEN] = places.get(TAKEN, 0) + 1
        return 1


class _Pipe:
    """Commands kept until they are sent."""

    def __init__(self, server: Server) -> None:
        self._server, self._commands = server, list[tuple[str, tuple[Any, ...], dict[str, Any]]]()

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **given: self._commands.append((name, args, given))

    async def execute(self) -> list[Any]:
        await self._server.answer()
        return [self._server.command(name, *args, **given) for name, args, given in self._commands]
