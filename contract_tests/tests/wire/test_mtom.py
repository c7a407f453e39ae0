"""A SOAP reply with its files beside the envelope is one message again; whatever is not whole proves nothing."""

from base64 import b64encode

import pytest

from gateway.wire import Unreadable, mtom_in
from gateway.wire.limits import BODY_BYTES_MAX

PDF = b"%PDF-1.4\r\n\x00\xff --other\r\n<x/>\r\n%%EOF"
INCLUDE = b'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:a%40x"/>'
TOLD = 'multipart/related; type="application/xop+xml"; boundary="uuid:1+id=2"; start="<root@x>"; start-info="text/xml"'
FILE = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <a@x>\r\n\r\n"
ROOT = b'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\nContent-ID: <root@x>\r\n\r\n'


def body(*parts):
    return b"".join(b"--uuid:1+id=2\r\n" + part + b"\r\n" for part in parts) + b"--uuid:1+id=2--\r\n"


def test_a_file_stands_where_the_envelope_includes_it():
    assert mtom_in(body(ROOT + b"<E>" + INCLUDE + b"</E>", FILE + PDF), TOLD) == b"<E>" + b64encode(PDF) + b"</E>"


@pytest.mark.parametrize(
    "include",
    [
        b'<i:Include href="cid:a@x" xmlns:i="http://www.w3.org/2004/08/xop/include"></i:Include>',
        b"<Include xmlns='http://www.w3.org/2004/08/xop/include'\n href='cid:a%40x' />",
    ],
)
def test_an_include_is_known_by_its_namespace_however_it_is_written(include):
    assert mtom_in(body(ROOT + b"<E>" + include + b"</E>", FILE + PDF), TOLD) == b"<E>" + b64encode(PDF) + b"</E>"


def test_the_root_is_what_start_names_or_the_first_part():
    parts = FILE + PDF, ROOT + b"<E>" + INCLUDE + b"</E>"
    assert mtom_in(body(*parts), TOLD) == b"<E>" + b64encode(PDF) + b"</E>"
    told = TOLD.replace('start="<root@x>"; ', "")
    assert mtom_in(body(*reversed(parts)), told) == b"<E>" + b64encode(PDF) + b"</E>"
    with pytest.raises(Unreadable, match="no root part"):
        mtom_in(body(*parts), TOLD.replace("root@x", "other@x"))


def test_a_part_in_base_64_is_unpacked_and_another_coding_is_refused():
    packed = FILE.replace(b"binary", b"BASE64") + b"JVBE\r\nRg=="
    assert mtom_in(body(ROOT + b"<E>" + INCLUDE + b"</E>", packed), TOLD) == b"<E>JVBERg==</E>"
    with pytest.raises(Unreadable, match="packed"):
        mtom_in(body(ROOT + INCLUDE, FILE.replace(b"binary", b"x-uue") + PDF), TOLD)


@pytest.mark.parametrize("told", [None, "", "text/xml; charset=UTF-8", "application/soap+xml"])
def test_a_reply_that_carries_no_files_is_the_message_itself(told):
    assert mtom_in(b"<Fault/>", told) == b"<Fault/>"


def test_an_include_of_another_namespace_is_left_as_it_is():
    root = b'<E xmlns="urn:e"><Include href="cid:a@x"/></E>'
    assert mtom_in(body(ROOT + root, FILE + PDF), TOLD) == root


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ((ROOT + INCLUDE,), "not there"),
        ((ROOT + INCLUDE + INCLUDE, FILE + PDF), "one part twice"),
        ((b"no head",), "no head"),
    ],
)
def test_a_message_that_lacks_a_part_or_wants_one_twice_is_unreadable(parts, why):
    with pytest.raises(Unreadable, match=why):
        mtom_in(body(*parts), TOLD)


def test_a_message_cut_off_or_too_long_is_unreadable():
    whole = body(ROOT + INCLUDE, FILE + PDF)
    with pytest.raises(Unreadable):
        mtom_in(whole[:-20], TOLD)
    with pytest.raises(Unreadable, match="boundary"):
        mtom_in(whole, "multipart/related")
    with pytest.raises(Unreadable, match="longer than"):
        mtom_in(bytes(BODY_BYTES_MAX + 1), TOLD)
