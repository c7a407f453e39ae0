"""A batch whose own row does not say any more which orders it opened ends visibly: in doubt, then with a person."""

import json

import pytest
from msgspec.structs import replace

from gateway.errors import RequestInvalid
from gateway.journal.changes import Move
from gateway.model import PolicyIssueBatchBody, RoutingHints
from gateway.model.states import TERMINAL, OperationState
from gateway.service.operating import review
from gateway.service.recovery import worker
from gateway.service.recovery.pack import evidence_of

HOUR_S = 3600.0


@pytest.fixture
def send(caller, order):
    async def write(service):
        items = tuple(order(ref, routing=RoutingHints(pin="first_main")) for ref in ("o1", "o2", "o3"))
        return await service.write(
            "policy.issue_batch", caller, PolicyIssueBatchBody(client_ref="b1", items=items), "k1"
        )

    return write


@pytest.fixture
def damaged(make, carriers, send):
    """A gateway with a batch under way whose row is not what it was."""

    async def open_one(result=b'[{"client_ref":'):
        service = await make(batch_max=10)
        carriers.first.plan("reset")
        answer = await send(service)
        assert answer.status == 202
        op = await service.parts.journal.operation(json.loads(answer.body)["operation_id"])
        await service.parts.journal.write(Move(replace(op, result=result), op.state))
        return service, op.operation_id

    return open_one


async def orders_of(service):
    return [op for op in await service.parts.journal.operations() if op.operation == "policy.issue"]


@pytest.mark.parametrize("result", [b'[{"client_ref":', b"{}", b"\xff\xfe", b'[{"operation_id": 3}]'])
async def test_a_batch_whose_row_cannot_be_read_is_in_doubt_and_then_a_persons(damaged, pass_time, result):
    service, operation_id = await damaged(result)
    journal = service.parts.journal
    await pass_time(service, 2 * 60, step_s=10)
    assert (await journal.operation(operation_id)).state is OperationState.unknown
    await pass_time(service, 22 * HOUR_S, step_s=HOUR_S)
    assert (await journal.operation(operation_id)).state is OperationState.unknown
    await pass_time(service, 3 * HOUR_S, step_s=HOUR_S)
    op = await journal.operation(operation_id)
    assert (op.state, op.next_check_at) == (OperationState.needs_review, None)
    assert "its record of the orders it opened cannot be read" in op.text
    told = [note.kind for note in await journal.notes(operation_id)]
    assert sorted(told) == ["needs_review", "postponed", "tried", "unknown"], "each is told once"
    assert {each.state for each in await orders_of(service)} <= TERMINAL, "its orders end by themselves"


async def test_the_evidence_of_such_a_batch_shows_the_orders_that_may_be_its_own(damaged, pass_time):
    service, operation_id = await damaged()
    await pass_time(service, 26 * HOUR_S, step_s=HOUR_S)
    op = await service.parts.journal.operation(operation_id)
    pack = await evidence_of(service.parts.journal, op, service.parts.vault)
    assert pack.tried.startswith("which orders it opened cannot be read")
    shown = {(each["client_ref"], each["state"]) for each in pack.orders}
    assert shown == {(ref, "failed") for ref in ("o1", "o2", "o3")}


async def test_its_caller_is_told_how_such_a_batch_stands_and_never_of_an_error(damaged, send, caller, pass_time):
    service, operation_id = await damaged()

    async def told():
        view = json.loads((await service.operation(caller, operation_id)).body)
        answer = await send(service)
        shown = json.loads(answer.body)
        assert (answer.status, shown["operation_id"], shown["state"]) == (202, operation_id, view["state"])
        return view

    assert (await told())["state"] in ("sending", "pending")
    await pass_time(service, 60, step_s=10)
    assert (await told())["state"] == "unknown"
    await pass_time(service, 26 * HOUR_S, step_s=HOUR_S)
    view = await told()
    assert (view["state"], view["evidence"]) == ("needs_review", f"/v1/operations/{operation_id}/evidence")


async def test_a_person_ends_such_a_batch_as_over_and_its_key_says_that_it_can_tell_no_more(
    damaged, send, caller, pass_time
):
    service, operation_id = await damaged()
    await pass_time(service, 26 * HOUR_S, step_s=HOUR_S)

    def said(state):
        return review.ResolutionBody(operation_id=operation_id, state=state, reason="all three are there", by="me")

    with pytest.raises(RequestInvalid, match="each of its orders has one"):
        await service.resolve(caller, said("failed"))
    await service.resolve(caller, said("succeeded"))
    answer = await send(service)
    assert (answer.status, json.loads(answer.body)["code"]) == (410, "operation.forgotten")
    assert (await send(service)).body == answer.body
    assert json.loads((await service.operation(caller, operation_id)).body)["state"] == "succeeded"


async def test_a_batch_that_is_readable_again_within_its_time_goes_on_and_ends_as_any_other(damaged, send, pass_time):
    service, operation_id = await damaged()
    await pass_time(service, 20 * 60, step_s=60)
    journal = service.parts.journal
    op = await journal.operation(operation_id)
    assert op.state is OperationState.unknown
    opened = [{"client_ref": each.client_ref, "operation_id": each.operation_id} for each in await orders_of(service)]
    await journal.write(Move(replace(op, result=json.dumps(opened).encode()), op.state))
    await pass_time(service, 120, step_s=30)
    op = await journal.operation(operation_id)
    assert (op.state, op.unknown_since, op.text) == (OperationState.succeeded, None, None)
    assert (await send(service)).status == 200


async def test_a_batch_the_gateway_failed_to_look_at_once_is_pending_again(
    make, carriers, send, pass_time, monkeypatch
):
    service = await make(batch_max=10)
    carriers.first.plan("reset")
    operation_id = json.loads((await send(service)).body)["operation_id"]

    async def fails(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(worker, "look", fails)
        await pass_time(service, 60, step_s=10)
    assert (await service.parts.journal.operation(operation_id)).state is OperationState.unknown
    await pass_time(service, 20 * 60, step_s=10)
    op = await service.parts.journal.operation(operation_id)
    assert (op.state, op.unknown_since) == (OperationState.succeeded, None)
