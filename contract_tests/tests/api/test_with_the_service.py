"""The interface over the real service with its journal in memory and no channel: what it says is as documented."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

import gateway.api as api
from gateway.api import TABLE, document
from gateway.app import Gateway
from gateway.catalogue.load import Catalogue
from gateway.journal.memory import MemoryJournal
from gateway.journal.vault import Vault
from gateway.service.gateway import OPERATE, SCOPES, add_client
from gateway.settings import Settings

ROOT = Path(api.__file__).parents[2]
MAPPINGS = ROOT / "mappings"
VAULT = Vault({"test": bytes(32)}, "test")
DOCUMENT = document()
# A 503 says truly that no channel is configured; a 422 that a schema does not say everything.
EXCLUDED = [positive_data_acceptance, not_a_server_error]


def _gateway() -> Gateway:
    carriers = [folder.name for folder in (MAPPINGS / "carriers").iterdir()]
    catalogue = Catalogue.open(MAPPINGS, carriers)
    transport = httpx.MockTransport(lambda _request: httpx.Response(500))
    return Gateway(Settings(workspace=ROOT), catalogue, journal=MemoryJournal(), vault=VAULT, transport=transport)


@pytest.fixture
async def hub(open_shop):
    gateway = _gateway()
    await gateway.start()
    shop = open_shop(gateway.service)
    shop.gateway = gateway
    shop.key = await add_client(gateway.parts.journal, gateway.parts.world, "shop", (*SCOPES, OPERATE))
    shop.http.headers["Authorization"] = f"Bearer {shop.key}"
    yield shop
    await gateway.stop()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
async def test_every_row_is_answered_as_documented(row, hub):
    reply = await hub.send(row)
    responses = DOCUMENT["paths"][row.path][row.method.lower()]["responses"]
    documented = responses[str(reply.status_code)]
    if "$ref" in documented:
        documented = DOCUMENT["components"]["responses"][str(reply.status_code)]
    ((media_type, content),) = documented["content"].items()
    assert reply.headers["content-type"] == media_type
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(reply.json())
    assert reply.status_code != 500


async def test_products_channels_and_forms_are_there_to_read(hub):
    products = (await hub.get("/v1/products")).json()["products"]
    assert products
    for product in products:
        assert (await hub.get(f"/v1/products/{product['product']}")).json() == product
        Draft202012Validator.check_schema((await hub.get(product["schema"])).json())
    assert (await hub.get("/v1/channels")).json()["channels"]
    assert (await hub.get("/readyz")).json()["status"] == "ok"


async def test_an_operation_is_its_clients_own(hub):
    made = await hub.send(next(row for row in TABLE if row.name == "policy.issue"))
    assert made.status_code == 503, "no channel is configured here"
    (operation,) = await hub.gateway.parts.journal.operations()
    path = f"/v1/operations/{operation.operation_id}"
    assert (await hub.get(path)).json()["state"] == "failed"
    other = await add_client(hub.gateway.parts.journal, hub.gateway.parts.world, "other", SCOPES)
    assert (await hub.get(path, headers={"Authorization": f"Bearer {other}"})).status_code == 404


async def test_the_same_key_gives_the_same_bytes_and_another_body_is_refused(hub):
    row = next(row for row in TABLE if row.name == "policy.issue")
    first, second = await hub.send(row), await hub.send(row)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    other = await hub.post("/v1/policies", {**row.example, "note": "another"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


async def test_a_key_whose_answer_is_no_longer_kept_is_told_so_and_nothing_is_done_again(hub):
    row = next(row for row in TABLE if row.name == "policy.issue")
    await hub.send(row)
    journal = hub.gateway.parts.journal
    (operation,) = await journal.operations()
    forgotten = replace(operation, request=b"", answer=None, answer_status=None, pruned_at=operation.updated_at)
    journal._tables.operations[operation.operation_id] = forgotten
    again = await hub.send(row)
    assert (again.status_code, again.json()["code"]) == (410, "operation.forgotten")
    assert again.json()["extra"] == {"operation_id": operation.operation_id, "state": "failed"}
    assert len(await journal.operations()) == 1
    view = await hub.get(f"/v1/operations/{operation.operation_id}")
    assert (view.status_code, view.json()["state"]) == (200, "failed")


ADDRESSES = [(row.method, row.path) for row in TABLE]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_generated_requests_never_break_the_service(method, path, mode, open_shop):
    gateway = _gateway()
    key = asyncio.run(add_client(gateway.parts.journal, gateway.parts.world, "shop"))
    shop = open_shop(gateway.service)
    schema = schemathesis.openapi.from_asgi("/openapi.json", shop.app)

    @settings(
        max_examples=5,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def ask(case):
        reply = case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=EXCLUDED)
        assert reply.status_code != 500, shop.log()

    ask()


HOSTILE = (
    None, "", "\x00", "x" * 5000, -1, 0, 10**30, 1e308, True, [], {}, [None], {"a": {"b": []}}, "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "0001-01-01", "9999-12-31", "1/0", "../../etc/passwd", "\u202e\ufeff", "\U0001f600",
)  # fmt: skip


def _leaves(value, path=()):
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _leaves(inner, (*path, at))


def _with(value, path, other):
    """A copy of a JSON value with the place at `path` replaced."""
    if not path:
        return other
    if isinstance(value, dict):
        return {name: _with(inner, path[1:], other) if name == path[0] else inner for name, inner in value.items()}
    return [_with(inner, path[1:], other) if at == path[0] else inner for at, inner in enumerate(value)]


@pytest.mark.parametrize("name", ["quote.create", "underwriting.submit", "policy.issue", "routing.explain"])
async def test_no_value_at_any_place_of_a_proposal_breaks_the_service(name, hub):
    row = next(row for row in TABLE if row.name == name)
    example = msgspec.json.decode(msgspec.json.encode(row.example))
    broken = []
    for number, (path, value) in enumerate((path, value) for path in _leaves(example) for value in HOSTILE):
        reply = await hub.post(row.path, _with(example, path, value), key=f"k{number}")
        if reply.status_code == 500:
            broken.append((path, value, hub.log()[-2]))
    assert not broken, {(str(line["error"]), line["frames"][-1]) for _, _, line in broken}
