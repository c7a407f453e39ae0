"""The ladder: how an operation whose outcome is not known, or not yet decided, is brought to an end.

One rung per claim: resend to a carrier that replays, else ask by our reference or by natural key on the declared
schedule, else a person. Each rung is recorded; a rung that fails costs nothing but its wait.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from gateway.channel import AdapterMissing, Answer, TokenUnavailable
from gateway.journal.changes import Change, EndAttempt, Move, StartAttempt
from gateway.journal.errors import NumberTaken, Stale
from gateway.journal.records import AttemptRecord
from gateway.model.errors import ErrorCode
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.model.states import OperationState
from gateway.service.cases.stored import united
from gateway.service.engine import conclude, flow, late, needed, waiting
from gateway.service.engine.attempted import end_of_attempt, ended_attempt, sealed_request
from gateway.service.engine.evidence import sent_bytes, signed_anew
from gateway.service.engine.execute import Run
from gateway.service.recovery.elsewhere import elsewhere
from gateway.service.recovery.held import Held
from gateway.service.recovery.pack import tried
from gateway.service.use_case import AskedBy, Intent
from gateway.wire.contract import Inquiry, Reply, Step
from gateway.wire.errors import WireError

RESEND_ALONE_S = 20.0


class Rung(Held):
    """One claimed operation taking one step up the ladder."""

    async def climb(self) -> None:
        """Take one step: recover a lost attempt, or resend, or ask, or hand over."""
        match self._op.state:
            case OperationState.sending:
                await self._recover()
            case OperationState.created | OperationState.routed:
                await self._start_again()
            case OperationState.pending:
                await self._pending()
            case OperationState.unknown:
                self._op = await self._move(replace(self._op, state=OperationState.resolving))
                await self._resolve()
            case _:
                await self._resolve()

    # -- after a crash ------------------------------------------------------------------------------------------

    async def _recover(self) -> None:
        """Nobody holds this attempt any more: a write may have happened, a mere read is made again."""
        attempts = await self._attempts()
        lost = next((a for a in reversed(attempts) if a.purpose == "effect" and a.ended_at is None), None)
        why = "the gateway stopped while the carrier was being asked"
        changes: list[Change] = []
        if lost is not None:
            ended = replace(lost, ended_at=self._parts.world.now(), outcome=OutcomeKind.unknown, fault="lost", text=why)
            changes.append(EndAttempt(ended))
        step = flow.step_of(self.operation, lost)
        if step is not None and step.safety is SafetyClass.read:
            await self._parts.journal.write(*changes)
            await self._resume_at(self.operation.steps.index(step), attempts)
        else:
            await self._parts.journal.write(*conclude.doubt(self._parts, self._op, self.operation, why), *changes)

    async def _start_again(self) -> None:
        """Nothing is under way: begin with the same channel, or go on behind what its earlier steps have done."""
        if waiting.is_waiting(self._op):
            intent = Intent(request=self._request, fixed=self._target)
            return await Run(self._parts, self._use_case, self._op, intent, opened=True).execute()
        attempts = await self._attempts()
        index = flow.reached(self.operation, attempts, self._channel.name)
        if index is not None and self._is_stopped:
            return await self._later([])
        if index is not None:
            return await self._resume_at(index, attempts)
        op, moves = conclude.through(self._op, OperationState.sending)
        why = "the gateway stopped while it was finding out what became of its last call"
        return await self._parts.journal.write(*moves, *conclude.doubt(self._parts, op, self.operation, why))

    async def _resume_at(self, index: int, attempts: list[AttemptRecord]) -> None:
        given = await needed.given(self._parts, attempts)
        steps, result = await self._earlier(attempts)
        intent = Intent(request=self._request, fixed=self._target)
        run = Run(self._parts, self._use_case, self._op, intent, opened=True)
        await run.resume(self._target, self.operation, index, steps, result, given)

    # -- waiting for the caller ---------------------------------------------------------------------------------

    async def _pending(self) -> None:
        """Ask the carrier, unless it is the caller who has to say something: then only the clock can end it."""
        attempts = await self._attempts() if needed.asks(self.operation) else []
        step = needed.waiting_step(self._op, self.operation, attempts)
        if step is None:
            return await self._ask()
        return await self._parts.journal.write(*needed.unanswered(self._parts, self._op, self.operation, step))

    # -- unknown ------------------------------------------------------------------------------------------------

    async def _resolve(self) -> None:
        since_s = self._since_s()
        if since_s > self._parts.policy.unknown_max_s:
            return await self._hand_over("no rung of the ladder could resolve this in time")
        if self._replays(since_s) and self._is_stopped:
            return await self._ask()  # the same message could be the first to arrive: asking has no effect
        if self._replays(since_s):
            return await (self._ask() if self._asks_between(since_s) else self._resend())
        if self.operation.inquiry is not None and self.operation.idempotency.kind != "none":
            return await self._ask()
        return await self._hand_over("the carrier neither repeats a result nor answers an inquiry for this operation")

    def _replays(self, since_s: float) -> bool:
        """Whether the carrier still answers the same message with the same result."""
        idempotency = self.operation.idempotency
        return idempotency.kind == "replay" and (idempotency.ttl_s is None or since_s < idempotency.ttl_s)

    def _asks_between(self, since_s: float) -> bool:
        """Resending that leads nowhere for a while is followed by asking, in turn, where the carrier can be asked."""
        inquiry = self.operation.inquiry
        if inquiry is None or since_s < max(RESEND_ALONE_S, inquiry.visibility_lag_s):
            return False
        return self._op.inquiries < self._op.attempts

    async def _resend(self) -> None:
        """The identical message, to the same carrier, which promised to answer it with the same result."""
        attempts = await self._attempts()
        last = next((a for a in reversed(attempts) if a.purpose == "effect"), None)
        step = flow.step_of(self.operation, last)
        wire = await sent_bytes(self._parts, last) if last else None
        if last is None or step is None or wire is None:
            return await self._hand_over("the bytes that were sent are not in the journal")
        try:
            await self._ready_to_sign(step)
        except TokenUnavailable as none:
            return await self._later([conclude.note(self._parts, self._op, "resend", f"could not resend: {none}")])
        again = self._attempt(step, "effect", channel_request_no=last.request_no)
        steps, _ = await self._earlier(attempts)
        context = self._context(again.attempt_id, steps)
        resent = sum(each.purpose == "effect" for each in attempts) > 1
        wire = signed_anew(
            self._channel,
            step,
            self._request,
            context,
            wire,
            was_refused=resent and last.outcome is OutcomeKind.refused,
        )
        op = replace(self._op, attempts=again.number)
        self._op = await self._move(op, StartAttempt(again), sealed_request(self._parts, again, wire))
        answer = await self._send(step, self._request, context, wire, again, resend=True)
        await self._after_resend(again, answer, step)

    async def _ready_to_sign(self, step: Step) -> None:
        """After a restart, or a long doubt, the channel's token has to be fetched anew. Raises TokenUnavailable."""
        if not self._channel.has_token(step):
            await self._channel.fetch_token()

    async def _after_resend(self, again: AttemptRecord, answer: Answer, step: Step) -> None:
        """Only a decision counts: a resend that was refused or never sent says nothing about the first sending."""
        changes = end_of_attempt(self._parts, again, answer)
        kind = answer.reply.outcome.kind
        if kind not in (OutcomeKind.accepted, OutcomeKind.declined, OutcomeKind.pending):
            return await self._later(changes)
        steps_left = self.operation.steps.index(step) + 1 < len(self.operation.steps)
        if kind is OutcomeKind.accepted and steps_left:
            return await self._go_on_at(self.operation.steps.index(step) + 1, changes)
        if kind is OutcomeKind.accepted and not self._use_case.is_complete(answer.reply):
            return await self._later(changes)
        await self._decide(answer.reply, changes)

    # -- asking -------------------------------------------------------------------------------------------------

    async def _ask(self) -> None:
        inquiry = self.operation.inquiry
        if inquiry is None:
            return await self._later([])  # only a callback can end it; when its time is over it is unknown
        asked_at = self._parts.world.now()
        try:
            reply, changes, asked_by = await self._asked(inquiry)
        except (AdapterMissing, WireError, TokenUnavailable) as cannot:
            return await self._later([conclude.note(self._parts, self._op, "inquiry", f"could not ask: {cannot}")])
        self._op = replace(self._op, inquiries=self._op.inquiries + 1)
        since_s = (asked_at - await self._last_in_doubt_at()).total_seconds()
        await self._weigh(reply, changes, since_s, asked_by)

    async def _last_in_doubt_at(self) -> datetime:
        """When the carrier can last have been told: a resend nobody answered begins its horizon anew."""
        since = self._op.unknown_since or self._op.created_at
        if self._op.attempts < 2:
            return since
        lost = timedelta(seconds=self._parts.policy.attempt_s)
        return flow.last_in_doubt_at(await self._attempts(), since, lost)

    async def _asked(self, inquiry: Inquiry) -> tuple[Reply, list[Change], AskedBy]:
        """By our reference without the carrier's numbers, for it to look up what we sent and nothing else.

        A carrier whose only reference is a number it gave us before (a booking's) is asked by that.
        """
        whole = self._use_case.inquiry_request(self._op, self._request, inquiry.operation)
        numbers = getattr(whole, "numbers", ())
        if inquiry.by == "natural_key":
            return *await self._inquire(inquiry, whole), "natural_key"
        try:
            return *await self._inquire(inquiry, replace(whole, numbers=()) if numbers else whole), "our_reference"
        except (AdapterMissing, WireError):
            if not numbers:
                raise
        return *await self._inquire(inquiry, whole), "number"

    async def _inquire(self, inquiry: Inquiry, request: Any) -> tuple[Reply, list[Change]]:
        context = self._context(self._parts.world.new_id("att"), {})
        step = self._channel.adapter.operation(inquiry.operation, request, lambda: context).steps[0]
        await self._ready_to_sign(step)
        attempt = self._attempt(step, "inquiry")
        context = self._context(attempt.attempt_id, {})
        wire = self._channel.build(step, request, context)
        answer = await self._send(step, request, context, wire, attempt)
        record, raw = ended_attempt(self._parts, attempt, answer)
        return answer.reply, [StartAttempt(record), sealed_request(self._parts, attempt, wire), *raw]

    async def _weigh(self, reply: Reply, changes: list[Change], since_s: float, asked_by: AskedBy) -> None:
        """What the carrier's record proves."""
        outcome = reply.outcome
        if outcome.kind is OutcomeKind.accepted:
            return await self._weigh_record(reply, changes, since_s, asked_by)
        if outcome.kind is OutcomeKind.pending:
            return await self._still_pending(reply, changes, since_s)
        if outcome.kind is OutcomeKind.declined and outcome.code == self._not_found_code():
            return await self._not_found(changes, since_s)
        if outcome.kind is OutcomeKind.declined:
            return await self._decide(reply, changes)
        return await self._later(changes)

    async def _weigh_record(self, reply: Reply, changes: list[Change], since_s: float, asked_by: AskedBy) -> None:
        verdict = self._use_case.verdict(self._request, reply, asked_by=asked_by)
        if verdict.kind == "found":
            return await self._decide(
                reply, changes, self.operation.inquiry.operation if self.operation.inquiry else ""
            )
        if verdict.kind == "undone" and self._op.state is OperationState.pending:
            return await self._parts.journal.write(*conclude.undone(self._parts, self._op, verdict.why), *changes)
        if verdict.kind in ("not_found", "undone"):
            return await self._not_found(changes, since_s)
        # A record that does not tell is no reason to give up while the message itself can be sent again.
        return await (self._later(changes) if self._replays(self._since_s()) else self._hand_over(verdict.why, changes))

    async def _not_found(self, changes: list[Change], since_s: float) -> None:
        """Before the declared horizon it proves nothing; a pending operation cannot be proven away by it at all."""
        if self._op.state is OperationState.pending or not conclude.not_found_is_final(self.operation, since_s):
            return await self._later(changes)
        final_s = self.operation.inquiry.not_found_is_final_after_s if self.operation.inquiry else None
        why = f"the carrier does not know it {since_s:.0f} s after, and says that is final after {final_s:.0f} s"
        await self._undone(why, changes)

    async def _undone(self, why: str, changes: list[Change]) -> None:
        """Proven not executed: new business goes to another channel while there is time for it, else it has failed."""
        route = await elsewhere(self._parts, self._op)
        if route is None:
            return await self._parts.journal.write(*conclude.undone(self._parts, self._op, why), *changes)
        proven = conclude.proven_undone(self._parts, self._op, why)
        op = replace(self._op, unknown_since=None, inquiries=0)
        run = Run(self._parts, self._use_case, op, Intent(request=route.request, route=route), opened=True)
        await run.begin_elsewhere(conclude.UNDONE, (*changes, proven))

    async def _still_pending(self, reply: Reply, changes: list[Change], since_s: float) -> None:
        """The record exists but is not final: go on with the flow where it stopped, or wait, as for an underwriter."""
        if self._op.state is OperationState.pending:
            return await self._pending_still(reply, changes)
        attempts = await self._attempts()
        last = next((a for a in reversed(attempts) if a.purpose == "effect"), None)
        index = flow.next_step(self.operation, last, since_s)
        # What the carrier has to do itself (`then`, an underwriter) shows that the step before it has arrived.
        at_work = reply.outcome.then is not None or reply.outcome.code == ErrorCode.underwriting_manual
        if index is not None and not at_work:
            # The lost answer's numbers are in the record: the next step may have to name them.
            told = getattr(reply.result, "numbers", ())
            self._request = replace(self._request, numbers=united(self._request.numbers, told))
            return await self._go_on_at(index, changes)
        if flow.may_still_be_undone(self.operation, since_s):
            return await self._later(changes)
        await self._parts.journal.write(*conclude.wait(self._parts, self._op, reply), *changes)

    async def _pending_still(self, reply: Reply, changes: list[Change]) -> None:
        """Nothing new but, perhaps, another page to pay at: the one the caller knows may be used up."""
        if not getattr(reply.result, "payment_links", ()):
            return await self._later(changes)
        await self._parts.journal.write(*conclude.wait(self._parts, self._op, reply), *changes)

    async def _go_on_at(self, index: int, changes: list[Change]) -> None:
        """What was doubtful is behind us: the next step follows, unless it waits for the caller, or for an operator."""
        if self._is_stopped:
            return await self._later(changes)
        attempts = await self._attempts()
        steps, result = await self._earlier(attempts)
        context, given = self._context("", steps), await needed.given(self._parts, attempts)
        step = needed.held_back(self.operation, index, self._request, context, given)
        if step is None:
            self._op = await self._move(replace(self._op, state=OperationState.routed), *changes)
            return await self._resume_at(index, await self._attempts())
        reply = needed.wanting(self._op.operation, step, self._request, context, result)
        asked = needed.asked(self._parts, self._op, step.name, reply)
        return await self._parts.journal.write(*conclude.wait(self._parts, self._op, reply), *changes, *asked)

    # -- ends of a rung -----------------------------------------------------------------------------------------

    async def _decide(self, reply: Reply, changes: list[Change], told_as: str = "") -> None:
        """The carrier's answer is in hand: end the operation with it."""
        parts, op, told_as = self._parts, self._op, told_as or self._op.operation
        if reply.outcome.kind is OutcomeKind.pending:
            return await parts.journal.write(*conclude.wait(parts, op, reply), *changes)
        if reply.outcome.kind is OutcomeKind.declined:
            ends = await conclude.decline(parts, self._use_case, op, self._request, reply)
            return await parts.journal.write(*ends, *changes)
        try:
            ends = await conclude.succeed(parts, self._use_case, op, self._request, reply)
            await parts.journal.write(*ends, *changes)
        except Stale:
            await late.tell_too_late(parts, self._use_case, op, self._channel.name, reply, told_as)
            raise
        except NumberTaken as taken:
            await self._hand_over(f"the record found belongs to another operation: {taken}", changes)
        return None

    async def _later(self, changes: list[Change]) -> None:
        """Nothing was learned: wait for the next rung, or doubt a pending operation when its time is over."""
        parts, op, now = self._parts, self._op, self._parts.world.now()
        if op.state is OperationState.pending and op.resolve_by is not None and now >= op.resolve_by:
            why = "the carrier did not decide in the time it named"
            return await parts.journal.write(*conclude.doubt(parts, op, self.operation, why), *changes)
        is_resent = op.state is OperationState.resolving and self.operation.idempotency.kind == "replay"
        resends = is_resent and not self._is_stopped
        wait_s = self._next_wait_s() if resends or self.operation.inquiry is not None else conclude.POLL_EVERY_S
        row = conclude.released(op, op.state, now + timedelta(seconds=wait_s), now)
        return await parts.journal.write(Move(row, op.state), *changes)

    async def _hand_over(self, why: str, changes: list[Change] | None = None) -> None:
        """The end of the ladder: why, and what was tried, are kept with the operation."""
        asked = [change.record for change in changes or [] if isinstance(change, StartAttempt)]
        history = conclude.note(self._parts, self._op, "tried", tried([*await self._attempts(), *asked]))
        await self._parts.journal.write(*conclude.to_a_person(self._parts, self._op, why), history, *(changes or []))
