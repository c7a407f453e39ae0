"""Functions that work a value out of others, against figures worked out by hand."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.model import Gender, Money
from gateway.wire import (
    CannotSend,
    allot,
    days_later,
    divided,
    divided_whole,
    given_name,
    id_birth_date,
    id_gender,
    joined,
    length,
    lower,
    money_of,
    months_later,
    name_in,
    name_out,
    padded,
    part_of,
    position_of,
    replaced,
    rounded,
    rounded_whole,
    slice_of,
    surname,
    today_of,
    trim,
    uuid_of,
    years_later,
)

EAST = "+08:00"


def test_an_identity_number_tells_birth_date_and_gender():
    assert id_birth_date("999999199003071234") == date(1990, 3, 7)
    assert id_gender("999999199003071234") is Gender.male
    assert id_gender("99999919900307124X") is Gender.female


@pytest.mark.parametrize(
    "number",
    [None, "", "E1234567", "99999919900307", "999999199013071234", "9999991990030712345", "99999919900307１234", 5],
)
def test_any_other_number_tells_nothing(number):
    assert id_birth_date(number) is None
    assert id_gender(number) is None


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("张三", "张", "三"), ("欧阳小明", "欧阳", "小明"), ("欧阳", "欧", "阳"), ("Mary Ann Lee", "Lee", "Mary Ann"),
        ("古丽·买买提", "古丽·买买提", None), ("Cher", "Cher", None), (" 李四 ", "李", "四"), ("", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_a_name_is_split_where_its_kind_of_name_is_split(name, family, given):
    assert (surname(name), given_name(name)) == (family, given)


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("山田　太郎", "山田", "太郎"), ("髙橋 ゆう子", "髙橋", "ゆう子"), ("ヤマダ タロウ", "ヤマダ", "タロウ"), ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ", "ﾀﾛｳ"),
        ("佐々木 一", "佐々木", "一"), ("김 철수", "김", "철수"), ("김철수", "김", "철수"), ("たろう", "たろう", None),
        ("Jörg Peter Müller", "Müller", "Jörg Peter"), ("Müller", "Müller", None), ("Øystein", "Øystein", None),
        ("Анна Иванова", "Иванова", "Анна"), ("สมชาย ใจดี", "ใจดี", "สมชาย"), ("Mary 李", "李", "Mary"),
    ],
)  # fmt: skip
def test_the_family_stands_first_in_east_asia_and_last_elsewhere(name, family, given):
    assert (surname(name), given_name(name)) == (family, given)


@pytest.mark.parametrize(
    "name", ["Jörg Peter Müller", "Müller", "Анна Иванова", "Mary Ann Lee", "张三", "欧阳小明", "김철수", "Mary 李"]
)
@pytest.mark.parametrize("family_first", [True, False])
def test_a_name_in_two_fields_is_read_as_it_was_sent(name, family_first):
    assert name_in(name_out(name, family_first), family_first) == name


@pytest.mark.parametrize(
    ("family", "given", "whole"),
    [("山田", "太郎", "山田太郎"), ("Müller", "Jörg", "Jörg Müller"), ("Çelik", "", "Çelik")],
)
def test_a_name_is_put_together_as_its_language_writes_it(family, given, whole):
    assert name_in(f"{family}|{given}", family_first=True) == whole


@given(some.integers(-(10**12), 10**12), some.lists(some.integers(0, 10**6), min_size=1, max_size=20))
def test_the_parts_of_a_total_add_up_and_differ_from_their_quota_by_less_than_one(total, weights):
    if not sum(weights):
        with pytest.raises(CannotSend):
            allot(total, weights, 1)
        return
    parts = [allot(total, weights, number) for number in range(1, len(weights) + 1)]
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Decimal(total) * weight / sum(weights)) < 1


def test_what_is_left_goes_to_the_largest_fractions_and_then_to_the_earlier():
    assert [allot(100, [1, 1, 1], number) for number in (1, 2, 3)] == [34, 33, 33]
    assert [allot(100, [15, 25, 60], number) for number in (1, 2, 3)] == [15, 25, 60]
    assert [allot(10, [1, 2, 2], number) for number in (1, 2, 3)] == [2, 4, 4]
    assert [allot(7, [Decimal("0.3"), None, Decimal("0.7")], number) for number in (1, 2, 3)] == [2, 0, 5]
    assert allot(5, [1], 2) is None


def test_division_rounds_as_it_is_told_and_has_no_answer_by_zero():
    assert divided(100, 3, 2, "half_up") == Decimal("33.33")
    assert divided(1, 8, 2, "half_up") == Decimal("0.13")
    assert divided(1, 8, 2, "half_even") == Decimal("0.12")
    assert divided(-1, 8, 2, "half_up") == Decimal("-0.13")
    assert divided(Decimal("0.125000000000000000001"), 1, 2, "half_even") == Decimal("0.13")
    assert rounded(Decimal("2.675"), 2, "half_up") == Decimal("2.68")
    assert (divided_whole(7, 2, 0, "up"), rounded_whole(Decimal("2.5"), 0, "half_even")) == (4, 2)
    assert divided(1, 0, 2, "half_up") is None
    assert divided(None, 2, 2, "half_up") is None


def test_days_months_and_years_move_on_the_carriers_calendar():
    assert days_later(date(2026, 2, 28), 1, EAST) == date(2026, 3, 1)
    assert months_later(date(2026, 1, 31), 1, EAST) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 31), -2, EAST) == date(2025, 11, 30)
    assert years_later(date(2024, 2, 29), 1, EAST) == date(2025, 2, 28)
    midnight = datetime(2026, 1, 30, 16, tzinfo=UTC)
    assert months_later(midnight, 1, EAST) == datetime(2026, 2, 28, tzinfo=timezone(timedelta(hours=8)))
    assert days_later(None, 1, EAST) is None
    for far in (10**7, -(10**7)):
        with pytest.raises(CannotSend):
            days_later(date(2026, 1, 1), far, EAST)
        with pytest.raises(CannotSend):
            months_later(date(2026, 1, 1), far, EAST)


def test_today_is_the_carriers_day():
    assert today_of(datetime(2026, 2, 28, 16, tzinfo=UTC), EAST) == date(2026, 3, 1)


def test_texts_are_cut_joined_and_measured():
    assert (lower("AbC"), trim("\u3000 x "), trim("  "), length("张三")) == ("abc", "x", None, 2)
    assert (slice_of("abcdef", 1, 3), slice_of("abcdef", -2), slice_of(12345, 0, 2)) == ("bc", "ef", "12")
    assert (part_of("a-b-c", "-", 1), part_of("a-b-c", "-", -1), part_of("a-b-c", "-", 3)) == ("b", "c", None)
    assert replaced("2026-01-02", "-", "") == "20260102"
    assert (padded("7", 3), padded("7", -3, " ")) == ("007", "7  ")
    with pytest.raises(CannotSend):
        padded("1234", 3)
    assert uuid_of("R1") == str(UUID(str(uuid_of("R1")))) == uuid_of("R1") != uuid_of("R2")
    assert (joined(["a", None, "b"], ";"), joined([None], ";"), joined([], ";")) == ("a;b", None, None)
    assert position_of([False, None, True]) == 3
    assert position_of([]) is None


@pytest.mark.parametrize("value", [None, {"a": "1"}, ["a"]])
def test_what_is_no_text_has_no_part(value):
    assert [each(value) for each in (lower, trim, length)] == [None, None, None]
    assert (
        slice_of(value, 0),
        part_of(value, "-", 0),
        replaced(value, "a", "b"),
        padded(value, 3),
        uuid_of(value),
    ) == (None,) * 5


def test_money_of_an_absent_part_is_absent():
    assert money_of(5, "CNY") == Money(amount=5, currency="CNY")
    assert money_of(None, "CNY") is None
    assert money_of(5, None) is None
