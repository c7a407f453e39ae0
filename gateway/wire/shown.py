"""How a value may appear in an error: amounts, dates and codes as they are, everything else by its length only.

A value that failed to be an amount can be anything, a name in the wrong field included. So even what may be quoted is
quoted only while it looks like what it should have been, and never with the length of an identity or phone number.
"""

import re
from decimal import Decimal
from typing import Any

from gateway.wire.limits import SHOWN_MAX

_AMOUNT = re.compile(r"[-+0-9.,%eE ]*|[-+]?(?:NaN|nan|Inf|Infinity|inf)")
_DATE = re.compile(r"[-+0-9:/.TZ ]*")
_CODE = re.compile(r"[-_.A-Z0-9]*|[-_.a-z0-9]*|true|false|True|False")
# Identity, phone and account numbers; the one long number that is harmless is yyyyMMddHHmmss.
_PERSONAL_DIGITS = re.compile(r"\d{11}|\+\d{7}")
_SECOND = re.compile(r"(?:19|20)\d{12}")


# More bits than the longest number that is quoted has; a far longer one cannot even be turned into text.
_BITS_MAX = 4 * SHOWN_MAX


def masked(value: Any) -> str:
    """A description that tells the type and the length, never the content."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return "a number" if isinstance(value, int | float) else f"a {type(value).__name__}"


def _quoted(value: Any, looks_right: "re.Pattern[str]") -> str:
    if isinstance(value, int) and value.bit_length() > _BITS_MAX:
        return masked(value)
    text = str(value) if isinstance(value, str | int | float | Decimal) else None
    if text is None or len(text) > SHOWN_MAX or not looks_right.fullmatch(text):
        return masked(value)
    return masked(value) if _PERSONAL_DIGITS.search(text) and not _SECOND.fullmatch(text) else repr(text)


def shown_amount(value: Any) -> str:
    """An amount or another plain number, quoted while it looks like one."""
    return _quoted(value, _AMOUNT)


def shown_date(value: Any) -> str:
    """A date or an instant, quoted while it looks like one."""
    return _quoted(value, _DATE)


def shown_code(value: Any) -> str:
    """A code out of a table, quoted while it looks like one."""
    return _quoted(value, _CODE)
