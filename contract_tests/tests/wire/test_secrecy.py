"""No error of the wire quotes a person: whatever value stands in whatever field."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import Secret, WireError
from gateway.wire.shown import masked, shown_amount, shown_code, shown_date

PEOPLE = (
    "张三", "某某某女士", "Jane Q. Example", "O'Neil", "999999199003071234", "99999919900307123X", "13800000001",
    "+8613800000001", "jane@example.test", "6222000000000000001", "Sample Road 1, Sampletown", "999999900307123",
)  # fmt: skip

CODECS = [
    ("int", ()), ("decimal", ("2",)), ("money", ("yuan",)), ("money", ("fen",)), ("money", ("wan",)), ("percent", ("0",)),
    ("date", ("yyyyMMdd",)), ("date", ("dd-MMM-yyyy",)), ("datetime", ("iso",)), ("datetime", ("epoch_s",)),
    ("time", ("HHmm",)), ("flag", ("Y/N",)), ("present", ("Y", "N")), ("phone", ("E164",)), ("base64", ()),
    ("json", ()), ("raw", ()), ("affix", ("a", "b")), ("pairs", ("k", "v")), ("until", ("yyyyMMdd", "1d")),
]  # fmt: skip


def outcome(call: Callable[..., object], *arguments: object) -> str:
    try:
        call(*arguments)
    except WireError as error:
        # A cause that would be printed with it could quote what the message does not.
        return str(error) + ("" if error.__suppress_context__ else str(error.__context__ or ""))
    return ""


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("name", "arguments"), CODECS, ids=str)
def test_no_codec_quotes_a_person_who_stands_in_the_wrong_field(emit, name, arguments, person):
    for json in (False, True):
        read = emit(name, *arguments, json=json, numbers=json).read
        for value in (person, [person], {"k": person}):
            assert person not in outcome(read, value)


@pytest.mark.parametrize("person", PEOPLE)
def test_no_way_of_showing_a_value_shows_a_person(person):
    for show in (masked, shown_amount, shown_date):
        assert person not in show(person)
    if not person.isascii() or " " in person or any(c.isdigit() for c in person):
        assert person not in shown_code(person)


@given(st.text())
def test_a_masked_value_tells_type_and_length_only(text):
    assert masked(text) == f"a text of {len(text)} characters"


def test_what_may_be_quoted_is_quoted():
    assert [shown_amount("12.345"), shown_amount(5), shown_amount(Decimal("1.5"))] == ["'12.345'", "'5'", "'1.5'"]
    assert [shown_date("20261301"), shown_date("2026-02-30T00:00:00Z")] == ["'20261301'", "'2026-02-30T00:00:00Z'"]
    assert [shown_code("77"), shown_code("AGE_LIMIT"), shown_code(True)] == ["'77'", "'AGE_LIMIT'", "'True'"]


def test_the_kinds_of_values_have_names():
    assert [masked(v) for v in (None, True, 5, 1.5, {}, [1], (1, 2))] == [
        "nothing", "a boolean", "a number", "a number", "an object", "a list of 1", "a list of 2"
    ]  # fmt: skip


def test_a_secret_cannot_be_printed():
    secret = Secret("hush")
    for text in (str(secret), repr(secret), f"{secret}", f"{secret:>10}", str([secret]), str({"k": secret})):
        assert "hush" not in text
