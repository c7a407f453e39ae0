"""Which line of a mapping is behind a difference: rows by their canonical path, or by the element they write."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from gateway.catalogue.marks import Mark


class MappingLines:
    """The rows of one carrier's tree, with the files they stand in."""

    def __init__(self, tree: Any, root: Path) -> None:
        """Take the tree (None where the mapping cannot be read) and the workspace files are named from."""
        self._tree, self._root = tree, root

    def of_canonical(self, operation: str, path: list[str]) -> str | None:
        """The row that reads a canonical field: the longest one whose path ends like this one."""
        names = [name for name in path if not name.isdigit()]
        rows = [(_names_of(row.canonical), row.mark) for row in self._rows(operation)]
        # A row writes an amount with its currency, or a whole object: its path ends before the field's.
        for length in range(len(names), 0, -1):
            ending = [(own, mark) for own, mark in rows if own and names[:length][-len(own) :] == own]
            if ending:
                return self.shown(max(ending, key=lambda each: len(each[0]))[1])
        return None

    def of_wire(self, operation: str, name: str) -> str | None:
        """The line that writes an element of this name."""
        for mark, path in self._targets(operation):
            last = path.attribute or (path.segments[-1].name if path.segments else "")
            if last == name:
                return self.shown(mark)
        return None

    def shown(self, mark: Mark) -> str:
        """A place with the line itself."""
        lines = _lines(self._root / mark.file)
        text = lines[mark.line - 1].strip() if mark.line <= len(lines) else ""
        return f"{mark.file}:{mark.line}   {text}"

    def _messages(self, operation: str) -> Iterator[Any]:
        if self._tree is None:
            return
        for file in self._tree.operations:
            if file.name == operation:
                for step in file.steps:
                    yield from (step.request, step.response.message)
        yield from self._tree.carrier.shapes.values()
        yield from (callback.response.message for callback in self._tree.carrier.callbacks)

    def _rows(self, operation: str) -> Iterator[Any]:
        for message in self._messages(operation):
            yield from _rows_in(message)

    def _targets(self, operation: str) -> Iterator[tuple[Mark, Any]]:
        for message in self._messages(operation):
            for inner in _messages_in(message):
                yield from ((send.mark, send.to) for send in inner.send)
                yield from ((row.mark, row.to) for row in inner.rows if row.to is not None)
                yield from ((path.mark, path) for path in inner.blank)


def _names_of(path: Any) -> list[str]:
    return [segment.name for segment in path.segments if not segment.name.isdigit()]


def _messages_in(message: Any) -> Iterator[Any]:
    yield message
    bodies = [row.body for row in message.rows]
    bodies += [case.body for row in message.rows for case in row.cases] + [case.body for case in message.cases]
    for body in bodies:
        if body is not None:
            yield from _messages_in(body)


def _rows_in(message: Any) -> Iterator[Any]:
    for inner in _messages_in(message):
        yield from inner.rows


@lru_cache(maxsize=64)
def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return ()
