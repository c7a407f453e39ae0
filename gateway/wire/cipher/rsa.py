"""RSA encryption (RFC 8017) in chunks: a text longer than the key is cut into pieces, each encrypted for itself.

`rsa-pkcs1` and `rsa-oaep-*` encrypt under the carrier's public key and open with our private one. `rsa-pkcs1-private`
is what some documents call "encrypt with the private key": block type 1, a signature of the data itself, which
everybody who has the public key can read. Padding is drawn from `salt`, unpredictable characters of the context, so
that the same context gives the same bytes.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.keys import BadKey, rsa_private, rsa_public

SALT_CHARACTERS = 32
"""How many unpredictable characters the padding of one text is drawn from: 186 bits."""

CHUNKS_MAX = 1_024
"""How many pieces one text may be cut into: opening one takes about a millisecond."""

_PKCS1_LEAST = 11  # 00 02, eight bytes of padding, 00


def rsa_pkcs1_out(key: Secret, salt: str, data: bytes) -> bytes:
    """RSAES-PKCS1-v1_5, every chunk as long as the key."""
    public = _public(key)
    size = _size(public)

    def padded(chunk: bytes, at: int) -> bytes:
        return b"\x00\x02" + _filling(salt, at, size - len(chunk) - 3) + b"\x00" + chunk

    return b"".join(_raised(public, padded(chunk, at)) for at, chunk in enumerate(_cut(data, size - _PKCS1_LEAST)))


def rsa_pkcs1_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    return _opened(key, data, PKCS1v15())


def rsa_oaep_sha1_out(key: Secret, salt: str, data: bytes) -> bytes:
    """RSAES-OAEP with SHA-1 and MGF1 of SHA-1, no label: Java's `OAEPWithSHA-1AndMGF1Padding`."""
    return _oaep(key, salt, data, "sha1")


def rsa_oaep_sha1_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    return _opened(key, data, OAEP(MGF1(SHA1()), SHA1(), None))  # noqa: S303 - what carriers ask for


def rsa_oaep_sha256_out(key: Secret, salt: str, data: bytes) -> bytes:
    """RSAES-OAEP with SHA-256 and MGF1 of SHA-256, no label."""
    return _oaep(key, salt, data, "sha256")


def rsa_oaep_sha256_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    return _opened(key, data, OAEP(MGF1(SHA256()), SHA256(), None))


def rsa_pkcs1_private_out(key: Secret, data: bytes) -> bytes:
    """Under our private key, block type 1: nothing is hidden, and only we can have made it."""
    private = _private(key)
    chunks = _cut(data, _size(private) - _PKCS1_LEAST)
    return b"".join(private.sign(chunk, PKCS1v15(), NoDigestInfo()) for chunk in chunks)


def rsa_pkcs1_private_in(key: Secret, data: bytes) -> bytes:
    """What the holder of the private half of a public key wrote."""
    try:
        public = key.made(rsa_public)
        return b"".join(
            public.recover_data_from_signature(chunk, PKCS1v15(), None) for chunk in _pieces(data, _size(public))
        )
    except BadKey as bad:
        raise Unreadable(f"the carrier's key of this channel: {bad}") from None
    except InvalidSignature:
        raise Unreadable("the encrypted message is damaged, or of another key") from None


def encoded_oaep(data: bytes, seed: bytes, size: int, digest: str) -> bytes:
    """EME-OAEP (RFC 8017 section 7.1.1) with an empty label."""
    length = len(seed)
    block = hashlib.new(digest, b"", usedforsecurity=False).digest()
    block += bytes(size - len(data) - 2 * length - 2) + b"\x01" + data
    masked = _xor(block, _mask(seed, len(block), digest))
    return b"\x00" + _xor(seed, _mask(masked, length, digest)) + masked


def _oaep(key: Secret, salt: str, data: bytes, digest: str) -> bytes:
    public = _public(key)
    size, length = _size(public), hashlib.new(digest, usedforsecurity=False).digest_size
    chunks = enumerate(_cut(data, size - 2 * length - 2))
    return b"".join(
        _raised(public, encoded_oaep(chunk, _drawn(salt, at, length), size, digest)) for at, chunk in chunks
    )


def _mask(seed: bytes, length: int, digest: str) -> bytes:
    """MGF1 (RFC 8017 appendix B.2.1)."""
    found, counter = b"", 0
    while len(found) < length:
        found += hashlib.new(digest, seed + counter.to_bytes(4, "big"), usedforsecurity=False).digest()
        counter += 1
    return found[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _raised(public: RSAPublicKey, padded: bytes) -> bytes:
    """RSAEP: the padded chunk to the public exponent. Only the public key is touched, so its time tells nothing."""
    numbers = public.public_numbers()
    return pow(int.from_bytes(padded, "big"), numbers.e, numbers.n).to_bytes(len(padded), "big")


def _drawn(salt: str, at: int, length: int) -> bytes:
    """Bytes that nobody can predict who does not know the salt (SHAKE256), others for every chunk."""
    return hashlib.shake_256(f"{at}:{salt}".encode()).digest(length)


def _filling(salt: str, at: int, length: int) -> bytes:
    """The same without zero bytes, which would end the padding."""
    drawn, taken = b"", 2 * length + 64
    while len(drawn) < length:
        drawn = _drawn(salt, at, taken).replace(b"\x00", b"")
        taken *= 2
    return drawn[:length]


def _cut(data: bytes, most: int) -> list[bytes]:
    """The chunks of a text; an empty one is one empty chunk."""
    if most < 1:
        raise CannotSend("the key of this channel is too short for this cipher")
    if len(data) > most * CHUNKS_MAX:
        raise CannotSend(f"the text has more than {CHUNKS_MAX} chunks")
    return [data[at : at + most] for at in range(0, max(1, len(data)), most)]


def _pieces(data: bytes, size: int) -> list[bytes]:
    """Encrypted chunks, each as long as the key."""
    if not data or len(data) % size or len(data) > size * CHUNKS_MAX:
        raise Unreadable("the encrypted message does not consist of whole chunks of the key's length")
    return [data[at : at + size] for at in range(0, len(data), size)]


def _opened(key: Secret, data: bytes, padding: AsymmetricPadding) -> bytes:
    try:
        private = key.made(rsa_private)
        return b"".join(private.decrypt(piece, padding) for piece in _pieces(data, _size(private)))
    except BadKey as bad:
        raise Unreadable(f"our key of this channel: {bad}") from None
    except ValueError:
        raise Unreadable("the encrypted message is damaged, or for another key") from None


def _public(key: Secret) -> RSAPublicKey:
    try:
        return key.made(rsa_public)
    except BadKey as bad:
        raise CannotSend(f"the carrier's key of this channel: {bad}") from None


def _private(key: Secret) -> RSAPrivateKey:
    try:
        return key.made(rsa_private)
    except BadKey as bad:
        raise CannotSend(f"our key of this channel: {bad}") from None


def _size(key: RSAPublicKey | RSAPrivateKey) -> int:
    """How many bytes the key, and every encrypted chunk, has."""
    return (key.key_size + 7) // 8
