"""What strangers can see of a gateway: the surface on which nothing personal may stand (S14)."""

import httpx

from contract_tests.checker.stage import Stage


async def strangers_pages(stage: Stage, api_key: str) -> list[tuple[str, str]]:
    """What others see: the metrics, the docs' errors, another client's reads, bodies that cannot be read."""
    intent = next(each for each in stage.notes.intents.values() if "policyholder" in each.body)
    rows = await stage.store.rows("SELECT object_id FROM objects WHERE kind = 'policy' LIMIT 3")
    url = stage.fleet.up[0].url
    found = []
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {api_key}"}, timeout=20) as http:
        for (policy_id,) in rows:
            answer = await http.get(f"/v1/policies/{policy_id}")
            found.append((f"a stranger's read ({answer.status_code})", answer.text))
        broken = {**intent.body, "policyholder": {**intent.body["policyholder"], "birth_date": "2031-01-01"}}
        for what, content in (
            ("an impossible body", httpx.Request("POST", url, json=broken).content),
            ("half a body", b'{"policyholder": {"name": "' + intent.personal[0].encode()),
        ):
            headers = {"Idempotency-Key": "stranger", "Content-Type": "application/json"}
            answer = await http.post("/v1/policies", content=content, headers=headers)
            found.append((f"{what} ({answer.status_code})", answer.text))
        for path in ("/metrics", "/v1/policies", "/readyz", "/console"):
            found += [(path, (await http.get(path)).text)]
    return found
