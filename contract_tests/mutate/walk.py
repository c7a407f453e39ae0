"""Every node of a mapping's tree, each with the way to put another in its place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cli.mapping.tree import CarrierTree, Message, Response, StatementDecl, TokenDecl, TransportDecl, WireSchema
from contract_tests.derive.nodes import below, is_node, names_in, with_shapes
from gateway.catalogue.marks import Mark

_LEFT_ALONE = (Mark, WireSchema, TokenDecl, TransportDecl)


@dataclass(frozen=True, slots=True)
class Site:
    """A node where it stands; `put` gives the whole tree with another node there.

    `sent` is false in what is only read: the order of its rows is nowhere to be seen. `around` are the nodes it stands
    in, from the outside in, the tree first.
    """

    node: Any
    put: Callable[[Any], CarrierTree]
    sent: bool = True
    around: tuple[Any, ...] = ()


def sites(tree: CarrierTree) -> Iterator[Site]:
    """Every node below a tree, from the outside in."""
    read_only = _read_only(tree)
    top = Site(tree, lambda whole: whole)
    for name in ("carrier", "operations", "statement"):
        site = Site(getattr(tree, name), _inside(tree, name, top.put), around=(tree,))
        yield from _from(site, read_only)


def _from(site: Site, read_only: frozenset[str]) -> Iterator[Site]:
    """The site itself where it is a node, and all below."""
    node = site.node
    if isinstance(node, _LEFT_ALONE):
        return
    around = site.around
    sent = site.sent and not isinstance(node, Response | StatementDecl)
    if is_node(node):
        yield replace(site, sent=sent)
        around = (*around, node)
    for at, each in below(node):
        told = isinstance(node, Mapping) and isinstance(each, Message) and at in read_only
        inner = Site(each, _inside(node, at, site.put), sent=sent and not told, around=around)
        yield from _from(inner, read_only)


def _inside(outer: Any, at: str | int, put: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The way to put something under a field, a number or a key of what `put` puts."""
    if isinstance(outer, tuple):
        number = int(at)
        return lambda new: put((*outer[:number], new, *outer[number + 1 :]))
    if isinstance(outer, Mapping):
        return lambda new: put({**outer, at: new})
    return lambda new: put(replace(outer, **{str(at): new}))


def _read_only(tree: CarrierTree) -> frozenset[str]:
    """The shapes that no request names."""
    sending = frozenset[str]().union(*(names_in(step.request) for file in tree.operations for step in file.steps))
    sent = with_shapes(sending, tree)
    return frozenset(name for name in tree.carrier.shapes if name not in sent)
