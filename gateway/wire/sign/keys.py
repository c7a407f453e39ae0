"""Keys of signers whose bytes are written as text in their secret."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend


def _hex(text: str) -> bytes:
    return binascii.unhexlify(text)


def _base64(text: str) -> bytes:
    return b64decode(text, validate=True)


KEY_FORMS: Mapping[str, Callable[[str], bytes]] = {"hex": _hex, "base64": _base64}
"""How a key's bytes are written in its secret (`key_as`); without it they are the text itself in UTF-8."""


def key_bytes(key: Secret, form: str) -> bytes:
    """The bytes of a key; decoded once per channel. An error tells the form, never the text."""
    try:
        return key.made(KEY_FORMS[form])
    except ValueError:
        raise CannotSend(f"the signing key of this channel is not written as {form}") from None
