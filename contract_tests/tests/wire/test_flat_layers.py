"""Forms, charsets and packing: strict bytes in both directions."""

import gzip
from base64 import b64encode, encodebytes
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import (
    CannotSend,
    Unreadable,
    base64_in,
    base64_out,
    base64_text_in,
    charset_in,
    charset_out,
    fit,
    form_in,
    form_out,
    gzip_in,
    gzip_out,
    hex_in,
    hex_out,
    json_in,
    json_text_numbers_in,
    percent_in,
    percent_out,
    query_in,
    query_out,
    xml_in,
)

TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\ufffd"), max_size=30)
FIELDS = st.dictionaries(
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\ufffd"), min_size=1, max_size=8),
    TEXTS,
    max_size=6,
)


@given(fields=FIELDS)
def test_a_form_reads_back_in_order(fields):
    for charset in ("utf-8", "gb18030"):
        back = form_in(form_out(fields, charset), charset)
        assert list(back.items()) == list(fields.items())
        assert query_in(query_out(fields, charset), charset) == fields


def test_forms_and_queries_write_a_space_each_in_its_way():
    assert form_out({"a": "x y&=+", "名": "张"}, "gbk") == b"a=x+y%26%3D%2B&%C3%FB=%D5%C5"
    assert query_out({"a": "x y"}) == "a=x%20y"


@pytest.mark.parametrize(
    ("escapes", "text"),
    [
        ("rfc3986", "a%20-._~%2A%21%27%28%29%2B%2F%E5%BC%A0"),  # RFC 3986, 2.3: unreserved characters
        ("form", "a+-._~%2A%21%27%28%29%2B%2F%E5%BC%A0"),
        ("java", "a+-._%7E*%21%27%28%29%2B%2F%E5%BC%A0"),  # java.net.URLEncoder: ".", "-", "*" and "_" remain
        ("php", "a+-._%7E%2A%21%27%28%29%2B%2F%E5%BC%A0"),  # urlencode: all except -_. ; spaces as plus signs
        ("js", "a%20-._~*!'()%2B%2F%E5%BC%A0"),  # encodeURIComponent: A-Z a-z 0-9 - _ . ! ~ * ' ( )
        ("dotnet", "a+-._%7e*!%27()%2b%2f%e5%bc%a0"),  # HttpUtility.UrlEncode: - _ . ! * ( ), lower case
    ],
)
def test_each_librarys_percent_signs_are_written_and_read_back(escapes, text):
    fields = {"n": "a -._~*!'()+/张"}
    assert form_out(fields, "utf-8", escapes) == f"n={text}".encode()
    assert query_out(fields, "utf-8", escapes) == f"n={text}"
    assert form_in(f"n={text}") == fields


def test_numbers_flags_lists_and_absent_values_have_one_form():
    assert form_out({"n": 5, "t": True, "none": None, "l": ["a", "b"]}) == b"n=5&t=true&l=a&l=b"
    assert form_in(b"l=a&l=b&l=c&e=") == {"l": ["a", "b", "c"], "e": ""}
    with pytest.raises(CannotSend, match="field o takes a text, not an object"):
        form_out({"o": {}})


@pytest.mark.parametrize(
    "body", [b"a=%zz", b"a=%4", b"a=%ff", "a=中".encode(), b"noequals", b"&".join([b"a=1"] * 2001)]
)
def test_a_broken_form_is_unreadable(body):
    with pytest.raises(Unreadable):
        form_in(body)


def test_a_character_the_forms_charset_lacks_is_refused_and_not_quoted():
    with pytest.raises(CannotSend, match="character 2 of field name does not exist in gbk") as caught:
        form_out({"name": "张\U0002000b"}, "gbk")
    assert "\U0002000b" not in str(caught.value)


@given(text=TEXTS)
def test_percent_signs_read_back(text):
    assert percent_in(percent_out(text)) == text
    assert percent_in(percent_in(percent_out(percent_out(text)))) == text
    assert dict(parse_qsl("v=" + percent_out(text), keep_blank_values=True)) == {"v": text}


def test_broken_percent_signs_are_unreadable():
    for text in ("%", "%4", "%zz", "%D5%C5"):
        with pytest.raises(Unreadable):
            percent_in(text)


@pytest.mark.parametrize("charset", ["GBK", "GB2312", "gb18030", "UTF-8"])
@given(text=st.text(st.sampled_from("张三李四 ABC 123，。"), max_size=20))
def test_a_text_reads_back_in_every_charset(charset, text):
    assert charset_in(charset_out(text, charset), charset) == text


def test_the_gb_family_is_read_by_its_youngest_member():
    rare = "\U0002000b䶮"
    assert charset_in(rare.encode("gb18030"), "GB2312") == rare
    assert charset_in(b"\xef\xbb\xbfok", "UTF-8") == "ok"


@pytest.mark.parametrize(
    ("body", "charset"), [("张".encode("gbk"), "UTF-8"), (b"\x81", "GBK"), (b"a\xff\xff", "GB2312")]
)
def test_wrong_bytes_are_unreadable_and_never_replaced(body, charset):
    with pytest.raises(Unreadable, match=f"not {charset} at byte"):
        charset_in(body, charset)


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (lambda body: charset_in(body, "UTF-8"), "P\ufffd26".encode()),
        (lambda body: charset_in(body, "GBK"), b"P\x84\x31\xa4\x3726"),
        (json_in, '{"policyNo": "P\ufffd26"}'.encode()),
        (json_in, rb'{"policyNo": "P\uFFfd26"}'),
        (json_in, rb'{"policyNo": "P\\\ufffd26"}'),
        (json_text_numbers_in, '{"policyNo": "P\ufffd26"}'.encode()),
        (lambda body: xml_in(body, "R"), "<R><No>P\ufffd26</No></R>".encode()),
        (lambda body: xml_in(body, "R"), b"<R><No>P&#xfffd;26</No></R>"),
        (lambda body: xml_in(body, "R"), b"<R><No>P&#65533;26</No></R>"),
        (form_in, b"policyNo=P%EF%BF%BD26"),
        (base64_text_in, "UO+/vTI2"),
    ],
)
def test_a_message_that_lost_a_character_before_it_was_sent_is_unreadable_however_that_is_written(read, body):
    with pytest.raises(Unreadable, match=r"was lost before it was sent \(U\+FFFD\)"):
        read(body)


def test_the_letters_of_an_escape_that_is_none_are_no_loss():
    assert json_in(rb'{"note": "\\ufffd"}') == {"note": r"\ufffd"}


def test_a_rare_surname_is_refused_or_sent_as_the_carrier_allows():
    name = "王\U0002000b"
    with pytest.raises(CannotSend, match="character 2 of the message does not exist in GBK") as caught:
        charset_out(name, "GBK")
    assert "王" not in str(caught.value)
    assert charset_out(name, "GBK", "gb18030") == name.encode("gb18030")
    assert charset_out(name, "GBK", "ncr") == "王".encode("gbk") + b"&#131083;"
    with pytest.raises(CannotSend, match="half a surrogate"):
        charset_out("\ud800", "GBK", "gb18030")


def test_lengths_are_counted_in_the_bytes_of_the_wire():
    assert fit("张三", 4, "GBK") == "张三"
    assert fit("ab", 100, "UTF-8") == "ab"
    with pytest.raises(CannotSend, match="takes 6 bytes in UTF-8, the carrier allows 4"):
        fit("张三", 4, "UTF-8")
    with pytest.raises(CannotSend, match="takes 4 bytes"):
        fit("\U0002000b", 3, "GBK")


@given(body=st.binary(max_size=300))
def test_packed_bytes_unpack(body):
    assert base64_in(base64_out(body)) == body
    assert base64_in(base64_out(body, url_safe=True).rstrip(b"=")) == body
    assert hex_in(hex_out(body)) == hex_in(hex_out(body, upper=True)) == body
    assert gzip_in(gzip_out(body)) == body


def test_base64_in_lines_is_what_mime_writes():
    body = bytes(range(114))
    first, second = b64encode(body)[:76], b64encode(body)[76:]
    assert base64_out(body, lines=76) == first + b"\n" + second
    assert base64_out(body, lines=76, crlf=True, last=True) == first + b"\r\n" + second + b"\r\n"
    assert base64_out(body, lines=76, last=True) == encodebytes(body)
    assert base64_out(body[:57], lines=76) == first
    assert base64_out(b"", lines=64, last=True) == b""
    assert base64_in(base64_out(body, lines=64, crlf=True)) == body


def test_the_same_body_compresses_to_the_same_bytes():
    assert gzip_out(b"x" * 100) == gzip_out(b"x" * 100)


@pytest.mark.parametrize(
    ("unpack", "body"),
    [
        (base64_in, b"a*b="),
        (hex_in, b"abc"),
        (hex_in, b"zz"),
        (gzip_in, b"nope"),
        (gzip_in, gzip.compress(b"x" * 1000, mtime=0)[:-9]),
    ],
)
def test_broken_packing_is_unreadable(unpack, body):
    with pytest.raises(Unreadable):
        unpack(body)


def test_a_bomb_is_stopped_at_the_limit():
    bomb = gzip.compress(b"\0" * (64 * 1024 * 1024))
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="unfolds to more than"):
        gzip_in(bomb)
