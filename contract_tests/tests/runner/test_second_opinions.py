"""The second opinion on signatures agrees with the gateway on every algorithm and encoding, and on nothing changed."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import gateway.wire
from contract_tests.signatures.signatures import Plain, gateways_signature
from gateway.wire import Secret
from gateway.wire.sign import DECODINGS, ENCODINGS, SIGNERS


def pems(key):
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


RSA = pems(generate_private_key(65537, 2048))
SM2 = ("11" * 32, "")
PAIRS = {"ed25519": pems(Ed25519PrivateKey.generate()), "ecdsa_p256_sha256": pems(new_curve_key(SECP256R1()))}


def key_of(algo):
    if algo.startswith("rsa_"):
        return RSA[0]
    return PAIRS.get(algo, SM2 if algo.startswith("sm2") else ("a-key",))[0]


@pytest.mark.parametrize("encode", ["hex_lower", "base64", "base64_url_bare", "base64_of_hex"])
@pytest.mark.parametrize("algo", SIGNERS)
def test_both_make_one_signature_of_every_algorithm(algo, encode):
    spec = SIGNERS[algo]
    keyed = (Secret(key_of(algo)), b"data") if spec.keyed else (b"data",)
    made = getattr(gateway.wire, ENCODINGS[encode])(getattr(gateway.wire, spec.runtime)(*keyed))
    plain = Plain(data=b"data", algo=algo, encode=encode, key=key_of(algo) if spec.keyed else "")
    assert plain.signature(made) == made
    assert gateways_signature(plain, made) == made
    other = Plain(data=b"dato", algo=algo, encode=encode, key=plain.key)
    assert other.signature(made) != made
    assert spec.genuine or gateways_signature(other, made) != made


@pytest.mark.parametrize(
    "algo", [algo for algo, spec in SIGNERS.items() if spec.genuine and not algo.startswith("sm2")]
)
def test_what_another_signed_is_told_genuine_by_its_public_key(algo):
    private, public = RSA if algo.startswith("rsa_") else PAIRS[algo]
    made = base64.b64encode(getattr(gateway.wire, SIGNERS[algo].runtime)(Secret(private), b"data")).decode()
    assert Plain(data=b"data", algo=algo, encode="base64", key=public).signature(made) == made
    assert Plain(data=b"dato", algo=algo, encode="base64", key=public).signature(made) == ""
    assert Plain(data=b"data", algo=algo, encode="base64", key=public).signature("no base 64") == ""
    assert set(DECODINGS) <= set(ENCODINGS)
