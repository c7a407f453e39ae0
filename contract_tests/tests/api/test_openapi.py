"""The OpenAPI document is valid, complete, and true: what it promises is what the interface does."""

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.api import TABLE, document
from gateway.api.refusals import MethodNotAllowed, NoSuchAddress, Overloaded, UnsupportedMedia
from gateway.model.errors import ErrorCode

DOCUMENT = document()
ROWS = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)


def _operation(row) -> dict:
    return DOCUMENT["paths"][row.path][row.method.lower()]


def _validator(schema: dict) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_the_document_is_valid_openapi_3_1():
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_row_is_in_the_document_and_nothing_else_under_v1():
    documented = {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item}
    rows = {(row.method, row.path) for row in TABLE}
    assert {each for each in documented if each[1].startswith("/v1")} == rows
    assert {path for _, path in documented - rows} == {
        "/callbacks/{channel}/{name}", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip


@ROWS
def test_the_example_of_a_row_validates_against_its_schema(row):
    body = _operation(row).get("requestBody")
    assert (body is not None) is row.has_json
    if body is not None:
        content = body["content"]["application/json"]
        _validator(content["schema"]).validate(content["example"])


@ROWS
async def test_what_a_row_answers_validates_against_its_documented_schema(row, shop):
    reply = await shop.send(row)
    documented = _operation(row)["responses"][str(reply.status_code)]
    _validator(documented["content"]["application/json"]["schema"]).validate(reply.json())


@ROWS
def test_a_row_documents_each_parameter_its_headers_and_each_problem(row):
    operation = _operation(row)
    named = {each["name"]: each["in"] for each in operation["parameters"] if "name" in each}
    shared = {each["$ref"].rpartition("/")[2] for each in operation["parameters"] if "$ref" in each}
    assert named == dict.fromkeys(row.path_fields, "path") | dict.fromkeys(row.query, "query")
    assert ("Idempotency-Key" in shared) is row.needs_key
    assert "traceparent" in shared
    assert {"400", "401", "404", "422", "500", "503"} <= set(operation["responses"])
    if row.needs_key:
        success = operation["responses"]["202"]
        assert {"Location", "Retry-After", "Idempotency-Replayed"} <= set(success["headers"])


@ROWS
async def test_a_problem_validates_against_its_documented_schema(row, shop, insurer):
    insurer.keys.clear()
    reply = await shop.send(row)
    response = DOCUMENT["components"]["responses"][str(reply.status_code)]
    _validator(response["content"]["application/problem+json"]["schema"]).validate(reply.json())


def test_a_field_that_holds_something_of_a_person_says_so():
    assert DOCUMENT["components"]["schemas"]["Party"]["properties"]["name"]["x-pii"] == "personal"


def test_a_body_whose_path_names_the_claim_does_not_ask_for_it_again():
    schemas = DOCUMENT["components"]["schemas"]
    assert "claim_id" not in schemas["ClaimWithdrawBody"]["properties"]
    assert schemas["ClaimWithdrawBody"]["required"] == ["reason"]


async def test_the_document_is_served_to_anybody_as_it_is(shop):
    del shop.http.headers["Authorization"]
    reply = await shop.get("/openapi.json")
    assert msgspec.json.decode(reply.content) == DOCUMENT


@pytest.mark.parametrize("error", [NoSuchAddress, MethodNotAllowed, UnsupportedMedia, Overloaded])
def test_codes_that_only_http_says_are_in_the_one_list_of_codes(error):
    assert ErrorCode(error.code).area in {"request", "gateway"}
