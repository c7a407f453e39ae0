"""What is wrong with a request, and where: one fault per finding, never quoting a personal value."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct


class FaultCode(StrEnum):
    """What kind of mistake a fault is."""

    missing = "missing"
    not_both = "not_both"
    exactly_one = "exactly_one"
    unknown_ref = "unknown_ref"
    duplicate = "duplicate"
    malformed = "malformed"
    checksum = "checksum"
    incoherent = "incoherent"
    in_the_future = "in_the_future"
    order = "order"
    range = "range"
    shares = "shares"
    not_normalised = "not_normalised"
    illegal_character = "illegal_character"
    too_long = "too_long"
    too_many = "too_many"


class Fault(Struct, frozen=True):
    """One mistake: the dotted path of the field (`insureds.0.party.birth_date`), its kind, and how to put it right."""

    path: str
    code: FaultCode
    message: str


Faults = Iterator[Fault]


def below(path: str, *segments: str | int) -> str:
    """The path of a field under another one; the empty path is the request itself."""
    for each in segments:
        path = f"{path}.{each}" if path else f"{each}"
    return path
