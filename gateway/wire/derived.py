"""Functions of mapping expressions that work a value out of others: from an identity number, a name, a total."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from gateway.model import Gender, Money
from gateway.wire.errors import CannotSend
from gateway.wire.numbers import ROUNDING, WIDE
from gateway.wire.patterns import parse_zone

# --- identity numbers of mainland China (GB 11643) -------------------------------------------------------------------

_ID_LENGTH = 18


def id_birth_date(number: Any) -> date | None:
    """`id_birth_date(number)`: digits 7 to 14 of an 18-digit number; None for any other document's number."""
    if not _is_id(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_gender(number: Any) -> Gender | None:
    """`id_gender(number)`: the 17th digit is odd for men; None for any other document's number."""
    if id_birth_date(number) is None:
        return None
    return Gender.male if int(number[16]) % 2 else Gender.female


def _is_id(number: Any) -> bool:
    if not isinstance(number, str) or len(number) != _ID_LENGTH or not number.isascii():
        return False
    return number[:17].isdigit() and (number[17].isdigit() or number[17] in "Xx")


# --- names -----------------------------------------------------------------------------------------------------------

# Surnames of two characters, one after the other.
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘亓官司寇巫马颛孙公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延"
    "东郭南门羊舌微生梁丘左丘西门第五即墨达奚褚师歐陽諸葛東方司馬長孫鍾離公孫尉遲澹臺"
)
_TWO_CHARACTERS = frozenset(_COMPOUND[at : at + 2] for at in range(0, len(_COMPOUND), 2))


_CHARACTERS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\uac00-\ud7a3]")
_EAST_ASIAN = re.compile(rf"(?:{_CHARACTERS.pattern}|[\u3005\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f·]|\s)+")


def east_asian(name: str) -> bool:
    """Whether a name is written in Chinese, Japanese or Korean alone: the family first, no space needed."""
    return _EAST_ASIAN.fullmatch(name) is not None


def surname(name: Any) -> str | None:
    """`surname(name)`: one or two characters of a Chinese name; with a space its first word, of others the last."""
    split = _split_name(name)
    return None if split is None else split[0]


def given_name(name: Any) -> str | None:
    """`given_name(name)`: what the surname leaves; None when it leaves nothing."""
    split = _split_name(name)
    return None if split is None else split[1] or None


def _split_name(name: Any) -> tuple[str, str] | None:
    if not isinstance(name, str) or not (bare := name.strip()):
        return None
    words = bare.split()
    if len(words) > 1:
        # 山田 太郎 says the family first, Jörg Peter Müller last.
        return (words[0], " ".join(words[1:])) if east_asian(bare) else (words[-1], " ".join(words[:-1]))
    # One word of letters cannot be told apart; a transliterated name (古丽·买买提) has no surname first.
    if not _CHARACTERS.match(bare) or "·" in bare:
        return bare, ""
    long = 2 if bare[:2] in _TWO_CHARACTERS and len(bare) > 2 else 1
    return bare[:long], bare[long:]


# --- numbers ---------------------------------------------------------------------------------------------------------


def allot(total: int, weights: Iterable[Any], number: int) -> int | None:
    """`allot(total, list, weight, n)`: item n's whole part of a total, by weight; the parts add up to the total.

    Largest remainder: every item gets the whole part of its quota, what is left goes one by one to the largest
    fractions, of equal ones to the earlier. None where there is no such item.
    """
    parts = [Fraction(0 if weight is None else weight) for weight in weights]
    whole = sum(parts)
    if not 1 <= number <= len(parts):
        return None
    if whole <= 0 or min(parts) < 0:
        raise CannotSend("allot() needs weights that are not negative, and one that is not zero")
    quotas = [abs(total) * part / whole for part in parts]
    floors = [int(quota) for quota in quotas]
    left = abs(total) - sum(floors)
    order = sorted(range(len(parts)), key=lambda at: (floors[at] - quotas[at], at))
    share = floors[number - 1] + (number - 1 in order[:left])
    return share if total >= 0 else -share


def divided(left: int | Decimal | None, right: int | Decimal | None, places: int, rounding: str) -> Decimal | None:
    """`divide(a, b, places[, rounding])`: exactly that many decimal places; by zero there is no answer."""
    if left is None or not right:
        return None
    exact = Fraction(left) / Fraction(right) * 10**places
    whole = _rounded(exact, rounding)
    return Decimal(whole).scaleb(-places, WIDE)


def rounded(number: int | Decimal | None, places: int, rounding: str) -> Decimal | None:
    """`round(number, places[, rounding])`."""
    return divided(number, 1, places, rounding)


def divided_whole(left: int | Decimal | None, right: int | Decimal | None, _places: int, rounding: str) -> int | None:
    """`divide(a, b, 0[, rounding])`: a whole number."""
    return None if (found := divided(left, right, 0, rounding)) is None else int(found)


def rounded_whole(number: int | Decimal | None, _places: int, rounding: str) -> int | None:
    """`round(number, 0[, rounding])`: a whole number."""
    return None if (found := divided(number, 1, 0, rounding)) is None else int(found)


def _rounded(exact: Fraction, rounding: str) -> int:
    # One more digit and a sticky one decide every rounding exactly.
    scaled = Decimal(int(exact * 100)) / 100
    if Fraction(scaled) != exact:
        scaled += Decimal("0.001") if exact > 0 else Decimal("-0.001")
    return int(scaled.to_integral_value(rounding=ROUNDING[rounding], context=WIDE))


def money_of(amount: int | None, currency: str | None) -> Money | None:
    """`money(amount, currency)`: an amount of minor units, for `encode` and for results."""
    return None if amount is None or currency is None else Money(amount=amount, currency=currency)


# --- days ------------------------------------------------------------------------------------------------------------

_Day = TypeVar("_Day", date, datetime)


def days_later(day: _Day | None, number: int | None, zone: str) -> _Day | None:
    """`add_days(day, n)`: on the carrier's calendar, the time of day kept; n may be negative."""
    if day is None or number is None:
        return None
    try:
        return _local(day, zone) + timedelta(days=number)
    except OverflowError:
        raise CannotSend("add_days() leaves the calendar") from None


def months_later(day: _Day | None, number: int | None, zone: str) -> _Day | None:
    """`add_months(day, n)`: the same day of the month, or the month's last where it has none."""
    if day is None or number is None:
        return None
    local = _local(day, zone)
    months = local.year * 12 + local.month - 1 + number
    year, month = months // 12, months % 12 + 1
    for last in (local.day, 30, 29, 28):
        if last <= local.day:
            try:
                return local.replace(year=year, month=month, day=last)
            except ValueError:
                continue
    raise CannotSend("add_months() leaves the calendar")


def years_later(day: _Day | None, number: int | None, zone: str) -> _Day | None:
    """`add_years(day, n)`: from 29 February to 28 February where there is none."""
    return None if number is None else months_later(day, 12 * number, zone)


def _local(day: _Day, zone: str) -> _Day:
    return day.astimezone(parse_zone(zone)) if isinstance(day, datetime) else day


def today_of(now: datetime, zone: str) -> date:
    """`today()`: the day of the attempt on the carrier's calendar."""
    return now.astimezone(parse_zone(zone)).date()
