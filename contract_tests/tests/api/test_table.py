"""Every row of the table is reachable, asks for its scope, and calls what it says."""

import msgspec
import pytest
from msgspec import Struct, field

from gateway.api import TABLE
from gateway.api.row import Row
from gateway.model import DocumentKind
from gateway.model.examples import EXAMPLES
from gateway.model.operations import OPERATIONS
from gateway.service.parts import Caller

ROWS = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)


@ROWS
async def test_a_row_answers_with_the_first_of_its_statuses_and_a_body_of_its_type(row, shop):
    reply = await shop.send(row)
    status, gives = next(iter(row.answers.items()))
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"
    msgspec.json.decode(reply.content, type=gives[0] if isinstance(gives, tuple) else gives)


@ROWS
async def test_a_row_calls_the_service_once_with_its_own_name(row, shop, insurer):
    await shop.send(row)
    ((name, caller, _, key),) = insurer.calls
    assert (name, caller.client) == (row.name, "shop")
    assert key == ("k1" if row.needs_key else None)


@ROWS
async def test_a_key_without_the_scope_of_a_row_is_forbidden_and_the_service_not_asked(row, shop, insurer):
    others = frozenset({"quote", "issue", "service", "claim", "read", "route", "events", "operate"}) - {row.scope}
    insurer.keys["poor"] = Caller(client="shop", scopes=others)
    shop.http.headers["Authorization"] = "Bearer poor"
    reply = await shop.send(row)
    if row.scope is None:
        assert reply.status_code == 200
    else:
        assert (reply.status_code, reply.json()["code"]) == (403, "request.forbidden")
        assert row.scope in reply.json()["detail"]
        assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]
        assert insurer.calls == []


@ROWS
async def test_nobody_without_a_key_is_answered(row, shop, insurer):
    del shop.http.headers["Authorization"]
    reply = await shop.send(row)
    assert (reply.status_code, reply.json()["code"]) == (401, "request.unauthorized")
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert insurer.calls == []


def test_every_operation_of_the_vocabulary_has_a_row():
    assert {name for name, spec in OPERATIONS.items() if not spec.is_optional} <= {row.name for row in TABLE}


def test_names_and_addresses_are_given_once():
    assert len({row.name for row in TABLE}) == len({(row.method, row.path) for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("name", ["quote.create", "claim.submit", "claim.modify", "policy.issue"])
async def test_the_service_gets_the_very_struct_the_example_is(name, shop, insurer):
    row = next(row for row in TABLE if row.name == name)
    values = {"claim_id": "claim_id_1"} if "claim_id" in row.path_fields else {}
    await shop.send(row)
    assert insurer.calls[0][2] == msgspec.structs.replace(EXAMPLES[name], **values)


async def test_path_and_query_fill_the_body_of_a_read(shop, insurer):
    await shop.get("/v1/policies/pol_9", params={"as_of": "2025-07-02T00:00:00+08:00", "refresh": "true"})
    body = insurer.calls[0][2]
    assert (body.policy.policy_id, body.refresh, body.as_of.isoformat()) == ("pol_9", True, "2025-07-02T00:00:00+08:00")


async def test_a_document_is_named_by_its_kind_in_the_path(shop, insurer):
    await shop.get("/v1/policies/pol_9/documents/invoice", params={"format": "application/pdf"})
    body = insurer.calls[0][2]
    assert (body.policy.policy_id, body.kind, body.format) == ("pol_9", DocumentKind.invoice, "application/pdf")


async def test_a_list_takes_its_filters_and_a_page_size_of_fifty(shop, insurer):
    await shop.get("/v1/policies", params={"client_ref": "order-1"})
    await shop.get("/v1/policies", params={"after": "pol_1", "limit": "7"})
    assert insurer.calls[0][2] == {"client_ref": "order-1", "number": None, "after": None, "limit": 50}
    assert insurer.calls[1][2] == {"client_ref": None, "number": None, "after": "pol_1", "limit": 7}


async def test_head_is_get_without_a_body(shop):
    got, head = await shop.get("/v1/channels"), await shop.http.head("/v1/channels")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))


def _row_of(body: type[Struct], **terms) -> Row:
    return Row(method="GET", name="x", scope=None, tag="x", summary="", body=body, call=None, answers={}, **terms)


def test_a_row_that_leaves_a_required_field_unfilled_is_an_error_at_once():
    class Wanted(Struct):
        a: str
        b: str | None = None

    with pytest.raises(TypeError, match="'a'"):
        _row_of(Wanted, path="/x", query=("b",))
    with pytest.raises(TypeError, match="'zz'"):
        _row_of(Wanted, path="/x/{a}", path_fields={"a": "a"}, query=("zz",))
    with pytest.raises(TypeError, match="path_fields"):
        _row_of(Wanted, path="/x/{c}", path_fields={"a": "a"})


def test_a_body_keeps_defaults_and_json_names_when_the_path_takes_a_field():
    class Wanted(Struct):
        a: str
        from_: str = field(name="from", default="x")
        many: list[str] = field(default_factory=list)

    less = _row_of(Wanted, path="/x/{a}", path_fields={"a": "a"}, has_json=True).json_type
    made = msgspec.json.decode(b'{"from": "y"}', type=less)
    assert (made.from_, made.many) == ("y", [])
