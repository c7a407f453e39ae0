"""The path grammar, in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path, print_path
from cli.mapping.tree import Path, Segment, Selector
from gateway.catalogue.marks import Mark

HERE = Mark("carrier.yaml", 3, 7)

GOOD = {
    ".": ("", 0, None),
    "Head.TranNo": ("", 2, None),
    "/insureds": ("/", 1, None),
    "^^Actor.Name": ("^^", 2, None),
    "@from": ("", 0, "from"),
    "^@to": ("^", 0, "to"),
    "Person.Sex@code": ("", 2, "code"),
    "id_docs.0.number": ("", 3, None),
    r"com\.x_IdNo": ("", 1, None),
    "被保人.姓名": ("", 2, None),
    "soap:Body.x-y": ("", 2, None),
    "Bnf{n}Name": ("", 1, None),
}


@pytest.mark.parametrize("text", GOOD)
def test_a_path_of_the_grammar_is_read_and_printed_as_it_was_written(text):
    path = parse_path(text, HERE)
    assert (path.anchor, len(path.segments), path.attribute) == GOOD[text]
    assert print_path(path) == text


def test_a_dot_behind_a_backslash_belongs_to_the_name():
    assert parse_path(r"com\.x_IdNo", HERE).segments == (Segment("com.x_IdNo"),)


def test_several_selectors_stand_behind_one_name_and_keep_their_paths():
    path = parse_path("Risk(RiskCode=.MainRiskCode)(Kind=^Head.Kind)(No=/Head.No)(@id=7).Name", HERE)
    assert path.segments[0].selectors == (
        Selector("RiskCode", ".MainRiskCode"),
        Selector("Kind", "^Head.Kind"),
        Selector("No", "/Head.No"),
        Selector("@id", "7"),
    )


BAD = {
    "": (0, "empty"),
    "a..b": (2, "'.' cannot stand here"),
    "a.": (2, "a name is missing"),
    "a[0]": (1, "'[' cannot stand here"),
    "a b": (1, "' ' cannot stand here"),
    "a(b=c": (1, "without ')'"),
    "a(b)": (2, "(key=value)"),
    "a(=c)": (2, "(key=value)"),
    "a(b=)": (4, "without a value"),
    "a(b=^)": (5, "a name is missing"),
    "/": (1, "a name is missing"),
    "^": (1, "a name is missing"),
    "a@b@c": (3, "'@' cannot stand here"),
    "x" * 501: (0, "longer than"),
}


@pytest.mark.parametrize("text", BAD, ids=[text[:10] or "nothing" for text in BAD])
def test_what_is_no_path_is_refused_at_its_character(text):
    with pytest.raises(SyntaxFault) as refused:
        parse_path(text, HERE)
    offset, said = BAD[text]
    assert said in str(refused.value)
    assert refused.value.offset == offset
    assert refused.value.place(HERE) == Mark("carrier.yaml", 3, 7 + offset)


def test_brackets_are_answered_with_the_way_to_select():
    with pytest.raises(SyntaxFault) as refused:
        parse_path("Items[0].Name", HERE)
    assert refused.value.hint == "a position is a number between dots, persons.0.name; another choice (key=value)"


names = st.text("abcXYZ019_-:险码.", min_size=1, max_size=8)
values = st.text("abc 019-险./^", min_size=1, max_size=8).filter(lambda text: text[0] not in "./^")
keys = st.lists(st.text("abcXY019", min_size=1, max_size=5), min_size=1, max_size=3).map(".".join)
segments = st.builds(Segment, names, st.lists(st.builds(Selector, keys, values), max_size=2).map(tuple))


@given(
    st.lists(segments, min_size=1, max_size=5).map(tuple),
    st.sampled_from(["", "/", "^", "^^"]),
    st.none() | st.text("abcXYZ01", min_size=1, max_size=5),
)
def test_every_path_survives_being_printed_and_read_again(parts, anchor, attribute):
    path = Path("", HERE, parts, anchor, attribute)
    again = parse_path(print_path(path), HERE)
    assert (again.segments, again.anchor, again.attribute) == (parts, anchor, attribute)


@given(st.text(max_size=40))
def test_any_text_is_a_path_or_is_refused_inside_itself(text):
    offset = 0
    try:
        assert parse_path(text, HERE).text == text
    except SyntaxFault as fault:
        offset = fault.offset
    assert 0 <= offset <= len(text)
