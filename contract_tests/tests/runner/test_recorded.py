"""What a carrier was recorded to answer, its mock answers too."""

import pytest
from msgspec.structs import replace

from contract_tests.examples.proof import Proof
from contract_tests.runner import Subject, checks_of, read_examples, run_checks
from contract_tests.runner.checks_recorded import Own, compare
from contract_tests.runner.completeness import missing_of
from gateway.catalogue.marks import Mark

HERE = Mark("recorded.yaml", 7)


def compared(wanted, actual, own=()):
    proof, members = Proof(), Own(own)
    compare(proof, HERE, (200, 200), (wanted, actual), members)
    members.must_be_needed(proof, HERE)
    return {each.at: (each.expected, each.actual) for each in proof.differences}


def test_numbers_are_alike_by_what_they_are_worth_and_never_alike_a_text():
    assert compared({"a": 2.20, "b": 120}, {"a": 2.2, "b": 120.0}) == {}
    assert list(compared({"a": 1}, {"a": "1"})) == ["mock, a"]


def test_a_member_that_one_of_both_lacks_is_told():
    assert set(compared({"a": 1, "list": [{"b": 2}]}, {"list": [{}], "c": 3})) == {
        "mock, a",
        "mock, list.0.b",
        "mock, c",
        "mock, list.0",
    }


def test_what_is_the_mocks_own_may_differ_with_all_below_it():
    differing = ({"id": "Q1", "quotes": [{"at": "1", "price": 2}]}, {"id": "Q2", "quotes": [{"at": "2", "price": 2}]})
    assert compared(*differing, own=("id", "quotes.*.at")) == {}
    assert compared(*differing, own=("*",)) == {}


def test_an_own_member_in_which_both_are_alike_has_outlived_its_reason():
    assert compared({"id": "Q1"}, {"id": "Q1"}, own=("id",)) == {
        "own id": ("a difference of the mock", "none: take it out")
    }


@pytest.fixture
def issued(room):
    """The examples of an issue with the first accepted one that is asked of the mock said to be recorded."""
    files, _ = read_examples(room.folder, room.root)
    file = next(each for each in files if each.operation == "policy.issue")
    found = next(
        each for each in file.examples if each.outcome == "accepted" and each.given is not None and each.given.here
    )
    recorded = replace(found, provenance=replace(found.provenance, kind="recorded"))
    return room.subject, replace(file, examples=(recorded,)), recorded


def recorded_check(subject: Subject, file):
    (check,) = [each for each in checks_of(file, subject) if each.name == "mock-recorded"]
    return run_checks([check])[0]


def test_a_mock_that_answers_as_recorded_passes_and_one_that_has_drifted_names_the_member(issued, room):
    subject, file, example = issued
    same = recorded_check(subject, file)
    assert same.passed, same.differences
    room.change("mock.yaml", "premium: =fixed(policy.premium) }", 'premium: "1.50" }')
    told = recorded_check(subject, file)
    assert [(each.at, each.expected, each.actual) for each in told.differences] == [
        ("mock, premium", '"1.00"', '"1.50"')
    ]
    given = replace(example.given, own=("premium",))
    own = replace(file, examples=(replace(example, given=given),))
    assert recorded_check(subject, own).passed


def test_a_recorded_example_that_the_mock_is_not_asked_about_is_missing_something(issued):
    subject, file, example = issued
    silent = replace(file, examples=(replace(example, given=None),))
    assert any("recorded example" in each.what and "given" in each.what for each in missing_of(subject, [silent]))
    assert not any("recorded example" in each.what for each in missing_of(subject, [file]))
