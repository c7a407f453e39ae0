"""The small steps of generated readers and writers."""

import pytest

from gateway.model import Insured
from gateway.wire import (
    ReadTable,
    Unreadable,
    any_given,
    attempt,
    chosen_in,
    code_in,
    complete,
    element_in,
    int_in,
    is_filler,
    known,
    known_texts,
    message_in,
    numbered_in,
    present,
    unite,
    url_path,
    url_query,
    with_query,
)


def test_a_message_is_an_object():
    assert message_in({"a": 1}) == {"a": 1}
    for tree in ([{"a": 1}], "text", None, 5):
        with pytest.raises(Unreadable, match="expected an object"):
            message_in(tree)


def test_an_element_of_another_shape_is_a_problem_and_the_rest_is_read():
    problems: list[str] = []
    assert element_in({"A": {"b": "1"}}, "A", problems) == {"b": "1"}
    assert element_in({}, "A", problems) == {}
    assert problems == []
    assert element_in({"A": "text"}, "A", problems) == {}
    assert problems == ["expected an object, found a text of 4 characters"]


def test_a_flattened_object_is_there_when_one_of_its_fields_is():
    assert any_given({"a": "", "b": "1"}, "a", "b")
    assert not any_given({"a": " ", "c": "1"}, "a", "b")


@pytest.mark.parametrize(
    ("node", "filler"),
    [
        ({}, True), ({"role": "1", "id": ""}, True), ({"role": "1"}, True), ({"in": {"x": " "}}, True), ("", True),
        ({"in": {"x": "-"}}, True), ({"role": "2"}, False), ({"id": "7"}, False), ({"in": {"x": "y"}}, False),
        ({"more": {"z": "1"}}, False), ({"in": "text"}, False), ({"id": 0}, False), ("x", False),
    ],
)  # fmt: skip
def test_the_record_that_stands_for_nobody_is_known_by_saying_nothing_else(node, filler):
    assert is_filler(node, {"role": "1", "id": "", "in": {"x": "-"}}) is filler


def test_a_capture_whose_codec_refuses_does_not_hold():
    assert attempt(int_in, "5") == 5
    assert attempt(int_in, "five") is None
    assert attempt(int_in, None) is None


def test_a_code_that_is_not_listed_is_kept_as_it_was_read():
    raw: dict[str, str] = {}
    table = ReadTable("doc", {"1": "passport"}, other="other")
    assert code_in(table, "1", raw, "party.", "type") == "passport"
    assert raw == {}
    assert code_in(table, "9", raw, "party.", "type") == "other"
    assert raw == {"party.type": "9"}


def test_what_is_there_is_kept_and_completed_by_position():
    assert present(None, 1, None, 2) == (1, 2)
    assert known({"a": None, "b": 0}) == {"b": 0}
    insureds = (Insured(ref="i1"), Insured(ref="i2"))
    assert complete(insureds, 1, certificate_no="C", plan=None)[1] == Insured(ref="i2", certificate_no="C")
    assert complete(insureds, 5, certificate_no="C") == insureds


def test_numbered_fields_end_at_the_first_gap():
    assert numbered_in({"Bnf1": {"n": "a"}, "Bnf2": {"n": "b"}, "Bnf4": {"n": "d"}}, "Bnf{}", 1) == [
        {"n": "a"},
        {"n": "b"},
    ]
    assert numbered_in({"Bnf1": ""}, "Bnf{}", 1) == []


def test_parts_of_one_element_are_united():
    node = {"A": {"x": "1"}, "B": "old"}
    unite(node, {"A": {"y": "2"}, "B": "new"})
    assert node == {"A": {"x": "1", "y": "2"}, "B": "new"}


def test_pieces_of_an_address():
    assert url_path("https://h.example/a/b?c=d") == "/a/b"
    assert url_path("https://h.example") == "/"
    assert url_query("/callbacks/x?a=1&b=2") == "a=1&b=2"
    assert with_query("https://h/a", "x=1") == "https://h/a?x=1"
    assert with_query("https://h/a?y=2", "x=1") == "https://h/a?y=2&x=1"
    assert with_query("https://h/a", "") == "https://h/a"


def test_the_element_that_is_chosen_is_an_object_or_none():
    problems: list[str] = []
    node = {"Item": [{"code": "A", "v": "1"}, {"code": "B", "v": "2"}]}
    assert chosen_in(node, "Item", problems, (("code",), "B")) == {"code": "B", "v": "2"}
    assert chosen_in(node, "Item", problems, (("code",), "Z")) == {}
    assert chosen_in({}, "Item", problems, (("code",), "B")) == {}
    assert chosen_in({"Item": "text"}, "Item", problems, (("code",), "B")) == {}
    assert problems == []
    assert chosen_in({"Item": [{}] * 100_000}, "Item", problems, (("code",), "B")) == {}
    assert len(problems) == 1


def test_what_a_callback_gives_is_text_and_what_it_leaves_out_is_not_there():
    assert known_texts({"no": 7, "ref": "x", "none": None, "yes": True}) == {"no": "7", "ref": "x", "yes": "true"}


def test_numbered_fields_are_read_up_to_a_limit():
    node = {f"B{number}": {"n": "x"} for number in range(20_000)}
    assert len(numbered_in(node, "B{}", 0)) <= 10_000
