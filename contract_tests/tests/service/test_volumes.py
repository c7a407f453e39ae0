"""What was sold decides where the next order goes: promises are kept, quotas are not forgotten by a restart."""

import json

import pytest

from gateway.errors import RequestInvalid
from gateway.model import PolicyGetBody, PolicyRef, RoutingHints
from gateway.model.examples import example_proposal
from gateway.service.cases import volumes
from gateway.service.gateway import ExplainBody

FIRST, SECOND = RoutingHints(pin="first_main"), RoutingHints(pin="second_main")


@pytest.fixture
def promised(product_text):
    """The second channel is promised far more than it has sold by the second day of the month's 31."""
    return product_text.replace(
        "second_main: { mode: weighted, weight: 40",
        "second_main: { mode: weighted, weight: 40, commitment: { period: month, policies: 100 }",
    )


@pytest.fixture
def limited(product_text):
    return product_text.replace(
        "first_main: { mode: weighted, weight: 60", "first_main: { mode: weighted, weight: 60, limits: { per_day: 3 }"
    )


async def issued(service, caller, body, key):
    answer = await service.write("policy.issue", caller, body, key)
    return json.loads(answer.body)


async def explained(service, caller):
    proposal = example_proposal()
    body = ExplainBody(product="travel-accident@1", policyholder=proposal.policyholder, insureds=proposal.insureds)
    return json.loads((await service.explain(caller, body)).body)


async def test_a_promised_volume_moves_the_choice_of_a_running_gateway_and_the_explanation_shows_it(
    make, caller, order, world, promised
):
    service = await make(product=promised)
    world.advance(36 * 3600)
    for number in range(6):
        await issued(service, caller, order(f"o{number}", routing=FIRST), f"k{number}")
    before = await explained(service, caller)
    await volumes.refresh(service.parts)
    after = await explained(service, caller)
    shares = [
        {each["channel"]: each["share"] for each in decision["candidates"]}["second_main"]
        for decision in (before, after)
    ]
    assert shares[0] == pytest.approx(0.4)
    assert shares[1] > 0.5
    terms = next(each for each in after["candidates"] if each["channel"] == "second_main")["terms"]
    assert "pace" in [term["name"] for term in terms]
    went = [(await issued(service, caller, order(f"p{n}"), f"l{n}"))["channel"] for n in range(12)]
    assert went.count("second_main") > 6


LIMITS = {
    "sum insured": "limits: { sum_insured: { max: { amount: 1000, currency: CNY } } }",
    "premium": (
        "rates: [{ from: 2025-01-01, plan: standard, of: sum_insured, rate: 0.01 }],"
        " limits: { premium: { max: { amount: 20, currency: CNY } } }"
    ),
    "days": "limits: { days: { max: 9 } }",
}


@pytest.mark.parametrize("limit", LIMITS)
async def test_an_order_that_leaves_coverages_to_its_product_is_explained_as_it_would_go(
    make, caller, order, product_text, limit
):
    beside = "first_main: { mode: weighted, weight: 60"
    service = await make(product=product_text.replace(beside, f"{beside}, {LIMITS[limit]}"))
    decision = await explained(service, caller)
    went = await issued(service, caller, order(coverages=(), period=None, plan=None), "k1")
    ruled = {each["channel"]: each.get("ruled_out") for each in decision["candidates"]}
    assert ruled == {"first_main": "channel.limit", "second_main": None}
    assert (decision["chosen"], went["channel"]) == ("second_main", "second_main")


async def test_what_an_order_would_be_refused_for_is_refused_when_it_is_explained(make, caller, product_text):
    service = await make(product=product_text.replace("{ type: object }", "{ type: object, required: [order_no] }"))
    with pytest.raises(RequestInvalid, match="does not fit the product"):
        await explained(service, caller)


async def test_a_restart_forgets_no_quota(make, caller, order, carriers, limited, sqlite_journal):
    service = await make(product=limited, journal=sqlite_journal)
    for number in range(3):
        await issued(service, caller, order(f"o{number}", routing=FIRST), f"k{number}")
    restarted = await make(product=limited, journal=sqlite_journal)
    await volumes.refresh(restarted.parts)
    refused = await issued(restarted, caller, order("o9", routing=FIRST), "k9")
    assert (refused["code"], len(carriers.first.ledger)) == ("channel.none_eligible", 3)
    assert "channel.quota" in [each["code"] for each in refused["reasons"]]
    assert (await issued(restarted, caller, order("o10"), "k10"))["channel"] == "second_main"


async def test_another_days_business_takes_no_place_of_today(make, caller, order, world, limited):
    service = await make(product=limited)
    for number in range(3):
        await issued(service, caller, order(f"o{number}", routing=FIRST), f"k{number}")
    world.advance(24 * 3600)
    await volumes.refresh(service.parts)
    assert (await issued(service, caller, order("o9", routing=FIRST), "k9"))["channel"] == "first_main"


async def test_a_policy_that_the_ladder_finds_is_counted_once(make, caller, order, carriers, pass_time, limited):
    service = await make(product=limited)
    carriers.first.plan("commit reset")
    await service.write("policy.issue", caller, order(routing=FIRST), "k1")
    await pass_time(service, 90)
    (sold,) = await service.parts.journal.sold("travel-accident", "2026-03-01")
    assert (sold.channel, sold.policies, sold.premium) == ("first_main", 1, 1000)


async def test_an_order_that_came_to_nothing_is_not_counted(make, caller, order, carriers, limited):
    service = await make(product=limited)
    carriers.first.plan("declined")
    await service.write("policy.issue", caller, order(routing=FIRST), "k1")
    assert await service.parts.journal.sold("travel-accident", "2026-03-01") == []


async def test_a_product_without_promise_and_quota_is_not_counted(make, caller, order):
    service = await make()
    policy = await issued(service, caller, order(), "k1")
    assert (
        await service.read("policy.get", caller, PolicyGetBody(policy=PolicyRef(policy_id=policy["policy_id"])))
    ).status
    assert await service.parts.journal.sold("travel-accident", "2026-01-01") == []


async def test_a_premium_that_no_carrier_can_mean_counts_as_a_policy_and_breaks_no_sum(
    make, caller, order, carriers, limited, sqlite_journal
):
    service = await make(product=limited, journal=sqlite_journal)
    for number, amount in enumerate((1000, 10**20, -5)):

        async def issue(carrier, wire, amount=amount):
            numbers = {"policy": f"P-{wire['request_no']}"}
            return carrier._reply(wire, outcome="accepted", numbers=numbers, premium=amount)

        carriers.first.plan(issue)
        answer = await service.write("policy.issue", caller, order(f"o{number}", routing=FIRST), f"k{number}")
        assert (answer.status, json.loads(answer.body)["premium"]["gross"]["amount"]) == (201, amount)
    (sold,) = await service.parts.journal.sold("travel-accident", "2026-03-01")
    assert (sold.policies, sold.premium) == (3, 1000)
