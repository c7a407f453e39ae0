"""A mapping's tree walked: the nodes below a node, and which shapes, messages and tables a node may name."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from cli.mapping.tree import CarrierTree, WireSchema
from gateway.catalogue.marks import Mark

ENTRIES_MAX = 20
"""Of a longer table as many entries, evenly spread: thousands of codes of one kind say no more than these."""

_NO_NAMES = "sha256"


def is_node(found: Any) -> bool:
    """Whether this is a node of the tree, and neither a leaf, a list nor a place in a file."""
    return is_dataclass(found) and not isinstance(found, type | Mark | WireSchema)


def below(found: Any) -> Iterator[tuple[str | int, Any]]:
    """What stands directly below a node, a list or a map, each with its field, number or key."""
    if is_node(found):
        yield from ((each.name, getattr(found, each.name)) for each in fields(found))
    elif isinstance(found, tuple):
        yield from enumerate(found)
    elif isinstance(found, Mapping):
        yield from found.items()


def nodes(found: Any) -> Iterator[Any]:
    """Every node at or below a node, a list or a map, from the outside in."""
    if is_node(found):
        yield found
    for _, each in below(found):
        yield from nodes(each)


def names_in(found: Any) -> frozenset[str]:
    """The shapes, messages and tables a node may name: more than it does, never less."""
    return frozenset(_names(found))


def _names(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    for at, each in below(found):
        if at != _NO_NAMES:
            yield from _names(each)


def with_shapes(named: frozenset[str], tree: CarrierTree) -> frozenset[str]:
    """The names with everything that the shapes among them name in turn."""
    found, left = set(named), [name for name in named if name in tree.carrier.shapes]
    seen = set(left)
    while left:
        more = names_in(tree.carrier.shapes[left.pop()])
        found |= more
        fresh = [name for name in more if name in tree.carrier.shapes and name not in seen]
        seen |= set(fresh)
        left += fresh
    return frozenset(found)


def evenly(length: int) -> tuple[int, ...]:
    """Which entries of a table stand for all of it."""
    if length <= ENTRIES_MAX:
        return tuple(range(length))
    return tuple(sorted({at * (length - 1) // (ENTRIES_MAX - 1) for at in range(ENTRIES_MAX)}))
