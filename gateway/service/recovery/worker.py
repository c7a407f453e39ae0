"""The background loop: claims what is due from the journal, one rung at a time; nothing waits in memory only."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from gateway.channel import AdapterMissing
from gateway.journal.errors import JournalError, Stale
from gateway.journal.protocol import LIVE_STATES
from gateway.journal.records import OperationRecord
from gateway.journal.vault import VaultError
from gateway.service.cases.quotes import QUOTE, ask_again
from gateway.service.clock import agree
from gateway.service.engine.flow import BATCH
from gateway.service.entrance.batch import begin_again, look
from gateway.service.entrance.batch_row import OrdersUnreadable
from gateway.service.parts import Parts
from gateway.service.recovery import orphan_settling
from gateway.service.recovery.callbacks import Turn, apply_waiting
from gateway.service.recovery.ladder import Rung
from gateway.service.recovery.postponed import postponed
from gateway.service.use_case import UseCase

_log = logging.getLogger("insurehub.worker")


class Worker:
    """Recovers, resolves and polls operations, and applies callbacks that came too early."""

    def __init__(self, parts: Parts, use_cases: Mapping[str, UseCase]) -> None:
        """Take the parts and the use cases by operation name."""
        self._parts = parts
        self._use_cases = use_cases
        self._turn = Turn()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = self._rests = False
        self._looks_ahead_at_s = float("-inf")
        self.can_write = True
        """Whether the journal took the last round's claims: what cannot be claimed cannot be opened either."""

    def start(self) -> None:
        """Start the loop; what a crash left is due at once."""
        self._is_stopping = False
        self._task = asyncio.create_task(self._loop())

    async def stop(self, drain_s: float) -> None:
        """Claim nothing more, and let the rungs under way end; one that takes longer is recovered at the next start."""
        if self._task is not None:
            self._is_stopping = True
            if not self._rests:
                await asyncio.wait([self._task], timeout=drain_s)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _loop(self) -> None:
        while not self._is_stopping:
            try:
                busy = await self.round()
                self.can_write = True
            except JournalError as error:
                self.can_write = False
                _log.warning("the journal did not answer the worker: %s", type(error).__name__)
                busy = 0
            except Exception as error:  # noqa: BLE001 - a loop that ends leaves every unknown operation unknown
                _log.exception("a round of the worker failed", exc_info=_without_values(error))
                busy = 0
            if not busy and not self._is_stopping:
                self._rests = True
                await self._parts.world.sleep(self._parts.policy.worker_every_s)
                self._rests = False

    async def round(self) -> int:
        """Claim a batch and climb one rung with each; gives how many there were."""
        parts = self._parts
        await agree(parts.world, parts.journal)
        await self._look_ahead()
        now = parts.world.now()
        lease_until = now + timedelta(seconds=parts.policy.lease_s)
        claimed = await parts.journal.claim_due(now, parts.owner, lease_until, parts.policy.worker_batch)
        await asyncio.gather(*(self._climb(op) for op in claimed))
        await apply_waiting(parts, self._use_cases, self._turn)
        await orphan_settling.settle(parts, self._use_cases)
        return len(claimed)

    async def _look_ahead(self) -> None:
        """Let the journal make room for what is to come; it has weeks for it, so a failure is only told."""
        now_s = self._parts.world.monotonic()
        if now_s < self._looks_ahead_at_s:
            return
        self._looks_ahead_at_s = now_s + self._parts.policy.look_ahead_every_s
        try:
            await self._parts.journal.look_ahead(self._parts.world.now())
        except JournalError as error:
            _log.warning("%s", error)

    async def _climb(self, op: OperationRecord) -> None:
        try:
            if op.operation == QUOTE:
                await ask_again(self._parts, op)
            elif op.operation == BATCH:
                await look(self._parts, op)
            elif op.channel is None:
                await begin_again(self._parts, self._use_cases[op.operation], op)
            else:
                await Rung(self._parts, self._use_cases[op.operation], op).climb()
        except Stale:
            pass  # a callback or another replica was faster: its word stands
        except (AdapterMissing, VaultError, OrdersUnreadable) as missing:
            # Its adapter, the key of what was sent before, its own record: it goes on once that is there again.
            await self._postpone(op, str(missing))
        except JournalError as error:
            _log.warning("a rung of %s was not recorded: %s", op.operation_id, type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one operation must not stop the others
            _log.exception("a rung of %s failed", op.operation_id, exc_info=_without_values(error))
            await self._postpone(op, f"the gateway failed to resolve it ({type(error).__name__})")

    async def _postpone(self, op: OperationRecord, why: str) -> None:
        """A rung that cannot be taken now is tried again later, while the operation's clock allows it."""
        current = await self._parts.journal.operation(op.operation_id)
        if current is None or current.fence != op.fence or current.state not in LIVE_STATES:
            return
        try:
            await self._parts.journal.write(*await postponed(self._parts, current, why))
        except JournalError:
            _log.warning("%s could not be postponed; its lease will end by itself", op.operation_id)


def _without_values(error: Exception) -> Exception:
    """The type and place of an error, without its text: that may quote a message."""
    masked = RuntimeError(type(error).__name__)
    return masked.with_traceback(error.__traceback__)
