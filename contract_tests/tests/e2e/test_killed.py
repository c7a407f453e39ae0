"""`kill -9` in the middle of trade, then a restart on the same journal: nothing lost, nothing doubled, nothing told.

The gateway is a process of its own here; its log is read at the end for what must never stand in one.
"""

import asyncio
import os
import socket
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
import yaml

from cli.demo.orders import freight
from cli.demo.trade import consent, receipt
from contract_tests.runner.keys import key_set
from gateway.channel import Registry
from gateway.journal.sqlite import SqliteJournal
from gateway.ports import World
from gateway.service.gateway import add_client

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDERS = 20
KILL_AT_EFFECTS = 4
CHANNELS = ("aurora_main", "cedar_main")
"""Carriers that repeat a result for the same number: their doubts are over within seconds of real time."""
NAMESPACE = "killed"


class Served:
    """A gateway as a process over the mocks' namespace `killed`; it can be killed and started again."""

    def __init__(self, root, folder, mocks, catalogue):
        self.root, self.folder, self.mocks = root, folder, mocks
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self.log, self.secrets = folder / "gateway.log", []
        (folder / "insurehub.yaml").write_text(yaml.safe_dump({"channels": self._channels(catalogue)}))
        self.environ = {
            "INSUREHUB_SETTINGS": str(folder / "insurehub.yaml"),
            "INSUREHUB_JOURNAL": f"sqlite:{folder / 'journal.db'}",
            "INSUREHUB_KEY_FILE": str(folder / "key"),
            "INSUREHUB_LEASE_S": "2",
        }
        self.process = None

    def _channels(self, catalogue):
        channels = {}
        for name in CHANNELS:
            carrier = Registry().adapter(catalogue.snapshot.channels[name].carrier).carrier
            known = key_set("test-only", carrier.id, self.root)
            config = {
                key: self.mocks[name].namespace_url(NAMESPACE) for key in carrier.config_keys if key.endswith("url")
            }
            config |= {key: known[key] for key in carrier.config_keys if key in known}
            secrets = {}
            for key in carrier.secret_keys:
                file = self.folder / f"{name}.{key}"
                file.write_text(known[key])
                secrets[key] = {"file": str(file)}
                self.secrets.append(known[key])
            channels[name] = {"config": config, "secrets": secrets}
        return channels

    async def client(self, name):
        journal = SqliteJournal(self.folder / "journal.db")
        await journal.start()
        try:
            return await add_client(journal, World(), name)
        finally:
            await journal.close()

    async def start(self):
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cli", "serve", "--port", self.url.rpartition(":")[2],
                cwd=self.root, env={**os.environ, **self.environ}, stdout=log, stderr=log,
            )  # fmt: skip
        async with httpx.AsyncClient(base_url=self.url) as http, asyncio.timeout(20):
            while True:
                try:
                    if (await http.get("/readyz")).status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)

    async def kill(self):
        self.process.kill()
        await self.process.wait()

    async def stop(self):
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    def ledger(self, effect):
        lines = [line for name in CHANNELS for line in self.mocks[name].ledger(NAMESPACE)]
        return [line for line in lines if line["effect"] == effect]


@asynccontextmanager
async def _served(root, folder, mocks, catalogue):
    served = Served(root, folder, mocks, catalogue)
    try:
        yield served
    finally:
        await served.stop()
        for name in CHANNELS:
            await mocks[name].plan(namespace=NAMESPACE)
            mocks[name].reset(NAMESPACE)


def _orders():
    for serial in range(ORDERS):
        plan = freight(900 + serial, f"kill-{serial}", datetime.now(UTC))
        channel = CHANNELS[serial % 2]
        price = {"amount": 60 if channel == "aurora_main" else 55, "currency": "CNY"}
        body = {**plan.proposal, "routing": {"pin": channel}, "client_ref": plan.client_ref, "expected_premium": price}
        yield plan, {**body, **consent(), "receipt": receipt(price, plan.client_ref)}


async def _send(http, plan, body):
    """What the caller was told, or None when the connection broke first."""
    try:
        return await http.post("/v1/policies", json=body, headers={"Idempotency-Key": plan.client_ref})
    except httpx.TransportError:
        return None


async def _to_the_end(http, plan, body):
    async with asyncio.timeout(40):
        while True:
            answer = await _send(http, plan, body)
            if answer is not None and answer.status_code not in (202, 503):
                return answer
            await asyncio.sleep(0.2)


async def test_killed_while_twenty_issues_are_in_flight_it_goes_on_where_it_was(tmp_path, mocks, catalogue, repository):
    async with _served(repository, tmp_path, mocks, catalogue) as served:
        key = await served.client("shop")
        for name in CHANNELS:
            slow = {
                "fault": "slow_first_byte",
                "with": {"seconds": 0.7},
                "operation": "policy.issue",
                "nth": list(range(3, 40)),
            }
            await mocks[name].plan(slow, namespace=NAMESPACE)
        orders = list(_orders())
        await served.start()
        headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=20"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http:
            sending = [asyncio.ensure_future(_send(http, plan, body)) for plan, body in orders]
            async with asyncio.timeout(10):
                while len(served.ledger("issue")) < KILL_AT_EFFECTS:  # noqa: ASYNC110 - the mocks tell nobody
                    await asyncio.sleep(0.01)
            await served.kill()
            told = await asyncio.gather(*sending)
        assert any(answer is None for answer in told), "some callers were still waiting"
        for name in CHANNELS:
            await mocks[name].plan(namespace=NAMESPACE)
        await served.start()
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http:
            ended = await asyncio.gather(*(_to_the_end(http, plan, body) for plan, body in orders))
            await _everything_is_true(http, served, orders, told, ended)
            await _nothing_leaks(http, served, orders, key)


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
