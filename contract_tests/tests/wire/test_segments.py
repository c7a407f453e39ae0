"""Records as X12 and EDIFACT send them: nothing between, groups that repeat, segments that may be missing or count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.wire import CannotSend, Group, Lines, PipeForm, Place, Record, Unreadable, pipe_in, pipe_out


def place(name="", **more):
    return Place(tuple(name.split(".")) if name else (), **more)


def composed(*names):
    return Group((), tuple(place(name) for name in names), separator=":")


FORM = PipeForm(
    (
        Record((place("type"),), "UNH+1"),
        Record((composed("no"),), "RFF+ON:", led=True),
        Record((place("note"),), "FTX", optional=True),
        Record(
            items=("men",),
            records=(
                Record((composed("code", "", "name"), place("since")), "MAN"),
                Record((composed("sum", "cur"),), "MOA+9:", led=True, optional=True),
                Record((place("risk"),), "RSK", ("risks",)),
                Record((), "END"),
            ),
        ),
        Record((place("count", counts="UNH+1"), place("ref")), "UNT"),
    ),
    separator="+",
    release="?",
    lines=Lines("'", ""),
    short=True,
)
TREE = {
    "type": "POLICY",
    "no": "7",
    "ref": "X",
    "men": [
        {"code": "1", "name": "Ann", "sum": "5", "cur": "EUR", "risks": [{"risk": "A"}, {"risk": "B"}]},
        {"code": "2", "since": "2027", "risks": []},
    ],
}
TEXT = "UNH+1+POLICY'RFF+ON:7'MAN+1::Ann'MOA+9:5:EUR'RSK+A'RSK+B'END'MAN+2+2027'END'UNT+10+X'"


def test_segments_repeat_in_groups_and_tell_how_many_they_are():
    assert pipe_out(TREE, FORM) == TEXT


def test_what_was_written_in_groups_is_read_back():
    read = pipe_in(TEXT, FORM)
    assert [(man["code"], man["name"], man["since"]) for man in read["men"]] == [("1", "Ann", ""), ("2", "", "2027")]
    assert (read["men"][0]["sum"], read["men"][0]["cur"], read["men"][0]["risks"]) == (
        "5", "EUR", [{"risk": "A"}, {"risk": "B"}],
    )  # fmt: skip
    assert "sum" not in read["men"][1]
    assert (read["no"], read["count"], read["ref"]) == ("7", "10", "X")


def test_line_ends_that_were_added_for_the_eye_are_no_part_of_a_segment():
    assert pipe_in(TEXT.replace("'", "'\r\n"), FORM) == pipe_in(TEXT.replace("'", "'\n"), FORM) == pipe_in(TEXT, FORM)


def test_a_segment_that_may_be_missing_is_left_out_where_none_of_its_fields_is_there():
    assert "FTX" not in pipe_out(TREE, FORM)
    assert "'FTX+hi'" in pipe_out({**TREE, "note": "hi"}, FORM)
    assert pipe_in("UNH+1+P'RFF+ON:7'FTX+hi'UNT+4'", FORM)["note"] == "hi"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("UNH+1+P'UNT+2'", "'RFF.ON:' is missing"),
        ("UNH+1+P'RFF+ON:7'MAN+1'UNT+4'", "'END' is missing"),
        ("UNH+1+P'RFF+ON:7'RFF+ON:8'UNT+4'", "there twice"),
        ("UNH+1+P'RFF+ON:7'XYZ+1'UNT+4'", "begins as none"),
        ("UNH+1+P'RFF+ON:7'UNT+4'", "not the number of records"),
        ("UNH+1+P'RFF+ON:7'UNT'", "not the number of records"),
        ("UNH+1+P'RFF+ON:7:8'UNT+3'", "composed field has 2 parts"),
        ("UNH+1+P'RFF+ON:7'UNT+3+X+Y'", "expected 2"),
        ("UNH+1+P'RFF+ON:7'UNT+3", "does not end"),
        ("<html>busy</html>", "does not end"),
        ("", "does not end"),
    ],
)
def test_a_message_that_is_not_whole_is_unreadable(text, why):
    with pytest.raises(Unreadable, match=why):
        pipe_in(text, FORM)


def test_what_nobody_knows_is_passed_over_where_the_mapping_says_so_and_counts_all_the_same():
    form = replace(FORM, skip=True)
    read = pipe_in("UNA'UNH+1+P'RFF+ON:7'XYZ+1'MAN+1'PQR'END'UNT+7'", form)
    assert (read["no"], len(read["men"])) == ("7", 1)
    with pytest.raises(Unreadable):
        pipe_in("<html>busy</html>", form)


def test_a_number_of_segments_that_is_said_otherwise_is_refused():
    with pytest.raises(CannotSend, match="number of records"):
        pipe_out({**TREE, "count": "3"}, FORM)
    assert pipe_out({**TREE, "count": "10"}, FORM) == TEXT


def test_an_item_whose_field_has_no_segment_is_never_sent_without_it():
    with pytest.raises(CannotSend, match="no place for more"):
        pipe_out({**TREE, "men": [{"code": "1", "more": "x"}]}, FORM)


@pytest.mark.parametrize("lines", [Lines("~", ""), Lines("", "~", last=True)])
def test_what_parts_the_segments_is_refused_in_a_value_nothing_releases(lines):
    form = PipeForm((Record((place("a"), place("b")), "N1"),), separator="*", lines=lines)
    assert pipe_out({"a": "1", "b": "2"}, form) == "N1*1*2~"
    for value in ("x~y", "x*y"):
        with pytest.raises(CannotSend):
            pipe_out({"a": value, "b": "2"}, form)


def test_what_parts_the_segments_is_released_in_a_value():
    text = pipe_out({**TREE, "no": "O'N+1:?"}, FORM)
    assert "'RFF+ON:O?'N?+1?:??'" in text
    assert pipe_in(text, FORM)["no"] == "O'N+1:?"


def test_empty_fields_at_the_end_are_kept_where_nothing_else_is_said():
    form = PipeForm((Record((place("a"), place("b"), place("c")), "N1"),), separator="*", lines=Lines("~", ""))
    assert pipe_out({"a": "1"}, form) == "N1*1**~"
    assert pipe_out({"a": "1"}, replace(form, short=True)) == "N1*1~"
    assert pipe_out({}, replace(form, short=True)) == "N1~"
    assert pipe_in("N1~", replace(form, short=True)) == {"a": "", "b": "", "c": ""}
    with pytest.raises(Unreadable):
        pipe_in("N1*1~", form)


WORDS = st.text(st.sampled_from("ab+:'? ü"), min_size=1, max_size=6).filter(lambda text: text == text.strip("\r\n"))
MEN = st.lists(
    st.fixed_dictionaries(
        {"code": WORDS, "since": WORDS},
        optional={"name": WORDS, "sum": WORDS, "risks": st.lists(st.fixed_dictionaries({"risk": WORDS}), max_size=3)},
    ),
    max_size=4,
)


@given(WORDS, MEN)
def test_whatever_the_values_groups_are_read_as_they_were_written(no, men):
    tree = {"type": "P", "no": no, "ref": "X", "men": men}
    read = pipe_in(pipe_out(tree, FORM), FORM)
    assert read["no"] == no
    told = [{name: value for name, value in man.items() if value} for man in read.get("men", [])]
    assert told == [{name: value for name, value in man.items() if value} for man in men]
