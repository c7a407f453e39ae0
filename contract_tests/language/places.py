"""Values that know the place they were written at, and a report of every fault of a file at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Node(NamedTuple):
    """A value of the file: a map of nodes, a list of nodes, or a scalar (text, int, Decimal, bool, None)."""

    value: Any
    place: Place
    keys: Mapping[str, Place] = MappingProxyType({})

    def get(self, key: str) -> "Node | None":
        """The node under a key of a map; None when absent or when this is no map."""
        return self.value.get(key) if isinstance(self.value, dict) else None


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file: a code, where, what, and what to do."""

    code: str
    place: Place
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: error {self.code}: {self.message}" + (f"; {self.hint}" if self.hint else "")


class FaultyFile(ValueError):
    """A file that cannot be used: each line of the message is one fault; a plain text where there is no place."""

    def __init__(self, faults: Sequence[Fault | str]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(slots=True)
class Report:
    """Collects faults, so that an author sees all of them at once."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: str, place: Place, message: str, hint: str | None = None) -> None:
        """Note one fault: E650 reading, E651 unknown key, E652 missing, E653 expression, E654 name, E655 value."""
        self.faults.append(Fault(code, place, message, hint))

    def unknown(self, place: Place, what: str, name: str, known: Iterable[str]) -> None:
        """Note a name that is not among the known ones, with the nearest of them."""
        names = sorted(known)
        near = get_close_matches(name, names, 1)
        hint = f"did you mean '{near[0]}'?" if near else "known: " + ", ".join(names[:12])
        self.fault("E651" if what == "key" else "E654", place, f"unknown {what} '{name}'", hint)

    def close(self) -> None:
        """Raise when anything was noted."""
        if self.faults:
            raise FaultyFile(self.faults)
