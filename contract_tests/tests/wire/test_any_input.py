"""Whatever a carrier sends, reading it ends in a value or in `Unreadable`: nothing else is ever raised."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import Unreadable, base64_in, charset_in, form_in, gzip_in, hex_in, json_in, percent_in, xml_in
from gateway.wire.codecs import Written

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.floats()
    | st.text(max_size=30)
    | st.text(alphabet="0123456789-+.:/TZ eE", max_size=24)
)
VALUES = st.recursive(
    LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=3), v, max_size=3), max_leaves=5
)

CODECS = [
    ("text", ()), ("upper", ()), ("pad", ("8", "0")), ("affix", ("a", "b")), ("unescape", ()), ("int", ()),
    ("decimal", ("2",)), ("decimal", ()), ("money", ("fen",)), ("money", ("yuan",)), ("money", ("wan",)),
    ("money", ("yuan", "min")), ("percent", ("2",)), ("date", ("yyyyMMdd",)), ("date", ("yyyy-MM-dd",)),
    ("date", ("d/M/yyyy",)), ("date", ("dd-MMM-yyyy",)), ("date", ("excel",)), ("date", ("epoch_ms",)),
    ("datetime", ("yyyyMMddHHmmss",)), ("datetime", ("iso",)), ("datetime", ("epoch_s",)), ("datetime", ("excel",)),
    ("time", ("HHmmss",)), ("until", ("yyyyMMdd", "1d")), ("until", ("yyyyMMddHHmmss", "1s")), ("flag", ("Y/N",)),
    ("flag", ("true/false",)), ("present", ("Y", "N")), ("phone", ("E164",)), ("base64", ()), ("json", ()),
    ("json", ("2",)), ("raw", ()), ("pairs", ("k", "v")), ("number", (Written("text"),)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), CODECS, ids=str)
@given(value=VALUES)
def test_a_codec_reads_or_says_unreadable(emit, name, arguments, value):
    for json in (False, True):
        if json or name != "number":
            with suppress(Unreadable):
                emit(name, *arguments, json=json, numbers=json).read(value)


@pytest.mark.parametrize("unit", ["minor", "major"])
@given(value=VALUES, currency=VALUES)
def test_money_of_any_currency_reads_or_says_unreadable(emit, unit, value, currency):
    for numbers in (False, True):
        with suppress(Unreadable):
            emit("money", unit, json=numbers, numbers=numbers).read(value, currency)


@pytest.mark.parametrize("read", [json_in, xml_in, form_in, base64_in, hex_in, gzip_in], ids=lambda f: f.__name__)
@given(
    body=st.binary(max_size=80) | st.text(alphabet='{}[]",:<>/=&%;!0123456789abcdefu\\-.', max_size=60).map(str.encode)
)
def test_a_layer_reads_or_says_unreadable(read, body):
    with suppress(Unreadable):
        read(body)


@given(body=st.binary(max_size=80))
def test_text_reads_or_says_unreadable(body):
    for charset in ("UTF-8", "GBK", "gb18030", "latin-1"):
        with suppress(Unreadable):
            percent_in(charset_in(body, charset), charset)


def test_numbers_at_the_edge_are_values_or_unreadable(emit):
    for value in (Decimal("1E+999999"), Decimal("1E-999999"), Decimal("sNaN"), Decimal("-0"), 10**5000):
        for name, arguments in (("decimal", ()), ("money", ("yuan",)), ("percent", ("2",)), ("datetime", ("excel",))):
            with suppress(Unreadable):
                emit(name, *arguments, json=True, numbers=True).read(value)
