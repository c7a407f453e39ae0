"""Money in whole minor units; decimals live only inside a calculation and are rounded once, half up, at its end."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Annotated, Self

from msgspec import Meta

from gateway.model.base import Model
from gateway.model.pii import SENSITIVE

Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217 alphabetic code")]

_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENT_OF = {currency: digits for digits, names in _EXPONENTS.items() for currency in names.split()}


_IN_USE = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_IN_USE.split())
"""Currencies in use (ISO 4217, table A.1, without metals, baskets and test codes)."""

MINOR_UNITS_MAX = 10**15
"""The most a caller may name: ten trillion yuan. What a carrier says is not held to it."""


def exponent(currency: str) -> int:
    """Number of decimals of a currency (ISO 4217): CNY 2, JPY 0, KWD 3; what is not an exception has 2."""
    return _EXPONENT_OF.get(currency, 2)


def half_up(value: Decimal | Fraction) -> int:
    """Round to a whole number, half away from zero: 2.5 is 3, -2.5 is -3."""
    if isinstance(value, Decimal):
        return int(value.to_integral_value(rounding=ROUND_HALF_UP))
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


class Money(Model, frozen=True, kw_only=True):
    """An amount in minor units of a currency: `{"amount": 636, "currency": "CNY"}` is 6.36 yuan."""

    amount: int
    currency: Currency

    @classmethod
    def of(cls, value: Decimal | str | int, currency: str) -> Self:
        """Money from a decimal in major units, rounded half up to the currency's minor unit."""
        return cls(amount=half_up(Decimal(value).scaleb(exponent(currency))), currency=currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in a currency."""
        return cls(amount=0, currency=currency)

    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def times(self, factor: Decimal | Fraction | int) -> Self:
        """The amount times a rate, rounded once, half up."""
        product = Fraction(self.amount) * Fraction(factor)
        return self.__class__(amount=half_up(product), currency=self.currency)

    def __add__(self, other: "Money") -> Self:
        self._same_currency(other)
        return self.__class__(amount=self.amount + other.amount, currency=self.currency)

    def __sub__(self, other: "Money") -> Self:
        self._same_currency(other)
        return self.__class__(amount=self.amount - other.amount, currency=self.currency)

    def __neg__(self) -> Self:
        return self.__class__(amount=-self.amount, currency=self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount <= other.amount

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            message = f"{self.currency} and {other.currency} are different currencies: convert one first"
            raise ValueError(message)


SensitiveMoney = Annotated[Money, SENSITIVE]


def split(total: Money, weights: Sequence[Decimal | Fraction | int]) -> tuple[Money, ...]:
    """Parts of a total in proportion to weights that add up to it exactly (largest remainder, earliest part first).

    Raises ValueError when there is no weight, a negative one, or nothing but zeros.
    """
    shares = [Fraction(weight) for weight in weights]
    if not shares or min(shares) < 0 or sum(shares) == 0:
        raise ValueError("weights must be zero or more, and at least one above zero")
    sign, whole = (-1, -total.amount) if total.amount < 0 else (1, total.amount)
    exact = [whole * share / sum(shares) for share in shares]
    floors = [part.numerator // part.denominator for part in exact]
    order = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    for at in order[: whole - sum(floors)]:
        floors[at] += 1
    return tuple(Money(amount=sign * part, currency=total.currency) for part in floors)
