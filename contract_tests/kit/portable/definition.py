"""What a kit says, compiled: wires, requests, standing checks, tests. Frozen; a run keeps its state elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from contract_tests.language.expression import Evaluate
from contract_tests.language.places import Place

Names = tuple[tuple[str, Evaluate], ...]
"""Names that are given a value one after the other; later ones see earlier ones."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in both languages of the report."""

    en: str
    zh: str

    def of(self, language: str) -> str:
        """The sentence in a language."""
        return self.zh if language == "zh" and self.zh else self.en


@dataclass(frozen=True, slots=True)
class Wire:
    """How a tree becomes a request, and how a reply is read."""

    write: Names
    read: Names
    method: Evaluate
    path: Evaluate
    headers: Evaluate
    body: Evaluate
    target: Evaluate


@dataclass(frozen=True, slots=True)
class Request:
    """A request under a name: a tree, what is fresh in it, what is left out.

    The first `printed` of the names are those of the example it was made from.
    """

    name: str
    wire: str
    tree: Evaluate
    sets: Names
    drops: tuple[str, ...]
    names: Names
    printed: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What must hold for every reply, or every callback, of a run."""

    name: str
    clauses: tuple[str, ...]
    says: Said
    when: Evaluate | None
    holds: "Claim"
    of_callbacks: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """An expression that must hold; where it compares, both sides can be shown."""

    text: str
    place: Place
    run: Evaluate
    sides: tuple[Evaluate, Evaluate] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a test: `act` does it, with the course of the test and its names."""

    verb: str
    place: Place
    when: Evaluate | None
    act: Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Test:
    """A test: the sentence it proves, the clauses it stands on, its steps. An optional one may be left out."""

    name: str
    clauses: tuple[str, ...]
    says: Said
    steps: tuple[Step, ...]
    place: Place
    exchanges: int = 0
    callbacks: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Callbacks:
    """How the carrier's callbacks are read and acknowledged."""

    read: Names
    status: Evaluate
    headers: Evaluate
    body: Evaluate


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the carrier's document; `aside` says why no test can speak of it."""

    number: str
    title: str
    aside: Said | None = None


@dataclass(frozen=True, slots=True)
class Kit:
    """A whole kit."""

    carrier: str
    title: Said
    zone: tzinfo
    needs: tuple[str, ...]
    secrets: tuple[str, ...]
    settings: Mapping[str, str]
    mutual_tls: bool
    per_second: float
    wires: Mapping[str, Wire]
    callbacks: Callbacks | None
    standing: tuple[Standing, ...]
    requests: Mapping[str, Request]
    before: tuple[Step, ...]
    tests: tuple[Test, ...]
    clauses: tuple[Clause, ...]
    samples: Mapping[str, Any]
    constants: Mapping[str, Any]
    made_of: Mapping[str, str]
    sha256: str = ""
    names: Mapping[str, Any] = field(default_factory=dict)
