"""A group of insured at jade, end to end: sealed and signed on the wire, a result for each, repeated and called back."""

import base64
import itertools
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from cli.demo.orders import ZONE, Plan, person
from contract_tests.personal.allowed import key_set
from gateway.service.recovery import callbacks

pytestmark = pytest.mark.asyncio(loop_scope="session")

_SERIALS = itertools.count(300)
ROOT = Path(__file__).parents[3]
JSON = {"Content-Type": "application/json"}
MIDNIGHT = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}


def group(market, *, born: tuple[str, ...] = (), phone: str = "13900000001") -> Plan:
    """Four people of one company; `born` replaces birth dates from the first on."""
    serial = next(_SERIALS)
    people = [person(serial * 7 + n) for n in range(4)]
    insureds = [
        {"ref": f"m{n}", "party": each, "relationship_to_policyholder": "employee"} for n, each in enumerate(people, 1)
    ]
    for insured, day in zip(insureds, born, strict=False):
        insured["party"] |= {
            "birth_date": day,
            "id_docs": [{"type": "passport", "number": f"E{serial}{insured['ref'][1]}"}],
        }
    start = (market.world.now() + timedelta(days=40)).astimezone(ZONE).replace(**MIDNIGHT)
    company = {
        "type": "org",
        "name": f"样例{serial}有限公司",
        "id_docs": [{"type": "uscc", "number": "91999999MA0000001N"}],
        "phones": [{"number": phone}],
    }
    proposal = {
        "product": "group-health@1",
        "plan": "standard",
        "policyholder": company,
        "insureds": insureds,
        "period": {"start": start.isoformat(), "end": (start + timedelta(days=365)).isoformat()},
        "routing": {"pin": "jade_main"},
    }
    return Plan(client_ref=f"g{serial}#g", canaries=(company["name"],), product="group-health", proposal=proposal)


async def test_a_group_is_quoted_and_issued_and_each_insured_has_a_result(market):
    plan = group(market, born=("1950-01-01",))
    quote = await market.quote(plan)
    assert quote["premium"]["gross"]["amount"] == 150 * 365 * 4
    answer = await market.settle(await market.take_up(plan, quote))
    assert answer.status_code == 201, answer.text
    results = {insured["ref"]: insured.get("result", {}) for insured in answer.json()["insureds"]}
    assert results["m1"]["code"] == "declined"
    assert results["m1"]["reason"] == "underwriting.age"
    assert {results[ref]["code"] for ref in ("m2", "m3", "m4")} == {"accepted"}
    (line,) = market.ledger("jade_main", "issue")
    assert line["canaries"]["company"] == plan.canaries[0]


@pytest.mark.parametrize("fault", ["commit_then_rst", "commit_then_fin", "garbage", "truncate"])
async def test_an_issue_whose_reply_was_lost_is_repeated_and_there_is_one_policy(market, fault):
    with_commit = {"with": {"commit": True}} if fault == "garbage" else {}
    await market.plan("jade_main", {"fault": fault, "operation": "policy.issue", "first": 1, **with_commit})
    plan = group(market)
    answer = await market.settle(await market.issue(plan))
    assert answer.status_code == 201, answer.text
    assert len(market.ledger("jade_main", "issue")) == 1


@pytest.mark.parametrize(("tail", "status"), [("7001", 201), ("7002", 422)])
async def test_a_pending_issue_ends_with_the_carriers_sealed_callback(market, tail, status):
    plan = group(market, phone=f"1390000{tail}")
    answer = await market.issue(plan)
    assert answer.status_code == 202, answer.text
    await market.pass_time(6)
    answer = await market.repeat(answer)
    assert answer.status_code == status, answer.text
    assert len(market.ledger("jade_main", "issue")) == (1 if status == 201 else 0)


async def test_an_error_after_the_deed_is_repeated_and_a_busy_carrier_has_done_nothing(market):
    answer = await market.settle(await market.issue(group(market, phone="13900007005")))
    assert answer.status_code == 201, answer.text
    busy = await market.settle(await market.issue(group(market, phone="13900007004")))
    assert (busy.status_code, busy.json()["reasons"][0]["code"]) == (503, "carrier.busy")
    assert len(market.ledger("jade_main", "issue")) == 1


async def test_a_group_is_cancelled_before_it_began(market):
    plan = group(market)
    policy = (await market.settle(await market.issue(plan))).json()
    body = {
        "policy": {"policy_id": policy["policy_id"]},
        "kind": "flat_full",
        "effective_at": policy["period"]["start"],
    }
    answer = await market.settle(await market.write("/v1/cancellations", {**body, "requestor": "policyholder"}))
    assert answer.status_code in (200, 201), answer.text
    (line,) = market.ledger("jade_main", "cancel")
    assert line["premium"]["amount"] == -150 * 365 * 4


async def test_a_person_insures_no_group(market):
    plan = group(market)
    plan.proposal["policyholder"] = person(7)
    answer = await market.write("/v1/quotes", {**plan.proposal, "client_ref": plan.client_ref})
    assert not market.ledger("jade_main")
    assert answer.status_code in (201, 422, 503)
    assert "quote_no" not in answer.text


async def _called_back(market):
    """A pending issue that the carrier's callback has ended, and the very bytes of that callback."""
    answer = await market.issue(group(market, phone="13900007001"))
    await market.pass_time(6)
    assert (await market.repeat(answer)).status_code == 201
    (delivery,) = market.mocks["jade_main"].dispatcher.of(market.namespace, "acknowledged")
    return answer, base64.b64decode(delivery.attempts[-1]["body"])


async def _call(market, body):
    return await market.http.post("/callbacks/jade_main/policy_issued", content=body, headers=JSON)


async def test_a_callback_sent_again_in_time_is_acknowledged_and_changes_nothing(market):
    answer, body = await _called_back(market)
    before = (await market.repeat(answer)).content
    for _ in range(3):
        assert (await _call(market, body)).status_code == 200
    respelt = json.dumps(json.loads(body), indent=1).encode()
    assert (await _call(market, respelt)).status_code == 200
    await market.pass_time(10)
    assert (await market.repeat(answer)).content == before
    assert len(market.ledger("jade_main", "issue")) == 1


async def test_a_callback_sent_again_after_its_time_is_refused(market):
    answer, body = await _called_back(market)
    before = (await market.repeat(answer)).content
    await market.pass_time(301, step_s=301)
    assert (await _call(market, body)).status_code == 401
    assert (await market.repeat(answer)).content == before


async def test_a_callback_that_waited_for_its_operation_is_judged_by_when_it_came(market, monkeypatch):
    """It came in time; that its operation could take it only later does not make it a forgery."""
    found = callbacks._operation_of

    async def nobodys(*_given):
        return None

    monkeypatch.setattr(callbacks, "_operation_of", nobodys)
    answer = await market.issue(group(market, phone="13900007001"))
    for world in (mock.world(market.namespace) for mock in market.mocks.values()):
        world.timers.advance(6)
    await market.callbacks()
    monkeypatch.setattr(callbacks, "_operation_of", found)
    market.world.passed_s += 400
    assert await callbacks.apply_waiting(market.gateway.parts, market.gateway.service.use_cases) == 1
    assert (await market.repeat(answer)).status_code == 201


async def test_no_key_and_no_person_shows_in_what_is_logged_or_told(market, caplog):
    plan = group(market, phone="13900007002")
    with caplog.at_level(logging.DEBUG):
        answer = await market.settle(await market.issue(plan))
        await market.plan("jade_main", {"fault": "garbage", "operation": "policy.issue", "first": 1})
        other = await market.settle(await market.issue(group(market)))
    keys = key_set("test-only", "jade", ROOT)
    secret = [keys[name] for name in ("platform_key", "insurer_key", "body_key")]
    people = [insured["party"]["id_docs"][0]["number"] for insured in plan.proposal["insureds"]]
    for text in (caplog.text, answer.text, other.text, (await market.get("/metrics")).text):
        assert not [word for word in secret if word in text]
    assert not [number for number in people if number in caplog.text]
