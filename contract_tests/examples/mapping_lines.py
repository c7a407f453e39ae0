"""Which line of a mapping is behind a difference: rows by their canonical path, or by the element they write."""

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults

Deepest = tuple[int, Mark | None]
WAY_MAX = 20


class MappingLines:
    """The rows of one carrier's tree, with the files they stand in."""

    def __init__(self, tree: Any, root: Path) -> None:
        """Take the tree (None where the mapping cannot be read) and the workspace files are named from."""
        self._tree, self._root = tree, root

    def of_canonical(self, operation: str, path: list[str]) -> str | None:
        """The row that reads a field of a result: the one that leads deepest, through lists and shapes."""
        names = [name for name in path if not name.isdigit()]
        found = max((self._deepest(each, names) for each in self._replies(operation)), default=None, key=_depth)
        if found is None or found[1] is None:
            return self._ending(operation, names)
        return self.shown(found[1])

    def _deepest(self, message: Any, names: list[str], way: int = 0) -> Deepest:
        """How many of the names rows of a message lead along, and the last of these rows; the first of equals.

        A row writes an amount with its currency, or a whole object: its path ends before the field's.
        """
        best: Deepest = (0, None)
        bodies = [case.body for case in message.cases if case.body is not None]
        for body in bodies if way < WAY_MAX else ():
            best = max(best, self._deepest(body, names, way + 1), key=_depth)
        for row in message.rows:
            own = _names_of(row.canonical)
            if names[: len(own)] != own:
                continue
            below: Deepest = (0, row.mark)
            for inner in self._inside(row) if way < WAY_MAX else ():
                below = max(below, self._deepest(inner, names[len(own) :], way + 1), key=_depth)
            best = max(best, (len(own) + below[0], below[1]), key=_depth)
        return best

    def _inside(self, row: Any) -> Iterator[Any]:
        """The messages a row leads into: written under it, or a shape it names, also in its cases."""
        for each in (row, *row.cases):
            if each.body is not None:
                yield each.body
            yield from self._shapes(each.shape)

    def _shapes(self, name: Any) -> Iterator[Any]:
        shape = self._resolved.shapes.get(name.value) if name is not None else None
        if shape is not None:
            yield shape

    def _replies(self, operation: str) -> Iterator[Any]:
        """Messages a result is read from: the replies of an operation, then callbacks."""
        if self._resolved is None:
            return
        for file in self._resolved.operations:
            if file.name == operation:
                yield from (step.response.message for step in file.steps)
        yield from (callback.response.message for callback in self._resolved.tree.carrier.callbacks)

    @cached_property
    def _resolved(self) -> Any:
        """The tree with every `extends` applied; needed only where something is wrong."""
        from cli.mapping.resolve import resolve  # noqa: PLC0415 - brings the mapping's reader along

        return None if self._tree is None else resolve(self._tree, Faults())

    def _ending(self, operation: str, names: list[str]) -> str | None:
        """Where no row leads there: the longest one whose path ends like this one."""
        rows = [(_names_of(row.canonical), row.mark) for row in self._rows(operation)]
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
        return next((self.shown(mark) for mark, put in self._placed(operation) if put.rpartition(".")[2] == name), None)

    def of_header(self, operation: str, name: str) -> str | None:
        """The line that makes a header: of the layer that signs, of one call, of all calls."""
        wanted = name.lower()
        signs = ((mark, put.removeprefix("header.")) for mark, put in self._placed(operation) if _is_header(put))
        return next(
            (self.shown(mark) for mark, made in (*signs, *self._headers(operation)) if made.lower() == wanted), None
        )

    def _placed(self, operation: str) -> Iterator[tuple[Mark, str]]:
        """Where layers put what they make: a signature in a header or a field, the fields around a message."""
        for layer in self._layers(operation):
            put = getattr(layer.options.get("put"), "value", None)
            if put is not None:
                yield layer.mark, str(put)
            around = layer.options.get("with")
            for field, value in around.items() if isinstance(around, Mapping) else ():
                yield getattr(value, "mark", layer.mark), str(field)

    def _layers(self, operation: str) -> Iterator[Any]:
        """The layers of what is sent, the operation's own before those of all."""
        if self._tree is not None:
            yield from (each for step in self._steps(operation) for each in step.wire or ())
            yield from self._tree.carrier.wire

    def _headers(self, operation: str) -> Iterator[tuple[Mark, str]]:
        if self._tree is not None:
            own = (header.name for step in self._steps(operation) for header in step.headers)
            yield from ((each.mark, each.value) for each in (*own, *(name for name, _ in self._tree.carrier.headers)))

    def _steps(self, operation: str) -> Iterator[Any]:
        return (step for file in self._tree.operations if file.name == operation for step in file.steps)

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


def _is_header(put: str) -> bool:
    return put.startswith("header.")


def _depth(found: Deepest) -> int:
    return found[0]


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
