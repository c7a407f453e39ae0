"""Several issues at once: those that go to one channel travel in one message, where its carrier takes such.

The engine is that of single issues (`Run`): each order has its own row, decision, attempt, request number and end.
What is shared is the message. Its bytes leave when all of that is durable for every order in it; what comes back is
taken apart into a reply to each order, and from there each of them goes its own way.
"""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.channel import AdapterMissing, Answer, Channel, Exchange, TokenUnavailable
from gateway.channel.pipe import request_no
from gateway.journal.changes import Change, StartAttempt
from gateway.journal.errors import JournalError, Stale
from gateway.model import BatchItem, MemberOutcome, PolicyIssueBatchRequest, PolicyIssueResult
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.model.results import BatchItemResult
from gateway.service.engine.attempted import sealed_request
from gateway.service.engine.flow import BATCH, in_batch
from gateway.service.engine.judged import judged, unsent
from gateway.service.engine.needed import THEN_ANSWER
from gateway.service.engine.time_left import attempt_s
from gateway.service.entrance.order_run import OrderRun
from gateway.service.parts import Parts
from gateway.service.use_case import Target
from gateway.wire.contract import Context, Operation, Reply, WireRequest
from gateway.wire.errors import WireError

CALLS_AT_ONCE = 8
"""Messages of one batch that are under way at the same time."""

_KINDS = {
    MemberOutcome.accepted: OutcomeKind.accepted,
    MemberOutcome.declined: OutcomeKind.declined,
    MemberOutcome.pending: OutcomeKind.pending,
    MemberOutcome.failed: OutcomeKind.not_executed,
}
_log = logging.getLogger("insurehub.service")


class Load(Struct, frozen=True, kw_only=True):
    """An order that may travel with others: on which channel, as what, under which binding."""

    run: OrderRun
    target: Target
    channel: Channel
    operation: Operation

    @property
    def item(self) -> BatchItem:
        """The order as a message carries it, under the number it is asked after by."""
        return BatchItem(ref=request_no(self.run.op.operation_id, self.channel.name), request=self.run.request)

    @property
    def fits(self) -> tuple[str, str, str, bytes]:
        """What the orders of one message have in common."""
        binding = msgspec.json.encode(self.target.binding, order="sorted")
        return self.channel.name, self.operation.variant, self.run.request.product, binding


class Together:
    """The orders of one batch on their way to their carriers."""

    def __init__(self, parts: Parts, batch_id: str, client_ref: str) -> None:
        """Take what the messages are numbered by; the orders are durable already."""
        self._parts = parts
        self._batch_id = batch_id
        self._client_ref = client_ref
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)
        self._messages = 0

    async def see_to(self, runs: Sequence[OrderRun]) -> None:
        """Bring every order to a state that can be left alone; one that cannot be does not hold up the others."""
        loads: list[Load] = []
        alone: list[tuple[OrderRun, Target]] = []
        for run in runs:
            await _guarded(self._sort(run, loads, alone))
        messages = _messages(loads)
        alone += [(load.run, load.target) for message in messages if len(message) == 1 for load in message]
        work: list[Awaitable[None]] = [self._ship(message) for message in messages if len(message) > 1]
        work += [self._alone(run, target) for run, target in alone]
        await asyncio.gather(*map(_guarded, work))

    async def _sort(self, run: OrderRun, loads: list[Load], alone: list[tuple[OrderRun, Target]]) -> None:
        target = await run.next_target()
        if target is None:
            return
        load = self._load(run, target)
        if load is None:
            alone.append((run, target))
        else:
            loads.append(load)

    def _load(self, run: OrderRun, target: Target) -> Load | None:
        """The order as one of several; None where it goes by itself: bound to a quote, or no such message for it."""
        channel = self._parts.channels.get(target.channel)
        if channel is None or channel.adapter.carrier.batch_max is None or not run.is_routed:
            return None
        item = BatchItem(ref=request_no(run.op.operation_id, channel.name), request=run.request)
        request = self._request((item,))
        try:
            operation = channel.adapter.operation(BATCH, request, lambda: channel.context(binding=target.binding))
        except AdapterMissing:
            return None
        is_one_call = len(operation.steps) == 1 and operation.steps[0].needs is None
        return Load(run=run, target=target, channel=channel, operation=operation) if is_one_call else None

    def _request(self, items: tuple[BatchItem, ...]) -> PolicyIssueBatchRequest:
        return PolicyIssueBatchRequest(client_ref=self._client_ref, product=items[0].request.product, items=items)

    async def _alone(self, run: OrderRun, target: Target) -> None:
        async with self._calls:
            await run.go(target)

    # -- one message --------------------------------------------------------------------------------------------

    async def _ship(self, loads: list[Load]) -> None:
        """Send one message, and bring each order in it to its own end."""
        self._messages += 1
        message = Message(self._parts, f"{self._batch_id}.{self._messages}", loads, self._request(_items(loads)))
        async with self._calls:
            replies = await message.exchange()
        if replies is None:
            return await self._part(message, loads)
        await asyncio.gather(*(_guarded(load.run.go_on(reply)) for load, reply in zip(loads, replies, strict=True)))
        return None

    async def _part(self, message: "Message", loads: list[Load]) -> None:
        """Nothing was sent: what cannot be said goes by itself, and hears why; the rest travels without it."""
        sayable = [load for load in loads if message.can_say(self._request((load.item,)))]
        together = sayable if 1 < len(sayable) < len(loads) else []
        work: list[Awaitable[None]] = [self._alone(each.run, each.target) for each in loads if each not in together]
        work += [self._ship(together)] if together else []
        await asyncio.gather(*map(_guarded, work))


class _Taken(Exception):
    """A worker has taken one of the orders meanwhile: nothing was written, nothing was sent."""


class Message:
    """One call that carries several orders."""

    def __init__(self, parts: Parts, number: str, loads: Sequence[Load], request: PolicyIssueBatchRequest) -> None:
        """Take the orders, all of one channel, and `number`, from which the message's own request number is made."""
        self._parts = parts
        self._number = number
        self._loads = loads
        self._request = request
        self._channel = loads[0].channel
        self._operation = loads[0].operation
        self._step = loads[0].operation.steps[0]

    async def exchange(self) -> list[Reply] | None:
        """The reply to each order; None where nothing was sent and each has to go by itself."""
        if (held := self._parts.router.stopped.get(self._channel.name)) is not None:
            return [unsent(held.text, held.code) for _ in self._loads]
        try:
            answer = await self._attempt()
            worn_out = answer.reply.outcome.kind is OutcomeKind.refused and not self._channel.has_token(self._step)
            answer = await self._attempt() if worn_out else answer
        except TokenUnavailable as none:
            return [unsent(str(none)) for _ in self._loads]
        except (WireError, _Taken):
            return None
        return [self._judged(load, answer.reply) for load in self._loads]

    def can_say(self, request: PolicyIssueBatchRequest) -> bool:
        """Whether the wire can carry this."""
        try:
            self._channel.build(self._step, request, self._context(""))
        except WireError:
            return False
        return True

    async def _attempt(self) -> Answer:
        if not self._channel.has_token(self._step):
            await self._channel.fetch_token()
        attempt_id = self._parts.world.new_id("att")
        context = self._context(attempt_id)
        wire = self._channel.build(self._step, self._request, context)
        await self._begin(attempt_id, wire)
        exchange = Exchange(
            channel=self._channel.name,
            attempt_id=attempt_id,
            step=self._step,
            request=self._request,
            context=context,
            wire=wire,
            deadline_s=min(attempt_s(self._parts, load.run.op, self._step.timeout.total_s) for load in self._loads),
        )
        answer = await self._channel.send(exchange)
        for load in self._loads:
            raw = answer.raw if load is self._loads[0] else None  # the reply is kept once
            load.run.shipped(replace(answer, raw=raw, reply=_reply_to(load.item.ref, answer.reply)))
        return answer

    async def _begin(self, attempt_id: str, wire: WireRequest) -> None:
        """Every order's row, decision and attempt, and the bytes: durable together, or nothing leaves."""
        variant = in_batch(self._operation.variant)
        changes: list[Change] = []
        for load in self._loads:
            changes += load.run.shipping(load.channel, load.target, variant, attempt_id)
        attempt = next(change.record for change in changes if isinstance(change, StartAttempt))
        try:
            await self._parts.journal.write(*changes, sealed_request(self._parts, attempt, wire))
        except Stale:
            raise _Taken from None
        for load in self._loads:
            load.run.written()
        for load in self._loads:
            load.run.must_still_be_ours()

    def _context(self, attempt_id: str) -> Context:
        return self._channel.context(
            operation_id=self._number, attempt_id=attempt_id, binding=self._loads[0].target.binding
        )

    def _judged(self, load: Load, reply: Reply) -> Reply:
        return judged(self._step, self._operation, load.run.use_case, _reply_to(load.item.ref, reply))


def _items(loads: Iterable[Load]) -> tuple[BatchItem, ...]:
    return tuple(load.item for load in loads)


def _messages(loads: Sequence[Load]) -> list[list[Load]]:
    """The orders by what they have in common, no more in one message than its carrier takes."""
    alike: dict[tuple[str, str, str, bytes], list[Load]] = {}
    for load in loads:
        alike.setdefault(load.fits, []).append(load)
    return [
        group[at : at + most]
        for group in alike.values()
        for most in [group[0].channel.adapter.carrier.batch_max or 1]
        for at in range(0, len(group), most)
    ]


# -- a reply taken apart ------------------------------------------------------------------------------------------


def _reply_to(ref: str, whole: Reply) -> Reply:
    """What the reply to a message says of one order in it: without one clear word it may have been issued."""
    if whole.outcome.kind is not OutcomeKind.accepted:
        result = PolicyIssueResult(reasons=getattr(whole.result, "reasons", ()))
        outcome = replace(whole.outcome, then=None) if whole.outcome.then == THEN_ANSWER else whole.outcome
        return replace(whole, outcome=outcome, result=result, wire=None)
    told = [each for each in getattr(whole.result, "items", ()) if each.ref == ref]
    if len(told) != 1 or told[0].result is None:
        return replace(whole, outcome=_untold(), result=None, wire=None)
    return replace(whole, outcome=_outcome_of(told[0]), result=told[0].policy or PolicyIssueResult(), wire=None)


def _untold() -> Outcome:
    text = "the reply does not say what became of this order"
    return Outcome(kind=OutcomeKind.unknown, code="carrier.incomplete", text=text)


def _outcome_of(told: BatchItemResult) -> Outcome:
    """One order's own outcome; a no without a reason is one that the carrier keeps from the customer."""
    assert told.result is not None, "it was looked at before"
    kind = _KINDS.get(told.result.code) if told.result.code is not None else None
    if kind is None:
        return _untold()
    reason, text = told.result.reason, told.result.text
    return Outcome(kind=kind, code=reason, text=text, disclose=reason is not None or text is not None)


async def _guarded(work: Awaitable[None]) -> None:
    """One order's trouble is not the others': what was recorded of it is recovered like any other operation."""
    try:
        await work
    except JournalError as error:
        _log.warning("an order of a batch is left to the worker: %s", type(error).__name__)
    except Exception as error:  # noqa: BLE001 - its carrier may have been asked: the ladder finds out what is true
        _log.error("an order of a batch stopped: %s", type(error).__name__)
