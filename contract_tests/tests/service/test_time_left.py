"""One time for an operation, whoever is asked in it: an attempt has what is left of it, and no more."""

import httpx
import pytest
from msgspec.structs import replace

from gateway.model.states import OperationState


@pytest.fixture
def refused_after(make, carriers, caller, order, world):
    """An issue whose first channel cannot be reached, and takes a while to say so; what the second does is a script."""

    async def go(wait_s, *second, **policy):
        service = await make()
        service.parts.policy = replace(service.parts.policy, **policy)

        async def slowly(_carrier, _wire):
            world.advance(wait_s)
            raise httpx.ConnectError("refused")

        carriers.first.plan(slowly)
        carriers.second.plan(*second)
        await service.write("policy.issue", caller, order(), "k1")
        (op,) = await service.parts.journal.operations()
        return op

    return go


def told(carrier):
    return [round(each["deadline_s"], 3) for each in carrier.requests if each["op"] != "policy.get"]


async def test_an_attempt_has_no_more_time_than_its_operation_has_left(refused_after, carriers):
    op = await refused_after(28.0, deadline_s=40.0)
    assert op.state is OperationState.succeeded
    assert told(carriers.first) == [20.0]
    assert told(carriers.second) == [12.0]


async def test_no_attempt_begins_that_could_hardly_be_answered_in_time(refused_after, carriers):
    op = await refused_after(36.0, deadline_s=40.0)
    assert op.state is OperationState.failed
    assert carriers.second.requests == []


async def test_a_short_time_for_all_is_a_short_time_for_each(refused_after, carriers):
    op = await refused_after(2.0, deadline_s=8.0)
    assert op.state is OperationState.succeeded
    assert (told(carriers.first), told(carriers.second)) == ([8.0], [6.0])
