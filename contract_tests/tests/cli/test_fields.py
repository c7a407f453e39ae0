"""`insurehub fields`: an author finds every canonical name without reading the code."""

import json

import pytest

from cli.fields import enums, found_in_names, looked_up, names
from gateway.model.operations import OPERATIONS


def test_an_operation_shows_its_request_and_its_result_and_what_is_always_there():
    request, result = looked_up("cancellation.submit")
    assert (request.name, result.name) == ("CancellationSubmitRequest", "CancellationSubmitResult")
    holds = {field.name: field for field in request.fields}
    assert holds["kind"].holds.startswith("cancel_kind: free_look, ")
    assert holds["kind"].always
    assert not holds["expected_refund"].always
    assert {field.name for field in result.fields} >= {"refund", "phase", "numbers"}


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("Party", "birth_date"),
        ("Party.address", "postcode"),
        ("PolicyIssueRequest.insureds.0.party", "birth_date"),
        ("InsuredObject", "vehicle"),
        ("PolicyIssueRequest.objects", "vehicle"),
    ],
)
def test_a_type_or_a_path_in_it_shows_its_fields(name, inside):
    (view,) = looked_up(name)
    assert inside in {field.name for field in view.fields}


def test_an_enum_shows_all_of_its_values():
    for name in ("id_type", "Party.gender"):
        (view,) = looked_up(name)
        assert view.values
    assert "tax_no" in looked_up("id_type")[0].values, "the last of many values as well"


def test_any_other_word_is_looked_for_in_names_and_values():
    assert looked_up("refund") == ()
    assert ("CancellationSubmitRequest", "refund_to") in {(hit.type, hit.name) for hit in found_in_names("refund")}
    assert ("IdDocument", "type") in {(hit.type, hit.name) for hit in found_in_names("aadhaar")}


def test_every_name_that_is_listed_can_be_looked_up():
    assert set(OPERATIONS) < set(names())
    assert "gender" in enums()
    assert [name for name in names() if not looked_up(name)] == []


def test_the_command_lists_names_tells_what_one_holds_and_finds_a_word(tmp_path, insurehub):
    assert "policy.issue" in insurehub(tmp_path, "fields").out
    assert "birth_date" in insurehub(tmp_path, "fields", "Party").out
    assert "refund_to" in insurehub(tmp_path, "fields", "refund").out
    told = json.loads(insurehub(tmp_path, "fields", "gender", "--json").out)
    assert told["types"][0]["values"] == ["male", "female", "unknown"]


def test_a_word_nothing_has_is_told_with_the_near_names(tmp_path, insurehub):
    ended = insurehub(tmp_path, "fields", "Partyy")
    assert ended.code == 1
    assert "near: Party" in ended.err
