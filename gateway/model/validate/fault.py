"""What is wrong with a request, and where: one fault per finding, never quoting a personal value."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from gateway.model.period import ZONE_DEFAULT, local_date


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


Path = tuple["Path", str | int] | tuple[()]
"""Where a look at a request stands: what it came from, and the name or the position there; it began at `ROOT`."""

ROOT: Path = ()


class Findings:
    """What has been found wrong with one request, and the clock it is held to: that of China for business dates."""

    __slots__ = ("faults", "now", "today")

    def __init__(self, now: datetime) -> None:
        """Nothing found yet; `now` is an aware instant."""
        self.now = now
        self.today = local_date(now, ZONE_DEFAULT)
        self.faults: list[Fault] = []

    def add(self, code: FaultCode, message: str, path: Path, *segments: str | int) -> None:
        """Tell a fault of the field below a path; only here is a path ever written out."""
        self.faults.append(Fault(below(_written(path), *segments), code, message))


def below(path: str, *segments: str | int) -> str:
    """The path of a field under another one; the empty path is the request itself."""
    for each in segments:
        path = f"{path}.{each}" if path else f"{each}"
    return path


def _written(path: Path) -> str:
    return below(_written(path[0]), path[1]) if path else ""
