"""What a check has shown: how much it compared, and every difference it found."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from contract_tests.examples.shown import TEXT_LENGTH_MAX, shown, window
from gateway.catalogue.marks import Mark
from gateway.wire.trace import place_of

DIFFERENCES_MAX = 5


class Difference(Struct, frozen=True, kw_only=True):
    """One thing that is not as the example says; `offset` is the first byte that differs, where bytes were compared."""

    mark: Mark
    at: str
    expected: str
    actual: str
    mapping: str | None = None
    offset: int | None = None


class Proof:
    """Gathers what one check compares; a check that compares nothing has failed."""

    def __init__(self, differences_max: int = DIFFERENCES_MAX) -> None:
        """Nothing is shown yet; no more differences than these are kept."""
        self.differences_max = differences_max
        self.compared = 0
        self.differences: list[Difference] = []

    @property
    def is_full(self) -> bool:
        """Whether further differences would not be kept: a check of many cases may stop."""
        return len(self.differences) >= self.differences_max

    def same(self, expected: Any, actual: Any, *, at: str, mark: Mark, mapping: str | None = None) -> bool:
        """Two values of one type that must be equal."""
        if isinstance(expected, str) and isinstance(actual, str) and max(len(expected), len(actual)) > TEXT_LENGTH_MAX:
            # Shown from their beginnings both would look alike: what is wrong may stand behind the cut.
            return self.same_bytes(*map(_utf8, (expected, actual)), at=at, mark=mark, mapping=mapping)
        self.compared += 1
        if type(expected) is type(actual) and expected == actual:
            return True
        self._note(Difference(mark=mark, at=at, expected=shown(expected), actual=shown(actual), mapping=mapping))
        return False

    def holds(self, truth: object, *, at: str, mark: Mark, expected: str, actual: str) -> bool:
        """A condition told in words."""
        self.compared += 1
        if not truth:
            self._note(Difference(mark=mark, at=at, expected=expected, actual=actual))
        return bool(truth)

    def fails(self, *, at: str, mark: Mark, expected: str, actual: str, mapping: str | None = None) -> None:
        """Something that should not have happened."""
        self.compared += 1
        self._note(Difference(mark=mark, at=at, expected=expected, actual=actual, mapping=mapping))

    def raised(self, error: BaseException, *, at: str, mark: Mark, expected: str) -> None:
        """An error out of an adapter, with the mapping line that was being carried out."""
        place = getattr(error, "line", None) or place_of(error)
        said = str(error) or type(error).__name__
        self.fails(at=at, mark=mark, expected=expected, actual=said, mapping=None if place is None else str(place))

    def same_bytes(self, expected: bytes, actual: bytes, *, at: str, mark: Mark, mapping: str | None = None) -> bool:
        """Two runs of bytes; the first one that differs is shown with what stands around it."""
        self.compared += 1
        if expected == actual:
            return True
        offset = first_difference(expected, actual)
        place = f"{at}   (byte {offset:,} of {len(expected):,})"
        wanted, found = window(expected, offset), window(actual, offset)
        self._note(Difference(mark=mark, at=place, expected=wanted, actual=found, mapping=mapping, offset=offset))
        return False

    def _note(self, difference: Difference) -> None:
        if not self.is_full:
            self.differences.append(difference)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def first_difference(one: Sequence[int], other: Sequence[int]) -> int:
    """Where two runs of bytes part; the length of the shorter when it begins the longer."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)
