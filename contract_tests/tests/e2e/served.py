"""A gateway as a process of its own over the mock carriers, which a test can kill and start again."""

import asyncio
import os
import socket
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import yaml

from cli.demo.orders import freight
from cli.demo.trade import consent, receipt
from contract_tests.personal.allowed import key_set
from gateway.channel import Registry
from gateway.journal.sqlite import SqliteJournal
from gateway.ports import World
from gateway.service.gateway import add_client

ORDERS = 20
CHANNELS = ("aurora_main", "cedar_main")
"""Carriers that repeat a result for the same number: their doubts are over within seconds of real time."""


class Served:
    """A gateway as a process over a namespace of the mocks; it can be killed and started again."""

    def __init__(self, root, folder, mocks, catalogue, namespace, environ):
        self.root, self.folder, self.mocks, self.namespace = root, folder, mocks, namespace
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
            **environ,
        }
        self.process = None

    def _channels(self, catalogue):
        channels = {}
        for name in CHANNELS:
            carrier = Registry().adapter(catalogue.snapshot.channels[name].carrier).carrier
            known = key_set("test-only", carrier.id, self.root)
            config = {
                key: self.mocks[name].namespace_url(self.namespace)
                for key in carrier.config_keys
                if key.endswith("url")
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
        lines = [line for name in CHANNELS for line in self.mocks[name].ledger(self.namespace)]
        return [line for line in lines if line["effect"] == effect]


@asynccontextmanager
async def a_served_gateway(root, folder, mocks, catalogue, namespace, **environ):
    """A gateway that can be killed, its mocks' namespace empty again at the end."""
    served = Served(root, folder, mocks, catalogue, namespace, environ)
    try:
        yield served
    finally:
        await served.stop()
        for name in CHANNELS:
            await mocks[name].plan(namespace=namespace)
            mocks[name].reset(namespace)


def orders():
    """Issues of return freight, in turn to each channel."""
    for serial in range(ORDERS):
        plan = freight(900 + serial, f"kill-{serial}", datetime.now(UTC))
        channel = CHANNELS[serial % 2]
        price = {"amount": 60 if channel == "aurora_main" else 55, "currency": "CNY"}
        body = {**plan.proposal, "routing": {"pin": channel}, "client_ref": plan.client_ref, "expected_premium": price}
        yield plan, {**body, **consent(), "receipt": receipt(price, plan.client_ref)}


async def send(http, plan, body):
    """What the caller was told, or None when the connection broke first."""
    try:
        return await http.post("/v1/policies", json=body, headers={"Idempotency-Key": plan.client_ref})
    except httpx.TransportError:
        return None


async def slow_down(served):
    """From their third issue on the carriers take their time to answer."""
    slow = {"fault": "slow_first_byte", "with": {"seconds": 0.7}, "operation": "policy.issue"}
    for name in CHANNELS:
        await served.mocks[name].plan({**slow, "nth": list(range(3, 40))}, namespace=served.namespace)


async def to_the_end(http, plan, body):
    """The final answer of an issue, asked for until it is there."""
    async with asyncio.timeout(40):
        while True:
            answer = await send(http, plan, body)
            if answer is not None and answer.status_code not in (202, 503):
                return answer
            await asyncio.sleep(0.2)
