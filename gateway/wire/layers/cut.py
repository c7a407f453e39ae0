"""One record of fixed width cut into its fields, by bytes of the charset, with the groups that repeat inside it."""

from functools import lru_cache

from gateway.wire.contract import Wire
from gateway.wire.errors import Unreadable
from gateway.wire.layers.charset import read_as
from gateway.wire.layers.records import Group, Place, Record, kept, told

LETTERS_KEPT = 8_192


def cut_record(line: str, record: Record, number: int, charset: str) -> Wire:
    """The fields of one record."""
    encoded = _Encoded(line, charset, number)
    found: Wire = {}
    if len(record.fields) < len(record.places):
        end = _in_turn(found, record.places, encoded, len(record.starts.encode(read_as(charset))))
        if end != encoded.size:
            raise Unreadable(f"record {number} has {encoded.size} bytes, expected {end}")
        return found
    for place, start, end in _spans(record, encoded.size, number, charset):
        if place.path and start <= encoded.size:
            kept(found, place.path, _unpadded(encoded.cut(start, min(end, encoded.size), place), place))
    return found


class _Encoded:
    """A line whose bytes are counted: where a character begins, a field may begin or end."""

    def __init__(self, line: str, charset: str, number: int) -> None:
        self.line, self.number = line, number
        self.size = len(line)
        self.starts: dict[int, int] | None = None
        if not line.isascii():
            codec = read_as(charset)
            sizes = [_size(letter, codec) for letter in line]
            self.size, at = sum(sizes), 0
            self.starts = {}
            for index, size in enumerate(sizes):
                self.starts[at] = index
                at += size
            self.starts[at] = len(line)

    def cut(self, start: int, end: int, place: Place | Group) -> str:
        """The text between two bytes."""
        if self.starts is None:
            return self.line[start:end]
        if start not in self.starts or end not in self.starts:
            raise Unreadable(f"record {self.number}: {place.shown} begins or ends inside a character")
        return self.line[self.starts[start] : self.starts[end]]


@lru_cache(maxsize=LETTERS_KEPT)
def _size(letter: str, codec: str) -> int:
    """How many bytes a letter takes; a file has many lines of few letters."""
    return len(letter.encode(codec))


def _spans(record: Record, size: int, number: int, charset: str) -> list[tuple[Place, int, int]]:
    """Every place with its first byte and the one behind its last."""
    at = len(record.starts.encode(read_as(charset)))
    behind = 0
    found: list[tuple[Place, int, int]] = []
    for index, place in enumerate(record.fields):
        if place.rest:
            behind = sum(each.width for each in record.fields[index + 1 :] if each.at is None)
            end = size - behind
        else:
            at = at if place.at is None else place.at + (size if place.at < 0 else 0)
            end = at + place.width
        if (end > size or end < at or at < 0) and not place.optional:
            raise Unreadable(f"record {number} has {size} bytes: {place.shown} is missing")
        if at < size or not place.optional:
            found.append((place, at, end))
        at = end
    is_counted = all(place.at is None for place in record.fields)
    if is_counted and at < size:
        raise Unreadable(f"record {number} has {size} bytes, expected {at}")
    return found


def _unpadded(text: str, place: Place) -> str:
    if not place.right:
        return text.rstrip(place.pad)
    bare = text.lstrip(place.pad)
    # A number of zeros only is still a number.
    return text[-1:] if not bare and place.pad.isdigit() and text else bare


# --- groups ----------------------------------------------------------------------------------------------------------


def _in_turn(found: Wire, places: tuple[Place | Group, ...], encoded: _Encoded, at: int) -> int:
    """Fields and groups one behind the other; the byte behind the last."""
    for place in places:
        if isinstance(place, Group):
            at = _group(found, place, encoded, at)
            continue
        end = at + place.width
        if end > encoded.size:
            raise Unreadable(f"record {encoded.number} has {encoded.size} bytes: {place.shown} is missing")
        if place.path:
            kept(found, place.path, _unpadded(encoded.cut(at, end, place), place))
        at = end
    return at


def _group(found: Wire, group: Group, encoded: _Encoded, at: int) -> int:
    """The items of a group: so many as are counted, else those of its room that hold anything."""
    count = told(found, group, encoded.number) if group.count else None
    if count is not None and group.times and count > group.times:
        raise Unreadable(f"record {encoded.number}: {group.shown} has room for {group.times}, not for {count}")
    items: list[Wire] = []
    for index in range(group.times or count or 0):
        item: Wire = {}
        start, at = at, _in_turn(item, group.places, encoded, at)
        if index < count if count is not None else not _is_room(encoded.cut(start, at, group)):
            items.append(item)
    kept(found, group.path, items)
    return at


def _is_room(text: str) -> bool:
    """Whether nobody stands there: blanks, and zeros where numbers would be."""
    return not text.strip(" 0\u3000")


__all__ = ["cut_record"]
