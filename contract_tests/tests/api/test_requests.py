"""Addresses, keys, queries and preferences."""

import pytest

from gateway.api import TABLE
from gateway.api.request import preferred_wait_s
from gateway.api.routes import Routes

QUOTES = "/v1/quotes"


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/nothing", "/v1/policies/", "/v1//policies", "/V1/policies", "/v1/claims/c/x/y"]
)
async def test_what_is_not_in_the_table_is_a_404_problem(path, shop):
    reply = await shop.get(path)
    assert (reply.status_code, reply.json()["code"]) == (404, "request.not_found")
    assert reply.headers["content-type"] == "application/problem+json"


BEGINNINGS = sorted({
    path.rpartition("/")[0].replace("{", "").replace("}", "")
    for path in [*(row.path for row in TABLE), "/callbacks/{channel}/{name}"]
    if path.count("/") > 1
})  # fmt: skip


@pytest.mark.parametrize("path", BEGINNINGS)
async def test_the_beginning_of_an_address_is_one_itself_or_not_there_and_no_error_of_ours(path, shop):
    assert (await shop.http.request("TRACE", path)).status_code in (404, 405)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/policies", "GET, HEAD, POST"),
        ("PATCH", "/v1/policies/pol_1", "GET, HEAD"),
        ("GET", "/v1/quotes", "POST"),
        ("OPTIONS", "/v1/claims/clm_1/documents", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
    ],
)
async def test_another_method_is_405_and_the_right_ones_are_named(method, path, allow, shop):
    reply = await shop.http.request(method, path)
    assert (reply.status_code, reply.json()["code"]) == (405, "request.method_not_allowed")
    assert reply.headers["allow"] == allow


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic a2V5", "key-of-everything", "Bearer wrong", "Bearer " + "x" * 300]
)
async def test_what_is_no_known_bearer_key_is_401(value, shop, insurer):
    reply = await shop.get("/v1/channels", headers={"Authorization": value})
    assert (reply.status_code, reply.json()["code"]) == (401, "request.unauthorized")
    assert insurer.calls == []


async def test_the_scheme_of_a_key_has_no_case(shop):
    assert (await shop.get("/v1/channels", headers={"Authorization": "bearer  key-of-everything"})).status_code == 200


async def test_a_wrong_key_is_never_repeated(shop):
    reply = await shop.get("/v1/channels", headers={"Authorization": "Bearer secret-of-somebody"})
    assert "secret-of-somebody" not in reply.text + shop.written.getvalue().decode()


async def test_a_write_without_an_idempotency_key_is_400(shop):
    reply = await shop.post("/v1/claims/clm_1/withdrawal", {"reason": "x"}, key=None)
    assert (reply.status_code, reply.json()["code"]) == (400, "idempotency.key_missing")


@pytest.mark.parametrize("key", ["schlüssel".encode("latin-1"), b"a\tb"])
async def test_an_idempotency_key_of_other_characters_is_400(key, shop, insurer):
    headers = [(b"Idempotency-Key", key), (b"Content-Type", b"application/json")]
    reply = await shop.http.post("/v1/claims/clm_1/withdrawal", content=b'{"reason":"x"}', headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (400, "idempotency.key_missing")
    assert insurer.calls == []


async def test_two_different_idempotency_keys_are_400_because_the_intent_is_not_clear(shop, insurer):
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b"), ("Content-Type", "application/json")]
    reply = await shop.http.post("/v1/claims/clm_1/withdrawal", content=b'{"reason":"x"}', headers=headers)
    assert reply.status_code == 400
    assert insurer.calls == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=1e2", "limit"), ("client_ref=", "client_ref"),
        ("after=a&after=b", "after"), ("number=" + "9" * 201, "number"), ("client_ref=a%00b", "client_ref"), ("colour=red", ""),
    ],
)  # fmt: skip
async def test_a_query_that_is_not_as_the_schema_says_is_422_at_its_parameter(query, path, shop, insurer):
    reply = await shop.get(f"/v1/policies?{query}")
    assert (reply.status_code, reply.json()["faults"][0]["path"]) == (422, path)
    assert insurer.calls == []


@pytest.mark.parametrize(
    "query", ["refresh=1", "refresh=yes", "as_of=2025-07-02", "as_of=173", "as_of=2025-07-02T00:00:00"]
)
async def test_flags_are_true_or_false_and_instants_have_an_offset(query, shop):
    assert (await shop.get(f"/v1/policies/pol_1?{query}")).status_code == 422


@pytest.mark.parametrize("query", ["after=%ff", "after=" + "x" * 5000, "&".join(f"a{n}=1" for n in range(30))])
async def test_a_query_that_cannot_be_read_is_400(query, shop):
    assert (await shop.get(f"/v1/policies?{query}")).status_code == 400


async def test_a_write_takes_no_query(shop, insurer):
    reply = await shop.post("/v1/claims/clm_1/withdrawal?force=true", {"reason": "x"})
    assert reply.status_code == 422
    assert insurer.calls == []


async def test_a_kind_of_document_nobody_knows_is_422_with_the_kinds_there_are(shop):
    reply = await shop.get("/v1/policies/pol_1/documents/selfie")
    (fault,) = reply.json()["faults"]
    assert fault["path"] == "kind"
    assert "invoice" in fault["message"]


@pytest.mark.parametrize("name", ["a" * 201, "a%0Ab", "a%00b"])
async def test_an_id_that_cannot_be_one_is_not_found(name, shop, insurer):
    assert (await shop.get(f"/v1/claims/{name}")).status_code == 404
    assert insurer.calls == []


@pytest.mark.parametrize(
    ("prefer", "wait_s"),
    [
        ("wait=7", 7.0), ("respond-async, wait=3", 3.0), ("wait=3; x=1", 3.0), ('WAIT="4"', 4.0), ("respond-async", 0.0),
        ("wait=-1", None), ("wait=1.5", None), ("await=5", None), ("wait=99999999", None), ("return=minimal", None), ("x" * 200 + ",wait=1", None),
    ],
)  # fmt: skip
def test_a_preference_is_read_as_the_standard_writes_it_and_otherwise_ignored(prefer, wait_s):
    assert preferred_wait_s(prefer) == wait_s


async def test_the_wait_a_caller_prefers_reaches_the_service_and_is_confirmed(shop, insurer):
    reply = await shop.post("/v1/claims/clm_1/withdrawal", {"reason": "x"}, Prefer="wait=7")
    assert reply.headers["preference-applied"] == "wait=7"
    await shop.post("/v1/claims/clm_1/withdrawal", {"reason": "x"})
    assert [caller.wait_s for _, caller, _, _ in insurer.calls] == [7.0, None]


def test_an_address_given_twice_is_an_error_at_once():
    routes = Routes()
    routes.add("GET", "/a/{b}", object())
    with pytest.raises(ValueError, match="twice"):
        routes.add("GET", "/a/{b}", object())
    with pytest.raises(ValueError, match="otherwise"):
        routes.add("POST", "/a/{c}", object())
