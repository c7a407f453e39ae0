"""Records told apart by what they begin with, as the segments of X12 and EDIFACT: some may be missing, some repeat as
a group, and one may tell how many there are.

What a group repeats begins with its first record. A line belongs to the innermost group that is open and knows it.
"""

from collections.abc import Callable

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.records import Path, Place, Record, got, kept, listed, nothing_lost, paths_of, unite

Lead = Callable[[str, Record], str | None]
Cut = Callable[[str, Record, int], Wire]
Line = Callable[[Wire, Record], str]
Written = list[tuple[str, str]]

# --- writing ---------------------------------------------------------------------------------------------------------


def write(tree: Wire, records: tuple[Record, ...], line: Line) -> list[str]:
    """The lines of a message; `line` writes one, what it begins with included."""
    found: Written = []
    _write(tree, records, line, found)
    return [text for _, text in found]


def _write(tree: Wire, records: tuple[Record, ...], line: Line, found: Written) -> None:
    nothing_lost(tree, _known(records))
    for record in records:
        if not record.items:
            if not (record.optional and _is_empty(tree, record)):
                _one(tree, record, line, found)
            continue
        for item in listed(got(tree, record.items), ".".join(record.items)):
            if record.records:
                _write(item, record.records, line, found)
            else:
                nothing_lost(item, frozenset(paths_of(record.places)))
                _one(item, record, line, found)


def _one(tree: Wire, record: Record, line: Line, found: Written) -> None:
    for place in record.fields:
        if place.counts:
            tree = _counted(tree, place, found)
    found.append((record.starts, line(tree, record)))


def _counted(tree: Wire, place: Place, found: Written) -> Wire:
    """The message with the number of records from the one `counts` names to this one."""
    number = str(_since([starts for starts, _ in found], place.counts) + 1)
    said = got(tree, place.path)
    if said not in (None, "") and str(said) != number:
        raise CannotSend(f"{place.shown} is not the number of records from {place.counts!r}")
    there: Wire = {}
    kept(there, place.path, number)
    whole: Wire = {}
    unite(whole, tree)
    unite(whole, there)
    return whole


def _since(starts: list[str], first: str) -> int:
    if first not in starts:
        return 0
    return starts[::-1].index(first) + 1


def _is_empty(tree: Wire, record: Record) -> bool:
    return all(got(tree, path) in (None, "") for path in paths_of(record.places))


def _known(records: tuple[Record, ...]) -> frozenset[Path]:
    """The paths of a message that its records take, whole lists among them."""
    single = [path for record in records if not record.items for path in paths_of(record.places)]
    return frozenset([*single, *(record.items for record in records if record.items)])


# --- reading ---------------------------------------------------------------------------------------------------------


class _Level:
    """The records of one message, or of one item of a group, while its lines come."""

    def __init__(self, records: tuple[Record, ...], tree: Wire) -> None:
        self.records, self.tree = records, tree
        self.seen: set[int] = set()

    def close(self) -> None:
        """Refuse what lacks a record."""
        for record in self.records:
            if not record.items and not record.optional and id(record) not in self.seen:
                raise Unreadable(f"a record that begins with {record.starts!r} is missing")


class _Reading:
    """The lines of one message while they are told apart."""

    def __init__(self, records: tuple[Record, ...], leads: Lead, cut: Cut, *, skip: bool) -> None:
        self.leads, self.cut, self.skip = leads, cut, skip
        self.levels = [_Level(records, {})]
        self.begun: list[str] = []

    def line(self, number: int, line: str) -> None:
        """One line, taken by the innermost level that knows it."""
        for depth in reversed(range(len(self.levels))):
            if self._taken(depth, number, line):
                return
        if not self.skip:
            raise Unreadable(f"record {number} begins as none of the carrier's records does")
        self.begun.append("")

    def _taken(self, depth: int, number: int, line: str) -> bool:
        level = self.levels[depth]
        for record in level.records:
            opening = record.records[0] if record.records else record
            rest = self.leads(line, opening)
            if rest is None or (depth and record is level.records[0]):
                continue
            self._closed(depth + 1)
            self._take(level, record, opening, rest, number)
            return True
        return False

    def _take(self, level: _Level, record: Record, opening: Record, rest: str, number: int) -> None:
        found = self.cut(rest, opening, number)
        self.begun.append(opening.starts)
        self._compared(opening, found, number)
        if record.items:
            items = got(level.tree, record.items)
            if items is None:
                kept(level.tree, record.items, items := [])
            items.append(found)
            if record.records:
                self.levels.append(_Level(record.records, found))
                self.levels[-1].seen.add(id(opening))
            return
        if id(record) in level.seen:
            raise Unreadable(f"record {number} is there twice")
        level.seen.add(id(record))
        unite(level.tree, found)

    def _compared(self, record: Record, found: Wire, number: int) -> None:
        for place in record.fields:
            if not place.counts:
                continue
            said = got(found, place.path)
            if not (said.isascii() and said.isdigit() and int(said[:9]) == _since(self.begun, place.counts)):
                raise Unreadable(f"record {number}: {place.shown} is not the number of records from {place.counts!r}")

    def _closed(self, depth: int) -> None:
        for level in self.levels[depth:]:
            level.close()
        del self.levels[depth:]

    def done(self) -> Wire:
        """The message, once nothing of it is missing."""
        tree = self.levels[0].tree
        self._closed(0)
        return tree


def read(lines: list[str], records: tuple[Record, ...], leads: Lead, cut: Cut, *, skip: bool = False) -> Wire:
    """The message of some lines; with `skip` those that begin as no record does are not looked at."""
    reading = _Reading(records, leads, cut, skip=skip)
    for number, line in enumerate(lines, 1):
        reading.line(number, line)
    return reading.done()


__all__ = ["read", "write"]
