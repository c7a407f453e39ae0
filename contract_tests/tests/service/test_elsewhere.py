"""What a carrier's own records prove not to have been executed goes to another channel, while there is time for it."""

import json

import pytest
from msgspec.structs import replace

from gateway.model import RoutingHints
from gateway.model.states import OperationState


@pytest.fixture
def lost(make, carriers, caller, order, pass_time):
    """An issue whose first channel never got it and says so when its horizon has passed."""

    async def go(*second, wait_s=70, policy=None, **fields):
        service = await make()
        if policy is not None:
            service.parts.policy = replace(service.parts.policy, **policy)
        carriers.first.plan("reset")
        carriers.second.plan(*second)
        await service.write("policy.issue", caller, order(**fields), "k1")
        await pass_time(service, wait_s)
        return service

    return go


async def only(service):
    (op,) = await service.parts.journal.operations()
    return op


async def tried(service):
    op = await only(service)
    attempts = await service.parts.journal.attempts(op.operation_id)
    return [(each.channel, each.outcome) for each in attempts if each.purpose == "effect"]


async def test_it_is_issued_at_the_next_channel_under_the_same_operation_and_key(lost, carriers, caller, order):
    service = await lost()
    op = await only(service)
    assert (op.state, op.channel) == (OperationState.succeeded, "second_main")
    assert await tried(service) == [("first_main", "unknown"), ("second_main", "accepted")]
    answer = await service.write("policy.issue", caller, order(), "k1")
    assert (answer.status, json.loads(answer.body)["channel"]) == (201, "second_main")
    assert (len(carriers.first.ledger), len(carriers.second.ledger)) == (0, 1)


async def test_nothing_is_sent_elsewhere_before_the_horizon(lost, carriers):
    service = await lost(wait_s=58)
    assert (await only(service)).state is OperationState.resolving
    assert carriers.second.requests == []


async def test_the_history_says_what_proved_it_and_why_the_next_channel_was_chosen(lost):
    service = await lost()
    op = await only(service)
    notes = [each.kind for each in await service.parts.journal.notes(op.operation_id)]
    decisions = await service.parts.journal.decisions(op.operation_id)
    assert "proven_not_executed" in notes
    assert [each.channel for each in decisions] == ["first_main", "second_main"]
    (ruled,) = [each for each in json.loads(decisions[1].body)["candidates"] if each["channel"] == "first_main"]
    assert ruled["ruled_out"] == "channel.tried"


async def test_a_doubt_there_begins_a_horizon_of_its_own(lost, carriers, pass_time):
    service = await lost("commit reset")
    assert (await only(service)).state in (OperationState.unknown, OperationState.resolving)
    await pass_time(service, 40)
    op = await only(service)
    assert (op.state, op.channel) == (OperationState.succeeded, "second_main")
    assert len(carriers.second.ledger) == 1


async def test_a_channel_the_caller_named_is_not_left(lost, carriers):
    service = await lost(routing=RoutingHints(pin="first_main"))
    assert (await only(service)).state is OperationState.failed
    assert carriers.second.requests == []


@pytest.mark.parametrize("policy", [{"deadline_s": 30.0}, {"attempts_max": 1}], ids=["time", "attempts"])
async def test_without_time_or_attempts_left_it_has_failed(lost, carriers, policy):
    service = await lost(policy=policy)
    assert (await only(service)).state is OperationState.failed
    assert carriers.second.requests == []


@pytest.mark.parametrize("fault", ["reset", "refuse"])
async def test_a_product_that_allows_one_channel_tries_one(
    make, carriers, caller, order, pass_time, product_text, fault
):
    service = await make(product=product_text.replace("reroute_on_decline: false", "attempts: 1"))
    carriers.first.plan(fault)
    await service.write("policy.issue", caller, order(), "k1")
    await pass_time(service, 70)
    assert (await only(service)).state is OperationState.failed
    assert carriers.second.requests == []


async def test_a_late_yes_of_the_first_channel_is_an_orphan(lost, carriers, call_back, pass_time):
    service = await lost()
    number = carriers.first.requests[0]["request_no"]
    await call_back(service, "first_main", number, numbers={"policy": "P-LATE"})
    await pass_time(service, 1)
    (orphan,) = await service.parts.journal.orphans(operation_id=(await only(service)).operation_id)
    assert orphan.channel == "first_main"
