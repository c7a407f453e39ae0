"""How a write enters: one key, one operation, one answer, whether its caller waits or not."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import msgspec

from gateway.channel import AdapterMissing
from gateway.errors import Duplicate, HubError, KeyMissing, KeyReused, NotOffered, Unavailable
from gateway.journal.errors import BusinessKeyTaken, JournalUnavailable, KeyTaken, Stale
from gateway.journal.records import OperationRecord
from gateway.model import Model
from gateway.model.states import TERMINAL, OperationState
from gateway.service.answers import Answer, done
from gateway.service.cases.proposals import must_be_sound
from gateway.service.cases.quotes import QUOTE, QuoteRun, prepare_quote
from gateway.service.engine import waiting
from gateway.service.engine.execute import Run
from gateway.service.entrance.operations import must_be_kept, operation_view
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import Intent, UseCase

KEY_CHARACTERS_MAX = 64
RECORDED_WITHIN_S, RECORDED_EVERY_S = 5.0, 0.002
_JSON = msgspec.json.Encoder()
_CANONICAL = msgspec.json.Encoder(order="deterministic")
_log = logging.getLogger("insurehub.service")


class Running(Protocol):
    """An operation being executed."""

    op: OperationRecord

    @property
    def is_recorded(self) -> bool:
        """Whether the journal knows this operation."""

    @property
    def recorded(self) -> OperationRecord:
        """The row as the journal has it."""

    async def execute(self) -> None:
        """Bring it to a state that can be left alone."""


Prepare = Callable[[Parts, Caller, Any], Awaitable[Intent]]
Start = Callable[[OperationRecord, Intent], Running]
Opening = Callable[[str, str], Awaitable[Answer]]
Standing = Callable[[OperationRecord], Awaitable[Answer]]


def needed_key(idem_key: str | None) -> str:
    """The idempotency key every write bears. Raises KeyMissing."""
    if not idem_key or len(idem_key) > KEY_CHARACTERS_MAX:
        raise KeyMissing(f"send a header Idempotency-Key of 1 to {KEY_CHARACTERS_MAX} characters")
    return idem_key


def request_hash(body: Model) -> str:
    """The hash of a canonical body: the same for every spelling of the same JSON."""
    return hashlib.sha256(_CANONICAL.encode(body)).hexdigest()


async def submit(parts: Parts, use_case: UseCase, caller: Caller, body: Model, idem_key: str | None) -> Answer:
    """Open the operation a key names, or answer for the one it already named.

    Raises HubError for what is refused before anything is recorded, Unavailable when the journal cannot be written
    (nothing was sent then).
    """

    def start(op: OperationRecord, intent: Intent) -> Running:
        return Run(parts, use_case, op, intent, opened=False)

    return await _enter(parts, use_case.operation, caller, body, idem_key, use_case.prepare, start)


async def submit_quote(parts: Parts, caller: Caller, body: Model, idem_key: str | None) -> Answer:
    """The same entrance for a request for prices, which asks several channels at once."""

    def start(op: OperationRecord, intent: Intent) -> Running:
        return QuoteRun(parts, op, intent)

    return await _enter(parts, QUOTE, caller, body, idem_key, prepare_quote, start)


async def _enter(
    parts: Parts, operation: str, caller: Caller, body: Model, idem_key: str | None, prepare: Prepare, start: Start
) -> Answer:
    async def opening(key: str, digest: str) -> Answer:
        return await _open(parts, operation, caller, body, key, digest, prepare, start)

    async def standing(known: OperationRecord) -> Answer:
        return answer_of(known, replayed=True)

    return await once(parts, operation, caller, body, idem_key, opening, standing)


async def once(
    parts: Parts,
    operation: str,
    caller: Caller,
    body: Model,
    idem_key: str | None,
    opening: Opening,
    standing: Standing,
) -> Answer:
    """Open what a key names, by `opening(key, digest)`, or tell how what it already named is `standing`."""
    idem_key, digest = needed_key(idem_key), request_hash(body)
    key = (caller.client, operation, idem_key)
    if key in parts.recent:
        known = await _by_key(parts, operation, caller, idem_key)
        if known is not None:
            return await standing(same(known, digest))
    parts.recent.add(key)
    try:
        return await opening(idem_key, digest)
    except (KeyTaken, HubError) as refused:
        # A known key is answered as it always was, whatever has become of the request's sense since.
        known = await _by_key(parts, operation, caller, idem_key)
        if known is not None:
            return await standing(same(known, digest))
        if isinstance(refused, KeyTaken):
            raise Unavailable("the operation of this key cannot be read now") from None
        raise


async def _by_key(parts: Parts, operation: str, caller: Caller, idem_key: str) -> OperationRecord | None:
    try:
        return await parts.journal.operation_by_key(caller.client, operation, idem_key)
    except JournalUnavailable as down:
        raise Unavailable(str(down)) from None


async def _open(
    parts: Parts,
    operation: str,
    caller: Caller,
    body: Model,
    idem_key: str,
    digest: str,
    prepare: Prepare,
    start: Start,
) -> Answer:
    """Open the operation; that its key is new is found out by writing it, not by asking before."""
    try:
        must_be_sound(parts, body)
        intent = await prepare(parts, caller, body)
        must_be_offered(parts, operation, intent)
        run = start(new_row(parts, operation, caller, intent, digest, idem_key), intent)
        return await begin(parts, run, caller)
    except BusinessKeyTaken as taken:
        # Someone opened this identity a moment earlier: under the same key it is a repetition.
        raise await duplicate(parts, str(taken)) from None
    except JournalUnavailable as down:
        raise Unavailable(str(down)) from None


def must_be_offered(parts: Parts, operation: str, intent: Intent) -> None:
    """Raises NotOffered where the one channel that can do it has no such operation, or none for this request."""
    channel = parts.channels.get(intent.fixed.channel) if intent.fixed is not None else None
    if intent.fixed is None or channel is None:
        return
    context = partial(channel.context, binding=intent.fixed.binding, refs=intent.fixed.refs)
    try:
        channel.adapter.operation(operation, intent.request, context)
    except AdapterMissing as missing:
        raise NotOffered(str(missing)) from None


def same(known: OperationRecord, digest: str) -> OperationRecord:
    """The operation a key names, for the body it was opened with. Raises KeyReused for another."""
    if known.request_hash != digest:
        raise KeyReused(f"the key already named operation {known.operation_id} with another body")
    return known


def answer_of(op: OperationRecord, *, replayed: bool = False) -> Answer:
    """What a caller gets for an operation as it stands: its stored answer byte for byte, 202 while it runs.

    Raises Forgotten where its answer is no longer kept.
    """
    must_be_kept(op)
    if op.state in TERMINAL and op.answer is not None and op.answer_status is not None:
        return Answer(
            status=op.answer_status,
            body=op.answer,
            location=op.answer_location,
            retry_after_s=10 if op.answer_status == 503 else None,
            replayed=replayed,
        )
    answer = done(202, operation_view(op), f"/v1/operations/{op.operation_id}")
    return msgspec.structs.replace(answer, retry_after_s=waiting.retry_after_s(op), replayed=replayed)


def new_row(
    parts: Parts, operation: str, caller: Caller, intent: Intent, digest: str, idem_key: str | None
) -> OperationRecord:
    """The row an intent is opened with."""
    now = parts.world.now()
    return OperationRecord(
        operation_id=parts.world.new_id("op"),
        client=caller.client,
        operation=operation,
        idem_key=idem_key,
        request_hash=digest,
        business_key=intent.business_key,
        state=OperationState.created,
        request=_JSON.encode(intent.request),
        subject_id=intent.subject_id,
        client_ref=intent.client_ref,
        deadline_at=now + timedelta(seconds=parts.policy.deadline_s),
        created_at=now,
        updated_at=now,
    )


async def begin(parts: Parts, run: Running, caller: Caller) -> Answer:
    """Run in a task of its own: a caller who leaves does not stop what has begun."""
    task = await in_background(parts, run.execute(), caller)
    if not task.done():
        await _until_recorded(run, task)
    if not task.done():
        return await _meanwhile(parts, run)
    error = task.exception()
    if error is None:
        return answer_of(run.op)
    if not run.is_recorded:
        raise error
    if not isinstance(error, Stale | JournalUnavailable):
        # A carrier may have been asked: to say no now could be wrong. The ladder finds out what is true.
        _log.error("an operation stopped: %s %s %s", run.op.operation, run.op.operation_id, type(error).__name__)
    return await _as_recorded(parts, run)


async def in_background(parts: Parts, work: Coroutine[Any, Any, None], caller: Caller) -> "asyncio.Task[None]":
    """Begin work in a task of its own, and wait for it as long as the caller would."""
    task = asyncio.create_task(work)
    parts.running.add(task)
    task.add_done_callback(parts.running.discard)
    wait_s = parts.policy.answer_within_s if caller.wait_s is None else caller.wait_s
    await asyncio.wait({task}, timeout=min(wait_s, parts.policy.answer_within_max_s))
    return task


async def _until_recorded(run: Running, task: "asyncio.Task[None]") -> None:
    """However little a caller would wait, an answer names an operation that is in the journal."""
    polls = int(RECORDED_WITHIN_S / RECORDED_EVERY_S)
    while polls and not run.is_recorded and not task.done():
        await asyncio.wait({task}, timeout=RECORDED_EVERY_S)
        polls -= 1


async def _meanwhile(parts: Parts, run: Running) -> Answer:
    """The caller's patience is over before the operation is; what is not durable yet is not promised."""
    if not run.is_recorded:
        raise Unavailable("the operation could not be recorded in time; repeat it with the same key")
    return await _as_recorded(parts, run)


async def _as_recorded(parts: Parts, run: Running) -> Answer:
    """How an operation stands; a journal that fails now makes nothing undone that a carrier may have been asked."""
    try:
        return answer_of(await parts.journal.operation(run.op.operation_id) or run.recorded)
    except JournalUnavailable:
        return answer_of(run.recorded)


async def duplicate(parts: Parts, business_key: str) -> HubError:
    """The refusal of an identity that an operation already has, naming it."""
    holder = await parts.journal.operation_by_business_key(business_key)
    named = f"operation {holder.operation_id} ({holder.state})" if holder else "another operation"
    extra = {"operation_id": holder.operation_id} if holder else {}
    return Duplicate(f"{named} already has this identity", extra=extra)
