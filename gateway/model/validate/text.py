"""Limits on texts and lists, and characters that no wire format carries."""

import re

import msgspec

from gateway.model.base import Model
from gateway.model.validate.fault import FaultCode, Findings, Path

TEXT_CHARS_MAX = 4_000
LIST_ITEMS_MAX = 1_000
MAP_KEYS_MAX = 200

# What XML 1.0 cannot carry, and the mark a lenient decoder leaves where it has destroyed a character.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffd-\uffff]")

_encode = msgspec.json.Encoder().encode
# How JSON writes the same: control characters escaped, U+FFFD to U+FFFF in UTF-8, surrogates not at all.
_ILLEGAL_ESCAPE = re.compile(rb"\\[ubf]")
_ILLEGAL_UTF8 = re.compile(b"\xef\xbf[\xbd-\xbf]")


def has_plain_texts(request: Model) -> bool:
    """Whether no text of a request certainly has a fault: one look at its JSON is cheaper than one at every text.

    False proves nothing: the JSON may hold a long document, or a text that only looks as if it were escaped.
    """
    try:
        written = _encode(request)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError):
        return False
    # The search for one byte is so fast that it pays to ask it first.
    if b"\xef" in written and _ILLEGAL_UTF8.search(written):
        return False
    if b"\\" in written:
        if _ILLEGAL_ESCAPE.search(written):
            return False
        # A quote inside a text does not end it.
        written = written.replace(b'\\"', b"  ")
    return not _is_long_between_quotes(written)


def _is_long_between_quotes(written: bytes) -> bool:
    """Whether some stretch between two quotes is longer than a text may be; most of the bytes are stepped over."""
    at = -1
    while len(written) - at > TEXT_CHARS_MAX:
        at = written.rfind(b'"', at + 1, at + 2 + TEXT_CHARS_MAX)
        if at < 0:
            return True
    return False


def check_text(text: str, path: Path, found: Findings) -> None:
    """A text is not too long, and has no control character nor one damaged on its way to us."""
    if len(text) > TEXT_CHARS_MAX:
        found.add(FaultCode.too_long, f"at most {TEXT_CHARS_MAX} characters", path)
    elif _ILLEGAL.search(text):
        found.add(FaultCode.illegal_character, "a control character, or U+FFFD: the text was damaged", path)


def check_size(count: int, most: int, path: Path, found: Findings) -> None:
    """There are not too many items."""
    if count > most:
        found.add(FaultCode.too_many, f"at most {most} items", path)
