"""Charsets of the East: a host's own name for one, and the characters its successor has."""

import codecs

import pytest

from gateway.wire import CannotSend, Unreadable, charset_in, charset_out, form_in, form_out
from gateway.wire.layers.charset import CHARSETS, fit


@pytest.mark.parametrize("name", CHARSETS)
def test_a_charset_that_is_offered_can_be_written_and_read(name):
    assert charset_in(charset_out("A1", name), name) == "A1"


@pytest.mark.parametrize(
    ("name", "python"), [("Windows-31J", "cp932"), ("windows-874", "cp874"), ("windows-949", "cp949")]
)
def test_a_charset_has_the_name_that_iana_gave_it(name, python):
    assert codecs.lookup(name).name == python


@pytest.mark.parametrize("declared", ["Shift_JIS", "shift-jis", "SJIS", "Windows-31J"])
@pytest.mark.parametrize("text", ["髙橋 ①", "山﨑", "千代田１－１", "ﾀﾛｳ", "東京～大阪", "㈱テスト"])
def test_shift_jis_is_what_its_hosts_mean_by_it(declared, text):
    body = text.encode("cp932")
    assert charset_in(body, declared) == text
    assert charset_out(text, declared) == body
    assert form_in(form_out({"n": text}, declared), declared) == {"n": text}
    assert form_out({"n": text}, declared) == form_out({"n": text}, "cp932")
    assert fit(text, len(body), declared) == text


def test_what_strict_shift_jis_has_stays_as_it_was():
    assert charset_out("〜", "Shift_JIS") == b"\x81\x60"


def test_a_character_that_neither_has_is_refused_by_its_place():
    with pytest.raises(CannotSend, match="character 2 of the message does not exist in Shift_JIS"):
        charset_out("A😀", "Shift_JIS")
    with pytest.raises(CannotSend, match="character 1 of field n does not exist in Shift_JIS"):
        form_out({"n": "😀"}, "Shift_JIS")
    with pytest.raises(Unreadable):
        charset_in(b"\x85\x40", "EUC-JP")
