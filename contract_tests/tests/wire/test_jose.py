"""JWS and JWE in compact form: the samples of RFC 7515 and 7516, and tokens that must not be believed."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as curve_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import (
    Secret,
    Unreadable,
    ecdsa_p256_sha256,
    ecdsa_p256_sha256_genuine,
    held,
    hmac_sha256,
    jwe_in,
    jwe_out,
    jws_in,
    jws_out,
    made_again,
    rsa_oaep_sha1_in,
    rsa_oaep_sha1_out,
    rsa_pss_sha256,
    rsa_pss_sha256_genuine,
)
from gateway.wire.classified import Forged
from gateway.wire.envelopes.jose import KEY_BYTES, cbc_hmac_in, cbc_hmac_out


def unpacked(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def packed(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


# RFC 7515, appendix A.1: the header has a line end of its own, so that we read the sample and make our own like it.
KEY_A1 = unpacked("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
TOKEN_A1 = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)
CLAIMS_A1 = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
CHECK = made_again(hmac_sha256)
KEY = generate_private_key(65537, 2048)
PRIVATE = Secret(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
PUBLIC = Secret(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def test_the_sample_of_rfc_7515_is_genuine_and_gives_its_claims():
    assert jws_in(CHECK, KEY_A1, "HS256", TOKEN_A1) == CLAIMS_A1


def test_a_signature_is_made_as_the_sample_has_it():
    made = jws_out(hmac_sha256, Secret("your-256-bit-secret"), {"alg": "HS256", "typ": "JWT"}, b'{"sub":"1234567890","name":"John Doe","iat":1516239022}')  # fmt: skip
    assert made == (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    )


def test_a_detached_signature_is_over_a_body_that_stays():
    token = jws_out(rsa_pss_sha256, PRIVATE, {"alg": "PS256", "kid": "1"}, b"{}", detached=True)
    assert token.split(".")[1] == ""
    assert jws_in(rsa_pss_sha256_genuine, PUBLIC, "PS256", token, b"{}") == b"{}"
    with pytest.raises(Forged):
        jws_in(rsa_pss_sha256_genuine, PUBLIC, "PS256", token, b"{ }")


def token(header: dict[str, object], payload: bytes = b"{}", key: Secret | bytes = KEY_A1) -> str:
    return jws_out(hmac_sha256, key, header, payload)


FORGED = {
    "no algorithm": token({"alg": "none"}).rpartition(".")[0] + ".",
    "another algorithm": token({"alg": "HS512"}),
    "a public key as a shared one": token({"alg": "HS256"}, key=PUBLIC),
    "a demand nobody agreed on": token({"alg": "HS256", "crit": ["b64"], "b64": False}),
    "another payload": ".".join([TOKEN_A1.split(".", maxsplit=1)[0], packed(b'{"iss":"eve"}'), TOKEN_A1.split(".")[2]]),
    "a cut signature": TOKEN_A1[:-2],
    "no signature": TOKEN_A1.rpartition(".")[0] + ".",
    "two parts": TOKEN_A1.rpartition(".")[0],
    "white space inside": TOKEN_A1.replace(".", ". "),
    "a header that is a list": f"{packed(b'[]')}.e30.x",
    "a header that is nothing": ".e30.x",
    "nothing": "",
    "no text": None,
}


@pytest.mark.parametrize("what", FORGED)
def test_a_token_that_is_not_what_was_agreed_on_is_forged(what):
    with pytest.raises(Forged):
        jws_in(CHECK, KEY_A1, "HS256", FORGED[what])


def test_a_body_that_was_not_signed_is_not_believed_because_the_token_brings_another():
    with pytest.raises(Forged, match="brings another payload"):
        jws_in(CHECK, KEY_A1, "HS256", TOKEN_A1, b"{}")


def test_a_curve_signs_r_and_s():
    key = curve_key(SECP256R1())
    private = Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    public = Secret(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    made = jws_out(ecdsa_p256_sha256, private, {"alg": "ES256"}, b"{}")
    assert len(unpacked(made.split(".")[2])) == 64
    assert jws_in(ecdsa_p256_sha256_genuine, public, "ES256", made) == b"{}"


# RFC 7516, appendix A.1: key, vector and ciphertext; the wrapped key is not ours to open without its private half.
HEADER_J1 = {"alg": "RSA-OAEP", "enc": "A256GCM"}
CEK_J1 = bytes([
    177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110, 91, 112, 46, 34, 105, 47,
    130, 203, 46, 122, 234, 64, 252,
])  # fmt: skip
IV_J1 = bytes([227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219])
PLAIN_J1 = b"The true sign of intelligence is not knowledge but imagination."
SEALED_J1 = (
    "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ",
    "48V1_ALb6US04U3b",
    "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A",
    "XFBoMYUZodetZdvTiFvSkQ",
)


def test_a_message_is_encrypted_as_the_sample_of_rfc_7516_has_it():
    header, wrapped, *rest = jwe_out(b"w", CEK_J1, IV_J1, HEADER_J1, PLAIN_J1).split(".")
    assert (header, *rest) == SEALED_J1
    assert unpacked(wrapped) == b"w"


def test_the_sample_of_rfc_7516_is_opened_by_its_key():
    def its_key(_key, _wrapped):
        return CEK_J1

    header, *rest = SEALED_J1
    assert jwe_in(its_key, Secret(""), "RSA-OAEP", "A256GCM", ".".join([header, "AA", *rest])) == PLAIN_J1


def test_a_message_for_our_key_is_opened_and_one_that_was_changed_is_not():
    wrapped = rsa_oaep_sha1_out(PUBLIC, "s" * 32, CEK_J1)
    sealed = jwe_out(wrapped, CEK_J1, IV_J1, HEADER_J1, PLAIN_J1)
    assert jwe_in(rsa_oaep_sha1_in, PRIVATE, "RSA-OAEP", "A256GCM", sealed) == PLAIN_J1
    parts = sealed.split(".")
    other = packed(json.dumps({**HEADER_J1, "kid": "x"}).encode())
    for at, part in ((0, other), (2, packed(b"z" * 12)), (3, parts[3][:-4]), (4, packed(b"z" * 16)), (4, "")):
        changed = ".".join([*parts[:at], part, *parts[at + 1 :]])
        with pytest.raises(Unreadable):
            jwe_in(rsa_oaep_sha1_in, PRIVATE, "RSA-OAEP", "A256GCM", changed)
    for alg, enc in (("RSA-OAEP-256", "A256GCM"), ("RSA-OAEP", "A128GCM")):
        with pytest.raises(Unreadable, match="another algorithm"):
            jwe_in(rsa_oaep_sha1_in, PRIVATE, alg, enc, sealed)


def test_where_both_sides_hold_the_key_none_travels():
    header = {"alg": "dir", "enc": "A128GCM"}
    assert jwe_in(held, b"k" * 16, "dir", "A128GCM", jwe_out(b"", b"k" * 16, IV_J1, header, b"{}")) == b"{}"
    with pytest.raises(Unreadable, match="brings a key"):
        jwe_in(held, b"k" * 16, "dir", "A128GCM", jwe_out(b"x", b"k" * 16, IV_J1, header, b"{}"))


# RFC 7518, B.1 and B.3: key 00 01 02 .., one plaintext, initialisation vector and associated data.
TEXT_B = (
    b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without"
    b" inconvenience"
)
IV_B, AAD_B = bytes.fromhex("1af38c2dc2b96ffdd86694092341bc04"), b"The second principle of Auguste Kerckhoffs"
TAGS_B = {
    32: "652c3fa36b0a7c5b3219fab3a30bc1c4",
    64: "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5",
}


@pytest.mark.parametrize(("size", "tag"), TAGS_B.items())
def test_cbc_with_hmac_has_the_tag_of_the_samples_of_rfc_7518_and_opens_what_it_seals(size, tag):
    key = bytes(range(size))
    sealed = cbc_hmac_out(key, IV_B, TEXT_B, AAD_B)
    assert sealed[-size // 2 :].hex() == tag
    assert cbc_hmac_in(key, IV_B, sealed, AAD_B) == TEXT_B
    for at in (0, len(sealed) - 1):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(Unreadable, match="not whole"):
            cbc_hmac_in(key, IV_B, changed, AAD_B)
    with pytest.raises(Unreadable, match="not whole"):
        cbc_hmac_in(key, IV_B, sealed, AAD_B + b"x")


@pytest.mark.parametrize("enc", ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"])
def test_a_token_may_be_encrypted_in_cbc_mode(enc):
    key, header = bytes(range(KEY_BYTES[enc])), {"alg": "dir", "enc": enc}
    sealed = jwe_out(b"", key, IV_B, header, b"{}")
    assert jwe_in(held, key, "dir", enc, sealed) == b"{}"
    head, none, iv, inside, tag = sealed.split(".")
    for wrong in ((head, none, iv[:-4], inside, tag), (head, none, iv, inside, tag[:-4]), (head, none, iv, "", tag)):
        with pytest.raises(Unreadable):
            jwe_in(held, key, "dir", enc, ".".join(wrong))


@given(st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_-]{0,9}(\.[A-Za-z0-9_-]{0,9}){0,5}", fullmatch=True))
def test_any_text_is_a_token_or_refused(text):
    with pytest.raises(Forged):
        jws_in(CHECK, KEY_A1, "HS256", text)
    with pytest.raises(Unreadable):
        jwe_in(held, b"k" * 16, "dir", "A128GCM", text)


RFC_7797 = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"
UNENCODED = {"alg": "HS256", "b64": False, "crit": ["b64"]}


def test_a_detached_signature_over_the_body_as_it_is_comes_out_as_the_standard_prints_it():
    """RFC 7797, section 4.2."""
    assert jws_out(hmac_sha256, KEY_A1, UNENCODED, b"$.02", detached=True) == RFC_7797
    assert jws_in(CHECK, KEY_A1, "HS256", RFC_7797, b"$.02", crit=("b64",)) == b"$.02"


@pytest.mark.parametrize("crit", [(), ("iat",), ("b64", "iat")])
def test_what_was_not_agreed_on_is_not_believed_of_an_unencoded_body(crit):
    token = jws_out(hmac_sha256, KEY_A1, UNENCODED | {"crit": ["b64", "exp"], "exp": 1}, b"$.02", detached=True)
    with pytest.raises(Forged):
        jws_in(CHECK, KEY_A1, "HS256", token, b"$.02", crit=crit)
    if "b64" not in crit:
        with pytest.raises(Forged):
            jws_in(CHECK, KEY_A1, "HS256", RFC_7797, b"$.02", crit=crit)


@pytest.mark.parametrize(
    "header", [{"alg": "HS256"}, {"alg": "HS256", "b64": False}, {"alg": "HS256", "b64": True, "crit": ["b64"]}, {"alg": "HS256", "crit": "b64", "b64": False}]
)  # fmt: skip
def test_an_unencoded_body_must_be_demanded_by_the_header(header):
    token = jws_out(hmac_sha256, KEY_A1, header, b"$.02", detached=True)
    with pytest.raises(Forged):
        jws_in(CHECK, KEY_A1, "HS256", token, b"$.02", crit=("b64",))


def test_a_header_may_demand_what_was_agreed_on():
    token = jws_out(hmac_sha256, KEY_A1, {"alg": "HS256", "iat": 1, "crit": ["iat"]}, b"{}", detached=True)
    assert jws_in(CHECK, KEY_A1, "HS256", token, b"{}", crit=("iat",)) == b"{}"
    with pytest.raises(Forged):
        jws_in(CHECK, KEY_A1, "HS256", token, b"{}")
