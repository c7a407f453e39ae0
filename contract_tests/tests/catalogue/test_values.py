"""Scalars into values: each helper gives the value, or says what is wrong where, and goes on."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gateway.catalogue.fields import Fields
from gateway.catalogue.nodes import MapNode, Node
from gateway.catalogue.reader import read_text
from gateway.catalogue.structs import converted
from gateway.catalogue.values import (
    Faults,
    as_day,
    as_decimal,
    as_duration_s,
    as_flag,
    as_integer,
    as_list,
    as_map,
    as_text,
    as_word,
    plain_data,
)
from gateway.model import Coverage, Money


def node(text: str) -> Node:
    found, faults = read_text(f"x: {text}\n", "f.yaml")
    assert isinstance(found, MapNode)
    assert not faults
    value = found.get("x")
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("10m", 600), ("24h", 86_400), ("1.5h", 5_400), ("1d", 86_400)]
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    faults = Faults()
    assert as_duration_s(node(text), faults, "wait") == seconds
    assert not faults.all()


@pytest.mark.parametrize("text", ["30", "s", "-1s", "1 h", "1w", "401d", "1e3s", "[1]", "~"])
def test_what_is_no_duration_is_a_fault_at_its_place(text: str) -> None:
    faults = Faults()
    assert as_duration_s(node(text), faults, "wait") is None
    assert [str(found.mark) for found in faults.all()] == ["f.yaml:1:4"]


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (as_flag, "true", True),
        (as_flag, "false", False),
        (as_flag, "yes", None),
        (as_flag, "1", None),
        (as_integer, "12", 12),
        (as_integer, "-3", -3),
        (as_integer, "012", None),
        (as_integer, "1.0", None),
        (as_integer, "1_000", None),
        (as_integer, "9" * 19, None),
        (as_decimal, "0.025", Decimal("0.025")),
        (as_decimal, '"0.025"', Decimal("0.025")),
        (as_decimal, ".5", None),
        (as_decimal, "1e5", None),
        (as_decimal, "nan", None),
        (as_day, "2026-02-28", date(2026, 2, 28)),
        (as_day, "2026-02-30", None),
        (as_day, "20260228", None),
        (as_text, "abc", "abc"),
        (as_text, "~", None),
        (as_text, "{a: b}", None),
    ],
)  # fmt: skip
def test_a_value_is_read_exactly_or_refused(read: Any, text: str, value: Any) -> None:
    faults = Faults()
    assert read(node(text), faults, "it") == value
    assert bool(faults.all()) is (value is None)


def test_numbers_out_of_bounds_say_the_bounds() -> None:
    faults = Faults("E503")
    assert as_integer(node("7"), faults, "weight", least=10, most=20) is None
    assert str(faults.all()[0]) == "f.yaml:1:4: error E503: weight must be at least 10 and at most 20, not 7"


def test_a_word_that_is_not_known_gets_the_nearest_one_offered() -> None:
    faults = Faults()
    assert as_word(node("wieghted"), faults, "mode", ("weighted", "primary")) is None
    assert str(faults.all()[0]).endswith("mode cannot be 'wieghted'; did you mean 'weighted'?")


def test_null_counts_as_an_empty_map_but_not_as_a_list() -> None:
    faults = Faults()
    assert as_map(node("~"), faults, "it") is not None
    assert as_list(node("~"), faults, "it") is None
    assert as_list(node("{a: b}"), faults, "it") is None
    assert len(faults) == 2


def test_plain_data_types_unquoted_json_values_and_nothing_else() -> None:
    faults = Faults()
    data = plain_data(node("{a: 5, b: 1.5, c: true, d: null, e: ~, f: '5', g: 01, h: NO, i: [1, x]}"), faults)
    assert data == {
        "a": 5, "b": 1.5, "c": True, "d": None, "e": None, "f": "5", "g": "01", "h": "NO", "i": [1, "x"],
    }  # fmt: skip
    assert [found.code for found in faults.all()] == ["W101", "W101"]
    assert not faults.has_errors


def test_faults_are_given_by_place_and_each_once() -> None:
    faults = Faults()
    for text in ("b", "a", "b"):
        faults.add(node("z").mark.shifted(ord(text)), text)
    assert [found.message for found in faults.all()] == ["a", "b"]


def test_fields_report_what_is_missing_and_what_nobody_asked_for() -> None:
    faults = Faults("E503")
    fields = Fields(node("{nmae: a, amount: { amount: 5, currency: cny, unit: fen }}"), faults, "thing")
    assert fields.text("name") == ""
    fields.money("amount")
    fields.done()
    assert [str(found).partition("error ")[2] for found in faults.all()] == [
        "E503: thing needs 'name'",
        "E502: thing has no 'nmae'; did you mean 'name'?",
        "E503: 'cny' is no ISO 4217 currency; did you mean 'CNY'?",
        "E502: thing: amount has no 'unit'; did you mean 'amount'?",
    ]


def test_a_field_of_the_wrong_shape_gives_one_fault_and_no_more() -> None:
    faults = Faults("E503")
    fields = Fields(node("[a]"), faults, "thing")
    assert fields.text("name") == ""
    fields.done()
    assert [str(found).partition("error ")[2] for found in faults.all()] == ["E503: thing must be a map, not a list"]


def test_a_canonical_struct_is_read_from_its_yaml() -> None:
    faults = Faults()
    found = converted(
        node("{ code: X, rate: 0.1, sum_insured: { amount: 2500, currency: CNY }, is_main: true }"),
        Coverage,
        faults,
        "coverage",
    )
    assert found == Coverage(
        code="X", rate=Decimal("0.1"), sum_insured=Money(amount=2500, currency="CNY"), is_main=True
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("{ code: X, sum_insured: { amount: x, currency: CNY } }", "1:38", "Expected `int`, got `str`"),
        ("{ code: X, limits: [{ kind: per_person }, { kind: foo }] }", "1:54", "Invalid enum value"),
        ("{ code: X, sum_insurd: 5 }", "1:15", "did you mean 'sum_insured'?"),
    ],
)
def test_a_fault_in_a_canonical_struct_is_brought_back_to_its_place(text: str, place: str, message: str) -> None:
    faults = Faults()
    assert converted(node(text), Coverage, faults, "coverage") is None
    (found,) = faults.all()
    assert str(found).startswith(f"f.yaml:{place}:")
    assert message in str(found)
