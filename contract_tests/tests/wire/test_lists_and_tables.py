"""Forms of lists, key-and-value lists, code tables, and replies put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway.wire
from gateway.model import Number, NumberKind, PolicyIssueResult, QuoteCreateResult, Reason
from gateway.wire import (
    CannotSend,
    ReadTable,
    SendTable,
    Unreadable,
    beside_in,
    beside_out,
    by_in,
    by_index_in,
    by_index_out,
    by_out,
    echoed,
    join_in,
    join_out,
    merge,
    one_in,
    one_out,
    pairs_in,
    pairs_out,
    raw_in,
    raw_out,
)
from gateway.wire.codecs import Written
from gateway.wire.lists import LIST_FORMS, plan_list

ITEMS = st.lists(st.fixed_dictionaries({"id": st.uuids().map(str), "name": st.text(max_size=5)}), max_size=12)


@given(items=ITEMS)
def test_lists_read_back_in_every_form_that_keeps_all_items(items):
    assert by_index_in(by_index_out(items)) == items
    assert by_in(by_out(items, "id"), "id") == items
    assert beside_in(beside_out(items)) == items


def test_indexes_are_numbers_and_order_the_items():
    assert by_index_in({str(n): n for n in (10, 2, 1)}) == [1, 2, 10]
    assert by_index_in([{"a": 1}]) == [{"a": 1}]
    assert by_index_in(None) == []
    with pytest.raises(Unreadable, match="keys 0, 1, 2"):
        by_index_in({"first": 1})


def test_a_list_keyed_by_a_value_needs_the_value():
    for items in ([{"id": None}], [{"id": "1"}, {"id": "1"}]):
        with pytest.raises(CannotSend, match="keys a list by 'id'"):
            by_out(items, "id")
    assert by_in({"k": {"n": 1}}, "id") == [{"n": 1, "id": "k"}]
    for value in ([1], {"k": 1}, "x"):
        with pytest.raises(Unreadable):
            by_in(value, "id")


def test_columns_keep_their_holes_and_have_one_length():
    assert beside_out([{"a": 1}, {"b": 2}]) == {"a": [1, ""], "b": ["", 2]}
    with pytest.raises(Unreadable, match="different lengths"):
        beside_in({"a": [1, 2], "b": [1]})
    assert beside_in({"a": "x", "b": "y"}) == [{"a": "x", "b": "y"}]


def test_one_means_one():
    assert one_out([1]) == 1
    assert one_in({"a": 1}) == one_in([{"a": 1}]) == [{"a": 1}]
    for items in ([], [1, 2]):
        with pytest.raises(CannotSend, match="exactly one here"):
            one_out(items)
        with pytest.raises(Unreadable, match="expected exactly one"):
            one_in(items)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=5))
def test_pairs_read_back(fields):
    assert pairs_in(pairs_out(fields, "k", "v"), "k", "v") == fields


def test_a_pair_is_named_once():
    assert pairs_in({"k": "a", "v": "1"}, "k", "v") == {"a": "1"}
    for value in ([{"k": "a"}, {"k": "a"}], [{"v": "1"}], ["a"], [{"k": 1}]):
        with pytest.raises(Unreadable):
            pairs_in(value, "k", "v")


@given(st.lists(st.text(alphabet="ab 中", min_size=1), max_size=5))
def test_joined_texts_read_back(texts):
    assert join_in(join_out(texts, ","), ",") == texts


def test_a_text_with_the_separator_is_refused():
    with pytest.raises(CannotSend, match="holds the separator"):
        join_out(["a,b"], ",")


def test_an_object_goes_out_and_comes_in_as_it_is():
    assert raw_in(raw_out({"a": [1, {"b": "c"}]})) == {"a": [1, {"b": "c"}]}
    assert raw_out(Number(kind=NumberKind.policy, no="007")) == {"kind": "policy", "no": "007"}
    with pytest.raises(Unreadable):
        raw_in("text")


def test_every_form_of_a_list_has_its_functions():
    samples = {"by": ("id.no",), "pairs": ("k", "v"), "join": (",",), "positions": ("a", "", "b?"), "bare": ("a",)}
    for name in LIST_FORMS:
        plan = plan_list(Written(name, samples.get(name, ())))
        assert callable(getattr(gateway.wire, plan.send))
        assert callable(getattr(gateway.wire, plan.read))
    assert plan_list(Written("by", ("id.no",))).arguments == ("id", "no")
    assert plan_list(Written("json", ("2",))).arguments == (2,)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("sideways", (), "unknown form"),
        ("by", (), r"by\(path\[;value\]\)"),
        ("by", (".",), "its key"),
        ("one", ("x",), "written one"),
        ("json", ("x",), "1 and 3"),
        ("positions", (), r"positions\(name;..\)"),
        ("positions", ("a", "a?"), "a name stands twice"),
        ("positions", ("a?", "b"), "stands at the end"),
        ("bare", ("a", "b"), r"bare\(name\)"),
    ],
)
def test_a_wrong_form_is_refused_in_one_sentence(name, arguments, said):
    with pytest.raises(ValueError, match=said):
        plan_list(Written(name, arguments))


def test_a_code_table_says_which_code_it_does_not_know():
    out, back = SendTable("sex", {"male": "1"}), ReadTable("sex", {"1": "male"})
    assert (out["male"], back["1"]) == ("1", "male")
    with pytest.raises(CannotSend, match="table sex has no code for 'female'"):
        out["female"]
    with pytest.raises(Unreadable, match="unknown sex code '77'"):
        back["77"]
    with pytest.raises(Unreadable, match="unknown sex code a text of 3 characters"):
        back["某某某"]
    assert back[1] == "male"
    with pytest.raises(Unreadable):
        back[2]


def test_other_is_what_the_mapping_says_and_the_code_stays_unlisted():
    table = ReadTable("doc", {"1": "passport"}, other="other")
    assert table["9"] == "other"
    assert "9" not in table
    assert SendTable("doc", {}, other="Z")["passport"] == "Z"


def number(kind: NumberKind, no: str) -> Number:
    return Number(kind=kind, no=no)


def test_later_steps_add_to_what_earlier_ones_said():
    quoted = QuoteCreateResult(
        numbers=(number(NumberKind.quote, "Q1"), number(NumberKind.policy, "old")),
        refs={"check": "1", "kept": "x"},
        reasons=(Reason(text="noted"),),
    )
    issued = PolicyIssueResult(
        numbers=(number(NumberKind.policy, "P1"),), refs={"check": "2"}, reasons=(Reason(text="done"),)
    )
    both = merge(quoted, issued)
    assert type(both) is PolicyIssueResult
    assert [n.no for n in both.numbers] == ["Q1", "P1"]
    assert both.refs == {"check": "2", "kept": "x"}
    assert [r.text for r in both.reasons] == ["noted", "done"]


def test_nothing_adds_nothing():
    result = PolicyIssueResult()
    assert merge(None, result) is merge(result, None) is result
    assert merge(None, None) is None
    assert merge(PolicyIssueResult(), result) is result


@pytest.mark.parametrize(
    ("sent", "got", "ours"),
    [
        ("A1", "A1", True),
        ("5", 5, True),
        ("A1", "a1", False),
        ("A1", None, False),
        ("", "", False),
        ("A1", "A1 ", False),
    ],
)
def test_an_echo_is_ours_when_it_is_exactly_what_was_sent(sent, got, ours):
    assert echoed(sent, got) is ours
