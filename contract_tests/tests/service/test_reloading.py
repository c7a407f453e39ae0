"""A changed catalogue takes over in the running gateway, recorded; one with errors changes nothing and is told why."""

import json
import logging

import pytest

from gateway.errors import RequestInvalid
from gateway.model import QuoteCreateBody, RoutingHints
from gateway.model.examples import example_proposal
from gateway.model.states import OperationState
from gateway.service.operating.reloading import ReloadBody

NOW = ReloadBody(reason="new weights", by="Wang Li")
FIRST = RoutingHints(pin="first_main")


@pytest.fixture
def files(tmp_path):
    return tmp_path / "mappings"


@pytest.fixture
def lighter(product_text):
    """The first channel takes nothing but what nobody else can."""
    return product_text.replace("first_main: { mode: weighted", "first_main: { mode: standby")


def write_product(files, text):
    (files / "products" / "travel-accident.yaml").write_text(text)


async def went(service, caller, order, times=4):
    answers = [await service.write("policy.issue", caller, order(f"o{n}"), f"k{n}") for n in range(times)]
    return {json.loads(each.body)["channel"] for each in answers}


async def test_files_that_changed_take_over_once_they_stand_still(make, caller, order, files, lighter):
    service = await make()
    write_product(files, lighter)
    await service.reloading.look()
    assert service.parts.catalogue.snapshot.number == 1, "somebody may still be writing"
    await service.reloading.look()
    assert service.parts.catalogue.snapshot.number == 2
    assert await went(service, caller, order) == {"second_main"}


async def test_who_put_which_catalogue_in_force_is_written_down(make, caller, files, lighter):
    service = await make()
    write_product(files, lighter)
    told = json.loads((await service.reload(caller, NOW)).body)
    assert told == {"number": 2, "is_new": True, "warnings": []}
    (entry,) = await service.parts.journal.audits("catalogue")
    assert (entry.action, entry.actor, entry.client, entry.reason) == (
        "catalogue.reload",
        "Wang Li",
        "shop",
        NOW.reason,
    )
    after = json.loads(entry.after)
    assert (json.loads(entry.before), after["number"], len(after["sha256"])) == ({"number": 1}, 2, 64)


async def test_files_that_are_in_force_already_make_no_new_number(make, caller):
    service = await make()
    told = json.loads((await service.reload(caller, NOW)).body)
    assert told == {"number": 1, "is_new": False, "warnings": []}
    assert await service.parts.journal.audits("catalogue") == []


async def test_a_catalogue_with_errors_is_refused_with_their_places_and_the_running_one_stays(
    make, caller, order, files, lighter, caplog
):
    service = await make()
    write_product(files, lighter.replace("weight: 40", "weight: forty"))
    with pytest.raises(RequestInvalid) as refused:
        await service.reload(caller, NOW)
    assert refused.value.error_code == "gateway.catalogue_invalid"
    assert "'errors'" in refused.value.next_step
    assert any("products/travel-accident.yaml:11:42: error" in each for each in refused.value.extra["errors"])
    assert service.parts.catalogue.snapshot.number == 1
    assert await went(service, caller, order) == {"first_main", "second_main"}
    write_product(files, lighter.replace("weight: 40", "weight: fourty"))
    with caplog.at_level(logging.ERROR, "insurehub.catalogue"):
        for _ in range(4):
            await service.reloading.look()
    told = [each.getMessage() for each in caplog.records]
    assert len(told) == len(set(told)), "what stays wrong is told once"
    assert any("travel-accident.yaml:11:42" in each for each in told)


async def test_whoever_asks_whether_a_gateway_is_ready_sees_that_changed_files_are_not_in_force(
    make, files, product_text, lighter
):
    service = await make()
    write_product(files, product_text.replace("weight: 40", "weight: forty"))
    for _ in range(2):
        await service.reloading.look()
    ready = await service.ready()
    assert ready["catalogue"].startswith("1; its files changed and are not in force, errors: ")
    write_product(files, lighter)
    for _ in range(2):
        await service.reloading.look()
    assert (await service.ready())["catalogue"] == "2"
    for text in (product_text.replace("weight: 40", "weight: forty"), lighter):
        write_product(files, text)
        for _ in range(2):
            await service.reloading.look()
    assert (await service.ready())["catalogue"] == "2", "what is in force already was put back"


async def test_repaired_files_take_over(make, files, product_text, lighter):
    service = await make()
    for text in (product_text.replace("weight: 40", "weight: forty"), lighter):
        write_product(files, text)
        await service.reloading.look()
        await service.reloading.look()
    assert service.parts.catalogue.snapshot.number == 2


@pytest.fixture
def take_off_sale(files, product_text):
    """Another product is sold, and the one that was is not."""

    def take(service):
        (files / "products" / "travel-accident.yaml").unlink(missing_ok=True)
        (files / "products" / "other.yaml").write_text(product_text.replace("code: travel-accident", "code: other"))
        service.parts.catalogue.reload()
        assert "travel-accident" not in service.parts.catalogue.snapshot.products

    return take


def before(service, name, act):
    """Something happens just before the router is asked."""
    asked = getattr(service.parts.router, name)

    def ask(*words, **more):
        act(service)
        return asked(*words, **more)

    setattr(service.parts.router, name, ask)


async def test_an_order_whose_product_is_taken_off_sale_before_it_is_placed_ends_at_once(
    make, caller, order, carriers, take_off_sale
):
    service = await make()
    before(service, "place", take_off_sale)
    answer = await service.write("policy.issue", caller, order(), "k1")
    problem = json.loads(answer.body)
    assert (answer.status, problem["code"]) == (503, "channel.none_eligible")
    assert "has no product travel-accident any more" in problem["detail"]
    assert carriers.first.requests == carriers.second.requests == []


@pytest.mark.parametrize(
    ("fault", "status", "state"), [("refuse", 503, OperationState.failed), ("declined", 422, OperationState.declined)]
)
async def test_an_order_whose_product_is_taken_off_sale_while_it_is_sent_ends_with_what_the_channel_said(
    make, caller, order, carriers, take_off_sale, fault, status, state
):
    service = await make()
    before(service, "observe", take_off_sale)
    carriers.first.plan(fault)
    answer = await service.write("policy.issue", caller, order(routing=FIRST), "k1")
    (operation,) = await service.parts.journal.operations()
    assert (answer.status, operation.state) == (status, state)
    assert carriers.second.requests == []


async def test_a_quote_whose_product_is_taken_off_sale_is_refused(make, caller, carriers, take_off_sale):
    service = await make()
    before(service, "decide", take_off_sale)
    proposal = example_proposal()
    body = QuoteCreateBody(product="travel-accident@1", policyholder=proposal.policyholder, insureds=proposal.insureds)
    answer = await service.write("quote.create", caller, body, "k1")
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "channel.none_eligible")
    assert carriers.first.requests == []


async def test_a_running_channel_neither_disappears_nor_changes_its_carrier(make, caller, files):
    service = await make()
    channels = (files / "channels.yaml").read_text()
    (files / "channels.yaml").write_text(
        channels.replace("second_main: { carrier: second", "second_main: { carrier: first")
    )
    with pytest.raises(RequestInvalid, match="second_main runs with the carrier second"):
        await service.reload(caller, NOW)
    assert service.parts.catalogue.snapshot.number == 1
    (files / "channels.yaml").write_text(channels)
