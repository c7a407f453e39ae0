"""Which checks a person wants: words of a check's name with `and`, `or`, `not` and brackets."""

import re
from collections.abc import Callable

WISH_LENGTH_MAX = 500
_WORD = re.compile(r"\s*(\(|\)|[^\s()]+)")
Fits = Callable[[str], bool]


class BadWish(ValueError):
    """A wish that cannot be read."""


def wanted(wish: str) -> Fits:
    """A test of a check's whole name; every check fits an empty wish. Raises BadWish."""
    if not wish.strip():
        return lambda _name: True
    if len(wish) > WISH_LENGTH_MAX:
        raise BadWish(f"longer than {WISH_LENGTH_MAX} characters")
    words = _WORD.findall(wish)
    fits = _any(words)
    if words:
        raise BadWish(f"'{words[0]}' is one word too many")
    return fits


def _any(words: list[str]) -> Fits:
    found = [_all(words)]
    while words[:1] == ["or"]:
        words.pop(0)
        found.append(_all(words))
    return lambda name: any(fits(name) for fits in found)


def _all(words: list[str]) -> Fits:
    found = [_one(words)]
    while words[:1] == ["and"]:
        words.pop(0)
        found.append(_one(words))
    return lambda name: all(fits(name) for fits in found)


def _one(words: list[str]) -> Fits:
    if not words or words[0] in ("and", "or", ")"):
        raise BadWish(f"a word is missing before '{words[0]}'" if words else "a word is missing at the end")
    word = words.pop(0)
    if word == "not":
        inner = _one(words)
        return lambda name: not inner(name)
    if word != "(":
        return lambda name: word.casefold() in name.casefold()
    grouped = _any(words)
    if words[:1] != [")"]:
        raise BadWish("a bracket is not closed")
    words.pop(0)
    return grouped
