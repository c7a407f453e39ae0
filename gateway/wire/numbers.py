"""Codecs of numbers that are not money: whole numbers, decimals, shares and percentages.

A number of the wire is an `int`, a `Decimal` or a text; no float ever comes in between, because 0.1 has none. A text
may stand between spaces, as fixed-width records send it; signs of grouping, exponents and `NaN` are refused.
"""

import re
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    Inexact,
)
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.limits import NUMBER_DIGITS_MAX
from gateway.wire.pair import Pair
from gateway.wire.shown import masked, shown_amount

ROUNDING = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}

_BEYOND = 10**NUMBER_DIGITS_MAX

# Room for every number a wire may hold (the default context would round at 28 digits without a word).
WIDE = Context(prec=2 * NUMBER_DIGITS_MAX)
EXACT = Context(prec=2 * NUMBER_DIGITS_MAX, traps=[Inexact])

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def int_in(value: Any) -> int:
    """A whole number written as text."""
    if value.__class__ is str:
        text = value.strip()
        digits = text[1:] if text[:1] == "-" else text
        if digits.isdigit() and digits.isascii() and len(digits) <= NUMBER_DIGITS_MAX:
            return int(text)
    raise Unreadable(f"expected a whole number, found {shown_amount(value)}")


def int_number_in(value: Any) -> int:
    """A whole number of a wire that has numbers; `5.0` is not one."""
    if value.__class__ is int:
        return value
    raise Unreadable(f"expected a whole number, found {_shown_number(value)}")


def plain_decimal(value: Any) -> Decimal:
    """The exact decimal a text spells; no exponent, no grouping, no `NaN`, no more digits than the limit."""
    if value.__class__ is str:
        text = value.strip()
        if len(text) <= NUMBER_DIGITS_MAX and _PLAIN.fullmatch(text):
            return Decimal(text)
    raise Unreadable(f"expected a number, found {shown_amount(value)}")


def number_decimal(value: Any) -> Decimal:
    """The exact decimal of a wire number (`int` or `Decimal`, as the JSON layer decodes them)."""
    if value.__class__ is int and -_BEYOND < value < _BEYOND:
        return Decimal(value)
    if value.__class__ is Decimal and value.is_finite() and not _is_scientific(value):
        return value
    raise Unreadable(f"expected a number, found {_shown_number(value)}")


def _is_scientific(value: Decimal) -> bool:
    # `1E+3`; a long tail of zeros after the point (`1E-7`) is spelt so by Python alone. The text is the cheap test.
    return "E" in str(value) and not 0 < digits_after_point(value) <= NUMBER_DIGITS_MAX


def _shown_number(value: Any) -> str:
    return masked(value) if isinstance(value, str) else shown_amount(value)


def digits_after_point(number: Decimal) -> int:
    """How many digits a finite decimal has after its point; negative where it was written with an exponent (`1E2`)."""
    return -cast("int", number.as_tuple().exponent)


def to_places(number: Decimal, places: int, rounding: str | None) -> Decimal:
    """The number with exactly that many decimal places; more digits are refused unless a rounding is given."""
    step = Decimal(1).scaleb(-places)
    if rounding is not None:
        return number.quantize(step, ROUNDING[rounding], WIDE)
    try:
        return EXACT.quantize(number, step)
    except Inexact:
        raise CannotSend(f"{shown_amount(number)} has more than {places} decimal places") from None


def shortest(number: Decimal) -> Decimal:
    """The same number without trailing zeros after the point."""
    bare = number.normalize(EXACT)
    return bare if digits_after_point(bare) >= 0 else bare.quantize(Decimal(1), context=WIDE)


def at_least(number: Decimal, places: int) -> Decimal:
    """The number as short as it is, but with at least so many decimal places: 5 is 5.0."""
    bare = shortest(number)
    return bare if digits_after_point(bare) >= places else to_places(bare, places, None)


def placed_as(number: Decimal, places: int | str | None, rounding: str | None) -> Decimal:
    """The number with fixed places (2), at least so many (`1+`), or as short as it is (None, `min`)."""
    if places is None or places == "min":
        return shortest(number)
    if isinstance(places, str) and places.endswith("+"):
        return at_least(number, int(places[:-1]))
    return to_places(number, int(places), rounding)


def writer(places: int | str | None, rounding: str | None, *, number: bool) -> Callable[[Decimal], Any]:
    """How a decimal is put on the wire: fixed places or as short as it is, as text or as a wire number."""

    def write(value: Decimal) -> Any:
        placed = placed_as(value, places, rounding)
        if not number:
            return format(placed, "f")
        return placed if digits_after_point(placed) else int(placed)

    return write


def reader(*, number: bool) -> Callable[[Any], Decimal]:
    """How a decimal is taken from the wire: from a text, or from a wire number."""
    return number_decimal if number else plain_decimal


def decimal_codec(places: int | str | None, rounding: str | None, number: bool) -> Pair:
    """`decimal(places)`: a canonical `Decimal`; without places every digit it has."""
    write, read = writer(places, rounding, number=number), reader(number=number)
    return Pair(write, read)


def scaled_codec(power: int, places: int | None, rounding: str | None, number: bool, is_whole: bool) -> Pair:
    """`scaled(power[;places])`: theirs is ours times a power of ten (175 cm as 1.75 m: -2; a rate in per mille: 3)."""
    write, read = writer(places, rounding, number=number), reader(number=number)

    def send(value: int | Decimal) -> Any:
        return write(Decimal(value).scaleb(power, WIDE))

    def take(value: Any) -> int | Decimal:
        ours = read(value).scaleb(-power, WIDE)
        if not is_whole:
            return shortest(ours)
        if ours != int(ours):
            raise Unreadable(f"expected a whole number of a smaller unit, found {shown_amount(value)}")
        return int(ours)

    return Pair(send, take)


def share_percent_codec(places: int, rounding: str | None, number: bool) -> Pair:
    """`percent(places)` of a share: `"1/2"` on our side, `50` on theirs.

    A share that is no percentage of that many places (`"1/3"`) is refused unless the row rounds.
    """
    write, read = writer(None if places == 0 else places, rounding, number=number), reader(number=number)
    scale = 10**places

    @lru_cache(maxsize=_SHARES_KEPT)
    def send(share: str) -> Any:
        exact = _fraction(share) * 100 * scale
        if exact.denominator == 1:
            return write(Decimal(exact.numerator).scaleb(-places, WIDE))
        if rounding is None:
            raise CannotSend(f"a share of {share} is no percentage of {places} decimal places")
        context = Context(prec=2 * NUMBER_DIGITS_MAX, rounding=ROUNDING[rounding])
        rounded = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
        return write(rounded.to_integral_value(rounding=ROUNDING[rounding]).scaleb(-places, WIDE))

    return Pair(send, lambda value: _share_of(read(value)))


# The model writes a share as a ratio of numbers of at most six digits.
_SHARE_DENOMINATOR_MAX = 999_999

# Shares are few and come again; working with fractions is slow.
_SHARES_KEPT = 1024


@lru_cache(maxsize=_SHARES_KEPT)
def _share_of(percentage: Decimal) -> str:
    share = Fraction(percentage) / 100
    if not 0 <= share <= 1:
        raise Unreadable(f"a share lies between 0 and 100 percent, found {shown_amount(percentage)}")
    if share.denominator > _SHARE_DENOMINATOR_MAX:
        raise Unreadable(f"{shown_amount(percentage)} percent has more decimal places than a share can hold")
    return str(share)


def _fraction(share: str) -> Fraction:
    try:
        return Fraction(share)
    except (ValueError, ZeroDivisionError):
        raise CannotSend(f"{masked(share)} is no share; write it as 1/3") from None


def decimal_percent_codec(places: int, rounding: str | None, number: bool) -> Pair:
    """`percent(places)` of a rate: `0.125` on our side, `12.5` on theirs."""
    write, read = writer(None if places == 0 else places, rounding, number=number), reader(number=number)

    def send(rate: Decimal) -> Any:
        return write(to_places(rate.scaleb(2, WIDE), places, rounding))

    def take(value: Any) -> Decimal:
        return read(value).scaleb(-2, WIDE)

    return Pair(send, take)
