"""Frames: a head of fixed widths and a length that counts what the carrier counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import CannotSend, FrameField, FrameForm, Unreadable, frame_in, frame_out, framing_of

PLAIN = FrameForm(fields=(FrameField("length", 8, "body"), FrameField("code", 6), FrameField("bank", 5, left=True)))


def form(counts, *, binary=False):
    return FrameForm(fields=(FrameField("code", 4), FrameField("length", 4, counts), FrameField("v", 2)), binary=binary)


def test_a_head_is_filled_as_its_fields_say():
    framed = frame_out("张".encode("gbk"), PLAIN, {"code": "12", "bank": "CB"})
    assert framed == b"00000002000012CB   " + "张".encode("gbk")
    assert frame_in(framed, PLAIN) == ({"length": "2", "code": "000012", "bank": "CB"}, "张".encode("gbk"))


@pytest.mark.parametrize(("counts", "length"), [("body", b"0003"), ("rest", b"0005"), ("all", b"0013")])
def test_a_length_counts_the_body_the_rest_or_all(counts, length):
    framed = frame_out(b"abc", form(counts), {"code": "7", "v": "1"})
    assert framed == b"0007" + length + b"01abc"
    assert frame_in(framed, form(counts))[1] == b"abc"


def test_a_binary_length_is_big_endian():
    assert frame_out(b"x" * 258, form("body", binary=True), {"code": "7", "v": "1"})[4:8] == b"\x00\x00\x01\x02"


@pytest.mark.parametrize("counts", ["body", "rest", "all"])
@given(body=st.binary(max_size=200), binary=st.booleans())
def test_what_is_framed_is_read_again_and_the_transport_knows_where_it_ends(counts, body, binary):
    made = form(counts, binary=binary)
    framed = frame_out(body, made, {"code": "A", "v": "9"})
    assert frame_in(framed, made)[1] == body
    framing = framing_of(made)
    assert framing.rest_of(framed[: framing.head_bytes]) == len(body)


def test_what_a_field_cannot_hold_is_refused():
    with pytest.raises(CannotSend):
        frame_out(b"", PLAIN, {"code": "1234567"})
    with pytest.raises(CannotSend):
        frame_out(b"", PLAIN, {"code": "𠮷𠮷"})
    narrow = FrameForm(fields=(FrameField("length", 1, "body"),))
    with pytest.raises(CannotSend):
        frame_out(b"x" * 10, narrow, {})
    with pytest.raises(CannotSend):
        frame_out(b"x" * 256, FrameForm(fields=narrow.fields, binary=True), {})


@pytest.mark.parametrize(
    "data", [b"", b"0000", b"00000004000012CB   abc", b"00000002000012CB   abc", b"xxxxxxxx000012CB   abc"]
)
def test_a_length_that_is_not_the_messages_is_unreadable(data):
    with pytest.raises(Unreadable):
        frame_in(data, PLAIN)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_frame_or_unreadable(data):
    try:
        head, body = frame_in(data, PLAIN)
    except Unreadable:
        return
    assert int(head["length"]) == len(body)
