"""Whole numbers of a COBOL host (`PIC S9(n) DISPLAY`, zoned): zeros on the left, the sign over the last digit.

Behind EBCDIC the last digit is `{` and A to I where the number is not below zero, `}` and J to R where it is.
"""

from typing import Any

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.limits import NUMBER_DIGITS_MAX
from gateway.wire.shown import shown_amount
from gateway.wire.texts import text_in

_OVER = "{ABCDEFGHI"
_BELOW = "}JKLMNOPQR"


def overpunch_out(value: str, digits: int, plain: bool) -> str:
    """`overpunch(n;codec)`: n digits, the last with its sign; `plain`: with the sign of what is below zero alone."""
    bare = value.removeprefix("-")
    if not (bare.isascii() and bare.isdigit()):
        raise CannotSend("a number with its sign over the last digit is a whole one")
    if len(bare) > digits:
        raise CannotSend(f"the number has {len(bare)} digits, its field {digits}")
    filled, last = bare.rjust(digits, "0"), int(bare[-1])
    if value[:1] == "-":
        return filled[:-1] + _BELOW[last]
    return filled if plain else filled[:-1] + _OVER[last]


def overpunch_in(value: Any, _digits: int, _plain: bool) -> str:
    """The number of the codec inside; a last digit without a sign is not below zero."""
    text = text_in(value).strip()
    head, last = text[:-1], text[-1:]
    below = bool(last) and last in _BELOW
    digit = str((_BELOW if below else _OVER).index(last)) if last and last in _OVER + _BELOW else last
    number = head + digit
    if not (number.isascii() and number.isdigit()) or len(number) > NUMBER_DIGITS_MAX:
        raise Unreadable(f"expected digits with the sign over the last one, found {shown_amount(value)}")
    return f"{'-' if below and int(number) else ''}{int(number)}"


__all__ = ["overpunch_in", "overpunch_out"]
