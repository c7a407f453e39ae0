"""Walking and building messages: one object is a list of one, a wrong shape is missing or an error, never a guess."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import (
    CannotSend,
    Known,
    Unreadable,
    child,
    dig,
    dig_exact,
    each,
    find,
    find_or_add,
    leaf,
    need,
    nest,
    nth_out,
    only_out,
    pruned,
    put,
    require,
    selected,
    text_given,
    text_in,
    text_of,
    text_required,
    unmapped,
    value_in,
    xml_in,
)

REPLY = {
    "Head": {"Flag": "0", "Note": "  ", "No": 7},
    "Body": {"Risk": [{"Code": "R1"}, {"Code": "R2"}], "Bnf": {"Name": "x"}, "Empty": "", "Data": []},
    "Sex": {"@code": "1", "#text": "男"},
    "0": "zero",
}


def test_a_path_is_walked_by_its_names():
    assert dig(REPLY, "Head", "Flag") == "0"
    assert dig(REPLY, "Body", "Risk", 1, "Code") == "R2"
    assert dig(REPLY, "Sex") == "男"
    assert dig(REPLY, "Sex", "@code") == "1"
    assert dig(REPLY, 0) == "zero"
    assert dig([{"a": 1}], 0, "a") == 1


def test_blank_text_is_missing_unless_asked_for_exactly():
    assert dig(REPLY, "Head", "Note") is None
    assert dig_exact(REPLY, "Head", "Note") == "  "
    assert dig(REPLY, "Body", "Empty") is None


def test_position_0_of_one_object_is_the_object():
    assert dig(REPLY, "Body", "Bnf", 0, "Name") == "x"
    assert dig(REPLY, "Body", "Bnf", 1, "Name") is None


@given(
    node=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["a", "b", "0"]), inner),
    ),
    path=st.lists(st.sampled_from(["a", "b", 0, 1]), max_size=4),
)
def test_looking_into_any_message_never_fails(node, path):
    dig(node, *path)


@pytest.mark.parametrize("node", [None, "", " ", [], {}])
def test_no_object_is_said_in_many_ways(node):
    assert child({"Body": node}, "Body") is None
    assert child({}, "Body") is None


@pytest.mark.parametrize("node", ["text", 5, [{"a": 1}], [1, 2], True])
def test_something_else_than_an_object_is_unreadable(node):
    with pytest.raises(Unreadable, match="expected an object, found"):
        child({"Body": node}, "Body")


def test_one_object_counts_as_one_item():
    assert each({"a": 1}) == [{"a": 1}]
    assert each([1, 2]) == [1, 2]
    assert each(None) == each("") == each("  ") == []
    assert each(xml_in("<R><I>1</I></R>")["I"]) == ["1"]
    with pytest.raises(Unreadable, match="more than 10000 items"):
        each([0] * 10_001)


def test_an_element_with_attributes_has_its_text_inside():
    assert leaf({"@a": "1", "#text": "x"}) == "x"
    assert leaf({"a": 1}) == {"a": 1}
    assert value_in({"@a": "1", "#text": "x"}) == "x"
    assert value_in({"@a": "1"}) is None
    assert value_in(" ") is None
    assert value_in(0) == 0


def test_elements_are_found_by_what_they_hold():
    documents = {"D": [{"type": "A", "url": "1"}, {"type": "P", "url": "2"}, {"type": "P", "n": 5}]}
    assert find(documents, "D", (("type",), "P"))["url"] == "2"
    assert find(documents, "D", (("type",), "P"), (("n",), "5")) == {"type": "P", "n": 5}
    assert find(documents, "D", (("type",), "X")) is None
    assert selected(each(documents["D"]), (("type",), "A")) == [documents["D"][0]]
    assert find({"D": {"type": "A"}}, "D", (("type",), "A")) == {"type": "A"}


def test_a_json_number_equals_the_mappings_text():
    assert [text_of(value) for value in (1, Decimal("1.50"), True, "x", None)] == ["1", "1.50", "true", "x", None]


def test_what_must_be_there_is_named_when_it_is_not():
    assert require("x", "IDNo") == need("x", "party.name") == "x"
    with pytest.raises(Unreadable, match="missing wire field 'IDNo'") as caught:
        require(None, "IDNo")
    assert caught.value.path == "IDNo"
    with pytest.raises(CannotSend, match=r"this carrier needs 'party\.name'"):
        need(None, "party.name")


def test_a_message_is_built_in_the_order_it_is_named():
    message = {}
    put(message, "1", "Head", "Code")
    put(message, "x", "Body", "A", "B")
    put(message, "2", "Head", "No")
    assert list(message) == ["Head", "Body"]
    assert message == {"Head": {"Code": "1", "No": "2"}, "Body": {"A": {"B": "x"}}}
    put(message, "attr", "Body", "A", "B", "@code")
    assert message["Body"]["A"]["B"] == {"#text": "x", "@code": "attr"}
    assert nest(message, "Head") is message["Head"]


def test_an_element_is_added_once_with_the_values_that_select_it():
    message = {}
    first = find_or_add(message, "Role", (("Kind",), "1"), (("Id", "@x"), "a"))
    assert find_or_add(message, "Role", (("Kind",), "1")) is first
    find_or_add(message, "Role", (("Kind",), "2"))
    assert message == {"Role": [{"Kind": "1", "Id": {"@x": "a"}}, {"Kind": "2"}]}


def test_absent_values_take_their_empty_objects_with_them():
    assert pruned({"a": None, "b": {"c": None}, "d": [{"e": None}, {"f": 0}], "g": ""}) == {"d": [{"f": 0}], "g": ""}
    assert pruned({"a": {"b": []}}) is None


def test_positions_assert_the_length_of_a_canonical_list():
    assert nth_out(("a",), 0, 1) == "a"
    assert nth_out((), 0, 1) is None
    with pytest.raises(CannotSend, match="at most 1 here, the request has 2"):
        nth_out(("a", "b"), 0, 1)
    assert nth_out(("a", "b"), 0, None) == "a"
    assert only_out(["a"]) == "a"
    with pytest.raises(CannotSend, match="takes one here, the request has 2"):
        only_out(["a", "b"])


def test_wire_fields_no_row_names_are_listed_once():
    known = {
        "Head": {"Flag": None, "Note": None, "No": None},
        "Body": {"Risk": {}, "Bnf": None},
        "Sex": {"@code": None},
    }
    assert unmapped(REPLY, Known(known), 50) == ("0", "Body.Empty", "Body.Data", "Body.Risk.Code")
    assert len(unmapped({str(n): n for n in range(100)}, Known({}), 50)) == 50
    assert unmapped({"Sex": {"#text": "1", "@code": "2"}}, Known(known), 50) == ()
    assert unmapped({"Head": [{"Flag": "1"}, {"Odd": "2"}]}, Known(known), 50) == ("Head.Odd",)


def test_a_text_is_taken_with_its_blanks_and_shapes_as_value_and_codec_take_it():
    for node, text in (("a", "a"), (" a ", " a "), ("", None), ("  ", None), (None, None), ({"#text": "a"}, "a")):
        assert text_given(node) == text
        assert (text_in(v) if (v := value_in(node)) is not None else None) == text
    for odd in (1, 1.5, True, [], ["a"], {"b": "c"}):
        with pytest.raises(Unreadable, match="expected a text"):
            text_given(odd)


def test_a_text_that_must_be_there_names_its_field_when_it_is_not():
    assert text_required("a", "Head.No") == "a"
    for absent in (None, "", " ", {"@code": "1"}):
        with pytest.raises(Unreadable, match=r"missing wire field 'Head\.No'"):
            text_required(absent, "Head.No")
