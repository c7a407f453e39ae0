"""What a record of positions is made of: named places in order, repeated groups, one line for each record.

A mapping's `pipe` and `fixed` layers are such a layout, made once when its module is imported. A place names the path
its text stands at in the message; one without a name is empty when sent and not looked at when read.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.limits import LIST_ITEMS_MAX
from gateway.wire.shown import masked

Path = tuple[str, ...]


class Place(Struct, frozen=True):
    """One position of a record.

    `optional`: a record may end before it. `rest`: it takes what the other places leave, separators included. `width`
    counts bytes of the wire's charset; `right` says that the text stands at the right end of it; `at` is where it
    begins, from the record's end when negative, and None behind the place before. `counts` says that it holds the
    number of records from the one that begins so up to its own.
    """

    path: Path = ()
    optional: bool = False
    rest: bool = False
    width: int = 0
    right: bool = False
    pad: str = " "
    at: int | None = None
    counts: str = ""

    @property
    def shown(self) -> str:
        """The place's name in an error."""
        return ".".join(self.path) or "an unnamed field"


class Group(Struct, frozen=True):
    """Places that repeat inside one record: `count` names the field that says how often; without, up to the end.

    With `between` the whole list is one field, its items separated by that text and their places by `separator`. One
    without a path is composed: its places, fields of the message itself, stand in one field with `separator` between.
    In a record of fixed width `times` is the number of items there is always room for, and groups stand in groups.
    """

    path: Path
    places: tuple["Place | Group", ...]
    count: Path = ()
    between: str = ""
    separator: str = ""
    times: int = 0

    @property
    def fields(self) -> tuple[Place, ...]:
        """Its places without groups inside, which that of a pipe has none of."""
        return tuple(place for place in self.places if isinstance(place, Place))

    @property
    def shown(self) -> str:
        """The list's name in an error."""
        return ".".join(self.path)


class Record(Struct, frozen=True):
    """One kind of line: `starts` is the text it begins with, `items` the list its lines are elements of.

    `led`: that text ends in a separator, the first field follows at once. `optional`: it may be missing, and is left
    out where none of its fields is there. With `records` it is no line but a group of them, one for each
    item, that begins with the first.
    """

    places: tuple[Place | Group, ...] = ()
    starts: str = ""
    items: Path = ()
    led: bool = False
    optional: bool = False
    records: tuple["Record", ...] = ()

    @property
    def fields(self) -> tuple[Place, ...]:
        """Its places without the repeated groups."""
        return tuple(place for place in self.places if isinstance(place, Place))


class Lines(Struct, frozen=True):
    """How records follow one another: `end` closes each, `line` stands between them and, with `last`, behind all."""

    end: str = ""
    line: str = "\n"
    last: bool = False


# --- the message behind a record -------------------------------------------------------------------------------------


def got(tree: Wire, path: Path) -> Any:
    """What a message holds at a path, or None."""
    node: Any = tree
    for name in path:
        if node.__class__ is not dict:
            return None
        node = node.get(name)
    return node


def kept(tree: Wire, path: Path, value: Any) -> None:
    """Put a value at a path, with the objects on the way."""
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value


def plain(value: Any, name: str) -> str:
    """A value as the text of a field; nothing is empty."""
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format(value, "d" if isinstance(value, int) else "f")
    raise CannotSend(f"{name} takes a text, not {masked(value)}")


def listed(value: Any, name: str) -> list[Any]:
    """The items a repeated record or group is written from."""
    if value is None:
        return []
    if value.__class__ is not list or any(item.__class__ is not dict for item in value):
        raise CannotSend(f"{name} is a list of records")
    return list(value)


def paths_of(places: Iterable[Place | Group]) -> Iterator[Path]:
    """Every path a record's places read and write."""
    for place in places:
        if isinstance(place, Group) and not place.path:
            yield from paths_of(place.places)
        elif place.path:
            yield place.path


def lost(tree: Any, known: frozenset[Path], way: Path = ()) -> Path | None:
    """The first value of a message that no place of its record takes, or None."""
    if way in known or tree is None:
        return None
    if tree.__class__ is not dict:
        return way
    return next((found for name, inner in tree.items() if (found := lost(inner, known, (*way, name)))), None)


def nothing_lost(tree: Wire, known: frozenset[Path]) -> None:
    """A record that has no place for something of the message is never sent without it."""
    found = lost(tree, known)
    if found is not None:
        raise CannotSend(f"the record has no place for {'.'.join(found)}")


# --- repeated groups -------------------------------------------------------------------------------------------------


def counted(tree: Wire, group: Group, count: int) -> None:
    """The number of items the record tells is the number of items it has."""
    told = plain(got(tree, group.count), ".".join(group.count)) if group.count else ""
    if told and not (told.isascii() and told.isdigit() and len(told) < 20 and int(told) == count):
        raise CannotSend(f"{'.'.join(group.count)} is not the number of {group.shown}")


def told(found: Wire, group: Group, number: int) -> int:
    """How many items a record says it has."""
    text = got(found, group.count)
    if text.__class__ is str and text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= LIST_ITEMS_MAX:
        return int(text)
    raise Unreadable(f"record {number}: {'.'.join(group.count)} is no number of items")


# --- lines -----------------------------------------------------------------------------------------------------------


def joined(lines: list[str], form: Lines) -> str:
    """Records as one text."""
    return form.line.join(f"{line}{form.end}" for line in lines) + (form.line if form.last else "")


def whole(records: tuple[Record, ...]) -> bool:
    """Whether the text is one record with a place that takes whatever the others leave, line ends included."""
    if len(records) != 1 or records[0].items:
        return False
    return any(isinstance(place, Place) and place.rest for place in records[0].places)


def split(text: str, form: Lines) -> list[str]:
    """The records of a text, without what ends them; a last line feed counts where one is promised (`last`)."""
    if not form.line:
        return _split_by_end(text, form.end)
    if text.count(form.line) > LIST_ITEMS_MAX or text.count("\n") > LIST_ITEMS_MAX:
        raise Unreadable(f"the message has more than {LIST_ITEMS_MAX} records")
    if form.last and not form.end and not text.endswith("\n" if form.line == "\r\n" else form.line):
        raise Unreadable("the last record has no line end behind it: the message was cut off")
    body = text.removesuffix("\n").removesuffix("\r") if form.line in ("\n", "\r\n") else text.removesuffix(form.line)
    found = body.replace("\r\n", "\n").split("\n") if form.line in ("\n", "\r\n") else body.split(form.line)
    if form.end and not all(line.endswith(form.end) for line in found):
        raise Unreadable("a record does not end as records of this carrier do")
    return [line.removesuffix(form.end) for line in found]


def _split_by_end(text: str, end: str) -> list[str]:
    """Records with nothing between them; line ends that somebody put there for the eye do not count."""
    if text.count(end) > LIST_ITEMS_MAX:
        raise Unreadable(f"the message has more than {LIST_ITEMS_MAX} records")
    *found, last = text.split(end)
    if last.strip("\r\n") or not found:
        raise Unreadable("a record does not end as records of this carrier do")
    return [line.strip("\r\n") for line in found]


def assigned(lines: list[str], records: tuple[Record, ...], leads: Any) -> list[tuple[int, Record, str]]:
    """Each line with its number and the record it is: by the text it begins with, else by its place.

    `leads(line, starts)` is the line without the text it begins with, or None when it begins otherwise.
    """
    if any(record.starts for record in records):
        return [_by_start(number, line, records, leads) for number, line in enumerate(lines, 1)]
    singles = sum(not record.items for record in records)
    repeated = len(records) - singles
    if len(lines) < singles or (not repeated and len(lines) > singles):
        raise Unreadable(f"the message has {len(lines)} records, expected {singles}{' or more' if repeated else ''}")
    order: list[Record] = []
    for record in records:
        order += [record] * (1 if not record.items else len(lines) - singles)
    return [(number, record, line) for number, (record, line) in enumerate(zip(order, lines, strict=True), 1)]


def _by_start(number: int, line: str, records: tuple[Record, ...], leads: Any) -> tuple[int, Record, str]:
    for record in records:
        rest = leads(line, record.starts)
        if rest is not None:
            return number, record, rest
    raise Unreadable(f"record {number} begins as none of the carrier's records does")


def take(tree: Wire, record: Record, number: int, found: Wire, seen: set[Path]) -> None:
    """Add what one line told to the message: an item of its list, or fields of the message itself."""
    if record.items:
        items = got(tree, record.items)
        if items is None:
            kept(tree, record.items, items := [])
        items.append(found)
        return
    key = (record.starts, *(".".join(path) for path in paths_of(record.places)))
    if key in seen:
        raise Unreadable(f"record {number} is there twice")
    seen.add(key)
    unite(tree, found)


def unite(tree: Wire, found: Wire) -> None:
    """Lay one message over another, object by object."""
    for name, value in found.items():
        if value.__class__ is dict and tree.get(name).__class__ is dict:
            unite(tree[name], value)
        else:
            tree[name] = value


def complete(records: tuple[Record, ...], lines: list[tuple[int, Record, str]]) -> None:
    """Every record that is no item of a list must be there."""
    there = {id(record) for _, record, _ in lines}
    for record in records:
        if not record.items and id(record) not in there:
            what = f"a record that begins with {record.starts!r}" if record.starts else "a record"
            raise Unreadable(f"{what} is missing")
