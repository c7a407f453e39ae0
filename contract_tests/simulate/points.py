"""The moments at which a process may vanish: every await on the journal, the transport and sleep passes here."""

import asyncio
import types
from collections import Counter
from collections.abc import Generator
from typing import cast

from msgspec import Struct

from contract_tests.simulate.loop import HOST, VirtualLoop
from contract_tests.simulate.process import ROLE, Process, ProcessGone
from contract_tests.simulate.trace import Trace

KINDS = (
    "journal-not-written",
    "after-journal-before-send",
    "after-send-before-reply",
    "after-reply-before-journal",
    "after-journal-before-answer",
    "mid-callback",
    "mid-recovery",
    "asleep",
    "anywhere",
)
"""Crash points by name. `journal-not-written`: a group was handed over and is lost; `anywhere`: at a moment of time."""


class Fate(Struct):
    """How a process ends: at the `left`-th time that it passes a point of this kind."""

    kind: str
    left: int


class Points:
    """Where all processes of a run pass; knows their fates, and counts how they ended."""

    def __init__(self, loop: VirtualLoop, trace: Trace) -> None:
        self._loop, self._trace = loop, trace
        self.fates: dict[Process, Fate] = {}
        self.passed: Counter[str] = Counter()
        self.crashes: Counter[str] = Counter()

    async def reach(self, kind: str, *, wait_s: float = 0.0) -> None:
        """Pass a point, after waiting; a process whose fate it is does not get further."""
        await (asyncio.sleep(wait_s) if wait_s > 0 else _step_back())
        process = cast("Process | None", HOST.get())
        if process is None:
            return
        if process.gone:
            raise ProcessGone(process.name)
        self.passed[kind] += 1
        fate = self.fates.get(process)
        if fate is not None and fate.kind in (kind, _room(kind)):
            fate.left -= 1
            if fate.left <= 0:
                self.crash(process, fate.kind)
                await self._loop.create_future()  # nobody will ever wake it

    def crash(self, process: Process, kind: str) -> None:
        """Make a process vanish."""
        if process.gone:
            return
        self.crashes[kind] += 1
        self.fates.pop(process, None)
        self._trace.note("crash", process.name, kind)
        process.vanish()


@types.coroutine
def _step_back() -> Generator[None, None, None]:
    """Let others run: the shortest of all waits."""
    yield


def _room(kind: str) -> str:
    """The wider name of a point: what happens at the journal while a callback or recovery is under way."""
    role = ROLE.get()
    if kind == "asleep" or role == "call":
        return kind
    return "mid-callback" if role == "callback" else "mid-recovery"
