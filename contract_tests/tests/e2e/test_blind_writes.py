"""A carrier that looks for no duplicate and answers no question: what is lost on its wire is a person's to resolve."""

import itertools

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

_SERIALS = itertools.count(1)
LOST = (
    {"fault": "commit_then_rst"},
    {"fault": "commit_then_fin"},
    {"fault": "error_after_commit", "with": {"status": 502, "html": True}},
    {"fault": "garbage", "with": {"commit": True}},
    {"fault": "truncate", "with": {"pct": 50}},
)


def order(**changed):
    serial = next(_SERIALS)
    person = {
        "name": f"张海{serial}", "gender": "male", "birth_date": "1990-03-07", "phones": [{"number": "13800000001"}],
        "id_docs": [{"type": "passport", "number": f"HB{serial:07d}"}],
    }  # fmt: skip
    return {
        "product": "family-accident@1", "plan": "standard", "policyholder": person,
        "insureds": [{"ref": "1", "relationship_to_policyholder": "self", "party": person}],
        "client_ref": f"blind-{serial}", "expected_premium": {"amount": 6000, "currency": "CNY"}, **changed,
    }  # fmt: skip


async def issue(market, proposal, key=None):
    return await market.http.post(
        "/v1/policies", json=proposal, headers={"Idempotency-Key": key or proposal["client_ref"]}
    )


async def test_a_policy_is_issued_over_mutual_tls_in_an_encrypted_envelope(market):
    proposal = order()
    answer = await issue(market, proposal)
    assert answer.status_code == 201, answer.text
    (line,) = market.ledger("harbor_main", "issue")
    assert line["number"] == answer.json()["numbers"][0]["no"]
    assert proposal["policyholder"]["name"] in str(line["canaries"])
    assert market.mocks["harbor_main"].base_url.startswith("https://")
    sent = market.mocks["harbor_main"].requests[-1].raw
    assert proposal["policyholder"]["name"].encode() not in sent
    assert b"Envelope" not in sent


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault["fault"])
async def test_a_lost_reply_is_never_sent_again_and_waits_for_a_person(market, fault):
    await market.plan("harbor_main", {**fault, "operation": "policy.issue", "first": 1})
    proposal = order()
    answer = await issue(market, proposal)
    assert answer.status_code == 202, answer.text
    operation = f"/v1/operations/{answer.json()['operation_id']}"
    await market.pass_time(3600, step_s=300)
    assert (await market.http.get(operation)).json()["state"] == "needs_review"
    assert len(market.ledger("harbor_main", "issue")) == 1
    again = await issue(market, proposal)
    assert again.json()["operation_id"] == answer.json()["operation_id"]
    assert len(market.ledger("harbor_main", "issue")) == 1


async def test_a_busy_carrier_has_made_nothing_and_is_asked_again_or_left(market):
    proposal = order()
    proposal["policyholder"]["phones"] = [{"number": "13800007004"}]
    answer = await issue(market, proposal)
    assert answer.status_code == 503, answer.text
    assert market.ledger("harbor_main") == []


async def test_a_decline_is_a_decline(market):
    proposal = order()
    proposal["policyholder"]["phones"] = [{"number": "13800007002"}]
    answer = await issue(market, proposal)
    assert answer.status_code == 422
    assert answer.json()["code"] == "underwriting.refused"
    assert market.ledger("harbor_main") == []
