"""Which bytes of a reply its signature covers, where that can be seen from the layers alone."""

from collections.abc import Sequence
from typing import Any

_LAYING_BARE = ("charset", "json", "xml", "soap", "verify")


def signed_part(forms: Sequence[Sequence[Any]], body: bytes) -> range:
    """The places of the bytes that are covered; all where the carrier has several forms of reply, or packs them.

    A frame's head is not part of the body behind it, and a carrier may sign one element of its message alone.
    """
    if len(forms) != 1:
        return range(len(body))
    start = 0
    for layer in forms[0]:
        if layer.name == "frame":
            start = sum(abs(int(width.value)) for width in layer.options.get("widths", ()))
        elif layer.name == "verify":
            return _within(layer, body, start)
        elif layer.name not in _LAYING_BARE or "put" in layer.options:
            break
    return range(start, len(body))


def _within(verify: Any, body: bytes, start: int) -> range:
    """What stands between two texts, if that is what is signed."""
    parts = [str(getattr(part, "value", "")) for part in verify.options.get("over", ())]
    if any(part == "body" for part in parts):
        return range(start, len(body))
    for part in parts:
        if part.startswith("between(body;"):
            opening, ending = (text.strip("'").encode() for text in part[:-1].split(";")[1:3])
            first, last = body.find(opening), body.find(ending)
            if 0 <= first < last:
                return range(first + len(opening), last)
    return range(start, len(body))
