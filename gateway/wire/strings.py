"""Functions of mapping expressions that cut, join and measure texts.

Nothing given is nothing back. A wire number counts as its text, as everywhere; what is neither text nor number answers
None, so that an outcome row that looks into an error page is false and does not fail.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from gateway.wire.errors import CannotSend
from gateway.wire.trees import text_of

_OURS = UUID("9d1f0c52-5f3e-5b0a-8a52-3d5be06ea8a1")
"""The namespace of `uuid(text)`: never changed, because numbers that carriers keep are made under it."""


def _text(value: Any) -> str | None:
    return None if isinstance(value, dict | list | tuple) else text_of(value)


def lower(value: Any) -> str | None:
    """`lower(text)`."""
    return None if (found := _text(value)) is None else found.lower()


def trim(value: Any) -> str | None:
    """`trim(text)`: without white space around, full-width spaces included; nothing left is nothing."""
    return None if (found := _text(value)) is None else found.strip() or None


def length(value: Any) -> int | None:
    """`length(text)`: how many characters."""
    return None if (found := _text(value)) is None else len(found)


def slice_of(value: Any, start: int, end: int | None = None) -> str | None:
    """`slice(text, from[, to])`: characters from 0, the last one not counted; negative numbers count from the end."""
    return None if (found := _text(value)) is None else found[start:end]


def uuid_of(value: Any) -> str | None:
    """`uuid(text)`: the text as a UUID (version 5 of RFC 9562, in small letters), always the same for the same text."""
    return None if (found := _text(value)) is None else str(uuid5(_OURS, found))


def replaced(value: Any, old: str, new: str) -> str | None:
    """`replace(text, old, new)`: every occurrence."""
    return None if (found := _text(value)) is None else found.replace(old, new)


def padded(value: Any, width: int, fill: str = "0") -> str | None:
    """`pad(text, n[, c])`: filled on the left to n characters, on the right when n is negative; longer is refused."""
    if (found := _text(value)) is None:
        return None
    room = abs(width)
    if len(found) > room:
        raise CannotSend(f"a text of {len(found)} characters does not fit in {room}")
    return found.rjust(room, fill) if width > 0 else found.ljust(room, fill)


def part_of(value: Any, separator: str, position: int) -> str | None:
    """`part(text, separator, i)`: one piece, from 0 or from the end (-1 the last); None where there are fewer."""
    if (found := _text(value)) is None:
        return None
    pieces = found.split(separator)
    return pieces[position] if -len(pieces) <= position < len(pieces) else None


def joined(values: Iterable[Any], separator: str) -> str | None:
    """`join(list, value, separator)`: the values that are there, the separator between; None when there is none."""
    texts = [found for value in values if (found := _text(value)) is not None]
    return separator.join(texts) if texts else None
