"""Numbers that are not money: exact, strict, never through a float."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import CannotSend, Unreadable, int_in, int_number_in


@given(st.integers(min_value=-(10**38), max_value=10**38))
def test_whole_numbers_read_back(number):
    assert int_in(str(number)) == number
    assert int_number_in(number) == number


@pytest.mark.parametrize("text", ["", "-", "1.0", "1e3", "１２", "1_000", "abc", "1 2", "9" * 50, None, 7, True])
def test_a_whole_number_in_text_has_digits_only(text):
    with pytest.raises(Unreadable, match="expected a whole number"):
        int_in(text)


@pytest.mark.parametrize("value", ["5", Decimal("5.0"), 5.0, True, None])
def test_a_whole_number_of_the_wire_is_an_integer(value):
    with pytest.raises(Unreadable, match="expected a whole number"):
        int_number_in(value)


@pytest.mark.parametrize("numbers", [False, True])
@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_decimals_read_back(emit, numbers, number):
    codec = emit("decimal", json=numbers, numbers=numbers)
    assert codec.read(codec.send(number)) == number


def test_decimals_are_written_as_short_as_they_are_or_to_the_places_asked(emit):
    assert emit("decimal").send(Decimal("1.50")) == "1.5"
    assert emit("decimal").send(Decimal("1E+3")) == "1000"
    assert emit("decimal", "2").send(Decimal("1.5")) == "1.50"
    assert emit("decimal", "0", json=True, numbers=True).send(Decimal(7)) == 7
    with pytest.raises(CannotSend, match="more than 1 decimal places"):
        emit("decimal", "1").send(Decimal("0.15"))
    assert emit("decimal", "1", rounding="half_even").send(Decimal("0.25")) == "0.2"


@given(whole=st.integers(min_value=0, max_value=100))
def test_a_share_in_whole_percent_reads_back(emit, whole):
    share = str(Fraction(whole, 100))
    for numbers in (False, True):
        codec = emit("percent", "0", json=numbers, numbers=numbers)
        assert codec.read(codec.send(share)) == share


def test_a_share_and_its_percentage(emit):
    percent = emit("percent", "0")
    assert percent.send("1/2") == "50"
    assert percent.send("1") == "100"
    assert percent.read("50") == "1/2"
    assert percent.read("100") == "1"
    assert emit("percent", "0", json=True, numbers=True).send("1/4") == 25
    assert emit("percent", "2").send("1/8") == "12.50"


def test_a_third_is_no_percentage_unless_the_row_rounds(emit):
    with pytest.raises(CannotSend, match="a share of 1/3 is no percentage of 2 decimal places"):
        emit("percent", "2").send("1/3")
    assert emit("percent", "2", rounding="half_up").send("1/3") == "33.33"
    assert emit("percent", "2", rounding="half_up").send("2/3") == "66.67"


@pytest.mark.parametrize("value", ["101", "-1", "abc", "", None, "1e1", "33.33333333"])
def test_a_share_lies_between_nothing_and_all(emit, value):
    with pytest.raises(Unreadable):
        emit("percent", "0").read(value)


@given(rate=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=0, max_value=10))
def test_a_rate_in_percent_reads_back(emit, rate):
    codec = emit("percent", "2", kind="decimal")
    assert codec.read(codec.send(rate)) == rate
