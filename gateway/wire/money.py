"""Codecs of money: integer minor units on our side; fen, yuan, ten thousand yuan (万元) or any currency on theirs.

Digits are moved, never computed with: no float exists anywhere, and an amount finer than the minor unit is an error
unless the row says how to round.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from gateway.model.money import CURRENCIES, Money, exponent
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.limits import NUMBER_DIGITS_MAX
from gateway.wire.numbers import ROUNDING, WIDE, digits_after_point, int_in, int_number_in, placed_as, reader, shortest
from gateway.wire.pair import Pair
from gateway.wire.shown import shown_amount, shown_code

CNY = "CNY"


def _amount(money: Money) -> int:
    if money.currency != CNY:
        raise CannotSend(f"this carrier takes CNY only, the amount is in {money.currency}")
    return money.amount


# --- the units most carriers use, written out for speed -------------------------------------------------------------


def fen_out(money: Money) -> str:
    """`money(fen)`: whole fen as text."""
    return str(_amount(money))


def fen_in(value: Any) -> Money:
    """Whole fen from a text."""
    return Money(amount=int_in(value), currency=CNY)


def fen_number_out(money: Money) -> int:
    """`money(fen)` on a wire with numbers."""
    return _amount(money)


def fen_number_in(value: Any) -> Money:
    """Whole fen from a wire number."""
    return Money(amount=int_number_in(value), currency=CNY)


def yuan_out(money: Money) -> str:
    """`money(yuan)`: yuan with two decimals, `12.30`."""
    amount = _amount(money)
    if amount < 0:
        return f"-{-amount // 100}.{-amount % 100:02d}"
    return f"{amount // 100}.{amount % 100:02d}"


def yuan_in(value: Any) -> Money:
    """Yuan from a text with at most two decimals."""
    if value.__class__ is str and value[-3:-2] == "." and len(value) < NUMBER_DIGITS_MAX:
        digits = value[:-3] + value[-2:]
        if len(digits) > 2 and digits.isdigit() and digits.isascii():
            return Money(amount=int(digits), currency=CNY)
    return _read_yuan(value)


def yuan_number_out(money: Money) -> Decimal:
    """`money(yuan)` on a wire with numbers: the number 12.30, exactly."""
    return Decimal(_amount(money)).scaleb(-2, WIDE)


def yuan_number_in(value: Any) -> Money:
    """Yuan from a wire number."""
    return _read_yuan_number(value)


def wan_out(money: Money) -> str:
    """`money(wan)`: ten thousand yuan (万元), as short as the amount is."""
    return format(shortest(Decimal(_amount(money)).scaleb(-6, WIDE)), "f")


def wan_in(value: Any) -> Money:
    """Ten thousand yuan from a text."""
    return _read_wan(value)


def wan_number_out(money: Money) -> Any:
    """`money(wan)` on a wire with numbers."""
    return _plain_number(shortest(Decimal(_amount(money)).scaleb(-6, WIDE)))


def wan_number_in(value: Any) -> Money:
    """Ten thousand yuan from a wire number."""
    return _read_wan_number(value)


# --- any unit, any number of places ---------------------------------------------------------------------------------

# Digits between fen and the unit.
_SHIFT = {"fen": 0, "yuan": 2, "wan": 6}


def money_codec(unit: str, places: str | None, rounding: str | None, number: bool) -> Pair:
    """`money(unit[;places|min])` with a row's `round`.

    `minor` and `major` take the currency beside the amount, as a second argument: when sending the code the row demands
    (None: any), when reading the code the message gave.
    """
    if unit in _SHIFT:
        return _yuan_codec(unit, places, rounding, number=number)
    pair = _currency_codec(unit, places, rounding, number=number)
    if unit == "major" and places is None and rounding is None and not number:
        return _major_text_codec(pair)
    return pair


def _yuan_codec(unit: str, places: str | None, rounding: str | None, *, number: bool) -> Pair:
    shift = _SHIFT[unit]
    write = _writer(places or ("min" if unit == "wan" else str(shift)), rounding, number=number)
    read = reader(number=number)

    def send(money: Money) -> Any:
        return write(Decimal(_amount(money)).scaleb(-shift, WIDE))

    def take(value: Any) -> Money:
        return Money(amount=_minor(read(value), shift, rounding, unit, "fen"), currency=CNY)

    return Pair(send, take)


def _currency_codec(unit: str, places: str | None, rounding: str | None, *, number: bool) -> Pair:
    read = reader(number=number)

    def send(money: Money, currency: str | None = None) -> Any:
        if currency is not None and money.currency != currency:
            raise CannotSend(f"this carrier takes {currency} here, the amount is in {money.currency}")
        shift = _digits(money.currency, CannotSend) if unit == "major" else 0
        write = _writer(places or str(shift), rounding, number=number)
        return write(Decimal(money.amount).scaleb(-shift, WIDE))

    def take(value: Any, currency: Any) -> Money:
        digits = _digits(currency, Unreadable)
        shift = digits if unit == "major" else 0
        return Money(amount=_minor(read(value), shift, rounding, currency, "minor units"), currency=currency)

    return Pair(send, take)


def _major_text_codec(slow: Pair) -> Pair:
    """`money(major)` as text, the usual form abroad: digits are cut and joined, all else goes the general way."""

    def send(money: Money, currency: str | None = None) -> Any:
        digits, places = str(money.amount), _PLACES.get(money.currency)
        if places is None or not digits.isdigit() or (currency is not None and currency != money.currency):
            return slow.send(money, currency)
        if not places:
            return digits
        if len(digits) <= places:
            digits = digits.rjust(places + 1, "0")
        return f"{digits[:-places]}.{digits[-places:]}"

    def take(value: Any, currency: Any) -> Money:
        places = _places(currency)
        if places and value.__class__ is str and value[-places - 1 : -places] == "." and len(value) < NUMBER_DIGITS_MAX:
            digits = value[: -places - 1] + value[-places:]
            if len(digits) > places and digits.isdigit() and digits.isascii():
                return Money(amount=int(digits), currency=currency)
        return cast(Money, slow.read(value, currency))

    return Pair(send, take)


_PLACES = {currency: exponent(currency) for currency in CURRENCIES}
_CURRENCY = re.compile("[A-Z]{3}")


@lru_cache(maxsize=1_024)
def _known_places(currency: str) -> int | None:
    return exponent(currency) if _CURRENCY.fullmatch(currency) else None


def _places(currency: Any) -> int | None:
    """The decimals of a currency, None for what is no code of one."""
    return _known_places(currency) if currency.__class__ is str and len(currency) == 3 else None


def _digits(currency: Any, error: type[CannotSend] | type[Unreadable]) -> int:
    if (places := _places(currency)) is not None:
        return places
    raise error(f"{shown_code(currency)} is no currency code of ISO 4217")


def _writer(places: str, rounding: str | None, *, number: bool) -> Callable[[Decimal], Any]:
    def write(value: Decimal) -> Any:
        placed = placed_as(value, places, rounding)
        return _plain_number(placed) if number else format(placed, "f")

    return write


def _plain_number(value: Decimal) -> Decimal | int:
    return value if digits_after_point(value) else int(value)


def _minor(value: Decimal, shift: int, rounding: str | None, unit: str, minor: str) -> int:
    moved = value.scaleb(shift, WIDE)
    if rounding is not None:
        return int(moved.to_integral_value(rounding=ROUNDING[rounding]))
    whole = int(moved)
    if moved != whole:
        raise Unreadable(f"{shown_amount(value)} {unit} is not a whole number of {minor}")
    return whole


_read_yuan: Callable[[Any], Money] = money_codec("yuan", None, None, number=False).read
_read_yuan_number: Callable[[Any], Money] = money_codec("yuan", None, None, number=True).read
_read_wan: Callable[[Any], Money] = money_codec("wan", None, None, number=False).read
_read_wan_number: Callable[[Any], Money] = money_codec("wan", None, None, number=True).read
