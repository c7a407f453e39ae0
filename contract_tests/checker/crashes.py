"""Crash points: the gateway's real journal and transport, wrapped so that a process can die at a named place.

A process that is armed for a point kills its whole group, by SIGKILL, the next time it comes there.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from gateway.journal.changes import Change, EndAttempt, Move, Open, Receive, StartAttempt
from gateway.journal.protocol import Journal
from gateway.journal.records import OperationRecord
from gateway.model.states import TERMINAL, OperationState

JOURNAL_SEND = "after-journal-before-send"
SEND_REPLY = "after-send-before-reply"
REPLY_JOURNAL = "after-reply-before-journal"
JOURNAL_ANSWER = "after-journal-before-answer"
MID_CALLBACK = "mid-callback"
MID_RECOVERY = "mid-recovery"
POINTS = (JOURNAL_SEND, SEND_REPLY, REPLY_JOURNAL, JOURNAL_ANSWER, MID_CALLBACK, MID_RECOVERY)
SENT_WITHIN_S = 0.3


class Trap:
    """What a process is armed for, and how it dies."""

    def __init__(self, hits: Path, die: Callable[[], None] | None = None) -> None:
        """`hits` is the file a point's name is written to before the process dies there."""
        self._hits, self._armed = hits, ""
        self._die = die or (lambda: os.kill(0, signal.SIGKILL))

    def arm(self, point: str) -> None:
        """Die at this point the next time it is reached."""
        self._armed = point

    def is_armed(self, point: str) -> bool:
        """Whether the next step past this point is the last."""
        return self._armed == point

    def at(self, point: str) -> None:
        """The process is at this point now."""
        if self._armed != point:
            return
        self._armed = ""
        with self._hits.open("a", encoding="ascii") as file:
            file.write(point + "\n")
        self._die()


class CrashingJournal:
    """A journal with crash points around what it writes; everything else is the real one's."""

    def __init__(self, inner: Journal, trap: Trap, ahead_s: Callable[[], float] = lambda: 0.0) -> None:
        """Wrap a journal that is not yet open; its clock is ahead as everybody's is."""
        self._inner, self._trap, self._ahead_s = inner, trap, ahead_s

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def write(self, *changes: Change) -> None:
        """Write, and perhaps die before or after."""
        if any(isinstance(change, EndAttempt) for change in changes):
            self._trap.at(REPLY_JOURNAL)
        await self._inner.write(*changes)
        for change in changes:
            if isinstance(change, StartAttempt) and change.record.ended_at is None:
                self._trap.at(JOURNAL_SEND)
            elif isinstance(change, Receive):
                self._trap.at(MID_CALLBACK)
            elif isinstance(change, Open | Move) and change.record.state in TERMINAL:
                self._trap.at(JOURNAL_ANSWER)

    async def clock(self) -> datetime | None:
        """What the database shows, put forward with the rest of the world."""
        shown = await self._inner.clock()
        return shown and shown + timedelta(seconds=self._ahead_s())

    async def claim_due(self, now: datetime, owner: str, lease_until: datetime, limit: int) -> list[OperationRecord]:
        """Claim, and perhaps die with what a crash had left in hand."""
        claimed = await self._inner.claim_due(now, owner, lease_until, limit)
        if any(op.state in (OperationState.sending, OperationState.resolving) for op in claimed):
            self._trap.at(MID_RECOVERY)
        return claimed


class CrashingTransport(httpx.AsyncBaseTransport):
    """A transport whose process dies while a carrier has the request and nobody here has read the reply."""

    def __init__(self, inner: httpx.AsyncBaseTransport, trap: Trap) -> None:
        """Wrap the transport."""
        self._inner, self._trap = inner, trap

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; an armed process dies when the reply has come to this host, or a while after sending."""
        if not (self._trap.is_armed(SEND_REPLY) and request.extensions.get("fresh_connection", True)):
            return await self._inner.handle_async_request(request)
        sending = asyncio.ensure_future(self._inner.handle_async_request(request))
        await asyncio.wait({sending}, timeout=SENT_WITHIN_S)
        self._trap.at(SEND_REPLY)
        return await sending

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()
