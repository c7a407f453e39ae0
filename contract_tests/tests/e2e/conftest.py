"""The whole gateway over its HTTP interface, against every mock carrier on real sockets.

Mocks are started once; every test has a namespace of them, a gateway, a journal and a time of its own.
"""

import asyncio
import base64
import hashlib
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from msgspec.structs import replace

from cli.build import api_of, catalogue_of
from cli.demo.orders import Plan, freight, ticket, travel
from cli.demo.trade import consent, receipt
from contract_tests.mock.carrier import MockCarrier
from contract_tests.mock.messages import HttpReply, read_body, read_head
from contract_tests.personal.allowed import key_set
from gateway.app import Gateway
from gateway.catalogue.load import Catalogue
from gateway.channel import ChannelSettings, Registry
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.vault import Vault
from gateway.ports import World
from gateway.service.gateway import add_client
from gateway.settings import Settings
from gateway.wire.contract import Carrier, Secret

ROOT = Path(__file__).parents[3]
ENDED = ("succeeded", "declined", "failed", "expired")


def parcel(serial: int, ref: str, now: datetime) -> Plan:
    """Return freight of a parcel: the order of freight, as tide's product sells it."""
    plan = freight(serial, ref, now)
    return replace(plan, product="parcel-return", proposal={**plan.proposal, "product": "parcel-return@1"})


CHANNELS = ("lotus_main", "bamboo_main", "aurora_main", "cedar_main", "xcover_main")
MAKERS = {"freight-return": freight, "travel-accident": travel, "event-ticket": ticket, "parcel-return": parcel}
PRODUCT_OF = {
    "lotus_main": "freight-return",
    "bamboo_main": "travel-accident",
    "aurora_main": "freight-return",
    "cedar_main": "freight-return",
    "xcover_main": "event-ticket",
    "tide_main": "parcel-return",
}
QUOTES_FIRST = ("xcover_main",)
"""Carriers that issue nothing they have not quoted."""
_SERIALS = itertools.count(7)


class LaterWorld(World):
    """The real clock, put forward by what a test lets pass."""

    passed_s = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        return super().monotonic() + self.passed_s


class CallbackPort:
    """Where carriers call back: hands on to the gateway of the test under way, or refuses as a dead host would."""

    def __init__(self) -> None:
        self.http: httpx.AsyncClient | None = None
        self.url = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = read_head(await reader.readuntil(b"\r\n\r\n"))
        await read_body(request, reader)
        if self.http is not None:
            headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
            answer = await self.http.request(request.method, request.path, content=request.body, headers=headers)
            content_type = {"Content-Type": answer.headers["content-type"]}
            writer.write(HttpReply(answer.status_code, content_type, answer.content).whole(keep_alive=False))
            await writer.drain()
        writer.close()


class Market:
    """A trade system's view of one gateway, and the witness of every carrier behind it."""

    def __init__(self, gateway: Gateway, world: LaterWorld, mocks: Mapping[str, MockCarrier], namespace: str) -> None:
        self.gateway, self.world, self.mocks, self.namespace = gateway, world, mocks, namespace
        self.journal = gateway.parts.journal
        self.app = api_of(gateway, logs=False)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://gateway", headers={"Prefer": "wait=20"}
        )

    # -- what carriers did --------------------------------------------------------------------------------------

    def ledger(self, channel: str | None = None, effect: str | None = None) -> list[dict[str, Any]]:
        """Effects of this test, of one channel or of all."""
        names = [channel] if channel else list(self.mocks)
        lines = [line for name in names for line in self.mocks[name].ledger(self.namespace)]
        return [line for line in lines if effect in (None, line["effect"])]

    async def plan(self, channel: str, *faults: Any) -> None:
        """Faults of one carrier in this test."""
        await self.mocks[channel].plan(*faults, namespace=self.namespace)

    def release(self, channel: str, record: str, way: str, **by: Any) -> None:
        """Let the carrier's underwriter decide: the newest record of a kind leaves its manual state."""
        world = self.mocks[channel].world(self.namespace)
        thing = world.things[record][-1]
        rules = world.definition.kinds[record].states[thing["state"]]
        assert world.progress(thing, thing["state"], rules.manual[way])

    # -- time ---------------------------------------------------------------------------------------------------

    async def pass_time(self, seconds: float, step_s: float = 1.0) -> None:
        """Let time go by for gateway and carriers alike, the worker climbing its rungs and callbacks arriving."""
        for _ in range(max(1, round(seconds / step_s))):
            self.world.passed_s += step_s
            for mock in self.mocks.values():
                mock.world(self.namespace).timers.advance(step_s)
            await self.callbacks()
            await self.gateway.service.worker.round()

    async def callbacks(self) -> None:
        """Wait until every callback under way has been delivered."""
        for mock in self.mocks.values():
            await asyncio.gather(*mock.dispatcher._tasks)

    async def until(self, happened: Callable[[], Any], within_s: float = 5.0) -> None:
        """Wait, in real time, for something that carriers do."""
        async with asyncio.timeout(within_s):
            while not happened():  # noqa: ASYNC110 - nothing to be notified by
                await asyncio.sleep(0.01)

    # -- what a trade system does -------------------------------------------------------------------------------

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params)

    async def write(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        """A write under a key of its own."""
        return await self.http.post(path, json=body, headers={"Idempotency-Key": key or f"k{next(_SERIALS)}"})

    async def repeat(self, answer: httpx.Response) -> httpx.Response:
        """The same request again, its key too."""
        asked = answer.request
        return await self.http.send(
            self.http.build_request("POST", asked.url, content=asked.content, headers=asked.headers)
        )

    async def state(self, operation_id: str) -> str:
        return (await self.get(f"/v1/operations/{operation_id}")).json()["state"]

    async def settle(self, answer: httpx.Response, within_s: float = 900.0, step_s: float = 2.0) -> httpx.Response:
        """Follow a 202 until its operation is over or a person must decide; then what the same key answers.

        Waits have jitter, and a carrier that is sent the same message again in between is believed later.
        """
        if answer.status_code != httpx.codes.ACCEPTED:
            return answer
        operation_id = answer.json()["operation_id"]
        for _ in range(int(within_s / step_s)):
            if await self.state(operation_id) in (*ENDED, "needs_review"):
                break
            await self.pass_time(step_s, step_s)
        return await self.repeat(answer)

    def order(self, channel: str | None, product: str | None = None, *, phone: str | None = None) -> Plan:
        """An order that goes to one channel, or wherever; `phone` ends as a carrier's test trigger wants."""
        product = product or PRODUCT_OF[channel or "lotus_main"]
        serial = next(_SERIALS)
        if product == "travel-accident":
            serial = serial * 10 + (4 if channel == "bamboo_main" else 1)
        plan = MAKERS[product](serial, f"{self.namespace}-{serial}", self.world.now())
        if channel is not None:
            plan.proposal["routing"] = {"pin": channel}
        if phone is not None:
            plan.proposal["policyholder"]["phones"] = [{"number": f"1390000{phone}"}]
        return plan

    async def quote(self, plan: Plan) -> dict[str, Any]:
        """The one quote of a pinned order."""
        answer = await self.write("/v1/quotes", {**plan.proposal, "client_ref": plan.client_ref})
        assert answer.status_code == httpx.codes.CREATED, answer.text
        (quote,) = answer.json()["quotes"]
        return quote

    def one_shot(self, plan: Plan, price: dict[str, Any] | None = None) -> dict[str, Any]:
        """The body of an issue that carries the whole proposal."""
        body = {**plan.proposal, "client_ref": plan.client_ref, **consent()}
        if price is not None:
            body |= {"expected_premium": price, "receipt": receipt(price, plan.client_ref)}
        return body

    async def price(self, plan: Plan) -> dict[str, Any]:
        """What the filed rate makes of an order, without asking its carrier."""
        explained = await self.http.post("/v1/routing/explain", json=plan.proposal)
        channel = plan.proposal["routing"]["pin"]
        return next(c["premium"] for c in explained.json()["candidates"] if c["channel"] == channel)

    async def issue(self, plan: Plan, key: str | None = None) -> httpx.Response:
        """Issue an order at its channel, without a quote where the carrier can do without."""
        if plan.proposal["routing"]["pin"] in QUOTES_FIRST:
            return await self.take_up(plan, await self.quote(plan), key)
        return await self.write("/v1/policies", self.one_shot(plan, await self.price(plan)), key)

    async def take_up(self, plan: Plan, quote: dict[str, Any], key: str | None = None) -> httpx.Response:
        """Issue what was quoted."""
        price = quote["premium"]["gross"]
        body = {"quote_id": quote["quote_id"], "client_ref": plan.client_ref, "expected_premium": price}
        return await self.write("/v1/policies", {**body, "receipt": receipt(price, plan.client_ref)}, key)

    async def sold(self, channel: str, product: str | None = None, **order: Any) -> tuple[Plan, dict[str, Any]]:
        """An issued policy of a channel."""
        plan = self.order(channel, product, **order)
        answer = await self.settle(await self.issue(plan))
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return plan, answer.json()


class Shop:
    """What a shop asks of one channel, in the interface's words."""

    def __init__(self, market: Market, channel: str) -> None:
        self.market, self.channel = market, channel
        self.write, self.settle = market.write, market.settle
        self.consent = consent

    @property
    def claimed_product(self) -> str:
        return PRODUCT_OF[self.channel]

    def order(self) -> Plan:
        return self.market.order(self.channel)

    async def sold(self, product: str | None = None) -> tuple[Plan, dict[str, Any]]:
        return await self.market.sold(self.channel, product)

    def receipt(self, price: dict[str, Any], plan: Plan) -> dict[str, Any]:
        return receipt(price, plan.client_ref)

    def change(self, policy: dict[str, Any], *, prices: bool = False) -> dict[str, Any]:
        """The policyholder's new phone; where only a change of the event has a price, a new venue."""
        phone = policy["policyholder"]["phones"][0]["number"]
        kind, change = "contact_change", {"target": "policyholder", "field": "phones.0.number", "from": phone}
        change["to"] = "13911112222"
        if prices and self.channel == "xcover_main":
            kind, change = "object_change", {"target": "object/o1", "field": "event_ticket.venue", "to": "Other Hall"}
        at = {"effective_at": self._later(minutes=5)}
        return {"policy": {"policy_id": policy["policy_id"]}, "kind": kind, "changes": [change], **at}

    def kinds(self, policy: dict[str, Any]) -> list[tuple[str, bool]]:
        """Kinds of cancellation its product knows, and whether they give the whole premium back."""
        return (
            [("free_look", True), ("pro_rata", False)]
            if policy["product"] != "freight-return@3"
            else [("pro_rata", False)]
        )

    def end(self, policy: dict[str, Any], kind: str) -> dict[str, Any]:
        """The end of a policy at the next full hour."""
        at = (self.market.world.now() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        return {"policy": {"policy_id": policy["policy_id"]}, "kind": kind, "effective_at": at.isoformat()}

    def occurrence(self, plan: Plan, policy: dict[str, Any], phone: str | None = None) -> dict[str, Any]:
        """Something that happened to what is insured, reported by the policyholder."""
        person = plan.proposal["policyholder"]
        person = {**person, "phones": [{"number": phone}]} if phone else person
        cause = "accident_medical" if policy["product"].startswith("travel") else "no_reason"
        return {
            "policy": {"policy_id": policy["policy_id"]},
            "client_ref": f"{plan.client_ref}-claim",
            "insured_refs": ["i1"],
            "object_refs": ["o1"],
            "occurrence": {
                "at": self._later(),
                "cause_code": cause,
                "description": "sample occurrence",
                "place": {"country": "CN", "region": "110000", "text": "北京"},
            },
            "reporter": {"party": person, "relationship": "self"},
            "requested": {"amount": {"amount": 1_000, "currency": "CNY"}},
        }

    def papers(self, plan: Plan, kind: str = "waybill") -> dict[str, Any]:
        """An application for payment: a document, and where to pay."""
        content = f"%PDF-1.4 {kind}".encode()
        document = {
            "kind": kind,
            "name": f"{kind}.pdf",
            "mime": "application/pdf",
            "content": base64.b64encode(content).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "url": f"https://trade.example/{kind}.pdf",
        }
        holder = plan.proposal["policyholder"]["name"]
        return {"documents": [document], "account": {"holder": holder, "bank": "ICBC", "number": "6200000000000000001"}}

    def _later(self, **delta: float) -> str:
        return (self.market.world.now() + timedelta(**delta)).replace(microsecond=0).isoformat()


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def catalogue():
    return catalogue_of(ROOT)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def callback_port() -> AsyncIterator[CallbackPort]:
    port = CallbackPort()
    server = await asyncio.start_server(port, "127.0.0.1", 0)
    port.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield port
    server.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mocks(catalogue, callback_port) -> AsyncIterator[dict[str, MockCarrier]]:
    async with AsyncExitStack() as stack:
        running = {}
        for name, channel in catalogue.snapshot.channels.items():
            folder = ROOT / "mappings" / "carriers" / channel.carrier
            base = f"{callback_port.url}/callbacks/{name}/{{callback}}"
            mock = MockCarrier.load(folder, limits=False, lag_s=0.0, fsync=False, callback_base=base)
            running[name] = await stack.enter_async_context(mock)
        yield running


def channel_settings(catalogue, mocks, namespace: str) -> dict[str, ChannelSettings]:
    """Every channel pointed at a namespace of its mock, with the test keys."""
    settings, registry = {}, Registry()
    for name, channel in catalogue.snapshot.channels.items():
        carrier = registry.adapter(channel.carrier).carrier
        known = key_set("test-only", channel.carrier, ROOT) or {}
        urls = {key: mocks[name].namespace_url(namespace) for key in carrier.config_keys if key.endswith("url")}
        known |= certificates(carrier, mocks[name])
        plain = {key: known[key] for key in carrier.config_keys if key in known}
        secrets = {key: Secret(known[key]) for key in carrier.secret_keys}
        settings[name] = ChannelSettings(config={**urls, **plain}, secrets=secrets)
    return settings


def certificates(carrier: Carrier, mock: MockCarrier) -> dict[str, str]:
    """What a mock has made for its client, by the names of the settings that hold it."""
    if carrier.tls is None or mock.mutual is None:
        return {}
    made = {carrier.tls.cert: mock.mutual.client, carrier.tls.ca: mock.mutual.ca}
    return {reference.partition(".")[2]: pem for reference, pem in made.items() if reference is not None}


@pytest_asyncio.fixture(loop_scope="session")
async def open_market(tmp_path, catalogue, mocks, callback_port):
    """Compose a gateway over the mocks; what is given replaces a part of it.

    `sells` is another catalogue, `reach` makes other settings of the channels': other connections, other addresses.
    """
    opened: list[Market] = []

    async def compose(
        *, sells: Catalogue = catalogue, reach: Callable[[Any], Any] = lambda settings: settings, **parts: Any
    ) -> Market:
        namespace = f"e2e{next(_SERIALS)}"
        world = LaterWorld()
        settings = Settings(workspace=ROOT, channels=reach(channel_settings(catalogue, mocks, namespace)))
        given = {"journal": SqliteJournal(tmp_path / "journal.db"), "vault": Vault({"k": b"k" * 32}, "k"), **parts}
        market = Market(Gateway(settings, sells, world=world, **given), world, mocks, namespace)
        # No background loop: a test lets time pass, and the worker with it.
        await market.journal.start()
        key = await add_client(market.journal, world, "shop")
        market.http.headers["Authorization"] = f"Bearer {key}"
        callback_port.http = market.http
        opened.append(market)
        return market

    yield compose
    callback_port.http = None
    for market in opened:
        await market.gateway.stop(1)
        await market.http.aclose()
        for mock in mocks.values():
            assert not mock.world(market.namespace).errors
            mock.reset(market.namespace)


@pytest_asyncio.fixture(loop_scope="session")
async def market(open_market) -> Market:
    return await open_market()


@pytest_asyncio.fixture(loop_scope="session")
async def open_shop(market):
    async def make(channel: str) -> Shop:
        return Shop(market, channel)

    return make
