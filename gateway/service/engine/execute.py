"""Makes one operation happen: decide, write, send, read, write; at most one channel may have executed it.

Everything durable is written in the order that makes a crash harmless: the operation, the decision, the attempt and
the exact bytes are committed together before the first byte leaves.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.channel import AdapterMissing, Channel, Exchange, TokenUnavailable
from gateway.channel.pipe import request_no
from gateway.errors import HubError, NoChannel, PremiumMismatch, Said
from gateway.journal.changes import Change, Keep, Move, StartAttempt
from gateway.journal.errors import NumberTaken, Stale
from gateway.journal.records import AttemptRecord, OperationRecord
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.model.states import OperationState
from gateway.routing.places import Patience
from gateway.routing.types import Decision
from gateway.service.engine import conclude, flow, late, needed, waiting
from gateway.service.engine.attempted import end_of_attempt, sealed_request
from gateway.service.engine.judged import cannot_be_said, judged, unsent
from gateway.service.engine.time_left import attempt_s, is_worth_trying
from gateway.service.engine.writing import Written
from gateway.service.parts import Parts
from gateway.service.use_case import Intent, Target, UseCase
from gateway.wire.contract import Context, Operation, Reply, Step, Wire, WireRequest
from gateway.wire.errors import WireError
from gateway.wire.replies import merge

_JSON = msgspec.json.Encoder()
MAY_HAVE_TAKEN = (OutcomeKind.accepted, OutcomeKind.pending, OutcomeKind.unknown)
"""Outcomes after which a place of the channel's daily quota counts as taken."""


class Run(Written):
    """One operation being executed by this process, from its first row to a state that can be left alone."""

    def __init__(self, parts: Parts, use_case: UseCase, op: OperationRecord, intent: Intent, *, opened: bool) -> None:
        """Take the operation's row; `opened` says whether it is in the journal already (a resumed operation)."""
        super().__init__(parts, op, opened=opened)
        self._use_case = use_case
        self._intent = intent
        self._request: Any = intent.request  # as adapters see it
        self._steps: dict[str, Wire] = {}
        self._bound = False
        self._goes_on = False
        self._sent = False
        self._at = ""
        self._answered = ""
        self._decision_id = ""
        self._patience = Patience()
        self._tried: set[str] = set(filter(None, op.tried.split(",")))
        self._not_executed: list[Said] = []
        self._no_channel: HubError = NoChannel("nothing says which channel serves this")

    async def execute(self) -> None:
        """Try channels until one has done it, has decided, may have done it, or none is left."""
        target = await self.next_target()
        if target is not None:
            await self.go(target)

    async def go(self, target: Target) -> None:
        """Through this channel; where that came to nothing, through others."""
        await self.go_on(await self._through(target))

    async def go_on(self, reply: Reply) -> None:
        """Write what a channel's reply means; while nothing has happened, try the next one."""
        while await self._conclude(reply):
            self._settle(reply)
            target = await self.next_target(reply)
            if target is None:
                return
            reply = await self._through(target)
        self._settle(reply)

    async def begin_elsewhere(self, reply: Reply, changes: Sequence[Change]) -> None:
        """Go to another channel after this one is proven to have done nothing; `changes` are what proves it.

        Without another one the operation ends as not executed.
        """
        self._waiting += changes
        self._give_up_channel(reply)
        target = await self.next_target(reply)
        if target is not None:
            await self.go(target)

    async def resume(
        self,
        target: Target,
        operation: Operation,
        from_step: int,
        steps: dict[str, Wire],
        result: Any,
        given: needed.Given,
    ) -> None:
        """Go on with a flow at a step, on the channel it began with, with what its earlier steps and its caller gave.

        Only adapters see what the caller gave: it is no part of what was asked for, and is not kept with its result.
        """
        self._steps, self._answered, self._request = steps, given.step, given.into(self._request)
        self._bound = any(each.safety is not SafetyClass.read for each in operation.steps[:from_step])
        channel = self._parts.channels[target.channel].speaking(self.op.adapter_version)
        reply = await self._flow(channel, target, operation, from_step, result)
        if await self._conclude(reply):
            await self._write(*conclude.fail(self._parts, self._row(), conclude.not_executed_error(reply)))

    # -- which channel ------------------------------------------------------------------------------------------

    async def next_target(self, last: Reply | None = None) -> Target | None:
        """The next channel to try; None when there is none, and then the operation has been ended, or waits."""
        if self._may_go_on(last):
            if self._intent.fixed is not None:
                if self._intent.fixed.channel not in self._tried:
                    return await self._now_or_later(self._intent.fixed)
            elif (found := await self._decide()) is not None:
                return found
        await self._write(*await self._nobody_left(last))
        return None

    async def _now_or_later(self, target: Target) -> Target | None:
        """The channel of what exists already; where it cannot be asked now, what can wait is kept, and None given."""
        serving = waiting.must_wait(self._parts, self.op, target.channel)
        if serving is not None:
            self._aim(target)
            await self._write(*waiting.kept(self._parts, self._row(), serving.sentence, waiting.pause_s(serving)))
            return None
        self.op = waiting.sent(self.op)
        return target

    async def _nobody_left(self, last: Reply | None) -> list[Change]:
        """The end when no channel is left: the last one's no, or every channel's reason why it did nothing."""
        if last is not None and last.outcome.kind is OutcomeKind.declined:
            return await conclude.decline(self._parts, self._use_case, self._row(), self._intent.request, last)
        error = conclude.not_executed_error(last, self._not_executed) if last else self._no_channel
        return conclude.fail(self._parts, self._row(), error)

    def _may_go_on(self, last: Reply | None) -> bool:
        if last is None:
            return True
        return is_worth_trying(self._parts, self.op) and len(self._tried) < self._channels_max()

    def _channels_max(self) -> int:
        """How many channels this operation may try: what its product allows, within what this gateway does."""
        route, most = self._intent.route, self._parts.policy.attempts_max
        return most if route is None else min(most, self._parts.router.channels_max(route.product))

    def _settle(self, reply: Reply) -> None:
        """Tell the routing what became of its choice."""
        self._parts.router.settle(self._decision_id, took=reply.outcome.kind in MAY_HAVE_TAKEN)

    async def _decide(self) -> Target | None:
        route = self._intent.route
        if route is None:
            return None
        decision = await self._parts.router.place(replace(route, exclude=frozenset(self._tried)), self._patience)
        self._waiting.append(conclude.decided(decision, self.op))
        self._decision_id = decision.decision_id
        if decision.chosen is None:
            self._no_channel = no_channel(decision)
            return None
        return Target(channel=decision.chosen, binding=decision.binding)

    # -- one channel --------------------------------------------------------------------------------------------

    async def _through(self, target: Target) -> Reply:
        """The operation's flow on one channel."""
        try:
            channel, operation = self._aim(target)
        except AdapterMissing as missing:
            return unsent(str(missing))
        return await self._flow(channel, target, operation, 0)

    def _aim(self, target: Target) -> tuple[Channel, Operation]:
        """Take a channel and its operation for this request. Raises AdapterMissing."""
        channel = self._parts.channels.get(target.channel)
        if channel is None:
            self.op = replace(self.op, channel=target.channel)
            raise AdapterMissing(f"channel {target.channel} is not configured here")
        if self.op.channel == target.channel:
            channel = channel.speaking(self.op.adapter_version)
        self._choose(channel, target)
        operation = channel.adapter.operation(
            self._use_case.operation, self._request, lambda: self._context(channel, target)
        )
        self.op = replace(self.op, variant=operation.variant)
        return channel, operation

    def _choose(self, channel: Channel, target: Target) -> None:
        self._steps = {}
        self.op = replace(
            self.op,
            channel=target.channel,
            adapter_version=channel.adapter.version,
            binding=_JSON.encode(target.binding),
            refs=_JSON.encode(target.refs),
        )

    async def _flow(
        self, channel: Channel, target: Target, operation: Operation, first: int, result: Any = None
    ) -> Reply:
        """Step by step; anything but `accepted` is the operation's outcome."""
        reply = unsent("the operation has no step that applies")
        for step in operation.steps[first:]:
            if step.when is not None and not step.when(self._request, self._context(channel, target)):
                continue
            self._at = step.name
            if step.needs is not None and self._answered != step.name:
                return needed.wanting(operation.name, step, self._request, self._context(channel, target), result)
            reply = await self._step(channel, target, operation, step)
            result = merge(result, reply.result)
            reply = replace(reply, result=result)
            if reply.outcome.then == needed.THEN_ANSWER:
                context = self._context(channel, target)
                reply = needed.asked_again(operation.name, step, self._request, context, reply)
            if reply.outcome.kind is not OutcomeKind.accepted:
                return reply
            self._steps[step.name] = reply.wire or {}
            self._bound = self._bound or step.safety is not SafetyClass.read
            self._goes_on = True
        return reply

    async def _step(self, channel: Channel, target: Target, operation: Operation, step: Step) -> Reply:
        """One call, once more when the carrier refused a worn-out token."""
        reply = await self._attempt(channel, target, operation, step)
        worn_out = reply.outcome.kind is OutcomeKind.refused and step.needs_token and not channel.has_token(step)
        return await self._attempt(channel, target, operation, step) if worn_out else reply

    async def _attempt(self, channel: Channel, target: Target, operation: Operation, step: Step) -> Reply:
        if (held := self._parts.router.stopped.get(channel.name)) is not None:
            return unsent(held.text, held.code)
        if not channel.has_token(step):
            try:
                await self._ready_to_ask(channel)
            except TokenUnavailable as none:
                return unsent(str(none))
        attempt_id = self._parts.world.new_id("att")
        context = self._context(channel, target, attempt_id)
        try:
            wire = channel.build(step, self._request, context)
        except WireError as unsayable:
            return cannot_be_said(unsayable)
        attempt = self._new_attempt(channel, step.name if len(operation.steps) > 1 else "", attempt_id)
        await self._start(attempt, wire)
        self.must_still_be_ours()
        exchange = Exchange(
            channel=channel.name,
            attempt_id=attempt_id,
            step=step,
            request=self._request,
            context=context,
            wire=wire,
            deadline_s=attempt_s(self._parts, self.op, step.timeout.total_s),
        )
        answer = await channel.send(exchange)
        self._waiting += end_of_attempt(self._parts, attempt, answer)
        return judged(step, operation, self._use_case, answer.reply)

    async def _ready_to_ask(self, channel: Channel) -> None:
        """The operation is durable before even a token is asked for."""
        await self._write(Move(replace(self._row(), state=OperationState.routed), self._row().state))
        await channel.fetch_token()

    def _context(self, channel: Channel, target: Target, attempt_id: str = "") -> Context:
        return channel.context(
            operation_id=self.op.operation_id,
            attempt_id=attempt_id,
            binding=target.binding,
            refs=target.refs,
            steps=self._steps,
        )

    def _new_attempt(self, channel: Channel, step: str, attempt_id: str) -> AttemptRecord:
        return AttemptRecord(
            attempt_id=attempt_id,
            operation_id=self.op.operation_id,
            step=step,
            purpose="effect",
            number=self.op.attempts + 1,
            channel=channel.name,
            request_no=request_no(self.op.operation_id, channel.name),
            adapter_version=channel.adapter.version,
            started_at=self._parts.world.now(),
        )

    async def _start(self, attempt: AttemptRecord, wire: WireRequest) -> None:
        """Everything about this attempt becomes durable; only then may its bytes leave."""
        self._sent = True
        await self._write(*self._sending(attempt), StartAttempt(attempt), sealed_request(self._parts, attempt, wire))

    def _sending(self, attempt: AttemptRecord) -> list[Change]:
        """The moves to an attempt that is about to be made."""
        row = self._leased(OperationState.sending, attempts=attempt.number)
        moves: list[Change] = [Move(row, row.state)]
        decided_anew = self._stored is OperationState.sending and not self._goes_on
        if decided_anew or self._stored in (OperationState.created, OperationState.resolving):
            # Another attempt is decided anew, unless it is the next step of a flow that goes on.
            moves.insert(0, Move(replace(row, state=OperationState.routed), row.state))
        self._goes_on = False
        return moves

    # -- what it came to ----------------------------------------------------------------------------------------

    async def _conclude(self, reply: Reply) -> bool:
        """Write what the reply means, to whoever has the operation now; True when another channel may be tried."""
        try:
            return await self._while_ours(lambda: self._concluded(reply))
        except Stale:
            raw = tuple(change for change in self._waiting if isinstance(change, Keep))
            await late.tell_too_late(self._parts, self._use_case, self.op, self.op.channel or "", reply, raw=raw)
            raise

    async def _concluded(self, reply: Reply) -> bool:
        op = self._row()
        match reply.outcome.kind:
            case OutcomeKind.accepted:
                await self._succeed(op, reply)
            case OutcomeKind.pending:
                asked = needed.asked(self._parts, op, self._at, reply)
                await self._write(*conclude.wait(self._parts, op, reply), *asked)
            case OutcomeKind.declined if not self._reroutes_declines():
                await self._write(*await conclude.decline(self._parts, self._use_case, op, self._intent.request, reply))
            case OutcomeKind.unknown:
                await self._write(*conclude.doubt(self._parts, op, self._operation(), reply.outcome.text or "no reply"))
            case _ if self._bound:
                why = f"an earlier step was accepted, the next one was not executed: {reply.outcome.text or ''}"
                since = None if self._sent else op.unknown_since
                await self._write(*conclude.doubt(self._parts, op, self._operation(), why, since=since))
            case _ if waiting.may_wait(self._parts, op, reply):
                outcome = reply.outcome
                await self._write(*waiting.kept(self._parts, op, outcome.text or "", outcome.after_s or 0.0))
            case _:
                self._give_up_channel(reply)
                return True
        return False

    async def _succeed(self, op: OperationRecord, reply: Reply) -> None:
        try:
            await self._write(*await conclude.succeed(self._parts, self._use_case, op, self._intent.request, reply))
        except NumberTaken as taken:
            why = f"the reply names a number that is already another's: {taken}"
            await self._write(*conclude.doubt(self._parts, op, self._operation(), why))

    def _reroutes_declines(self) -> bool:
        return self._intent.route is not None and self._parts.router.reroutes_declines(self._intent.route.product)

    def _give_up_channel(self, reply: Reply) -> None:
        self._not_executed.append(conclude.why_not_executed(reply, self.op.channel))
        self._tried.add(self.op.channel or "")
        self.op = replace(self.op, tried=",".join(sorted(filter(None, self._tried))))

    def _operation(self) -> Operation:
        channel = self._parts.channels[self.op.channel or ""].speaking(self.op.adapter_version)
        return flow.declared(channel.adapter, self.op)


def no_channel(decision: Decision) -> HubError:
    """Why nobody was asked; when only the price stood in the way, that is the caller's to settle."""
    said = decision.said()
    if said and all(reason.code == "premium.mismatch" for reason in said):
        return PremiumMismatch(decision.sentence, reasons=said)
    return NoChannel(decision.sentence, reasons=said)
