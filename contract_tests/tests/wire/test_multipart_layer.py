"""Multipart bodies and percent signs: written as their standards say, read strictly."""

import base64
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import CannotSend, FilePart, Unreadable, multipart_in, multipart_out, url_encode_in, url_encode_out

TOLD = "multipart/form-data; boundary=B"


def test_fields_and_files_are_written_as_rfc_7578_says():
    files = {"doc": FilePart(filename='保单".pdf', type="application/pdf", base64=True)}
    body = multipart_out(
        {"no": "1", "name": "张三", "doc": base64.b64encode(b"%PDF\r\n\x00").decode()}, "B", files=files
    )
    assert body == (
        b'--B\r\nContent-Disposition: form-data; name="no"\r\n\r\n1\r\n'
        b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + "张三".encode() + b"\r\n"
        b'--B\r\nContent-Disposition: form-data; name="doc"; filename="' + "保单".encode() + b'%22.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n%PDF\r\n\x00\r\n--B--\r\n"
    )


def test_another_reader_finds_the_same_fields():
    body = multipart_out({"a": "1", "b": "x\r\ny", "c": ""}, "B")
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: multipart/form-data; boundary=B\r\n\r\n" + body)
    found = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in message.iter_parts()
    }
    assert found == {"a": b"1", "b": b"x\r\ny", "c": b""}


def test_texts_are_in_the_carriers_charset():
    assert "张三".encode("gbk") in multipart_out({"name": "张三"}, "B", "gbk")
    with pytest.raises(CannotSend):
        multipart_out({"name": "𠮷"}, "B", "gbk")


@pytest.mark.parametrize("boundary", ["", "x" * 71, "a\r\nb", 'a"b', "a;b"])
def test_a_boundary_that_is_none_is_refused(boundary):
    with pytest.raises(CannotSend):
        multipart_out({"a": "1"}, boundary)


def test_a_boundary_inside_the_content_is_refused():
    with pytest.raises(CannotSend):
        multipart_out({"a": "x--By"}, "B")


def test_a_name_cannot_begin_another_header():
    body = multipart_out({'a"\r\nX: y': "1"}, "B")
    assert b"\r\nX: y" not in body
    assert multipart_in(body, TOLD) == {'a"\r\nX: y': "1"}


names = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd"), min_size=1, max_size=20
).filter(lambda name: "%" not in name)


@given(
    st.dictionaries(
        names, st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ufffd"), max_size=50), max_size=5
    )
)
def test_what_is_written_is_read_again(fields):
    boundary = "b" * 40 + "Z"
    if any(boundary in value for value in fields.values()):
        return
    if not fields:
        return
    assert multipart_in(multipart_out(fields, boundary), f'multipart/form-data; boundary="{boundary}"') == fields


def test_a_name_that_comes_twice_has_a_list():
    assert multipart_in(multipart_out({"a": ["1", "2"]}, "B"), TOLD) == {"a": ["1", "2"]}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", TOLD),
        (b"--B\r\n\r\n1\r\n", TOLD),
        (b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n', TOLD),
        (b"--B\r\nContent-Type: text/plain\r\n\r\n1\r\n--B--\r\n", TOLD),
        (b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--B--\r\n', TOLD),
        (b'--Bx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n', TOLD),
        (b"--B--\r\n", None),
        (b"--B--\r\n", "multipart/form-data"),
        (b'--B\r\nContent-Disposition: form-data; name="a"; x=' + b"y" * 5000 + b"\r\n\r\n1\r\n--B--\r\n", TOLD),
        (b"--B\r\n" * 5000 + b"--B--\r\n", TOLD),
    ],
)
def test_what_is_no_multipart_body_is_unreadable(body, told):
    with pytest.raises(Unreadable):
        multipart_in(body, told)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_unreadable(body):
    try:
        found = multipart_in(body, TOLD)
    except Unreadable:
        return
    assert isinstance(found, dict)


def test_percent_signs_are_those_of_rfc_3986_or_of_html_forms():
    text = "a b~*-._/&=+张\n"
    assert url_encode_out(text.encode()) == quote(text, "").encode()
    assert url_encode_out(text.encode(), lower=True) == b"a%20b~%2a-._%2f%26%3d%2b%e5%bc%a0%0a"
    # Java's URLEncoder: `*` stays, `~` does not, a space is a plus sign.
    assert url_encode_out(text.encode(), plus=True) == b"a+b%7E*-._%2F%26%3D%2B%E5%BC%A0%0A"
    assert url_encode_out("张三".encode("gbk")) == b"%D5%C5%C8%FD"


@given(st.binary(max_size=100), st.booleans(), st.booleans())
def test_percent_signs_are_undone(data, plus, lower):
    assert url_encode_in(url_encode_out(data, plus=plus, lower=lower), plus=plus) == data


def test_broken_percent_signs_are_unreadable_and_a_plus_is_itself_without_the_habit():
    assert url_encode_in(b"a+b") == b"a+b"
    assert url_encode_in(quote_plus("a b").encode(), plus=True) == b"a b"
    for broken in (b"%", b"%4", b"%zz"):
        with pytest.raises(Unreadable):
            url_encode_in(broken)
