"""The names rows read, as a tree: whatever else a reply holds is counted as unmapped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cli.mapping.tree import Expression, Message, Path, Row, Text

if TYPE_CHECKING:
    from cli.codegen.plan.shapes import Shapes

Names = dict[str, Any]

# What `read` takes of the element it stands in: `here.StartHour`, `here("Start.Hour")`.
_HERE = re.compile(r"""\bhere(?:\.|\(["'])([\w.@-]+)""")


def names_here(expression: Expression) -> list[tuple[str, ...]]:
    """The paths an expression of `read` takes of the element it stands in."""
    return [tuple(found.split(".")) for found in _HERE.findall(expression.source)]


def known_names(message: Message, shapes: Shapes, paths: Iterable[tuple[str, ...]]) -> Names:
    """The tree of a message; `paths` are those outcome rows and correlation look at."""
    tree: Names = {}
    for names in paths:
        _put(tree, names)
    _message(message, tree, tree, shapes, ())
    return tree


def _message(message: Message, tree: Names, top: Names, shapes: Shapes, way: tuple[Names, ...]) -> None:
    for send in message.send:
        _leaf(send.to, tree, top, way)
    for path in message.blank:
        _leaf(path, tree, top, way)
    for row in message.rows:
        _row(row, tree, top, shapes, way)
    for _, expression in message.read:
        for names in names_here(expression):
            _put(tree, tuple(name for name in names if not name.isdigit()))
    for case in message.cases:
        _case(case, tree, top, shapes, way)
    if message.outcome_mark is not None:
        for looked in sorted(shapes.carrier.looked_in.get(message.outcome_mark, ())):
            _put(tree, tuple(looked.split(".")))


_WHOLE = ("json", "join", "pairs", "beside", "positions", "bare")
"""Forms whose element is read as one: the names inside are no names of the wire."""


def _row(row: Row, tree: Names, top: Names, shapes: Shapes, way: tuple[Names, ...]) -> None:
    path = row.to or row.list_to
    if row.currency is not None and not (len(row.currency.value) == 3 and row.currency.value.isupper()):
        _put(tree, tuple(row.currency.value.split(".")))
    inner = shapes.message(row.shape) if row.shape is not None else row.body
    if row.list_to is not None and row.codec is not None and row.codec.name in _WHOLE:
        inner = None
    if path is not None and inner is None and not row.cases:
        _leaf(path, tree, top, way)
    if inner is None and not row.cases:
        return
    if path is not None and row.codec is not None and row.codec.name in ("by", "by_index"):
        # The keys are data: whatever stands under them is the shape's.
        _leaf(path, tree, top, way)
        return
    node = tree if path is None else _node(path, tree, top, way)
    if inner is not None and node is not None:
        _message(inner, node, top, shapes, way if node is tree else (*way, tree))
    for case in row.cases:
        if node is not None:
            _case(case, node, top, shapes, way if node is tree else (*way, tree))


def _case(case: Any, tree: Names, top: Names, shapes: Shapes, way: tuple[Names, ...]) -> None:
    for path, _ in case.wire:
        _leaf(path, tree, top, way)
    shape: Text | None = case.shape
    inner = shapes.message(shape) if shape is not None else case.body
    path = case.to or case.list_to
    node = tree if path is None else _node(path, tree, top, way)
    if inner is not None and node is not None:
        _message(inner, node, top, shapes, way if node is tree else (*way, tree))


def _start(path: Path, tree: Names, top: Names, way: tuple[Names, ...]) -> Names | None:
    if path.anchor == "/":
        return top
    depth = len(path.anchor)
    if depth == 0:
        return tree
    return way[-depth] if depth <= len(way) else None


def _leaf(path: Path, tree: Names, top: Names, way: tuple[Names, ...]) -> None:
    start = _start(path, tree, top, way)
    if start is None:
        return
    names = tuple(name for segment in path.segments for name in _segment(segment.name))
    for segment_index, segment in enumerate(path.segments):
        before = tuple(part.name for part in path.segments[: segment_index + 1] if not part.name.isdigit())
        for selector in segment.selectors:
            _put(start, (*before, *_plain(selector.key)))
    _put(start, (*names, _attribute(path.attribute)) if path.attribute is not None else names)


def _segment(name: str) -> tuple[str, ...]:
    return () if name.isdigit() else (name.rpartition(":")[2],)


def _plain(key: str) -> tuple[str, ...]:
    way, at, attribute = key.partition("@")
    names = tuple(name for name in way.split(".") if name)
    return (*names, _attribute(attribute)) if at else names


def _node(path: Path, tree: Names, top: Names, way: tuple[Names, ...]) -> Names | None:
    node = _start(path, tree, top, way)
    for segment in path.segments:
        if node is None:
            return None
        for name in _segment(segment.name):
            node = _open(node, name)
        for selector in segment.selectors:
            if node is not None:
                _put(node, _plain(selector.key))
    return node


def _open(node: Names, name: str) -> Names:
    inner = node.get(name)
    if inner is None:
        inner = node[name] = {}
    return inner


def _put(tree: Names, names: tuple[str, ...]) -> None:
    if not names:
        return
    node = tree
    for name in names[:-1]:
        node = _open(node, name)
    node.setdefault(names[-1], None)


def _attribute(name: str) -> str:
    """An attribute as it stands in a decoded message: without its prefix."""
    return "@" + name.rpartition(":")[2]
