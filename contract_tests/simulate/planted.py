"""Bugs planted around the real services, each of which the invariant named for it must find. The product has none."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contract_tests.simulate.cluster import REAL, Parts
from contract_tests.simulate.journal import ProcessJournal, Store
from contract_tests.simulate.market import Market, ProcessTransport
from contract_tests.simulate.process import Process
from gateway.app import Gateway
from gateway.channel import Answer, Exchange
from gateway.journal.changes import Change, Cross, EndAttempt, Move, Open, StartAttempt
from gateway.journal.protocol import Journal
from gateway.journal.records import OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.model.states import OperationState
from gateway.service.engine import conclude
from gateway.transport import Ambiguous
from gateway.wire.contract import Callback, Context, Inbound, Inquiry, Notice, Operation, Secret

Service = Callable[[Gateway], None]
HASTE_S = 0.5
PLANTED_CALM_MAX_S = 600.0


class Plant(Struct, frozen=True, kw_only=True):
    """A bug: what it is, how it is composed, and the promises it must be seen to break.

    `waits_long`: it shows when a day has passed, not before. `clocks_wrong_by_s`: of the replicas, in turn.
    """

    about: str
    breaks: tuple[str, ...]
    journal: Callable[[Store, Process], Journal] = REAL.journal
    transport: Callable[[Market, Process], httpx.AsyncBaseTransport] = REAL.transport
    service: Service = REAL.service
    waits_long: bool = False
    clocks_wrong_by_s: tuple[float, ...] = ()

    @property
    def parts(self) -> Parts:
        """The makers a run is composed of."""
        return Parts(
            journal=self.journal,
            transport=self.transport,
            service=self.service,
            calm_max_s=REAL.calm_max_s if self.waits_long else PLANTED_CALM_MAX_S,
            clocks_wrong_by_s=self.clocks_wrong_by_s,
        )


# -- around the transport ---------------------------------------------------------------------------------------------


class _Resending(ProcessTransport):
    """An HTTP client with retries of its own."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except Ambiguous:
            return await super().handle_async_request(request)


# -- around the channels ----------------------------------------------------------------------------------------------

Send = Callable[[Exchange], Any]


def _sending(change: Callable[[Send], Send]) -> Service:
    def plant(gateway: Gateway) -> None:
        for channel in gateway.parts.channels.values():
            cast("Any", channel).send = change(channel.send)

    return plant


def _failing_over(send: Send) -> Send:
    """Whatever was not answered is taken for not executed."""

    async def sending(exchange: Exchange) -> Answer:
        answer: Answer = await send(exchange)
        if answer.reply.outcome.kind is not OutcomeKind.unknown or exchange.step.safety is SafetyClass.read:
            return answer
        outcome = Outcome(kind=OutcomeKind.not_executed, code="channel.not_executed", text="timed out")
        return replace(answer, reply=replace(answer.reply, outcome=outcome))

    return sending


def _swapping(send: Send) -> Send:
    """Two replies of one channel at about the same time change places, and nobody looks at their echo."""
    waiting: list[tuple[Answer, asyncio.Future[Answer]]] = []

    async def sending(exchange: Exchange) -> Answer:
        answer: Answer = await send(exchange)
        if exchange.step.operation != "policy.issue" or answer.reply.outcome.kind is not OutcomeKind.accepted:
            return answer
        if waiting:
            other, theirs = waiting.pop()
            theirs.set_result(answer)
            return other
        mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiting.append((answer, mine))
        await asyncio.wait([mine], timeout=5.0)
        if mine.done():
            return mine.result()
        waiting.clear()
        return answer

    return sending


# -- around the adapters ----------------------------------------------------------------------------------------------


def _trusting(gateway: Gateway) -> None:
    """The first "not found" counts, whatever the carrier says about its horizon."""
    for channel in gateway.parts.channels.values():
        adapter = cast("Any", channel.adapter)
        adapter._operations = {name: tuple(map(_hasty, found)) for name, found in adapter._operations.items()}  # noqa: SLF001


def _hasty(operation: Operation) -> Operation:
    if operation.inquiry is None:
        return operation
    hasty: Inquiry = replace(operation.inquiry, visibility_lag_s=0.0, not_found_is_final_after_s=0.0)
    return replace(operation, inquiry=hasty)


def _believing(gateway: Gateway) -> None:
    """A callback's signature is not looked at."""
    for channel in gateway.parts.channels.values():
        adapter = cast("Any", channel.adapter)
        real = adapter.callback

        def callback(name: str, real: Callable[[str], Callback | None] = real) -> Callback | None:
            found = real(name)
            return None if found is None else replace(found, read=_credulous(found))

        adapter.callback = callback


def _credulous(callback: Callback) -> Callable[[Inbound, Context], Notice]:
    def read(inbound: Inbound, context: Context) -> Notice:
        notice = callback.read(inbound, context)
        if notice.genuine:
            return notice
        # The mock forges with its keys turned round: whoever does not look at a signature believes these as well.
        forgers = {name: Secret(f"not-{secret.reveal()}"[::-1]) for name, secret in context.secrets.items()}
        return callback.read(inbound, replace(context, secrets=forgers))

    return read


# -- around the service -----------------------------------------------------------------------------------------------


def _applying_twice(gateway: Gateway) -> None:
    """Every genuine callback that comes for an operation that has succeeded is applied once more."""
    service = gateway.service
    receive = service.callback

    async def again(channel_name: str, name: str, inbound: Inbound) -> Any:
        answer = await receive(channel_name, name, inbound)
        channel = service.parts.channels[channel_name]
        callback = channel.adapter.callback(name)
        notice = callback.read(inbound, channel.context()) if callback else None
        if notice is None or not notice.genuine or notice.reply is None:
            return answer
        journal = service.parts.journal
        op = await journal.operation_by_request_no(channel_name, notice.correlate.get("request_no", ""))
        if op is None or op.state is not OperationState.succeeded:
            return answer
        request = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
        waiting = replace(op, state=OperationState.pending)
        ends = await conclude.succeed(service.parts, service.use_cases[op.operation], waiting, request, notice.reply)
        await journal.write(*(change for change in ends if not isinstance(change, Cross)))
        return answer

    cast("Any", service).callback = again


# -- around the journal -----------------------------------------------------------------------------------------------


class _Afterwards(ProcessJournal):
    """An attempt is recorded when it is over: what was lost on the way was never there."""

    async def write(self, *changes: Change) -> None:
        await super().write(*(kept for each in changes if (kept := _afterwards(each)) is not None))


def _afterwards(change: Change) -> Change | None:
    if isinstance(change, EndAttempt):
        return StartAttempt(change.record)
    return None if isinstance(change, StartAttempt) and change.record.ended_at is None else change


class _Unfenced(ProcessJournal):
    """The last writer wins, whoever holds the lease, whatever has happened meanwhile."""

    async def _commit(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            if isinstance(change, Move):
                self._make_room(change)
        await super()._commit(changes)

    def _make_room(self, change: Move) -> None:
        """Turn the row back to what the writer believes it is: no guard stands in its way then."""
        operations = self._store.rows._tables.operations  # noqa: SLF001
        current = operations.get(change.record.operation_id)
        if current is not None and self._overrules(change, current):
            believed = replace(current, state=change.from_state, fence=change.record.fence)
            operations[current.operation_id] = believed

    def _overrules(self, change: Move, current: OperationRecord) -> bool:
        return True


class _Reopening(_Unfenced):
    """What a callback ends may have ended before."""

    def _overrules(self, change: Move, current: OperationRecord) -> bool:
        return (change.from_state, current.state) == (OperationState.pending, OperationState.succeeded)


class _OwnClock(ProcessJournal):
    """Each gateway goes by its own machine's clock."""

    async def clock(self) -> None:  # type: ignore[override]
        """Nobody is asked."""


class _Hasty(ProcessJournal):
    """What opens an operation is acknowledged at once, and durable a little later."""

    async def write(self, *changes: Change) -> None:
        if not any(isinstance(each, Open) for each in changes):
            return await super().write(*changes)
        store, name = self._store, self._name

        async def later() -> None:
            await asyncio.sleep(HASTE_S)
            await store.commit(name, changes)

        self._later = asyncio.create_task(later())
        return None


def _journal(made: type[ProcessJournal]) -> Callable[[Store, Process], Journal]:
    return lambda store, process: cast("Journal", made(store, process.name))


PLANTS: Mapping[str, Plant] = {
    "resend-on-timeout": Plant(
        about="the HTTP client sends again what was not answered", breaks=("S1", "S8"), transport=_Resending
    ),
    "fail-over-on-timeout": Plant(
        about="an unanswered write goes to another channel", breaks=("S1", "S4"), service=_sending(_failing_over)
    ),
    "no-attempt-row": Plant(
        about="an attempt is recorded only when it is over", breaks=("S8",), journal=_journal(_Afterwards)
    ),
    "first-not-found-trusted": Plant(
        about="the first 'not found' counts, before the horizon", breaks=("S4",), service=_trusting
    ),
    "swapped-reply-taken": Plant(
        about="nobody looks at a reply's echo", breaks=("S3", "S11"), service=_sending(_swapping)
    ),
    "callback-applied-twice": Plant(
        about="a repeated callback is applied again",
        breaks=("S10",),
        service=_applying_twice,
        journal=_journal(_Reopening),
    ),
    "zombie-writes": Plant(
        about="the last writer wins, whoever holds the lease", breaks=("S7",), journal=_journal(_Unfenced)
    ),
    "own-clock": Plant(
        about="each gateway goes by its own machine's clock",
        breaks=("S9", "V1"),
        journal=_journal(_OwnClock),
        waits_long=True,
        clocks_wrong_by_s=(0.0, 840.0),
    ),
    "forged-callback-believed": Plant(
        about="a callback's signature is not looked at", breaks=("S10",), service=_believing
    ),
    "answered-before-durable": Plant(
        about="an operation is acknowledged before it is in the journal", breaks=("S5",), journal=_journal(_Hasty)
    ),
}
"""Every planted bug by name."""
