r"""The pipe layer: records of positions with a separator between them, as in `P001|张三|100.00`.

A value that holds the separator or a line end is refused before anything is sent, unless the carrier's document says
how it is written: `escape` backslash (`\|`) or quote (as in RFC 4180), or a `release` character of its own. It stands
before whatever separates fields, items of a list and their fields, and records, and before itself (as in EDIFACT).
Records that say what they begin with are told apart by it (`segments.py`); a message of these that declares its own
separators is read by them (`declared.py`).
"""

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.declared import as_declared
from gateway.wire.layers.records import (
    Group,
    Lines,
    Path,
    Place,
    Record,
    assigned,
    complete,
    counted,
    got,
    joined,
    kept,
    listed,
    nothing_lost,
    paths_of,
    plain,
    split,
    take,
    told,
    whole,
)
from gateway.wire.layers.segments import read, write
from gateway.wire.layers.separators import SHOWN, PipeForm, escaped, fields_of, hidden, lead

# --- writing ---------------------------------------------------------------------------------------------------------


def pipe_out(tree: Wire, form: PipeForm) -> str:
    """The message as records; raises `CannotSend` for what has no place, or cannot stand in one."""
    return joined(write(tree, form.records, lambda item, record: _line(item, record, form)), form.lines)


def _line(tree: Wire, record: Record, form: PipeForm) -> str:
    fields: list[str] = []
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
    text = form.separator.join(_cut(fields, form))
    return f"{lead(record, form) if text or (fields and not form.short) else record.starts}{text}"


def _cut(fields: list[str], form: PipeForm) -> list[str]:
    """The fields without the empty ones at the end, where these are left out."""
    while form.short and fields and not fields[-1]:
        fields = fields[:-1]
    return fields


def _field(tree: Wire, place: Place, form: PipeForm) -> str:
    text = plain(got(tree, place.path), place.shown) if place.path else ""
    return text if place.rest else escaped(text, place.shown, form)


def _group(tree: Wire, group: Group, form: PipeForm) -> list[str]:
    if not group.path:
        row = [_composed(tree, place, group, form) for place in group.fields]
        return [group.separator.join(_cut(row, form))]
    name = ".".join(group.path)
    items = listed(got(tree, group.path), name)
    counted(tree, group, len(items))
    rows = [[_inner(item, place, group, form) for place in group.fields] for item in items]
    for item in items:
        nothing_lost(item, frozenset(paths_of(group.fields)))
    if not group.between:
        return [field for row in rows for field in row]
    return [group.between.join(group.separator.join(row) for row in rows)]


def _composed(tree: Wire, place: Place, group: Group, form: PipeForm) -> str:
    text = _field(tree, place, form)
    if not form.release and group.separator in text:
        raise CannotSend(f"{place.shown} holds a separator of its field, which this carrier cannot tell from its own")
    return text


def _inner(item: Wire, place: Place, group: Group, form: PipeForm) -> str:
    text = _field(item, place, form)
    if group.between and not form.release and (group.between in text or (group.separator and group.separator in text)):
        raise CannotSend(f"{place.shown} holds a separator of its list, which this carrier cannot tell from its own")
    return text


# --- reading ---------------------------------------------------------------------------------------------------------


def pipe_in(text: str, form: PipeForm) -> Wire:
    """The message of some records; raises `Unreadable` for a record that has not the carrier's fields."""
    if any(record.starts or record.records for record in form.records):
        text, form = as_declared(text, form)
        return read(
            _lines(hidden(text, form), form),
            form.records,
            lambda line, record: _led(line, record, form),
            lambda line, record, number: _read(fields_of(line, form), line, record, number, form),
            skip=form.skip,
        )
    lines = assigned(_lines(hidden(text, form), form), form.records, _led_by_nothing)
    complete(form.records, lines)
    tree: Wire = {}
    seen: set[Path] = set()
    for number, record, line in lines:
        take(tree, record, number, _read(fields_of(line, form), line, record, number, form), seen)
    return tree


def cut_line(line: str, record: Record, number: int, form: PipeForm) -> Wire:
    """The fields of one record, what it begins with included."""
    line = hidden(line, form)
    rest = _led(line, record, form) if record.starts else line
    if rest is None:
        raise Unreadable(f"record {number} does not begin with {record.starts!r}")
    return _read(fields_of(rest, form), rest, record, number, form)


def _put(tree: Wire, path: Path, text: str, form: PipeForm) -> None:
    kept(tree, path, text.translate(SHOWN) if form.release else text)


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


def _led(line: str, record: Record, form: PipeForm) -> str | None:
    """A line without what the record begins with, or None where it begins otherwise."""
    led = hidden(lead(record, form), form)
    if line == hidden(record.starts, form) or (form.short and line == led[:-1]):
        return ""
    return line.removeprefix(led) if line.startswith(led) else None


def _led_by_nothing(line: str, starts: str) -> str | None:
    """Records without a text they begin with are told apart by their place."""
    return None if starts else line


def _read(fields: list[str], line: str, record: Record, number: int, form: PipeForm) -> Wire:
    fields = [] if record.starts and not line and not record.places else fields
    found: Wire = {}
    if form.short:
        fields = [*fields, *[""] * (len(record.places) - len(fields))]
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
    if not group.path:
        _decomposed(found, group, fields[at], number, form)
        return at + 1
    if group.between:
        if at >= len(fields):
            raise Unreadable(f"record {number} has {len(fields)} fields: {'.'.join(group.path)} is missing")
        kept(found, group.path, _within(fields[at], group, number, form))
        return at + 1
    width = len(group.fields)
    left = len(fields) - at - behind
    count = told(found, group, number) if group.count else left // width
    if count * width > left or (not group.count and left % width):
        raise Unreadable(f"record {number}: the fields of {'.'.join(group.path)} are not {count} times {width}")
    items: list[Wire] = []
    for start in range(at, at + count * width, width):
        item: Wire = {}
        for place, field in zip(group.fields, fields[start : start + width], strict=True):
            if place.path:
                _put(item, place.path, field, form)
        items.append(item)
    kept(found, group.path, items)
    return at + count * width


def _decomposed(found: Wire, group: Group, field: str, number: int, form: PipeForm) -> None:
    texts = field.split(group.separator)
    # A field that is empty is there without its parts; one that is short ends before its last ones.
    if form.short or not field:
        texts += [""] * (len(group.fields) - len(texts))
    if len(texts) != len(group.fields):
        raise Unreadable(f"record {number}: a composed field has {len(texts)} parts, expected {len(group.fields)}")
    for place, text in zip(group.fields, texts, strict=True):
        if place.path:
            _put(found, place.path, text, form)


def _within(field: str, group: Group, number: int, form: PipeForm) -> list[Wire]:
    items: list[Wire] = []
    for each in field.split(group.between) if field else []:
        texts = each.split(group.separator) if group.separator else [each]
        if len(texts) != len(group.fields):
            raise Unreadable(f"record {number}: an item of {'.'.join(group.path)} has {len(texts)} fields")
        item: Wire = {}
        for place, text in zip(group.fields, texts, strict=True):
            if place.path:
                _put(item, place.path, text, form)
        items.append(item)
    return items


__all__ = ["Group", "Lines", "PipeForm", "Place", "Record", "pipe_in", "pipe_out"]
