"""A batch on its way to a carrier that takes such, over real sockets: one policy for each order, whatever breaks."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOST_AFTER_COMMIT = (
    {"fault": "commit_then_rst"},
    {"fault": "truncate"},
    {"fault": "error_after_commit", "with": {"status": 502, "html": True}},
)


async def _batch(market, *channels):
    """The body of a batch: an order for each channel named."""
    plans = [market.order(channel) for channel in channels]
    orders = [market.one_shot(plan, await market.price(plan)) for plan in plans]
    return plans, {"client_ref": f"batch-{plans[0].client_ref}", "items": orders}


def _policies(answer):
    return [item["policy"] for item in answer.json()["items"]]


def _holds_its_own(market, channel, plan, policy):
    """The policy under this number in the carrier's ledger is of this order, and no other."""
    number = next(each["no"] for each in policy["numbers"] if each["kind"] == "policy")
    (line,) = [line for line in market.ledger(channel, "issue") if line["number"] == number]
    assert any(canary in str(line["canaries"]) for canary in plan.canaries)
    assert line["premium"]["amount"] == policy["premium"]["gross"]["amount"]


async def test_one_message_makes_a_policy_for_each_order(market):
    plans, body = await _batch(market, *["tide_main"] * 4)
    answer = await market.write("/v1/policies/batch", body)
    assert answer.status_code == 200, answer.text
    for plan, policy in zip(plans, _policies(answer), strict=True):
        _holds_its_own(market, "tide_main", plan, policy)
    items = answer.json()["items"]
    attempts = [await market.journal.attempts(item["operation_id"]) for item in items]
    assert len({attempt.attempt_id for (attempt,) in attempts}) == 1, "one call"
    assert len({attempt.request_no for (attempt,) in attempts}) == len(plans), "a number for each"
    again = await market.repeat(answer)
    assert (again.status_code, again.content) == (200, answer.content)


@pytest.mark.parametrize("fault", LOST_AFTER_COMMIT, ids=lambda fault: fault["fault"])
async def test_a_reply_lost_after_the_policies_were_made_is_resolved_order_by_order(fault, market):
    await market.plan("tide_main", {**fault, "operation": "policy.issue_batch", "first": 1})
    plans, body = await _batch(market, *["tide_main"] * 3)
    answer = await market.write("/v1/policies/batch", body)
    assert answer.status_code == 202, answer.text
    assert {item["state"] for item in answer.json()["items"]} == {"unknown"}
    answer = await market.settle(answer)
    assert answer.status_code == 200, answer.text
    for plan, policy in zip(plans, _policies(answer), strict=True):
        _holds_its_own(market, "tide_main", plan, policy)
    await market.pass_time(120, step_s=30)
    assert len(market.ledger(effect="issue")) == len(plans), "each once, and none elsewhere"
    assert (await market.repeat(answer)).content == answer.content


async def test_a_message_that_never_arrived_ends_each_order_without_a_policy(market):
    await market.plan("tide_main", {"fault": "rst_before_commit", "operation": "policy.issue_batch", "first": 1})
    _, body = await _batch(market, *["tide_main"] * 2)
    answer = await market.settle(await market.write("/v1/policies/batch", body))
    assert {item["state"] for item in answer.json()["items"]} == {"failed"}
    assert market.ledger(effect="issue") == []


async def test_orders_for_carriers_with_and_without_batches_go_through_one_door(market):
    channels = ["tide_main", "cedar_main", "tide_main", "aurora_main"]
    plans, body = await _batch(market, *channels)
    answer = await market.settle(await market.write("/v1/policies/batch", body))
    assert answer.status_code == 200, answer.text
    for channel, plan, policy in zip(channels, plans, _policies(answer), strict=True):
        _holds_its_own(market, channel, plan, policy)
    assert len(market.ledger(effect="issue")) == len(channels)
