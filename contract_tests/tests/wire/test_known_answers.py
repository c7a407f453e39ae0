"""Every signer, cipher and token gives the answer another implementation gave; a new one without an answer is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

import gateway.wire
from cli.mapping.jose import JWE_NAMES, JWS_NAMES
from cli.mapping.soap_security import USERNAME_TYPES
from gateway.wire import (
    Secret,
    XmlSigning,
    filled,
    held,
    jwe_in,
    jws_in,
    jws_out,
    made_again,
    soap_signed_in,
    unfilled,
    username_token,
)
from gateway.wire.cipher import CIPHERS, KEY_FORMS, PADS
from gateway.wire.classified import Forged
from gateway.wire.envelopes.jose import KEY_BYTES, jwe_out
from gateway.wire.errors import Unreadable
from gateway.wire.sign import DECODINGS, ENCODINGS, SIGNERS
from gateway.wire.sign.messages import ALGORITHMS as OF_MESSAGES
from gateway.wire.sign.xml import ALGORITHMS as OF_XML
from gateway.wire.sign.xml import DIGESTS

ANSWERS = yaml.safe_load(Path(__file__).with_name("known_answers.yaml").read_text(encoding="utf-8"))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def rows(kind):
    return [pytest.param(row, id=f"{row['algo']} by {row['by']}") for row in ANSWERS[kind]]


def algos(kind, word="algo"):
    return {row[word] for row in ANSWERS[kind]}


def key(name, half="private"):
    """Our half of a key, or the half the other side holds; one key for both where it is shared."""
    found = ANSWERS["keys"][name]
    return Secret(found.get(half, found["private"]))


def called(name):
    return getattr(gateway.wire, name)


def test_there_is_a_known_answer_of_every_signer_cipher_and_token_and_none_of_what_is_not_there():
    assert algos("signers") == set(SIGNERS)
    assert algos("ciphers") == set(CIPHERS)
    assert algos("jws") == set(JWS_NAMES)
    assert algos("jwe") == set(JWE_NAMES)
    assert algos("jwe", "enc") == set(KEY_BYTES)
    assert algos("xml") == set(OF_XML)
    assert algos("xml", "digest") == set(DIGESTS)
    assert set(OF_MESSAGES) <= algos("signers")
    assert all(row["by"] for kind in ANSWERS if kind != "keys" for row in ANSWERS[kind])


@pytest.mark.parametrize("row", rows("signers"))
def test_a_signature_is_the_one_another_made_or_is_found_genuine(row):
    spec = SIGNERS[row["algo"]]
    data, signature = bytes.fromhex(row["data"]), bytes.fromhex(row["signature"])
    sign = called(spec.runtime)
    if not spec.genuine:
        assert sign(*([key(row["key"])] if spec.keyed else []), data) == signature
        return
    genuine, public = called(spec.genuine), key(row["key"], "public")
    assert genuine(public, data, signature)
    assert not genuine(public, data + b"\0", signature)
    assert not genuine(public, data, signature[:-1] + bytes([signature[-1] ^ 1]))
    ours = sign(key(row["key"]), data)
    assert genuine(public, data, ours)
    # Where chance has a part in a signature no two implementations make the same one.
    assert ours == signature or spec.random or spec.takes_user


@pytest.mark.parametrize("row", rows("ciphers"))
def test_what_another_sealed_is_opened_and_made_again_where_chance_has_no_part_in_it(row):
    spec = CIPHERS[row["algo"]]
    plain, sealed = bytes.fromhex(row["plain"]), bytes.fromhex(row["sealed"])
    seal, opened = called(spec.seal), called(spec.open)
    if spec.key_sizes:
        between = [bytes.fromhex(row[word]) for word in ("key", "iv") if word in row]
        aad = [bytes.fromhex(row["aad"])] if spec.tagged else []
        assert opened(*between, sealed, *aad) == plain
        assert seal(*between, plain, *aad) == sealed
        return
    # Of the one cipher that is no secret, our private key seals and everybody opens.
    ours, theirs = ("public", "private") if row["algo"].endswith("private") else ("private", "public")
    assert opened(key(row["key"], ours), sealed) == plain
    if not spec.salt:
        assert seal(key(row["key"], theirs), plain) == sealed


@pytest.mark.parametrize("row", rows("jws"))
def test_a_signed_token_of_another_is_believed_and_made_again_where_chance_has_no_part_in_it(row):
    spec, name, payload = SIGNERS[row["algo"]], JWS_NAMES[row["algo"]], bytes.fromhex(row["payload"])
    sign = called(spec.runtime)
    check = called(spec.genuine) if spec.genuine else made_again(sign)
    assert jws_in(check, key(row["key"], "public"), name, row["token"]) == payload
    with pytest.raises(Forged):
        jws_in(check, key(row["key"], "public"), name, row["token"].replace(".", ".A", 1))
    made = jws_out(sign, key(row["key"]), {"alg": name}, payload)
    assert made == row["token"] or (spec.random and made.rpartition(".")[0] == row["token"].rpartition(".")[0])


@pytest.mark.parametrize("row", rows("jwe"))
def test_an_encrypted_token_of_another_is_opened_and_made_again_from_its_parts(row):
    alg, payload = JWE_NAMES[row["algo"]], bytes.fromhex(row["payload"])
    unwrap = held if row["algo"] == "direct" else called(CIPHERS[row["algo"]].open)
    shared = bytes.fromhex(row["key"]) if row["algo"] == "direct" else key(row["key"])
    assert jwe_in(unwrap, shared, alg, row["enc"], row["token"]) == payload
    wrapped, iv = (gateway.wire.base64_url_bytes(piece) for piece in row["token"].split(".")[1:3])
    own = unwrap(shared, wrapped)
    assert jwe_out(wrapped, own, iv, {"alg": alg, "enc": row["enc"]}, payload) == row["token"]
    for piece in range(5):
        pieces = row["token"].split(".")
        pieces[piece] = ("B" if pieces[piece].startswith("A") else "A") + pieces[piece][1:]
        with pytest.raises(Unreadable):
            jwe_in(unwrap, shared, alg, row["enc"], ".".join(pieces))


@pytest.mark.parametrize("row", rows("xml"))
def test_an_envelope_another_signed_is_believed_and_read(row):
    how = XmlSigning(algo=row["algo"], digest=row["digest"], parts=("Body",))
    certificate = key("rsa", "certificate")
    assert soap_signed_in(row["message"], how, certificate, NOW)["name"] == {"@lang": 'a"b', "#text": "张 & 三"}
    with pytest.raises(Forged):
        soap_signed_in(row["message"].replace("P-1", "P-2"), how, certificate, NOW)


# Username Token Profile 1.0, section 3.1; its digest by
# printf '%s%s%s' $NONCE 2010-09-16T07:50:45Z $PASSWORD | openssl dgst -sha1 -binary | base64
NONCE, PASSWORD = "2d4eb5ac6e464f3f8b7b2d3a6f2b6d0e", "userpassword"


def test_every_type_of_a_username_token_has_a_known_answer():
    assert USERNAME_TYPES == ("text", "digest")
    at = datetime(2010, 9, 16, 7, 50, 45, tzinfo=UTC)
    for kind in USERNAME_TYPES:
        token = username_token("u", Secret(PASSWORD), at, NONCE, digest=kind == "digest")["wsse:UsernameToken"]
        answers = {"text": ("PasswordText", PASSWORD), "digest": ("PasswordDigest", "rfqhv071FY/VXXGRz5cI26NOL8s=")}
        name, expected = answers[kind]
        assert token["wsse:Password"]["@Type"].endswith(f"username-token-profile-1.0#{name}")
        assert token["wsse:Password"]["#text"] == expected


# MD5 of nothing, RFC 1321 A.5, in every way a signature is written.
NOTHING = "d41d8cd98f00b204e9800998ecf8427e"
WRITTEN = {
    "hex_lower": NOTHING,
    "hex_upper": "D41D8CD98F00B204E9800998ECF8427E",
    "hex_lower_16": "8f00b204e9800998",
    "hex_upper_16": "8F00B204E9800998",
    "base64": "1B2M2Y8AsgTpgAmY7PhCfg==",
    "base64_url": "1B2M2Y8AsgTpgAmY7PhCfg==",
    "base64_url_bare": "1B2M2Y8AsgTpgAmY7PhCfg",
    "base64_of_hex": "ZDQxZDhjZDk4ZjAwYjIwNGU5ODAwOTk4ZWNmODQyN2U=",
    "base64_of_hex_upper": "RDQxRDhDRDk4RjAwQjIwNEU5ODAwOTk4RUNGODQyN0U=",
}


@pytest.mark.parametrize("encode", ENCODINGS)
def test_every_way_to_write_a_signature_has_a_known_answer(encode):
    assert called(ENCODINGS[encode])(bytes.fromhex(NOTHING)) == WRITTEN[encode]
    if encode in DECODINGS:
        assert called(DECODINGS[encode])(WRITTEN[encode]) == bytes.fromhex(NOTHING)


# RFC 4648 section 10 and FIPS 180-4 ("abc"); what Java's SHA1PRNG gives is told in test_ciphers.py.
FORMS = {
    "utf-8": ("foobar", b"foobar"),
    "hex": ("666F6F626172", b"foobar"),
    "base64": ("Zm9vYmFy", b"foobar"),
    "md5": ("abc", bytes.fromhex("900150983cd24fb0d6963f7d28e17f72")),
    "sha256": ("abc", bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")),
    "sha1prng": ("abc", bytes.fromhex("0d3ced9bec10a777aec23ccc353a8c08")),
}
PADDED = {"pkcs7": b"abc\5\5\5\5\5", "zero": b"abc\0\0\0\0\0", "space": b"abc     ", "none": b"abc"}


@pytest.mark.parametrize("form", KEY_FORMS)
def test_every_form_of_a_key_has_a_known_answer(form):
    text, found = FORMS[form]
    assert gateway.wire.cipher_key(Secret(text), form, (len(found),)) == found


@pytest.mark.parametrize("pad", PADS)
def test_every_filling_has_a_known_answer(pad):
    assert filled(b"abc", pad, 8) == PADDED[pad]
    assert unfilled(PADDED[pad], pad, 8) == b"abc"
