"""Years of Japanese eras: 令和6年, R6, 5061130.

An era's year begins anew with its first day; its first year is also written 元. Days before Meiji 6 stand in no
Gregorian calendar and have no such year.
"""

from datetime import date, datetime
from typing import Any

from gateway.wire.errors import CannotSend

ERAS = (
    ("明治", "M", date(1868, 1, 25), date(1873, 1, 1)), ("大正", "T", date(1912, 7, 30), date(1912, 7, 30)),
    ("昭和", "S", date(1926, 12, 25), date(1926, 12, 25)), ("平成", "H", date(1989, 1, 8), date(1989, 1, 8)),
    ("令和", "R", date(2019, 5, 1), date(2019, 5, 1)),
)  # fmt: skip
"""Each era's name, its letter, its first day, and its first day that is written so; its number is its place, from 1."""
SIGNS = {"GGGG": 0, "G": 1, "g": 2}
"""The fields that name an era: by its name, its letter, its number."""


def _signs(era: int) -> tuple[str, str, str]:
    return ERAS[era][0], ERAS[era][1], str(era + 1)


def era_of(day: Any) -> int:
    """The era of a day, from 0."""
    found = [number for number, era in enumerate(ERAS) if era[3] <= date(day.year, day.month, day.day)]
    if not found:
        raise CannotSend("days before 1873 have no year of an era")
    return found[-1]


def sign_of(field: str, day: Any) -> str:
    """The era of a day as a field writes it."""
    return _signs(era_of(day))[SIGNS[field]]


def year_of_era(day: Any) -> int:
    """The year within its era, from 1."""
    return int(day.year - ERAS[era_of(day)][2].year + 1)


def group_of(field: str) -> str:
    """The regular expression of a field that names an era."""
    return f"(?P<era>{'|'.join(_signs(era)[SIGNS[field]] for era in range(len(ERAS)))})"


def year_in(sign: str, text: str) -> int:
    """The year that a year of an era is; what was written ahead (平成35) goes on counting."""
    era = next(number for number in range(len(ERAS)) if sign in _signs(number))
    if text.strip("0") == "":
        raise ValueError(text)
    return ERAS[era][2].year + (1 if text == "元" else int(text)) - 1


def since_its_begin(sign: str | None, moment: datetime) -> datetime:
    """The moment, in an era that has begun by then. Raises `ValueError` for one that had not."""
    eras = [number for number in range(len(ERAS)) if sign in _signs(number)]
    if eras and moment.date() < ERAS[eras[0]][3]:
        raise ValueError(sign)
    return moment
