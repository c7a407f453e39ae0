"""Texts and numbers at the edges: what stands in for a value of the same form, and what must not pass for it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

COUNTRY = ("country", "nationality")
BEYOND_FLOAT = 2**53 + 1
LEAP_DAY, LAST_DAY, NO_DAY = "20240229", "99991231", "20230230"
TIME = ("13", "24", "35")
_TIME = re.compile(r"([ T]?)\d{2}(:?)(\d{2})(?:\2(\d{2}))?")
_DAYS = (LEAP_DAY, LAST_DAY, NO_DAY)


def unlike(text: str) -> str:
    """A text of the same form: other digits, other letters."""
    return (
        "".join(
            "8"
            if each == "9"
            else "9"
            if each.isdigit()
            else _letter(each)
            if each.isascii() and each.isalpha()
            else each
            for each in text
        )
        or "9"
    )


def with_other_digits(text: str) -> str:
    """The same with other digits; with other letters too where it has none."""
    other = "".join("8" if each == "9" else "9" if each.isdigit() else each for each in text)
    return other if other != text else unlike(text)


def named_text(name: str) -> str:
    """A short text that no field of another name has, so that two of them cannot change places unseen."""
    return "DE" if name.endswith(COUNTRY) else f"{name[:1]}{name[-1:]}{len(name)}".upper()


def _letter(each: str) -> str:
    other = "Q" if each.upper() == "Z" else "Z"
    return other if each.isupper() else other.lower()


def of_another_day(text: str) -> Iterator[str]:
    """A text that begins with a date, with the edges of the calendar in its place."""
    for separator in ("", "-", "/"):
        head = text[: 8 + 2 * len(separator)]
        if head.replace(separator, "").isdigit() and len(head) == 8 + 2 * len(separator) and "19" <= head[:2] <= "21":
            rest = text[len(head) :]
            for day in _DAYS:
                yield separator.join((day[:4], day[4:6], day[6:])) + (
                    of_another_hour(rest) if day == LEAP_DAY else rest
                )
            return


def of_another_hour(rest: str) -> str:
    """What follows a date with a time of day in which hour, minute and second differ; anything else as it is."""
    found = _TIME.match(rest)
    if found is None:
        return rest
    before, between = found[1], found[2]
    return f"{before}{between.join(TIME[: 3 if found[4] else 2])}{rest[found.end() :]}"


def shifted(value: Any) -> Iterator[tuple[str, Any]]:
    """The value under other types, by the kind of shift; never the value itself."""
    if isinstance(value, bool):
        yield from (("flag", "Y"), ("flag", "true" if value else "false"), ("flag", int(value)))
    elif isinstance(value, int | Decimal):
        yield "text", str(value)
        yield "zeros", Decimal(f"{value}.00") if isinstance(value, int) else Decimal(f"{value}0")
        yield "huge", BEYOND_FLOAT
        yield "exponent", Decimal("1E+2")
        yield "nan", "NaN"
    elif isinstance(value, str):
        if value.isdigit() and value.isascii() and len(value) < 16:
            yield "number", int(value)
        if value.swapcase() != value:
            yield "case", value.swapcase()
        yield "exponent", "1e2"
        yield "padded", f" {value} "
    yield "listed", [value]
    yield "object", {"#text": value} if isinstance(value, str) else {}
