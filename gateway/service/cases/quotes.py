"""Quoting: every eligible channel is asked at once; one that fails does not fail the request."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.catalogue.products import Binding
from gateway.channel import AdapterMissing, Answer, Channel, Exchange, TokenUnavailable
from gateway.channel.pipe import request_no
from gateway.errors import HubError, NoChannel, NotExecuted
from gateway.journal.changes import Change, Move, Open, StartAttempt
from gateway.journal.records import AttemptRecord, OperationRecord
from gateway.model import Quote, QuoteCreateBody, QuoteCreateRequest, QuoteSet, QuoteStatus
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState
from gateway.routing.decide import eligible
from gateway.routing.types import Decision
from gateway.service import answers
from gateway.service.cases.proposals import completed_proposal, route_for
from gateway.service.cases.reading import or_else, reasons_of
from gateway.service.cases.stored import StoredQuote, made
from gateway.service.engine import conclude
from gateway.service.engine.attempted import ended_attempt, sealed_request
from gateway.service.engine.time_left import is_worth_trying
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import Completion, Intent
from gateway.wire.contract import Reply, not_executed
from gateway.wire.errors import WireError
from gateway.wire.replies import merge

QUOTE = "quote.create"
QUOTE_WITHIN_S = 8.0
_STATUS = {
    OutcomeKind.accepted: QuoteStatus.quoted,
    OutcomeKind.declined: QuoteStatus.declined,
    OutcomeKind.pending: QuoteStatus.referred,
    OutcomeKind.unknown: QuoteStatus.unresponsive,
    OutcomeKind.not_executed: QuoteStatus.unresponsive,
    OutcomeKind.refused: QuoteStatus.error,
}


class QuoteRun:
    """One request for prices: decided once, asked in parallel, answered together."""

    def __init__(self, parts: Parts, op: OperationRecord, intent: Intent, *, opened: bool = False) -> None:
        """Take the operation's row; `opened` says whether it is in the journal already (one a crash left)."""
        self._parts = parts
        self._intent = intent
        self.op = op
        self._recorded = opened

    @property
    def is_recorded(self) -> bool:
        """Whether the journal knows this operation."""
        return self._recorded

    @property
    def recorded(self) -> OperationRecord:
        """The row as the journal has it."""
        return self.op

    async def execute(self) -> None:
        """Record the decision, ask every channel it left standing, keep what each said."""
        assert self._intent.route is not None, "a quote is always routed"
        decision = self._parts.router.decide(self._intent.route)
        product = self._parts.catalogue.snapshot.products.get(decision.product)
        named = eligible(decision, product.routing.quotes) if product is not None else ()
        decided = conclude.decided(decision, self.op)
        if product is None or not named:
            await self._end(
                conclude.fail(self._parts, self.op, NoChannel(decision.sentence, reasons=decision.said())), decided
            )
            return
        lease_until = self._parts.world.now() + timedelta(seconds=self._parts.policy.lease_s)
        row = replace(self.op, state=OperationState.sending, lease_owner=self._parts.owner, lease_until=lease_until)
        await self._parts.journal.write(Move(row, self.op.state) if self._recorded else Open(row), decided)
        self.op, self._recorded = row, True
        asked = await asyncio.gather(*(self._ask(name, product.bindings[name]) for name in named))
        await self._finish(decision, [each for each in asked if each is not None])

    async def _ask(self, name: str, sold: Binding) -> "Asked | None":
        channel = self._parts.channels.get(name)
        if channel is None:
            return None
        return await _Question(self._parts, channel, self.op, self._intent.request, dict(sold.binding)).put()

    async def _finish(self, decision: Decision, asked: list["Asked"]) -> None:
        parts, now = self._parts, self._parts.world.now()
        changes: list[Change] = []
        quotes: list[Quote] = []
        for each in asked:
            quote = _quote(parts, each.reply)
            stored = StoredQuote(
                view=quote,
                request=self._intent.request,
                channel=each.channel,
                binding=each.binding,
                numbers=getattr(each.reply.result, "numbers", ()),
            )
            refs = getattr(each.reply.result, "refs", {})
            changes += each.changes
            changes.append(
                made(
                    self.op,
                    "quote",
                    quote.quote_id,
                    stored,
                    status=quote.status,
                    now=now,
                    refs=refs,
                    channel=each.channel,
                )
            )
            quotes.append(replace(quote, channel_ref_public=each.channel))
        ranked = _ranked(decision, quotes)
        view = QuoteSet(
            quotes=ranked,
            recommended_quote_id=ranked[0].quote_id if ranked[0].status is QuoteStatus.quoted else None,
            decision_id=decision.decision_id,
            client_ref=self.op.client_ref,
        )
        completion = Completion(answer=answers.done(201, view))
        row = conclude.completed(self.op, OperationState.succeeded, completion, now)
        await self._end([Move(row, self.op.state)], *changes)

    async def _end(self, moves: list[Change], *more: Change) -> None:
        last = moves[-1]
        assert isinstance(last, Move), "an operation ends with a move"
        group: list[Change] = [*moves, *more] if self._recorded else [Open(last.record), *more]
        await self._parts.journal.write(*group)
        self.op, self._recorded = last.record, True


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One channel's reply with what is to be recorded of it."""

    channel: str
    binding: dict[str, Any]
    reply: Reply
    changes: list[Change] = []


class _Question:
    """One channel being asked for its price, through all steps its carrier wants."""

    def __init__(
        self, parts: Parts, channel: Channel, op: OperationRecord, request: QuoteCreateRequest, binding: dict[str, Any]
    ) -> None:
        self._parts = parts
        self._channel = channel
        self._op = op
        self._request = request
        self._binding = binding
        self._changes: list[Change] = []

    async def put(self) -> Asked:
        """Ask; a channel that cannot be asked or does not answer in time has said nothing."""
        try:
            async with asyncio.timeout(QUOTE_WITHIN_S):
                reply = await self._flow()
        except (AdapterMissing, TokenUnavailable, HubError) as cannot:
            reply = Reply(outcome=not_executed("channel.not_executed", str(cannot)))
        except WireError as unsayable:
            reply = Reply(outcome=not_executed("request.invalid", unsayable.message))
        except TimeoutError:
            reply = Reply(outcome=not_executed("carrier.no_reply", f"no price within {QUOTE_WITHIN_S:.0f} s"))
        return Asked(channel=self._channel.name, binding=self._binding, reply=reply, changes=self._changes)

    async def _flow(self) -> Reply:
        operation = self._channel.adapter.operation(QUOTE, self._request, lambda: self._context("", {}))
        steps: dict[str, Any] = {}
        result: Any = None
        reply = Reply(outcome=not_executed("channel.not_executed"))
        for number, step in enumerate(operation.steps, 1):
            if step.when is not None and not step.when(self._request, self._context("", steps)):
                continue
            if (held := self._parts.router.stopped.get(self._channel.name)) is not None:
                return Reply(outcome=not_executed(held.code, held.text))
            if not self._channel.has_token(step):
                await self._channel.fetch_token()
            attempt = self._attempt(number, step.name if len(operation.steps) > 1 else "")
            context = self._context(attempt.attempt_id, steps)
            wire = self._channel.build(step, self._request, context)
            exchange = Exchange(
                channel=self._channel.name,
                attempt_id=attempt.attempt_id,
                step=step,
                request=self._request,
                context=context,
                wire=wire,
                deadline_s=min(step.timeout.total_s, QUOTE_WITHIN_S),
            )
            answer = await self._channel.send(exchange)
            self._record(attempt, answer, sealed_request(self._parts, attempt, wire))
            result = merge(result, answer.reply.result)
            reply = replace(answer.reply, result=result)
            if reply.outcome.kind is not OutcomeKind.accepted:
                return reply
            steps[step.name] = reply.wire or {}
        return reply

    def _record(self, attempt: AttemptRecord, answer: Answer, sealed: Change) -> None:
        """A read is recorded when it is over: its row and its messages in one go."""
        ended, raw = ended_attempt(self._parts, attempt, answer)
        self._changes += [StartAttempt(ended), sealed, *raw]

    def _attempt(self, number: int, step: str) -> AttemptRecord:
        return AttemptRecord(
            attempt_id=self._parts.world.new_id("att"),
            operation_id=self._op.operation_id,
            step=step,
            purpose="quote",
            number=number,
            channel=self._channel.name,
            request_no=request_no(self._op.operation_id, self._channel.name),
            adapter_version=self._channel.adapter.version,
            started_at=self._parts.world.now(),
        )

    def _context(self, attempt_id: str, steps: dict[str, Any]) -> Any:
        return self._channel.context(
            operation_id=self._op.operation_id, attempt_id=attempt_id, binding=self._binding, steps=steps
        )


def _quote(parts: Parts, reply: Reply) -> Quote:
    result = reply.result
    named = getattr(result, "status", None)
    status = _STATUS[reply.outcome.kind]
    return Quote(
        quote_id=parts.world.new_id("quo"),
        status=named if named is not None and reply.outcome.kind is OutcomeKind.accepted else status,
        binding=or_else(result, "binding", None),
        premium=or_else(result, "premium", None),
        coverages=or_else(result, "coverages", ()),
        valid_until=or_else(result, "valid_until", None),
        conditions=or_else(result, "conditions", ()),
        needed=or_else(result, "needed", ()),
        reasons=reasons_of(reply) if status is not QuoteStatus.quoted else (),
    )


def _ranked(decision: Decision, quotes: list[Quote]) -> tuple[Quote, ...]:
    """The routing's choice first, then whoever quoted by score, then the others."""
    scores = {each.channel: each.score for each in decision.candidates}

    def rank(quote: Quote) -> tuple[bool, bool, float]:
        channel = quote.channel_ref_public or ""
        return (quote.status is not QuoteStatus.quoted, channel != decision.chosen, -scores.get(channel, 0.0))

    return tuple(sorted(quotes, key=rank))


async def prepare_quote(parts: Parts, caller: Caller, body: QuoteCreateBody) -> Intent:
    """A complete, valid request for prices, to be routed."""
    _ = caller
    request = completed_proposal(parts, body, QuoteCreateRequest)
    route = route_for(QUOTE, request, parts.world.now())
    return Intent(request=request, client_ref=body.client_ref, route=route)


async def ask_again(parts: Parts, op: OperationRecord) -> None:
    """A request for prices that a crash cut short: asking had no effect, so it is asked anew while there is time."""
    request = msgspec.json.decode(op.request, type=QuoteCreateRequest)
    now = parts.world.now()
    if not is_worth_trying(parts, op):
        error = NotExecuted("the gateway stopped while it asked for prices, and it is too late to ask again")
        return await parts.journal.write(*conclude.fail(parts, op, error))
    intent = Intent(request=request, client_ref=op.client_ref, route=route_for(QUOTE, request, now))
    return await QuoteRun(parts, op, intent, opened=True).execute()
