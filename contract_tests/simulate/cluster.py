"""The gateway processes of a run: started, made to vanish, started again on the same journal, paused and resumed."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import cast

import httpx
from msgspec.structs import replace

from contract_tests.simulate.journal import ProcessJournal, Store
from contract_tests.simulate.loop import VirtualLoop, outside
from contract_tests.simulate.market import Market, ProcessTransport
from contract_tests.simulate.plan import Plan
from contract_tests.simulate.points import Fate, Points
from contract_tests.simulate.process import ConnectionLost, Process
from contract_tests.simulate.shared import KEY, Shared
from contract_tests.simulate.trace import Trace
from contract_tests.simulate.world import VirtualWorld
from gateway.app import Gateway
from gateway.errors import HubError
from gateway.journal.protocol import Journal
from gateway.journal.vault import vault_from_text
from gateway.service.clock import CommonClock
from gateway.service.gateway import Service
from gateway.wire.contract import Inbound

RESTART_S_MAX = 15.0
WORKER_EVERY_S = 2.0
CALLBACK_WAIT_S = 10.0
RESTS_S = 86_400.0
CALM_MAX_S = 27 * 3600.0


@dataclass
class Parts:
    """What a run is made of; a planted bug replaces one of the three makers, and need not be waited for to the end."""

    journal: Callable[[Store, Process], Journal]
    transport: Callable[[Market, Process], httpx.AsyncBaseTransport]
    service: Callable[[Gateway], None]
    calm_max_s: float = CALM_MAX_S
    clocks_wrong_by_s: tuple[float, ...] = ()
    """By replica, in turn, where a bug would show in too few of the clocks that a plan draws."""


def _journal(store: Store, process: Process) -> Journal:
    return cast("Journal", ProcessJournal(store, process.name))


def _as_it_is(_: Gateway) -> None:
    """The real service, untouched."""


REAL = Parts(journal=_journal, transport=ProcessTransport, service=_as_it_is)


class Replica:
    """One gateway process: the composition of the product over the simulation's journal, transport and clock."""

    def __init__(self, process: Process, gateway: Gateway) -> None:
        self.process, self.gateway = process, gateway

    @property
    def service(self) -> Service:
        """The standard insurer of this process."""
        return self.gateway.service


class Cluster:
    """The replicas of a run, by place; each place has one process at a time."""

    def __init__(
        self,
        loop: VirtualLoop,
        chance: Random,
        plan: Plan,
        shared: Shared,
        store: Store,
        market: Market,
        points: Points,
        trace: Trace,
        parts: Parts,
    ) -> None:
        self.loop, self.chance, self.plan, self.shared = loop, chance, plan, shared
        self.store, self.market, self.points, self.trace, self.parts = store, market, points, trace, parts
        self.replicas: dict[int, Replica] = {}
        self._listening: set[Process] = set()
        self.all: list[Process] = []
        self.worker_every_s = WORKER_EVERY_S
        self.is_calm = False
        self._fates = {place: deque(fate for at, fate in plan.fates if at == place) for place in range(plan.replicas)}
        market.deliver = self.deliver

    async def begin(self) -> None:
        """Start a process at every place."""
        for place in range(self.plan.replicas):
            await self.start(place)

    async def start(self, place: int) -> None:
        """Compose a gateway on the journal and let it recover."""
        process = Process(self.loop, f"gw{place}.{len(self.all)}")
        wrong = self.parts.clocks_wrong_by_s or self.plan.wrong_clocks
        wrong_by_s = wrong[place % len(wrong)]
        self.store.met["clock wrong by minutes"] += wrong_by_s != 0.0
        self.all.append(process)
        replica = Replica(process, process.run(lambda: self._composed(process, wrong_by_s)))
        process.at_end.append(lambda: self._vanished(place))
        if self._fates[place] and not self.is_calm:
            fate = self._fates[place].popleft()
            self.points.fates[process] = Fate(kind=fate.kind, left=fate.left)
            if fate.kind == "anywhere":
                outside(self.loop, self._ends_at(process, self.chance.random() * 60.0))
        self.trace.note("start", process.name)
        self.replicas[place] = replica
        try:
            await process.call("worker", replica.gateway.start)
        except ConnectionLost:
            return
        self._listening.add(process)  # as its port: only once it has the time, and what it needs

    def _composed(self, process: Process, wrong_by_s: float) -> Gateway:
        gateway = Gateway(
            self.shared.settings,
            self.shared.catalogue,
            world=CommonClock(VirtualWorld(self.loop, self.chance, self.points, wrong_by_s)),
            journal=self.parts.journal(self.store, process),
            transport=self.parts.transport(self.market, process),
            vault=vault_from_text(KEY),
        )
        gateway.parts.owner = process.name
        gateway.parts.policy = replace(gateway.parts.policy, worker_every_s=self.worker_every_s)
        # Nobody subscribes to events, steers channels or edits the catalogue here: who looks for that need not often.
        dispatcher, watch = gateway.service.events.dispatcher, gateway.service.watch
        dispatcher._pace = replace(dispatcher._pace, every_s=RESTS_S, refresh_s=RESTS_S)  # noqa: SLF001
        watch._duties = [replace(duty, every_s=RESTS_S) for duty in watch._duties]  # noqa: SLF001
        self.parts.service(gateway)
        return gateway

    async def _ends_at(self, process: Process, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        self.points.crash(process, "anywhere")

    def _vanished(self, place: int) -> None:
        outside(self.loop, self._again(place))

    async def _again(self, place: int) -> None:
        await asyncio.sleep(0.1 + self.chance.random() * RESTART_S_MAX)
        await self.start(place)

    def crash_all(self) -> None:
        """Make every process vanish."""
        for replica in list(self.replicas.values()):
            self.points.crash(replica.process, "once more, at rest")

    async def pause(self, place: int, at: float, for_s: float) -> None:
        """Let a process stand still for a while."""
        await asyncio.sleep(at)
        process = self.replicas[place].process
        self.trace.note("pause", process.name, f"for {for_s:.0f} s")
        process.pause()
        await asyncio.sleep(for_s)
        if not process.gone:
            self.trace.note("resume", process.name)
            self.store.met["paused beyond its lease"] += 1
            process.resume()

    def slow_down(self, worker_every_s: float) -> None:
        """Let workers look less often: nothing happens any more for hours."""
        self.worker_every_s = worker_every_s
        for replica in self.replicas.values():
            parts = replica.gateway.parts
            parts.policy = replace(parts.policy, worker_every_s=worker_every_s)

    def anyone(self) -> Replica:
        """A process that accepts connections: one that stands still does, and says nothing. Raises ConnectionLost."""
        there = [each for each in self.replicas.values() if not each.process.gone]
        alive = [each for each in there if each.process in self._listening]
        if not alive:
            raise ConnectionLost("nobody listens")
        return alive[int(self.chance.random() * len(alive))]

    async def deliver(
        self, channel: str, name: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Bring a carrier's callback to one of the processes. Raises OSError and TimeoutError as sockets do."""
        await asyncio.sleep(self.market.wait_s())
        inbound = Inbound(
            method="POST", target=f"/callbacks/{channel}/{name}", headers=tuple(headers.items()), body=body
        )
        try:
            replica = self.anyone()
            async with asyncio.timeout(CALLBACK_WAIT_S):
                answer = await replica.process.call(
                    "callback", lambda: replica.service.callback(channel, name, inbound)
                )
        except ConnectionLost:
            raise ConnectionResetError from None
        except HubError as error:
            return error.http_status, {}, b""
        self.trace.note("callback", channel, f"{name} {answer.status}")
        return answer.status, {"content-type": answer.media_type}, answer.body
