"""RSA keys and signatures against NIST's vectors and against the numbers of RFC 8017 written out."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

import gateway.wire
from contract_tests.signatures import rsa as opinion
from contract_tests.tests.wire.rsa_vectors import SIGNATURES
from gateway.wire import CannotSend, Secret, Unreadable, base64_bytes, hex_bytes
from gateway.wire.keys import BadKey, rsa_private, rsa_public
from gateway.wire.sign import SIGNERS

KEY = generate_private_key(65537, 2048)
DER = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
SPKI = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PRIVATE, PUBLIC = (Secret(base64.b64encode(der).decode()) for der in (DER, SPKI))
ALGORITHMS = [algo for algo in SIGNERS if algo.startswith("rsa_")]
PKCS1 = [algo for algo in ALGORITHMS if "pss" not in algo]


def signer(algo):
    return getattr(gateway.wire, SIGNERS[algo].runtime)


def check(algo):
    return getattr(gateway.wire, SIGNERS[algo].genuine)


def of(numbers):
    der = numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Secret(base64.b64encode(der).decode())


@pytest.mark.parametrize("vector", SIGNATURES, ids=lambda vector: vector.algo)
def test_the_signatures_of_nist_are_genuine_and_those_with_one_bit_changed_are_not(vector):
    key = of(RSAPublicNumbers(int(vector.exponent, 16), int(vector.modulus, 16)))
    message, signature = bytes.fromhex(vector.message), bytes.fromhex(vector.signature)
    assert check(vector.algo)(key, message, signature)
    assert not check(vector.algo)(key, message + b"\0", signature)
    assert not check(vector.algo)(key, message, signature[:-1] + bytes([signature[-1] ^ 1]))


@pytest.mark.parametrize("algo", PKCS1)
def test_pkcs1_signatures_are_the_numbers_of_rfc_8017(algo):
    made = signer(algo)(PRIVATE, "车牌 and more".encode())
    digest = algo.removeprefix("rsa_")
    assert made == opinion.signed(digest, PRIVATE.reveal(), "车牌 and more".encode())
    assert opinion.is_signed(digest, PUBLIC.reveal(), "车牌 and more".encode(), made)


@pytest.mark.parametrize("algo", ALGORITHMS)
def test_what_one_side_signs_the_other_finds_genuine_under_the_same_algorithm_only(algo):
    made = signer(algo)(PRIVATE, b"body")
    assert [other for other in ALGORITHMS if check(other)(PUBLIC, b"body", made)] == [algo]


@pytest.mark.parametrize("algo", ALGORITHMS)
@pytest.mark.parametrize("signature", [b"", b"\0", b"\xff" * 256, b"\0" * 256, b"x" * 4096])
def test_what_is_no_signature_is_not_genuine_and_raises_nothing(algo, signature):
    assert check(algo)(PUBLIC, b"body", signature) is False


def forms_of_the_private_key():
    for shape in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        pem = KEY.private_bytes(Encoding.PEM, shape, NoEncryption()).decode()
        bare = base64.b64encode(KEY.private_bytes(Encoding.DER, shape, NoEncryption())).decode()
        yield from (
            pem,
            pem.replace("\n", "\\n"),
            bare,
            "\n".join(bare[at : at + 64] for at in range(0, len(bare), 64)),
        )


def forms_of_the_public_key():
    for shape in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        yield KEY.public_key().public_bytes(Encoding.PEM, shape).decode()
        yield base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, shape)).decode()


def test_private_keys_are_read_as_pkcs1_and_pkcs8_in_pem_and_bare_base64():
    forms = list(forms_of_the_private_key())
    assert [rsa_private(text).private_numbers() for text in forms] == [KEY.private_numbers()] * 8


def test_public_keys_are_read_as_pkcs1_and_x509_in_pem_and_bare_base64():
    forms = list(forms_of_the_public_key())
    assert [rsa_public(text).public_numbers() for text in forms] == [KEY.public_key().public_numbers()] * 4


def test_a_certificate_gives_its_public_key(certificate):
    pem = certificate.decode()
    body = "".join(pem.split("-----")[2].split())
    assert rsa_public(pem).public_numbers() == rsa_public(body).public_numbers() == KEY.public_key().public_numbers()


@pytest.fixture
def certificate():
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "carrier")])
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), 1).not_valid_before(
        datetime(2026, 1, 1, tzinfo=UTC)
    )
    return builder.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC)).sign(KEY, SHA256()).public_bytes(Encoding.PEM)


def unusable():
    yield from ("", "no key", "AAAA", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "密钥")
    elliptic = ec.generate_private_key(ec.SECP256R1())
    yield elliptic.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    yield KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")).decode()
    yield PUBLIC.reveal()


@pytest.mark.parametrize("text", list(unusable()))
def test_a_secret_that_is_no_private_key_signs_nothing_and_is_not_quoted(text):
    with pytest.raises(BadKey, match="it is no RSA private key"):
        rsa_private(text)
    with pytest.raises(CannotSend, match="signing key of this channel: it is no RSA private key") as refused:
        signer("rsa_sha256")(Secret(text), b"body")
    assert not text or text not in str(refused.value)


def test_a_key_too_short_for_its_algorithm_signs_nothing():
    short = generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(CannotSend, match="too short for this algorithm"):
        signer("rsa_pss_sha512")(Secret(short.decode()), b"body")


def test_a_carrier_key_that_is_none_makes_a_reply_unreadable():
    with pytest.raises(Unreadable, match="carrier's key of this channel: it is no RSA public key"):
        check("rsa_sha256")(PRIVATE, b"body", b"x" * 256)


def test_a_key_that_is_too_short_is_refused(monkeypatch):
    monkeypatch.setattr(gateway.wire.keys, "KEY_BITS_MIN", 3072)
    with pytest.raises(BadKey, match="an RSA key of 2048 bits: 3072 to 8192 are taken"):
        rsa_private(PRIVATE.reveal())


def test_a_key_is_read_once_for_as_long_as_the_channel_keeps_its_secret():
    read = []
    secret = Secret(PRIVATE.reveal())

    def load(text):
        read.append(text)
        return rsa_private(text)

    assert secret.made(load) is secret.made(load)
    assert len(read) == 1
    assert "***" in repr(secret)


@pytest.mark.parametrize("text", [None, 5, "", "é", "AA=", "AB==", "A", "AA==AA==", "!!!!"])
def test_a_signature_that_is_not_written_as_promised_has_no_bytes(text):
    assert base64_bytes(text) == b""
    assert hex_bytes(text) == b""


def test_signatures_are_read_back_from_their_texts():
    assert base64_bytes("AAEC\n/w==") == b"\x00\x01\x02\xff"
    assert hex_bytes("0aFF") == hex_bytes("0AfF") == b"\x0a\xff"
