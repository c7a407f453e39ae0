"""An operation a worker has claimed, with its channel: what was done of it, and how the carrier is spoken to."""

from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.channel import AdapterMissing, Answer, Channel, Exchange
from gateway.journal.changes import Change, Move
from gateway.journal.records import AttemptRecord, OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import OutcomeKind
from gateway.service.engine import conclude, flow
from gateway.service.engine.attempted import new_attempt
from gateway.service.engine.evidence import earlier_steps
from gateway.service.parts import Parts
from gateway.service.use_case import Target, UseCase
from gateway.wire.contract import Context, Operation, Step, Wire, WireRequest


class Held:
    """One claimed operation, and what is needed to go on with it."""

    def __init__(self, parts: Parts, use_case: UseCase, op: OperationRecord) -> None:
        """Load the request, the channel and the adapter's operation. Raises AdapterMissing."""
        self._parts = parts
        self._use_case = use_case
        self._op = op
        self._request: Any = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
        self._binding = msgspec.json.decode(op.binding) if op.binding else {}
        self._refs = msgspec.json.decode(op.refs) if op.refs else {}
        channel = parts.channels.get(op.channel or "")
        if channel is None:
            raise AdapterMissing(f"channel {op.channel} is not configured here")
        self._channel: Channel = channel.speaking(op.adapter_version)
        self.operation: Operation = flow.declared(self._channel.adapter, op)

    async def _attempts(self) -> list[AttemptRecord]:
        return await self._parts.journal.attempts(self._op.operation_id)

    @property
    def _is_stopped(self) -> bool:
        """Whether an operator has disabled the channel: then it is asked, and told nothing."""
        return self._channel.name in self._parts.router.stopped

    @property
    def _target(self) -> Target:
        return Target(channel=self._channel.name, binding=self._binding, refs=self._refs)

    def _next_wait_s(self) -> float:
        rounds = max(self._op.inquiries, self._op.attempts) - 1
        wait_s = conclude.next_wait_s(self.operation, max(0, rounds), since_s=self._since_s())
        return conclude.spread_s(self._parts, self.operation, wait_s)

    def _since_s(self) -> float:
        since = self._op.unknown_since or self._op.created_at
        return (self._parts.world.now() - since).total_seconds()

    def _not_found_code(self) -> str | None:
        inquiry = self.operation.inquiry
        return OPERATIONS[inquiry.operation].not_found if inquiry else None

    def _attempt(self, step: Step, purpose: str, *, channel_request_no: str | None = None) -> AttemptRecord:
        return new_attempt(
            self._parts,
            self._op,
            self._channel,
            step=step.name if purpose == "effect" and len(self.operation.steps) > 1 else "",
            purpose=purpose,
            channel_request_no=channel_request_no,
        )

    async def _earlier(self, attempts: list[AttemptRecord]) -> tuple[dict[str, Wire], Any]:
        """What the flow's accepted steps gave."""
        done = [
            (flow.step_of(self.operation, a), a)
            for a in attempts
            if a.outcome is OutcomeKind.accepted and a.purpose == "effect"
        ]
        here = self._channel.name  # another channel may have come as far before this one was asked
        accepted = [(step, attempt) for step, attempt in done if step is not None and attempt.channel == here]
        return await earlier_steps(self._parts, accepted, self._request, self._context)

    def _context(self, attempt_id: str, steps: dict[str, Wire]) -> Context:
        return self._channel.context(
            operation_id=self._op.operation_id,
            attempt_id=attempt_id,
            binding=self._binding,
            refs=self._refs,
            steps=steps,
        )

    async def _send(
        self,
        step: Step,
        request: Any,
        context: Context,
        wire: WireRequest,
        attempt: AttemptRecord,
        *,
        resend: bool = False,
    ) -> Answer:
        exchange = Exchange(
            channel=self._channel.name,
            attempt_id=attempt.attempt_id,
            step=step,
            request=request,
            context=context,
            wire=wire,
            deadline_s=min(step.timeout.total_s, self._parts.policy.lease_s / 2),
            resend=resend,
        )
        return await self._channel.send(exchange)

    async def _move(self, row: OperationRecord, *changes: Change) -> OperationRecord:
        row = replace(row, updated_at=self._parts.world.now())
        await self._parts.journal.write(Move(row, self._op.state), *changes)
        return row
