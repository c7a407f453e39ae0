"""What a message writes to the wire: no path twice, no value where an element stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cli.mapping.checks.surroundings import Checking
from cli.mapping.named import names_item
from cli.mapping.paths import is_numbered, print_path
from cli.mapping.tree import Case, Message, Path, Row
from gateway.catalogue.marks import Mark

DEPTH_MAX = 12
ROWS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Writer:
    """One wire path that is written; `table` is the case table it belongs to, whose cases exclude one another.

    `sure`: no condition decides whether it is. `form` of a list that has its path to itself: `repeated`, or its codec.
    `chooses`: a list's condition is one of its items.
    """

    path: str
    mark: Mark
    is_value: bool = True
    table: int = 0
    sure: bool = True
    form: str = ""
    chooses: bool = False


def check_written_once(checking: Checking, message: Message) -> None:
    """E230 for a path two rows write, E231 for a value or a list at a path under which others are written."""
    everything = tuple(_Walk(checking).message(message, "", DEPTH_MAX))
    _check_forms(checking, everything)
    _check_lists(checking, everything)
    writers = tuple(writer for writer in everything if writer.sure)
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
    return tuple(writer for writer in _Walk(checking).message(message, "", DEPTH_MAX) if writer.sure)


def _check_lists(checking: Checking, writers: tuple[Writer, ...]) -> None:
    """E231 for a list at an object that others write into: the list would replace it, or be taken out with it.

    A repeated element goes on behind what a position in the path has written before it.
    """
    lists: dict[str, Writer] = {}
    for writer in writers:
        if writer.form and (writer.form == "repeated" or writer.path not in lists):
            lists.setdefault(writer.path, writer)
    for at, writer in enumerate(writers):
        for way in _parents(writer.path):
            found = lists.get(way)
            follows = found is not None and at < writers.index(found) and writer.path[len(way) + 1 :][:1].isdigit()
            if found is None or (found.form == "repeated" and follows):
                continue
            text = f"'{way}' is a list ({_at(found, writer)}), nothing else can stand under it"
            hint = "one item beside other fields: a row for the item, `insureds.0: { to: .., fields: .. }`"
            checking.say("E231", writer.mark, text, hint)


def _check_forms(checking: Checking, writers: tuple[Writer, ...]) -> None:
    """E230 for two lists that choose among items and each take one path for themselves: the later would replace."""
    first: dict[str, Writer] = {}
    for writer in writers:
        if writer.form in ("", "repeated") or not (writer.chooses or writer.sure):
            continue
        other = first.setdefault(writer.path, writer)
        if other is not writer and (other.chooses or writer.chooses):
            text = f"'{writer.path}' is written twice (first at {_at(other, writer)}): this list would replace that one"
            hint = "only lists without `as` share their element; one row with `cases` writes items that differ"
            checking.say("E230", writer.mark, text, hint)


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

    def message(
        self, message: Message, prefix: str, depth: int, table: int = 0, *, sure: bool = True
    ) -> Iterator[Writer]:
        if depth == 0:
            return
        for send in message.send:
            yield from _leaf(send.to, prefix, table, sure=sure and send.value is not None)
        for row in message.rows:
            yield from self.row(row, prefix, depth, table, sure=sure)
        yield from self.cases(message.cases, prefix, depth, sure=sure)
        for path in message.blank:
            yield from _leaf(path, prefix, table, sure=sure)

    def row(self, row: Row, prefix: str, depth: int, table: int, *, sure: bool) -> Iterator[Writer]:
        self.rows_left -= 1
        if self.rows_left < 0:
            return
        chooses = row.when is not None and names_item(row.when)
        if row.list_to is not None:
            yield from self.list(row, prefix, depth, Writer(
                "", row.list_to.mark, is_value=False, table=table, chooses=chooses, form=_form(row, row.list_to),
                # Every list that is numbered begins with 1: of two that choose, the later would replace.
                sure=sure and (row.when is None or (chooses and _is_numbered(row))),
            ))  # fmt: skip
            return
        sure = sure and row.when is None
        where = prefix if row.to is None else _joined(prefix, row.to)
        if where is None:
            return
        inner = row.body if row.shape is None else self.shapes.get(row.shape.value)
        if inner is not None:
            yield from self.message(inner, where, depth - 1, table, sure=sure)
        elif row.to is not None and not row.cases and row.shape is None:
            yield Writer(where, row.to.mark, table=table, sure=sure)
        yield from self.cases(row.cases, where, depth, sure=sure)

    def list(self, row: Row, prefix: str, depth: int, writer: Writer) -> Iterator[Writer]:
        """A list as one path, or as the numbered fields that it puts into the element here."""
        assert row.list_to is not None
        where = _joined(prefix, row.list_to)
        inner = row.body if row.shape is None else self.shapes.get(row.shape.value)
        if where is not None and print_path(row.list_to) == "." and row.codec is None and inner is not None:
            yield from self.message(inner, where, depth - 1, writer.table, sure=writer.sure)
        elif where is not None:
            yield replace(writer, path=where)

    def cases(self, cases: tuple[Case, ...], prefix: str, depth: int, *, sure: bool) -> Iterator[Writer]:
        table = id(cases)
        for case in cases:
            for path, pattern in case.wire:
                if pattern.kind in ("texts", "capture"):
                    yield from _leaf(path, prefix, table, sure=sure)
            if case.body is not None or case.shape is not None:
                here = Path(".", case.mark)
                row = Row(case.mark, here, to=case.to, list_to=case.list_to, shape=case.shape, body=case.body)
                yield from self.row(row, prefix, depth, table, sure=sure)


def _form(row: Row, to: Path) -> str:
    """How a list takes its path for itself; "" where its items stand beside other fields (numbered, columns)."""
    if not to.segments or is_numbered(to.segments[-1].name):
        return ""
    if row.codec is not None:
        return "" if row.codec.name == "beside" else row.codec.name
    return "repeated"


def _is_numbered(row: Row) -> bool:
    """Whether a list's items stand under numbers of their own."""
    return row.codec is None and row.list_to is not None and not _form(row, row.list_to)


def _leaf(path: Path, prefix: str, table: int, *, sure: bool) -> Iterator[Writer]:
    where = _joined(prefix, path)
    if where is not None:
        yield Writer(where, path.mark, table=table, sure=sure)


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
