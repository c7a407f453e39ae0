"""Every operation that a carrier's adapter offers, through the HTTP interface, with what the carrier wrote down."""

import base64
import hashlib

import pytest

from gateway.channel import Registry
from gateway.model.operations import OPERATIONS

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANNELS = {
    name: name.partition("_")[0] for name in ("lotus_main", "bamboo_main", "aurora_main", "cedar_main", "xcover_main")
}
OFFERED = [
    (channel, name)
    for channel, carrier in CHANNELS.items()
    for name in sorted(Registry().adapter(carrier).carrier.operations)
]
NUMBERLESS = {("xcover_main", "endorsement.submit"), ("xcover_main", "cancellation.submit")}
"""The carrier gives these no number of their own."""


def _no(document, kind):
    return next(number["no"] for number in document["numbers"] if number["kind"] == kind)


def _carries(line, plan):
    """A ledger line that bears a value only this order has."""
    return any(canary in str(line["canaries"]) for canary in plan.canaries) or plan.proposal["policyholder"][
        "name"
    ] in str(line["canaries"])


async def _quote_create(shop):
    plan = shop.order()
    quote = await shop.market.quote(plan)
    assert quote["status"] == "quoted"
    assert quote["premium"]["gross"] == await shop.market.price(plan)
    assert quote["binding"] in ("indication", "bindable")
    answer = await shop.market.take_up(plan, quote)
    assert answer.status_code == 201, answer.text
    assert answer.json()["premium"]["gross"] == quote["premium"]["gross"]


async def _underwriting_submit(shop):
    plan = shop.order()
    quote = await shop.market.quote(plan)
    answer = await shop.write(
        "/v1/applications", {"quote_id": quote["quote_id"], "client_ref": f"{plan.client_ref}-u", **shop.consent()}
    )
    assert answer.status_code == 201, answer.text
    application = answer.json()
    assert application["status"] in ("accepted", "accepted_conditional")
    assert _no(application, "application")
    (line,) = shop.market.ledger(shop.channel, "underwrite")
    assert _carries(line, plan)
    price = quote["premium"]["gross"]
    body = {"application_id": application["application_id"], "client_ref": plan.client_ref, "expected_premium": price}
    issued = await shop.write("/v1/policies", {**body, "receipt": shop.receipt(price, plan)})
    assert issued.status_code == 201, issued.text
    assert _no(issued.json(), "application") == _no(application, "application")
    return application


async def _underwriting_get(shop):
    application = await _underwriting_submit(shop)
    path = f"/v1/applications/{application['application_id']}"
    assert (await shop.market.get(path)).json() == application
    fresh = await shop.market.get(path, refresh="true")
    assert fresh.status_code == 200, fresh.text
    assert fresh.json()["status"] in ("accepted", "accepted_conditional", "issued")


async def _policy_issue(shop):
    plan = shop.order()
    price = await shop.market.price(plan)
    answer = await shop.market.issue(plan)
    assert answer.status_code == 201, answer.text
    policy = answer.json()
    assert policy["channel"] == shop.channel
    assert policy["client_ref"] == plan.client_ref
    assert policy["premium"]["gross"] == price
    assert policy["status"] in ("in_force", "issued_not_effective")
    (line,) = shop.market.ledger(shop.channel, "issue")
    assert line["number"] == _no(policy, "policy")
    assert {name: line["premium"][name] for name in ("amount", "currency")} == price
    assert _carries(line, plan)
    again = await shop.market.repeat(answer)
    assert (again.status_code, again.content) == (answer.status_code, answer.content)
    assert len(shop.market.ledger(effect="issue")) == 1


async def _policy_get(shop):
    plan, policy = await shop.sold()
    path = f"/v1/policies/{policy['policy_id']}"
    stored = (await shop.market.get(path)).json()
    assert (stored["policy_id"], stored["numbers"]) == (policy["policy_id"], policy["numbers"])
    fresh = await shop.market.get(path, refresh="true")
    assert fresh.status_code == 200, fresh.text
    assert _no(fresh.json(), "policy") == _no(policy, "policy")
    assert fresh.json()["status"] == stored["status"]
    for wanted in [{"client_ref": plan.client_ref}, {"number": _no(policy, "policy")}]:
        (found,) = (await shop.market.get("/v1/policies", **wanted)).json()["policies"]
        assert found["policy_id"] == policy["policy_id"]
    assert (await shop.market.get("/v1/policies", number="NO-SUCH-NUMBER")).json() == {"policies": []}


async def _policy_document(shop):
    _, policy = await shop.sold()
    kind = "certificate" if shop.channel == "xcover_main" else "policy"
    answer = await shop.market.get(f"/v1/policies/{policy['policy_id']}/documents/{kind}")
    assert answer.status_code == 200, answer.text
    (document, *_) = answer.json()["documents"]
    assert document.get("status", "ready") == "ready"
    if "content" in document:
        assert hashlib.sha256(base64.b64decode(document["content"])).hexdigest() == document["sha256"]
    else:
        assert document["url"].startswith("http")


async def _endorsement_quote(shop):
    _, policy = await shop.sold()
    answer = await shop.market.http.post("/v1/endorsement-quotes", json=shop.change(policy, prices=True))
    assert answer.status_code == 200, answer.text
    quote = answer.json()
    assert quote["allowed"] is True
    assert quote["premium_delta"]["amount"] == 0
    assert not shop.market.ledger(effect="endorse"), "a quote has no effect"
    body = {
        **shop.change(policy, prices=True),
        "basis_version": policy.get("version", 1),
        "quote_id": quote["quote_id"],
    }
    taken = await shop.write("/v1/endorsements", body)
    assert taken.status_code == 201, taken.text
    assert len(shop.market.ledger(shop.channel, "endorse")) == 1


async def _endorsement_submit(shop):
    _, policy = await shop.sold()
    body = {**shop.change(policy), "basis_version": policy.get("version", 1)}
    answer = await shop.settle(await shop.write("/v1/endorsements", body, key="change"))
    assert answer.status_code == 201, answer.text
    endorsement = answer.json()
    assert endorsement["status"] == "effective"
    (line,) = shop.market.ledger(shop.channel, "endorse")
    assert line["policy_no"] == _no(policy, "policy")
    if (shop.channel, "endorsement.submit") not in NUMBERLESS:
        assert endorsement["no"] == line["number"]
    changed = (await shop.market.get(f"/v1/policies/{policy['policy_id']}")).json()
    assert changed["version"] == endorsement["policy_version"] == policy.get("version", 1) + 1
    assert changed["policyholder"]["phones"][0]["number"] == "13911112222"
    stale = await shop.write("/v1/endorsements", body, key="another-key")
    assert (stale.status_code, stale.json()["code"]) == (409, "version.conflict")
    assert len(shop.market.ledger(effect="endorse")) == 1


async def _cancellation_quote(shop):
    _, policy = await shop.sold()
    for kind, whole in shop.kinds(policy):
        answer = await shop.market.http.post("/v1/cancellation-quotes", json=shop.end(policy, kind))
        assert answer.status_code == 200, answer.text
        quote = answer.json()
        assert quote["allowed"] is True
        gross = policy["premium"]["gross"]["amount"]
        assert quote["refund"]["amount"]["amount"] == gross if whole else quote["refund"]["amount"]["amount"] <= gross
    assert not shop.market.ledger(effect="cancel")


async def _cancellation_submit(shop):
    kinds = [kind for kind, _ in shop.kinds((await shop.sold())[1])]
    for kind in kinds:
        _, policy = await shop.sold()
        body = {**shop.end(policy, kind), "requestor": "policyholder", "reason": "changed plans"}
        answer = await shop.settle(await shop.write("/v1/cancellations", body))
        assert answer.status_code == 201, answer.text
        cancelled = answer.json()
        assert cancelled["phase"] == "confirmed"
        (line,) = [
            line for line in shop.market.ledger(shop.channel, "cancel") if line["policy_no"] == _no(policy, "policy")
        ]
        assert cancelled["refund"]["amount"]["amount"] == -line["premium"]["amount"], (
            "the refund is what the carrier booked"
        )
        ended = (await shop.market.get(f"/v1/policies/{policy['policy_id']}")).json()
        assert [t["purpose"] for t in ended["transactions"]] == ["NBS", "XLN"]
        again = await shop.write("/v1/cancellations", body)
        assert again.status_code == 422, again.text
        assert len([x for x in shop.market.ledger(effect="cancel") if x["policy_no"] == _no(policy, "policy")]) == 1


async def _reported(shop, phone=None):
    plan, policy = await shop.sold(shop.claimed_product)
    # Some cover begins at a midnight to come; nothing that happens before is insured.
    wait_s = 3 * 86_400 if policy["status"] == "issued_not_effective" else 2
    await shop.market.pass_time(wait_s, step_s=wait_s)
    answer = await shop.settle(await shop.write("/v1/claims", shop.occurrence(plan, policy, phone)))
    assert answer.status_code == 201, answer.text
    return plan, policy, answer.json()


async def _claim_report(shop):
    plan, policy, claim = await _reported(shop)
    assert claim["process"] == "reported"
    assert claim.get("decision", "undecided") == "undecided"
    (line,) = shop.market.ledger(shop.channel, "claim_report")
    assert line["policy_no"] == _no(policy, "policy")
    assert line["number"] in [number["no"] for number in claim["numbers"]]
    assert _carries(line, plan)


async def _submitted(shop, phone=None):
    plan, _, claim = await _reported(shop, phone)
    answer = await shop.settle(await shop.write(f"/v1/claims/{claim['claim_id']}/submission", shop.papers(plan)))
    assert answer.status_code == 200, answer.text
    return plan, answer.json()


async def _claim_submit(shop):
    plan, claim = await _submitted(shop)
    assert claim["process"] == "under_review"
    (line,) = shop.market.ledger(shop.channel, "claim_submit")
    assert plan.proposal["policyholder"]["name"] in str(line["canaries"])


async def _claim_get(shop):
    _, claim = await _submitted(shop)
    path = f"/v1/claims/{claim['claim_id']}"
    assert (await shop.market.get(path)).json()["process"] == "under_review"
    seen = [(await shop.market.get(path, refresh="true")).json() for _ in range(5)]
    assert [each.get("decision", "undecided") for each in seen[:2]] == ["undecided"] * 2
    assert seen[-1].get("decision") == "approved"
    assert seen[-1]["process"] == "settled"
    assert seen[-1]["amounts"]["paid"] == seen[-1]["amounts"]["approved"] == {"amount": 1000, "currency": "CNY"}
    (decided,) = shop.market.ledger(shop.channel, "claim_decide")
    assert decided["premium"]["amount"] == 1000


async def _claim_supplement(shop):
    plan, claim = await _submitted(shop, phone="13900007102")
    assert claim["process"] == "docs_required"
    body = {"documents": shop.papers(plan, kind="medical_record")["documents"]}
    answer = await shop.settle(await shop.write(f"/v1/claims/{claim['claim_id']}/documents", body))
    assert answer.status_code == 200, answer.text
    assert answer.json()["process"] == "under_review"
    assert len(shop.market.ledger(shop.channel, "claim_supplement")) == 1


async def _claim_modify(shop):
    _, claim = await _submitted(shop)
    change = {"target": "claim", "field": "requested.amount", "from": _yuan(1000), "to": _yuan(900)}
    body = {"expected_version": claim.get("version", 1), "changes": [change]}
    answer = await shop.settle(await shop.write(f"/v1/claims/{claim['claim_id']}/corrections", body))
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == claim.get("version", 1) + 1
    assert len(shop.market.ledger(shop.channel, "claim_modify")) == 1
    stale = await shop.write(f"/v1/claims/{claim['claim_id']}/corrections", body)
    assert (stale.status_code, stale.json()["code"]) == (409, "version.conflict")


async def _claim_withdraw(shop):
    _, _, claim = await _reported(shop)
    path = f"/v1/claims/{claim['claim_id']}/withdrawal"
    answer = await shop.settle(await shop.write(path, {"reason": "settled with the shop"}))
    assert answer.status_code == 200, answer.text
    assert answer.json()["process"] == "withdrawn"
    assert len(shop.market.ledger(shop.channel, "claim_withdraw")) == 1
    again = await shop.write(path, {"reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (422, "claim.wrong_state")


SCENARIOS = {
    "quote.create": _quote_create,
    "underwriting.submit": _underwriting_submit,
    "underwriting.get": _underwriting_get,
    "policy.issue": _policy_issue,
    "policy.get": _policy_get,
    "policy.document": _policy_document,
    "endorsement.quote": _endorsement_quote,
    "endorsement.submit": _endorsement_submit,
    "cancellation.quote": _cancellation_quote,
    "cancellation.submit": _cancellation_submit,
    "claim.report": _claim_report,
    "claim.submit": _claim_submit,
    "claim.supplement": _claim_supplement,
    "claim.modify": _claim_modify,
    "claim.withdraw": _claim_withdraw,
    "claim.get": _claim_get,
}


@pytest.mark.parametrize(("channel", "operation"), OFFERED, ids=lambda each: each.removesuffix("_main"))
async def test_what_an_adapter_offers_works_through_the_interface_and_is_in_the_ledger(channel, operation, open_shop):
    await SCENARIOS[operation](await open_shop(channel))


async def test_every_operation_of_the_vocabulary_has_a_scenario():
    assert set(SCENARIOS) == {name for name, spec in OPERATIONS.items() if not spec.is_optional}


SOLD = [
    (channel, product)
    for product, channels in {
        "freight-return": ("lotus_main", "aurora_main", "cedar_main"),
        "travel-accident": ("lotus_main", "bamboo_main", "aurora_main", "cedar_main"),
        "event-ticket": ("aurora_main", "cedar_main", "xcover_main"),
    }.items()
    for channel in channels
]


@pytest.mark.parametrize(("channel", "product"), SOLD)
async def test_every_product_is_quoted_and_issued_at_every_channel_that_sells_it(channel, product, market):
    plan = market.order(channel, product)
    quote = await market.quote(plan)
    assert quote["status"] == "quoted"
    assert quote["premium"]["gross"] == await market.price(plan)
    _, policy = await market.sold(channel, product)
    (line,) = market.ledger(effect="issue")
    assert line["number"] == _no(policy, "policy")
    assert line["premium"]["amount"] == policy["premium"]["gross"]["amount"]


async def test_what_a_carrier_does_not_offer_is_a_problem_that_says_why(market):
    _, policy = await market.sold("bamboo_main")
    change = {
        "policy": {"policy_id": policy["policy_id"]},
        "kind": "contact_change",
        "effective_at": "2030-01-01T00:00:00+08:00",
        "changes": [{"target": "policyholder", "field": "phones.0.number", "to": "13911112222"}],
    }
    quoted = await market.http.post("/v1/endorsement-quotes", json=change)
    assert (quoted.status_code, quoted.json()["code"]) == (422, "channel.not_offered"), quoted.text
    made = await market.write("/v1/endorsements", {**change, "basis_version": 1})
    assert (made.status_code, made.json()["code"]) == (422, "channel.not_offered"), made.text
    assert "bamboo does not offer endorsement.submit" in made.json()["detail"]
    assert not market.ledger(effect="endorse")


def _yuan(amount):
    return {"amount": amount, "currency": "CNY"}
