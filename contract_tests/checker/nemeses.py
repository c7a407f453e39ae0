"""What is done to the gateways and their database while clients trade; each nemesis ends with at least one kill."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from contract_tests.checker import crashes
from contract_tests.checker.faults import WRITES
from contract_tests.checker.fleet import Served
from contract_tests.checker.orders import CHANNELS, FREIGHT, OFFERS, claim
from contract_tests.checker.stage import Stage
from contract_tests.checker.stores import PostgresStore, SqliteStore

POINT_WITHIN_S = 2.5
CALLED_WITHIN_S = 1.5
RECOVERY_WITHIN_S = 4.0
LOCKED_S = 2.6
PAGES_LEFT = 30
IN_FLIGHT_WITHIN_S = 3.0
CONNECTIONS_FEW, ORDERS_AT_ONCE = 1, 2
HANG = {"fault": "commit_then_hang", "with": {"seconds": 5}, "operation": list(WRITES)}

WRONG_CLOCK, UNREACHABLE = "clock wrong by minutes", "carrier cannot be reached"
ALL_IN_USE = "connections all in use"
WRONG_BY_S = (120.0, 900.0)
REPORTS_TO, REPORTS_MAX, READS = "aurora_main", 4, 3
"""A carrier that is told of claims, and asked after policies."""

SHARES: Mapping[str, int] = {
    "random kill": 6, "parent only": 3, UNREACHABLE: 2, ALL_IN_USE: 2, "stopped beyond its lease": 3,
    crashes.MID_RECOVERY: 6,
    **{point: 4 for point in crashes.POINTS if point != crashes.MID_RECOVERY},
}  # fmt: skip
OF_STORE: Mapping[str, Mapping[str, int]] = {
    "sqlite": {"database locked": 2, "database full": 2},
    "postgres": {"database restarted": 2, "connections cut": 3, WRONG_CLOCK: 3},
}
CALLBACKS: Mapping[str, str] = {
    "callbacks held, then sent in reverse": "callbacks/reorder",
    "callbacks held, then sent late": "callbacks/release",
    "callbacks sent again": "callbacks/duplicate",
    "callbacks forged": "callbacks/forge",
}
"""What is done to callbacks, and the carriers' verb for it: they count it when there was a callback to do it to."""


def deck(db: str, chance: random.Random) -> list[str]:
    """One round of nemeses in an order of chance, each of them once before any comes again; the last is taken first."""
    shares = {**SHARES, **OF_STORE[db]}
    once, again = list(shares), [name for name, count in shares.items() for _ in range(count - 1)]
    chance.shuffle(once)
    chance.shuffle(again)
    return again + once


class Nemesis:
    """The one who does it, and keeps count."""

    def __init__(self, stage: Stage, chance: random.Random, replicas: int) -> None:
        """`replicas` gateways serve at a time."""
        self._stage, self._chance, self._replicas = stage, chance, replicas
        self.done: Counter[str] = Counter()
        self.kills = self.kills_in_flight = 0
        self._acts: Mapping[str, Callable[[], Awaitable[None]]] = {
            "random kill": self._random,
            "parent only": self._parent,
            "stopped beyond its lease": self._stop,
            "database locked": self._locked,
            "database full": self._full,
            "database restarted": self._restarted,
            "connections cut": self._cut,
            WRONG_CLOCK: self._wrong_clock,
            UNREACHABLE: self._unreachable,
            ALL_IN_USE: self._all_in_use,
            **{point: self._at(point) for point in crashes.POINTS},
        }

    async def strike(self, name: str) -> None:
        """Do one, then see that as many gateways serve as before."""
        callbacks = asyncio.create_task(self._callbacks())
        await self._acts[name]()
        self.done[name] += 1
        await callbacks
        await self.restore()

    async def restore(self) -> None:
        """Start what is missing; the next one imports meanwhile."""
        fleet = self._stage.fleet
        for served in [each for each in fleet.up if each.has_ended]:
            await fleet.kill(served)
        while len(fleet.up) < self._replicas:
            await fleet.start()
        fleet.warm(self._replicas)

    # -- kills --------------------------------------------------------------------------------------------------

    async def _kill(self, served: Served) -> None:
        """SIGKILL to the whole group, while it is at an order."""
        await self._until_in_flight(served)
        self._count(inside=self._stage.clients.in_flight(served.url) > 0)
        await self._stage.fleet.kill(served)

    def _count(self, *, inside: bool) -> None:
        """`inside`: the process died in the middle of an operation, whoever still waits for it."""
        self.kills += 1
        self.kills_in_flight += inside

    async def _until_in_flight(self, served: Served) -> None:
        """Until this very gateway is at an order; one that gets none is killed all the same, and not counted so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(IN_FLIGHT_WITHIN_S):
                while not self._stage.clients.in_flight(served.url):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.005)

    def _one(self) -> Served:
        return self._chance.choice(self._stage.fleet.up)

    async def _random(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.5, 1.3))
        served = self._one()
        if self._replicas > 1 and self._chance.random() < 0.3:
            for other in [each for each in self._stage.fleet.up if each is not served]:
                await self._kill(other)
                return await self._stage.fleet.kill(served)
        return await self._kill(served)

    def _at(self, point: str) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            within_s = RECOVERY_WITHIN_S if point == crashes.MID_RECOVERY else POINT_WITHIN_S
            if point != crashes.MID_RECOVERY:
                await asyncio.sleep(self._chance.uniform(0.3, 0.8))
            before = self._stage.fleet.hits()[point]
            # Callbacks come to the first that is up.
            served = self._stage.fleet.up[0] if point == crashes.MID_CALLBACK else self._one()
            served.say(f"arm {point}")
            if point == crashes.MID_CALLBACK and not await served.ended(CALLED_WITHIN_S):
                for channel in CHANNELS:
                    await self._stage.carriers.again("duplicate", channel)
            if not await served.ended(within_s):
                return await self._kill(served)
            # It has killed itself where it was told to: that is the kill.
            if self._stage.fleet.hits()[point] > before:
                self._count(inside=True)
            return await self._stage.fleet.kill(served)

        return act

    async def _parent(self) -> None:
        """The worker goes on beside its successor: two writers, until it is killed too."""
        worker = self._one()
        worker.kill_parent()
        await worker.ended(5.0)
        await self._stage.fleet.start()
        await asyncio.sleep(self._chance.uniform(0.5, 1.0))
        await self._kill(worker)

    async def _stop(self) -> None:
        """A process that sleeps longer than its lease wakes up while another does its work."""
        if len(self._stage.fleet.up) < 2:
            await self._stage.fleet.start()
        served = self._one()
        await self._until_in_flight(served)
        served.signal(signal.SIGSTOP)
        self._stage.fleet.lose(served)
        await asyncio.sleep(self._chance.uniform(2.2, 2.8))
        served.signal(signal.SIGCONT)
        self._stage.fleet.up.append(served)
        await asyncio.sleep(0.4)
        await self._kill(served)

    async def _unreachable(self) -> None:
        """While an insurer's host refuses, claims are reported to it and policies read; a gateway dies over them."""
        stage = self._stage
        sold = [each for each in stage.notes.sold_at(REPORTS_TO) if each[0].body["product"] == FREIGHT][-REPORTS_MAX:]
        await stage.carriers.plan(REPORTS_TO, {"fault": "refuse"})
        asking = [stage.clients.read(policy) for _, policy in sold for _ in range(READS)]
        reporting = [stage.clients.buy(claim(intent, policy)) for intent, policy in sold]
        told = asyncio.gather(*asking, *reporting)
        await asyncio.sleep(self._chance.uniform(0.8, 1.2))
        await self._kill(self._one())
        await self.restore()
        await told
        await stage.carriers.plan(REPORTS_TO)

    async def _all_in_use(self) -> None:
        """Carriers hang, and this host has hardly a connection left for the others: what waits too long is not sent."""
        stage = self._stage
        await self._kill(self._one())
        served = await stage.fleet.start("--connections", str(CONNECTIONS_FEW))
        await asyncio.gather(*(stage.carriers.plan(name, HANG) for name in CHANNELS))
        orders = [stage.orders.order(offer, None) for offer in OFFERS for _ in range(ORDERS_AT_ONCE)]
        told = asyncio.gather(*(stage.clients.buy(order) for order in orders))
        await asyncio.sleep(self._chance.uniform(2.0, 2.5))
        await self._kill(served)
        await self.restore()
        await told
        await asyncio.gather(*(stage.carriers.plan(name) for name in CHANNELS))

    # -- the database -------------------------------------------------------------------------------------------

    async def _locked(self) -> None:
        store = self._stage.store
        assert isinstance(store, SqliteStore)
        await store.lock(LOCKED_S)
        await self._random()

    async def _full(self) -> None:
        store = self._stage.store
        assert isinstance(store, SqliteStore)
        await self._kill(self._one())
        served = await self._stage.fleet.start("--pages", str(store.pages() + PAGES_LEFT))
        await asyncio.sleep(self._chance.uniform(0.8, 1.2))
        await self._stage.fleet.kill(served)

    async def _restarted(self) -> None:
        store = self._stage.store
        assert isinstance(store, PostgresStore)
        await store.restart()
        await self._random()

    async def _cut(self) -> None:
        store = self._stage.store
        assert isinstance(store, PostgresStore)
        for _ in range(3):
            await store.cut_connections()
            await asyncio.sleep(0.2)
        await self._random()

    async def _wrong_clock(self) -> None:
        """One of two gateways has the wrong time: it takes the other's work neither too early nor too late."""
        await self._kill(self._one())
        wrong_by_s = self._chance.choice((-1, 1)) * self._chance.uniform(*WRONG_BY_S)
        served = await self._stage.fleet.start(f"--clock-wrong={wrong_by_s:.0f}")
        await asyncio.sleep(self._chance.uniform(1.5, 2.5))
        await self._kill(served)

    # -- callbacks ----------------------------------------------------------------------------------------------

    async def _callbacks(self) -> None:
        """Now and then callbacks come late, in reverse, twice, or from somebody else."""
        carriers = self._stage.carriers
        verb = self._chance.choice([*CALLBACKS.values(), None, None])
        if verb is None:
            return
        what = verb.partition("/")[2]
        if what in ("release", "reorder"):
            await carriers.callbacks("hold")
            await asyncio.sleep(0.8)
            await carriers.callbacks(what)
        else:
            for channel in CHANNELS:
                await carriers.again(what, channel)
