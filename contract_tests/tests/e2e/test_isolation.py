"""What one client made does not exist for another: every address that names an object, and every way to name it."""

import httpx
import pytest
import pytest_asyncio

from cli.demo.trade import consent, receipt
from gateway.api import TABLE
from gateway.ports import World
from gateway.service.gateway import OPERATE, add_client

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANNEL = "cedar_main"
"""It does everything there is to do."""


@pytest_asyncio.fixture(loop_scope="session")
async def mine(market):
    """One object of every kind, by what it is called in paths and bodies."""
    plan, policy = await market.sold(CHANNEL)
    quote = await market.quote(market.order(CHANNEL))
    application = await market.write("/v1/applications", {**market.order(CHANNEL).proposal, **consent()})
    assert application.status_code == httpx.codes.CREATED
    claim = await market.write("/v1/claims", report(policy, plan))
    assert claim.status_code == httpx.codes.CREATED, claim.text
    (operation, *_) = [op for op in await market.journal.operations() if op.operation == "policy.issue"]
    quotes = await market.write("/v1/quotes", market.order(CHANNEL).proposal)
    endpoint = await market.write("/v1/webhook-endpoints", {"url": "https://shop.example/events"})
    assert endpoint.status_code == httpx.codes.CREATED, endpoint.text
    return {
        "policy_id": policy["policy_id"],
        "client_ref": plan.client_ref,
        "number": next(number["no"] for number in policy["numbers"] if number["kind"] == "policy"),
        "quote_id": quote["quote_id"],
        "application_id": application.json()["application_id"],
        "claim_id": claim.json()["claim_id"],
        "operation_id": operation.operation_id,
        "decision_id": quotes.json()["decision_id"],
        "endpoint_id": endpoint.json()["endpoint_id"],
        "kind": "policy",
        "price": quote["premium"]["gross"],
    }


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(market):
    """Another client, with every scope."""
    key = await add_client(market.journal, World(), "stranger")
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(market.app), base_url="http://gateway", headers=headers
    ) as http:
        yield http


def report(policy, plan):
    person = plan.proposal["policyholder"]
    return {
        "policy": {"policy_id": policy["policy_id"]},
        "insured_refs": ["i1"],
        "occurrence": {
            "at": policy["issued_at"],
            "cause_code": "no_reason",
            "description": "x",
            "place": {"country": "CN"},
        },
        "reporter": {"party": person, "relationship": "self"},
    }


READ = [
    row
    for row in TABLE
    if row.method == "GET" and row.scope != OPERATE and any(name.endswith("_id") for name in row.path_fields)
]
"""An operator sees the operations of all clients: that is what the scope is for, and it is never given by default."""


@pytest.mark.parametrize("row", READ, ids=lambda row: row.name)
async def test_an_object_of_another_client_is_not_found_by_its_id(row, market, mine, stranger):
    path = row.path.format(**mine)
    assert (await market.get(path)).is_success, "its owner reads it"
    answer = await stranger.get(path)
    assert answer.status_code == httpx.codes.NOT_FOUND
    nobodys = await stranger.get(row.path.format(**{**mine, **{name: "x_01" for name in mine if name.endswith("_id")}}))
    assert {**answer.json(), "detail": ""} == {**nobodys.json(), "detail": ""}, "nor told from one that is not there"


async def test_a_list_shows_a_clients_own_policies_only(market, mine, stranger):
    for params in ({}, {"number": mine["number"]}, {"client_ref": mine["client_ref"]}):
        assert len((await market.get("/v1/policies", **params)).json()["policies"]) == 1
        assert (await stranger.get("/v1/policies", params=params)).json()["policies"] == []


@pytest.mark.parametrize("by", ["policy_id", "client_ref", "number"])
@pytest.mark.parametrize(
    "path", ["endorsement-quotes", "endorsements", "cancellation-quotes", "cancellations", "claims"]
)
async def test_nothing_is_done_to_a_policy_of_another_client_however_it_is_named(path, by, market, mine, stranger):
    at = market.world.now().isoformat()
    change = {"target": "policyholder", "field": "email", "to": "a@example.com"}
    bodies = {
        "endorsement-quotes": {"kind": "contact_change", "effective_at": at, "changes": [change]},
        "endorsements": {"kind": "contact_change", "effective_at": at, "changes": [change], "basis_version": 1},
        "cancellation-quotes": {"kind": "free_look", "effective_at": at},
        "cancellations": {"kind": "free_look", "effective_at": at, "requestor": "policyholder"},
        "claims": {
            "insured_refs": ["i1"],
            "occurrence": {"at": at, "cause_code": "x", "description": "x", "place": {"country": "CN"}},
            "reporter": {"party": {"name": "张三"}, "relationship": "self"},
        },
    }
    before = len(market.ledger())
    answer = await stranger.post(
        f"/v1/{path}", json={"policy": {by: mine[by]}, **bodies[path]}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == httpx.codes.NOT_FOUND, answer.text
    assert len(market.ledger()) == before


@pytest.mark.parametrize("name", ["quote_id", "application_id"])
async def test_nobody_takes_up_what_another_client_was_offered(name, market, mine, stranger):
    price = mine["price"]
    body = {name: mine[name], "client_ref": "theirs", "expected_premium": price, "receipt": receipt(price, "theirs")}
    issued = len(market.ledger(effect="issue"))
    answer = await stranger.post("/v1/policies", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert len(market.ledger(effect="issue")) == issued


@pytest.mark.parametrize("verb", ["submission", "documents", "corrections", "withdrawal"])
async def test_a_claim_goes_on_for_its_client_only(verb, market, mine, stranger):
    bodies = {
        "submission": {"documents": [{"kind": "waybill", "content": "eA=="}]},
        "documents": {"documents": [{"kind": "waybill", "content": "eA=="}]},
        "corrections": {"expected_version": 1, "changes": [{"target": "claim", "field": "x", "to": 1}]},
        "withdrawal": {"reason": "x"},
    }
    effects = len(market.ledger())
    path = f"/v1/claims/{mine['claim_id']}/{verb}"
    answer = await stranger.post(path, json=bodies[verb], headers={"Idempotency-Key": "k"})
    assert answer.status_code == httpx.codes.NOT_FOUND, answer.text
    assert len(market.ledger()) == effects


async def test_the_same_key_and_the_same_order_number_are_another_clients_own(market, mine, stranger):
    order = {**market.order(CHANNEL).proposal, **consent(), "client_ref": mine["client_ref"]}
    price = mine["price"]
    body = {**order, "expected_premium": price, "receipt": receipt(price, "other")}
    answer = await stranger.post("/v1/policies", json=body, headers={"Idempotency-Key": "same", "Prefer": "wait=20"})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    assert answer.json()["policy_id"] != mine["policy_id"]
