"""Other libraries, and the numbers written out, agree with the gateway on every cipher, token and signed envelope.

The gateway stands on OpenSSL (through `cryptography`), on lxml and on gmalg's SM2. Here it is pycryptodome with its own
code, the standard library's canonical XML, gmalg's own SM4 and SM3, and SM2's curve in plain numbers.
"""

import hashlib
from base64 import b64decode, urlsafe_b64decode
from functools import partial
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from Crypto.Cipher import AES, DES, DES3, PKCS1_OAEP, PKCS1_v1_5
from Crypto.Hash import HMAC, MD5, SHA1, SHA256, SHA384, SHA512
from Crypto.PublicKey import ECC, RSA
from Crypto.Signature import DSS, eddsa, pkcs1_15, pss
from gmalg import SM4
from hypothesis import given, settings
from hypothesis import strategies as st

import gateway.wire
from contract_tests.tests.wire import sm2_numbers as sm2
from contract_tests.tests.wire.test_known_answers import ANSWERS, NOW, key
from gateway.wire import XmlSigning, held, security_block, soap_form, soap_signed_out
from gateway.wire.cipher import CIPHERS
from gateway.wire.envelopes.jose import IV_BYTES, KEY_BYTES, jwe_in, jwe_out
from gateway.wire.gm import der
from gateway.wire.gm.keys import private_number, public_point
from gateway.wire.sign import SIGNERS
from gateway.wire.sign.xml import ALGORITHMS, DIGESTS

RSA_KEY = RSA.import_key(key("rsa").reveal())
LENGTH = RSA_KEY.size_in_bytes()
SM2_PRIVATE = private_number(key("sm2").reveal())
SM2_PUBLIC = public_point(key("sm2", "public").reveal())
HASHES = {"md5": MD5, "sha1": SHA1, "sha256": SHA256, "sha384": SHA384, "sha512": SHA512}
SALT = "s" * 32


def mixed(one, other):
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


# --- SM4 by gmalg's block alone; CBC, CTR and GHASH are those of SP 800-38A and SP 800-38D ---


def sm4_ecb(key, data):
    return b"".join(SM4(key).encrypt(data[at : at + 16]) for at in range(0, len(data), 16))


def sm4_cbc(key, iv, data):
    found = [iv]
    for at in range(0, len(data), 16):
        found.append(SM4(key).encrypt(mixed(data[at : at + 16], found[-1])))
    return b"".join(found[1:])


def product(one, other):
    """In the field of GCM, bits from the left."""
    found = 0
    for at in range(127, -1, -1):
        found ^= other if one >> at & 1 else 0
        other = other >> 1 ^ (0xE1 << 120 if other & 1 else 0)
    return found


def ghash(subkey, aad, data):
    found = 0
    lengths = (8 * len(aad)).to_bytes(8, "big") + (8 * len(data)).to_bytes(8, "big")
    whole = b"".join(part + bytes(-len(part) % 16) for part in (aad, data)) + lengths
    for at in range(0, len(whole), 16):
        found = product(found ^ int.from_bytes(whole[at : at + 16], "big"), subkey)
    return found.to_bytes(16, "big")


def sm4_gcm(key, iv, data, aad):
    block = SM4(key).encrypt
    subkey = int.from_bytes(block(bytes(16)), "big")
    first = iv + b"\0\0\0\1" if len(iv) == 12 else ghash(subkey, b"", iv)
    count = int.from_bytes(first[12:], "big")
    counters = [first[:12] + ((count + at) % 2**32).to_bytes(4, "big") for at in range(1, len(data) // 16 + 2)]
    sealed = mixed(data, b"".join(map(block, counters)))
    return sealed + mixed(block(first), ghash(subkey, aad, sealed))


# --- pycryptodome ---


def in_mode(kind, mode, key, *iv_and_data):
    *iv, data = iv_and_data
    return kind.new(key, mode, *iv).encrypt(data)


def aes_gcm(key, iv, data, aad):
    cipher = AES.new(key, AES.MODE_GCM, nonce=iv)
    cipher.update(aad)
    return b"".join(cipher.encrypt_and_digest(data))


WITH_A_SHARED_KEY = {
    **{f"aes-{bits}-ecb": partial(in_mode, AES, AES.MODE_ECB) for bits in (128, 192, 256)},
    **{f"aes-{bits}-cbc": partial(in_mode, AES, AES.MODE_CBC) for bits in (128, 192, 256)},
    **{f"aes-{bits}-gcm": aes_gcm for bits in (128, 192, 256)},
    "des-ecb": partial(in_mode, DES, DES.MODE_ECB),
    "des-cbc": partial(in_mode, DES, DES.MODE_CBC),
    "des3-ecb": partial(in_mode, DES3, DES3.MODE_ECB),
    "des3-cbc": partial(in_mode, DES3, DES3.MODE_CBC),
    "sm4-ecb": sm4_ecb,
    "sm4-cbc": sm4_cbc,
    "sm4-gcm": sm4_gcm,
}


def rsa_cipher(algo):
    if algo == "rsa-pkcs1":
        cipher = PKCS1_v1_5.new(RSA_KEY)
        return cipher.encrypt, lambda chunk: cipher.decrypt(chunk, None)
    cipher = PKCS1_OAEP.new(RSA_KEY, HASHES[algo.rpartition("-")[2]])
    return cipher.encrypt, cipher.decrypt


def rsa_private_block(data):
    """RFC 8017 9.2's padding of type 1 about bytes that are no digest, and the power taken in plain numbers."""
    block = b"\0\1" + b"\xff" * (LENGTH - len(data) - 3) + b"\0" + data
    return pow(int.from_bytes(block, "big"), int(RSA_KEY.d), int(RSA_KEY.n)).to_bytes(LENGTH, "big")


def sm2_cut(algo, sealed):
    """C1, C2 and C3 of a sealed message, as its form has them."""
    if algo == "sm2-der":
        x, y, digest, inside = der.read_one(sealed).items()
        return (x.number(), y.number()), inside.content, digest.content
    bare = sealed if algo.endswith("-bare") else sealed[1:]
    point, rest = (int.from_bytes(bare[:32], "big"), int.from_bytes(bare[32:64], "big")), bare[64:]
    return (point, rest[32:], rest[:32]) if "c1c3c2" in algo else (point, rest[:-32], rest[-32:])


def sm2_joined(algo, point, inside, digest):
    if algo == "sm2-der":
        parts = [der.integer(number) for number in point], [der.element(der.OCTETS, each) for each in (digest, inside)]
        return der.sequence(*parts[0], *parts[1])
    whole = digest + inside if "c1c3c2" in algo else inside + digest
    return (b"" if algo.endswith("-bare") else b"\4") + sm2.octets(*point) + whole


RSA_CIPHERS = ("rsa-pkcs1", "rsa-oaep-sha1", "rsa-oaep-sha256")
SM2_CIPHERS = [algo for algo in CIPHERS if algo.startswith("sm2-")]


def test_every_cipher_has_a_second_opinion():
    assert {*WITH_A_SHARED_KEY, *RSA_CIPHERS, "rsa-pkcs1-private", *SM2_CIPHERS} == set(CIPHERS)


def functions(algo):
    return getattr(gateway.wire, CIPHERS[algo].seal), getattr(gateway.wire, CIPHERS[algo].open)


@pytest.mark.parametrize(
    ("algo", "size"), [(algo, size) for algo in WITH_A_SHARED_KEY for size in CIPHERS[algo].key_sizes]
)
@settings(max_examples=20)
@given(data=st.data())
def test_another_library_seals_the_same_bytes_under_the_same_key(algo, size, data):
    spec = CIPHERS[algo]
    shared = hashlib.shake_128(data.draw(st.binary(min_size=1, max_size=8))).digest(size)
    iv = [data.draw(st.binary(min_size=length, max_size=length)) for length in [*spec.iv_sizes][:1]]
    if spec.tagged:
        iv = [data.draw(st.sampled_from([b"i" * length for length in spec.iv_sizes]))]
    plain = data.draw(st.binary(max_size=100))
    plain = plain + bytes(-len(plain) % spec.block) if spec.block else plain
    aad = [data.draw(st.binary(max_size=40))] if spec.tagged else []
    theirs = WITH_A_SHARED_KEY[algo](shared, *iv, plain, *aad)
    seal, opened = functions(algo)
    assert seal(shared, *iv, plain, *aad) == theirs
    assert opened(shared, *iv, theirs, *aad) == plain


@pytest.mark.parametrize("algo", RSA_CIPHERS)
@settings(max_examples=10, deadline=None)
@given(data=st.binary(min_size=1, max_size=500))
def test_another_library_opens_what_is_sealed_for_a_private_key_and_the_other_way_round(algo, data):
    seal, opened = functions(algo)
    theirs_seal, theirs_open = rsa_cipher(algo)
    sealed = seal(key("rsa", "public"), SALT, data)
    assert b"".join(theirs_open(sealed[at : at + LENGTH]) for at in range(0, len(sealed), LENGTH)) == data
    made = b"".join(theirs_seal(data[at : at + 100]) for at in range(0, len(data), 100))
    assert opened(key("rsa"), made) == data


@settings(max_examples=10, deadline=None)
@given(data=st.binary(min_size=1, max_size=245))
def test_a_block_under_the_private_key_is_the_number_written_out(data):
    seal, opened = functions("rsa-pkcs1-private")
    assert seal(key("rsa"), data) == rsa_private_block(data)
    assert opened(key("rsa", "public"), rsa_private_block(data)) == data


@pytest.mark.parametrize("algo", SM2_CIPHERS)
@settings(max_examples=4, deadline=None)
@given(data=st.binary(min_size=8, max_size=70), number=st.integers(2**200, sm2.N - 1))  # one key byte may be 0
def test_sm2_in_plain_numbers_opens_what_is_sealed_and_the_other_way_round(algo, data, number):
    seal, opened = functions(algo)
    assert sm2.opened(SM2_PRIVATE, *sm2_cut(algo, seal(key("sm2", "public"), SALT, data))) == data
    assert opened(key("sm2"), sm2_joined(algo, *sm2.sealed(SM2_PUBLIC, number, data))) == data


# --- signatures that the runner's second opinion tells by the same library ---


def _pss(public, digest, data, signature):
    pss.new(public, salt_bytes=digest.digest_size).verify(digest.new(data), signature)


CHECKS = {
    "rsa_pss_sha256": lambda public, data, signature: _pss(public, SHA256, data, signature),
    "rsa_pss_sha512": lambda public, data, signature: _pss(public, SHA512, data, signature),
    "ed25519": lambda public, data, signature: eddsa.new(public, "rfc8032").verify(data, signature),
    "ecdsa_p256_sha256": lambda public, data, signature: DSS.new(public, "fips-186-3").verify(
        SHA256.new(data), signature
    ),
    **{
        f"rsa_{name}": lambda public, data, signature, digest=digest: pkcs1_15.new(public).verify(
            digest.new(data), signature
        )
        for name, digest in HASHES.items()
    },
}  # fmt: skip
OF_ALGO = {"ed25519": "ed25519", "ecdsa_p256_sha256": "p256"}
ASYMMETRIC = [algo for algo, spec in SIGNERS.items() if spec.genuine]


@pytest.mark.parametrize("algo", [algo for algo in ASYMMETRIC if not algo.startswith("sm2")])
def test_another_library_finds_our_signatures_genuine_and_those_of_other_bytes_not(algo):
    name = OF_ALGO.get(algo, "rsa")
    public = (RSA if name == "rsa" else ECC).import_key(key(name, "public").reveal())
    made = getattr(gateway.wire, SIGNERS[algo].runtime)(key(name), b"data")
    CHECKS[algo](public, b"data", made)
    with pytest.raises(ValueError, match=r"(?i)signature"):
        CHECKS[algo](public, b"dato", made)


@pytest.mark.parametrize("algo", [algo for algo in ASYMMETRIC if algo.startswith("sm2")])
def test_sm2_in_plain_numbers_finds_our_signatures_genuine_and_those_of_other_bytes_not(algo):
    made = getattr(gateway.wire, SIGNERS[algo].runtime)(key("sm2"), b"data")
    r, s = int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big")
    if algo == "sm2_der":
        r, s = (item.number() for item in der.read_one(made).items())
    assert sm2.is_signed(SM2_PUBLIC, b"data", r, s)
    assert not sm2.is_signed(SM2_PUBLIC, b"dato", r, s)


# --- JWE ---


def jwe_parts(enc, own, iv, aad, plain):
    """The sealed bytes and the tag (RFC 7518, 5.2 and 5.3) by pycryptodome."""
    if enc.endswith("GCM"):
        sealed = aes_gcm(own, iv, plain, aad)
        return sealed[:-16], sealed[-16:]
    half = len(own) // 2
    fill = 16 - len(plain) % 16
    sealed = AES.new(own[half:], AES.MODE_CBC, iv).encrypt(plain + bytes([fill]) * fill)
    covered = aad + iv + sealed + (8 * len(aad)).to_bytes(8, "big")
    return sealed, HMAC.new(own[:half], covered, HASHES[f"sha{enc[-3:]}"]).digest()[:half]


def unpacked(piece):
    return urlsafe_b64decode(piece + "=" * (-len(piece) % 4))


@pytest.mark.parametrize("enc", KEY_BYTES)
@settings(max_examples=20)
@given(plain=st.binary(max_size=100), seed=st.binary(min_size=1, max_size=8))
def test_another_library_makes_the_same_encrypted_token(enc, plain, seed):
    own, iv = (hashlib.shake_128(seed).digest(size) for size in (KEY_BYTES[enc], IV_BYTES[enc]))
    token = jwe_out(b"", own, iv, {"alg": "dir", "enc": enc}, plain)
    header, _, _, sealed, tag = token.split(".")
    assert (unpacked(sealed), unpacked(tag)) == jwe_parts(enc, own, iv, header.encode(), plain)
    assert jwe_in(held, own, "dir", enc, token) == plain


@pytest.mark.parametrize("algo", RSA_CIPHERS)
def test_another_library_unwraps_the_key_of_a_token(algo):
    (row,) = [row for row in ANSWERS["jwe"] if row["algo"] == algo]
    _, wrapped, iv, sealed, tag = row["token"].split(".")
    own = rsa_cipher(algo)[1](unpacked(wrapped))
    header = row["token"].split(".")[0].encode()
    assert (unpacked(sealed), unpacked(tag)) == jwe_parts(
        row["enc"], own, unpacked(iv), header, bytes.fromhex(row["payload"])
    )
    assert getattr(gateway.wire, CIPHERS[algo].open)(key("rsa"), unpacked(wrapped)) == own


# --- WS-Security ---

DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
TREES = (
    {"name": "张 & <三>\r", "note": {"@lang": 'a"b\n', "#text": "x"}, "none": ""},
    {"t:item": [{"@b": "2", "@a": "1", "t:no": "1"}, {"t:no": "\t 2 "}]},
)


def canonical(text, wanted):
    """The canonical form of one element by the standard library, whose C14N 2.0 is the exclusive one without options."""
    names = dict(event[1] for event in ET.iterparse(BytesIO(text.encode()), ["start-ns"]))
    for prefix, uri in names.items():
        ET.register_namespace(prefix, uri)
    # What is written again would lose a carriage return: a parser takes a bare one for a line end.
    return ET.canonicalize(ET.tostring(wanted, encoding="unicode").replace("\r", "&#13;")).encode()


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("algo", ALGORITHMS)
def test_another_canonical_form_and_another_library_find_a_signed_envelope_genuine(algo, digest, tree):
    how = XmlSigning(algo=algo, digest=digest, parts=("Body", "Timestamp", "BinarySecurityToken"))
    form = soap_form("1.1", declaration='<?xml version="1.0" encoding="UTF-8"?>', ns={"t": "urn:t"})
    header = {"wsse:Security": security_block(NOW, lifetime_s=300)}
    text = soap_signed_out(tree, "t:issue", form, header, how=how, key=key("rsa"), cert=key("rsa", "certificate"))
    root = ET.fromstring(text.encode())
    by_id = {element.get(ID): element for element in root.iter() if element.get(ID)}
    references = root.findall(f".//{DSIG}Reference")
    assert len(references) == 3
    for reference in references:
        covered = canonical(text, by_id[reference.get("URI")[1:]])
        assert b64decode(reference.findtext(f"{DSIG}DigestValue")) == hashlib.new(digest, covered).digest()
    (info,) = root.iter(f"{DSIG}SignedInfo")
    value = b64decode(root.findtext(f".//{DSIG}SignatureValue"))
    pkcs1_15.new(RSA_KEY).verify(HASHES[algo.removeprefix("rsa_")].new(canonical(text, info)), value)
