"""Bytes drawn at random, in a document's sample and in ours: alike where the test keys say that they say the same."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from contract_tests.examples.frozen import nonces
from contract_tests.runner import Subject
from contract_tests.runner.drawn import settled
from contract_tests.runner.inside import inside_of
from gateway.wire.errors import CannotSend

KEY, IV = b"0123456789abcdef", b"fedcba9876543210"
MESSAGE = b'{"no":"R1","holder":"\xe5\xbc\xa0\xe4\xb8\x89"}'
CALL = ("policy.issue", "", "")


@pytest.fixture(scope="module")
def carrier():
    return rsa.generate_private_key(65537, 1024)


@pytest.fixture(scope="module")
def ours():
    return rsa.generate_private_key(65537, 1024)


def text_of(key):
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return base64.b64encode(der).decode()


def wrapped(key, content=KEY, pad=None):
    return base64.b64encode(key.public_key().encrypt(content, pad or padding.PKCS1v15()))


def token(key, payload=MESSAGE, head=b'{"alg":"PS256"}', *, detached=False):
    first, second = (base64.urlsafe_b64encode(each).rstrip(b"=") for each in (head, payload))
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH)
    signature = key.sign(first + b"." + second, pss, SHA256())
    return b".".join((first, b"" if detached else second, base64.urlsafe_b64encode(signature).rstrip(b"=")))


@pytest.mark.parametrize(
    "pad", [padding.PKCS1v15(), padding.OAEP(padding.MGF1(SHA1()), SHA1(), None)], ids=["pkcs1", "oaep"]
)
def test_a_key_wrapped_with_other_padding_counts_as_the_same(carrier, pad):
    one, other = (b'{"key":"%s","iv":"AA=="}' % wrapped(carrier, pad=pad) for _ in range(2))
    assert one != other
    assert settled(one, other, {"carrier_private": text_of(carrier)}) == other


def test_another_key_another_owner_and_other_bytes_beside_it_stay_a_difference(carrier, ours):
    one = b'{"key":"%s","iv":"AA=="}' % wrapped(carrier)
    keys = {"carrier_private": text_of(carrier)}
    for other in (
        b'{"key":"%s","iv":"AA=="}' % wrapped(carrier, b"another session!"),
        b'{"key":"%s","iv":"AA=="}' % wrapped(ours),
        b'{"key":"%s","iv":"AB=="}' % wrapped(carrier),
    ):
        assert settled(one, other, keys) != other
    again = b'{"key":"%s","iv":"AA=="}' % wrapped(carrier)
    assert settled(one, again, {"our_key": text_of(ours), "name": "hub"}) == one


def test_two_signatures_of_pss_over_one_message_count_as_the_same(ours):
    one, other = token(ours), token(ours)
    assert one != other
    assert settled(one, other, {"our_key": text_of(ours)}) == other
    head, again = (b"x-jws-signature: " + token(ours, detached=True) for _ in range(2))
    assert settled(head, again, {"our_key": text_of(ours)}, MESSAGE) == again


def test_a_signature_of_somebody_else_or_over_something_else_stays_a_difference(carrier, ours):
    one, keys = token(ours), {"our_key": text_of(ours)}
    head, payload, _ = one.split(b".")
    forged = b".".join((head, payload, token(ours, b"{}").split(b".")[2]))
    for other in (token(carrier), forged, token(ours, b'{"no":"R2"}')):
        assert settled(one, other, keys) != other


def layered(room, layers):
    """A subject whose carrier sends through these layers; nothing of it is carried out."""
    path = room.folder / "carrier.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    start, end = (next(at for at, line in enumerate(lines) if line.startswith(name)) for name in ("transport", "defau"))
    wire = f'transport: {{ url: "{{config.base_url}}" }}\nwire:\n{layers}reply: [json: {{}}]\n'
    path.write_text("".join([*lines[:start], wire, *lines[end:]]), "utf-8")
    return Subject(room.folder, room.root)


def cbc(data):
    fill = 16 - len(data) % 16
    seal = Cipher(algorithms.AES(KEY), modes.CBC(IV)).encryptor()
    return seal.update(data + bytes([fill]) * fill) + seal.finalize()


def test_a_message_under_a_key_of_its_own_is_shown_as_it_is_inside(room, carrier):
    subject = layered(
        room,
        "  - json: {}\n"
        "  - encrypt: { algo: aes-128-cbc, key: =nonce(16), iv: '=encode(nonce(16), \"base64\")', iv_as: base64, as: drawn,"
        " wrap: { algo: rsa-pkcs1, key: secret.carrier_key, as: wrapped } }\n"
        "  - base64: {}\n"
        "  - json: { put: data, with: { key: =wrapped, iv: =drawn, data: } }\n",
    )
    told = {"key": wrapped(carrier).decode(), "iv": base64.b64encode(IV).decode()}
    body = json.dumps(told | {"data": base64.b64encode(cbc(MESSAGE)).decode()}).encode()
    assert inside_of(subject, CALL, body, {"any_name": text_of(carrier)}) == MESSAGE
    assert inside_of(subject, CALL, body, {"carrier_key": "none"}) is None


def test_a_message_with_a_tag_is_shown_as_it_is_inside(room):
    sealed = IV[:12] + AESGCM(KEY).encrypt(IV[:12], MESSAGE, b"orders")
    gcm = layered(
        room,
        "  - json: {}\n  - encrypt: { algo: aes-128-gcm, key: secret.key, iv: prepend, aad: orders }\n  - base64: {}\n",
    )
    assert inside_of(gcm, CALL, base64.b64encode(sealed), {"key": KEY.decode()}) == MESSAGE
    assert inside_of(gcm, CALL, base64.b64encode(sealed[::-1]), {"key": KEY.decode()}) is None


def test_a_signed_message_is_shown_as_it_is_inside(room, ours):
    subject = layered(room, "  - json: {}\n  - jws: { algo: rsa_pss_sha256, key: secret.our_key }\n")
    assert subject.signs_at_random
    assert inside_of(subject, CALL, token(ours), {}) == MESSAGE


def test_a_frozen_text_that_is_too_short_is_named_by_its_place():
    nonce = nonces(("0123456789abcdef", "short", "0123"))
    assert nonce(16) == "0123456789abcdef"
    with pytest.raises(CannotSend, match=r"text 2 of freeze\.nonce has 5 characters, the mapping asks for 32 there"):
        nonce(32)
    assert [nonce(4), nonce(4)] == ["0123", "0123"]
    with pytest.raises(CannotSend, match=r"text 3 of freeze\.nonce has 4 characters"):
        nonce(5)
