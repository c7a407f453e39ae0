"""A message that declares its separators, in a UNA or an ISA, is read by these."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.wire import Group, Lines, PipeForm, Place, Record, Unreadable, pipe_in


def place(name="", **more):
    return Place(tuple(name.split(".")) if name else (), **more)


def composed(*names):
    return Group((), tuple(place(name) for name in names), separator=":")


EDIFACT = PipeForm(
    (
        Record((place("sender"),), "UNB"),
        Record((composed("no", "line"),), "RFF+ON:", led=True),
        Record((place("text"),), "FTX", optional=True),
        Record((place("count", counts="RFF+ON:"),), "UNT"),
    ),
    separator="+",
    release="?",
    lines=Lines("'", ""),
    short=True,
)
X12 = PipeForm(
    (
        Record((place("isa", rest=True),), "ISA"),
        Record((place("code"), composed("kind", "value"), Group(("days",), (place("day"),), between="^")), "ERC"),
    ),
    separator="*",
    lines=Lines("~", ""),
    short=True,
)
SIGNS = "!#$%&*+-./:;<=>?@^_|~'\"\\,"


def edifact(component, element, release, end, *, una, text="a+b:c'd?e"):
    """A message in some separators; what looks like one of them in the text is released."""
    signs = {component, element, release, end}
    said = "".join(f"{release}{each}" if each in signs and release != " " else each for each in text)
    lines = [
        f"UNB{element}ME",
        f"RFF{element}ON{component}7{component}2",
        f"FTX{element}{said}",
        f"UNT{element}3",
    ]
    return (f"UNA{component}{element}.{release} {end}" if una else "") + "".join(f"{line}{end}" for line in lines)


def isa(element, repetition, component, end):
    fields = ["00", " " * 10, "00", " " * 10, "ZZ", f"{'ME':15}", "ZZ", f"{'YOU':15}", "260301", "0800", repetition]
    return element.join(["ISA", *fields, "00501", "000000001", "0", "P", component]) + end


@given(st.permutations(SIGNS).map(lambda signs: signs[:4]))
def test_a_message_is_read_by_the_separators_of_its_una_whichever_they_are(signs):
    read = pipe_in(edifact(*signs, una=True), EDIFACT)
    assert read == {"sender": "ME", "no": "7", "line": "2", "text": "a+b:c'd?e", "count": "3"}


def test_a_una_that_declares_the_carriers_own_separators_is_no_segment_of_the_message():
    assert pipe_in(edifact(":", "+", "?", "'", una=True), EDIFACT) == pipe_in(
        edifact(":", "+", "?", "'", una=False), EDIFACT
    )


def test_a_document_may_have_the_una_among_its_records():
    form = replace(EDIFACT, records=(Record((), "UNA:+.? ", led=True), *EDIFACT.records))
    for signs in (":+?'", "/|!~"):
        assert pipe_in(edifact(*signs, una=True), form)["no"] == "7"


def test_line_ends_for_the_eye_may_stand_behind_a_una_and_every_segment():
    text = edifact("/", "|", "!", "~", una=True).replace("~", "~\r\n")
    assert pipe_in(text, EDIFACT)["no"] == "7"


def test_a_una_may_declare_no_release_character():
    read = pipe_in(edifact("/", "|", " ", "~", una=True, text="a+b?"), EDIFACT)
    assert read["text"] == "a+b?"


def test_what_is_no_una_is_read_as_every_other_line():
    with pytest.raises(Unreadable):
        pipe_in("UNAABCDEF'" + edifact(":", "+", "?", "'", una=False), EDIFACT)


@pytest.mark.parametrize(("element", "repetition", "component", "end"), ["*^:~", "|\\>\n", "+!;'", "*U:~", "~^*|"])
def test_a_message_is_read_by_the_separators_of_its_isa(element, repetition, component, end):
    days = f"1{repetition}2" if not repetition.isalnum() else "1"
    body = f"ERC{element}OK{element}K{component}5{element}{days}{end}"
    read = pipe_in(isa(element, repetition, component, end) + body, X12)
    assert (read["code"], read["kind"], read["value"]) == ("OK", "K", "5")
    assert read["days"] == [{"day": day} for day in ("1", "2")[: len(days.split(repetition))]]
    assert read["isa"].endswith(component), "the element that declares a sign keeps it"


def test_what_looks_like_the_documents_separator_is_a_value_in_a_message_that_declares_others():
    read = pipe_in(isa("|", "!", ">", "\n") + "ERC|a*b~c^d|K>5:6|1\n", X12)
    assert (read["code"], read["value"], read["days"]) == ("a*b~c^d", "5:6", [{"day": "1"}])


def test_a_header_that_is_no_isa_is_read_in_the_separators_of_the_document():
    assert pipe_in("ISA*short~ERC*OK*K:5*1~", X12)["isa"] == "short"


@given(st.text(max_size=200))
def test_whatever_follows_a_una_or_isa_is_read_or_refused(rest):
    for begins, form in (("UNA:+.? '", EDIFACT), (isa("*", "^", ":", "~"), X12), ("UNA", EDIFACT), ("ISA", X12)):
        with suppress(Unreadable):
            pipe_in(begins + rest, form)
