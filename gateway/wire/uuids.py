"""Numbers of ours as UUIDs, from which they are read back: some carriers take nothing else, and name it in callbacks.

`uuid(text)` of expressions makes one that says nothing of its text; the codec `uuid` one that holds it.
"""

import re
from typing import Any
from uuid import UUID

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.texts import text_in

_PACKED = re.compile(r"[0-9A-Z]{1,23}")
_UUID_FORM = re.compile(r"\{?[0-9A-Fa-f]{8}(-?)[0-9A-Fa-f]{4}\1[0-9A-Fa-f]{4}\1[0-9A-Fa-f]{4}\1[0-9A-Fa-f]{12}\}?")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def uuid_out(value: str) -> str:
    """`uuid`: a number of up to 23 digits and capital letters inside a UUID (version 8 of RFC 9562)."""
    if not _PACKED.fullmatch(value):
        raise CannotSend("a UUID holds up to 23 digits and capital letters")
    packed = int(f"1{value}", 36)
    high, low = packed >> 62, packed & (1 << 62) - 1
    return str(UUID(int=(high >> 12) << 80 | 8 << 76 | (high & 0xFFF) << 64 | 2 << 62 | low))


def uuid_in(value: Any) -> str:
    """The number inside a UUID that `uuid` made, however the carrier writes it."""
    text = text_in(value)
    if not _UUID_FORM.fullmatch(text):
        raise Unreadable("expected a UUID")
    bits = UUID(text).int
    digits = _in_base_36((bits >> 80) << 74 | (bits >> 64 & 0xFFF) << 62 | bits & (1 << 62) - 1)
    if not digits.startswith("1") or len(digits) == 1 or bits >> 76 & 0xF != 8:
        raise Unreadable("expected a UUID that holds a number of ours")
    return digits[1:]


def _in_base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
