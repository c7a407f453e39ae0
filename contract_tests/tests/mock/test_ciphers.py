"""What a mock seals and signs, the carrier's partner opens and believes, and the other way round."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from contract_tests.mock.functions import FUNCTIONS
from gateway.wire import (
    Secret,
    aes_cbc_in,
    aes_gcm_in,
    hmac_sha256,
    jws_in,
    jws_out,
    made_again,
    rsa_pkcs1_in,
    rsa_pss_sha256,
    rsa_pss_sha256_genuine,
    rsa_sha1_genuine,
    rsa_sha256,
    rsa_sha256_genuine,
)

SIGNED_BY = {
    "HS256": (hmac_sha256, made_again(hmac_sha256)),
    "RS256": (rsa_sha256, rsa_sha256_genuine),
    "PS256": (rsa_pss_sha256, rsa_pss_sha256_genuine),
}
KEY, IV = "0123456789abcdef", "fedcba9876543210"
TEXT = "\u5f20\u4e09" * 60


@pytest.fixture(scope="module")
def pair():
    made = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    private = made.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()


def test_a_text_longer_than_a_key_is_sealed_in_chunks_and_opened_by_its_other_half(pair):
    private, public = pair
    sealed = FUNCTIONS["rsa_sealed"](public, TEXT)
    assert FUNCTIONS["rsa_opened"](private, sealed) == TEXT
    assert rsa_pkcs1_in(Secret(private), base64.b64decode(sealed)).decode() == TEXT


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256", "sha512"])
def test_a_text_signed_by_a_digest_of_a_document_is_genuine_and_another_is_not(pair, digest):
    private, public = pair
    signed = FUNCTIONS["rsa_signed"](digest, private, TEXT)
    assert FUNCTIONS["rsa_genuine"](digest, public, signed, TEXT)
    assert not FUNCTIONS["rsa_genuine"](digest, public, signed, TEXT + "x")
    if digest == "sha1":
        assert rsa_sha1_genuine(Secret(public), TEXT.encode(), base64.b64decode(signed))


def test_bytes_in_cbc_and_gcm_are_those_the_gateway_opens():
    key, iv = KEY.encode(), IV.encode()
    assert aes_cbc_in(key, iv, FUNCTIONS["aes_cbc"](KEY, IV, TEXT)).startswith(TEXT.encode())
    assert aes_gcm_in(key, iv[:12], FUNCTIONS["aes_gcm"](KEY, IV[:12], TEXT, "aad"), b"aad") == TEXT.encode()


@pytest.mark.parametrize("mode", ["ecb", "cbc", "gcm"])
def test_what_was_sealed_opens_again_and_not_under_another_key(mode):
    iv = () if mode == "ecb" else (IV[:12] if mode == "gcm" else IV,)
    sealed = FUNCTIONS[f"aes_{mode}"](KEY, *iv, TEXT)
    assert FUNCTIONS[f"aes_{mode}_open"](KEY, *iv, sealed).decode() == TEXT
    with pytest.raises(ValueError, match=r"."):
        FUNCTIONS[f"aes_{mode}_open"](KEY[::-1], *iv, sealed).decode()


@pytest.mark.parametrize("alg", ["HS256", "RS256", "PS256"])
def test_a_token_the_mock_signs_the_gateway_believes_and_the_other_way_round(pair, alg):
    private, public = pair if alg != "HS256" else (KEY, KEY)
    signer, check = SIGNED_BY[alg]
    token = FUNCTIONS["jws"]({"alg": alg, "kid": "k"}, private, TEXT)
    assert jws_in(check, Secret(public), alg, token).decode() == TEXT
    ours = jws_out(signer, Secret(private), {"alg": alg}, TEXT.encode())
    assert FUNCTIONS["jws_payload"](alg, public, ours.encode()).decode() == TEXT
    for wrong in (ours[:-8] + "AAAAAAAA", "a.b", ours.replace(".", "", 1)):
        with pytest.raises(ValueError, match=r"."):
            FUNCTIONS["jws_payload"](alg, public, wrong)
    with pytest.raises(ValueError, match="it is no token of none"):
        FUNCTIONS["jws_payload"]("none", public, ours)
