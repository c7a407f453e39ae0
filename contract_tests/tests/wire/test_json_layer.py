"""The JSON layer: exact numbers, one meaning, limits."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import CannotSend, Unreadable, json_in, json_out, json_text_in, json_text_numbers_in, json_text_out
from gateway.wire.limits import DEPTH_MAX

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=12)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(min_value=-(2**63), max_value=2**63) | TEXTS | DECIMALS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=25,
)


@given(tree=TREES)
def test_what_is_written_reads_back_exactly(tree):
    for options in ({}, {"escaped": True}, {"separators": "spaced"}, {"separators": "indented"}, {"keys_sorted": True}):
        assert json_in(json_out(tree, **options)) == tree


@given(tree=TREES)
def test_escaped_json_is_ascii_and_means_the_same(tree):
    body = json_out(tree, escaped=True)
    assert body.isascii()
    assert json.loads(body) == json.loads(json_out(tree))


def test_the_bytes_are_the_ones_a_signature_will_cover():
    tree = {"b": Decimal("5.00"), "a": "中文/\U0002000b", "n": None}
    assert json_out(tree) == '{"b":5.00,"a":"中文/\U0002000b","n":null}'.encode()
    assert json_out(tree, keys_sorted=True).startswith(b'{"a"')
    assert json_out(tree, separators="spaced").startswith(b'{"b": 5.00, "a"')
    assert json_out({"a": "中\U0002000b"}, escaped=True) == b'{"a":"\\u4e2d\\ud840\\udc0b"}'


def test_numbers_keep_their_digits():
    assert json_in(b'{"a":5.00,"b":0.1,"c":123456789012345678901234567890}') == {
        "a": Decimal("5.00"),
        "b": Decimal("0.1"),
        "c": 123456789012345678901234567890,
    }
    assert str(json_in(b"[5.00]")[0]) == "5.00"
    assert json_text_numbers_in(b'{"a":5.00,"b":7,"c":1e5}') == {"a": "5.00", "b": "7", "c": "1e5"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"a":1,"a":2}', "a key comes twice"),
        (b'{"x":{"a":1,"b":2,"a":1}}', "a key comes twice"),
        (b'{"a":NaN}', "NaN is no number"),
        (b"[-Infinity]", "-Infinity is no number"),
        (b'["\\ud800"]', "half a surrogate pair"),
        (b'{"a":' + b"1" * 50 + b"}", "more than 40 digits"),
        (b"<html>busy</html>", "not JSON"),
        (b"", "not JSON"),
        (b'{"a":1', "not JSON"),
        (b'{"a":1} {"b":2}', "not JSON"),
        (b"{'a':1}", "not JSON"),
        ("{'名':1}".encode("gbk"), "not UTF-8 at byte 2"),
        (b"[" * (DEPTH_MAX + 2) + b"]" * (DEPTH_MAX + 2), "nests deeper"),
        (b"[" * 100_000 + b"]" * 100_000, "nests deeper"),
        (b" " * (8 * 1024 * 1024 + 1), "longer than"),
        (b"[" + b"1," * 200_001 + b"1]", "more than 200000 values"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_has_no_single_meaning_is_unreadable(body, said):
    for read in (json_in, json_text_numbers_in):
        with pytest.raises(Unreadable, match=said):
            read(body)


@pytest.mark.parametrize(
    "body", ['{"a":"1","a":"2"}', '{"a":"1","\\u0061":"2"}', '{"a":"1","a":"\\u003a"}', '[{"b:":"\\u003A","b:":":"}]']
)
def test_a_key_that_comes_twice_is_seen_however_it_is_written(body):
    with pytest.raises(Unreadable, match="a key comes twice"):
        json_text_numbers_in(body)


WRITTEN = st.sampled_from(
    (
        *(
            '"a"',
            r'"\u0061"',
            '"b:"',
            r'"b\u003a"',
            '":"',
            r'"\""',
            r'"\\"',
            r'"\/"',
            '"中"',
            '"{"',
            '" "',
            '"\x01"',
            "'a'",
        ),
        *(r'"\ud800"', r'"\udc00\ud800"', r'"\ud83d\ude00"', r'"\ud83d\u0041"', r'"\x"', r'"\u00"', r'"\u0000"'),
    )
)
SOURCES = st.recursive(
    WRITTEN | WRITTEN | st.sampled_from(("null", "true", "False", "NaN", "", "7", "-0", "01", "1.50", "1e400")),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(WRITTEN, inner), max_size=4).map(lambda pairs: f"{{{', '.join(map(': '.join, pairs))}}}")
    ),
    max_leaves=12,
)


def read_or_refused(read, source):
    try:
        return "read", read(source)
    except Unreadable as refused:
        return "refused", str(refused)


@given(source=SOURCES, depth=st.sampled_from((0, 1, 9)))
def test_whether_numbers_are_kept_as_texts_changes_nothing_else(source, depth):
    source = "[" * depth + source + "]" * depth
    exact, texts = read_or_refused(json_in, source), read_or_refused(json_text_numbers_in, source)
    has_numbers = any(number in source for number in ("7", "-0", "1.50", "1e400"))
    assert texts == exact or (has_numbers and texts[0] == exact[0] == "read")


def test_depth_is_counted_as_nesting_not_as_brackets():
    wide = b"[" + b",".join([b"[[]]"] * 200) + b"]"
    assert len(json_in(wide)) == 200
    deep = b"[" * DEPTH_MAX + b"]" * DEPTH_MAX
    assert json_in(deep)


def test_a_byte_order_mark_is_no_fault():
    assert json_in(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_errors_do_not_quote_the_message():
    with pytest.raises(Unreadable) as caught:
        json_in('{"name":"某某某", oops'.encode())
    assert "某" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("tree", [{"a": "\ud800"}, {"a": object()}])
def test_what_json_cannot_say_is_refused_before_sending(tree):
    with pytest.raises(CannotSend):
        json_out(tree)


@pytest.mark.parametrize("times", [1, 2, 3])
@given(tree=TREES)
def test_json_inside_a_field_reads_back(times, tree):
    assert json_text_in(json_text_out(tree, times), times) == tree


def test_json_inside_a_field_is_as_strict_as_outside():
    for value in ('{"a":1,"a":2}', "oops", 5, None):
        with pytest.raises(Unreadable):
            json_text_in(value)
    with pytest.raises(Unreadable, match="expected JSON text, found an object"):
        json_text_in('{"a":1}', 2)
