r"""The pipe layer: records of positions with a separator between them, as in `P001|张三|100.00`.

A value that holds the separator or a line end is refused before anything is sent, unless the carrier's document says
how it is written: `escape` backslash (`\|`) or quote (as in RFC 4180), or a `release` character of its own. It stands
before whatever separates fields, items of a list and their fields, and records, and before itself (as in EDIFACT).
"""

import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.records import (
    Group,
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
from gateway.wire.limits import LIST_ITEMS_MAX, RECORD_FIELDS_MAX

Escape = Literal["refuse", "backslash", "quote"]


class PipeForm(Struct, frozen=True):
    """A carrier's records: what separates fields, how a separator inside a value is written, the records themselves."""

    records: tuple[Record, ...]
    separator: str = "|"
    escape: Escape = "refuse"
    release: str = ""
    trim: bool = False
    lines: Lines = Lines()


# --- writing ---------------------------------------------------------------------------------------------------------


def pipe_out(tree: Wire, form: PipeForm) -> str:
    """The message as records; raises `CannotSend` for what has no place, or cannot stand in one."""
    nothing_lost(tree, _known(form.records))
    found: list[str] = []
    for record in form.records:
        if not record.items:
            found.append(_line(tree, record, form))
            continue
        for item in listed(got(tree, record.items), ".".join(record.items)):
            nothing_lost(item, frozenset(paths_of(record.places)))
            found.append(_line(item, record, form))
    return joined(found, form.lines)


def _known(records: tuple[Record, ...]) -> frozenset[Path]:
    single = [path for record in records if not record.items for path in paths_of(record.places)]
    return frozenset([*single, *(record.items for record in records if record.items)])


def _line(tree: Wire, record: Record, form: PipeForm) -> str:
    fields = [record.starts] if record.starts else []
    counts = {place.count: place for place in record.places if isinstance(place, Group) and place.count}
    for place in record.places:
        if isinstance(place, Group):
            fields += _group(tree, place, form)
        elif place.path in counts and got(tree, place.path) is None:
            # A number of items nobody tells is counted.
            group = counts[place.path]
            fields.append(str(len(listed(got(tree, group.path), ".".join(group.path)))))
        else:
            fields.append(_field(tree, place, form))
    return form.separator.join(fields)


def _field(tree: Wire, place: Place, form: PipeForm) -> str:
    text = plain(got(tree, place.path), place.shown) if place.path else ""
    return text if place.rest else _escaped(text, place.shown, form)


def _escaped(text: str, name: str, form: PipeForm) -> str:
    if form.release:
        return _released(text, name, form)
    special = form.separator in text or "\n" in text or "\r" in text
    if form.escape == "backslash":
        special = special or "\\" in text
    elif form.escape == "quote":
        special = special or '"' in text
    if not special and not (form.lines.end and form.lines.end in text):
        return text
    if form.escape == "quote":
        return '"' + text.replace('"', '""') + '"'
    if form.escape == "backslash":
        text = text.replace("\\", "\\\\").replace(form.separator, f"\\{form.separator}")
        return text.replace("\r", "\\r").replace("\n", "\\n")
    raise CannotSend(f"{name} holds a separator of the record, which this carrier cannot tell from its own")


def _released(text: str, name: str, form: PipeForm) -> str:
    if "\n" in text or "\r" in text:
        raise CannotSend(f"{name} holds a line end, which this carrier cannot tell from its own")
    return "".join(f"{form.release}{each}" if each in _specials(form) else each for each in text)


@lru_cache(maxsize=64)
def _specials(form: PipeForm) -> frozenset[str]:
    """The characters that mean something in these records."""
    groups = [place for record in form.records for place in record.places if isinstance(place, Group)]
    inner = [text for group in groups for text in (group.between, group.separator)]
    return frozenset("".join([form.release, form.separator, form.lines.end, *inner]))


def _group(tree: Wire, group: Group, form: PipeForm) -> list[str]:
    name = ".".join(group.path)
    items = listed(got(tree, group.path), name)
    _counted(tree, group, len(items))
    rows = [[_inner(item, place, group, form) for place in group.places] for item in items]
    for item in items:
        nothing_lost(item, frozenset(paths_of(group.places)))
    if not group.between:
        return [field for row in rows for field in row]
    return [group.between.join(group.separator.join(row) for row in rows)]


def _inner(item: Wire, place: Place, group: Group, form: PipeForm) -> str:
    text = _field(item, place, form)
    if group.between and not form.release and (group.between in text or (group.separator and group.separator in text)):
        raise CannotSend(f"{place.shown} holds a separator of its list, which this carrier cannot tell from its own")
    return text


def _counted(tree: Wire, group: Group, count: int) -> None:
    """The number of items the record tells is the number of items it has."""
    if group.count and plain(got(tree, group.count), ".".join(group.count)) not in (str(count), ""):
        raise CannotSend(f"{'.'.join(group.count)} is not the number of {'.'.join(group.path)}")


# --- reading ---------------------------------------------------------------------------------------------------------


def pipe_in(text: str, form: PipeForm) -> Wire:
    """The message of some records; raises `Unreadable` for a record that has not the carrier's fields."""
    lines = assigned(_lines(_hidden(text, form), form), form.records, lambda line, starts: _led(line, starts, form))
    complete(form.records, lines)
    tree: Wire = {}
    seen: set[Path] = set()
    for number, record, line in lines:
        take(tree, record, number, _read(_fields(line, form), line, record, number, form), seen)
    return tree


def cut_line(line: str, record: Record, number: int, form: PipeForm) -> Wire:
    """The fields of one record, what it begins with included."""
    line = _hidden(line, form)
    rest = _led(line, record.starts, form) if record.starts else line
    if rest is None:
        raise Unreadable(f"record {number} does not begin with {record.starts!r}")
    return _read(_fields(rest, form), rest, record, number, form)


# A released character is no separator: until fields are told apart it hides behind half a surrogate pair, which no text
# that was decoded can hold.
_HIDDEN, _ASCII = 0xDC00, 0x80
_SHOWN = {_HIDDEN + code: chr(code) for code in range(_ASCII)}


def _hidden(text: str, form: PipeForm) -> str:
    if not form.release or form.release not in text:
        return text
    return re.sub(rf"{re.escape(form.release)}([\x00-\x7f])", lambda found: chr(_HIDDEN + ord(found[1])), text)


def _put(tree: Wire, path: Path, text: str, form: PipeForm) -> None:
    kept(tree, path, text.translate(_SHOWN) if form.release else text)


def _lines(text: str, form: PipeForm) -> list[str]:
    if whole(form.records):
        # What takes the rest of the only record may be a message of several lines.
        return [text.removesuffix("\n").removesuffix("\r").removesuffix(form.lines.end)]
    if form.escape != "quote" or '"' not in text:
        return split(text, form.lines)
    # A quoted value may hold a line end: such lines are put together again.
    found: list[str] = []
    for line in split(text, form.lines):
        if found and found[-1].count('"') % 2:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def _led(line: str, starts: str, form: PipeForm) -> str | None:
    if line == starts:
        return ""
    lead = f"{starts}{form.separator}"
    return line.removeprefix(lead) if line.startswith(lead) else None


def _fields(line: str, form: PipeForm) -> list[str]:
    if line.count(form.separator) >= RECORD_FIELDS_MAX:
        raise Unreadable(f"a record has more than {RECORD_FIELDS_MAX} fields")
    if form.escape == "refuse":
        found = line.split(form.separator)
    elif form.escape == "backslash":
        found = _unescaped(line, form.separator)
    else:
        found = _unquoted(line, form.separator)
    return [field.strip() for field in found] if form.trim else found


_AFTER = {"n": "\n", "r": "\r"}


def _unescaped(line: str, separator: str) -> list[str]:
    found, parts, at = [], [], 0
    for special in re.finditer(rf"\\(.)|{re.escape(separator)}", line, re.DOTALL):
        parts.append(line[at : special.start()])
        at = special.end()
        if (kept_letter := special[1]) is not None:
            parts.append(_AFTER.get(kept_letter, kept_letter))
        else:
            found.append("".join(parts))
            parts = []
    return [*found, "".join([*parts, line[at:]])]


def _unquoted(line: str, separator: str) -> list[str]:
    found, at = [], 0
    while True:
        if line[at : at + 1] != '"':
            end = line.find(separator, at)
            found.append(line[at:] if end < 0 else line[at:end])
        else:
            field, at = _quoted(line, at + 1)
            found.append(field)
            end = at if line.startswith(separator, at) else -1
            if end < 0 and at < len(line):
                raise Unreadable("a quoted field of a record goes on behind its quote")
        if end < 0:
            return found
        at = end + len(separator)


def _quoted(line: str, start: int) -> tuple[str, int]:
    at = start
    while True:
        at = line.find('"', at)
        if at < 0:
            raise Unreadable("a quoted field of a record does not end")
        if line[at + 1 : at + 2] != '"':
            return line[start:at].replace('""', '"'), at + 1
        at += 2


def _read(fields: list[str], line: str, record: Record, number: int, form: PipeForm) -> Wire:
    fields = [] if record.starts and not line and not record.places else fields
    found: Wire = {}
    rest = _rest(record, fields, number)
    at = 0
    for place in record.places:
        if isinstance(place, Group):
            behind = len(record.places) - 1 - record.places.index(place)
            at = _group_in(found, place, fields, at, behind, number, form)
            continue
        if at >= len(fields) and place.optional:
            continue
        taken = rest if place.rest else 1
        if at + taken > len(fields):
            raise Unreadable(f"record {number} has {len(fields)} fields: {place.shown} is missing")
        if place.path:
            _put(found, place.path, form.separator.join(fields[at : at + taken]), form)
        at += taken
    if at < len(fields):
        raise Unreadable(f"record {number} has {len(fields)} fields, expected {at}")
    return found


def _rest(record: Record, fields: list[str], number: int) -> int:
    """How many fields belong to the place that takes what the others leave."""
    others = sum(not place.rest for place in record.places if isinstance(place, Place))
    if any(isinstance(place, Place) and place.rest for place in record.places) and len(fields) <= others:
        raise Unreadable(f"record {number} has {len(fields)} fields, expected more than {others}")
    return len(fields) - others


def _group_in(found: Wire, group: Group, fields: list[str], at: int, behind: int, number: int, form: PipeForm) -> int:
    if group.between:
        if at >= len(fields):
            raise Unreadable(f"record {number} has {len(fields)} fields: {'.'.join(group.path)} is missing")
        kept(found, group.path, _within(fields[at], group, number, form))
        return at + 1
    width = len(group.places)
    left = len(fields) - at - behind
    count = _told(found, group, number) if group.count else left // width
    if count * width > left or (not group.count and left % width):
        raise Unreadable(f"record {number}: the fields of {'.'.join(group.path)} are not {count} times {width}")
    items: list[Wire] = []
    for start in range(at, at + count * width, width):
        item: Wire = {}
        for place, field in zip(group.places, fields[start : start + width], strict=True):
            if place.path:
                _put(item, place.path, field, form)
        items.append(item)
    kept(found, group.path, items)
    return at + count * width


def _within(field: str, group: Group, number: int, form: PipeForm) -> list[Wire]:
    items: list[Wire] = []
    for each in field.split(group.between) if field else []:
        texts = each.split(group.separator) if group.separator else [each]
        if len(texts) != len(group.places):
            raise Unreadable(f"record {number}: an item of {'.'.join(group.path)} has {len(texts)} fields")
        item: Wire = {}
        for place, text in zip(group.places, texts, strict=True):
            if place.path:
                _put(item, place.path, text, form)
        items.append(item)
    return items


def _told(found: Wire, group: Group, number: int) -> int:
    text = got(found, group.count)
    if text.__class__ is str and text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= LIST_ITEMS_MAX:
        return int(text)
    raise Unreadable(f"record {number}: {'.'.join(group.count)} is no number of items")


__all__ = ["Group", "Lines", "PipeForm", "Place", "Record", "pipe_in", "pipe_out"]
