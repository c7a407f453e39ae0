"""A claim report that cannot be sent now is kept: durable before its 202, sent once, over restarts; never elsewhere."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from gateway.errors import Duplicate
from gateway.model import (
    ClaimReportBody,
    ClaimWithdrawBody,
    Occurrence,
    PolicyGetBody,
    PolicyRef,
    Reporter,
    RoutingHints,
)
from gateway.model.examples import example_proposal
from gateway.model.states import OperationState
from gateway.service.operating.steering import HoldBody

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = RoutingHints(pin="first_main")
LONG_S = 900


async def reported(carrier, wire):
    carrier.ledger[wire["request_no"]] = f"R-{len(carrier.ledger)}"
    return carrier._reply(wire, outcome="accepted", numbers={"report": carrier.ledger[wire["request_no"]]})


async def lost(carrier, wire):
    """The carrier has it, and its answer never comes."""
    await reported(carrier, wire)
    return await carrier._play("reset", wire)


@pytest.fixture
def sold(make, caller, order):
    """A gateway whose first channel has issued a policy."""

    async def go(**more):
        service = await make(**more)
        answer = await service.write("policy.issue", caller, order(routing=FIRST), "k1")
        return service, json.loads(answer.body)["policy_id"]

    return go


@pytest.fixture
def report(caller):
    async def go(service, policy_id, ref="claim-1", key=None):
        people = example_proposal()
        body = ClaimReportBody(
            policy=PolicyRef(policy_id=policy_id),
            client_ref=ref,
            insured_refs=tuple(each.ref for each in people.insureds),
            occurrence=Occurrence(at=NOW, cause_code="accident_medical", description="fell"),
            reporter=Reporter(party=people.policyholder),
        )
        return await service.write("claim.report", caller, body, key or ref)

    return go


@pytest.fixture
def open_breaker(carriers, caller):
    """Five questions that nobody answers."""

    async def go(service, policy_id):
        fresh = PolicyGetBody(policy=PolicyRef(policy_id=policy_id), refresh=True)
        carriers.first.plan(*[("inquiry", {"outcome": "unknown"})] * 5)
        return [await service.read("policy.get", caller, fresh) for _ in range(5)]

    return go


def reports(carrier):
    return [each for each in carrier.requests if each["op"] == "claim.report"]


async def operation(service, ref="claim-1"):
    (op,) = [each for each in await service.parts.journal.operations() if each.client_ref == ref]
    return op


async def test_while_the_breaker_is_open_it_is_kept_with_202_and_nothing_is_sent(sold, report, open_breaker, carriers):
    service, policy_id = await sold()
    await open_breaker(service, policy_id)
    answer = await report(service, policy_id)
    view = json.loads(answer.body)
    assert (answer.status, view["state"], view["reasons"][0]["code"]) == (202, "routed", "channel.queued")
    assert "first_main" in view["reasons"][0]["text"]
    assert answer.retry_after_s >= 2
    assert reports(carriers.first) == carriers.second.requests == []
    assert (await operation(service)).operation_id == view["operation_id"], "it is in the journal"
    notes = await service.parts.journal.notes(view["operation_id"])
    assert [each.kind for each in notes] == ["queued"]


async def test_it_is_sent_once_when_the_channel_can_be_asked_again(sold, report, open_breaker, carriers, pass_time):
    service, policy_id = await sold()
    await open_breaker(service, policy_id)
    carriers.first.plan(reported)
    before = json.loads((await report(service, policy_id)).body)
    await pass_time(service, 30)
    answer = await report(service, policy_id)
    claim = json.loads(answer.body)
    assert (answer.status, claim["report_no"]) == (201, "R-1")
    assert len(reports(carriers.first)) == 1
    op = await operation(service)
    assert (op.operation_id, op.state) == (before["operation_id"], OperationState.succeeded)


async def test_it_is_kept_too_after_a_call_that_certainly_did_nothing(sold, report, carriers, pass_time):
    service, policy_id = await sold()
    carriers.first.plan("refuse", "refuse", reported)
    assert (await report(service, policy_id)).status == 202
    await pass_time(service, 30)
    assert (await report(service, policy_id)).status == 201
    numbers = {each["request_no"] for each in reports(carriers.first)}
    assert (len(reports(carriers.first)), len(numbers)) == (3, 1), "always under one number"
    attempts = await service.parts.journal.attempts((await operation(service)).operation_id)
    assert [each.outcome for each in attempts] == ["not_executed", "not_executed", "accepted"]


async def test_one_that_may_have_arrived_is_never_kept_for_another_sending(sold, report, carriers, pass_time):
    service, policy_id = await sold()
    carriers.first.plan("refuse", lost)
    assert (await report(service, policy_id)).status == 202
    await pass_time(service, LONG_S)
    assert len(reports(carriers.first)) == 2
    assert (await operation(service)).state is OperationState.needs_review, "this carrier cannot be asked after reports"


async def test_what_the_insurer_refuses_is_told_at_once(sold, report, carriers):
    service, policy_id = await sold()
    carriers.first.plan("refused")
    assert (await report(service, policy_id)).status == 503
    assert (await operation(service)).state is OperationState.failed


async def test_the_identity_of_one_that_waits_is_taken(sold, report, open_breaker):
    service, policy_id = await sold()
    await open_breaker(service, policy_id)
    await report(service, policy_id)
    with pytest.raises(Duplicate):
        await report(service, policy_id, key="another-key")


async def test_a_gateway_that_starts_on_the_journal_sends_what_waits_there(
    sold, make, report, open_breaker, carriers, pass_time, sqlite_journal
):
    service, policy_id = await sold(journal=sqlite_journal)
    await open_breaker(service, policy_id)
    await report(service, policy_id)
    carriers.first.plan(reported)
    restarted = await make(journal=sqlite_journal)
    await pass_time(restarted, 30)
    assert (await report(restarted, policy_id)).status == 201
    assert len(reports(carriers.first)) == 1


async def test_of_many_that_wait_one_tries_the_channel_out_and_the_others_follow(
    sold, report, open_breaker, carriers, pass_time
):
    service, policy_id = await sold()
    await open_breaker(service, policy_id)
    for number in range(12):
        assert (await report(service, policy_id, f"claim-{number}")).status == 202
    carriers.first.plan("refuse", *[reported] * 12)
    while not reports(carriers.first):
        await pass_time(service, 1)
    assert len(reports(carriers.first)) == 1, "it failed: the others go on waiting"
    await pass_time(service, LONG_S)
    assert len(reports(carriers.first)) == 13
    assert len(carriers.first.ledger) == 13, "one policy and twelve reports"
    states = {each.state for each in await service.parts.journal.operations()}
    assert states == {OperationState.succeeded}


async def test_a_disabled_channel_takes_no_new_report_and_those_that_wait_wait_on(
    sold, report, open_breaker, carriers, caller, pass_time
):
    service, policy_id = await sold()
    await open_breaker(service, policy_id)
    await report(service, policy_id)
    carriers.first.plan(reported)
    disable = HoldBody(channel="first_main", action="disable", reason="its replies are wrong", by="Wang Li")
    await service.hold(caller, disable)
    refused = await report(service, policy_id, "claim-2")
    assert (refused.status, json.loads(refused.body)["reasons"][0]["code"]) == (503, "channel.held")
    await pass_time(service, LONG_S)
    assert (reports(carriers.first), (await report(service, policy_id)).status) == ([], 202)
    assert (await operation(service)).fence < LONG_S / 20, "it is looked at now and then"
    await service.hold(caller, replace(disable, action="enable"))
    await pass_time(service, LONG_S)
    assert (await report(service, policy_id)).status == 201


async def test_after_three_days_it_has_failed_and_says_so(sold, report, open_breaker, carriers, world, pass_time):
    service, policy_id = await sold()
    await open_breaker(service, policy_id)
    view = json.loads((await report(service, policy_id)).body)
    assert view["resolve_by"] is not None
    carriers.first.plan(*["refuse"] * 50)
    world.advance(service.parts.policy.queue_max_s)
    await pass_time(service, 5)
    answer = await report(service, policy_id)
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "channel.queued")
    assert (await operation(service)).state is OperationState.failed


async def test_a_question_nobody_answers_is_answered_with_what_is_known_and_says_so(
    sold, open_breaker, carriers, caller
):
    service, policy_id = await sold()
    *_, last = await open_breaker(service, policy_id)
    sent = len(carriers.first.requests)
    fresh = PolicyGetBody(policy=PolicyRef(policy_id=policy_id), refresh=True)
    for answer in (last, await service.read("policy.get", caller, fresh)):
        policy = json.loads(answer.body)
        assert (answer.status, policy["policy_id"]) == (200, policy_id)
        assert policy["reasons"][0]["code"] == "channel.last_known"
    assert policy["reasons"][1]["code"] == "channel.breaker_open"
    assert len(carriers.first.requests) == sent, "the last one was not sent"
    known = json.loads((await service.read("policy.get", caller, replace(fresh, refresh=False))).body)
    assert known.get("reasons", []) == [], "it is not kept"


async def test_a_claims_follow_up_is_not_kept_and_its_caller_is_told_at_once(sold, report, carriers, caller):
    """It is a step on the claim as it stands now; hours later the claim may be another."""
    service, policy_id = await sold()
    carriers.first.plan(reported, *["refuse"] * 5)
    claim = json.loads((await report(service, policy_id)).body)
    body = ClaimWithdrawBody(claim_id=claim["claim_id"], reason="found it")
    answer = await service.write("claim.withdraw", caller, body, "withdraw-1")
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "channel.not_executed")
    ops = await service.parts.journal.operations()
    assert [each.state for each in ops if each.operation == "claim.withdraw"] == [OperationState.failed]
