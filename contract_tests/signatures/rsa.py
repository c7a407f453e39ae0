"""A second opinion on RSA signatures with PKCS #1 v1.5: the numbers of RFC 8017 written out, no signer called.

Only the key's file format is read by a library; the padding is built and the power is taken here.
"""

import hashlib

from gateway.wire.keys import BadKey, rsa_private, rsa_public

# RFC 8017 section 9.2, notes: the DER of each DigestInfo in front of the digest.
_DIGEST_INFO = {
    "md5": "3020300c06082a864886f70d020505000410",
    "sha1": "3021300906052b0e03021a05000414",
    "sha256": "3031300d060960864801650304020105000420",
    "sha512": "3051300d060960864801650304020305000440",
}


def signed(digest: str, key: str, data: bytes) -> bytes:
    """The signature of a private key: RSASSA-PKCS1-v1_5."""
    numbers = rsa_private(key).private_numbers()
    modulus = numbers.public_numbers.n
    length = (modulus.bit_length() + 7) // 8
    encoded = int.from_bytes(_encoded(digest, data, length), "big")
    return pow(encoded, numbers.d, modulus).to_bytes(length, "big")


def is_signed(digest: str, key: str, data: bytes, signature: bytes) -> bool:
    """Whether the private half of a public key made a signature."""
    numbers = rsa_public(key).public_numbers()
    length = (numbers.n.bit_length() + 7) // 8
    opened = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n).to_bytes(length, "big")
    return len(signature) == length and opened == _encoded(digest, data, length)


def is_private(key: str) -> bool:
    """Whether a text is a private key."""
    try:
        rsa_private(key)
    except BadKey:
        return False
    return True


def _encoded(digest: str, data: bytes, length: int) -> bytes:
    """EMSA-PKCS1-v1_5 (RFC 8017 section 9.2)."""
    hashed = hashlib.new(digest, data, usedforsecurity=False).digest()
    info = bytes.fromhex(_DIGEST_INFO[digest]) + hashed
    return b"\x00\x01" + b"\xff" * (length - len(info) - 3) + b"\x00" + info
