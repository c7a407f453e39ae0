"""`policy.issue_batch`: several orders under one key, each of them an operation of its own.

A batch has a key and no outcome of its own: its row names its orders' operations, its answer is put together from
theirs, and it is over when each of them is. So a restart, a late answer or a repetition finds each order as a single
issue would be found, and an order that exists already, or stands in the batch twice, is a duplicate by itself.
"""

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from gateway.channel import AdapterMissing
from gateway.errors import Duplicate, HubError, NotExecuted, NotOffered, Unavailable
from gateway.journal.changes import Move, Open
from gateway.journal.errors import BusinessKeyTaken, JournalError, JournalUnavailable
from gateway.journal.records import OperationRecord
from gateway.model import OperationView, PolicyIssueBatchBody, PolicyIssueBody
from gateway.model.operations import OPERATIONS
from gateway.model.states import TERMINAL, OperationState
from gateway.service.answers import Answer, done, problem
from gateway.service.cases.proposals import must_be_sound, route_for
from gateway.service.engine import conclude
from gateway.service.engine.execute import Run
from gateway.service.engine.flow import BATCH
from gateway.service.engine.time_left import is_worth_trying
from gateway.service.entrance.batch_row import Order, OrdersUnreadable, orders_of
from gateway.service.entrance.operations import must_be_kept, operation_view
from gateway.service.entrance.order_run import OrderRun
from gateway.service.entrance.submit import answer_of, duplicate, in_background, new_row, once, request_hash
from gateway.service.entrance.together import Together
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import Intent, UseCase

LOOK_FIRST_S, LOOK_MAX_S, LOOK_SHARE = 10.0, 600.0, 0.1
"""How often a batch is looked at whose orders are not all over: the older it is, the more rarely, for one of them may
wait for a person. Who asks for it is told how its orders stand in any case."""

_OPENED_IN_TRIES = 3
_log = logging.getLogger("insurehub.service")


class _Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The model's `PolicyBatchItem` with documents that are JSON already: they are told byte for byte."""

    client_ref: str
    operation_id: str | None = None
    state: OperationState | None = None
    policy: msgspec.Raw | UnsetType = UNSET
    problem: msgspec.Raw | UnsetType = UNSET


async def issue_batch(
    parts: Parts, use_case: UseCase, caller: Caller, body: PolicyIssueBatchBody, idem_key: str | None
) -> Answer:
    """Open an operation for each order and see to all of them, or tell how the batch of this key stands."""

    async def opening(key: str, digest: str) -> Answer:
        try:
            batch, runs = await _Opening(parts, use_case, caller, body).write(key, digest)
            await in_background(parts, _see_to(parts, batch, runs), caller)
            return await standing(batch)
        except JournalUnavailable as down:
            raise Unavailable(str(down)) from None

    async def standing(batch: OperationRecord) -> Answer:
        return await answer_of_batch(parts, batch)

    async def repeated(batch: OperationRecord) -> Answer:
        return replace(await standing(batch), replayed=True)

    return await once(parts, BATCH, caller, body, idem_key, opening, repeated)


async def _see_to(parts: Parts, batch: OperationRecord, runs: list[OrderRun]) -> None:
    await Together(parts, batch.operation_id, batch.client_ref or "").see_to(runs)
    try:
        await look(parts, batch)
    except JournalError as error:
        _log.warning("batch %s is left to the worker: %s", batch.operation_id, type(error).__name__)


async def look(parts: Parts, batch: OperationRecord) -> None:
    """End a batch whose orders are over, or look again later. Raises Stale when someone else has looked.

    Raises OrdersUnreadable.
    """
    now = parts.world.now()
    if orders_of(batch) is None:
        raise OrdersUnreadable("its record of the orders it opened cannot be read")
    is_over = (await answer_of_batch(parts, batch)).status == HTTPStatus.OK
    state = OperationState.succeeded if is_over else OperationState.pending
    age_s = (now - batch.created_at).total_seconds()
    wait_s = min(LOOK_MAX_S, max(LOOK_FIRST_S, age_s * LOOK_SHARE))
    # One that could not be looked at for a while is in doubt no longer.
    batch, moves = conclude.to_resolving(batch) if batch.state is OperationState.unknown else (batch, [])
    known = {"unknown_since": None, "resolve_by": None, "text": None}
    row = conclude.released(batch, state, now + timedelta(seconds=wait_s), now, **known)
    await parts.journal.write(*moves, Move(replace(row, next_check_at=None) if is_over else row, batch.state))


async def begin_again(parts: Parts, use_case: UseCase, op: OperationRecord) -> None:
    """Route an order whose gateway stopped before it was sent anywhere, while there is time for it."""
    if not is_worth_trying(parts, op):
        error = NotExecuted("the gateway stopped before this was sent, and it is too late to send it now")
        return await parts.journal.write(*conclude.fail(parts, op, error))
    request: Any = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
    route = route_for(op.operation, request, parts.world.now(), op.business_key or "")
    return await Run(parts, use_case, op, Intent(request=request, route=route), opened=True).execute()


# -- opening ------------------------------------------------------------------------------------------------------


class _Opening:
    """The orders of a batch on their way into the journal, all in one group with the batch itself."""

    def __init__(self, parts: Parts, use_case: UseCase, caller: Caller, body: PolicyIssueBatchBody) -> None:
        self._parts = parts
        self._use_case = use_case
        self._caller = caller
        self._body = body
        self._runs: list[OrderRun | HubError] = []

    async def write(self, key: str, digest: str) -> tuple[OperationRecord, list[OrderRun]]:
        """Open the batch and whatever of it can be opened. Raises KeyTaken, JournalUnavailable, Unavailable."""
        for item in self._body.items:
            self._runs.append(await self._prepared(item))
        for _ in range(_OPENED_IN_TRIES):
            self._refuse_twins()
            runs = [run for run in self._runs if isinstance(run, OrderRun)]
            batch = self._row(key, digest)
            try:
                await self._parts.journal.write(Open(batch), *(change for run in runs for change in run.opening()))
            except BusinessKeyTaken:
                await self._refuse_known()
                continue
            for run in runs:
                run.written()
            return batch, runs
        raise Unavailable("orders of this batch are being opened by others; repeat it with the same key")

    async def _prepared(self, item: PolicyIssueBody) -> OrderRun | HubError:
        parts, operation = self._parts, self._use_case.operation
        try:
            must_be_sound(parts, item)
            intent = await self._use_case.prepare(parts, self._caller, item)
            op = new_row(parts, operation, self._caller, intent, request_hash(item), None)
            run = OrderRun(parts, self._use_case, op, intent, opened=False)
            run.opening()
        except AdapterMissing as missing:
            return NotOffered(str(missing))
        except HubError as refused:
            return refused
        return run

    def _refuse_twins(self) -> None:
        """An order that stands in the batch twice is issued once."""
        first: dict[str | None, OperationRecord] = {}
        for at, run in enumerate(self._runs):
            if not isinstance(run, OrderRun):
                continue
            twin = first.setdefault(run.op.business_key, run.op)
            if twin is not run.op:
                named = f"operation {twin.operation_id}, the same order in this batch, already has this identity"
                self._runs[at] = Duplicate(named, extra={"operation_id": twin.operation_id})

    async def _refuse_known(self) -> None:
        """An order that an operation of ours already has is that operation's."""
        for at, run in enumerate(self._runs):
            key = run.op.business_key if isinstance(run, OrderRun) else None
            if key is not None and await self._parts.journal.operation_by_business_key(key) is not None:
                self._runs[at] = await duplicate(self._parts, key)

    def _row(self, key: str, digest: str) -> OperationRecord:
        """The batch's own row: on its way until each of its orders has been seen to."""
        now = self._parts.world.now()
        pairs = zip(self._body.items, self._runs, strict=True)
        return OperationRecord(
            operation_id=self._parts.world.new_id("op"),
            client=self._caller.client,
            operation=BATCH,
            idem_key=key,
            request_hash=digest,
            state=OperationState.sending,
            request=msgspec.json.encode({"client_ref": self._body.client_ref}),
            client_ref=self._body.client_ref,
            result=msgspec.json.encode([_order(item, run) for item, run in pairs]),
            deadline_at=now,
            created_at=now,
            updated_at=now,
            lease_owner=self._parts.owner,
            lease_until=now + timedelta(seconds=self._parts.policy.lease_s),
        )


def _order(item: PolicyIssueBody, run: OrderRun | HubError) -> Order:
    if isinstance(run, OrderRun):
        return Order(client_ref=item.client_ref, operation_id=run.op.operation_id)
    return Order(client_ref=item.client_ref, problem=msgspec.Raw(problem(run).body))


# -- answering ----------------------------------------------------------------------------------------------------


async def answer_of_batch(parts: Parts, batch: OperationRecord) -> Answer:
    """The batch as it stands: 200 when each of its orders is over, 202 until then. Raises Forgotten.

    One whose orders cannot be told is told as an operation: how it stands, or what a person has ended it with.
    """
    must_be_kept(batch)
    orders = orders_of(batch)
    if orders is None:
        return answer_of(batch)
    found = [await parts.journal.operation(each.operation_id) if each.operation_id else None for each in orders]
    items = [_item(order, op) for order, op in zip(orders, found, strict=True)]
    is_over = all(op is None or op.state in TERMINAL for op in found)
    document = {"operation_id": batch.operation_id, "client_ref": batch.client_ref, "items": items}
    answer = done(200 if is_over else 202, document, f"/v1/operations/{batch.operation_id}")
    return answer if is_over else replace(answer, retry_after_s=2)


async def view_of_batch(parts: Parts, batch: OperationRecord) -> OperationView:
    """The batch as an operation; its result is the batch as it stands."""
    if batch.pruned_at is not None:
        return operation_view(batch)
    if orders_of(batch) is None:
        return operation_view(batch)
    answer = await answer_of_batch(parts, batch)
    state = OperationState.succeeded if answer.status == HTTPStatus.OK else batch.state
    return replace(operation_view(batch), state=state, result=msgspec.Raw(answer.body))


def _item(order: Order, op: OperationRecord | None) -> _Item:
    if op is None:
        return _Item(client_ref=order.client_ref, operation_id=order.operation_id, problem=order.problem)
    told = msgspec.Raw(op.answer) if op.state in TERMINAL and op.answer else UNSET
    is_policy = op.state is OperationState.succeeded
    return _Item(
        client_ref=order.client_ref,
        operation_id=op.operation_id,
        state=op.state,
        policy=told if is_policy else UNSET,
        problem=UNSET if is_policy else told,
    )
