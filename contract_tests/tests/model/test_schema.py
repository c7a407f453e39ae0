"""The JSON Schema document is valid, complete, and agrees with the decoder about what is right and wrong."""

import json
from decimal import Decimal

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from gateway.model import OPERATIONS, Party, Proposal
from gateway.model.examples import EXAMPLES
from gateway.model.schema import components, schema_document, schema_of, struct_names

DOCUMENT = schema_document()


def validator(name):
    return jsonschema.Draft202012Validator({**DOCUMENT, "$ref": f"#/$defs/{name}"})


def test_the_document_is_valid_draft_2020_12():
    jsonschema.Draft202012Validator.check_schema(DOCUMENT)
    assert DOCUMENT["$schema"].endswith("2020-12/schema")


def test_every_body_request_result_and_view_is_defined():
    for row in OPERATIONS.values():
        for cls in (row.body, row.request, row.result, row.view):
            assert cls.__name__ in DOCUMENT["$defs"]
            assert cls.__name__ in struct_names()
    assert "OperationView" in DOCUMENT["$defs"]
    assert "policy.not_found" in DOCUMENT["$defs"]["ErrorCode"]["enum"]


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    wanted = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert wanted <= set(DOCUMENT["$defs"])


def test_every_definition_is_described_in_one_line():
    for name, definition in DOCUMENT["$defs"].items():
        assert definition["description"], name
        assert "\n" not in definition["description"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_validates(name):
    body = EXAMPLES[name]
    assert list(validator(type(body).__name__).iter_errors(json.loads(msgspec.json.encode(body)))) == []


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_whatever_we_write_the_schema_accepts(operation, random_of):
    check = validator(operation.result.__name__)

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(random_of(operation.result))
    def accepted(value):
        check.validate(json.loads(msgspec.json.encode(value)))

    accepted()


@pytest.mark.parametrize(
    "change",
    [
        {"product": "freight-return"},
        {"policyholder": None},
        {"objects": [{"type": "spaceship"}]},
        {"unknown": 1},
        {"insureds": {}},
        {"payment": {"method": "shells"}},
    ],
)
def test_what_the_decoder_refuses_the_schema_refuses(change):
    raw = {**json.loads(msgspec.json.encode(EXAMPLES["quote.create"])), **change}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw, OPERATIONS["quote.create"].body)
    assert not validator("QuoteCreateBody").is_valid(raw)


def test_a_personal_field_says_so_in_the_schema():
    properties = components()["Party"]["properties"]
    assert "personal" in json.dumps(properties["name"])
    assert "health" in json.dumps(properties["height_cm"])


def test_one_type_can_be_described_alone():
    schema = schema_of(Party)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema.Draft202012Validator(schema).is_valid({"name": "x"})


def test_definitions_can_stand_in_an_openapi_document():
    assert "#/components/schemas/Money" in json.dumps(components())
    assert Proposal.__name__ not in components()


@pytest.mark.parametrize("weight", ["70.5", 70.5, 70])
def test_a_decimal_may_come_as_text_or_as_a_number_and_the_schema_says_both(weight):
    raw = {"name": "x", "weight_kg": weight}
    assert msgspec.json.decode(json.dumps(raw), type=Party).weight_kg == Decimal(str(weight))
    assert jsonschema.Draft202012Validator(schema_of(Party)).is_valid(raw)
