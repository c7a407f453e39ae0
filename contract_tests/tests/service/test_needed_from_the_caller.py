"""What only the caller can supply: asked for, kept, used once, asked for again, and never the way to a second policy."""

import asyncio
import json

import pytest

from gateway.errors import KeyMissing, KeyReused, NotAllowedNow, NotFound, RequestInvalid
from gateway.journal.sqlite import SqliteJournal
from gateway.model import Answer, Document, DocumentKind, Needed, NeededKind, UnderwritingAnswerBody
from gateway.model.states import MOVES, OperationState
from gateway.service.parts import Caller
from gateway.wire.contract import Needs

STEPS = ("book", "confirm")


def ask(request, context):
    return Needed(kind=NeededKind.sms_code, ref=context.steps.get("book", {}).get("request_no", "")[:4] or None)


SMS = {"confirm": Needs(ask=ask, for_s=600.0, because="5.3 what is not confirmed in 10 minutes lapses")}
UNDOCUMENTED = {"confirm": Needs(ask=ask, for_s=600.0)}


async def issue(service, caller, body, key="k1"):
    return await service.write("policy.issue", caller, body, key)


async def answer(service, caller, operation_id, code="482913", key="a1", **more):
    body = UnderwritingAnswerBody(operation_id=operation_id, sms_code=code, **more)
    return await service.write("underwriting.answer", caller, body, key)


def told(reply):
    return json.loads(reply.body)


def steps(carrier):
    return [request["step"] for request in carrier.requests if request["op"] == "policy.issue"]


@pytest.fixture
async def booked(make, carriers, caller, order):
    """A gateway with one operation that waits for its caller's code, and the operation's id."""

    async def go(**terms):
        service = await make(steps=STEPS, needs=SMS, **terms)
        carriers.first.plan("accepted")
        return service, told(await issue(service, caller, order()))["operation_id"]

    return go


async def test_a_step_that_needs_a_code_stands_still_and_says_what_is_needed(make, carriers, caller, order):
    service = await make(steps=STEPS, needs=SMS)
    carriers.first.plan("accepted")
    first = await issue(service, caller, order())
    view = told(first)
    assert (first.status, view["state"], first.location) == (202, "pending", f"/v1/operations/{view['operation_id']}")
    assert view["needed"] == [{"kind": "sms_code", "ref": carriers.first.requests[0]["request_no"][:4]}]
    assert steps(carriers.first) == ["book"]


async def test_the_answer_goes_with_the_step_it_was_needed_for_and_brings_the_policy(booked, carriers, caller, order):
    service, operation_id = await booked()
    done = await answer(service, caller, operation_id)
    assert done.status == 201
    assert told(done)["policy_id"]
    assert steps(carriers.first) == ["book", "confirm"]
    assert carriers.first.requests[1]["answers"] == {"sms_code": "482913"}
    assert carriers.first.requests[1]["seen"] == ["book"]
    assert (await issue(service, caller, order())).body == done.body


async def test_a_wrong_code_is_told_in_the_carriers_words_and_asked_for_again(booked, carriers, caller):
    service, operation_id = await booked()
    carriers.first.plan("wrong", "ok")
    again = await answer(service, caller, operation_id, "000000")
    view = told(again)
    assert (again.status, view["state"]) == (202, "pending")
    assert view["needed"][0]["kind"] == "sms_code"
    assert (view["reasons"][0]["code"], view["reasons"][0]["text"]) == (
        "underwriting.answer_wrong",
        "the code is wrong",
    )
    assert (await answer(service, caller, operation_id, "482913", key="a2")).status == 201
    assert [request["answers"] for request in carriers.first.requests[1:]] == [
        {"sms_code": "000000"},
        {"sms_code": "482913"},
    ]
    assert len(carriers.first.ledger) == 1


async def test_the_same_key_never_sends_a_code_twice_and_reads_how_the_operation_stands(booked, carriers, caller):
    service, operation_id = await booked()
    carriers.first.plan("wrong", "ok")
    await answer(service, caller, operation_id, "000000")
    repeated = await answer(service, caller, operation_id, "000000")
    assert (repeated.status, repeated.replayed) == (202, True)
    assert steps(carriers.first) == ["book", "confirm"]
    done = await answer(service, caller, operation_id, key="a2")
    for key, code in (("a1", "000000"), ("a2", "482913")):
        assert (await answer(service, caller, operation_id, code, key=key)).body == done.body
    with pytest.raises(KeyReused):
        await answer(service, caller, operation_id, "111111", key="a2")
    with pytest.raises(KeyMissing):
        await answer(service, caller, operation_id, key=None)


async def test_of_answers_given_at_the_same_time_only_one_is_tried(booked, carriers, caller):
    service, operation_id = await booked()
    given = await asyncio.gather(
        *(answer(service, caller, operation_id, f"{n:06}", key=f"a{n}") for n in range(6)), return_exceptions=True
    )
    assert sum(getattr(each, "status", 0) in (201, 202) for each in given) == 1
    assert sum(isinstance(each, NotAllowedNow) for each in given) == 5
    assert steps(carriers.first) == ["book", "confirm"]
    assert len(carriers.first.ledger) == 1


async def test_the_same_answer_at_the_same_time_is_one_answer(booked, carriers, caller):
    service, operation_id = await booked()
    given = await asyncio.gather(*(answer(service, caller, operation_id) for _ in range(5)))
    assert {each.status for each in given} <= {201, 202}
    assert steps(carriers.first) == ["book", "confirm"]


async def test_nothing_else_is_taken_than_what_is_needed(booked, carriers, caller):
    service, operation_id = await booked()
    with pytest.raises(RequestInvalid) as refused:
        await answer(service, caller, operation_id, None, answers=(Answer(question="smoker", value=False),))
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("sms_code", "missing")]
    assert steps(carriers.first) == ["book"]
    assert (await answer(service, caller, operation_id, key="a2")).status == 201


async def test_a_document_or_an_answer_is_needed_by_its_name(make, carriers, caller, order):
    def ask(_request, _context):
        return Needed(kind=NeededKind.answer, ref="occupation")

    service = await make(steps=STEPS, needs={"confirm": Needs(ask=ask)})
    carriers.first.plan("accepted")
    operation_id = told(await issue(service, caller, order()))["operation_id"]
    with pytest.raises(RequestInvalid):
        await answer(service, caller, operation_id, None, documents=(Document(kind=DocumentKind.other, name="x"),))
    done = await answer(
        service, caller, operation_id, None, key="a2", answers=(Answer(question="occupation", value="teacher"),)
    )
    assert done.status == 201
    assert carriers.first.requests[-1]["answers"] == {"occupation": "teacher"}


async def test_only_the_client_whose_operation_waits_may_answer_and_only_while_it_waits(booked, carriers, caller):
    service, operation_id = await booked()
    with pytest.raises(NotFound):
        await answer(service, Caller(client="other", scopes=caller.scopes), operation_id)
    with pytest.raises(NotFound):
        await answer(service, caller, "op_NONE", key="a2")
    assert (await answer(service, caller, operation_id, key="a3")).status == 201
    with pytest.raises(NotAllowedNow) as refused:
        await answer(service, caller, operation_id, key="a4")
    assert refused.value.error_code == "operation.not_waiting"
    assert len(carriers.first.ledger) == 1


async def test_an_operation_that_waits_for_its_carrier_takes_no_answer(make, carriers, caller, order):
    service = await make(steps=STEPS, needs=SMS)
    carriers.first.plan("pending")
    operation_id = told(await issue(service, caller, order()))["operation_id"]
    with pytest.raises(NotAllowedNow):
        await answer(service, caller, operation_id)


async def test_while_it_waits_for_its_caller_the_carrier_is_not_asked(booked, carriers, caller, pass_time):
    service, operation_id = await booked()
    await pass_time(service, 590, step_s=10.0)
    assert len(carriers.first.requests) == 1
    assert (await answer(service, caller, operation_id)).status == 201


async def test_nobody_answering_ends_it_where_the_carrier_documents_that_it_lapses(
    booked, carriers, caller, order, pass_time
):
    service, operation_id = await booked()
    await pass_time(service, 610, step_s=10.0)
    ended = await issue(service, caller, order())
    assert (ended.status, told(ended)["code"]) == (422, "underwriting.answer_expired")
    assert "5.3 what is not confirmed in 10 minutes lapses" in told(ended)["detail"]
    with pytest.raises(NotAllowedNow):
        await answer(service, caller, operation_id)
    assert (await service.parts.journal.operation(operation_id)).state is OperationState.expired
    assert len(carriers.first.requests) == 1


async def test_nobody_answering_without_such_a_clause_is_asked_after(make, carriers, caller, order, pass_time):
    service = await make(steps=STEPS, needs=UNDOCUMENTED)
    carriers.first.plan("accepted")
    operation_id = told(await issue(service, caller, order()))["operation_id"]
    await pass_time(service, 610, step_s=10.0)
    assert (await service.parts.journal.operation(operation_id)).state is OperationState.unknown
    await pass_time(service, 120, step_s=5.0)
    ended = await issue(service, caller, order())
    assert (ended.status, told(ended)["code"]) == (503, "channel.not_executed")
    assert steps(carriers.first) == ["book"]


async def test_an_answer_that_comes_too_late_is_not_sent(booked, carriers, world, caller):
    service, operation_id = await booked()
    world.advance(601)
    with pytest.raises(NotAllowedNow):
        await answer(service, caller, operation_id)
    assert steps(carriers.first) == ["book"]


async def test_a_lost_booking_is_asked_after_and_then_waits_for_the_code(make, carriers, caller, order, pass_time):
    service = await make(steps=STEPS, needs=SMS)
    carriers.first.plan("reset")
    operation_id = told(await issue(service, caller, order()))["operation_id"]
    carriers.first.plan(("inquiry", {"outcome": "pending"}))
    await pass_time(service, 45)
    view = told(await issue(service, caller, order()))
    assert (view["state"], view["needed"][0]["kind"]) == ("pending", "sms_code")
    assert (await answer(service, caller, operation_id)).status == 201
    assert steps(carriers.first) == ["book", "confirm"]


async def test_a_lost_confirmation_is_asked_after_and_its_code_never_makes_a_second_policy(
    booked, carriers, caller, order, pass_time
):
    service, operation_id = await booked()
    carriers.first.plan("commit reset")
    assert (await answer(service, caller, operation_id)).status == 202
    with pytest.raises(NotAllowedNow):
        await answer(service, caller, operation_id, "111111", key="a2")
    await pass_time(service, 45)
    done = await issue(service, caller, order())
    assert (done.status, told(done)["numbers"][0]["no"]) == (201, "P-first-1")
    assert steps(carriers.first) == ["book", "confirm"]
    assert len(carriers.first.ledger) == 1


async def test_a_confirmation_proven_undone_is_sent_once_more_with_the_same_code(
    booked, carriers, caller, order, pass_time
):
    service, operation_id = await booked()
    carriers.first.plan("reset")
    assert (await answer(service, caller, operation_id)).status == 202
    carriers.first.plan(*[("inquiry", {"outcome": "pending"})] * 9)
    await pass_time(service, 59)
    assert steps(carriers.first) == ["book", "confirm"]
    carriers.first.script = [("inquiry", {"outcome": "pending"}), "ok"]
    await pass_time(service, 20)
    assert (await issue(service, caller, order())).status == 201
    assert [request["answers"] for request in carriers.first.requests if request.get("step") == "confirm"] == [
        {"sms_code": "482913"}
    ] * 2
    assert len(carriers.first.ledger) == 1


@pytest.fixture
def killed_at(monkeypatch):
    """A gateway that stops for good at the n-th write after now; what was written stays."""

    def at(journal, count):
        left = [count]
        write = journal.write

        async def writing(*changes):
            left[0] -= 1
            if left[0] < 0:
                raise asyncio.CancelledError
            await write(*changes)

        monkeypatch.setattr(journal, "write", writing)

    return at


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
async def test_killed_at_any_write_behind_the_answer_there_is_one_policy_and_nothing_is_forgotten(
    writes, make, carriers, caller, order, pass_time, tmp_path, killed_at, monkeypatch
):
    path = tmp_path / "journal.db"
    service = await make(steps=STEPS, needs=SMS, journal=SqliteJournal(path))
    carriers.first.plan("accepted")
    operation_id = told(await issue(service, caller, order()))["operation_id"]
    killed_at(service.parts.journal, writes)
    await asyncio.gather(answer(service, caller, operation_id), return_exceptions=True)
    monkeypatch.undo()
    await service.parts.journal.close()

    again = await make(steps=STEPS, needs=SMS, journal=SqliteJournal(path))
    await pass_time(again, 180, step_s=3.0)
    view = await issue(again, caller, order())
    if view.status == 202:
        assert told(view)["needed"], "the answer was not kept: it is needed still"
        assert writes == 0
        view = await answer(again, caller, operation_id)
    assert view.status == 201
    assert (await answer(again, caller, operation_id)).body == view.body
    assert len(carriers.first.ledger) == 1
    assert steps(carriers.first).count("book") == 1


@pytest.mark.parametrize("writes", [1, 2, 3, 4, 5])
async def test_killed_while_a_lost_step_is_being_found_the_flow_never_sends_that_step_again(
    writes, make, carriers, caller, order, pass_time, tmp_path, killed_at, monkeypatch
):
    path = tmp_path / "journal.db"
    service = await make(steps=STEPS, journal=SqliteJournal(path))
    carriers.first.plan("reset")
    await issue(service, caller, order())
    carriers.first.has_booked = True
    killed_at(service.parts.journal, writes)
    await asyncio.gather(pass_time(service, 45), return_exceptions=True)
    monkeypatch.undo()
    await service.parts.journal.close()

    again = await make(steps=STEPS, journal=SqliteJournal(path))
    await pass_time(again, 300, step_s=3.0)
    assert (await issue(again, caller, order())).status == 201
    assert steps(carriers.first).count("book") == 1
    assert len(carriers.first.ledger) == 1


async def test_every_state_of_an_answered_operation_is_a_move_of_the_law(booked, carriers, caller, monkeypatch):
    service, operation_id = await booked()
    seen = []
    write = service.parts.journal.write

    async def writing(*changes):
        seen.extend((change.from_state, change.record.state) for change in changes if hasattr(change, "from_state"))
        await write(*changes)

    monkeypatch.setattr(service.parts.journal, "write", writing)
    carriers.first.plan("wrong", "ok")
    await answer(service, caller, operation_id, "000000")
    await answer(service, caller, operation_id, key="a2")
    assert seen[0][0] is OperationState.pending
    assert seen[-1][1] is OperationState.succeeded
    assert {move for move in seen if move[0] is not move[1]} <= MOVES


async def test_a_code_stands_in_no_row_in_the_clear(booked, caller, tmp_path, make, carriers, order):
    path = tmp_path / "clear.db"
    service = await make(steps=STEPS, needs=SMS, journal=SqliteJournal(path))
    carriers.first.plan("accepted")
    operation_id = told(await issue(service, caller, order()))["operation_id"]
    assert (await answer(service, caller, operation_id, "Canary7731")).status == 201
    await service.parts.journal.close()
    assert b"Canary7731" not in b"".join(file.read_bytes() for file in tmp_path.glob("clear.db*"))
