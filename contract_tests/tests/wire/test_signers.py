"""Signers against the vectors of their standards; signing what one has signed oneself proves nothing."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway.wire
from gateway.wire import (
    CannotSend,
    Secret,
    Unreadable,
    base64_text,
    between,
    hex_lower,
    hex_upper,
    hmac_sha1,
    hmac_sha256,
    hmac_sha384,
    hmac_sha512,
    md5,
    over,
    same_signature,
    sha1,
    sha256,
    sha512,
    sorted_pairs,
    sorted_values,
    values_by_name,
)
from gateway.wire.sign import DECODINGS, ENCODINGS, SIGNERS, plan_signer

RFC_1321 = {
    b"": "d41d8cd98f00b204e9800998ecf8427e",
    b"a": "0cc175b9c0f1b6a831c399e269772661",
    b"abc": "900150983cd24fb0d6963f7d28e17f72",
    b"message digest": "f96b697d7cb7938d525a2f31aaf161d0",
    b"abcdefghijklmnopqrstuvwxyz": "c3fcd3d76192e4007dfb496cca67e13b",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789": "d174ab98d277d9f5a5611c2c9f419d9f",
    b"1234567890" * 8: "57edf4a22be3c955ac49da2e2107b67a",
}

TWO_BLOCKS = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
FIPS_180 = [
    (sha1, b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (sha1, TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    (sha256, b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (sha256, TWO_BLOCKS, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    (
        sha512,
        b"abc",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ),
]

# Keys that are text; RFC 2202 section 3, RFC 4231 section 4.
HMACS = [
    (hmac_sha1, "Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (hmac_sha1, "\x0b" * 20, b"Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
    (hmac_sha1, "\x0c" * 20, b"Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
    (hmac_sha256, "\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        hmac_sha256,
        "Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        hmac_sha384,
        "Jefe",
        b"what do ya want for nothing?",
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    ),
    (
        hmac_sha512,
        "Jefe",
        b"what do ya want for nothing?",
        (
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
    ),
    (
        hmac_sha512,
        "\x0b" * 20,
        b"Hi There",
        (
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
        ),
    ),
]


@pytest.mark.parametrize(("data", "digest"), RFC_1321.items())
def test_md5_gives_the_vectors_of_rfc_1321(data, digest):
    assert hex_lower(md5(data)) == digest


@pytest.mark.parametrize(("signer", "data", "digest"), FIPS_180)
def test_sha_gives_the_vectors_of_fips_180(signer, data, digest):
    assert hex_lower(signer(data)) == digest


@pytest.mark.parametrize(("signer", "key", "data", "digest"), HMACS)
def test_hmac_gives_the_vectors_of_rfc_2202_and_rfc_4231(signer, key, data, digest):
    assert hex_lower(signer(Secret(key), data)) == digest


def test_a_request_line_with_a_body_digest_gives_the_documented_signature():
    signed = over(
        "UTF-8", "POST", "\n", "/partner/v2/policies", "\n", "1767225600", "\n", "abc", "\n", hex_lower(sha256(b"{}"))
    )
    assert base64_text(hmac_sha256(Secret("k"), signed)) == "uOaMGIpN6GGrdUCona/UnBo7Hza+RD84AcmMl3c0Gb4="


def test_sorted_fields_with_the_key_behind_give_the_documented_signature():
    fields = {
        "appId": "LH20260001",
        "version": "2.0",
        "timestamp": "20260301090310",
        "nonce": "Q000000000000001",
        "bizContent": '{"head":{"transCode":"LH2001","requestNo":"PT20260301090310000008",'
        '"requestTime":"20260301090310"},"body":{"queryType":"1","origRequestNo":"PT20260301090200000999"}}',
        "memo": "",
        "sign": "not part of itself",
    }
    text = sorted_pairs(fields, "&", "drop", without=("sign",))
    signed = over("UTF-8", text, "&key=", Secret("lotus-test-key-0001"))
    assert hex_upper(md5(signed)) == "68845FB518F0C192D396C79175BCFC61"


def test_the_key_before_gbk_bytes_gives_the_documented_signature():
    xml = '<?xml version="1.0" encoding="GBK"?><Request><Name>张三</Name></Request>'
    signed = over("GBK", Secret("bamboo-test-key-01"), xml.encode("gbk"))
    assert hex_lower(md5(signed)) == "739cad28ab4940d75f99b4ff3e970521"


def test_the_parts_are_encoded_once_in_the_charset_of_the_wire():
    assert over("GBK", "张", b"\xff", None, 5, True, Secret("k")) == "张".encode("gbk") + b"\xff5truek"
    with pytest.raises(CannotSend, match="an object cannot be part of a signature"):
        over("GBK", {"a": 1})


def test_blank_fields_are_dropped_or_kept_as_the_carrier_says():
    fields = {"b": "2", "a": "", "c": None, "B": "1"}
    assert sorted_pairs(fields) == "B=1&b=2"
    assert sorted_pairs(fields, "&", "keep") == "B=1&a=&b=2"
    assert values_by_name({"b": "1", "a": "2"}, "|") == "2|1"
    assert sorted_values({"b": "1", "a": "2"}, "|") == "1|2"


def test_nested_fields_have_no_one_way_to_be_joined():
    with pytest.raises(CannotSend, match="cannot be part of a signature"):
        sorted_pairs({"a": {"b": 1}})


def test_a_piece_of_the_raw_message_is_signed_as_it_stands():
    body = "<R><Body> 张 </Body><Body>2</Body></R>".encode("gbk")
    assert between(body, "<Body>", "</Body>", "GBK") == " 张 ".encode("gbk")
    with pytest.raises(Unreadable, match="no part between"):
        between(b"<Body>", "<Body>", "</Body>")


@given(data=st.binary(max_size=50), key=st.text(min_size=1, max_size=50).filter(lambda k: k.isprintable()))
def test_every_keyed_signer_agrees_with_the_standard_library(data, key):
    for spec in SIGNERS.values():
        if spec.algo.startswith("hmac_"):
            name = spec.algo.removeprefix("hmac_")
            expected = hmac.new(key.encode(), data, name).digest()
            assert getattr(gateway.wire, spec.runtime)(Secret(key), data) == expected


@pytest.mark.parametrize("encode", [hex_lower, hex_upper, base64_text])
@given(digest=st.binary(min_size=16, max_size=64), bit=st.integers(min_value=0, max_value=127))
def test_one_flipped_bit_is_another_signature(encode, digest, bit):
    other = bytearray(digest)
    other[bit // 8] ^= 1 << bit % 8
    assert same_signature(encode(digest), encode(digest))
    assert not same_signature(encode(digest), encode(bytes(other)))


@pytest.mark.parametrize("got", [None, "", b"abc", 5, "ABC", "abc ", "\ud800"])
def test_only_the_same_text_is_the_same_signature(got):
    assert not same_signature("abc", got)


def test_an_empty_key_signs_nothing():
    with pytest.raises(CannotSend, match="signing key of this channel is empty"):
        hmac_sha256(Secret(""), b"x")


def test_what_the_registry_names_is_exported():
    for name in [spec.runtime for spec in SIGNERS.values()] + list(ENCODINGS.values()) + list(DECODINGS.values()):
        assert callable(getattr(gateway.wire, name))


def test_an_unknown_algorithm_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match="unknown algorithm 'md4'; known: md5, sha1, sha256, sha384, sha512, sm3, hmac_md5"
    ):
        plan_signer("md4", keyed=False)
    with pytest.raises(ValueError, match="hmac_sha256 needs a key"):
        plan_signer("hmac_sha256", keyed=False)
    with pytest.raises(ValueError, match="md5 takes no key"):
        plan_signer("md5", keyed=True)
