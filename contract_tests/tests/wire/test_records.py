"""Records of positions: separators, widths in bytes, repeated groups and lines; strict in both directions."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.wire import (
    CannotSend,
    FixedForm,
    Group,
    Lines,
    PipeForm,
    Place,
    Record,
    Unreadable,
    fixed_in,
    fixed_out,
    line_in,
    pipe_in,
    pipe_out,
)
from gateway.wire.limits import LINE_LENGTH_MAX, LIST_ITEMS_MAX, RECORD_FIELDS_MAX


def place(name="", **more):
    return Place(tuple(name.split(".")) if name else (), **more)


def pipe(*names, **more):
    return PipeForm((Record(tuple(place(name) for name in names)),), **more)


def fixed(charset="gbk", **widths):
    return FixedForm((Record(tuple(place(name, width=width) for name, width in widths.items())),), charset)


HEADED = PipeForm(
    (
        Record((place("head.no"), place("count")), "H"),
        Record((place("name"), place("sum")), "D", ("items",)),
        Record((place("total"),), "T"),
    ),
    lines=Lines(end="|", line="\r\n", last=True),
)
LISTED = PipeForm(
    (Record((place("no"),)), Record((place("name"), place("sum")), "", ("items",)), Record((place("t"),)))
)


# --- pipe ------------------------------------------------------------------------------------------------------------


def test_fields_stand_in_the_order_of_the_record_and_absent_ones_are_empty():
    assert pipe_out({"c": "3", "a": {"b": "1"}}, pipe("a.b", "", "x", "c")) == "1|||3"
    assert pipe_in("1|9||3", pipe("a.b", "", "x", "c")) == {"a": {"b": "1"}, "x": "", "c": "3"}


@pytest.mark.parametrize("separator", [",", "|@|", "\x01", "^"])
def test_a_separator_may_be_any_text(separator):
    form = pipe("a", "b", separator=separator)
    assert pipe_out({"a": "1", "b": "2"}, form) == f"1{separator}2"
    assert pipe_in(f"1{separator}2", form) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("value", ["x|y", "x\ny", "x\ry"])
def test_a_value_that_holds_a_separator_is_refused_before_sending(value):
    with pytest.raises(CannotSend, match="a holds a separator"):
        pipe_out({"a": value, "b": ""}, pipe("a", "b"))


@pytest.mark.parametrize(("escape", "text"), [("backslash", 'x\\|y\\\\z\\n"|2'), ("quote", '"x|y\\z\n"""|2')])
def test_an_escaped_separator_is_read_back(escape, text):
    form = pipe("a", "b", escape=escape)
    assert pipe_out({"a": 'x|y\\z\n"', "b": "2"}, form) == text
    assert pipe_in(text, form) == {"a": 'x|y\\z\n"', "b": "2"}


RELEASED = PipeForm(
    (Record((place("a"), Group(("items",), (place("n"), place("q")), between="*", separator=":"), place("b"))),),
    separator="+",
    release="?",
    lines=Lines(end="'"),
)


def test_a_released_separator_is_read_back_at_every_depth():
    message = {"a": "1+1=2?", "items": [{"n": "x:y", "q": "it's"}, {"n": "*", "q": "?+"}], "b": "张"}
    text = "1?+1=2??+x?:y:it?'s*?*:???++张'"
    assert pipe_out(message, RELEASED) == text
    assert pipe_in(text, RELEASED) == message


def test_a_line_end_is_not_released():
    with pytest.raises(CannotSend, match="a holds a line end"):
        pipe_out({"a": "x\ny", "b": ""}, RELEASED)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=4, max_size=4))
def test_whatever_the_values_a_released_record_is_read_as_it_was_written(values):
    a, n, q, b = values
    message = {"a": a, "items": [{"n": n, "q": q}], "b": b}
    assert pipe_in(pipe_out(message, RELEASED), RELEASED) == message


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3),
    st.sampled_from(["backslash", "quote"]),
)
def test_whatever_the_values_an_escaped_record_is_read_as_it_was_written(values, escape):
    # A carriage return before a line feed, and a line feed at the end, are line ends to whoever reads lines.
    assume(escape == "backslash" or not ("\r" in "".join(values) or values[-1].endswith("\n")))
    form = pipe("a", "b", "c", escape=escape)
    message = dict(zip("abc", values, strict=True))
    text = pipe_out(message, form)
    assert pipe_in(text, form) == message


def test_what_the_record_has_no_place_for_is_never_left_out_silently():
    with pytest.raises(CannotSend, match=r"no place for head\.extra"):
        pipe_out({"a": "1", "head": {"extra": "2"}}, pipe("a"))
    with pytest.raises(CannotSend, match="no place for z"):
        pipe_out({"no": "1", "items": [{"name": "n", "z": "2"}], "t": ""}, LISTED)


@pytest.mark.parametrize(
    ("text", "why"), [("1", "b is missing"), ("1|2|3", "3 fields, expected 2"), ("", "b is missing")]
)
def test_a_record_with_another_number_of_fields_is_unreadable(text, why):
    with pytest.raises(Unreadable, match=why):
        pipe_in(text, pipe("a", "b"))


def test_a_record_may_end_before_its_optional_fields():
    form = PipeForm((Record((place("a"), place("b", optional=True), place("c", optional=True))),))
    assert pipe_in("1", form) == {"a": "1"}
    assert pipe_in("1|2", form) == {"a": "1", "b": "2"}
    with pytest.raises(Unreadable):
        pipe_in("1|2|3|4", form)


def test_the_rest_keeps_its_separators_and_the_fields_behind_it_count_from_the_end():
    form = PipeForm((Record((place("v"), place("record", rest=True), place("mac"))),))
    assert pipe_out({"v": "1", "record": "a|b\nc", "mac": "M"}, form) == "1|a|b\nc|M"
    assert pipe_in("1|a|b\nc|M\n", form) == {"v": "1", "record": "a|b\nc", "mac": "M"}
    with pytest.raises(Unreadable, match="expected more than 2"):
        pipe_in("1|M", form)


def test_a_group_repeats_as_often_as_its_count_says():
    form = PipeForm((Record((place("n"), Group(("it",), (place("x"), place("y")), ("n",)), place("z"))),))
    assert pipe_out({"it": [{"x": "1", "y": "2"}, {"x": "3"}], "z": "9"}, form) == "2|1|2|3||9"
    assert pipe_in("1|1|2|9", form) == {"n": "1", "it": [{"x": "1", "y": "2"}], "z": "9"}
    assert pipe_in("0|9", form) == {"n": "0", "it": [], "z": "9"}
    for text in ("2|1|2|9", "x|1|2|9", "-1|9", "99999|9", "²|1|2|9"):
        with pytest.raises(Unreadable):
            pipe_in(text, form)
    with pytest.raises(CannotSend, match="not the number of it"):
        pipe_out({"n": "3", "it": [], "z": "9"}, form)


def test_a_group_without_a_count_takes_what_is_left_between_its_neighbours():
    form = PipeForm((Record((place("a"), Group(("it",), (place("x"), place("y"))), place("z"))),))
    assert pipe_in("1|p|q|r|s|9", form) == {"a": "1", "it": [{"x": "p", "y": "q"}, {"x": "r", "y": "s"}], "z": "9"}
    with pytest.raises(Unreadable):
        pipe_in("1|p|q|r|9", form)


def test_a_list_may_be_one_field_with_separators_of_its_own():
    form = PipeForm((Record((place("a"), Group(("it",), (place("x"), place("y")), (), ";", ","))),))
    assert pipe_out({"a": "1", "it": [{"x": "p", "y": "q"}, {"x": "r", "y": "s"}]}, form) == "1|p,q;r,s"
    assert pipe_in("1|p,q;r,s", form) == {"a": "1", "it": [{"x": "p", "y": "q"}, {"x": "r", "y": "s"}]}
    assert pipe_in("1|", form) == {"a": "1", "it": []}
    with pytest.raises(Unreadable):
        pipe_in("1|p", form)
    with pytest.raises(CannotSend, match="separator of its list"):
        pipe_out({"a": "1", "it": [{"x": "p,"}]}, form)


def test_lines_are_told_apart_by_what_they_begin_with():
    text = "H|7|2|\r\nD|张|1|\r\nD|李|2|\r\nT|3|\r\n"
    message = {
        "head": {"no": "7"},
        "count": "2",
        "items": [{"name": "张", "sum": "1"}, {"name": "李", "sum": "2"}],
        "total": "3",
    }
    assert pipe_out(message, HEADED) == text
    assert pipe_in(text, HEADED) == message
    assert pipe_in(text.replace("\r\n", "\n").rstrip(), HEADED) == message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("H|7|2|\nX|1|\nT|3|", "begins as none"),
        ("H|7|2|\nH|8|2|\nT|3|", "there twice"),
        ("H|7|2|\nD|a|1|", "begins with 'T' is missing"),
        ("H|7|2|\nT|3", "does not end"),
    ],
)
def test_lines_that_are_not_the_carriers_are_unreadable(text, why):
    with pytest.raises(Unreadable, match=why):
        pipe_in(text, HEADED)


def test_lines_without_a_mark_are_told_apart_by_their_place():
    message = {"no": "7", "items": [{"name": "a", "sum": "1"}], "t": "9"}
    assert pipe_in("7\na|1\n9\n", LISTED) == message
    assert pipe_in("7\n9", LISTED) == {"no": "7", "t": "9"}
    with pytest.raises(Unreadable, match="expected 2 or more"):
        pipe_in("7", LISTED)
    with pytest.raises(Unreadable, match="expected 1"):
        pipe_in("7\n8", pipe("a"))


@pytest.mark.parametrize(
    ("text", "form"), [("|" * (RECORD_FIELDS_MAX + 1), pipe("a")), ("a|b\n" * (LIST_ITEMS_MAX + 2), LISTED)]
)
def test_what_a_hostile_reply_may_hold_is_bounded_before_it_is_split(text, form):
    with pytest.raises(Unreadable, match="more than"):
        pipe_in(text, form)


@pytest.mark.parametrize("text", ['"a', '"a"b|c', '"a""|b'])
def test_a_broken_quote_is_unreadable(text):
    with pytest.raises(Unreadable):
        pipe_in(text, pipe("a", "b", escape="quote"))


# --- fixed -----------------------------------------------------------------------------------------------------------


def test_widths_count_bytes_of_the_charset():
    form = fixed(name=6, no=4)
    assert fixed_out({"name": "张三", "no": "7"}, form) == "张三  7   "
    assert fixed_in("张三  7   ", form) == {"name": "张三", "no": "7"}
    assert fixed_out({"name": "张", "no": "7"}, fixed("utf-8", name=6, no=4)) == "张   7   "


def test_a_value_too_long_is_refused_and_never_cut():
    with pytest.raises(CannotSend, match="takes 8 bytes in gbk, its field has 6"):
        fixed_out({"name": "张三李四"}, fixed(name=6))
    with pytest.raises(CannotSend, match="line end"):
        fixed_out({"name": "a\nb"}, fixed(name=6))


def test_a_character_the_charset_lacks_is_refused_without_being_told():
    with pytest.raises(CannotSend, match="character 1 of name does not exist in gbk") as refused:
        fixed_out({"name": "𠮷"}, fixed(name=6))
    assert "𠮷" not in str(refused.value)


def test_numbers_stand_at_the_right_behind_zeros():
    form = FixedForm((Record((place("sum", width=8, right=True, pad="0"),)),))
    assert [fixed_out({"sum": text}, form) for text in ("12.50", "-3", None)] == ["00012.50", "-0000003", "00000000"]
    assert [fixed_in(text, form)["sum"] for text in ("00012.50", "00000000")] == ["12.50", "0"]


def test_a_field_that_would_cut_a_character_makes_the_record_unreadable():
    with pytest.raises(Unreadable, match="begins or ends inside a character"):
        fixed_in("张三", fixed(a=3, b=1))


@pytest.mark.parametrize(("text", "why"), [("abc", "b is missing"), ("abcdefgh", "expected 6")])
def test_a_record_of_another_length_is_unreadable(text, why):
    with pytest.raises(Unreadable, match=why):
        fixed_in(text, fixed(a=3, b=3))


def test_fields_behind_the_one_without_a_width_are_measured_from_the_end():
    form = FixedForm((Record((place("a", width=2), place("text", rest=True), place("z", width=3))),), "gbk")
    assert fixed_in("01余额不足 99", form) == {"a": "01", "text": "余额不足", "z": " 99"}
    assert fixed_out({"a": "01", "text": "余额", "z": "99"}, form) == "01余额99 "
    with pytest.raises(Unreadable):
        fixed_in("0199", form)


def test_a_place_of_its_own_is_counted_from_either_end():
    form = FixedForm((Record((place("no", width=4, at=2), place("sum", width=3, at=-3))),), "gbk")
    assert fixed_in("xx1234 张三 567", form) == {"no": "1234", "sum": "567"}
    with pytest.raises(Unreadable):
        fixed_in("xx12", form)


def test_a_record_may_end_inside_an_optional_field():
    form = FixedForm((Record((place("a", width=2), place("b", width=4, optional=True))),))
    assert [fixed_in(text, form) for text in ("01", "01x", "01xyz9")] == [
        {"a": "01"},
        {"a": "01", "b": "x"},
        {"a": "01", "b": "xyz9"},
    ]


def test_lines_of_fixed_width_are_told_apart_by_what_they_begin_with():
    form = FixedForm(
        (Record((place("n", width=3),), "H"), Record((place("name", width=4), place("sum", width=3)), "D", ("items",))),
        "gbk",
    )
    text = "H2  \nD张  1  \nD李四2  "
    message = {"n": "2", "items": [{"name": "张", "sum": "1"}, {"name": "李四", "sum": "2"}]}
    assert fixed_out(message, form) == text
    assert fixed_in(text, form) == message


PERSON = (place("name", width=6), place("age", width=3, right=True, pad="0"))


def grouped(group, charset="euc-kr"):
    return FixedForm((Record((place("n", width=2, right=True, pad="0"), group, place("end", width=2))),), charset)


def test_a_group_repeats_inside_a_record_as_often_as_the_field_before_it_says():
    form = grouped(Group(("people",), PERSON, ("n",)))
    message = {"people": [{"name": "홍길동", "age": "35"}, {"name": "Kim", "age": "7"}], "end": "@@"}
    assert fixed_out(message, form) == "02홍길동035Kim   007@@"
    assert fixed_in("02홍길동035Kim   007@@", form) == {"n": "2", **message}
    assert fixed_in("00@@", form) == {"n": "0", "people": [], "end": "@@"}


def test_a_group_with_room_for_some_writes_the_room_of_those_who_are_not_there_and_reads_nobody_from_it():
    form = grouped(Group(("people",), PERSON, times=3))
    message = {"n": "1", "people": [{"name": "홍길동", "age": "35"}], "end": "@@"}
    text = "01홍길동035" + ("      000" * 2) + "@@"
    assert fixed_out(message, form) == text
    assert fixed_in(text, form) == message
    assert fixed_in("01홍길동035" + (" " * 18) + "@@", form) == message
    told = grouped(Group(("people",), PERSON, ("n",), times=3))
    assert fixed_in(text, told)["people"] == message["people"]
    with pytest.raises(CannotSend, match="people has 4 items, its record has room for 3"):
        fixed_out({"people": message["people"] * 4, "end": "@@"}, form)


def test_a_group_stands_inside_a_group():
    covers = Group(("covers",), (place("code", width=2),), ("m",))
    form = grouped(Group(("people",), (place("name", width=4), place("m", width=1), covers), ("n",)))
    text = "02홍길2A1A2김  0@@"
    people = [
        {"name": "홍길", "m": "2", "covers": [{"code": "A1"}, {"code": "A2"}]},
        {"name": "김", "m": "0", "covers": []},
    ]
    assert fixed_in(text, form) == {"n": "2", "people": people, "end": "@@"}
    assert fixed_out(fixed_in(text, form), form) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("02홍길동035@@", "name is missing|age is missing|begins or ends inside a character"),
        ("01홍길동035Kim   007@@", "expected 13"),
        ("x1홍길동035@@", "n is no number of items"),
        ("99홍길동035@@", "missing|inside a character"),
        ("", "n is missing"),
    ],
)
def test_a_record_with_another_number_of_items_than_it_says_is_unreadable(text, why):
    with pytest.raises(Unreadable, match=why):
        fixed_in(text, grouped(Group(("people",), PERSON, ("n",))))


def test_a_number_of_items_that_is_not_theirs_or_a_field_without_a_place_is_refused():
    form = grouped(Group(("people",), PERSON, ("n",)))
    with pytest.raises(CannotSend, match="n is not the number of people"):
        fixed_out({"n": "3", "people": [{"name": "a"}]}, form)
    with pytest.raises(CannotSend, match="the record has no place for sex"):
        fixed_out({"people": [{"name": "a", "sex": "1"}]}, form)


# --- text ------------------------------------------------------------------------------------------------------------


def test_a_line_is_read_by_named_groups_that_match_all_of_it():
    pattern = r"(?P<code>\d{4}):(?P<text>.*)"
    assert line_in("0000:成功\r\n", pattern) == {"code": "0000", "text": "成功"}
    for text in ("0000", "x0000:a", "0000:a\nb", "0" * (LINE_LENGTH_MAX + 1)):
        with pytest.raises(Unreadable):
            line_in(text, pattern)
