"""Keys and initialisation vectors from the texts they are kept as; an error tells lengths, never a text."""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Callable, Mapping

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend, Unreadable


def _utf8(text: str) -> bytes:
    return text.encode()


def _hex(text: str) -> bytes:
    return binascii.unhexlify(text)


def _base64(text: str) -> bytes:
    return b64decode(text, validate=True)


def _md5(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _sha1prng(text: str) -> bytes:
    """What Java's `SecureRandom("SHA1PRNG")` gives a `KeyGenerator` of 128 bits when seeded with the text."""
    seeded = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
    return hashlib.sha1(seeded, usedforsecurity=False).digest()[:16]


KEY_FORMS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": _utf8,
    "hex": _hex,
    "base64": _base64,
    "md5": _md5,
    "sha256": _sha256,
    "sha1prng": _sha1prng,
}
"""How a key's bytes come out of its text (`key_as`): as written in it, or as a digest of it."""


def cipher_key(text: Secret, form: str, sizes: tuple[int, ...]) -> bytes:
    """The key's bytes; one of another length than the cipher takes is refused, never cut or filled up."""
    return _fitting(_decoded(text.reveal().rstrip("\r\n"), form, "key"), form, sizes)


def joined_key(parts: bytes, form: str, sizes: tuple[int, ...]) -> bytes:
    """The key of one call, out of parts that were joined: their bytes as they are, or as `form` reads their text."""
    try:
        key = parts if form == "utf-8" else KEY_FORMS[form](parts.decode())
    except ValueError:
        raise CannotSend(f"the parts of the key are not written as {form}") from None
    return _fitting(key, form, sizes)


def _fitting(key: bytes, form: str, sizes: tuple[int, ...]) -> bytes:
    if len(key) not in sizes:
        wanted = " or ".join(map(str, sizes))
        raise CannotSend(f"the key is {len(key)} bytes, read as {form}; the cipher takes {wanted}")
    return key


def unwrapped(inside: bytes, form: str, sizes: tuple[int, ...]) -> bytes:
    """A message's own key, out of what was encrypted of it: its `bytes`, or a text of them in `base64` or `hex`."""
    try:
        key = inside if form == "bytes" else KEY_FORMS[form](inside.decode("ascii"))
    except ValueError:
        raise Unreadable(f"the key the message brings is not written as {form}") from None
    if len(key) not in sizes:
        wanted = " or ".join(map(str, sizes))
        raise Unreadable(f"the key the message brings is {len(key)} bytes; the cipher takes {wanted}")
    return key


def cipher_iv(text: Secret | str | None, form: str, sizes: tuple[int, ...]) -> bytes:
    """The bytes of an initialisation vector or nonce; `sizes` are those the cipher takes."""
    if text is None:
        raise Unreadable("there is no initialisation vector where it should stand")
    iv = _decoded(text.reveal() if isinstance(text, Secret) else text, form, "initialisation vector")
    if len(iv) not in sizes:
        wanted = " or ".join(map(str, sizes))
        raise CannotSend(f"the initialisation vector is {len(iv)} bytes, read as {form}; the cipher takes {wanted}")
    return iv


def iv_head(body: bytes, size: int) -> tuple[bytes, bytes]:
    """The initialisation vector before an encrypted message, and the message."""
    if len(body) < size:
        raise Unreadable("the encrypted message is shorter than the initialisation vector before it")
    return body[:size], body[size:]


def _decoded(text: str, form: str, what: str) -> bytes:
    try:
        return KEY_FORMS[form](text)
    except ValueError:
        raise CannotSend(f"the {what} is not written as {form}") from None
