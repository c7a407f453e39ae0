"""Whether new operations can be taken: the journal is read, and something small is written to it now and then.

A journal that can be read says nothing of its writes: a full disk, a database that has become a read-only standby. An
operation that cannot be recorded is refused, so a gateway that cannot write must not be sent any.
"""

import asyncio

from gateway.journal.errors import JournalUnavailable
from gateway.service.parts import Parts

TRIES_EVERY_S = 3.0
"""How long an answer is believed: whoever asks more often costs no more writes."""


class Readiness:
    """What is known of the journal's writes; it is found out when somebody asks, and recovers by being asked again."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts; nothing is known yet."""
        self._parts = parts
        self._turn = asyncio.Lock()
        self._tried_at_s = float("-inf")
        self._why: str | None = None

    async def must_write(self) -> None:
        """Raises JournalUnavailable, with the reason, when the last try failed."""
        async with self._turn:
            now_s = self._parts.world.monotonic()
            if now_s - self._tried_at_s >= TRIES_EVERY_S:
                self._why = await self._try()
                self._tried_at_s = now_s
        if self._why is not None:
            raise JournalUnavailable(self._why)

    async def _try(self) -> str | None:
        try:
            await self._parts.journal.clients()
            await self._parts.journal.try_writing(self._parts.world.now())
        except JournalUnavailable as down:
            return str(down)
        return None
