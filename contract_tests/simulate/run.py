"""One seed from its first call to the verdict: trouble, calm, the past-the-horizon wait, and what must then hold."""

import asyncio
import base64
import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct

from contract_tests.checker.batches import waits_for_a_person
from contract_tests.checker.history import Callback, History, Rows
from contract_tests.checker.invariants import violations
from contract_tests.checker.invariants.ends import RECOVERED, REPLAYED
from contract_tests.mock.callbacks import Delivery
from contract_tests.simulate.clients import Clients
from contract_tests.simulate.cluster import REAL, Cluster, Parts
from contract_tests.simulate.journal import Store
from contract_tests.simulate.loop import VirtualLoop, outside
from contract_tests.simulate.market import Market
from contract_tests.simulate.plan import draw
from contract_tests.simulate.points import Points
from contract_tests.simulate.shared import KEY, shared
from contract_tests.simulate.trace import Trace
from gateway.journal.protocol import LIVE_STATES
from gateway.journal.vault import RawMessage, vault_from_text
from gateway.service.engine.flow import BATCH

CALM_AT_S = 170.0
CALM_EVERY_S, CALM_GROWTH, CALM_STEP_S_MAX = 15.0, 1.5, 1800.0
PAST_HORIZON_S = 240.0
RECOVERY_S = 120.0


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one seed. `surprises` are errors that should not escape: they count as violations."""

    seed: int
    violations: tuple[str, ...]
    digest: str
    sums: dict[str, dict[str, int]]
    virtual_s: float
    lines: tuple[str, ...] = ()


class Run:
    """One simulated run."""

    def __init__(self, seed: int, root: Path, parts: Parts = REAL, *, keep: bool = False) -> None:
        self.plan = draw(seed)
        self.chance = Random(f"run {seed}")
        self.loop = VirtualLoop(self.chance)  # type: ignore[abstract]  # it has neither sockets nor signals
        self.trace = Trace(self.loop.time, keep=keep)
        self.points = Points(self.loop, self.trace)
        self.store = Store(self.loop, self.chance, self.points, self.trace)
        self.shared = shared(root)
        self.market = Market(self.loop, self.chance, self.plan, self.shared, self.points, self.trace)
        self.cluster = Cluster(
            self.loop, self.chance, self.plan, self.shared, self.store, self.market, self.points, self.trace, parts
        )
        self.clients = Clients(self.loop, self.cluster, self.trace)
        self.steady: list[tuple[str, str, str]] = []

    def outcome(self) -> Outcome:
        """Run it, and judge it."""
        surprises: list[str] = []
        with _listening(surprises):
            try:
                self.loop.run_until_complete(self._all())
            finally:
                for process in self.cluster.all:
                    process.bury()
            found = [str(each) for each in violations(self._history())]
        found += [f"surprise: {each}" for each in (*surprises, *self.clients.surprises, *self.loop.complaints)]
        found += [f"mock: {error}" for mock in self.market.mocks.values() for error in mock.errors()]
        self.trace.note("verdict", f"{len(found)} violations")
        return Outcome(
            seed=self.plan.seed,
            violations=tuple(found),
            digest=self.trace.digest(),
            sums=self._sums(),
            virtual_s=self.loop.time(),
            lines=tuple(self.trace.lines),
        )

    async def _all(self) -> None:
        await self.market.begin()
        await self.cluster.begin()
        for place, at, for_s in self.plan.pauses:
            outside(self.loop, self.cluster.pause(place, at, for_s))
        for at, for_s in self.plan.outages:
            outside(self.loop, self._outage(at, for_s))
        await self.clients.all(self.plan.orders, self.plan.batches)
        await self._calm()
        await self._settle()
        await self._repeat_all()
        await self._settle()
        await self._callbacks_again()
        await self._recover_again()
        await self._repeat_all()

    async def _repeat_all(self) -> None:
        """Every key once more: its answer is the one it had, or the one it gets now."""
        for intent in self.clients.intents:
            await self.clients.call(intent)

    async def _outage(self, at: float, for_s: float) -> None:
        await asyncio.sleep(at)
        self.trace.note("outage", "journal", f"for {for_s:.1f} s")
        self.store.down_until = self.loop.time() + for_s

    async def _calm(self) -> None:
        """Faults stop: whoever has not vanished as its fate says does so now; then all are well."""
        await asyncio.sleep(max(0.0, CALM_AT_S - self.loop.time()))
        self.cluster.is_calm = True
        if not self.points.crashes:
            self.points.crash(self.cluster.anyone().process, "anywhere")
        self.points.fates.clear()
        self.store.is_calm = True
        self.store.down_until = 0.0
        await self.market.calm()
        self.trace.note("calm", "everyone")
        await asyncio.sleep(20.0)

    async def _settle(self) -> None:
        """Until nothing is live any more, looking less and less often; then past every horizon."""
        step_s, until = CALM_EVERY_S, self.loop.time() + self.cluster.parts.calm_max_s
        while self.loop.time() < until and await self._is_busy():
            self.cluster.slow_down(min(step_s / 5, 60.0))
            await asyncio.sleep(step_s)
            step_s = min(step_s * CALM_GROWTH, CALM_STEP_S_MAX)
        self.cluster.slow_down(60.0)
        await asyncio.sleep(PAST_HORIZON_S)

    async def _is_busy(self) -> bool:
        rows = self.store.rows._tables.operations  # noqa: SLF001 - the rows themselves, in one go
        states = {each.operation_id: each.state.value for each in rows.values()}
        live = (each for each in rows.values() if each.state in LIVE_STATES)
        busy = any(each.operation != BATCH or not waits_for_a_person(each, states) for each in live)
        return busy or bool(await self.store.rows.waiting_inbound(1))

    async def _callbacks_again(self) -> None:
        """Every genuine callback once more, in another order, and a forgery of each: nothing may change."""
        before = self._digest()
        sent = [each for each in self._deliveries() if not each.forged and each.attempts]
        self.chance.shuffle(sent)
        for delivery in sent:
            dispatcher = self.market.mocks[_channel_of(self.market, delivery)].dispatcher
            await dispatcher.forge(delivery, {})
            await dispatcher.attempt(delivery)
        if sent:
            await asyncio.sleep(RECOVERY_S)
        self.steady.append((REPLAYED, before, self._digest()))

    async def _recover_again(self) -> None:
        """Two more crashes and recoveries without any fault: nothing may change, and nothing is sent."""
        before = f"{self._digest()} {len(self.market.arrivals())}"
        for _ in range(2):
            self.cluster.crash_all()
            await asyncio.sleep(RECOVERY_S)
        self.steady.append((RECOVERED, before, f"{self._digest()} {len(self.market.arrivals())}"))

    def _digest(self) -> str:
        """Everything of the journal that callers can see."""
        tables = self.store.rows._tables  # noqa: SLF001 - the rows themselves, in one go
        rows = (
            sorted((row.operation_id, row.state, row.answer) for row in tables.operations.values()),
            sorted((row.kind, row.object_id, row.version, row.data) for row in tables.objects.values()),
            sorted((row.channel, row.no, row.object_id) for row in tables.numbers.values()),
        )
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    def _deliveries(self) -> list[Delivery]:
        return [each for mock in self.market.mocks.values() for each in mock.dispatcher.deliveries]

    def _history(self) -> History:
        return History(
            calls=tuple(self.clients.calls),
            effects=self.market.effects(),
            rows=self._rows(),
            seen=tuple(sorted((*self.store.seen, *self.clients.seen), key=lambda seen: seen.at)),
            arrivals=self.market.arrivals(),
            callbacks=tuple(
                _callback(channel, delivery, attempt)
                for channel, mock in self.market.mocks.items()
                for delivery in mock.dispatcher.deliveries
                for attempt in delivery.attempts
                if "status" in attempt
            ),
            terms=self.shared.terms,
            steady=tuple(self.steady),
        )

    def _rows(self) -> Rows:
        tables = self.store.rows._tables  # noqa: SLF001
        vault = vault_from_text(KEY)

        def opened(sealed: bytes, owner: str) -> RawMessage:
            return RawMessage.unpack(vault.open(sealed, owner))

        digests = {}
        for row in tables.messages.values():
            if row.direction == "request":
                digests[row.owner_id] = hashlib.sha256(opened(row.sealed, row.owner_id).body).hexdigest()
        for kept in tables.inbound.values():
            raw = opened(kept.sealed, kept.inbound_id)
            digests[kept.inbound_id] = _digest_of(raw.headers, raw.body)
        return Rows(
            operations=tuple(tables.operations.values()),
            attempts=tuple(tables.attempts.values()),
            objects=tuple(tables.objects.values()),
            inbound=tuple(tables.inbound.values()),
            notes=tuple(tables.notes.values()),
            durable_at=self.store.durable_at,
            digests=digests,
        )

    def _sums(self) -> dict[str, dict[str, int]]:
        tables = self.store.rows._tables  # noqa: SLF001
        attempts = list(tables.attempts.values())
        first = {row.operation_id: row.attempt_id for row in reversed(attempts) if row.purpose == "effect"}
        resent = [row for row in attempts if row.purpose == "effect" and first[row.operation_id] != row.attempt_id]
        rungs = Counter(f"noted: {row.kind}" for row in tables.notes.values())
        rungs["asked"] = sum(row.purpose == "inquiry" for row in attempts)
        rungs["sent again"] = len(resent)
        undone = {row.operation_id for row in tables.notes.values() if row.kind == "proven_not_executed"}
        asked = {(row.operation_id, row.channel) for row in attempts if row.purpose == "effect"}
        channels = Counter(operation_id for operation_id, _ in asked)
        rungs["went elsewhere"] = sum(channels[each] > 1 for each in undone)
        counts: dict[str, Counter[str]] = {
            "operations": Counter(row.operation for row in tables.operations.values()),
            "states": Counter(row.state.value for row in tables.operations.values()),
            "outcomes": Counter(str(row.outcome) for row in attempts),
            "crashes": self.points.crashes,
            "faults": self.market.count_faults() + self.store.met,
            "callers": self.clients.met,
            "callbacks": Counter(row.state for row in tables.inbound.values()) + self.market.count_callbacks(),
            "rungs": rungs,
            "effects": Counter(f"{each.channel.partition('_')[0]} {each.kind}" for each in self.market.effects()),
        }
        return {name: dict(sorted(count.items())) for name, count in counts.items()}


def _channel_of(market: Market, delivery: Delivery) -> str:
    return next(channel for channel, mock in market.mocks.items() if delivery.world is mock.world())


def _callback(channel: str, delivery: Delivery, attempt: Mapping[str, Any]) -> Callback:
    digest = _digest_of(attempt["headers"].items(), base64.b64decode(attempt["body"]))
    request_no, word = _said(delivery)
    return Callback(channel=channel, digest=digest, genuine=not delivery.forged, request_no=request_no, word=word)


def _said(delivery: Delivery) -> tuple[str | None, str]:
    """What a callback of these carriers says, read off the carrier's own message."""
    said = delivery.said
    if delivery.name == "policy_issued":
        words = {"1": "accepted", "3": "declined"}
        return said["body"]["origRequestNo"], words.get(said["body"]["transStatus"], "")
    words = {"POLICY_ISSUED": "accepted", "POLICY_DECLINED": "declined"}
    return said["data"]["partnerOrderId"], words.get(said["eventType"], "")


def _digest_of(headers: Iterable[tuple[str, str]], body: bytes) -> str:
    """The digest of a callback: its signature may stand in a header."""
    return hashlib.sha256(repr(sorted(headers)).encode() + body).hexdigest()


class _listening(logging.Handler):  # noqa: N801 - used as a context
    """Collects what the gateway logs as errors: nothing of this should happen."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found
        self._logger = logging.getLogger("insurehub")

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(record.getMessage())

    def __enter__(self) -> None:
        self._propagate, self._logger.propagate = self._logger.propagate, False
        self._logger.addHandler(self)

    def __exit__(self, *_: object) -> None:
        self._logger.propagate = self._propagate
        self._logger.removeHandler(self)
