"""What a carrier decides, at once or later, as its caller sees it: declines, waiting, callbacks, underwriters, doubts.

Carriers' documents say which phone numbers bring about what in their test environments (clause 10).
"""

import asyncio
from datetime import date

import pytest

from gateway.model import Gender
from gateway.model.validate.identity import synthetic_id

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL = ("lotus_main", "bamboo_main", "aurora_main", "cedar_main", "xcover_main")
CALLING_BACK = ("lotus_main", "aurora_main", "cedar_main")
UNDERWRITING = CALLING_BACK
PENDING, LATER_DECLINED, MANUAL, BUSY, COMMITTED, UNLISTED, REFUSED, DOCUMENT = (
    "7001", "7002", "7003", "7004", "7005", "7006", "7007", "7008",
)  # fmt: skip
RECORD = {"lotus_main": "deal", "bamboo_main": "contract", "aurora_main": "order", "cedar_main": "write"}
RECORD |= {"xcover_main": "package"}


def _number(policy):
    return next(number["no"] for number in policy["numbers"] if number["kind"] == "policy")


def _is_the_one_in_the_ledger(market, channel, answer):
    assert answer.status_code == 201, answer.text
    (line,) = market.ledger(effect="issue")
    assert line["number"] == _number(answer.json())
    assert line["premium"]["amount"] == answer.json()["premium"]["gross"]["amount"]


def _nothing_was_issued(market):
    assert not market.ledger(effect="issue")


async def _issue(market, channel, phone):
    return await market.issue(market.order(channel, phone=phone))


async def _carriers_time(market, channel, seconds):
    """Time passes at the carrier; the gateway's worker sleeps."""
    market.mocks[channel].world(market.namespace).timers.advance(seconds)
    await market.callbacks()


# -- no --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["lotus_main", "aurora_main", "cedar_main", "xcover_main"])
async def test_an_insured_over_seventy_is_declined_by_the_insurer_itself(channel, market):
    plan = market.order(channel)
    person = plan.proposal["policyholder"]
    number = synthetic_id(date(1950, 1, 1), Gender(person["gender"]), 3)
    aged = {**person, "birth_date": "1950-01-01", "id_docs": [{"type": "cn_resident_id", "number": number}]}
    plan.proposal["policyholder"] = plan.proposal["insureds"][0]["party"] = aged
    answer = await market.settle(await market.issue(plan))
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["source"] == "carrier"
    # One insurer says no more than that it declines.
    assert problem["code"] == ("underwriting.refused" if channel == "xcover_main" else "underwriting.age")
    assert await market.state(problem["operation_id"]) == "declined"
    _nothing_was_issued(market)


@pytest.mark.parametrize("channel", ALL)
async def test_a_declined_issue_is_a_problem_of_the_carrier_and_stays_declined(channel, market):
    answer = await market.settle(await _issue(market, channel, REFUSED))
    assert (answer.status_code, answer.json()["source"]) == (422, "carrier"), answer.text
    assert answer.json()["reasons"]
    again = await market.repeat(answer)
    assert again.content == answer.content
    await market.pass_time(120, step_s=20)
    assert await market.state(answer.json()["operation_id"]) == "declined"
    _nothing_was_issued(market)


@pytest.mark.parametrize("channel", UNDERWRITING)
async def test_a_declined_application_is_an_answer_and_no_error(channel, market):
    plan = market.order(channel, phone=REFUSED)
    answer = await market.settle(await market.write("/v1/applications", market.one_shot(plan)))
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "declined"
    assert answer.json()["reasons"]
    price = await market.price(plan)
    body = {"application_id": answer.json()["application_id"], "client_ref": "r", "expected_premium": price}
    issued = await market.write("/v1/policies", body)
    assert (issued.status_code, issued.json()["code"]) == (422, "underwriting.not_accepted")
    _nothing_was_issued(market)


# -- later -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_pending_issue_is_ended_by_the_carriers_callback_alone(channel, market):
    answer = await _issue(market, channel, PENDING)
    assert (answer.status_code, answer.json()["state"]) == (202, "pending"), answer.text
    await _carriers_time(market, channel, 6)
    (delivery,) = market.mocks[channel].dispatcher.of(market.namespace)
    assert delivery.state == "acknowledged"
    _is_the_one_in_the_ledger(market, channel, await market.repeat(answer))


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_pending_issue_may_be_declined_by_callback(channel, market):
    answer = await _issue(market, channel, LATER_DECLINED)
    assert (answer.status_code, answer.json()["state"]) == (202, "pending"), answer.text
    await _carriers_time(market, channel, 6)
    ended = await market.repeat(answer)
    assert (ended.status_code, ended.json()["source"]) == (422, "carrier"), ended.text
    _nothing_was_issued(market)


@pytest.mark.parametrize("channel", ALL)
async def test_without_callbacks_asking_alone_finds_the_policy(channel, market):
    await market.plan(channel, "lost_callback")
    answer = await _issue(market, channel, PENDING)
    assert answer.status_code == 202, answer.text
    _is_the_one_in_the_ledger(market, channel, await market.settle(answer))


@pytest.mark.parametrize("channel", ALL)
async def test_without_callbacks_asking_alone_finds_the_decline(channel, market):
    await market.plan(channel, "lost_callback")
    answer = await _issue(market, channel, LATER_DECLINED)
    assert answer.status_code == 202, answer.text
    ended = await market.settle(answer)
    assert (ended.status_code, ended.json()["source"]) == (422, "carrier"), ended.text
    _nothing_was_issued(market)


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_forged_callback_changes_nothing_and_the_genuine_one_still_counts(channel, market):
    dispatcher = market.mocks[channel].dispatcher
    dispatcher.holding.add(market.namespace)
    answer = await _issue(market, channel, PENDING)
    await _carriers_time(market, channel, 6)
    (held,) = dispatcher.of(market.namespace, "held")
    named = {"lotus_main": "body.policyNo", "aurora_main": "data.policy.number", "cedar_main": "result.numbers"}
    other = [{"kind": "policy", "no": "FORGED1"}] if channel == "cedar_main" else "FORGED1"
    forged = await dispatcher.forge(held, {named[channel]: other})
    assert (forged.state, forged.attempts[0]["status"]) == ("refused", 401)
    assert await market.state(answer.json()["operation_id"]) == "pending"
    await dispatcher.release(market.namespace)
    ended = await market.repeat(answer)
    _is_the_one_in_the_ledger(market, channel, ended)
    assert (await market.get("/v1/policies", number="FORGED1")).json() == {"policies": []}


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_callback_that_comes_three_times_counts_once_and_is_acknowledged_each_time(channel, market):
    await market.plan(channel, {"fault": "dup_callback", "with": {"times": 3}})
    answer = await _issue(market, channel, PENDING)
    await _carriers_time(market, channel, 6)
    (delivery,) = market.mocks[channel].dispatcher.of(market.namespace)
    assert [attempt["acknowledged"] for attempt in delivery.attempts] == [True] * 3
    ended = await market.repeat(answer)
    _is_the_one_in_the_ledger(market, channel, ended)
    assert len((await market.get("/v1/policies")).json()["policies"]) == 1
    await market.pass_time(60, step_s=20)
    assert (await market.repeat(answer)).content == ended.content


@pytest.mark.parametrize("channel", CALLING_BACK)
async def test_a_callback_before_the_carriers_own_answer_waits_and_is_applied(channel, market):
    await market.plan(channel, {"fault": "slow_first_byte", "with": {"seconds": 0.5}, "operation": "policy.issue"})
    issuing = asyncio.ensure_future(_issue(market, channel, PENDING))
    await market.until(lambda: market.mocks[channel].world(market.namespace).things[RECORD[channel]])
    await _carriers_time(market, channel, 6)
    assert len(market.ledger(channel, "issue")) == 1
    (delivery,) = market.mocks[channel].dispatcher.of(market.namespace)
    await market.until(lambda: delivery.attempts)
    assert not issuing.done(), "the callback came first"
    answer = await issuing
    assert answer.status_code == 202, answer.text
    await market.gateway.service.worker.round()
    ended = await market.repeat(answer)
    _is_the_one_in_the_ledger(market, channel, ended)


@pytest.mark.parametrize("channel", ALL)
async def test_an_issue_with_an_underwriter_stays_pending_until_the_underwriter_decides(channel, market):
    answer = await _issue(market, channel, MANUAL)
    assert answer.status_code == 202, answer.text
    await market.pass_time(600, step_s=60)
    assert await market.state(answer.json()["operation_id"]) == "pending"
    _nothing_was_issued(market)
    market.release(channel, RECORD[channel], "accept")
    await market.callbacks()
    _is_the_one_in_the_ledger(market, channel, await market.settle(answer))


@pytest.mark.parametrize("way", ["accept", "decline"])
@pytest.mark.parametrize("channel", UNDERWRITING)
async def test_an_application_with_an_underwriter_ends_as_the_underwriter_decides(channel, way, market):
    plan = market.order(channel, phone=MANUAL)
    answer = await market.write("/v1/applications", market.one_shot(plan))
    assert (answer.status_code, answer.json()["state"]) == (202, "pending"), answer.text
    record = "underwriting" if channel == "lotus_main" else "application"
    market.release(channel, record, way)
    await market.callbacks()
    ended = await market.settle(answer, within_s=900, step_s=30)
    assert ended.status_code == 201, ended.text
    assert ended.json()["status"] == ("accepted" if way == "accept" else "declined")


# -- in doubt --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ALL)
async def test_an_unlisted_code_is_in_doubt_until_asking_proves_that_nothing_happened(channel, market):
    answer = await _issue(market, channel, UNLISTED)
    assert (answer.status_code, answer.json()["state"]) == (202, "unknown"), answer.text
    await market.pass_time(20, step_s=5)
    assert await market.state(answer.json()["operation_id"]) in ("unknown", "resolving"), (
        "asking too early proves nothing"
    )
    ended = await market.settle(answer)
    assert (ended.status_code, ended.json()["code"]) == (503, "channel.not_executed"), ended.text
    _nothing_was_issued(market)
    sold = await market.settle(await market.issue(market.order(channel)))
    assert sold.status_code == 201, sold.text


@pytest.mark.parametrize("channel", ALL)
async def test_what_was_committed_under_an_error_is_found_and_issued_once(channel, market):
    answer = await _issue(market, channel, COMMITTED)
    assert (answer.status_code, answer.json()["state"]) == (202, "unknown"), answer.text
    _is_the_one_in_the_ledger(market, channel, await market.settle(answer))


@pytest.mark.parametrize("channel", ["lotus_main", "bamboo_main", "aurora_main", "cedar_main"])
async def test_a_carrier_that_is_busy_has_done_nothing_and_the_reference_is_free_again(channel, market):
    plan = market.order(channel, phone=BUSY)
    price = await market.price(plan)
    answer = await market.write("/v1/policies", market.one_shot(plan, price))
    assert (answer.status_code, answer.json()["code"]) == (503, "channel.not_executed"), answer.text
    assert "retry-after" in answer.headers
    _nothing_was_issued(market)
    await market.pass_time(90, step_s=30)
    again = await market.settle(await market.write("/v1/policies", market.one_shot(plan, price)))
    assert again.status_code in (201, 503), again.text
    assert len(market.ledger(effect="issue")) == (again.status_code == 201)


@pytest.mark.parametrize("channel", ["lotus_main", "bamboo_main", "aurora_main", "cedar_main"])
async def test_a_document_that_is_not_ready_is_told_so_and_fetched_later(channel, market):
    _, policy = await market.sold(channel, phone=DOCUMENT)
    path = f"/v1/policies/{policy['policy_id']}/documents/policy"
    first = await market.get(path)
    assert first.status_code == 200, first.text
    assert first.json()["documents"][0]["status"] == "not_ready"
    (ready,) = (await market.get(path)).json()["documents"]
    assert ready.get("status", "ready") == "ready"
    assert "content" in ready or ready["url"].startswith("http")
