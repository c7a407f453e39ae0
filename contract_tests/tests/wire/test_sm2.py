"""SM2 against the examples of GB/T 32918.5, every form of key and signature, and what must be refused."""

import base64

import gmalg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gateway.wire
from gateway.wire import CannotSend, Secret, Unreadable, sm2, sm2_der, sm2_der_genuine, sm2_genuine
from gateway.wire.cipher import CIPHERS
from gateway.wire.cipher.sm2 import sealed_parts
from gateway.wire.gm import der
from gateway.wire.gm.curve import A, B, G, Multiples, N, P, on_curve, times, unpacked
from gateway.wire.gm.keys import point_bytes, private_number, public_point
from gateway.wire.gm.use import sm2_private, sm2_public
from gateway.wire.keys import BadKey
from gateway.wire.sign.sm2 import USER_ID, digest_of, signed_with

# GB/T 32918.5 appendix A.2 and A.3: one pair of keys, one k, one user id.
D = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
X = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
Y = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
K = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
E = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
C1X = "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73"
C1Y = "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
C2 = "21886CA989CA9C7D58087307CA93092D651EFA"
C3 = "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"

PRIVATE, PUBLIC = Secret(D), Secret("04" + X + Y)
SIGNATURE = R.to_bytes(32, "big") + S.to_bytes(32, "big")


def test_a_signature_is_that_of_the_standard():
    key = sm2_private(D)
    assert point_bytes(key.point).hex().upper() == X + Y
    assert digest_of(key, b"message digest", USER_ID).hex().upper() == E
    assert signed_with(key, b"message digest", USER_ID, lambda _bits: K) == (R, S)


def test_the_signature_of_the_standard_is_genuine_in_both_forms():
    assert sm2_genuine(PUBLIC, b"message digest", SIGNATURE)
    assert sm2_der_genuine(PUBLIC, b"message digest", der.sequence(der.integer(R), der.integer(S)))


def test_the_sealed_message_of_the_standard_is_made_and_opened():
    point, sealed, digest = sealed_parts(PUBLIC, b"encryption standard", lambda _bits: K)
    assert point_bytes(point).hex().upper() == C1X + C1Y
    assert (sealed.hex().upper(), digest.hex().upper()) == (C2, C3)
    for algo, written in (
        ("sm2-c1c3c2", "04" + C1X + C1Y + C3 + C2),
        ("sm2-c1c3c2-bare", C1X + C1Y + C3 + C2),
        ("sm2-c1c2c3", "04" + C1X + C1Y + C2 + C3),
        ("sm2-c1c2c3-bare", C1X + C1Y + C2 + C3),
        ("sm2-der", "307B0220" + C1X + "022100" + C1Y + "0420" + C3 + "0413" + C2),
    ):
        data = bytes.fromhex(written)
        if algo == "sm2-der":
            data = der.element(der.SEQUENCE, data[2:])
        assert getattr(gateway.wire, CIPHERS[algo].open)(PRIVATE, data) == b"encryption standard"


SALT = "s" * 32
SM2_CIPHERS = [algo for algo in CIPHERS if algo.startswith("sm2-")]


@pytest.mark.parametrize("algo", SM2_CIPHERS)
@pytest.mark.parametrize("data", [b"x", b"\0" * 31, "一条消息".encode() * 200])
def test_what_is_sealed_is_opened_and_damage_is_unreadable(algo, data):
    seal, opens = (getattr(gateway.wire, name) for name in (CIPHERS[algo].seal, CIPHERS[algo].open))
    sealed = seal(PUBLIC, SALT, data)
    assert opens(PRIVATE, sealed) == data
    for damaged in (sealed[:-1], sealed[:10], b"", sealed[:-1] + bytes((sealed[-1] ^ 1,)), b"\xff" * 120):
        with pytest.raises(Unreadable):
            opens(PRIVATE, damaged)
    with pytest.raises(Unreadable, match="for another key"):
        opens(Secret("11" * 32), sealed)


def test_the_package_reads_what_we_seal_and_we_what_it_seals():
    theirs = gmalg.SM2(sk=bytes.fromhex(D))
    assert theirs.decrypt(gateway.wire.sm2_c1c3c2_out(PUBLIC, SALT, b"hello")) == b"hello"
    assert gateway.wire.sm2_c1c3c2_in(PRIVATE, theirs.encrypt(b"hello")) == b"hello"


def test_what_is_sealed_follows_from_the_salt_and_another_salt_gives_other_bytes():
    seal = gateway.wire.sm2_c1c3c2_out
    assert seal(PUBLIC, SALT, b"hello") == seal(PUBLIC, SALT, b"hello")
    assert seal(PUBLIC, SALT, b"hello")[:65] != seal(PUBLIC, "t" * 32, b"hello")[:65]


def test_the_package_finds_our_signatures_genuine_and_we_its():
    theirs = gmalg.SM2(sk=bytes.fromhex(D), uid=b"ALICE123@YAHOO.COM")
    ours = sm2(PRIVATE, b"data", b"ALICE123@YAHOO.COM")
    assert theirs.verify(b"data", ours[:32], ours[32:])
    r, s = theirs.sign(b"data")
    assert sm2_genuine(PUBLIC, b"data", r.rjust(32, b"\0") + s.rjust(32, b"\0"), b"ALICE123@YAHOO.COM")


def test_the_same_request_is_signed_with_the_same_bytes_and_another_with_another_k():
    assert sm2(PRIVATE, b"a") == sm2(Secret(D.lower()), b"a")
    assert sm2(PRIVATE, b"a")[:32] != sm2(PRIVATE, b"b")[:32]
    assert der.read_one(sm2_der(PRIVATE, b"a")).items()[0].number() == int.from_bytes(sm2(PRIVATE, b"a")[:32], "big")


@settings(max_examples=25)
@given(data=st.binary(max_size=40), bit=st.integers(0, 511))
def test_one_bit_of_data_or_signature_makes_it_false(data, bit):
    signature = bytearray(sm2(PRIVATE, data))
    assert sm2_genuine(PUBLIC, data, bytes(signature))
    assert not sm2_genuine(PUBLIC, data + b"\0", bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not sm2_genuine(PUBLIC, data, bytes(signature))


@pytest.mark.parametrize(
    "signature",
    [
        b"", b"\0" * 64, b"\xff" * 64, SIGNATURE[:63], SIGNATURE + b"\0", b"\0" * 32 + SIGNATURE[32:],
        R.to_bytes(32, "big") + N.to_bytes(32, "big"), R.to_bytes(32, "big") + (N - R).to_bytes(32, "big"),
    ],
)  # fmt: skip
def test_what_is_no_pair_of_numbers_is_no_signature(signature):
    assert not sm2_genuine(PUBLIC, b"message digest", signature)


@pytest.mark.parametrize(
    "signature",
    [
        b"", b"0", SIGNATURE, der.sequence(der.integer(R)), der.sequence(der.integer(R), der.integer(S), der.integer(1)),
        der.sequence(der.integer(R), der.integer(S)) + b"\0",
        der.element(der.SEQUENCE, b"\x02\x82\x00\x01\x01" + der.integer(S)),
        der.element(der.SEQUENCE, b"\x02\x02\x00\x01" + der.integer(S)),
        der.element(der.SEQUENCE, b"\x02\x01\x81" + der.integer(S)),
        der.element(der.OCTETS, b"x"),
    ],
)  # fmt: skip
def test_a_signature_in_sloppy_der_is_none(signature):
    assert not sm2_der_genuine(PUBLIC, b"message digest", signature)


# One pair of keys in every form openssl and the usual libraries write.
PKCS8 = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQg0JFWczAXva2An9m7
2MaT9gIwWTFptvlKrxyO4TjMmbWhRANCAAQ5OirZ4n5DrKqrhaGdO4VZHhRAYVcX
Wt3Te/d/8Mr57Tf886i09VwDhSMmH8pmNq/mp6+ioUgqYG9cs6GLLioe
-----END PRIVATE KEY-----
"""
NUMBER = 0xD09156733017BDAD809FD9BBD8C693F60230593169B6F94AAF1C8EE138CC99B5
HEX = f"{NUMBER:064x}"
POINT = "04393a2ad9e27e43acaaab85a19d3b85591e14406157175addd37bf77ff0caf9ed37fcf3a8b4f55c038523261fca6636afe6a7afa2a1482a606f5cb3a18b2e2a1e"  # fmt: skip
_SEC1 = der.sequence(der.integer(1), der.element(der.OCTETS, bytes.fromhex(HEX)))
_CURVE = der.sequence(
    der.element(6, bytes.fromhex("2a8648ce3d0201")), der.element(6, bytes.fromhex("2a811ccf5501822d"))
)
_SPKI = der.sequence(_CURVE, der.element(der.BITS, b"\0" + bytes.fromhex(POINT)))
_NAME = der.sequence()
_CERTIFICATE = der.sequence(
    der.sequence(der.element(0xA0, der.integer(2)), der.integer(7), _CURVE, _NAME, _NAME, _NAME, _SPKI),
    _CURVE,
    der.element(der.BITS, b"\0x"),
)


def pem(name: str, data: bytes) -> str:
    return f"-----BEGIN {name}-----\n{base64.encodebytes(data).decode()}-----END {name}-----\n"


@pytest.mark.parametrize(
    "text",
    [
        HEX, HEX.upper(), f" {HEX}\n", "00" + HEX, base64.b64encode(bytes.fromhex(HEX)).decode(), PKCS8,
        PKCS8.replace("\n", "\\n"), "".join(PKCS8.splitlines()[1:-1]), pem("EC PRIVATE KEY", _SEC1),
        pem("EC PARAMETERS", b"x") + pem("EC PRIVATE KEY", _SEC1), base64.b64encode(_SEC1).decode(),
    ],
)  # fmt: skip
def test_a_private_key_is_read_in_every_form(text):
    assert private_number(text) == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        POINT, POINT[2:], POINT.upper(), "02" + POINT[2:66], base64.b64encode(bytes.fromhex(POINT)).decode(),
        pem("PUBLIC KEY", _SPKI), base64.b64encode(_SPKI).decode(), pem("CERTIFICATE", _CERTIFICATE),
        base64.b64encode(_CERTIFICATE).decode(),
    ],
)  # fmt: skip
def test_a_public_key_is_read_in_every_form(text):
    assert point_bytes(public_point(text)).hex() == POINT[2:]


WRONG = [
    "", "geheim", "00" * 32, f"{N - 1:064x}", f"{N:064x}", "ff" * 32, HEX[:-2], "-----BEGIN PRIVATE KEY-----",
    "04" + "00" * 64, POINT[:-1] + "f", "05" + POINT[2:], "02" + "ff" * 32, base64.b64encode(b"\x30\x03\x02\x01").decode(),
    base64.b64encode(der.sequence()).decode(), base64.b64encode(der.sequence(der.integer(1), _CURVE)).decode(), "\ud800",
    pem("ENCRYPTED PRIVATE KEY", der.sequence(_CURVE, der.element(4, b"x"))),
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_key_is_refused_and_not_quoted(text):
    for read in (private_number, public_point):
        with pytest.raises(BadKey) as caught:
            read(text)
        assert not text.strip() or text not in str(caught.value)


def test_a_bad_key_sends_nothing_and_proves_nothing():
    with pytest.raises(CannotSend, match="signing key of this channel") as caught:
        sm2(Secret("geheim"), b"x")
    assert "geheim" not in str(caught.value)
    with pytest.raises(Unreadable, match="carrier's key of this channel"):
        sm2_genuine(Secret("geheim"), b"x", SIGNATURE)
    with pytest.raises(CannotSend, match="carrier's key of this channel"):
        gateway.wire.sm2_c1c3c2_out(Secret("geheim"), SALT, b"x")
    with pytest.raises(Unreadable, match="our key of this channel"):
        gateway.wire.sm2_c1c3c2_in(Secret("geheim"), b"\x04" + b"x" * 200)


def test_a_key_is_read_once_and_cannot_be_printed():
    key = Secret(D)
    assert key.made(sm2_private) is key.made(sm2_private)
    assert D not in repr(key.made(sm2_private)).upper()
    assert PUBLIC.made(sm2_public).multiples is PUBLIC.made(sm2_public).multiples


@settings(max_examples=40)
@given(st.integers(1, N - 1))
def test_tables_and_windows_give_the_multiples_the_package_gives(k):
    theirs = gmalg.SM2(sk=k.to_bytes(32, "big")).generate_pk(k.to_bytes(32, "big")) if k < N - 1 else None
    assert TABLE.times(k) == times(k, G)
    if theirs is not None:
        assert b"\x04" + point_bytes(TABLE.times(k)) == theirs


TABLE = Multiples(G)


def test_the_edges_of_the_group_hold():
    assert TABLE.times(0) is None
    assert TABLE.times(N) is None
    assert times(N, G) is None
    assert TABLE.times(1) == times(1, G) == G
    assert TABLE.times(N - 1) == (G[0], P - G[1])
    assert on_curve(G)
    assert not on_curve((G[0], G[1] + 1))
    assert not on_curve((G[0] + P, G[1]))
    assert unpacked(G[0], odd=G[1] % 2 == 1) == G
    assert (G[1] ** 2 - (G[0] ** 3 + A * G[0] + B)) % P == 0
