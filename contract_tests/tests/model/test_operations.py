"""The table of operations and the list of error codes: what other rooms build on."""

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from gateway import model
from gateway.model import OPERATIONS, BatchItem, ErrorCode, Family, OnPolicy, OperationClass, Proposal
from gateway.model.examples import EXAMPLES
from gateway.model.outcome import SafetyClass

ROWS = list(OPERATIONS.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda each: each.name)
def test_an_operations_types_are_named_after_it(row):
    stem = "".join(part.title() for part in re.split(r"[._]", row.name))
    assert (row.body.__name__, row.request.__name__) == (f"{stem}Body", f"{stem}Request")
    assert row.result.__name__ == f"{stem}Result"
    assert OPERATIONS[row.name] is row


@pytest.mark.parametrize("row", ROWS, ids=lambda each: each.name)
def test_every_result_can_say_numbers_refs_and_reasons(row):
    assert {"numbers", "refs", "reasons", "ext"} <= set(row.result.__struct_fields__)


def test_new_business_carries_a_proposal_and_the_rest_carries_the_policy():
    for row in ROWS:
        if row.name == "underwriting.get" or row.is_optional:
            continue
        expected = Proposal if row.family in (Family.quote, Family.underwrite, Family.issue) else OnPolicy
        assert issubclass(row.request, expected), row.name


def test_a_batch_is_several_issues_and_each_item_bears_a_reference_of_its_own():
    (row,) = (row for row in ROWS if row.is_optional)
    assert row.name == "policy.issue_batch"
    assert BatchItem.__struct_fields__ == ("ref", "request")
    assert get_type_hints(BatchItem)["request"] is OPERATIONS["policy.issue"].request


def test_what_doubles_harm_keeps_its_key_for_ever():
    forever = {row.name for row in ROWS if row.keys_never_expire}
    assert {"policy.issue", "policy.issue_batch", "endorsement.submit", "cancellation.submit"} <= forever
    assert "quote.create" not in forever


def test_every_write_needs_a_key_and_no_read_does():
    for row in ROWS:
        assert row.needs_key == (row.operation_class is not OperationClass.R)
        assert row.is_read or row.needs_key, row.name


def test_a_quote_is_a_read_at_the_carrier_although_it_gets_a_key():
    assert OPERATIONS["quote.create"].is_read
    assert OPERATIONS["quote.create"].needs_key


def test_reading_a_record_that_is_not_there_has_its_own_code():
    assert OPERATIONS["policy.get"].not_found is ErrorCode.policy_not_found
    assert OPERATIONS["claim.get"].not_found is ErrorCode.claim_not_found
    assert OPERATIONS["underwriting.get"].not_found is ErrorCode.application_not_found


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        OPERATIONS["policy.issue"] = ROWS[0]


def test_every_operation_has_an_example():
    assert {name: type(body) for name, body in EXAMPLES.items()} == {row.name: row.body for row in ROWS}


@pytest.mark.parametrize("code", ErrorCode, ids=str)
def test_an_error_code_is_area_and_reason_and_has_a_heading_for_people(code):
    assert re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", code.value)
    assert code.name == code.value.replace(".", "_")
    assert code.area == code.value.split(".")[0]
    assert len(code.heading) > 5
    assert ErrorCode(code.value) is code


def test_the_safety_classes_go_from_harmless_to_blind():
    assert [each.value for each in SafetyClass] == ["read", "write_replay", "write_inquiry", "write_blind"]


GATEWAY = Path(model.__file__).parents[1]
CODE = re.compile(r'(?:\bcode = |\bcode=|Ruled\(|not_executed\()"([a-z]+\.[a-z_]+)"')


@pytest.mark.parametrize("room", ["errors.py", "service", "routing", "channel", "api"])
def test_every_code_the_gateway_says_itself_is_in_the_one_list(room):
    place = GATEWAY / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    said = {code for file in files for code in CODE.findall(file.read_text(encoding="utf-8"))}
    assert said or room == "api"
    assert said <= {code.value for code in ErrorCode}
