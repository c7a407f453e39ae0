"""A code only the caller can supply, over real sockets: the gateway is killed between the steps, and goes on.

The gateway is a process of its own with its journal in a file; its carrier is granite's mock.
"""

import asyncio
import os
import socket
import sys
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest
import yaml

from contract_tests.mock import MockCarrier
from contract_tests.personal.allowed import key_set
from gateway.channel import Registry
from gateway.journal.sqlite import SqliteJournal
from gateway.ports import World
from gateway.service.gateway import add_client

BEIJING = timezone(timedelta(hours=8))
PREMIUM = {"amount": 125000, "currency": "CNY"}
"""Compulsory cover of a car of five seats, and the tax of an engine of 1498 cc."""


class Served:
    """A gateway as a process; it can be killed and started again on the same journal."""

    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self.environ = {
            "INSUREHUB_SETTINGS": str(folder / "insurehub.yaml"),
            "INSUREHUB_JOURNAL": f"sqlite:{folder / 'journal.db'}",
            "INSUREHUB_KEY_FILE": str(folder / "key"),
            "INSUREHUB_LEASE_S": "2",
        }
        self.log, self.process = folder / "gateway.log", None

    def set_up(self, carrier_url):
        """The one channel's settings, its keys in files."""
        known = key_set("test-only", "granite", self.root)
        secrets = {}
        for key in Registry().adapter("granite").carrier.secret_keys:
            (self.folder / key).write_text(known[key])
            secrets[key] = {"file": str(self.folder / key)}
        config = {"base_url": carrier_url, "partner_id": known["partner_id"]}
        channels = {"granite_main": {"config": config, "secrets": secrets}}
        (self.folder / "insurehub.yaml").write_text(yaml.safe_dump({"channels": channels}))

    async def client(self):
        journal = SqliteJournal(self.folder / "journal.db")
        await journal.start()
        try:
            return await add_client(journal, World(), "shop")
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


class Shop:
    """What a trade system asks, and what the carrier has done."""

    def __init__(self, served, mock, api_key):
        self.served, self.mock = served, mock
        self.http = httpx.AsyncClient(
            base_url=served.url, headers={"Authorization": f"Bearer {api_key}", "Prefer": "wait=5"}, timeout=30
        )

    async def issue(self, phone="13800000001"):
        start = (datetime.now(UTC) + timedelta(days=2)).astimezone(BEIJING).replace(
            hour=0, minute=0, second=0, microsecond=0
        )  # fmt: skip
        holder = {
            "name": "张三",
            "gender": "male",
            "birth_date": "1990-03-07",
            "id_docs": [{"type": "cn_resident_id", "number": "999999199003071234"}],
            "phones": [{"number": phone}],
            "address": {"country": "CN", "region": "110000", "city": "北京", "line": "示例路 1 号"},
        }
        vehicle = {
            "plate": "京A00001", "plate_type": "small", "vin": "LTESTV00000000017", "engine_no": "TE000017",
            "model_code": "TST1001", "seats": 5, "energy": "petrol", "usage": "private", "displacement_cc": 1498,
            "first_registered_on": "2023-05-20", "new_price": {"amount": 13800000, "currency": "CNY"},
            "owner": {"name": "张三", "id_docs": holder["id_docs"]},
        }  # fmt: skip
        body = {
            "product": "motor-private@1", "plan": "compulsory", "client_ref": "car-1", "expected_premium": PREMIUM,
            "policyholder": holder,
            "insureds": [{"ref": "i1", "party": holder, "relationship_to_policyholder": "self"}],
            "objects": [{"ref": "o1", "type": "vehicle", "insured_refs": ["i1"], "vehicle": vehicle}],
            "period": {"start": start.isoformat(), "end": start.replace(year=start.year + 1).isoformat()},
        }  # fmt: skip
        return await self.http.post("/v1/policies", json=body, headers={"Idempotency-Key": "issue-1"})

    async def answer(self, operation_id, code, key):
        path = f"/v1/operations/{operation_id}/answers"
        return await self.http.post(path, json={"sms_code": code}, headers={"Idempotency-Key": key})

    async def view(self, operation_id):
        return (await self.http.get(f"/v1/operations/{operation_id}")).json()

    async def until(self, operation_id, state, within_s=40.0):
        async with asyncio.timeout(within_s):
            while (view := await self.view(operation_id))["state"] != state:  # noqa: ASYNC110 - callers poll
                await asyncio.sleep(0.1)
        return view

    def asked(self, service):
        return [request for request in self.mock.requests if request.raw.startswith(f"POST /motor/{service} ".encode())]

    @property
    def issued(self):
        return [line for line in self.mock.ledger() if line["effect"] == "issue"]


@pytest.fixture
async def shop(repository, tmp_path):
    served = Served(repository, tmp_path)
    back = f"{served.url}/callbacks/granite_main/{{callback}}"
    mock = MockCarrier.load(repository / "mappings" / "carriers" / "granite", callback_base=back)
    async with mock:
        served.set_up(mock.base_url)
        found = Shop(served, mock, await served.client())
        await served.start()
        yield found
        await found.http.aclose()
        await served.kill()
        assert "482913" not in served.log.read_text()
    assert mock.errors() == []


async def test_killed_while_it_waits_the_gateway_still_knows_what_is_needed_and_one_code_makes_one_policy(shop):
    first = await shop.issue()
    view = first.json()
    assert (first.status_code, view["state"]) == (202, "pending"), view
    assert view["needed"] == [{"kind": "sms_code", "ref": "138****0001", "text": "发往投保人手机的验证码"}]
    operation_id = view["operation_id"]

    await shop.served.kill()
    await shop.served.start()
    assert (await shop.view(operation_id))["needed"] == view["needed"]

    wrong = await shop.answer(operation_id, "482913", "a-1")
    assert (wrong.status_code, wrong.json()["state"]) == (202, "pending")
    assert wrong.json()["reasons"][0]["code"] == "underwriting.answer_wrong"
    await shop.served.kill()
    await shop.served.start()
    assert (await shop.answer(operation_id, "482913", "a-1")).json()["needed"] == view["needed"]

    done = await shop.answer(operation_id, "246810", "a-2")
    assert done.status_code == 201, done.text
    assert done.json()["numbers"][-1]["kind"] == "compulsory_policy"
    assert (await shop.issue()).content == done.content
    assert (await shop.answer(operation_id, "246810", "a-2")).content == done.content
    assert [len(shop.asked(each)) for each in ("quote", "preconfirm", "confirm")] == [1, 1, 2]
    assert len(shop.issued) == 1


async def test_killed_while_the_carrier_confirms_the_policy_is_found_and_the_code_is_not_sent_again(shop):
    operation_id = (await shop.issue()).json()["operation_id"]
    await shop.mock.plan({"fault": "commit_then_hang", "operation": "policy.issue", "first": 1})
    under_way = asyncio.create_task(shop.answer(operation_id, "246810", "a-1"))
    async with asyncio.timeout(10):
        while not shop.issued:  # noqa: ASYNC110 - the carrier tells nobody
            await asyncio.sleep(0.02)
    await shop.served.kill()
    await asyncio.gather(under_way, return_exceptions=True)

    await shop.served.start()
    late = await shop.answer(operation_id, "111111", "a-2")
    assert (late.status_code, late.json()["code"]) == (422, "operation.not_waiting")
    await shop.until(operation_id, "succeeded")
    done = await shop.answer(operation_id, "246810", "a-1")
    assert done.status_code == 201
    assert (await shop.issue()).content == done.content
    assert len(shop.asked("confirm")) == 1
    assert len(shop.issued) == 1


async def test_a_confirmation_in_process_ends_with_the_carriers_own_notice(shop):
    operation_id = (await shop.issue("13800007001")).json()["operation_id"]
    waiting = await shop.answer(operation_id, "246810", "a-1")
    assert (waiting.status_code, waiting.json()["state"]) == (202, "pending")
    assert "needed" not in waiting.json()
    shop.mock.world().timers.advance(5)
    await shop.until(operation_id, "succeeded")
    assert (await shop.answer(operation_id, "246810", "a-1")).status_code == 201
    assert len(shop.issued) == 1
