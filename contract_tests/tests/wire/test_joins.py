"""Fields joined for a signature: every option a carrier's document may ask for, against texts written by hand."""

import hashlib
import hmac
from decimal import Decimal

import pytest

import gateway.wire as runtime
from gateway.wire import (
    CannotSend,
    Secret,
    Unreadable,
    base64_of_hex,
    base64_url_bare,
    changed,
    fields_json,
    hex_lower,
    hex_lower_16,
    hex_upper_16,
    hmac_md5,
    hmac_sha384,
    hmac_sm3,
    key_bytes,
    md5,
    member,
    sha384,
    sm3,
    sorted_pairs,
    sorted_texts,
    sorted_values,
    values_by_name,
    without_field,
)
from gateway.wire.sign import CHANGES, DECODINGS, ENCODINGS

# GB/T 32905 appendix A.
SM3 = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}
# GM/T 0042-2015 appendix D.3; keys are bytes.
HMAC_SM3 = [
    (
        bytes(range(1, 33)),
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
    ),
    (bytes(range(1, 38)), b"\xcd" * 50, "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"),
]


@pytest.mark.parametrize(("data", "digest"), SM3.items())
def test_sm3_gives_the_vectors_of_gb_t_32905(data, digest):
    assert hex_lower(sm3(data)) == digest


@pytest.mark.parametrize(("key", "data", "digest"), HMAC_SM3)
def test_hmac_sm3_gives_the_vectors_of_gm_t_0042(key, data, digest):
    assert hex_lower(hmac_sm3(key, data)) == digest
    assert hex_lower(hmac_sm3(key_bytes(Secret(key.hex()), "hex"), data)) == digest


def test_hmac_md5_and_sha384_give_the_vectors_of_rfc_2202_and_rfc_4231():
    question = b"what do ya want for nothing?"
    assert hex_lower(hmac_md5(Secret("Jefe"), question)) == "750c783e6ab0b503eaa86e310a5db738"
    assert hex_lower(hmac_sha384(Secret("Jefe"), question)) == (
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"
    )
    assert hex_lower(sha384(b"abc")) == (
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    )


def test_an_md5_of_16_digits_is_the_middle_of_the_whole_one():
    assert hex_lower_16(md5(b"abc")) == "3cd24fb0d6963f7d"
    assert hex_upper_16(md5(b"abc")) == "3CD24FB0D6963F7D"


def test_a_digest_as_text_may_be_packed_once_more():
    assert base64_of_hex(b"\xab\xcd") == "YWJjZA=="
    assert base64_url_bare(b"\xfb\xff") == "-_8"


@pytest.mark.parametrize("encode", DECODINGS)
def test_what_an_encoding_writes_its_decoding_reads(encode):
    raw = bytes(range(200, 232))
    text = getattr(runtime, ENCODINGS[encode])(raw)
    assert getattr(runtime, DECODINGS[encode])(text) == raw
    for wrong in (None, 5, text + "*", "\ud800", "zz"):
        assert getattr(runtime, DECODINGS[encode])(wrong) in (b"", b"\xcf")


FIELDS = {"b": "2", "A": "1 +", "c": "", "d": None, "sign": "s", "n": Decimal("1.50"), "t": True}

JOINED = [
    ({}, "A=1 +&b=2&n=1.50&sign=s&t=true"),
    ({"blanks": "keep"}, "A=1 +&b=2&c=&n=1.50&sign=s&t=true"),
    ({"blanks": "null"}, "A=1 +&b=2&c=&d=null&n=1.50&sign=s&t=true"),
    ({"without": ("sign", "n")}, "A=1 +&b=2&t=true"),
    ({"only": ("b", "t")}, "b=2&t=true"),
    ({"only": ("b",), "more": {"aa": Secret("k"), "b": "3"}}, "b=3"),
    ({"without": ("sign", "n", "t"), "more": {"aa": Secret("k")}}, "A=1 +&aa=k&b=2"),
    ({"separator": "", "kv": "", "without": ("sign",)}, "A1 +b2n1.50ttrue"),
    ({"without": ("sign",), "descending": True}, "t=true&n=1.50&b=2&A=1 +"),
    ({"only": ("b", "A"), "values": "url"}, "A=1%20%2B&b=2"),
    ({"only": ("b", "A"), "values": "form"}, "A=1+%2B&b=2"),
    ({"only": ("b", "A"), "names": "upper"}, "A=1 +&B=2"),
]


@pytest.mark.parametrize(("options", "text"), JOINED)
def test_pairs_are_joined_as_the_options_say(options, text):
    assert sorted_pairs(FIELDS, **options) == text


def test_names_may_be_compared_without_regard_to_case():
    fields = {"b": "1", "A": "2", "C": "3", "a": "4"}
    assert sorted_pairs(fields) == "A=2&C=3&a=4&b=1"
    assert sorted_pairs(fields, fold=True) == "A=2&a=4&b=1&C=3"


def test_names_are_sorted_as_they_are_written():
    assert sorted_pairs({"a": "1", "B": "2"}, names="lower") == "a=1&b=2"


def test_values_go_by_themselves_or_by_their_names():
    fields = {"a": "9", "b": "1", "c": "5"}
    assert sorted_values(fields, "|") == "1|5|9"
    assert sorted_values(fields, "|", descending=True) == "9|5|1"
    assert values_by_name(fields, "|") == "9|1|5"
    assert sorted_texts("", "b", Secret("a"), None, 5) == "5ab"


NESTED = {"z": {"y": "张", "x": 1}, "l": [{"b": "2"}, "t"], "e": {}, "a": "1"}


@pytest.mark.parametrize(
    ("nested", "text"),
    [
        ("json", 'a=1&l=[{"b":"2"},"t"]&z={"y":"张","x":1}'),
        ("json_sorted", 'a=1&l=[{"b":"2"},"t"]&z={"x":1,"y":"张"}'),
        ("map", "a=1&l=[{b=2}, t]&z={y=张, x=1}"),
        ("map_sorted", "a=1&l=[{b=2}, t]&z={x=1, y=张}"),
        ("flat", "a=1&l.0.b=2&l.1=t&z.x=1&z.y=张"),
        ("drop", "a=1"),
        ("same", 'a=1&l=[{"b":"2"},"t"]&z=x=1&y=张'),
    ],
)
def test_objects_are_signed_in_the_form_the_carrier_names(nested, text):
    assert sorted_pairs(NESTED, nested=nested) == text


def test_a_java_map_is_written_with_what_is_blank_and_absent_in_it():
    fields = {"m": {"b": "", "a": None, "t": True, "l": [], "o": {}}}
    assert sorted_pairs(fields, nested="map") == "m={b=, a=null, t=true, l=[], o={}}"
    assert sorted_pairs(fields, nested="map_sorted") == "m={a=null, b=, l=[], o={}, t=true}"


def test_objects_joined_by_the_same_rule_follow_every_option_of_it():
    fields = {"b": {"d": {"f": "2", "e": ""}, "c": "1"}, "a": {"g": ""}}
    assert sorted_pairs(fields, nested="same") == "b=c=1&d=f=2"
    assert sorted_pairs(fields, "|", "keep", kv=":", names="upper", nested="same") == "A:G:|B:C:1|D:E:|F:2"
    assert sorted_pairs(fields, nested="same", descending=True) == "b=d=f=2&c=1"


def test_blanks_deep_inside_are_left_out_where_the_carrier_says_so():
    fields = {"a": {"y": "", "x": None, "l": [{"b": "", "c": "1"}, ""], "t": "1"}, "s": ""}
    assert sorted_pairs(fields, nested="json_sorted", deep=True) == 'a={"l":[{"c":"1"},""],"t":"1"}'
    assert sorted_pairs(fields, nested="json_sorted") == 'a={"l":[{"b":"","c":"1"},""],"t":"1","x":null,"y":""}'
    assert sorted_values(fields, nested="json", deep=True) == '{"l":[{"c":"1"},""],"t":"1"}'
    assert values_by_name(fields, nested="map", deep=True) == "{l=[{c=1}, ], t=1}"


def test_an_object_is_signed_as_its_json_text_without_the_signature():
    fields = {"b": "张", "head": {"sign": "x", "z": 1, "a": ""}}
    assert fields_json(fields) == '{"b":"张","head":{"sign":"x","z":1,"a":""}}'
    assert (
        fields_json(without_field(fields, "head", "sign"), keys_sorted=True, drop=True) == '{"b":"张","head":{"z":1}}'
    )
    assert without_field(fields, "head", "none") == without_field(fields, "b", "c") == fields
    assert fields["head"]["sign"] == "x"
    with pytest.raises(CannotSend, match="not a text of 1 characters"):
        fields_json("张")


def test_objects_without_a_form_are_refused_and_nothing_is_quoted():
    with pytest.raises(CannotSend, match="an object cannot be part of a signature"):
        sorted_pairs({"a": {"name": "张三"}})
    with pytest.raises(CannotSend, match="not a text of 2 characters"):
        sorted_pairs("张三")


def test_what_nests_too_deeply_or_is_too_much_is_refused():
    deep: dict = {"a": "1"}
    for _ in range(100):
        deep = {"a": deep}
    for nested in ("flat", "map", "same"):
        with pytest.raises(CannotSend, match="nest deeper"):
            sorted_pairs(deep, nested=nested)
    with pytest.raises(CannotSend, match="nest deeper"):
        fields_json(deep, drop=True)
    with pytest.raises(CannotSend, match="at most"):
        sorted_pairs({"a": [str(n) for n in range(3000)]}, nested="flat")


def test_a_member_is_signed_as_its_bytes_stand():
    body = b' { "a" : "x\\u5f20", "data" : { "in" : [1.0, {"k":"}"}] , "n": null } , "sign":"s"} '
    assert member(body, "utf-8", "data") == b'{ "in" : [1.0, {"k":"}"}] , "n": null }'
    assert member(body, "utf-8", "data", "in") == b'[1.0, {"k":"}"}]'
    assert member(body, "utf-8", "a") == b'"x\\u5f20"'
    assert member('{"d":"张"}'.encode("gbk"), "gbk", "d") == '"张"'.encode("gbk")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"data"', b'{"data":', b'{"b":1}', b'{"b":1 "data":2}', b"\xff{}", b'{"data":nope}']
)
def test_a_message_without_the_member_is_unreadable(body):
    with pytest.raises(Unreadable, match="no JSON member 'data'"):
        member(body, "utf-8", "data")


def test_a_member_of_a_million_brackets_is_unreadable_and_no_crash():
    with pytest.raises(Unreadable):
        member(b'{"data":' + b"[" * 1_000_000, "utf-8", "data")


@pytest.mark.parametrize("how", CHANGES)
def test_a_changed_text_is_that_of_all_parts_together(how):
    parts = (" a+", Secret("B"), "张".encode("gbk"), None, 7)
    assert changed(how, "GBK", *parts) == CHANGES[how](" a+B张7", "GBK")


@pytest.mark.parametrize(
    ("charset", "written"), [("GBK", "%D5%C5+a"), ("utf-8", "%E5%BC%A0+a"), ("Shift_JIS", "%92%A3+a")]
)
def test_percent_signs_in_what_is_signed_are_those_of_the_charset(charset, written):
    assert changed("form", charset, "张 a" if charset != "Shift_JIS" else "張 a") == written
    fields = {"n": "张 a" if charset != "Shift_JIS" else "張 a", "o": {"n": "張"}}
    joined = sorted_pairs({"n": fields["n"]}, values="form", charset=charset)
    assert joined == f"n={written}"
    same = sorted_pairs({"o": {"n": fields["n"]}}, values="form", nested="same", charset=charset)
    assert same == "o=" + changed("form", charset, f"n={written}")


def test_what_is_signed_and_not_of_the_charset_is_refused():
    with pytest.raises(CannotSend, match="character 2 of what is signed does not exist in GBK"):
        sorted_pairs({"n": "a\U00020bb7"}, values="url", charset="GBK")


def test_a_key_that_is_not_written_as_it_should_be_is_not_quoted():
    for form in ("hex", "base64"):
        with pytest.raises(CannotSend) as caught:
            key_bytes(Secret("geheim!"), form)
        assert "geheim" not in str(caught.value)


def test_an_hmac_takes_the_bytes_of_a_key_as_they_are():
    assert hmac_sm3(b"\x00\xff", b"x") == hmac.new(b"\x00\xff", b"x", "sm3").digest()
    assert hashlib.new("sm3", b"").hexdigest() == hex_lower(sm3(b""))
    with pytest.raises(CannotSend, match="empty"):
        hmac_sm3(b"", b"x")
