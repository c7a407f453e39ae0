"""`kill -9` in the middle of trade, then a restart on the same journal: nothing lost, nothing doubled, nothing told.

The gateway is a process of its own here; its log is read at the end for what must never stand in one.
"""

import asyncio

import httpx
import pytest

from contract_tests.tests.e2e.served import CHANNELS, ORDERS, a_served_gateway, orders, send, slow_down, to_the_end
from gateway.journal.sqlite import SqliteJournal

pytestmark = pytest.mark.asyncio(loop_scope="session")

KILL_AT_EFFECTS = 4


async def test_killed_while_twenty_issues_are_in_flight_it_goes_on_where_it_was(tmp_path, mocks, catalogue, repository):
    async with a_served_gateway(repository, tmp_path, mocks, catalogue, "killed") as served:
        key = await served.client("shop")
        await slow_down(served)
        placed = list(orders())
        await served.start()
        headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=20"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http:
            sending = [asyncio.ensure_future(send(http, plan, body)) for plan, body in placed]
            async with asyncio.timeout(10):
                while len(served.ledger("issue")) < KILL_AT_EFFECTS:  # noqa: ASYNC110 - the mocks tell nobody
                    await asyncio.sleep(0.01)
            await served.kill()
            told = await asyncio.gather(*sending)
        assert any(answer is None for answer in told), "some callers were still waiting"
        for name in CHANNELS:
            await mocks[name].plan(namespace=served.namespace)
        await served.start()
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http:
            ended = await asyncio.gather(*(to_the_end(http, plan, body) for plan, body in placed))
            await _everything_is_true(http, served, placed, told, ended)
            await _nothing_leaks(http, served, placed, key)


async def test_killed_in_the_middle_of_a_batch_each_order_goes_on_where_it_was(tmp_path, mocks, catalogue, repository):
    async with a_served_gateway(repository, tmp_path, mocks, catalogue, "killed-batch") as served:
        key, placed = await served.client("shop"), list(orders())
        batch = {"client_ref": "killed", "items": [body for _, body in placed]}
        headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=20", "Idempotency-Key": "killed"}
        await slow_down(served)
        await served.start()
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http:
            sending = asyncio.ensure_future(_batch(http, batch))
            async with asyncio.timeout(10):
                while len(served.ledger("issue")) < KILL_AT_EFFECTS:  # noqa: ASYNC110 - the mocks tell nobody
                    await asyncio.sleep(0.005)
            await served.kill()
            assert await sending is None, "its caller was still waiting"
        assert len(served.ledger("issue")) < ORDERS, "some orders had not been sent"
        for name in CHANNELS:
            await mocks[name].plan(namespace=served.namespace)
        await served.start()
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http, asyncio.timeout(40):
            answer = await _batch(http, batch)
            while answer is None or answer.status_code != httpx.codes.OK:
                await asyncio.sleep(0.2)
                answer = await _batch(http, batch)
            assert (await _batch(http, batch)).content == answer.content
        issued = served.ledger("issue")
        assert len(issued) == ORDERS, "one effect for each order"
        for (plan, _), item in zip(placed, answer.json()["items"], strict=True):
            number = next(n["no"] for n in item["policy"]["numbers"] if n["kind"] == "policy")
            (line,) = [line for line in issued if line["number"] == number]
            assert any(canary in str(line["canaries"]) for canary in plan.canaries)


async def _batch(http, body):
    """What the caller of a batch was told, or None when the connection broke first."""
    try:
        return await http.post("/v1/policies/batch", json=body)
    except httpx.TransportError:
        return None


async def _everything_is_true(http, served, orders, told, ended):
    assert [answer.status_code for answer in ended] == [201] * ORDERS, [a.text for a in ended if a.status_code != 201]
    for before, after in zip(told, ended, strict=True):
        if before is not None and before.status_code == httpx.codes.CREATED:
            assert before.content == after.content, "what was acknowledged is what stands"
    issued = served.ledger("issue")
    assert len(issued) == ORDERS, "one effect for each order"
    for (plan, _), answer in zip(orders, ended, strict=True):
        number = next(n["no"] for n in answer.json()["numbers"] if n["kind"] == "policy")
        (line,) = [line for line in issued if line["number"] == number]
        assert any(canary in str(line["canaries"]) for canary in plan.canaries)
    journal = SqliteJournal(served.folder / "journal.db")
    await journal.start()
    try:
        assert {op.state for op in await journal.operations(limit=200)} == {"succeeded"}
    finally:
        await journal.close()


async def _nothing_leaks(http, served, orders, key):
    """S14: no personal value, no secret, no API key in the log, the metrics, or what other clients are told."""
    other = await served.client("other")
    policy_id = (await http.get("/v1/policies", params={"limit": 1})).json()["policies"][0]["policy_id"]
    stranger = {"Authorization": f"Bearer {other}"}
    bad = {**orders[0][1], "policyholder": {**orders[0][1]["policyholder"], "birth_date": "2031-01-01"}}
    bad["insureds"] = [{**bad["insureds"][0], "relationship_to_policyholder": "friend of 样例"}]
    seen = [
        (await http.get(f"/v1/policies/{policy_id}", headers=stranger)),
        (await http.get("/v1/policies", headers=stranger)),
        (await http.post("/v1/policies", json=bad, headers={**stranger, "Idempotency-Key": "k"})),
        (
            await http.post(
                "/v1/policies",
                content=b'{"policyholder": {"name": "' + orders[0][0].canaries[0].encode(),
                headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
            )
        ),
        (await http.post("/callbacks/aurora_main/policy_status", content=b'{"eventType":"POLICY_ISSUED"}')),
        (await http.get("/metrics")),
    ]
    assert [each.status_code for each in seen] == [404, 200, 422, 400, 401, 200], [each.text for each in seen]
    await served.stop()
    shown = served.log.read_text() + "".join(each.text for each in seen)
    assert '"request"' in shown or "request" in shown, "the log was on"
    canaries = {*served.secrets, key, other}
    for plan, body in orders:
        person = body["policyholder"]
        canaries |= {person["name"], person["email"], person["phones"][0]["number"], person["address"]["line"]}
        canaries |= {person["id_docs"][0]["number"], *plan.canaries}
    assert [canary for canary in canaries if canary in shown] == []
