"""The law's table walked: each move that an operation may make is made by the real service, and is seen in the journal.

That no other move can be written at all is the journal's own promise, tested over all pairs of states in its room.
"""

from datetime import timedelta

import msgspec
import pytest

from gateway.journal.changes import Move, Open
from gateway.journal.records import OperationRecord
from gateway.model import RoutingHints
from gateway.model.states import MOVES, OperationState
from gateway.service.operating.review import ResolutionBody

S = OperationState
PINNED = RoutingHints(pin="first_main")


class Walk:
    """A service whose recorded moves are watched, and what a carrier and a caller can do to it."""

    def __init__(self, service, carrier, caller, order, call_back, pass_time, world):
        self.service, self.carrier, self.caller, self.order = service, carrier, caller, order
        self._call_back, self._pass_time, self.world = call_back, pass_time, world
        self.moves = set()
        write = service.parts.journal.write

        async def watch(*changes):
            await write(*changes)
            self.moves |= {(c.from_state, c.record.state) for c in changes if isinstance(c, Move)}
            # An operation opened at its first attempt has been decided and is being sent in one group.
            opened = {c.record.state for c in changes if isinstance(c, Open)}
            self.moves |= {(S.created, S.routed), (S.routed, S.sending)} if S.sending in opened else set()

        service.parts.journal.write = watch

    async def issue(self, *script, **fields):
        self.carrier.plan(*script)
        await self.service.write("policy.issue", self.caller, self.order(routing=PINNED, **fields), "k1")

    async def wait(self, seconds, step_s=1.0):
        await self._pass_time(self.service, seconds, step_s=step_s)

    async def calls_back(self, outcome, **more):
        number = self.carrier.requests[0]["request_no"]
        await self._call_back(self.service, "first_main", number, outcome, **more)

    async def person_says(self, state):
        (op,) = await self.service.parts.journal.operations()
        numbers = [{"kind": "policy", "no": "P-1"}] if state == "succeeded" else []
        told = {"operation_id": op.operation_id, "state": state, "reason": "telephone", "by": "Li", "numbers": numbers}
        body = msgspec.convert(told, ResolutionBody)
        await self.service.resolve(self.caller, body)

    async def open_and_stop(self, **fields):
        """An order of a batch whose gateway stopped before it was sent anywhere."""
        now, body = self.world.now(), self.order(**fields)
        intent = await self.service.use_cases["policy.issue"].prepare(self.service.parts, self.caller, body)
        record = OperationRecord(
            operation_id=self.service.parts.world.new_id("op"),
            client="shop",
            operation="policy.issue",
            idem_key="k1",
            request_hash="h",
            state=S.created,
            request=msgspec.json.encode(intent.request),
            deadline_at=now + timedelta(minutes=5),
            created_at=now,
            updated_at=now,
        )
        await self.service.parts.journal.write(Open(record))
        await self.wait(1)


def says(**fields):
    return ("inquiry", fields)


async def created_routed(walk):
    await walk.open_and_stop(routing=PINNED)


async def created_failed(walk):
    await walk.open_and_stop(routing=RoutingHints(exclude=("first_main", "second_main")))


async def sending_succeeded(walk):
    await walk.issue("ok")


async def sending_declined(walk):
    await walk.issue("declined")


async def sending_pending(walk):
    await walk.issue("pending")


async def sending_unknown(walk):
    await walk.issue("reset")


async def sending_routed(walk):
    await walk.service.write("policy.issue", walk.caller, walk.order(), "k1")


async def sending_failed(walk):
    await walk.issue("refuse", "refuse")


async def pending_succeeded(walk):
    await walk.issue("pending")
    await walk.calls_back("accepted", numbers={"policy": "P-1"})


async def pending_declined(walk):
    await walk.issue("pending")
    await walk.calls_back("declined", code="policy.refused")


async def pending_failed(walk):
    await walk.issue("pending")
    await walk.calls_back("not_executed")


async def pending_expired(walk):
    await walk.issue("pending")
    await walk.calls_back("declined", code="application.expired")


async def pending_unknown(walk):
    await walk.issue("pending", *[says(outcome="pending")] * 9)
    (op,) = await walk.service.parts.journal.operations()
    walk.world.advance((op.resolve_by - walk.world.now()).total_seconds() + 1)
    await walk.wait(2)


async def unknown_resolving(walk):
    await walk.issue("reset")
    await walk.wait(31)


async def resolving_succeeded(walk):
    await walk.issue("commit reset")
    await walk.wait(60)


async def resolving_declined(walk):
    await walk.issue("reset", says(outcome="declined", code="underwriting.refused"))
    await walk.wait(60)


async def resolving_pending(walk):
    await walk.issue("reset", says(outcome="pending", code="underwriting.manual"))
    await walk.wait(40)


async def resolving_failed(walk):
    await walk.issue("reset")
    await walk.wait(120)


async def resolving_needs_review(walk):
    await walk.issue("reset", *[says(outcome="unknown")] * 99)
    walk.world.advance(walk.service.parts.policy.unknown_max_s)
    await walk.wait(10)


async def resolving_routed(walk):
    await walk.issue("reset", says(outcome="pending"), "ok")
    await walk.wait(60)


async def needs_review_succeeded(walk):
    await resolving_needs_review(walk)
    await walk.person_says("succeeded")


async def needs_review_declined(walk):
    await resolving_needs_review(walk)
    await walk.person_says("declined")


async def needs_review_failed(walk):
    await resolving_needs_review(walk)
    await walk.person_says("failed")


WAYS = {
    (S.created, S.routed): created_routed,
    (S.created, S.failed): created_failed,
    (S.routed, S.sending): sending_succeeded,
    (S.sending, S.succeeded): sending_succeeded,
    (S.sending, S.declined): sending_declined,
    (S.sending, S.pending): sending_pending,
    (S.sending, S.unknown): sending_unknown,
    (S.sending, S.routed): sending_routed,
    (S.sending, S.failed): sending_failed,
    (S.pending, S.succeeded): pending_succeeded,
    (S.pending, S.declined): pending_declined,
    (S.pending, S.failed): pending_failed,
    (S.pending, S.expired): pending_expired,
    (S.pending, S.unknown): pending_unknown,
    (S.unknown, S.resolving): unknown_resolving,
    (S.resolving, S.succeeded): resolving_succeeded,
    (S.resolving, S.declined): resolving_declined,
    (S.resolving, S.pending): resolving_pending,
    (S.resolving, S.failed): resolving_failed,
    (S.resolving, S.needs_review): resolving_needs_review,
    (S.resolving, S.routed): resolving_routed,
    (S.needs_review, S.succeeded): needs_review_succeeded,
    (S.needs_review, S.declined): needs_review_declined,
    (S.needs_review, S.failed): needs_review_failed,
}


def test_every_move_of_the_table_has_a_way():
    assert set(WAYS) == MOVES


@pytest.mark.parametrize(("start", "end"), sorted(MOVES), ids=str)
async def test_the_move_is_made(make, carriers, caller, order, call_back, pass_time, world, start, end):
    way = WAYS[start, end]
    service = await make(steps=("book", "confirm")) if way is resolving_routed else await make()
    if way is sending_routed:
        carriers.first.plan("refuse")
        carriers.second.plan("refuse")
    walk = Walk(service, carriers.first, caller, order, call_back, pass_time, world)
    await way(walk)
    assert (start, end) in walk.moves
    assert walk.moves <= MOVES | {(state, state) for state in OperationState}
