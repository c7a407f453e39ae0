"""The text layer: one line read by a pattern's named groups, for carriers that answer with a sentence."""

import re
from functools import lru_cache

from gateway.wire.contract import Wire
from gateway.wire.errors import Unreadable
from gateway.wire.limits import LINE_LENGTH_MAX


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern)


def line_in(text: str, pattern: str) -> Wire:
    """The named groups of a pattern that must match the whole line; a group that took no part is absent."""
    line = text.removesuffix("\n").removesuffix("\r")
    if len(line) > LINE_LENGTH_MAX:
        raise Unreadable(f"the line is longer than {LINE_LENGTH_MAX} characters")
    found = _compiled(pattern).fullmatch(line)
    if found is None:
        raise Unreadable("the line is not as this carrier writes it")
    return {name: value for name, value in found.groupdict().items() if value is not None}


__all__ = ["line_in"]
