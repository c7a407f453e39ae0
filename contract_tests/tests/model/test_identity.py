"""Identity numbers: what the standards say about their check characters, and generators of numbers of nobody."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.model import Gender
from gateway.model.validate.identity import (
    REGION_OF_NOBODY,
    has_resident_check,
    has_vin_check,
    is_uscc,
    read_resident_id,
    synthetic_id,
    synthetic_uscc,
)

BIRTHS = st.dates(date(1900, 1, 1), date(2024, 12, 31))
GENDERS = st.sampled_from([Gender.male, Gender.female])
SERIALS = st.integers(0, 499)


@pytest.mark.parametrize(
    ("number", "born", "gender"),
    [
        ("999999199003071234", date(1990, 3, 7), Gender.male),
        ("999999198807010029", date(1988, 7, 1), Gender.female),
    ],
)
def test_the_published_vectors_check_and_say_birth_date_and_gender(number, born, gender):
    assert has_resident_check(number)
    said = read_resident_id(number)
    assert (said.region, said.birth_date, said.gender) == (REGION_OF_NOBODY, born, gender)


@given(BIRTHS, GENDERS, SERIALS)
def test_a_synthetic_number_checks_and_says_what_it_was_made_from(born, gender, serial):
    number = synthetic_id(born, gender, serial)
    said = read_resident_id(number)
    assert has_resident_check(number)
    assert (said.birth_date, said.gender) == (born, gender)


@given(BIRTHS, GENDERS, SERIALS, st.integers(0, 16), st.integers(0, 9))
def test_one_mistyped_digit_is_always_noticed(born, gender, serial, at, digit):
    number = synthetic_id(born, gender, serial)
    assume(number[at] != str(digit))
    assert not has_resident_check(number[:at] + str(digit) + number[at + 1 :])


@given(BIRTHS, GENDERS, SERIALS, st.integers(0, 15))
def test_two_digits_exchanged_are_always_noticed(born, gender, serial, at):
    number = synthetic_id(born, gender, serial)
    assume(number[at] != number[at + 1])
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert not has_resident_check(swapped)


def test_a_small_x_is_as_good_as_a_capital_one():
    number = next(
        each for each in (synthetic_id(date(1990, 3, 7), Gender.male, at) for at in range(500)) if each.endswith("X")
    )
    assert has_resident_check(number)
    assert has_resident_check(number.lower())


def test_people_of_one_birthday_have_different_numbers():
    numbers = {synthetic_id(date(1990, 3, 7), gender, at) for gender in Gender for at in range(500)}
    assert len(numbers) == 1000


def test_a_serial_out_of_range_is_refused():
    with pytest.raises(ValueError, match="0 to 499"):
        synthetic_id(date(1990, 3, 7), Gender.male, 500)


def test_fifteen_digits_of_the_old_kind_are_read_and_have_no_check():
    said = read_resident_id("999999900307123")
    assert (said.birth_date, said.gender) == (date(1990, 3, 7), Gender.male)
    assert has_resident_check("999999900307123")


@pytest.mark.parametrize(
    "number",
    ["", "99999919900307123", "99999919901307123X", "99999919900230123X", "A99999199003071234", "99999919900307１234"],
)
def test_what_is_no_number_is_not_read(number):
    assert read_resident_id(number) is None


def test_a_read_number_is_not_shown():
    assert repr(read_resident_id("999999199003071234")) == "ResidentId(***)"


@given(st.integers(0, 999_999_999))
def test_a_synthetic_credit_code_checks(serial):
    assert is_uscc(synthetic_uscc(serial))


@given(st.integers(0, 999_999_999), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_mistyped_character_of_a_credit_code_is_always_noticed(serial, at, char):
    code = synthetic_uscc(serial)
    assume(code[at] != char)
    assert not is_uscc(code[:at] + char + code[at + 1 :])


@pytest.mark.parametrize("code", ["", "9199999900000000", "91999999I00000003R", synthetic_uscc().lower()])
def test_what_is_no_credit_code_does_not_check(code):
    assert not is_uscc(code)


@pytest.mark.parametrize(
    ("vin", "checks"),
    [
        ("11111111111111111", True),
        ("1M8GDM9AXKP042788", True),
        ("1M8GDM9A1KP042788", False),
        ("1M8GDM9AXKP04278", False),
        ("1M8GDM9AXKPO42788", False),
    ],
)
def test_a_vin_is_told_from_one_with_a_wrong_check_digit(vin, checks):
    assert has_vin_check(vin) is checks
