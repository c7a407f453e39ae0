"""The wire breaks after the carrier has acted, or before: never two effects, and the operation ends right."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMMITS = dict.fromkeys(("lotus_main", "bamboo_main", "aurora_main", "cedar_main", "tide_main"), "policy.issue")
COMMITS |= {"xcover_main": "booking.confirm"}
"""The call in which each carrier issues the policy, as its mock names it."""
NAMED = {
    ("xcover_main", "cancellation.submit"): "cancellation.confirm",
    ("xcover_main", "endorsement.submit"): "contact.change",
}
AFTER_COMMIT = (
    {"fault": "commit_then_rst"},
    {"fault": "commit_then_fin"},
    {"fault": "error_after_commit", "with": {"status": 502, "html": True}},
    {"fault": "html_200", "with": {"commit": True}},
    {"fault": "empty_200", "with": {"commit": True}},
    {"fault": "redirect", "with": {"commit": True}},
    {"fault": "garbage", "with": {"commit": True}},
    {"fault": "truncate"},
    {"fault": "truncate_close"},
    {"fault": "bad_gzip"},
    {"fault": "wrong_charset"},
    {"fault": "dup_response"},
    {"fault": "slow", "with": {"seconds": 0.2}},
)
BEFORE_COMMIT = (
    {"fault": "rst_before_commit"},
    {"fault": "error_before_commit", "with": {"status": 500}},
    {"fault": "html_200"},
    {"fault": "redirect", "with": {"status": 302}},
    {"fault": "maintenance"},
)


def _number(policy):
    return next(number["no"] for number in policy["numbers"] if number["kind"] == "policy")


def _holds_its_own(market, channel, plan, policy):
    """S11: the policy under this number in the ledger carries this order's canary, and no other order's."""
    (line,) = [line for line in market.ledger(channel, "issue") if line["number"] == _number(policy)]
    assert any(canary in str(line["canaries"]) for canary in plan.canaries)
    assert line["premium"]["amount"] == policy["premium"]["gross"]["amount"]


@pytest.mark.parametrize("fault", AFTER_COMMIT, ids=lambda fault: fault["fault"])
@pytest.mark.parametrize("channel", COMMITS)
async def test_a_reply_lost_after_the_policy_was_made_gives_one_policy(channel, fault, market):
    await market.plan(channel, {**fault, "operation": COMMITS[channel], "first": 1})
    plan = market.order(channel)
    answer = await market.settle(await market.issue(plan))
    assert answer.status_code == 201, answer.text
    _holds_its_own(market, channel, plan, answer.json())
    assert len(market.ledger(effect="issue")) == 1
    await market.pass_time(120, step_s=30)
    assert len(market.ledger(effect="issue")) == 1
    assert (await market.repeat(answer)).content == answer.content


@pytest.mark.parametrize("fault", BEFORE_COMMIT, ids=lambda fault: fault["fault"])
@pytest.mark.parametrize("channel", COMMITS)
async def test_what_was_lost_before_the_policy_was_made_ends_with_one_policy_or_none(channel, fault, market):
    await market.plan(channel, {**fault, "operation": COMMITS[channel], "first": 1})
    plan = market.order(channel)
    answer = await market.settle(await market.issue(plan))
    assert answer.status_code in (201, 503), answer.text
    await market.pass_time(120, step_s=30)
    made = market.ledger(effect="issue")
    assert len(made) == (answer.status_code == 201), "what is told is what happened"
    if answer.status_code == 503:
        assert answer.json()["code"] == "channel.not_executed"
        await market.plan(channel)
        assert (await market.settle(await market.issue(plan))).status_code == 201, "the reference is free again"


@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize("channel", COMMITS)
async def test_a_write_that_is_sent_elsewhere_is_not_followed_and_nobody_knows_what_became_of_it(
    channel, status, market
):
    moved = {"fault": "redirect", "with": {"status": status, "commit": True}}
    await market.plan(channel, {**moved, "operation": COMMITS[channel], "first": 1})
    answer = await market.issue(market.order(channel))
    assert answer.status_code == 202, answer.text
    came = [each for each in market.mocks[channel].requests if each.namespace == market.namespace]
    assert [each.fault for each in came if each.operation == COMMITS[channel]] == ["redirect"]
    last = (await market.journal.attempts(answer.json()["operation_id"]))[-1]
    assert (last.purpose, last.outcome) == ("effect", "unknown")
    assert (await market.settle(answer)).status_code == 201
    assert len(market.ledger(channel, "issue")) == 1


@pytest.mark.parametrize("channel", COMMITS)
async def test_two_orders_that_get_each_others_reply_keep_their_own_policies(channel, market):
    await market.plan(channel, {"fault": "swap_response", "operation": COMMITS[channel], "first": 2})
    plans = [market.order(channel), market.order(channel)]
    answers = await asyncio.gather(*(market.issue(plan) for plan in plans))
    for plan, answer in zip(plans, answers, strict=True):
        ended = await market.settle(answer)
        assert ended.status_code == 201, ended.text
        assert ended.json()["client_ref"] == plan.client_ref
        _holds_its_own(market, channel, plan, ended.json())
    assert len(market.ledger(effect="issue")) == 2


@pytest.mark.parametrize(
    ("operation", "effect"),
    [("cancellation.submit", "cancel"), ("claim.report", "claim_report"), ("endorsement.submit", "endorse")],
)
@pytest.mark.parametrize("channel", ["lotus_main", "bamboo_main", "aurora_main", "cedar_main", "xcover_main"])
async def test_a_service_whose_reply_is_lost_has_one_effect(channel, operation, effect, open_shop):
    shop = await open_shop(channel)
    market = shop.market
    if not market.gateway.parts.channels[channel].adapter.supports(operation):
        assert operation in market.gateway.parts.channels[channel].adapter.carrier.unsupported
        return
    plan, policy = await shop.sold()
    bodies = {
        "cancellation.submit": ("/v1/cancellations", {**shop.end(policy, "pro_rata"), "requestor": "policyholder"}),
        "endorsement.submit": ("/v1/endorsements", {**shop.change(policy), "basis_version": 1}),
    }
    if operation == "claim.report":
        wait_s = 3 * 86_400 if policy["status"] == "issued_not_effective" else 2
        await market.pass_time(wait_s, step_s=wait_s)
        bodies[operation] = ("/v1/claims", shop.occurrence(plan, policy))
    path, body = bodies[operation]
    lost = len(market.mocks[channel].requests)
    await market.plan(
        channel, {"fault": "commit_then_rst", "first": 1, "operation": NAMED.get((channel, operation), operation)}
    )
    answer = await market.settle(await market.write(path, body))
    assert len(market.mocks[channel].requests) > lost
    assert len(market.ledger(channel, effect)) == 1
    if answer.status_code == 202:
        # Nobody but a person can tell where the carrier's record does not name the request.
        assert await market.state(answer.json()["operation_id"]) == "needs_review"
        return
    assert answer.status_code == 201, answer.text
