"""The base of every code list."""

from enum import StrEnum


class Code(StrEnum):
    """One value of a code list: equal to its text, and found under its text."""

    # The one of Enum is written in Python, and every look-up in a carrier's code table begins with it.
    __hash__ = str.__hash__
