"""How values appear in a failure: readable, short, and without a person's numbers."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

TEXT_LENGTH_MAX = 160
_BEFORE, _AFTER = 24, 40
_INSTANT = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?![0-9A-Za-z])"
"""An instant in 14 digits is nobody's number, and what it is wrong by must be seen."""
_LONG_NUMBER = re.compile(rf"(?<![0-9A-Za-z.])(?!{_INSTANT})(\d{{3}})\d{{8,}}[0-9Xx](?![0-9A-Za-z])")
_NAMES = re.compile(rb'"([^"\\]{1,60})"\s*:|<([A-Za-z_][\w.:-]{0,60})|(?:^|&)([\w.\[\]-]{1,60})=')


def shown(value: Any) -> str:
    """A value for a person to read; a long number as its first digits only."""
    text = f'"{value}"' if isinstance(value, str) else "nothing" if value is None else str(value)
    text = _LONG_NUMBER.sub(r"\1***", text)
    return text if len(text) <= TEXT_LENGTH_MAX else text[:TEXT_LENGTH_MAX] + "..."


def window(data: bytes, offset: int) -> str:
    """The bytes around an offset; what is no text is shown as escapes."""
    start = max(0, offset - _BEFORE)
    piece = data[start : offset + _AFTER]
    text = piece.decode("utf-8", "backslashreplace").replace("\r", "\\r").replace("\n", "\\n")
    text = _LONG_NUMBER.sub(r"\1***", text)
    if offset >= len(data):
        text += " <end>"
    return ("..." if start else "") + text + ("..." if offset + _AFTER < len(data) else "")


def name_before(data: bytes, offset: int) -> str | None:
    """The element, member or field an offset stands in: the last name before it."""
    before = data[:offset]
    if b"%" in before and b"<" not in before:
        before = unquote_to_bytes(before.replace(b"+", b" "))
    names = [name for found in _NAMES.finditer(before) for name in found.groups() if name]
    return names[-1].decode("utf-8", "replace") if names else None


def masked_fields(text: str) -> str:
    """A sentence with long numbers cut short."""
    return _LONG_NUMBER.sub(r"\1***", text)
