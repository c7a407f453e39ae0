"""Nothing real in an example: identity numbers of real regions, bank cards, keys and tokens are refused.

Made-up people have identity numbers of region 999999, which no office gives out.
"""

import re
from collections.abc import Iterator

from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx])(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])((?:62|4|5[1-5]|3[47])\d{13,17})(?![0-9A-Za-z])")
_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE)")
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+")
_REGION = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_LENGTH_MIN = 15


def refuse_real(node: Node, faults: Faults) -> None:
    """A fault for every text of a tree that looks like somebody's."""
    for text, mark in _texts(node):
        refuse_real_text(text, mark, faults)


def refuse_real_text(text: str, mark: Mark, faults: Faults) -> None:
    """A fault when a text holds something that looks like somebody's."""
    what = looks_real(text)
    if what is not None:
        hint = "write a made-up one (region 999999), or say synthetic: true in the example if it is none"
        faults.add(mark, f"this looks like {what}", hint, code="E705")


def looks_real(text: str) -> str | None:
    """What of somebody's a text seems to hold, or None."""
    if _KEY.search(text):
        return "a private key or certificate"
    if _TOKEN.search(text):
        return "a signed token"
    if any(_REGION.match(number) and _checks(number) for number in _IDENTITY.findall(text)):
        return "a real identity number"
    if any(len(number) >= _CARD_LENGTH_MIN and _luhn(number) for number in _CARD.findall(text)):
        return "a bank card"
    return None


def _texts(node: Node) -> Iterator[tuple[str, Mark]]:
    match node:
        case MapNode():
            for key, value in node:
                yield key.text, key.mark
                yield from _texts(value)
        case ListNode():
            for item in node:
                yield from _texts(item)
        case ScalarNode():
            yield node.text, node.mark


def _checks(number: str) -> bool:
    """The check character of an identity number (ISO 7064, MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
