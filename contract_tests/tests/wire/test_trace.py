"""Failures lead back to the mapping line, and say nothing about people on the way."""

import importlib.util
import sys

import pytest

from gateway.wire import CannotSend, Unreadable, cannot_send, note, place_of, problem, unreadable, yuan_in
from gateway.wire.limits import PROBLEMS_MAX

GENERATED = '''"""A generated module."""
from gateway.wire import yuan_in
import shared_shapes

MAPPING = "mappings/carriers/x/policy_issue.yaml"


def read(w):
    return dict(
        code=w["RiskCode"],  # L54
        premium=yuan_in(
            w["Prem"]
        ),  # L56
    )


def outer(w):
    return shared_shapes.party_in(w)  # L60


def untagged(w):
    raise ValueError("secret name")
'''

SHAPES = """MAPPING = "mappings/carriers/x/carrier.yaml"


def party_in(w):
    return w["IDNo"].upper()  # L34
"""


@pytest.fixture
def generated(tmp_path, monkeypatch):
    (tmp_path / "shared_shapes.py").write_text(SHAPES)
    (tmp_path / "generated_example.py").write_text(GENERATED)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("generated_example")
    for name in ("generated_example", "shared_shapes"):
        sys.modules.pop(name, None)


def caught(call, *arguments):
    try:
        call(*arguments)
    except (Unreadable, KeyError, AttributeError, ValueError) as error:
        return error
    raise AssertionError("nothing was raised")


def test_a_bad_value_names_its_mapping_line(generated):
    error = caught(generated.read, {"RiskCode": "R1", "Prem": "12.345"})
    assert problem(error) == ("'12.345' yuan is not a whole number of fen -> mappings/carriers/x/policy_issue.yaml:56")


def test_a_missing_field_names_its_mapping_line_and_no_value(generated):
    error = caught(generated.read, {})
    assert problem(error) == (
        "the message does not fit the mapping (KeyError) -> mappings/carriers/x/policy_issue.yaml:54"
    )


def test_the_innermost_mapping_is_the_one_named(generated):
    error = caught(generated.outer, {})
    assert str(place_of(error)) == "mappings/carriers/x/carrier.yaml:34"


def test_a_line_without_a_tag_names_no_place_rather_than_a_wrong_one(generated):
    error = caught(generated.untagged, {})
    assert place_of(error) is None
    assert "secret name" not in problem(error)


def test_an_error_outside_any_mapping_has_no_place():
    error = caught(yuan_in, "x")
    assert place_of(error) is None
    assert "->" not in problem(error)


def test_a_failed_build_ends_in_one_kind_of_error_with_its_line(generated):
    raised = cannot_send(caught(generated.outer, {"IDNo": 5}))
    assert isinstance(raised, CannotSend)
    assert raised.line == "mappings/carriers/x/carrier.yaml:34"
    assert "5" not in raised.message
    raised = unreadable(Unreadable("missing", path="A.B"))
    assert (raised.path, raised.line, raised.message) == ("A.B", None, "missing")


def test_problems_of_one_reply_have_a_limit():
    problems: list[str] = []
    for _ in range(100):
        note(problems, Unreadable("x"))
    assert len(problems) == PROBLEMS_MAX + 1
    assert problems[-1] == "and more"
