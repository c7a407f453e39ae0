"""Texts and flags: nothing is guessed, and a text is quoted in no error."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Money
from gateway.wire import CannotSend, Unreadable, bool_in, number_in, number_out, text_in
from gateway.wire.codecs import Site, Written, WrongKind, plan_codec

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=40)


@given(TEXTS)
def test_texts_read_back(emit, text):
    for name, arguments in (("text", ()), ("unescape", ()), ("base64", ()), ("affix", ("<<", ">>")), ("cut", ("40",))):
        codec = emit(name, *arguments)
        assert codec.read(codec.send(text)) == text


@given(st.binary(max_size=100))
def test_bytes_in_base64_read_back(emit, content):
    codec = emit("base64", kind="bytes")
    assert codec.read(codec.send(content)) == content


@given(st.text(alphabet="123456789ABC", max_size=8))
def test_filled_texts_read_back(emit, text):
    for arguments in (("8", "0"), ("-8", " "), ("12", "*")):
        codec = emit("pad", *arguments)
        assert codec.read(codec.send(text)) == (text or ("0" if arguments[1] == "0" else ""))


@pytest.mark.parametrize("value", [1, 1.5, None, True, {}, []])
def test_a_text_is_a_text(value):
    with pytest.raises(Unreadable, match="expected a text"):
        text_in(value)


def test_case_is_the_same_on_both_sides(emit):
    assert emit("upper").send("11010119900307001x") == "11010119900307001X"
    assert emit("upper").read("11010119900307001x") == "11010119900307001X"
    assert emit("lower").read("Q@EXAMPLE.test") == "q@example.test"


def test_what_does_not_fit_is_refused_and_what_may_be_cut_is_cut(emit):
    with pytest.raises(CannotSend, match="a text of 9 characters does not fit in 8"):
        emit("pad", "8", "0").send("123456789")
    assert emit("cut", "3").send("abcdef") == "abc"
    assert emit("pad", "5", "0").send("42") == "00042"
    assert emit("pad", "5", "0").read("00000") == "0"


def test_a_text_without_its_constants_is_unreadable(emit):
    codec = emit("affix", "NO:", ";")
    assert codec.read("NO:17;") == "17"
    for text in ("17", "NO:17", "NO:", "", 5):
        with pytest.raises(Unreadable):
            codec.read(text)


def test_references_are_undone_once(emit):
    assert emit("unescape").read("A &amp;amp; B &#x4e2d;") == "A &amp; B 中"


def test_base64_that_is_none_is_unreadable(emit):
    assert emit("base64").read("5Lit\n5paH") == "中文"
    for text in ("中文", "abc", "5Lit*", "//79"):
        with pytest.raises(Unreadable):
            emit("base64").read(text)


def test_flags_know_two_texts_and_no_third(emit):
    codec = emit("flag", "Y/N")
    assert (codec.send(True), codec.send(False)) == ("Y", "N")
    assert (codec.read("Y"), codec.read("N")) == (True, False)
    for value in ("y", "", "true", 1, None, True):
        with pytest.raises(Unreadable, match="expected Y or N"):
            codec.read(value)


def test_a_flag_of_numbers_takes_numbers_and_no_booleans(emit):
    codec = emit("number", Written("flag", ("1/0",)), json=True)
    assert (codec.send(True), codec.send(False)) == (1, 0)
    assert codec.read(0) is False
    for value in ("1", True, 2):
        with pytest.raises(Unreadable):
            codec.read(value)


def test_booleans_are_booleans():
    assert bool_in(True) is True
    for value in ("true", 1, 0, None):
        with pytest.raises(Unreadable, match="expected true or false"):
            bool_in(value)


def test_presence_is_told_by_two_texts(emit):
    codec = emit("present", "Y", "N")
    assert (codec.send(object()), codec.send(None)) == ("Y", "N")
    assert (codec.read("Y"), codec.read("N")) == (True, False)


@pytest.mark.parametrize(("number", "sent"), [("13800000002", "+8613800000002"), ("+81 90-1234-5678", "+819012345678")])
def test_phone_numbers_go_out_with_their_country_code(emit, number, sent):
    codec = emit("phone", "E164")
    assert codec.send(number) == sent
    assert codec.read(sent) == number.replace(" ", "").replace("-", "")


def test_a_bare_foreign_number_is_refused(emit):
    with pytest.raises(CannotSend, match="country code"):
        emit("phone", "E164").send("5551234")
    with pytest.raises(Unreadable):
        emit("phone", "E164").read("13800000002")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_texts_of_numbers_pass_through_a_wire_number(number):
    text = format(number, "f")
    if not text.startswith("-0") or number:
        assert number_in(number_out(text)) == text


@pytest.mark.parametrize("text", ["007", "1e5", "", "NaN", " 1", "1."])
def test_a_code_with_leading_zeros_never_becomes_a_number(text):
    with pytest.raises(CannotSend, match="cannot be written as a number"):
        number_out(text)


@pytest.mark.parametrize(
    ("codec", "ours", "theirs", "kind"),
    [
        (("pad", "12", "0", Written("money", ("fen",))), Money(amount=12345, currency="CNY"), "000000012345", "money"),
        (("affix", "", "%", Written("percent", ("0",))), "1/2", "50%", "share"),
        (("upper", Written("date", ("dd-MMM-yyyy",))), date(2026, 3, 1), "01-MAR-2026", "date"),
        (("affix", "No ", "", Written("pad", ("4", "0", "int"))), 7, "No 0007", "int"),
        (("grouped", Written("money", ("yuan",))), Money(amount=123456789, currency="CNY"), "1,234,567.89", "money"),
        (("grouped", ".", ",", Written("decimal", ("2",))), Decimal("-1234.50"), "-1.234,50", "decimal"),
        (("grouped", "", ",", Written("decimal", ("2",))), Decimal("1234.50"), "1234,50", "decimal"),
        (("overpunch", "7", Written("money", ("fen",))), Money(amount=12345, currency="CNY"), "001234E", "money"),
        (("overpunch", "7", Written("money", ("fen",))), Money(amount=-12340, currency="CNY"), "001234}", "money"),
        (("overpunch", "5-", "int"), 120, "00120", "int"),
        (("overpunch", "5-", "int"), -129, "0012R", "int"),
        (("base64", Written("int")), 5, "NQ==", "int"),
        (("scaled", "-2"), 175, "1.75", "int"),
        (("scaled", "3"), Decimal("0.00125"), "1.25", "decimal"),
        (("name", "family|given"), "欧阳小明", "欧阳|小明", "text"),
        (("name", "given|family"), "Mary Ann Lee", "Mary Ann|Lee", "text"),
        (("decimal", "1+"), Decimal("5.00"), "5.0", "decimal"),
        (("decimal", "1+"), Decimal("5.25"), "5.25", "decimal"),
        (("money", "yuan", "1+"), Money(amount=500, currency="CNY"), "5.0", "money"),
    ],
)
def test_a_codec_works_on_what_another_makes_in_both_directions(emit, codec, ours, theirs, kind):
    made = emit(*codec, kind=kind)
    assert made.send(ours) == theirs
    assert made.read(theirs) == ours


@pytest.mark.parametrize("text", ["1,23", "1234,567", ",123", "1,,234", "1.2.3", "", "--1", "1,234,56.00", "１,２３４"])
def test_a_number_whose_groups_are_not_of_three_is_unreadable(emit, text):
    with pytest.raises(Unreadable):
        emit("grouped", Written("decimal"), kind="decimal").read(text)


@pytest.mark.parametrize("text", ["", "{", "12S", "1{2", "1-2", "１{", "0" * 5000 + "{"])
def test_what_is_no_number_with_its_sign_over_the_last_digit_is_unreadable(emit, text):
    read = emit("overpunch", "9", "int", kind="int").read
    if text == "{":
        assert read(text) == 0
        return
    with pytest.raises(Unreadable):
        read(text)


def test_a_number_longer_than_its_field_is_refused_and_a_plain_last_digit_is_not_below_zero(emit):
    made = emit("overpunch", "3", "int", kind="int")
    with pytest.raises(CannotSend, match="has 4 digits, its field 3"):
        made.send(1234)
    assert [made.read(text) for text in ("123", "12C", "12L", "00}")] == [123, 123, -123, 0]


def test_a_text_is_cut_to_whole_characters_that_fit_the_bytes_of_the_wires_charset(emit):
    assert emit("cut", "5", "bytes", charset="GBK").send("张a三b") == "张a三"
    assert emit("cut", "4", "bytes", charset="GBK").send("张a三b") == "张a"
    assert emit("cut", "4", "bytes", charset="utf-8").send("张a三") == "张a"
    assert emit("cut", "400", "bytes", charset="utf-8").send("张a三") == "张a三"


def test_a_codec_that_works_on_texts_asks_for_the_one_that_makes_them():
    with pytest.raises(WrongKind, match="upper alone converts a text, but the canonical field is a date"):
        plan_codec(Written("upper"), Site(kind="date"))
    with pytest.raises(WrongKind, match="money converts a money, but the canonical field is a date"):
        plan_codec(Written("pad", ("9", "0", Written("money", ("fen",)))), Site(kind="date"))
