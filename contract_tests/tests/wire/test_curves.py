"""Ed25519 and ECDSA over P-256 against the vectors of RFC 8032 and RFC 6979, in both directions."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.wire import Secret, ecdsa_p256_sha256, ecdsa_p256_sha256_genuine, ed25519, ed25519_genuine

# RFC 8032, 7.1, TEST 1 to 3: secret key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
# RFC 6979, A.2.5: P-256 with SHA-256.
RFC_6979_KEY = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
RFC_6979 = [
    (
        b"sample",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ),
    (
        b"test",
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ),
]


def _pems(key):
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return Secret(private), Secret(public)


@pytest.mark.parametrize(("secret", "message", "signature"), RFC_8032)
def test_ed25519_gives_the_vectors_of_rfc_8032(secret, message, signature):
    private, public = _pems(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))
    data, expected = bytes.fromhex(message), bytes.fromhex(signature)
    assert ed25519(private, data) == expected
    assert ed25519_genuine(public, data, expected)
    assert not ed25519_genuine(public, data + b"x", expected)


@pytest.mark.parametrize(("message", "signature"), RFC_6979)
def test_ecdsa_gives_the_vectors_of_rfc_6979(message, signature):
    private, public = _pems(derive_private_key(RFC_6979_KEY, SECP256R1()))
    expected = bytes.fromhex(signature)
    assert ecdsa_p256_sha256(private, message) == expected
    assert ecdsa_p256_sha256_genuine(public, message, expected)
    assert not ecdsa_p256_sha256_genuine(public, message + b"x", expected)
