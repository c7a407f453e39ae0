"""One table of the memory journal: rows by their key and by other marks, put back when a group is refused."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
Undo = list[tuple["Rows[Any, Any]", Any, Any]]
"""What stood where before, of each change of a group in its order."""


class Rows(dict[K, R], Generic[K, R]):
    """Rows in the order they came. They are set one by one (`update` and its like know nothing of marks)."""

    def __init__(self, undo: Undo, **marks: Callable[[R], Hashable]) -> None:
        """`marks`: what rows are looked for by; a mark of None is not kept."""
        self._undo = undo
        self._found: dict[str, dict[Hashable, dict[K, None]]] = {name: {} for name in marks}
        self._marks = tuple((mark, self._found[name]) for name, mark in marks.items())
        self._places: dict[K, int] = {}

    def __setitem__(self, key: K, row: R) -> None:
        old = self.get(key)
        self._undo.append((self, key, old))
        if old is None:
            self._places[key] = len(self)
        super().__setitem__(key, row)
        self._mark(key, old, row)

    def setdefault(self, key: K, row: R) -> R:
        """The row that has the key, this one when none had."""
        old = self.get(key)
        if old is not None:
            return old
        self[key] = row
        return row

    def put_back(self, key: K, old: R | None) -> None:
        """Undo the last change of a row: what it was before, or gone."""
        row = self[key]
        if old is None:
            del self[key]
            del self._places[key]
        else:
            super().__setitem__(key, old)
        self._mark(key, row, old)

    def by(self, mark: str, *values: Hashable) -> list[R]:
        """The rows that have one of these marks, in the order they came."""
        found = self._found[mark]
        keys: Iterable[K] = (
            found.get(values[0], ()) if len(values) == 1 else [k for v in values for k in found.get(v, ())]
        )
        return [self[key] for key in sorted(keys, key=self._places.__getitem__)]

    def count(self, mark: str, value: Hashable) -> int:
        """How many rows have this mark."""
        return len(self._found[mark].get(value, ()))

    def _mark(self, key: K, old: R | None, new: R | None) -> None:
        for mark, found in self._marks:
            before, after = None if old is None else mark(old), None if new is None else mark(new)
            if before == after:
                continue
            if before is not None:
                keys = found[before]
                del keys[key]
                if not keys:
                    del found[before]
            if after is not None:
                found.setdefault(after, {})[key] = None


def put_back(undo: Undo) -> None:
    """Let all rows be as they were before a group."""
    while undo:
        rows, key, old = undo.pop()
        rows.put_back(key, old)
