"""What exists already, when its insurer fails: another connection, what was last known, or a queue; no other insurer."""

import asyncio
import shutil
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from msgspec.structs import replace

from contract_tests.tests.e2e.conftest import Shop
from contract_tests.tests.e2e.served import a_served_gateway, orders
from gateway.catalogue.load import Catalogue, load

pytestmark = pytest.mark.asyncio(loop_scope="session")

BREAKER = 5
OTHER = "\nlotus_other: { carrier: lotus, insurer: lotus_pc, via: direct, regions: [CN], state: active }\n"


class Line:
    """A line to a mock carrier that can be cut: what is under way breaks off, new connections are refused."""

    def __init__(self, url):
        self._there, self._open, self.calls = urlsplit(url), set(), 0
        self._port = 0

    async def mend(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    def cut(self):
        self._server.close()
        for writer in self._open:
            writer.close()

    async def _serve(self, reader, writer):
        self.calls += 1
        there, back = await asyncio.open_connection(self._there.hostname, self._there.port)
        self._open |= {writer, back}
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, reader, writer):
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()


@pytest.fixture
def two_connections(repository, catalogue, tmp_path):
    """The catalogue with a second connection to the insurer of lotus, which sells nothing."""
    folder = tmp_path / "mappings"
    shutil.copytree(repository / "mappings" / "products", folder / "products")
    channels = (repository / "mappings" / "channels.yaml").read_text()
    (folder / "channels.yaml").write_text(channels + OTHER)
    carriers = tuple({each.carrier for each in catalogue.snapshot.channels.values()})
    snapshot, found = load(folder, carriers)
    assert snapshot is not None, found
    return Catalogue(snapshot, folder, carriers)


@pytest_asyncio.fixture(loop_scope="session")
async def line(mocks):
    line = Line(mocks["lotus_main"].base_url)
    await line.mend()
    yield line
    line.cut()


@pytest_asyncio.fixture(loop_scope="session")
async def lined(open_market, mocks, line):
    """A gateway that reaches lotus over a line; what else it is made of is given."""

    async def make(**more):
        def reach(settings):
            own = settings["lotus_main"]
            base = mocks["lotus_main"].base_url
            over = {key: str(value).replace(base, line.url) for key, value in own.config.items()}
            others = {"lotus_other": own} if more else {}
            return settings | {"lotus_main": replace(own, config=over), **others}

        return await open_market(reach=reach, **more)

    return make


def path_of(policy):
    return f"/v1/policies/{policy['policy_id']}"


async def fresh(market, policy):
    """The policy as its insurer knows it, and the codes of what is said beside it."""
    answer = await market.get(path_of(policy), refresh="true")
    assert answer.status_code == 200, answer.text
    assert answer.json()["numbers"] == policy["numbers"]
    return [each["code"] for each in answer.json().get("reasons", [])]


async def test_over_another_connection_a_policy_is_read_while_its_own_is_cut(lined, line, two_connections):
    market = await lined(sells=two_connections)
    _, policy = await market.sold("lotus_main")
    assert (await fresh(market, policy), line.calls > 0) == ([], True)
    line.cut()
    for _ in range(BREAKER + 2):
        assert await fresh(market, policy) == [], "the insurer itself has said so"
    serving = market.gateway.parts.router.serve("lotus_main", "query", "degrade")
    assert serving.channels[0] == "lotus_other", "the steadier one is asked first by now"
    document = await market.get(f"{path_of(policy)}/documents/policy")
    assert document.status_code == 200, document.text
    assert len(market.ledger(effect="issue")) == 1


async def test_where_the_insurer_has_one_connection_what_is_known_is_told_and_that_it_is_no_more(lined, line):
    market = await lined()
    _, policy = await market.sold("lotus_main")
    line.cut()
    said = [await fresh(market, policy) for _ in range(BREAKER + 1)]
    assert {codes[0] for codes in said} == {"channel.last_known"}
    assert said[-1] == ["channel.last_known", "channel.breaker_open"], "nobody was asked any more"
    price = {"policy": {"policy_id": policy["policy_id"]}, "kind": "pro_rata"}
    shop = Shop(market, "lotus_main")
    price["effective_at"] = shop.end(policy, "pro_rata")["effective_at"]
    refused = await market.http.post("/v1/cancellation-quotes", json=price)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (503, "channel.breaker_open"), refused.text
    assert int(refused.headers["retry-after"]) > 0


async def test_a_claim_reported_while_the_breaker_is_open_reaches_the_insurer_once_when_it_is_well(lined, line):
    market = await lined()
    shop = Shop(market, "lotus_main")
    plan, policy = await market.sold("lotus_main")
    line.cut()
    for _ in range(BREAKER):
        await fresh(market, policy)
    report = shop.occurrence(plan, policy)
    answer = await market.write("/v1/claims", report, "the-claim")
    view = answer.json()
    assert (answer.status_code, view["state"], view["reasons"][0]["code"]) == (202, "routed", "channel.queued")
    assert await market.journal.attempts(view["operation_id"]) == [], "nothing was sent"
    await market.pass_time(20)
    assert (await market.repeat(answer)).status_code == 202
    twin = await market.write("/v1/claims", report, "another-key")
    assert (twin.status_code, twin.json()["operation_id"]) == (422, view["operation_id"])
    await line.mend()
    ended = await market.settle(answer)
    assert ended.status_code == 201, ended.text
    (line,) = market.ledger("lotus_main", "claim_report")
    assert line["number"] in [number["no"] for number in ended.json()["numbers"]]
    assert not market.ledger("aurora_main") + market.ledger("cedar_main"), "no other insurer was told"


async def test_a_claim_that_was_queued_outlives_kill_9_and_is_sent_once(tmp_path, mocks, catalogue, repository):
    async with a_served_gateway(repository, tmp_path, mocks, catalogue, "queued") as served:
        key = await served.client("shop")
        plan, body = next(each for each in orders() if each[1]["routing"]["pin"] == "cedar_main")
        await served.start()
        headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=20"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http:
            policy = (await http.post("/v1/policies", json=body, headers={"Idempotency-Key": "p"})).json()
            await mocks["cedar_main"].plan("refuse", namespace=served.namespace)
            report = claim(plan, policy)
            queued = await http.post("/v1/claims", json=report, headers={"Idempotency-Key": "c"})
            assert (queued.status_code, queued.json()["state"]) == (202, "routed"), queued.text
        await served.kill()
        assert served.ledger("claim_report") == []
        await mocks["cedar_main"].plan(namespace=served.namespace)
        await served.start()
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http, asyncio.timeout(20):
            while (told := await http.post("/v1/claims", json=report, headers={"Idempotency-Key": "c"})).is_success:
                if told.status_code == httpx.codes.CREATED:
                    break
                await asyncio.sleep(0.1)
        assert told.status_code == 201, told.text
        assert len(served.ledger("claim_report")) == 1


def claim(plan, policy):
    person = plan.proposal["policyholder"]
    return {
        "policy": {"policy_id": policy["policy_id"]},
        "client_ref": f"{plan.client_ref}-claim",
        "insured_refs": ["i1"],
        "object_refs": ["o1"],
        "occurrence": {"at": policy["issued_at"], "cause_code": "no_reason", "description": "sample occurrence",
                       "place": {"country": "CN", "region": "110000", "text": "北京"}},
        "reporter": {"party": person, "relationship": "self"},
        "requested": {"amount": {"amount": 1_000, "currency": "CNY"}},
    }  # fmt: skip
