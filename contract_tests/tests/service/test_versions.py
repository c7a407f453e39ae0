"""An operation speaks with the version of an adapter it began with, to its end."""

import pytest

from gateway.channel import AdapterMissing
from gateway.model.states import OperationState


@pytest.fixture
def former(monkeypatch):
    """Another adapter takes the place of a channel's; gives what puts the one before among the kept ones."""

    def change(service, name="first_main"):
        channel = service.parts.channels[name]
        before, channel.adapter = channel.adapter, type(channel.adapter)(
            channel.adapter.carrier.id, channel.adapter._idempotency, channel.adapter._inquiry, ("only",), {}
        )  # fmt: skip
        channel.adapter.version = "2+ffffffffffff"

        def gone(version):
            raise AdapterMissing(f"it began with {version}")

        channel.adapter.former = gone

        def keep():
            channel.adapter.former = lambda version: {before.version: before}[version]

        return keep

    return change


async def versions(service, op):
    return [(each.purpose, each.adapter_version) for each in await service.parts.journal.attempts(op.operation_id)]


async def test_what_began_with_a_former_adapter_is_asked_after_with_that_one(
    make, carriers, caller, order, pass_time, former
):
    service = await make()
    carriers.first.plan("commit reset")
    await service.write("policy.issue", caller, order(), "k1")
    former(service)()
    await pass_time(service, 45)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.succeeded
    assert {version for _, version in await versions(service, op)} == {"1+000000000000"}


async def test_without_the_adapter_it_began_with_an_operation_waits_and_says_for_what(
    make, carriers, caller, order, pass_time, former
):
    service = await make()
    carriers.first.plan("commit reset")
    await service.write("policy.issue", caller, order(), "k1")
    keep = former(service)
    (op,) = await service.parts.journal.operations()
    made = await versions(service, op)
    await pass_time(service, 60)
    (op,) = await service.parts.journal.operations()
    assert (op.state, await versions(service, op)) == (OperationState.unknown, made)
    told = {note.text for note in await service.parts.journal.notes(op.operation_id) if note.kind == "postponed"}
    assert told == {"it began with 1+000000000000"}
    keep()
    await pass_time(service, 60)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.succeeded


async def test_a_flow_of_several_steps_goes_on_with_the_adapter_its_first_step_was_sent_with(
    make, carriers, caller, order, pass_time, former
):
    service = await make(steps=("book", "confirm"))
    carriers.first.plan("accepted", "refuse")
    await service.write("policy.issue", caller, order(), "k1")
    former(service)()
    carriers.first.plan(("inquiry", {"outcome": "pending"}), "ok")
    await pass_time(service, 45)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.succeeded
    assert [each["step"] for each in carriers.first.requests if each["op"] == "policy.issue"][-1] == "confirm"
    assert {version for _, version in await versions(service, op)} == {"1+000000000000"}


async def test_what_begins_now_begins_with_the_present_adapter(make, carriers, caller, order, former):
    service = await make()
    former(service)
    carriers.first.plan("ok")
    carriers.second.plan("ok")
    for name in ("order-1", "order-2"):
        await service.write("policy.issue", caller, order(name), name)
    made = [await service.parts.journal.attempts(op.operation_id) for op in await service.parts.journal.operations()]
    assert {(each.channel, each.adapter_version) for rows in made for each in rows} == {
        ("first_main", "2+ffffffffffff"), ("second_main", "1+000000000000"),
    }  # fmt: skip
