"""The published carrier interface: an OpenAPI document that the examples of a native carrier keep to."""

import json

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract_tests.examples.subject import Subject
from contract_tests.kit.interface import document
from contract_tests.kit.portable.main import main
from contract_tests.kit.samples import Samples
from contract_tests.tests.kit.conftest import CARRIERS, ROOT, built

SAMPLES = Samples(Subject(CARRIERS / "cedar", ROOT))


def schema_at(*path: str) -> jsonschema.Draft202012Validator:
    whole = document()
    found = whole
    for name in path:
        found = found[name]
    content = found["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator({**content, "components": whole["components"]})


def test_the_document_is_openapi_3_1():
    OpenAPIV31SpecValidator(document()).validate()


def test_every_request_of_the_kit_has_its_path_and_every_path_of_the_document_a_test_that_calls_it():
    named = [dict(request.names[: request.printed]) for request in built("cedar").kit.requests.values()]
    assert {each["path"](None) for each in named} == set(document()["paths"])


@pytest.mark.parametrize("name", [name for name in SAMPLES.names if SAMPLES.get(name).status == 200])
def test_examples_keep_to_the_document(name):
    sample = SAMPLES.get(name)
    operation = ("paths", sample.path, "post")
    schema_at(*operation, "requestBody").validate(json.loads(sample.body))
    if name.rpartition("/")[2] not in ("garbage", "missing-member"):
        schema_at(*operation, "responses", "200").validate(json.loads(sample.reply_body))


def test_a_reply_of_another_form_does_not_keep_to_it():
    replies = schema_at("paths", "/carrier/v1/policy/issue", "post", "responses", "200")
    for wrong in ({"request_no": "1"}, {"request_no": "1", "outcome": "maybe"}, {"request_no": "", "outcome": "accepted"},
                  {"request_no": "1", "outcome": "accepted", "result": {"status": "no such status"}}):  # fmt: skip
        assert list(replies.iter_errors(wrong))


def test_the_kit_of_a_native_carrier_carries_the_document_and_no_other_kit_does(kit_file, capsys):
    assert main(["interface", "--kit", str(kit_file("cedar"))]) == 0
    assert json.loads(capsys.readouterr().out) == document()
    assert main(["interface", "--kit", str(kit_file("tide"))]) == 2
    assert "interface of its own" in capsys.readouterr().err
