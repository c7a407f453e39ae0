"""Reading YAML: every scalar is text as typed, everything has a place, and what YAML could change is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import reader
from gateway.catalogue.nodes import ListNode, MapNode, ScalarNode
from gateway.catalogue.reader import looks_like_other_type, read_file, read_text, retyped_warning


def faults(text: str) -> list[str]:
    return [str(found) for found in read_text(text, "f.yaml")[1]]


def tree(text: str) -> MapNode:
    node, found = read_text(text, "f.yaml")
    assert not found, found
    assert isinstance(node, MapNode)
    return node


def scalar(node: object) -> ScalarNode:
    assert isinstance(node, ScalarNode)
    return node


@pytest.mark.parametrize("text", ["01", "0101", "NO", "12:30:00", "2026-01-01", "1e5", "1_000", "null", "0x1F", "None"])
def test_a_scalar_stays_the_text_that_was_typed(text: str) -> None:
    assert scalar(tree(f"a: {text}\n").get("a")).text == text


def test_quoted_and_unquoted_are_told_apart() -> None:
    node = tree("a: \"01\"\nb: '01'\nc: 01\n")
    assert [scalar(value).quoted for _, value in node] == [True, True, False]


def test_nothing_is_null_and_an_empty_text_is_not() -> None:
    node = tree('a:\nb: ~\nc: ""\nd: "~"\ne: {f: , g: 1}\n')
    assert [scalar(value).is_null for _, value in node if isinstance(value, ScalarNode)] == [True, True, False, False]
    inner = node.get("e")
    assert isinstance(inner, MapNode)
    assert scalar(inner.get("f")).is_null


def test_every_key_and_value_knows_its_line_and_column() -> None:
    node = tree("中文: { 键: 值 }\nlist:\n  - a\n  - b\n")
    inner = node.get("中文")
    assert isinstance(inner, MapNode)
    assert str(inner.mark_of("键")) == "f.yaml:1:7"
    assert str(scalar(inner.get("键")).mark) == "f.yaml:1:10"
    listed = node.get("list")
    assert isinstance(listed, ListNode)
    assert [str(item.mark) for item in listed] == ["f.yaml:3:5", "f.yaml:4:5"]


def test_the_place_of_a_quoted_text_is_behind_its_quote() -> None:
    node = tree("a: '=x'\nb: =x\n")
    assert [scalar(value).text_mark.column for _, value in node] == [5, 4]


def test_a_missing_key_has_the_place_of_its_map() -> None:
    node = tree("a:\n  b: 1\n").get("a")
    assert isinstance(node, MapNode)
    assert str(node.mark_of("c")) == "f.yaml:2:3"
    assert node.get("c") is None
    assert "b" in node


def test_expressions_and_selectors_need_no_quotes_in_braces() -> None:
    node = tree('a: { share: =answer("smoker"), to: Risk(Code=1).Prem, "@to": ="HEIR" + text(n) }\n').get("a")
    assert isinstance(node, MapNode)
    assert [scalar(value).text for _, value in node] == ['=answer("smoker")', "Risk(Code=1).Prem", '="HEIR" + text(n)']


def test_a_duplicate_key_is_refused_with_the_line_of_the_first() -> None:
    assert faults("name: 1\nsex: 2\nname: {a: b}\nage: 3\n") == [
        "f.yaml:3:1: error E102: duplicate key 'name' (first at line 1)"
    ]


def test_several_faults_are_reported_at_once() -> None:
    found = faults("a: &x 1\nb: *x\nc: !!str 5\na: 2\nd: {<<: {e: 1}}\n")
    assert [line.split(" error ")[1][:4] for line in found] == ["E104", "E104", "E105", "E102", "E104"]


def test_what_is_read_beside_a_fault_is_still_there() -> None:
    node, found = read_text("a: 1\na: {b: {c: d}}\n? [x]\n: y\nz: 2\n", "f.yaml")
    assert isinstance(node, MapNode)
    assert [key.text for key, _ in node] == ["a", "z"]
    assert [each.code for each in found] == ["E102", "E108"]


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("a: {b: c[0], d: e}\n", "E103", "1:9", "(key=value)"),
        ("a: {b: =f(x, y), d: e}\n", "E103", "1:14", "quote the whole value"),
        ("a:\n\tb: 1\n", "E103", "2:1", "spaces"),
        ("a: @b\n", "E103", "1:4", "quote it"),
        ("a: b: c\n", "E103", "1:5", "': '"),
        ("a: 'it\n", "E103", "2:1", "quote is missing"),
        ("a:\n  - b\n - c\n", "E103", "3:2", "indentation"),
        ("a: [1, 2\n", "E103", "2:1", "(key=value)"),
        ("---\na: 1\n---\nb: 2\n", "E106", "3:1", "a file of its own"),
        ("%YAML 1.1\n---\na: 1\n", "E105", "1:1", "directive"),
        ("a: 1\nbc: \x01\n", "E101", "2:5", "control character"),
        ("a: b: \u202ec\n", "E103", "1:5", "quoted"),
        ("# only a comment\n", "E101", "1:1", "says nothing"),
        ("[" * 41 + "]" * 41, "E107", "1:41", "deeper"),
        (f"a: {'x' * 20_001}\n", "E107", "1:4", "longer than"),
    ],
)
def test_a_refused_file_says_where_and_what_to_do(text: str, code: str, place: str, hint: str) -> None:
    (found, *_) = faults(text)
    assert found.startswith(f"f.yaml:{place}: error {code}:")
    assert hint in found


def test_a_file_with_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "NODES_MAX", 10)
    (found,) = faults("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]")
    assert "E107" in found


def test_a_file_that_is_too_long_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "FILE_BYTES_MAX", 10)
    (found,) = faults("a: 文文文文\n")
    assert found == "f.yaml:1:1: error E101: longer than 10 bytes"


def test_a_file_is_named_as_the_caller_wants(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nbb: \xff\n")
    assert [str(found) for found in read_file(path, "mappings/x.yaml")[1]] == [
        "mappings/x.yaml:2:5: error E101: not UTF-8 text; save the file as UTF-8"
    ]


def test_a_missing_file_is_a_fault_and_no_exception(tmp_path: Path) -> None:
    node, (found,) = read_file(tmp_path / "none.yaml", "none.yaml")
    assert node is None
    assert str(found).startswith("none.yaml:1:1: error E101: cannot be read")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert [key.text for key, _ in tree("\N{BYTE ORDER MARK}a: 1\n")] == ["a"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, "number") for text in ("01", "0101", "12:30:00", "1e5", "5", ".5", "0x1F")),
        *((text, "boolean") for text in ("NO", "off", "true")),
        ("2026-01-01", "date"),
        ("null", "null"),
    ],
)
def test_text_that_other_tools_would_retype_is_known(text: str, kind: str) -> None:
    assert looks_like_other_type(text) == kind


@pytest.mark.parametrize("text", ["Y", "N", "A1", "1.2.3", "01a", "", "none", "2026-1", "E0101", "1,000", "12:75"])
def test_text_that_every_tool_leaves_alone_gives_no_warning(text: str) -> None:
    assert looks_like_other_type(text) is None


def test_the_warning_asks_for_quotes_and_quotes_silence_it() -> None:
    node = tree('a: 0101\nb: "0101"\n')
    first, second = (scalar(value) for _, value in node)
    assert (
        str(retyped_warning(first))
        == "f.yaml:1:4: warning W101: unquoted 0101: quote it, other YAML tools read it as a number"
    )
    assert retyped_warning(second) is None


@given(st.text(max_size=60))
def test_no_text_whatever_makes_the_reader_raise(text: str) -> None:
    node, found = read_text(text, "f.yaml")
    assert node is not None or found


def test_what_would_turn_a_line_of_a_terminal_around_is_spelled_out() -> None:
    (found,) = faults('"a\u202eb": 1\n"a\u202eb": 2\n')
    assert "duplicate key 'a\\u202eb'" in found
