"""An operator takes a channel out of the trade at once: named, with a reason, for every replica, and beyond a restart."""

import asyncio
import json

import pytest

from gateway.errors import NoChannel, NotFound, RequestInvalid
from gateway.journal.errors import Stale
from gateway.model import PolicyGetBody, PolicyRef, QuoteCreateBody, RoutingHints
from gateway.model.examples import example_proposal
from gateway.model.states import OperationState
from gateway.service.gateway import ExplainBody
from gateway.service.operating import steering
from gateway.service.operating.steering import HoldBody, PinBody
from gateway.service.operating.watch import Duty, Watch

WHY = "its replies name other customers' policies"
FIRST = RoutingHints(pin="first_main")
SETTLED_S = 90


def held(action, channel="first_main"):
    return HoldBody(channel=channel, action=action, reason=WHY, by="Wang Li")


def pinned(channel, product="travel-accident"):
    return PinBody(product=product, channel=channel, reason=WHY, by="Wang Li")


async def issued(service, caller, body, key="k1"):
    answer = await service.write("policy.issue", caller, body, key)
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("action", ["drain", "disable"])
async def test_a_channel_that_is_held_back_gets_no_new_business_and_its_reason_names_who_and_why(
    make, caller, order, carriers, action
):
    service = await make()
    await service.hold(caller, held(action))
    for number in range(4):
        status, policy = await issued(service, caller, order(f"order-{number}"), f"k{number}")
        assert (status, policy["channel"]) == (201, "second_main")
    status, problem = await issued(service, caller, order("order-9", routing=FIRST), "k9")
    assert (status, carriers.first.requests) == (503, [])
    reasons = {each["text"].partition(":")[0]: each for each in problem["reasons"]}
    assert reasons["first_main"]["code"] == "channel.held"
    assert "Wang Li" in reasons["first_main"]["text"]
    assert WHY in reasons["first_main"]["text"]


async def test_when_nobody_may_be_asked_each_channel_is_named_with_its_reason_and_nothing_leaves(
    make, caller, order, carriers
):
    service = await make()
    await service.hold(caller, held("drain"))
    await service.hold(caller, held("disable", "second_main"))
    status, problem = await issued(service, caller, order())
    assert (status, problem["code"]) == (503, "channel.none_eligible")
    assert [(each["code"], each["text"].partition(":")[0]) for each in problem["reasons"]] == [
        ("channel.held", "first_main"),
        ("channel.held", "second_main"),
    ]
    assert carriers.first.requests == carriers.second.requests == []
    (op,) = await service.parts.journal.operations()
    assert (op.state, await service.parts.journal.attempts(op.operation_id)) == (OperationState.failed, [])


async def test_policies_of_a_drained_channel_are_served_and_of_a_disabled_one_what_is_known_is_told(
    make, caller, order, carriers
):
    service = await make()
    _, policy = await issued(service, caller, order(routing=FIRST))
    fresh = PolicyGetBody(policy=PolicyRef(policy_id=policy["policy_id"]), refresh=True)
    known = PolicyGetBody(policy=PolicyRef(policy_id=policy["policy_id"]))
    await service.hold(caller, held("drain"))
    carriers.first.plan(("inquiry", {"outcome": "accepted"}))
    assert (await service.read("policy.get", caller, fresh)).status == 200
    sent = len(carriers.first.requests)
    await service.hold(caller, held("disable"))
    told = json.loads((await service.read("policy.get", caller, fresh)).body)
    assert [each["code"] for each in told["reasons"]] == ["channel.last_known", "channel.held"]
    assert (await service.read("policy.get", caller, known)).status == 200, "what is known here needs nobody"
    assert len(carriers.first.requests) == sent


async def test_a_quote_of_a_channel_held_back_meanwhile_makes_no_policy(make, caller, order, carriers):
    async def price(carrier, wire):
        return carrier._reply(wire, outcome="accepted", premium=1000)

    service = await make()
    carriers.first.plan(price)
    proposal = example_proposal()
    asked = QuoteCreateBody(
        product="travel-accident@1",
        policyholder=proposal.policyholder,
        insureds=proposal.insureds,
        routing=FIRST,
    )
    quotes = json.loads((await service.write("quote.create", caller, asked, "q1")).body)["quotes"]
    await service.hold(caller, held("drain"))
    sent = len(carriers.first.requests)
    body = order(quote_id=quotes[0]["quote_id"], product=None, policyholder=None, insureds=())
    with pytest.raises(NoChannel) as refused:
        await service.write("policy.issue", caller, body, "k1")
    assert refused.value.reasons[0].code == "channel.held"
    assert len(carriers.first.requests) == sent


async def test_a_disabled_channel_is_still_asked_after_what_is_not_resolved(make, caller, order, carriers, pass_time):
    service = await make()
    carriers.first.plan("commit reset")
    status, _ = await issued(service, caller, order(routing=FIRST))
    await service.hold(caller, held("disable"))
    assert status == 202
    await pass_time(service, SETTLED_S)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.succeeded
    assert [each["op"] for each in carriers.first.requests][1:] == ["policy.get"]


async def test_a_disabled_channel_is_never_sent_the_same_message_again(make, caller, order, carriers, pass_time):
    service = await make("replay")
    carriers.first.plan("reset")
    await issued(service, caller, order(routing=FIRST))
    await service.hold(caller, held("disable"))
    await pass_time(service, SETTLED_S)
    (op,) = await service.parts.journal.operations()
    assert op.state is OperationState.failed, "the insurer's own word proved that it had not arrived"
    assert [each["op"] for each in carriers.first.requests].count("policy.issue") == 1
    assert carriers.first.ledger == {}


async def test_the_next_step_of_a_flow_waits_while_its_channel_is_disabled(make, caller, order, carriers, pass_time):
    service = await make(steps=("underwrite", "issue"))

    async def accept_and_be_disabled(carrier, wire):
        await service.hold(caller, held("disable"))
        return carrier._reply(wire, outcome="accepted", numbers={"proposal": "U-1"})

    carriers.first.plan(accept_and_be_disabled)
    status, _ = await issued(service, caller, order(routing=FIRST))
    await pass_time(service, SETTLED_S)
    assert status == 202
    assert "issue" not in [each.get("step") for each in carriers.first.requests if each["op"] == "policy.issue"]
    (op,) = await service.parts.journal.operations()
    assert op.state is not OperationState.succeeded


async def test_enabled_again_it_takes_its_share(make, caller, order):
    service = await make()
    await service.hold(caller, held("disable"))
    await service.hold(caller, held("enable"))
    status, policy = await issued(service, caller, order(routing=FIRST))
    assert (status, policy["channel"]) == (201, "first_main")


async def test_a_pinned_product_goes_to_one_channel_until_it_is_unpinned(make, caller, order):
    service = await make()
    await service.pin(caller, pinned("second_main"))
    went = {(await issued(service, caller, order(f"o{n}"), f"k{n}"))[1]["channel"] for n in range(5)}
    assert went == {"second_main"}
    await service.pin(caller, pinned(None))
    went = {(await issued(service, caller, order(f"p{n}"), f"l{n}"))[1]["channel"] for n in range(5)}
    assert went == {"first_main", "second_main"}


async def test_what_was_set_is_written_down_with_who_why_before_and_after(make, caller, world):
    service = await make()
    await service.hold(caller, held("drain"))
    world.advance(1.0)
    await service.hold(caller, held("disable"))
    later, first = await service.parts.journal.audits("channel:first_main")
    assert (first.action, first.actor, first.client, first.reason) == ("channel.drain", "Wang Li", "shop", WHY)
    assert (later.action, later.before, later.after) == (
        "channel.disable",
        b'{"value":"drained"}',
        b'{"value":"disabled"}',
    )


async def test_the_list_of_channels_says_what_is_set(make, caller):
    service = await make()
    await service.hold(caller, held("drain"))
    await service.pin(caller, pinned("second_main"))
    told = json.loads((await service.channels(caller)).body)
    assert [each["held"] and each["held"]["value"] for each in told["channels"]] == ["drained", None]
    assert [(each["name"], each["value"]) for each in told["pins"]] == [("travel-accident", "second_main")]


async def test_an_explanation_shows_who_holds_a_channel_back(make, caller):
    service = await make()
    await service.hold(caller, held("drain"))
    proposal = example_proposal()
    body = ExplainBody(product="travel-accident@1", policyholder=proposal.policyholder, insureds=proposal.insureds)
    decision = json.loads((await service.explain(caller, body)).body)
    assert decision["chosen"] == "second_main"
    assert "Wang Li has drained it" in decision["sentence"]


async def test_a_restart_and_another_replica_follow_what_was_set(make, caller, order, sqlite_journal):
    service = await make(journal=sqlite_journal)
    other = await make(journal=sqlite_journal)
    await service.hold(caller, held("disable"))
    assert other.parts.router.held == {}
    await steering.refresh(other.parts)
    status, policy = await issued(other, caller, order())
    assert (status, policy["channel"]) == (201, "second_main")
    assert other.parts.router.stopped.keys() == {"first_main"}


async def test_a_look_that_began_before_a_setting_does_not_undo_it(make, caller):
    service = await make()
    await service.hold(caller, held("drain"))
    before = await service.parts.journal.steering()
    await service.hold(caller, held("disable"))
    steering.obey(service.parts, before)
    assert "first_main" in service.parts.router.stopped


async def test_two_who_set_at_once_are_both_recorded(make, caller):
    service = await make()
    await asyncio.gather(service.hold(caller, held("drain")), service.hold(caller, held("disable")))
    (row,) = await service.parts.journal.steering()
    assert row.version == 2
    assert len(await service.parts.journal.audits("channel:first_main")) == 2


async def test_what_does_not_exist_is_neither_held_nor_pinned(make, caller):
    service = await make()
    with pytest.raises(NotFound, match="first_main"):
        await service.hold(caller, held("drain", "frist_main"))
    with pytest.raises(NotFound):
        await service.pin(caller, pinned("first_main", "travel"))
    with pytest.raises(RequestInvalid):
        await service.pin(caller, pinned("third_main"))
    assert await service.parts.journal.audits() == []


async def test_a_duty_that_fails_is_done_again_and_holds_up_no_other(world):
    done = []

    async def fails():
        done.append("fails")
        raise Stale("the journal is away")

    async def works():
        done.append("works")

    watch = Watch(world, (Duty("fails", 1.0, fails), Duty("works", 1.0, works)))
    watch.start()
    for _ in range(20):
        await asyncio.sleep(0)
        world.advance(1.0)
    await watch.stop()
    assert done.count("fails") > 1
    assert done.count("works") > 1
