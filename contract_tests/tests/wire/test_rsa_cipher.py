"""RSA encryption in chunks against published vectors, and against a library that knows nothing of ours."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

import gateway.wire
import gateway.wire.cipher.rsa as ours
from contract_tests.tests.wire import rsa_vectors as vector
from gateway.wire import CannotSend, Secret, Unreadable
from gateway.wire.cipher import CIPHERS

KEY = generate_private_key(65537, 1024)
OTHER = generate_private_key(65537, 1024)
PADDINGS = {
    "rsa-pkcs1": PKCS1v15(),
    "rsa-oaep-sha1": OAEP(MGF1(SHA1()), SHA1(), None),
    "rsa-oaep-sha256": OAEP(MGF1(SHA256()), SHA256(), None),
}
HIDING = list(PADDINGS)
SALT = "s" * 32


def private(key=KEY):
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def public(key=KEY):
    return Secret(
        base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    )


def functions(algo):
    spec = CIPHERS[algo]
    return getattr(gateway.wire, spec.seal), getattr(gateway.wire, spec.open)


def numbers():
    """The key of RSA Laboratories' example 1."""
    of = {name: int(getattr(vector, name), 16) for name in ("MODULUS", "EXPONENT", "PRIVATE_EXPONENT")}
    primes = [int(getattr(vector, name), 16) for name in ("PRIME_1", "PRIME_2", "EXPONENT_1", "EXPONENT_2")]
    p, q, dp, dq = primes
    half = RSAPublicNumbers(of["EXPONENT"], of["MODULUS"])
    return RSAPrivateNumbers(p, q, of["PRIVATE_EXPONENT"], dp, dq, int(vector.COEFFICIENT, 16), half)


def test_pkcs1_encryption_gives_the_vector_of_rsa_laboratories(monkeypatch):
    key = numbers().private_key()
    monkeypatch.setattr(ours, "_filling", lambda _salt, _at, length: bytes.fromhex(vector.SEED)[:length])
    message, sealed = bytes.fromhex(vector.MESSAGE), bytes.fromhex(vector.CIPHERTEXT)
    seal, opened = functions("rsa-pkcs1")
    assert seal(public(key), SALT, message) == sealed
    assert opened(private(key), sealed) == message


def test_oaep_encoding_gives_the_intermediate_values_of_rsa_laboratories():
    message = bytes.fromhex(vector.OAEP_MESSAGE)
    seed = bytes.fromhex(vector.OAEP_SEED)
    assert ours.encoded_oaep(message, seed, 128, "sha1").hex() == vector.OAEP_ENCODED


@pytest.mark.parametrize("algo", HIDING)
@given(data=st.binary(max_size=400), salt=st.text("abcXYZ019", min_size=32, max_size=32))
def test_every_chunk_opens_with_the_private_key_in_another_implementation(algo, data, salt):
    seal, opened = functions(algo)
    sealed = seal(public(), salt, data)
    chunks = [sealed[at : at + 128] for at in range(0, len(sealed), 128)]
    assert b"".join(KEY.decrypt(chunk, PADDINGS[algo]) for chunk in chunks) == data
    assert opened(private(), sealed) == data


@pytest.mark.parametrize("algo", HIDING)
def test_what_another_implementation_sealed_is_opened(algo):
    theirs = KEY.public_key()
    sealed = b"".join(theirs.encrypt(chunk, PADDINGS[algo]) for chunk in (b"a" * 60, b"b", b""))
    assert functions(algo)[1](private(), sealed) == b"a" * 60 + b"b"


@pytest.mark.parametrize(("algo", "most"), [("rsa-pkcs1", 117), ("rsa-oaep-sha1", 86), ("rsa-oaep-sha256", 62)])
def test_a_text_is_cut_where_the_key_is_full(algo, most):
    seal, _ = functions(algo)
    assert [len(seal(public(), SALT, b"x" * size)) // 128 for size in (0, most, most + 1, 2 * most, 2 * most + 1)] == [
        1, 1, 2, 2, 3,
    ]  # fmt: skip


@pytest.mark.parametrize("algo", HIDING)
def test_the_same_salt_gives_the_same_bytes_another_one_others_and_no_two_chunks_are_alike(algo):
    seal, _ = functions(algo)
    data = b"x" * 300
    once = seal(public(), SALT, data)
    assert once == seal(public(), SALT, data)
    assert once != seal(public(), "t" * 32, data)
    assert once[:128] != once[128:256]


@given(data=st.binary(max_size=400))
def test_what_our_private_key_wrote_everybody_reads_with_the_public_one(data):
    seal, opened = functions("rsa-pkcs1-private")
    sealed = seal(private(), data)
    assert opened(public(), sealed) == data
    first = KEY.sign(data[:117], PKCS1v15(), NoDigestInfo())
    assert sealed[:128] == first


@pytest.mark.parametrize("algo", [*HIDING, "rsa-pkcs1-private"])
@pytest.mark.parametrize("data", [b"", b"x", b"x" * 127, b"x" * 129])
def test_what_is_not_in_whole_chunks_is_unreadable(algo, data):
    key = private() if algo in HIDING else public()
    with pytest.raises(Unreadable, match="whole chunks"):
        functions(algo)[1](key, data)


@pytest.mark.parametrize("algo", ["rsa-oaep-sha1", "rsa-oaep-sha256", "rsa-pkcs1-private"])
@pytest.mark.parametrize("data", [b"\xff" * 128, b"\0" * 128, b"x" * 128])
def test_chunks_that_nobody_sealed_are_unreadable(algo, data):
    key = private() if algo in HIDING else public()
    with pytest.raises(Unreadable, match="damaged"):
        functions(algo)[1](key, data)


@pytest.mark.parametrize("algo", ["rsa-oaep-sha1", "rsa-oaep-sha256"])
def test_another_key_opens_nothing(algo):
    seal, opened = functions(algo)
    with pytest.raises(Unreadable, match="damaged, or for another key"):
        opened(private(OTHER), seal(public(), SALT, b"x"))


@pytest.mark.parametrize("algo", [*HIDING, "rsa-pkcs1-private"])
def test_the_wrong_half_of_a_key_seals_and_opens_nothing(algo):
    seal, opened = functions(algo)
    salt = (SALT,) if algo in HIDING else ()
    sealing, opening = (private(), public()) if algo in HIDING else (public(), private())
    with pytest.raises(CannotSend, match="it is no RSA"):
        seal(sealing, *salt, b"x")
    with pytest.raises(Unreadable, match="it is no RSA"):
        opened(opening, b"x" * 128)


def test_a_text_of_too_many_chunks_is_refused_before_the_first_is_sealed(monkeypatch):
    monkeypatch.setattr(ours, "CHUNKS_MAX", 2)
    with pytest.raises(CannotSend, match="more than 2 chunks"):
        functions("rsa-pkcs1")[0](public(), SALT, b"x" * 235)
    with pytest.raises(Unreadable, match="whole chunks"):
        functions("rsa-pkcs1")[1](private(), b"x" * 384)


def test_padding_never_holds_the_byte_that_ends_it():
    for at in range(200):
        assert b"\0" not in ours._filling(SALT, at, 120)
