"""Money is exact: whole minor units, one rounding, parts that add up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.money import Money, exponent, half_up, split

AMOUNTS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)


def cny(amount):
    return Money(amount=amount, currency="CNY")


def test_the_rate_from_the_wild_rounds_to_the_cent_it_should():
    assert Money.of("1018.0", "CNY").times(Decimal("0.00625")) == cny(636)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("6.36", "CNY", 636), ("100", "JPY", 100), ("1.234", "KWD", 1234), ("0.0001", "CLF", 1), ("6.365", "CNY", 637)],
)
def test_a_decimal_becomes_minor_units_by_the_currencys_exponent(text, currency, amount):
    assert Money.of(text, currency) == Money(amount=amount, currency=currency)


def test_a_currency_that_is_no_exception_has_two_decimals():
    assert [exponent(each) for each in ("CNY", "USD", "JPY", "TND")] == [2, 2, 0, 3]


@given(AMOUNTS, st.sampled_from(["CNY", "JPY", "KWD", "CLF"]))
def test_major_units_and_back_lose_nothing(amount, currency):
    money = Money(amount=amount, currency=currency)
    assert Money.of(money.decimal(), currency) == money


@pytest.mark.parametrize(
    ("value", "rounded"), [("2.5", 3), ("-2.5", -3), ("2.4999", 2), ("3.5", 4), ("-0.5", -1), ("0", 0)]
)
def test_a_half_rounds_away_from_zero(value, rounded):
    assert half_up(Decimal(value)) == rounded
    assert half_up(Fraction(value)) == rounded


@given(st.fractions(-(10**9), 10**9))
def test_rounding_is_never_off_by_more_than_a_half(value):
    assert abs(half_up(value) - value) <= Fraction(1, 2)


def test_a_tenth_is_a_tenth_because_no_float_is_involved():
    assert Money.of("0.1", "CNY") + Money.of("0.2", "CNY") == Money.of("0.3", "CNY")


@given(AMOUNTS, WEIGHTS)
def test_parts_add_up_to_the_whole(amount, weights):
    parts = split(cny(amount), weights)
    assert sum(part.amount for part in parts) == amount
    assert len(parts) == len(weights)


@given(AMOUNTS, WEIGHTS)
def test_a_part_is_less_than_one_unit_off_its_exact_share(amount, weights):
    for part, weight in zip(split(cny(amount), weights), weights, strict=True):
        assert abs(part.amount - Fraction(amount * weight, sum(weights))) < 1


def test_the_odd_cent_goes_to_the_largest_remainder_and_to_the_first_of_equals():
    assert [part.amount for part in split(cny(100), [1, 1, 1])] == [34, 33, 33]
    assert [part.amount for part in split(cny(10), [2, 3, 5])] == [2, 3, 5]
    assert [part.amount for part in split(cny(-100), [1, 1, 1])] == [-34, -33, -33]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_without_a_positive_weight_is_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        split(cny(100), weights)


def test_amounts_of_two_currencies_are_never_added_nor_compared():
    yen = Money(amount=1, currency="JPY")
    for act in (lambda: cny(1) + yen, lambda: cny(1) - yen, lambda: cny(1) < yen, lambda: cny(1) <= yen):
        with pytest.raises(ValueError, match="CNY and JPY"):
            act()


@given(AMOUNTS, AMOUNTS)
def test_money_adds_subtracts_and_compares_like_its_amount(one, other):
    assert cny(one) + cny(other) - cny(other) == cny(one)
    assert (cny(one) < cny(other)) == (one < other)
    assert (cny(one) <= cny(other)) == (one <= other)
    assert -cny(one) + cny(one) == Money.zero("CNY")
