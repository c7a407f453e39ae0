"""SM4 against the vectors of GB/T 32907 and RFC 8998."""

import pytest

import gateway.wire
from gateway.wire import (
    CannotSend,
    Unreadable,
    sm4_cbc_in,
    sm4_cbc_out,
    sm4_ecb_in,
    sm4_ecb_out,
    sm4_gcm_in,
    sm4_gcm_out,
)
from gateway.wire.cipher import CIPHERS

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def test_one_block_is_that_of_gb_t_32907():
    sealed = bytes.fromhex("681edf34d206965e86b3e94f536e4246")
    assert sm4_ecb_out(KEY, KEY) == sealed
    assert sm4_ecb_in(KEY, sealed) == KEY


def test_a_million_rounds_are_those_of_gb_t_32907():
    # Blocks of zeros in CBC: each is the encryption of the one before, the first of the vector.
    rounds = sm4_cbc_out(KEY, KEY, bytes(16 * 1_000_000))
    assert rounds[-16:].hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_two_blocks_in_cbc_are_those_of_the_published_example():
    sealed = bytes.fromhex("2677f46b09c122cc975533105bd4a22af6125f7275ce552c3a2bbcf533de8a3b")
    assert sm4_cbc_out(KEY, KEY, KEY * 2) == sealed
    assert sm4_cbc_in(KEY, KEY, sealed) == KEY * 2


IV = bytes.fromhex("00001234567800000000abcd")
AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
PLAIN = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8)
SEALED = bytes.fromhex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
)
TAG = bytes.fromhex("83de3541e4c2b58177e065a9bf7b62ec")


@pytest.mark.parametrize(("first", "whole"), [(False, SEALED + TAG), (True, TAG + SEALED)])
def test_gcm_is_that_of_rfc_8998_with_its_tag_on_either_side(first, whole):
    assert sm4_gcm_out(KEY, IV, PLAIN, AAD, tag_first=first) == whole
    assert sm4_gcm_in(KEY, IV, whole, AAD, tag_first=first) == PLAIN
    for damaged in (whole[:-1], whole[1:], b"", whole[:-1] + bytes((whole[-1] ^ 1,))):
        with pytest.raises(Unreadable):
            sm4_gcm_in(KEY, IV, damaged, AAD, tag_first=first)
    with pytest.raises(Unreadable):
        sm4_gcm_in(KEY, IV, whole, b"other", tag_first=first)


@pytest.mark.parametrize("algo", ["sm4-ecb", "sm4-cbc"])
def test_what_is_no_whole_block_is_refused(algo):
    seal, opens = (getattr(gateway.wire, name) for name in (CIPHERS[algo].seal, CIPHERS[algo].open))
    iv = (KEY,) if algo == "sm4-cbc" else ()
    with pytest.raises(CannotSend):
        seal(KEY, *iv, b"x")
    with pytest.raises(Unreadable):
        opens(KEY, *iv, b"x")
