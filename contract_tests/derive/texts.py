"""Texts and numbers at the edges: what stands in for a value of the same form, and what must not pass for it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

BEYOND_FLOAT = 2**53 + 1
LEAP_DAY, LAST_DAY, NO_DAY = "20240229", "99991231", "20230230"
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


def _letter(each: str) -> str:
    other = "Q" if each.upper() == "Z" else "Z"
    return other if each.isupper() else other.lower()


def of_another_day(text: str) -> Iterator[str]:
    """A text that begins with a date, with the edges of the calendar in its place."""
    for separator in ("", "-", "/"):
        head = text[: 8 + 2 * len(separator)]
        if head.replace(separator, "").isdigit() and len(head) == 8 + 2 * len(separator) and "19" <= head[:2] <= "21":
            for day in _DAYS:
                yield separator.join((day[:4], day[4:6], day[6:])) + text[len(head) :]
            return


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
