"""The harness's hand on the carriers: what is lost on the way to one is asked for again, and done once."""

import types

import httpx
import pytest

from contract_tests.checker.carriers import Carriers
from contract_tests.mock import MockCarrier
from contract_tests.tests.mock.conftest import CARRIERS

CEDAR = "cedar_main"


@pytest.fixture
async def cedar():
    """One carrier, of whose answers every other one gets lost behind what it did."""
    async with MockCarrier.load(CARRIERS / "cedar") as mock:
        box = types.SimpleNamespace(mocks={CEDAR: types.SimpleNamespace(admin_url=mock.admin_url)})
        found = Carriers(box, 1)
        plain, found.asked = found._http, 0

        async def lose_every_other(request):
            answer = await plain.send(plain.build_request(request.method, request.url, content=await request.aread()))
            found.asked += 1
            if found.asked % 2:
                raise httpx.ReadError("lost")
            return httpx.Response(answer.status_code, content=answer.content)

        found._http = httpx.AsyncClient(transport=httpx.MockTransport(lose_every_other))
        yield found, mock
        await found.close()
        await plain.aclose()


async def test_time_that_was_put_forward_and_not_confirmed_is_not_put_forward_again(cedar):
    carriers, mock = cedar
    before = mock.world().now()
    await carriers.forward(600.0)
    passed_s = (mock.world().now() - before).total_seconds()
    assert 600 <= passed_s < 605
    assert carriers.asked == 4


async def test_a_plan_and_a_question_whose_answer_is_lost_are_asked_again(cedar):
    carriers, mock = cedar
    await carriers.plan(CEDAR, {"fault": "empty_200"})
    assert [rule.fault for rule in mock.plan_of("default").rules] == ["empty_200"]
    await carriers.callbacks("hold")
    assert mock.dispatcher.holding == {"default"}
    assert await carriers.played() == {}
    assert (await carriers.met(), await carriers.deliveries(), await carriers.errors()) == ([], [], [])


async def test_a_carrier_that_is_gone_is_no_accident_of_the_way(cedar):
    carriers, mock = cedar
    await mock.close()
    with pytest.raises(httpx.TransportError):
        await carriers.behave()
