"""The syntax of codecs: a word, arguments between semicolons, codecs inside codecs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.mapping.codecs import argument_mark, parse_codec, print_codec
from cli.mapping.grammar import SyntaxFault
from gateway.catalogue.marks import Mark

HERE = Mark("carrier.yaml", 3, 11)


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("upper", "upper", ()),
        ("text()", "text", ()),
        ("date(yyyyMMdd)", "date", ("yyyyMMdd",)),
        ("datetime(yyyy-MM-dd HH:mm:ss)", "datetime", ("yyyy-MM-dd HH:mm:ss",)),
        ("pad(8; )", "pad", ("8", " ")),
        ("affix(;元)", "affix", ("", "元")),
        ("flag(是/否)", "flag", ("是/否",)),
        ("until(yyyy-MM-dd;1d)", "until", ("yyyy-MM-dd", "1d")),
        ("affix('/Date(';')/')", "affix", ("'/Date('", "')/'")),
        ("date(yyyy'(;)'MM)", "date", ("yyyy'(;)'MM",)),
        ("pad(3;')", "pad", ("3", "'")),
    ],
)
def test_arguments_are_the_texts_between_the_semicolons_untouched(text, name, arguments):
    codec = parse_codec(text, HERE)
    assert (codec.name, codec.arguments) == (name, arguments)


def test_a_bracket_that_is_not_quoted_says_how_it_is():
    with pytest.raises(SyntaxFault) as refused:
        parse_codec("affix(/Date(;)/;datetime(epoch_ms))", HERE)
    assert "is quoted: affix('/Date(';" in (refused.value.hint or "")


def test_a_codec_inside_a_codec_has_a_place_of_its_own():
    codec = parse_codec("number(money(yuan;2))", HERE)
    (inner,) = codec.arguments
    assert (inner.name, inner.arguments, inner.mark) == ("money", ("yuan", "2"), HERE.shifted(7))


def test_an_argument_is_found_again_behind_the_ones_before_it():
    codec = parse_codec("pairs(key;value)", HERE)
    assert argument_mark(codec, 1) == HERE.shifted(len("pairs(key;"))


@pytest.mark.parametrize(
    ("text", "offset"),
    [("", 0), ("1st", 0), ("date(yyyy", 4), ("date)x", 4), ("a(b))", 4), ("a(b(c(d(e(f)))))", 8), ("a" * 301, 0)],
)
def test_what_is_no_codec_is_refused_at_its_character(text, offset):
    with pytest.raises(SyntaxFault) as refused:
        parse_codec(text, HERE)
    assert refused.value.offset == offset


@given(st.text("abc(;)1 ", max_size=30))
def test_a_codec_that_is_read_is_printed_as_one_that_reads_the_same(text):
    try:
        codec = parse_codec(text, HERE)
    except SyntaxFault:
        return
    again = parse_codec(print_codec(codec), HERE)
    assert (again.name, print_codec(again)) == (codec.name, print_codec(codec))
