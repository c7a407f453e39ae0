"""Limits on texts and lists, and characters that no wire format carries."""

import re
from collections.abc import Iterable

from gateway.model.validate.fault import Fault, FaultCode, Faults

TEXT_CHARS_MAX = 4_000
LIST_ITEMS_MAX = 1_000
MAP_KEYS_MAX = 200

# What XML 1.0 cannot carry, and the mark a lenient decoder leaves where it has destroyed a character.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffd-\uffff]")


def are_plain_texts(texts: Iterable[str | None]) -> bool:
    """Whether texts certainly have no fault; the built-in tests are faster than the search for what is illegal."""
    given = [text for text in texts if text]
    if max(map(len, given), default=0) > TEXT_CHARS_MAX:
        return False
    joined = "".join(given)
    return (joined.isprintable() and "\ufffd" not in joined) or _ILLEGAL.search(joined) is None


def text_faults(text: str, path: str) -> Faults:
    """Faults of a text: too long, control characters, or damaged on its way to us."""
    if len(text) > TEXT_CHARS_MAX:
        yield Fault(path, FaultCode.too_long, f"at most {TEXT_CHARS_MAX} characters")
    elif _ILLEGAL.search(text):
        yield Fault(path, FaultCode.illegal_character, "a control character, or U+FFFD: the text was damaged")


def size_faults(count: int, most: int, path: str) -> Faults:
    """Faults of how many items there are."""
    if count > most:
        yield Fault(path, FaultCode.too_many, f"at most {most} items")
