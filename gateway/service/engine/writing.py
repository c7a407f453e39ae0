"""An operation's row while one process has it: what is known waits, and becomes durable in one group."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from msgspec.structs import replace
from tenacity import AsyncRetrying, retry_if_exception, wait_exponential

from gateway.journal.changes import Change, Move, Open
from gateway.journal.errors import JournalUnavailable, Stale
from gateway.journal.records import OperationRecord
from gateway.model.states import OperationState
from gateway.service.engine import conclude
from gateway.service.parts import Parts

T = TypeVar("T")
AGAIN_AFTER_S, AGAIN_AFTER_MAX_S = 0.05, 2.0


class Written:
    """The row, the state the journal has of it, and the changes that wait for the next write."""

    def __init__(self, parts: Parts, op: OperationRecord, *, opened: bool) -> None:
        """Take the row; `opened` says whether the journal has it already."""
        self._parts = parts
        self._stored: OperationState | None = op.state if opened else None
        self._waiting: list[Change] = []
        self._recorded = op
        self.op = op

    @property
    def is_recorded(self) -> bool:
        """Whether the journal knows this operation."""
        return self._stored is not None

    @property
    def recorded(self) -> OperationRecord:
        """The row as the journal has it, whatever is known beyond that."""
        return self._recorded

    def _row(self) -> OperationRecord:
        return replace(self.op, state=self._stored or OperationState.created, updated_at=self._parts.world.now())

    def _leased(self, state: OperationState, **more: Any) -> OperationRecord:
        now = self._parts.world.now()
        lease_until = now + timedelta(seconds=self._parts.policy.lease_s)
        owner = self._parts.owner
        return replace(self.op, state=state, updated_at=now, lease_owner=owner, lease_until=lease_until, **more)

    def _moved(self, changes: Sequence[Change]) -> list[Change]:
        """The changes with each move going on from the one before: the first of all opens the operation."""
        moved: list[Change] = []
        before = self._stored
        for change in changes:
            if not isinstance(change, Move):
                moved.append(change)
                continue
            self.op = change.record
            moved += [Open(self.op)] if before is None else conclude.moved(self.op, before)
            before = self.op.state
        return moved

    def _group(self, changes: Sequence[Change]) -> list[Change]:
        """These changes and what waited. The operation's own row comes first: its guards decide about all the rest."""
        return sorted([*self._moved(changes), *self._waiting], key=lambda change: not isinstance(change, Open | Move))

    def written(self) -> None:
        """The changes given out last are durable."""
        self._waiting = []
        self._stored = self.op.state
        self._recorded = self.op

    def must_still_be_ours(self) -> None:
        """Raises Stale when it was written too late: another worker may have taken over, and nothing has left yet."""
        if self.op.lease_until is None or self._parts.world.now() >= self.op.lease_until:
            raise Stale(f"{self.op.operation_id} was not sent: its lease had ended")

    async def _write(self, *changes: Change) -> None:
        group = self._group(changes)
        await self._while_ours(lambda: self._parts.journal.write(*group))
        self.written()

    async def _while_ours(self, work: Callable[[], Awaitable[T]]) -> T:
        """What has left this host must be recorded: while the journal fails, keep trying as long as the lease is ours.

        That lease is the one the journal has: a row that is about to end holds none any more.
        """

        async def done() -> T:  # tenacity awaits coroutine functions only, and `work` may be a lambda
            return await work()

        try:
            return await done()
        except JournalUnavailable as down:
            if not self._must_be_recorded(down):
                raise
        again = AsyncRetrying(
            retry=retry_if_exception(self._must_be_recorded),
            wait=wait_exponential(AGAIN_AFTER_S, max=AGAIN_AFTER_MAX_S),
            sleep=self._parts.world.sleep,
            reraise=True,
        )
        return await again(done)

    def _must_be_recorded(self, failure: BaseException) -> bool:
        """Whether what failed is done again: the carrier may have been told, and nobody else records it yet."""
        now = self._parts.world.now()
        is_ours = now < (self._recorded.lease_until or now)
        return isinstance(failure, JournalUnavailable) and self._stored is OperationState.sending and is_ours
