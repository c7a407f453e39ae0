"""An insurer that lets its customer pay on a page of its own: the caller gets the link, the end comes by itself."""

import json

import pytest

from gateway.model.states import OperationState

CASHIER = "https://cashier.first.example/pay?no=1"


@pytest.fixture
def waiting(make, carriers, caller, order):
    """An issue whose carrier sends the customer to its page; `then` says how it tells that they have paid."""

    async def go(then):
        async def send_to_page(carrier, wire):
            return carrier._reply(wire, outcome="pending", then=then, every=30, pay_at=CASHIER)

        service = await make()
        carriers.first.plan(send_to_page)
        return service, await service.write("policy.issue", caller, order(), "k1")

    return go


async def only(service):
    (op,) = await service.parts.journal.operations()
    return op


def links(answer):
    return [link["url"] for link in json.loads(answer.body)["payment_links"]]


async def test_the_caller_is_told_where_its_customer_pays_and_again_for_the_same_key(waiting, caller, order):
    service, answer = await waiting("callback")
    again = await service.write("policy.issue", caller, order(), "k1")
    assert (answer.status, links(answer)) == (202, [CASHIER])
    assert (again.status, links(again)) == (202, [CASHIER])


async def test_a_callback_after_the_payment_ends_it_with_the_policy(waiting, carriers, caller, order, call_back):
    service, _ = await waiting("callback")
    number = carriers.first.requests[0]["request_no"]
    await call_back(service, "first_main", number, numbers={"policy": "P-PAID"})
    answer = await service.write("policy.issue", caller, order(), "k1")
    assert (answer.status, json.loads(answer.body)["numbers"][0]["no"]) == (201, "P-PAID")


async def test_the_link_stays_while_the_insurer_is_asked_and_leaves_it_out(waiting, carriers, caller, order, pass_time):
    service, _ = await waiting("inquiry")
    carriers.first.plan(*[("inquiry", {"outcome": "pending"})] * 50)
    await pass_time(service, 40)
    assert [asked["op"] for asked in carriers.first.requests[:2]] == ["policy.issue", "policy.get"]
    assert links(await service.write("policy.issue", caller, order(), "k1")) == [CASHIER]
    carriers.first.script.clear()
    carriers.first.issue(carriers.first.requests[0]["request_no"])
    await pass_time(service, 40)
    assert (await only(service)).state is OperationState.succeeded


async def test_a_newer_link_takes_the_place_of_the_one_before(waiting, carriers, caller, order, pass_time):
    service, _ = await waiting("inquiry")
    carriers.first.plan(("inquiry", {"outcome": "pending", "pay_at": f"{CASHIER}&again=1"}))
    await pass_time(service, 40)
    assert links(await service.write("policy.issue", caller, order(), "k1")) == [f"{CASHIER}&again=1"]


async def test_who_does_not_pay_in_the_time_the_insurer_names_has_no_policy(
    waiting, carriers, caller, order, pass_time
):
    service, _ = await waiting("inquiry")
    carriers.first.plan(("inquiry", {"outcome": "declined", "code": "policy.lapsed"}))
    await pass_time(service, 40)
    answer = await service.write("policy.issue", caller, order(), "k1")
    assert (answer.status, (await only(service)).state) == (422, OperationState.expired)
    assert carriers.second.requests == []
