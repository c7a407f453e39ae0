"""Bugs composed around the real services: what the checker must catch on every run, and by which promise.

The gateway has no switch for them. A bug is a journal, a transport or an adapter that does what a careless one would.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx
from msgspec.structs import replace

from gateway.app import Gateway
from gateway.channel import Channel
from gateway.journal import sqlite
from gateway.journal.changes import Change, Cross, EndAttempt, Move, Receive, Settle, StartAttempt
from gateway.journal.errors import Stale
from gateway.journal.protocol import Journal
from gateway.journal.records import OperationRecord
from gateway.model.states import OperationState
from gateway.transport import Ambiguous, NotSent
from gateway.transport.errors import Fault
from gateway.wire.contract import Context, Operation, Reply, WireReply

RESEND = "resend-on-timeout"
FAIL_OVER = "fail-over-on-timeout"
NO_ROW = "no-attempt-row"
NOT_FOUND = "first-not-found-trusted"
SWAPPED = "swapped-reply-taken"
TWICE = "callback-applied-twice"
ZOMBIE = "zombie-writes"
NEWEST = "newest-adapter-taken"
INVARIANT: Mapping[str, str] = {
    RESEND: "S1", FAIL_OVER: "S1", NO_ROW: "S8", NOT_FOUND: "S4", SWAPPED: "S11", TWICE: "S10", ZOMBIE: "S7",
    NEWEST: "S13",
}  # fmt: skip
"""Which promise each of them breaks."""


def planted_journal(name: str, journal: Journal) -> Journal:
    """The journal with the bug, or as it is."""
    wrap = {NO_ROW: Forgetful, TWICE: AppliesTwice, ZOMBIE: Unfenced}.get(name)
    if name in (TWICE, ZOMBIE):
        # The table of moves would refuse what these two do: a second guard, which a store without it lacks.
        sqlite.must_be_moves = _nothing_is_asked  # type: ignore[attr-defined]
    return cast("Journal", wrap(journal)) if wrap else journal


def planted_transport(name: str, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    """The transport with the bug, or as it is."""
    wrap = {RESEND: SendsAgain, FAIL_OVER: SaysNotSent}.get(name)
    return wrap(transport) if wrap else transport


def plant_adapters(name: str, gateway: Gateway) -> None:
    """Change what the composed gateway believes of its carriers, where the bug lies there."""
    if name == NEWEST:
        Channel.speaking = OneVersion.speaking  # type: ignore[method-assign, assignment]
    change = {NOT_FOUND: _trusting, SWAPPED: _credulous}.get(name)
    if change is None:
        return
    for channel in gateway.parts.channels.values():
        known = {each: channel.adapter.variants(each) for each in channel.adapter.carrier.operations}
        changed = {each: tuple(map(change, variants)) for each, variants in known.items()}
        channel.adapter.__dict__["_operations"] = changed


class OneVersion(Channel):
    """A channel that knows no adapter but the present one."""

    def speaking(self, version: str | None) -> Channel:
        """Itself, whatever an operation began with."""
        return self


def _nothing_is_asked(changes: Sequence[Change]) -> None:
    """A store that knows no table of moves."""


class _Wrapped:
    """Everything that is not changed is the inner journal's."""

    def __init__(self, inner: Journal) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Forgetful(_Wrapped):
    """A journal that leaves attempts out."""

    async def write(self, *changes: Change) -> None:
        await self._inner.write(*(each for each in changes if not isinstance(each, StartAttempt | EndAttempt)))


class AppliesTwice(_Wrapped):
    """A journal that knows no repetition of a callback, and shows an ended operation as one that still waits."""

    async def operation_by_request_no(self, channel: str, request_no: str) -> OperationRecord | None:
        op = await self._inner.operation_by_request_no(channel, request_no)
        if op is not None and op.state is OperationState.succeeded:
            return replace(op, state=OperationState.resolving)
        return op

    async def write(self, *changes: Change) -> None:
        again = False
        fitted: list[Change] = []
        for change in changes:
            if isinstance(change, Receive):
                record = change.record
                fitted.append(Receive(replace(record, event_key=f"{record.event_key[:30]}{record.inbound_id}")))
            elif isinstance(change, Move):
                current = await self._inner.operation(change.record.operation_id)
                again = again or (current is not None and current.state is OperationState.succeeded)
                fitted.append(_from(change, current) if current and again else change)
            elif isinstance(change, Settle):
                fitted.append(Settle(replace(change.record, event_id=None)))
            elif not (again and isinstance(change, Cross)):
                fitted.append(change)
        await self._inner.write(*fitted)


class Unfenced(_Wrapped):
    """A journal in which the last writer wins, whoever holds the lease."""

    async def write(self, *changes: Change) -> None:
        try:
            await self._inner.write(*changes)
        except Stale:
            await self._inner.write(*[await self._forced(each) for each in changes if not isinstance(each, EndAttempt)])

    async def _forced(self, change: Change) -> Change:
        current = await self._inner.operation(change.record.operation_id) if isinstance(change, Move) else None
        return _from(change, current) if isinstance(change, Move) and current else change


def _from(move: Move, current: OperationRecord) -> Move:
    """The move with guards that fit, allowed or not."""
    return Move(replace(move.record, fence=current.fence), current.state)


class SendsAgain(httpx.AsyncBaseTransport):
    """A transport with a retry of its own: what got no answer is sent once more."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except Ambiguous:
            return await self._inner.handle_async_request(request)


class SaysNotSent(httpx.AsyncBaseTransport):
    """A transport that takes silence for a no, so that another channel is tried."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except Ambiguous:
            failure = NotSent(Fault.connect_timeout)
        raise failure


def _trusting(operation: Operation) -> Operation:
    """The first "not found" is taken for the last word."""
    if operation.inquiry is None:
        return operation
    return replace(operation, inquiry=replace(operation.inquiry, not_found_is_final_after_s=0.0))


def _credulous(operation: Operation) -> Operation:
    """Whatever number a reply bears is taken for the one that was sent."""
    return replace(operation, steps=tuple(replace(step, parse=_believing(step.parse)) for step in operation.steps))


def _believing(parse: Any) -> Any:
    def believe(reply: WireReply, request: Any, context: Context) -> Reply:
        try:
            number = json.loads(reply.body)["partnerOrderId"]
        except (ValueError, KeyError, TypeError):
            number = context.request_no
        found: Reply = parse(reply, request, replace(context, request_no=number))
        return found

    return believe
