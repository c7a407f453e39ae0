"""Which bytes of a reply its signature covers, where that can be seen from the layers alone."""

from collections.abc import Sequence
from typing import Any

from gateway.wire import Unreadable, member

_LAYING_BARE = ("charset", "json", "xml", "soap", "verify")


def signed_part(forms: Sequence[Sequence[Any]], body: bytes) -> range:
    """The places of the bytes that are covered; all where the carrier has several forms of reply, or packs them.

    A frame's head is not part of the body behind it, a carrier may sign one element of its message alone, and of a
    wrapper whose payload is an object in it (`raw`) the payload is.
    """
    if len(forms) != 1:
        return range(len(body))
    seen = range(len(body))
    for layer in forms[0]:
        if layer.name == "frame":
            seen = range(sum(abs(int(width.value)) for width in layer.options.get("widths", ())), len(body))
        elif layer.name == "verify":
            return _within(layer, body, seen)
        elif layer.name == "json" and "raw" in layer.options:
            seen = _payload(layer, body)
        elif layer.name not in _LAYING_BARE or "put" in layer.options:
            break
    return seen


def _payload(layer: Any, body: bytes) -> range:
    """Where the object stands that is the payload of a wrapper; all where there is none."""
    try:
        inside = member(body, "utf-8", *layer.options["put"].value.split("."))
    except Unreadable:
        return range(len(body))
    start = body.find(inside)
    return range(start, start + len(inside))


def _within(verify: Any, body: bytes, seen: range) -> range:
    """What stands between two texts, if that is what is signed."""
    parts = [str(getattr(part, "value", "")) for part in verify.options.get("over", ())]
    if any(part == "body" for part in parts):
        return seen
    for part in parts:
        if part.startswith("between(body;"):
            opening, ending = (text.strip("'").encode() for text in part[:-1].split(";")[1:3])
            first, last = body.find(opening), body.find(ending)
            if 0 <= first < last:
                return range(first + len(opening), last)
    return seen
