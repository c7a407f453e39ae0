"""The one small object through which time, chance and identity enter the gateway.

Nothing in the gateway reads a clock, draws a random number, makes an id or sleeps in another way, so that a test runs
a whole day in a millisecond and a seed replays it.
"""

import asyncio
import os
import random
import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_CROCKFORD = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BYTE_TO_CROCKFORD = _CROCKFORD * 8
_PAIRS = tuple(bytes((high, low)).decode() for high in _CROCKFORD for low in _CROCKFORD)
"""Two characters for each number of 10 bits."""
_POOL_BYTES = 4096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MADE = re.compile(r"[a-z]+_(?P<stamp>[0-9A-HJKMNP-TV-Z]{10})[0-9A-HJKMNP-TV-Z]{16}", re.ASCII)


def crockford(random: bytes) -> str:
    """Write random bytes in the alphabet of Crockford's base 32: a character, and 5 bits, for each byte."""
    return random.translate(_BYTE_TO_CROCKFORD).decode()


@lru_cache(maxsize=1)
def _stamp(milliseconds: int) -> str:
    """The 10 characters of an id's 48 bits of time; ids made together share them."""
    return "".join([_PAIRS[milliseconds >> shift & 1023] for shift in (40, 30, 20, 10, 0)])


def first_id(kind: str, at: datetime) -> str:
    """The id before all ids of a kind that are made from an instant on: where a range of time begins."""
    return f"{kind}_{_stamp(int(at.timestamp() * 1000))}"


def time_of_id(made: str) -> datetime | None:
    """When an id was made; None for one that was not made here."""
    found = _MADE.fullmatch(made)
    if found is None:
        return None
    milliseconds = 0
    for character in found["stamp"].encode():
        milliseconds = milliseconds << 5 | _CROCKFORD.index(character)
    return _EPOCH + timedelta(milliseconds=milliseconds)


class World:
    """The real clock, randomness, ids and sleep of a running process; belongs to one thread."""

    _pool = b""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    async def sleep(self, wait_s: float) -> None:
        """Wait for `wait_s` seconds."""
        await asyncio.sleep(wait_s)

    def random(self) -> float:
        """A number in [0, 1)."""
        return random.random()

    def token(self, size_bytes: int) -> bytes:
        """Unpredictable bytes, for nonces, keys and ids: the system's, fetched in larger portions and used once."""
        if size_bytes > len(self._pool):
            self._pool = os.urandom(max(_POOL_BYTES, size_bytes))
        taken, self._pool = self._pool[:size_bytes], self._pool[size_bytes:]
        return taken

    def new_id(self, kind: str) -> str:
        """A sortable id, `<kind>_<26 characters>`: 48 bits of milliseconds, then 80 random bits (the ULID layout)."""
        return f"{kind}_{_stamp(self._milliseconds())}{crockford(self.token(16))}"

    def _milliseconds(self) -> int:
        return int(time.time() * 1000)


class FrozenWorld(World):
    """A world under the control of a test: its clock moves only when told to, its chance comes from a seed."""

    def __init__(self, now: datetime, *, seed: int = 0) -> None:
        """Start at the aware instant `now`."""
        self._now = now
        self._elapsed_s = 0.0
        self._chance = random.Random(seed)

    def now(self) -> datetime:
        return self._now + timedelta(seconds=self._elapsed_s)

    def _milliseconds(self) -> int:
        return int(self.now().timestamp() * 1000)

    def monotonic(self) -> float:
        return self._elapsed_s

    async def sleep(self, wait_s: float) -> None:
        self.advance(wait_s)
        await asyncio.sleep(0)

    def random(self) -> float:
        return self._chance.random()

    def token(self, size_bytes: int) -> bytes:
        return self._chance.randbytes(size_bytes)

    def advance(self, wait_s: float) -> None:
        """Move the clock forward by `wait_s` seconds."""
        self._elapsed_s += wait_s
