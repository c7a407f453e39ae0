"""A mutant: a mapping's tree with one thing wrong in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.mapping.tree import CarrierTree
from contract_tests.mutate.walk import Site, sites
from gateway.catalogue.marks import Mark


@dataclass(frozen=True, slots=True)
class Change:
    """What one operator makes of one node: the new node, and the change in words."""

    mark: Mark
    words: str
    node: Any


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong mapping: `words` say what is wrong with it."""

    mark: Mark
    operator: str
    words: str
    tree: CarrierTree

    @property
    def key(self) -> str:
        """The name it is declared equivalent by: no line of it, so that a comment added above changes nothing."""
        return f"{self.mark.file.rpartition('/')[2]} {self.operator}: {self.words}"


Make = Callable[[Any, Site], Iterator[Change]]


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to make a mapping wrong: the kind of node it changes, and how."""

    name: str
    kind: type | tuple[type, ...]
    make: Make


OPERATORS: list[Operator] = []
"""All of them, filled where each is written."""


def operator(name: str, *kinds: type) -> Callable[[Make], Make]:
    """Register a function as the operator of this name, for nodes of these kinds."""

    def register(make: Make) -> Make:
        OPERATORS.append(Operator(name, kinds, make))
        return make

    return register


def mutants_of(tree: CarrierTree) -> Iterator[Mutant]:
    """Every mutant of a tree, always in the same order."""
    for site in sites(tree):
        for each in OPERATORS:
            if isinstance(site.node, each.kind):
                for change in each.make(site.node, site):
                    yield Mutant(change.mark, each.name, change.words, site.put(change.node))
