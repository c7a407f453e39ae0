"""A process's view of the journal that all processes share: calls take time, groups may be lost, outages happen."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from contract_tests.checker.history import Seen
from contract_tests.simulate.loop import VirtualLoop
from contract_tests.simulate.points import Points
from contract_tests.simulate.process import ROLE
from contract_tests.simulate.trace import Trace
from contract_tests.simulate.world import BEGINS_AT
from gateway.journal.changes import Change, Move, Open, StartAttempt
from gateway.journal.errors import JournalError, JournalUnavailable
from gateway.journal.memory import MemoryJournal
from gateway.journal.records import OperationRecord
from gateway.model.states import TERMINAL

QUICK_SHARE = 0.8
WAIT_S_MAX = 0.03
STALL_SHARE, STALL_S_MAX = 0.01, 3.0


class Store:
    """The one durable journal of a run, with what was committed to it and when."""

    def __init__(self, loop: VirtualLoop, chance: Random, points: Points, trace: Trace) -> None:
        self.rows = MemoryJournal()
        self.loop, self.chance, self.points, self.trace = loop, chance, points, trace
        self.seen: list[Seen] = []
        self.durable_at: dict[str, float] = {}
        self.down_until = 0.0
        self.is_calm = False
        self.met: Counter[str] = Counter()

    def wait_s(self) -> float:
        """How long a call takes: mostly nothing, sometimes long."""
        chance = self.chance.random()
        if self.is_calm or chance < QUICK_SHARE:
            return 0.0
        if chance > 1 - STALL_SHARE:
            self.met["journal stalls"] += 1
            return self.chance.random() * STALL_S_MAX
        return self.chance.random() * WAIT_S_MAX

    def must_be_up(self) -> None:
        """Raises JournalUnavailable during an outage; nothing was written then."""
        if self.loop.time() < self.down_until:
            self.met["journal outage"] += 1
            raise JournalUnavailable("the journal is not reachable")

    async def commit(self, who: str, changes: tuple[Change, ...]) -> None:
        """Write a group, and note what it did."""
        try:
            await self.rows.write(*changes)
        except JournalError as refused:
            self.trace.note("refused", who, f"{type(refused).__name__}: {_told(changes)}")
            raise
        self.trace.note("commit", who, _told(changes))
        now = self.loop.time()
        for change in changes:
            if isinstance(change, Open | Move):
                record = change.record
                self.seen.append(Seen(at=now, operation_id=record.operation_id, state=record.state, complete=True))
            elif isinstance(change, StartAttempt):
                self.durable_at[change.record.attempt_id] = now


class ProcessJournal:
    """What a gateway gets as its journal: `gateway.journal.protocol.Journal`, with a crash point at every await."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name

    async def start(self) -> None:
        """The store is open already."""

    async def close(self) -> None:
        """The store outlives every process."""

    async def clock(self) -> datetime:
        """What is right: the clock that carriers and callers go by."""
        store = self._store
        await store.points.reach("journal-read", wait_s=store.wait_s())
        return BEGINS_AT + timedelta(seconds=store.loop.time())

    async def write(self, *changes: Change) -> None:
        """Write a group; a process may vanish before it is durable, and after, before it knows."""
        store = self._store
        await store.points.reach("journal-not-written", wait_s=store.wait_s())
        store.must_be_up()
        await self._commit(changes)
        await store.points.reach(_behind(changes), wait_s=store.wait_s())

    async def _commit(self, changes: tuple[Change, ...]) -> None:
        """Hand a group to the store."""
        await self._store.commit(self._name, changes)

    async def claim_due(self, now: datetime, owner: str, lease_until: datetime, limit: int) -> list[OperationRecord]:
        """Claim what is due; a process that vanishes now holds leases it knows nothing of."""
        store = self._store
        await store.points.reach("journal-not-written", wait_s=store.wait_s())
        store.must_be_up()
        claimed = await store.rows.claim_due(now, owner, lease_until, limit)
        if claimed:
            store.trace.note("claim", self._name, " ".join(f"{each.operation_id}={each.state}" for each in claimed))
        await store.points.reach("claimed", wait_s=store.wait_s())
        return claimed

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        """Every other method reads."""
        read = getattr(self._store.rows, name)

        async def reading(*given: Any, **named: Any) -> Any:
            store = self._store
            await store.points.reach("journal-read", wait_s=store.wait_s())
            if ROLE.get() != "worker":
                store.must_be_up()
            return await read(*given, **named)

        setattr(self, name, reading)  # found at once from now on
        return reading


def _behind(changes: tuple[Change, ...]) -> str:
    """Which point lies behind a group that is durable."""
    if any(isinstance(change, StartAttempt) for change in changes):
        return "after-journal-before-send"
    ended = any(isinstance(change, Move) and change.record.state in TERMINAL for change in changes)
    return "after-journal-before-answer" if ended else "journal-written"


def _told(changes: tuple[Change, ...]) -> str:
    words = []
    for change in changes:
        record: Any = change.record
        match change:
            case Open():
                words.append(f"open {record.operation_id} {record.operation} {record.idem_key} {record.state}")
            case Move():
                words.append(f"{record.operation_id} {change.from_state}>{record.state} fence={record.fence}")
            case StartAttempt():
                words.append(f"attempt {record.attempt_id} {record.purpose} {record.channel} {record.request_no[:8]}")
            case _:
                words.append(type(change).__name__.lower())
    return "; ".join(words)
