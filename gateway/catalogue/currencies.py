"""Codes of currencies in files: those of ISO 4217, and which one was meant by another.

`gateway/model/money.py` has the list, with the digits of each.
"""

from gateway.catalogue.nodes import Node
from gateway.catalogue.values import Faults, as_text
from gateway.model.money import CURRENCIES

_MEANT = {
    "RMB": "CNY",
    "CNH": "CNY",
    "NTD": "TWD",
    "STG": "GBP",
    "UKP": "GBP",
    "EURO": "EUR",
    "YEN": "JPY",
    "YUAN": "CNY",
}
"""What people write who do not have the list at hand; its letters are like those of another."""
_NEAR = 2
_HINT = "three capital letters, such as CNY"


def no_currency(code: str) -> tuple[str, str] | None:
    """What is wrong with a code, and a hint; None for a currency in use."""
    if code in CURRENCIES:
        return None
    meant = _meant(code.upper())
    return f"'{code}' is no ISO 4217 currency", f"did you mean '{meant}'?" if meant else _HINT


def _meant(capitals: str) -> str | None:
    """The code with the most letters in their places, two of three at least."""
    if capitals in _MEANT:
        return _MEANT[capitals]
    near = max(sorted(CURRENCIES), key=lambda each: _same(each, capitals))
    return near if _same(near, capitals) >= _NEAR else None


def _same(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))


def as_currency(node: Node, faults: Faults, what: str) -> str | None:
    """The code of a currency in use."""
    text = as_text(node, faults, what)
    wrong = None if text is None else no_currency(text)
    if wrong is not None:
        faults.add(node.mark, *wrong)
        return None
    return text
