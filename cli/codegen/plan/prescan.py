"""Facts of a message that its rows need before the first of them is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.policy import WORDS
from cli.mapping.paths import is_numbered
from cli.mapping.tree import Expression, Message, Path, Row, Selector, Text

if TYPE_CHECKING:
    from cli.codegen.plan.shapes import Shapes


def same_object(message: Message) -> Iterator[Row]:
    """The rows that speak of the message's own object, those inside `.` rows and cases included."""
    for row in message.rows:
        yield row
        if row.canonical.text == "." and row.body is not None:
            yield from same_object(row.body)
        for case in row.cases:
            if row.canonical.text == "." and case.body is not None:
                yield from same_object(case.body)
    for case in message.cases:
        if case.body is not None:
            yield from same_object(case.body)


def canonical_paths(message: Message) -> Iterator[Path]:
    """Every canonical path rows and cases of the message's own object name."""
    for row in same_object(message):
        yield row.canonical
        if row.canonical.text == ".":
            for case in row.cases:
                yield from (path for path, _ in case.matches)
    for case in message.cases:
        yield from (path for path, _ in case.matches)


def source_facts(message: Message) -> tuple[frozenset[str], dict[str, int]]:
    """Which canonical lists have rows for the whole list, and the highest number written of each."""
    covered = frozenset(row.canonical.text for row in same_object(message) if row.list_to is not None)
    positions: dict[str, int] = {}
    for path in canonical_paths(message):
        way: list[str] = []
        for segment in path.segments:
            if segment.name.isdigit():
                stem = ".".join(way)
                positions[stem] = max(positions.get(stem, 0), int(segment.name))
            way.append(segment.name)
    return covered, positions


def shared_lists(message: Message, shapes: Shapes) -> frozenset[str]:
    """The repeated elements more than one row writes, by their path in the message."""
    counts = Counter(_lists(message, "", shapes))
    return frozenset(path for path, count in counts.items() if count > 1)


def _lists(message: Message, prefix: str, shapes: Shapes) -> Iterator[str]:
    for send in message.send:
        yield from set(_chosen(send.to, prefix))
    for row in message.rows:
        yield from _row_lists(row, prefix, shapes)
        for case in row.cases:
            if case.body is not None:
                yield from _lists(case.body, _below(prefix, case.to), shapes)
    for case in message.cases:
        if case.body is not None:
            yield from _lists(case.body, _below(prefix, case.to), shapes)


def _row_lists(row: Row, prefix: str, shapes: Shapes) -> Iterator[str]:
    if row.list_to is not None:
        yield _names(row.list_to, prefix)
    elif row.to is not None:
        yield from _chosen(row.to, prefix)
        if row.body is not None:
            yield from _lists(row.body, _below(prefix, row.to), shapes)
    elif row.body is not None:
        yield from _lists(row.body, prefix, shapes)


def _chosen(path: Path, prefix: str) -> Iterator[str]:
    way = prefix
    for segment in path.segments:
        way = f"{way}.{segment.name}".lstrip(".")
        if segment.selectors:
            yield way


def _names(path: Path, prefix: str) -> str:
    names = [prefix, *(segment.name for segment in path.segments)]
    return ".".join(name for name in names if name)


def _below(prefix: str, path: Path | None) -> str:
    return prefix if path is None else _names(path, prefix)


def numbered_paths(message: Message, shapes: Shapes) -> set[tuple[str, ...]]:
    """The ways to the fields of a message that hold the number of the item, each up to that name."""
    found: set[tuple[str, ...]] = set()
    _numbered(message, (), shapes, found)
    return found


def _numbered(message: Message, way: tuple[str, ...], shapes: Shapes, found: set[tuple[str, ...]]) -> None:
    inner: list[tuple[Path | None, Text | None, Message | None]] = [(send.to, None, None) for send in message.send]
    inner += [(path, None, None) for path in message.blank]
    inner += [(row.to or row.list_to, row.shape, row.body) for row in message.rows]
    cases = (*message.cases, *(case for row in message.rows for case in row.cases))
    inner += [(path, None, None) for case in cases for path, _ in case.wire]
    inner += [(case.to or case.list_to, case.shape, case.body) for case in cases]
    for path, shape, body in inner:
        names = () if path is None else tuple(segment.name for segment in path.segments)
        at = next((at for at, name in enumerate(names) if is_numbered(name)), None)
        if at is not None:
            found.add((*way, *names[: at + 1]))
            continue
        below = shapes.message(shape) if shape is not None else body
        if below is not None:
            _numbered(below, (*way, *names), shapes, found)


def first_names(message: Message, shapes: Shapes) -> frozenset[str]:
    """The names a message writes first in the element it stands in."""
    return frozenset(_first(message, shapes))


def _first(message: Message, shapes: Shapes) -> Iterator[str]:
    paths = [send.to for send in message.send] + list(message.blank)
    for path in paths:
        yield from _head(path)
    for row in message.rows:
        yield from _row_first(row, shapes)
    for case in message.cases:
        yield from _case_first(case, shapes)


def _row_first(row: Row, shapes: Shapes) -> Iterator[str]:
    path = row.to or row.list_to
    if path is not None and (path.segments or path.attribute):
        yield from _head(path)
    elif row.shape is not None:
        yield from shapes.top_names(row.shape)
    elif row.body is not None:
        yield from _first(row.body, shapes)
    if path is None or path.text == ".":
        for case in row.cases:
            yield from _case_first(case, shapes)


def _case_first(case: Any, shapes: Shapes) -> Iterator[str]:
    for path, _ in case.wire:
        yield from _head(path)
    if case.to is not None and case.to.segments:
        yield from _head(case.to)
    elif case.shape is not None:
        yield from shapes.top_names(case.shape)
    elif case.body is not None:
        yield from _first(case.body, shapes)


def _head(path: Path) -> Iterator[str]:
    if path.anchor:
        return
    if path.segments:
        yield path.segments[0].name
    elif path.attribute is not None:
        yield f"@{path.attribute}"


def blank_text(message: Message, shapes: Shapes, selectors: tuple[Selector, ...] = ()) -> str:
    """A wire element none of whose values is there: empty elements, with the constants rows do not decide."""
    tree: dict[str, Any] = {}
    for selector in selectors:
        _put(tree, wire_names(selector.key), selector.value)
    _blank(message, tree, shapes)
    return repr(tree)


def _blank(message: Message, tree: dict[str, Any], shapes: Shapes) -> None:
    for send in message.send:
        if not isinstance(send.value, Expression):
            _put(tree, _path_names(send.to), send.value.value if isinstance(send.value, Text) else "")
        else:
            _put(tree, _path_names(send.to), "")
    for row in message.rows:
        _blank_row(row, tree, shapes)
    for path in message.blank:
        _put(tree, _path_names(path), "")


def _blank_row(row: Row, tree: dict[str, Any], shapes: Shapes) -> None:
    if row.list_to is not None or (row.to is None and row.body is None):
        return
    names = _path_names(row.to) if row.to is not None else ()
    message = shapes.message(row.shape) if row.shape is not None else row.body
    if message is None:
        if names:
            filler = row.missing.value if row.missing is not None and row.missing.value not in WORDS else ""
            _put(tree, names, filler)
        return
    inner: dict[str, Any] = {}
    _blank(message, inner, shapes)
    for name, value in inner.items():
        _put(tree, (*names, name), value)


def _path_names(path: Path) -> tuple[str, ...]:
    names = tuple(segment.name for segment in path.segments)
    return (*names, f"@{path.attribute}") if path.attribute is not None else names


def _put(tree: dict[str, Any], names: tuple[str, ...], value: Any) -> None:
    node = tree
    for name in names[:-1]:
        inner = node.setdefault(name, {})
        if not isinstance(inner, dict):
            inner = node[name] = {"#text": inner}
        node = inner
    node.setdefault(names[-1], value)


def repeated_targets(message: Message) -> frozenset[str]:
    """The canonical names several rows, cases or `read` lines may fill."""
    counts = Counter(path.segments[0].name for path in canonical_paths(message) if path.segments)
    counts.update(path.segments[0].name for path, _ in message.read if path.segments)
    return frozenset(name for name, count in counts.items() if count > 1)
