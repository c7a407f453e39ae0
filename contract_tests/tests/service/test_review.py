"""A person ends what no rung could: named, with a reason, by the code that ends everything else."""

import json

import msgspec
import pytest
from msgspec.structs import replace

from gateway.errors import NotAllowedNow, NotFound, RequestInvalid
from gateway.journal.changes import Move
from gateway.model import Number, NumberKind, RoutingHints
from gateway.model.errors import ErrorCode
from gateway.model.states import OperationState
from gateway.service.operating.review import ResolutionBody
from gateway.service.recovery.pack import evidence_of

REASON = "the insurer's desk confirmed it by telephone"


@pytest.fixture
async def stuck(make, carriers, caller, order, pass_time):
    """A blind write whose reply was lost: it waits for a person."""
    service = await make("none")
    carriers.first.plan("commit reset")
    await service.write("policy.issue", caller, order(), "k1")
    await pass_time(service, 5)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.needs_review
    return service, op


def said(op, state, *numbers, **more):
    told = tuple(Number(kind=NumberKind.policy, no=no) for no in numbers)
    return ResolutionBody(operation_id=op.operation_id, state=state, reason=REASON, by="Wang Li", numbers=told, **more)


async def told(service, caller, order):
    answer = await service.write("policy.issue", caller, order(), "k1")
    return answer.status, json.loads(answer.body)


async def test_a_person_who_has_the_policy_number_makes_the_policy_its_numbers_and_the_answer(stuck, caller, order):
    service, op = stuck
    operator = replace(caller, client="desk")
    await service.resolve(operator, said(op, "succeeded", "P-77"))
    status, policy = await told(service, caller, order)
    assert (status, policy["numbers"][0]["no"], policy["client_ref"]) == (201, "P-77", "order-1")
    held = await service.parts.journal.number("first_main", "policy", "P-77")
    assert held.object_id == policy["policy_id"]
    (found,) = json.loads((await service.list_policies(caller, number="P-77")).body)["policies"]
    assert found["policy_id"] == policy["policy_id"]


async def test_what_a_person_did_is_written_down_with_name_reason_before_and_after(stuck, caller):
    service, op = stuck
    await service.resolve(replace(caller, client="desk"), said(op, "failed"))
    (entry,) = await service.parts.journal.audits(op.operation_id)
    assert (entry.actor, entry.client, entry.action, entry.reason) == ("Wang Li", "desk", "operation.resolve", REASON)
    assert json.loads(entry.before)["state"] == "needs_review"
    assert json.loads(entry.after)["state"] == "failed"
    notes = await service.parts.journal.notes(op.operation_id)
    assert "Wang Li" in next(note.text for note in notes if note.kind == "resolved")


async def test_failed_by_hand_tells_the_caller_that_nothing_happened_and_frees_the_order(stuck, caller, order):
    service, op = stuck
    await service.resolve(caller, said(op, "failed"))
    status, problem = await told(service, caller, order)
    assert (status, problem["code"]) == (503, "channel.not_executed")
    assert REASON not in json.dumps(problem), "why is the operators' own"
    assert (await service.write("policy.issue", caller, order(), "k2")).status == 201


async def test_declined_by_hand_is_the_insurers_no(stuck, caller, order):
    service, op = stuck
    await service.resolve(caller, said(op, "declined", code=ErrorCode.underwriting_refused))
    status, problem = await told(service, caller, order)
    assert (status, problem["code"], problem["source"]) == (422, "underwriting.refused", "carrier")


async def test_a_success_without_the_carriers_number_is_refused_and_nothing_is_written(stuck, caller):
    service, op = stuck
    with pytest.raises(RequestInvalid) as no:
        await service.resolve(caller, said(op, "succeeded"))
    assert [fault.path for fault in no.value.faults] == ["numbers"]
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.needs_review
    assert await service.parts.journal.audits() == []


async def test_a_result_that_does_not_fit_is_refused_without_its_values(stuck, caller):
    service, op = stuck
    with pytest.raises(RequestInvalid) as no:
        await service.resolve(caller, said(op, "succeeded", "P-1", result={"status": "Zhang San"}))
    assert "Zhang" not in str([no.value.detail, no.value.faults])


async def test_what_else_the_person_knows_of_the_policy_is_kept(stuck, caller, order):
    service, op = stuck
    premium = {"gross": {"amount": 990, "currency": "CNY"}}
    await service.resolve(caller, said(op, "succeeded", "P-1", result={"premium": premium}))
    assert (await told(service, caller, order))[1]["premium"] == premium


async def test_a_number_that_another_policy_holds_is_not_taken(stuck, carriers, caller, order):
    service, op = stuck
    for carrier in (carriers.first, carriers.second):
        carrier.plan("ok")
    pinned = RoutingHints(pin="first_main")
    other = await service.write("policy.issue", caller, order("order-2", routing=pinned), "k2")
    number = json.loads(other.body)["numbers"][0]["no"]
    with pytest.raises(NotAllowedNow) as no:
        await service.resolve(caller, said(op, "succeeded", number))
    assert no.value.error_code == "operation.number_taken"
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.needs_review
    assert await service.parts.journal.audits() == [], "what was not done is not told as done"


@pytest.mark.parametrize("state", [each for each in OperationState if each is not OperationState.needs_review])
async def test_only_what_waits_for_a_person_is_ended_by_one(make, caller, order, state):
    service = await make()
    await service.write("policy.issue", caller, order(), "k1")
    (op,) = await service.parts.journal.operations()
    service.parts.journal._tables.operations[op.operation_id] = replace(op, state=state)
    with pytest.raises(NotAllowedNow) as no:
        await service.resolve(caller, said(op, "failed"))
    assert no.value.error_code == "operation.not_in_review"


async def test_of_two_people_who_decide_at_once_one_is_told_that_it_is_over(stuck, caller, monkeypatch):
    service, op = stuck
    write = service.parts.journal.write
    first = []

    async def beaten(*changes):
        if not first and any(isinstance(change, Move) for change in changes):
            first.append(1)
            await service.resolve(caller, said(op, "failed"))
        await write(*changes)

    monkeypatch.setattr(service.parts.journal, "write", beaten)
    with pytest.raises(NotAllowedNow) as no:
        await service.resolve(caller, said(op, "succeeded", "P-1"))
    assert "failed" in no.value.detail
    assert len(await service.parts.journal.audits()) == 1


async def test_nobody_ends_an_operation_that_is_not_there(stuck, caller):
    service, op = stuck
    with pytest.raises(NotFound):
        await service.resolve(caller, said(replace(op, operation_id="op_0"), "failed"))


async def test_the_view_of_what_waits_for_a_person_says_where_its_evidence_is(stuck, caller, order):
    service, op = stuck
    status, view = await told(service, caller, order)
    assert (status, view["evidence"]) == (202, f"/v1/operations/{op.operation_id}/evidence")
    await service.resolve(caller, said(op, "failed"))
    assert "evidence" not in json.loads((await service.operation(caller, op.operation_id)).body)


async def test_the_pack_holds_what_was_asked_tried_and_told_and_nothing_about_anybody(stuck, caller, order):
    service, op = stuck
    pack = json.loads((await service.evidence(caller, op.operation_id)).body)
    assert pack["tried"] == "1 sending (unknown)"
    assert pack["operation"]["text"].startswith("the carrier neither repeats")
    assert {"unknown", "needs_review", "tried"} <= {line["kind"] for line in pack["history"]}
    (attempt,) = pack["attempts"]
    assert (attempt["outcome"], attempt["fault"]) == ("unknown", "reset")
    sent = attempt["messages"]["request"]
    assert attempt["request_no"] in sent["body"], "our own number is no secret"
    assert pack["request"]["policyholder"]["name"] == "***"
    assert pack["request"]["product"] == "travel-accident@1"
    whole = json.dumps(pack, ensure_ascii=False)
    person = order().policyholder
    for value in (person.name, person.id_docs[0].number, person.phones[0].number):
        assert value not in whole


async def test_with_a_recorded_reason_the_pack_is_read_as_it_was(stuck):
    service, op = stuck
    pack = await evidence_of(service.parts.journal, op, service.parts.vault, is_raw=True)
    assert pack.request == msgspec.json.decode(op.request)
    assert json.loads(pack.attempts[0]["messages"]["request"]["body"])["op"] == "policy.issue"


async def test_without_the_key_messages_stay_sealed(stuck):
    service, op = stuck
    pack = await evidence_of(service.parts.journal, op, None)
    assert pack.attempts[0]["messages"]["request"].startswith("sealed")
