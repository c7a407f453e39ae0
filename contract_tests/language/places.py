"""Values that know the place they were written at, and a report of every fault of a file at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file: a map of nodes, a list of nodes, or a scalar (text, int, Decimal, bool, None)."""

    value: Any
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)

    def get(self, key: str) -> "Node | None":
        """The node under a key of a map; None when absent or when this is no map."""
        return self.value.get(key) if isinstance(self.value, dict) else None


class FaultyFile(ValueError):
    """A file that cannot be used: each line of the message is one fault with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(slots=True)
class Report:
    """Collects faults, so that an author sees all of them at once."""

    faults: list[str] = field(default_factory=list)

    def fault(self, code: str, place: Place, message: str, hint: str | None = None) -> None:
        """Note one fault: E650 reading, E651 unknown key, E652 missing, E653 expression, E654 name, E655 value."""
        self.faults.append(f"{place}: error {code}: {message}" + (f"; {hint}" if hint else ""))

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
