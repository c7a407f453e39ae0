"""Keys of signers whose bytes are written as text in their secret."""

from gateway.wire.cipher.keys import KEY_FORMS
from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend


def key_bytes(key: Secret, form: str) -> bytes:
    """The bytes of a key; decoded once per channel. An error tells the form, never the text."""
    try:
        return key.made(KEY_FORMS[form])
    except ValueError:
        raise CannotSend(f"the signing key of this channel is not written as {form}") from None
