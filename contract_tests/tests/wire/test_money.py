"""Money on the wire: exact in both directions, refused rather than rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Money
from gateway.wire import CannotSend, Unreadable, money, money_codec, wan_out, yuan_in, yuan_number_out, yuan_out

AMOUNTS = st.integers(min_value=-(10**15), max_value=10**15)


def cny(amount: int) -> Money:
    return Money(amount=amount, currency="CNY")


@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize(
    "arguments", [("fen",), ("yuan",), ("wan",), ("yuan", "min"), ("yuan", "4"), ("wan", "6")], ids=str
)
@given(amount=AMOUNTS)
def test_what_is_sent_in_yuan_reads_back(emit, arguments, numbers, amount):
    codec = emit("money", *arguments, json=numbers, numbers=numbers)
    assert codec.read(codec.send(cny(amount))) == cny(amount)


@pytest.mark.parametrize("unit", ["minor", "major"])
@pytest.mark.parametrize("currency", ["CNY", "JPY", "KWD", "EUR"])
@given(amount=AMOUNTS)
def test_what_is_sent_in_any_currency_reads_back(emit, unit, currency, amount):
    codec = emit("money", unit)
    sent = codec.send(Money(amount=amount, currency=currency), None)
    assert codec.read(sent, currency) == Money(amount=amount, currency=currency)


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.00"), (5, "0.05"), (636, "6.36"), (-5, "-0.05"), (-1234, "-12.34"), (100000, "1000.00")]
)
def test_yuan_are_written_with_two_decimals(amount, text):
    assert yuan_out(cny(amount)) == text
    assert yuan_number_out(cny(amount)) == Decimal(text)
    assert str(yuan_number_out(cny(amount))) == text


def test_places_decide_the_digits_a_signature_will_cover(emit):
    assert emit("money", "yuan", "min").send(cny(500)) == "5"
    assert emit("money", "yuan", "min").send(cny(550)) == "5.5"
    assert emit("money", "yuan", "4").send(cny(550)) == "5.5000"
    assert emit("money", "major").send(Money(amount=500, currency="JPY"), None) == "500"
    assert emit("money", "major").send(Money(amount=1500, currency="KWD"), None) == "1.500"
    assert wan_out(cny(15_000_000)) == "15"
    assert wan_out(cny(123_456)) == "0.123456"


@pytest.mark.parametrize(
    "text",
    ["12.345", "1e5", "NaN", "Infinity", "", " ", "1,234.00", "+5.00", "５.00", "1_0.00", ".50", "5.", "--1", "0x10"],
)
def test_what_is_no_plain_amount_is_unreadable(text):
    with pytest.raises(Unreadable):
        yuan_in(text)


@pytest.mark.parametrize("value", [None, 12.3, 12, True, {}, ["12.30"], Decimal("12.30")])
def test_a_text_amount_is_read_from_text_only(value):
    with pytest.raises(Unreadable):
        yuan_in(value)


@pytest.mark.parametrize("value", ["12.30", 12.3, True, Decimal("NaN"), Decimal("1E+3"), Decimal("12.345")])
def test_a_number_amount_is_read_from_exact_numbers_only(emit, value):
    with pytest.raises(Unreadable):
        emit("money", "yuan", json=True, numbers=True).read(value)


@pytest.mark.parametrize(("text", "amount"), [("12.3", 1230), ("12", 1200), (" 12.30 ", 1230), ("012.30", 1230)])
def test_fewer_digits_and_filling_are_no_fault(text, amount):
    assert yuan_in(text) == cny(amount)


def test_the_amount_that_does_not_fit_is_told():
    with pytest.raises(Unreadable, match=r"'12\.345' yuan is not a whole number of fen"):
        yuan_in("12.345")


def test_rounding_happens_only_where_the_row_says_so(emit):
    rounding = emit("money", "wan", "2", rounding="half_up")
    assert rounding.send(cny(123_456_789)) == "123.46"
    with pytest.raises(CannotSend, match="more than 2 decimal places"):
        emit("money", "wan", "2").send(cny(123_456_789))
    assert emit("money", "yuan", rounding="half_up").read("12.345") == cny(1235)
    assert emit("money", "yuan", rounding="down").read("12.349") == cny(1234)


def test_another_currency_is_refused_not_converted(emit):
    with pytest.raises(CannotSend, match="takes CNY only, the amount is in USD"):
        yuan_out(Money(amount=1, currency="USD"))
    with pytest.raises(CannotSend, match="takes EUR here, the amount is in CNY"):
        emit("money", "major").send(cny(1), "EUR")


@pytest.mark.parametrize("currency", [None, "cny", "RMB元", "", 156])
def test_an_amount_without_a_proper_currency_is_unreadable(emit, currency):
    with pytest.raises(Unreadable, match="no currency code"):
        emit("money", "major").read("5.00", currency)


def test_forty_digits_are_exact_and_more_are_refused(emit):
    wide = emit("money", "yuan", json=True, numbers=True)
    assert wide.read(10**37 + 1) == cny((10**37 + 1) * 100)
    assert str(wide.send(cny(10**38 + 1))) == "1" + "0" * 36 + ".01"
    with pytest.raises(Unreadable):
        yuan_in("1" * 41)


GENERAL = money._currency_codec("major", None, None, number=False)
CODES = st.sampled_from(["CNY", "JPY", "KWD", "EUR", "XXX", "cny", "CNYX", "", None, 7])


@given(amount=AMOUNTS, currency=st.sampled_from(["CNY", "JPY", "KWD"]), demanded=CODES)
def test_an_amount_in_major_units_is_written_fast_exactly_as_in_general(amount, currency, demanded):
    told = Money(amount=amount, currency=currency)
    fast = money_codec("major", None, None, False)
    assert outcome(fast.send, told, demanded) == outcome(GENERAL.send, told, demanded)


@given(
    text=st.one_of(st.from_regex(r"\A-?[0-9]{0,6}\.?[0-9]{0,4}\Z"), st.text(max_size=8), st.just("١.٢٣")),
    currency=CODES,
)
def test_an_amount_in_major_units_is_read_fast_exactly_as_in_general(text, currency):
    fast = money_codec("major", None, None, False)
    assert outcome(fast.read, text, currency) == outcome(GENERAL.read, text, currency)


def outcome(call, *arguments):
    try:
        return call(*arguments)
    except (CannotSend, Unreadable) as error:
        return type(error), str(error)
