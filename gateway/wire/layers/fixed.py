"""The fixed layer: records whose fields have widths, counted in bytes of the wire's charset.

A value that is too long is refused, never cut; when reading, a field that would begin or end inside a character makes
the record unreadable. One field may take what the others leave (`*`), those behind it are then measured from the end.
"""

from functools import lru_cache

from msgspec import Struct

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.charset import encoded, read_as
from gateway.wire.layers.records import (
    Lines,
    Path,
    Place,
    Record,
    assigned,
    complete,
    got,
    joined,
    kept,
    listed,
    nothing_lost,
    paths_of,
    plain,
    split,
    take,
    whole,
)

LETTERS_KEPT = 8_192


class FixedForm(Struct, frozen=True):
    """A carrier's records of fixed width, and the charset their widths count in."""

    records: tuple[Record, ...]
    charset: str = "utf-8"
    lines: Lines = Lines()


# --- writing ---------------------------------------------------------------------------------------------------------


def fixed_out(tree: Wire, form: FixedForm) -> str:
    """The message as records; raises `CannotSend` for what has no place, or no room in it."""
    single = [path for record in form.records if not record.items for path in paths_of(record.places)]
    nothing_lost(tree, frozenset([*single, *(record.items for record in form.records if record.items)]))
    found: list[str] = []
    for record in form.records:
        if not record.items:
            found.append(_line(tree, record, form))
            continue
        for item in listed(got(tree, record.items), ".".join(record.items)):
            nothing_lost(item, frozenset(paths_of(record.places)))
            found.append(_line(item, record, form))
    return joined(found, form.lines)


def _line(tree: Wire, record: Record, form: FixedForm) -> str:
    return record.starts + "".join(_field(tree, place, form.charset) for place in record.fields)


def _field(tree: Wire, place: Place, charset: str) -> str:
    text = plain(got(tree, place.path), place.shown) if place.path else ""
    if "\n" in text or "\r" in text:
        raise CannotSend(f"{place.shown} holds a line end, which a record of fixed width cannot")
    if place.rest:
        return text
    try:
        size = len(encoded(text, charset))
    except UnicodeEncodeError as error:
        raise CannotSend(f"character {error.start + 1} of {place.shown} does not exist in {charset}") from None
    if size > place.width:
        raise CannotSend(f"{place.shown} takes {size} bytes in {charset}, its field has {place.width}")
    fill = place.pad * (place.width - size)
    if not place.right:
        return text + fill
    # Zeros stand between a sign and its number.
    return "-" + fill + text[1:] if place.pad == "0" and text[:1] == "-" else fill + text


# --- reading ---------------------------------------------------------------------------------------------------------


def fixed_in(text: str, form: FixedForm) -> Wire:
    """The message of some records; raises `Unreadable` for one that is not as long as the carrier's are."""
    lines = [text.removesuffix("\n").removesuffix("\r")] if whole(form.records) else split(text, form.lines)
    given = assigned(lines, form.records, lambda line, starts: line if line.startswith(starts) else None)
    complete(form.records, given)
    tree: Wire = {}
    seen: set[Path] = set()
    for number, record, line in given:
        take(tree, record, number, cut_record(line, record, number, form.charset), seen)
    return tree


def cut_record(line: str, record: Record, number: int, charset: str) -> Wire:
    """The fields of one record."""
    encoded = _Encoded(line, charset, number)
    found: Wire = {}
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

    def cut(self, start: int, end: int, place: Place) -> str:
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


__all__ = ["FixedForm", "cut_record", "fixed_in", "fixed_out"]
