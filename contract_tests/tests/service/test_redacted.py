"""A raw message is shown by its shape: its fields, never its values."""

import pytest

from gateway.journal.vault import RawMessage
from gateway.service.recovery.redacted import body_shape, message_shape

KEEP = frozenset({"R00012345678"})


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (
            b'{"no":"R00012345678","name":"Zhang","n":12,"ok":true}',
            '{"no":"R00012345678","name":"xxxxx","n":"99","ok":true}',
        ),
        ('<a id="310">张三<b>R0001234</b></a>'.encode("gb18030"), '<a id="999">xx<b>R0001234</b></a>'),
        (b"phone=13800000001&no=R00012345678", "phone=99999999999&no=R00012345678"),
        (b"\xff\xfe\x00\x01\x81", None),
        (b"Zhang San, 13800000001", None),
        (b'"Zhang San"', None),
    ],
    ids=["json", "xml", "form", "bytes", "text", "a bare value"],
)
def test_a_body_shows_its_fields_and_the_numbers_that_are_ours(body, shape):
    assert body_shape(body, KEEP) == shape


def test_an_address_is_shown_without_its_query_and_a_header_without_its_value():
    raw = RawMessage(
        line="POST https://user:pass@carrier.test/issue?sign=abc&name=Zhang",
        headers=(("Content-Type", "application/json"), ("X-Sign", "abc1")),
        body=b"",
    )
    shown = message_shape(raw, KEEP)
    assert shown["line"] == "POST https://carrier.test/issue"
    assert shown["headers"] == [["Content-Type", "application/json"], ["X-Sign", "xxx9"]]
