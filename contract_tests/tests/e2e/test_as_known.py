"""A policy is read as it is, as it was at an instant, and as it was known at one."""

from datetime import timedelta

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANNEL = "cedar_main"


async def test_a_policy_is_read_as_it_was_known_before_it_changed(market, open_shop):
    shop = await open_shop(CHANNEL)
    _, policy = await shop.sold()
    path = f"/v1/policies/{policy['policy_id']}"
    before = market.world.now()
    await market.pass_time(2, step_s=2)
    change = shop.change(policy)
    answer = await market.write("/v1/endorsements", {**change, "basis_version": 1})
    assert answer.status_code == 201, answer.text
    phone = change["changes"][0]["to"]
    now = (await market.get(path)).json()
    assert now["policyholder"]["phones"][0]["number"] == phone
    assert now["version"] > 1
    then = (await market.get(path, known_at=before.isoformat())).json()
    assert then.get("version", 1) == 1
    assert then["policyholder"]["phones"] == policy["policyholder"]["phones"]
    assert (await market.get(path, known_at=market.world.now().isoformat())).json()["version"] == now["version"]
    unknown = await market.get(path, known_at=(before - timedelta(days=1)).isoformat())
    assert (unknown.status_code, unknown.json()["code"]) == (404, "policy.not_found")
    both = await market.get(path, known_at=before.isoformat(), refresh="true")
    assert (both.status_code, both.json()["faults"][0]["path"]) == (422, "refresh")
