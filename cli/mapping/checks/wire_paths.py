"""What a message writes to the wire: no path twice, no value where an element stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from cli.mapping.checks.surroundings import Checking
from cli.mapping.paths import print_path
from cli.mapping.tree import Case, Message, Path, Row
from gateway.catalogue.marks import Mark

DEPTH_MAX = 12
ROWS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Writer:
    """One wire path that is written; `table` is the case table it belongs to, whose cases exclude one another."""

    path: str
    mark: Mark
    is_value: bool = True
    table: int = 0


def check_written_once(checking: Checking, message: Message) -> None:
    """E230 for a path two rows write, E231 for a value at a path under which others are written."""
    writers = written(checking, message)
    first: dict[str, Writer] = {}
    for writer in writers:
        other = first.setdefault(writer.path, writer)
        if other is not writer and not (writer.table and writer.table == other.table):
            checking.say("E230", writer.mark, f"'{writer.path}' is written twice (first at {_at(other, writer)})")
    for writer in writers:
        parent = next((path for path in _parents(writer.path) if path in first and first[path].is_value), None)
        if parent is not None and not (writer.table and writer.table == first[parent].table):
            message_text = f"'{parent}' is a value ({_at(first[parent], writer)}), nothing can stand under it"
            checking.say("E231", writer.mark, message_text)


def written(checking: Checking, message: Message) -> tuple[Writer, ...]:
    """Every wire path a message names without a condition."""
    return tuple(_Walk(checking).message(message, "", DEPTH_MAX))


def _at(writer: Writer, seen_from: Writer) -> str:
    return f"line {writer.mark.line}" if writer.mark.file == seen_from.mark.file else str(writer.mark)


def _parents(path: str) -> Iterator[str]:
    parts = path.replace("\\.", "\0").split(".")
    for count in range(1, len(parts)):
        yield ".".join(parts[:count]).replace("\0", "\\.")


class _Walk:
    """One walk over a message and the shapes inside it, of a bounded number of rows."""

    def __init__(self, checking: Checking) -> None:
        self.shapes, self.rows_left = checking.shapes, ROWS_MAX

    def message(self, message: Message, prefix: str, depth: int, table: int = 0) -> Iterator[Writer]:
        if depth == 0:
            return
        for send in message.send:
            if send.value is not None:
                yield from _leaf(send.to, prefix, table)
        for row in message.rows:
            yield from self.row(row, prefix, depth, table)
        yield from self.cases(message.cases, prefix, depth)
        for path in message.blank:
            yield from _leaf(path, prefix, table)

    def row(self, row: Row, prefix: str, depth: int, table: int) -> Iterator[Writer]:
        self.rows_left -= 1
        if row.when is not None or self.rows_left < 0:
            return
        if row.list_to is not None:
            where = _joined(prefix, row.list_to)
            if where is not None:
                yield Writer(where, row.list_to.mark, is_value=False, table=table)
            return
        where = prefix if row.to is None else _joined(prefix, row.to)
        if where is None:
            return
        inner = row.body if row.shape is None else self.shapes.get(row.shape.value)
        if inner is not None:
            yield from self.message(inner, where, depth - 1, table)
        elif row.to is not None and not row.cases and row.shape is None:
            yield Writer(where, row.to.mark, table=table)
        yield from self.cases(row.cases, where, depth)

    def cases(self, cases: tuple[Case, ...], prefix: str, depth: int) -> Iterator[Writer]:
        table = id(cases)
        for case in cases:
            for path, pattern in case.wire:
                if pattern.kind in ("texts", "capture"):
                    yield from _leaf(path, prefix, table)
            if case.body is not None or case.shape is not None:
                here = Path(".", case.mark)
                row = Row(case.mark, here, to=case.to, list_to=case.list_to, shape=case.shape, body=case.body)
                yield from self.row(row, prefix, depth, table)


def _leaf(path: Path, prefix: str, table: int) -> Iterator[Writer]:
    where = _joined(prefix, path)
    if where is not None:
        yield Writer(where, path.mark, table=table)


def _joined(prefix: str, path: Path) -> str | None:
    """The path from the message's own element; None where it leaves that element."""
    if path.anchor:
        return None
    own = print_path(path)
    if own == ".":
        return prefix
    if own.startswith("@") or not prefix:
        return f"{prefix}{own}"
    return f"{prefix}.{own}"
