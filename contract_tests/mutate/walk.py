"""Every node of a mapping's tree, each with the way to put another in its place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from cli.mapping.tree import (
    CarrierTree,
    Message,
    Response,
    StatementDecl,
    TokenDecl,
    TransportDecl,
    WireSchema,
)
from gateway.catalogue.marks import Mark

_LEFT_ALONE = (Mark, WireSchema, TokenDecl, TransportDecl)


@dataclass(frozen=True, slots=True)
class Site:
    """A node where it stands; `put` gives the whole tree with another node there.

    `sent` is false in what is only read: the order of its rows is nowhere to be seen.
    """

    node: Any
    put: Callable[[Any], CarrierTree]
    sent: bool = True


def sites(tree: CarrierTree) -> Iterator[Site]:
    """Every node below a tree, from the outside in."""
    read_only = _read_only(tree)
    for name in ("carrier", "operations", "statement"):
        yield from _below(getattr(tree, name), _field(tree, name, lambda whole: whole), sent=True, read_only=read_only)


def _below(node: Any, put: Callable[[Any], Any], *, sent: bool, read_only: frozenset[str]) -> Iterator[Site]:
    if isinstance(node, _LEFT_ALONE):
        return
    if is_dataclass(node) and not isinstance(node, type):
        sent = sent and not isinstance(node, Response | StatementDecl)
        yield Site(node, put, sent)
        for each in fields(node):
            below = _field(node, each.name, put)
            yield from _below(getattr(node, each.name), below, sent=sent, read_only=read_only)
    elif isinstance(node, tuple):
        for at, item in enumerate(node):
            yield from _below(item, _item(node, at, put), sent=sent, read_only=read_only)
    elif isinstance(node, Mapping):
        for key, item in node.items():
            told = isinstance(item, Message) and key in read_only
            yield from _below(item, _entry(node, key, put), sent=sent and not told, read_only=read_only)


def _field(node: Any, name: str, put: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda new: put(replace(node, **{name: new}))


def _item(items: tuple[Any, ...], at: int, put: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda new: put((*items[:at], new, *items[at + 1 :]))


def _entry(entries: Mapping[str, Any], key: str, put: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda new: put({**entries, key: new})


# --- what names what --------------------------------------------------------------------------------------------------


def names_in(node: Any) -> frozenset[str]:
    """The shapes, messages and tables a node may name: more than it does, never less."""
    return frozenset(_names(node))


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif is_dataclass(node) and not isinstance(node, type | Mark):
        for each in fields(node):
            if each.name != "sha256":
                yield from _names(getattr(node, each.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _names(item)
    elif isinstance(node, Mapping):
        for item in node.values():
            yield from _names(item)


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


def _read_only(tree: CarrierTree) -> frozenset[str]:
    """The shapes that no request names."""
    sending = frozenset[str]().union(*(names_in(step.request) for file in tree.operations for step in file.steps))
    sent = with_shapes(sending, tree)
    return frozenset(name for name in tree.carrier.shapes if name not in sent)
