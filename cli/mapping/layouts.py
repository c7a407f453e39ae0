"""The layouts of records in a mapping: the options of `pipe`, `fixed` and `text` as the forms the wire works with.

In `fields` of a pipe a name may end in `?` (a record may end before it) or `*` (it takes what the others leave); an
empty name is a position nobody uses. In `fields` of a fixed record each name has its width in bytes, or `*`.
"""

import re
from collections.abc import Mapping
from typing import Any

from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path
from cli.mapping.tree import Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.wire.expense import check_pattern
from gateway.wire.layers.fixed import FixedForm
from gateway.wire.layers.pipe import PipeForm
from gateway.wire.layers.records import Group, Lines, Path, Place, Record

FIELDS_MAX = 1_000
WIDTH_MAX = 100_000
RECORDS_MAX = 20

_LINES = {"lf": "\n", "crlf": "\r\n"}


class LayoutFault(Exception):
    """A layout that says nothing the wire could do; `mark` is the place."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do."""
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


def pipe_form(layer: Layer) -> PipeForm:
    """The records of a `pipe` layer."""
    separator = _text(layer, layer.options, "separator", "|")
    form = PipeForm(
        records=_records(layer, _pipe_places),
        separator=separator,
        escape=_text(layer, layer.options, "escape", "refuse"),  # type: ignore[arg-type]  # the loader knows the words
        release=_text(layer, layer.options, "release", ""),
        trim=_text(layer, layer.options, "trim", "false") == "true",
        lines=_lines(layer),
    )
    _check_release(layer, form)
    if not separator or "\n" in separator:
        raise LayoutFault(_mark(layer, "separator"), "a separator is a text of one character or more, no line end")
    for record in form.records:
        _check_pipe(layer, record)
    return form


def _check_release(layer: Layer, form: PipeForm) -> None:
    """A release character is one sign of ASCII, the only way a separator stands in a value, before single signs."""
    if "release" not in layer.options:
        return
    if len(form.release) != 1 or not form.release.isascii() or form.release.isspace() or form.release.isalnum():
        raise LayoutFault(_mark(layer, "release"), "a release character is one sign of ASCII", 'release: "?"')
    if "escape" in layer.options:
        raise LayoutFault(_mark(layer, "escape"), "a separator in a value is escaped or released, not both")
    places = [place for record in form.records for place in record.places]
    if any(place.rest for place in places if isinstance(place, Place)):
        raise LayoutFault(
            _mark(layer, "release"), "what takes the rest of a record stands as it is: nothing is released"
        )
    groups = [place for place in places if isinstance(place, Group)]
    signs = [form.separator, form.lines.end, *(text for group in groups for text in (group.between, group.separator))]
    if any(len(sign) > 1 or not sign.isascii() or sign == form.release for sign in signs):
        raise LayoutFault(_mark(layer, "release"), "what is released is one sign of ASCII, and not the release itself")


def fixed_form(layer: Layer, charset: str, *, sends: bool) -> FixedForm:
    """The records of a `fixed` layer; its widths count bytes of `charset`."""
    form = FixedForm(records=_records(layer, _fixed_places), charset=charset, lines=_lines(layer))
    for record in form.records:
        if sum(place.rest for place in record.fields) > 1:
            raise LayoutFault(layer.mark, "one field of a record can take what the others leave, not two")
        if sends and any(place.at is not None for place in record.fields):
            raise LayoutFault(layer.mark, "at: is for reading; what is sent stands one field behind the other")
    return form


def line_pattern(layer: Layer) -> str:
    """The pattern of a `text` layer: bounded, with a name for each group."""
    pattern = layer.options.get("pattern")
    if not isinstance(pattern, Text):
        raise LayoutFault(layer.mark, "text needs its pattern", "text: { pattern: '(?P<code>[0-9]+):(?P<text>.*)' }")
    try:
        check_pattern(pattern.value)
    except ValueError as fault:
        raise LayoutFault(pattern.mark, str(fault).replace("match", "text", 1)) from None
    compiled = re.compile(pattern.value)
    if not compiled.groupindex or compiled.groups > len(compiled.groupindex):
        raise LayoutFault(pattern.mark, "every group of the pattern has a name", "(?P<name>..), or (?:..) for none")
    return pattern.value


def paths(form: PipeForm | FixedForm) -> frozenset[Path]:
    """Every path of the message that has a place in the records."""
    found: set[Path] = set()
    for record in form.records:
        for place in record.places:
            found.add((*record.items, *place.path))
            if isinstance(place, Group):
                found |= {(*record.items, *place.path, *inner.path) for inner in place.places}
        found.add(record.items)
    return frozenset(found)


# --- records ---------------------------------------------------------------------------------------------------------


def _records(layer: Layer, read: Any) -> tuple[Record, ...]:
    listed = layer.options.get("records")
    if listed is None:
        return (Record(_places(layer, layer.options.get("fields"), layer.mark, read)),)
    if "fields" in layer.options:
        raise LayoutFault(_mark(layer, "records"), "both fields and records: each record has its own fields")
    if not isinstance(listed, tuple) or not 0 < len(listed) <= RECORDS_MAX:
        raise LayoutFault(_mark(layer, "records"), f"records is a list of 1 to {RECORDS_MAX} kinds of line")
    found = tuple(_record(layer, each, read) for each in listed)
    if any(record.starts for record in found) != all(record.starts for record in found):
        raise LayoutFault(_mark(layer, "records"), "either every record says what it starts with, or none does")
    if sum(bool(record.items) for record in found) > 1 and not found[0].starts:
        raise LayoutFault(_mark(layer, "records"), "two lists of records cannot be told apart", "starts: H, starts: D")
    starts = [record.starts for record in found]
    for one in starts:
        if one and any(other != one and other.startswith(one) and layer.name == "fixed" for other in starts):
            raise LayoutFault(_mark(layer, "records"), f"what starts with '{one}' may be two kinds of record")
    if any(starts) and len(set(starts)) < len(starts):
        raise LayoutFault(_mark(layer, "records"), "two records start alike")
    return found


def _record(layer: Layer, option: Option, read: Any) -> Record:
    if not isinstance(option, Mapping):
        raise LayoutFault(_mark(layer, "records"), "a record is a map: { fields: [..] }")
    _known(layer, option, ("fields", "starts", "list"), "a record")
    items = option.get("list")
    path = () if items is None else _path(items if isinstance(items, Text) else Text("", layer.mark))
    mark = items.mark if isinstance(items, Text) else layer.mark
    places = _places(layer, option.get("fields"), mark, read)
    return Record(places, _text(layer, option, "starts", ""), path)


def _places(layer: Layer, option: Option | None, mark: Mark, read: Any) -> tuple[Place | Group, ...]:
    if not option or not isinstance(option, tuple | Mapping) or len(option) > FIELDS_MAX:
        form = "fields: [orderNo, name]" if layer.name == "pipe" else "fields: { orderNo: 20, name: 40 }"
        raise LayoutFault(mark, f"{layer.name} needs its fields, at most {FIELDS_MAX}", form)
    found: tuple[Place | Group, ...] = read(layer, option, mark)
    named = [place.path for place in found if place.path]
    twice = next((path for path in named if named.count(path) > 1), None)
    if twice is not None:
        raise LayoutFault(mark, f"field '{'.'.join(twice)}' twice in one record")
    optional = [isinstance(place, Place) and place.optional for place in found]
    if True in optional and False in optional[optional.index(True) :]:
        raise LayoutFault(mark, "a record may end before its last fields only: '?' stands at the end")
    return found


# --- pipe ------------------------------------------------------------------------------------------------------------


def _pipe_places(layer: Layer, option: Option, mark: Mark) -> tuple[Place | Group, ...]:
    if not isinstance(option, tuple):
        raise LayoutFault(mark, "the fields of a pipe are a list of names", "fields: [orderNo, name]")
    return tuple(_pipe_place(layer, each, mark) for each in option)


def _pipe_place(layer: Layer, option: Option, mark: Mark) -> Place | Group:
    if isinstance(option, Text):
        return _named(option)
    if not isinstance(option, Mapping):
        raise LayoutFault(mark, "a field is a name, or { list: .., fields: [..] }")
    _known(layer, option, ("list", "fields", "count", "between", "separator"), "a repeated group")
    items, inner = option.get("list"), option.get("fields")
    if not isinstance(items, Text) or not isinstance(inner, tuple) or not inner:
        raise LayoutFault(mark, "a repeated group names its list and its fields", "{ list: items, fields: [a, b] }")
    if not all(isinstance(each, Text) for each in inner):
        raise LayoutFault(items.mark, "a group inside a group of a record")
    places = tuple(_named(each) for each in inner if isinstance(each, Text))
    if any(place.optional or place.rest for place in places):
        raise LayoutFault(items.mark, "the fields of a group are all there: no '?' and no '*'")
    count = option.get("count")
    between, separator = _text(layer, option, "between", ""), _text(layer, option, "separator", "")
    if between and len(places) > 1 and not separator:
        raise LayoutFault(items.mark, "what separates the fields of an item?", 'between: ";", separator: ","')
    if separator and not between:
        raise LayoutFault(items.mark, "separator of a group stands beside between: what separates its items")
    return Group(_path(items), places, _path(count) if isinstance(count, Text) else (), between, separator)


def _named(text: Text) -> Place:
    name = text.value
    if not name:
        return Place()
    optional, rest = name.endswith("?"), name.endswith("*")
    bare = name[:-1] if optional or rest else name
    return Place(_path(Text(bare, text.mark)), optional=optional, rest=rest)


def _check_pipe(layer: Layer, record: Record) -> None:
    groups = [place for place in record.places if isinstance(place, Group)]
    rests = [place for place in record.fields if place.rest]
    open_ended = [group for group in groups if not group.between and not group.count]
    if len(rests) > 1 or len(open_ended) > 1 or (rests and groups) or (rests and record.fields[-1].optional):
        raise LayoutFault(layer.mark, "where one field of this record ends cannot be told: one '*' or one open group")
    if open_ended and any(place.optional for place in record.fields):
        raise LayoutFault(layer.mark, "behind a group without count every field is there: no '?'")
    known = [place.path for place in record.fields]
    for group in groups:
        before = [place.path for place in record.places[: record.places.index(group)]]
        if group.count and group.count not in before:
            hint = "count: a field before the group" if group.count in known else "count: names a field of the record"
            raise LayoutFault(layer.mark, f"count: '{'.'.join(group.count)}' is no field before the group", hint)


# --- fixed -----------------------------------------------------------------------------------------------------------


def _fixed_places(layer: Layer, option: Option, mark: Mark) -> tuple[Place | Group, ...]:
    if not isinstance(option, Mapping):
        raise LayoutFault(mark, "the fields of a fixed record have widths", "fields: { orderNo: 20, name: 40 }")
    return tuple(_fixed_place(layer, name, each, mark) for name, each in option.items())


def _fixed_place(layer: Layer, name: str, option: Option, mark: Mark) -> Place:
    mark = option.mark if isinstance(option, Text) else mark
    optional = name.endswith("?")
    # `_` and what begins with it is room nobody uses: names in a map are there once only.
    path = () if name.startswith("_") else _path(Text(name.removesuffix("?"), mark))
    if isinstance(option, Text):
        rest = option.value == "*"
        return Place(path, optional=optional, rest=rest, width=0 if rest else _width(option.value, name, mark))
    if not isinstance(option, Mapping):
        raise LayoutFault(mark, f"field '{name}' is a width, or {{ width: .., align: right, pad: '0' }}")
    _known(layer, option, ("width", "align", "pad", "at"), f"field '{name}'")
    pad, align = _text(layer, option, "pad", " "), _text(layer, option, "align", "left")
    if len(pad) != 1 or not pad.isascii() or align not in ("left", "right"):
        raise LayoutFault(mark, f"field '{name}': pad is one ASCII character, align is left or right")
    return Place(
        path,
        optional=optional,
        width=_width(_text(layer, option, "width", ""), name, mark),
        right=align == "right",
        pad=pad,
        at=_at(layer, option, name, mark),
    )


def _width(text: str, name: str, mark: Mark) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= WIDTH_MAX and len(text) < 9):
        raise LayoutFault(mark, f"the width of '{name}' is a number of bytes from 1 to {WIDTH_MAX}, or *")
    return int(text)


def _at(layer: Layer, option: Mapping[str, Option], name: str, mark: Mark) -> int | None:
    text = _text(layer, option, "at", "")
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise LayoutFault(mark, f"at of '{name}' counts bytes from 0, or from the end with a minus")
    return int(text)


# --- options ---------------------------------------------------------------------------------------------------------


def _lines(layer: Layer) -> Lines:
    line = _text(layer, layer.options, "line", "lf")
    return Lines(
        _text(layer, layer.options, "end", ""),
        _LINES.get(line, line),
        _text(layer, layer.options, "last", "false") == "true",
    )


def _text(layer: Layer, options: Mapping[str, Option], name: str, otherwise: str) -> str:
    found = options.get(name)
    if found is None:
        return otherwise
    if not isinstance(found, Text):
        raise LayoutFault(_mark(layer, name), f"{name} is one text")
    return found.value


def _known(layer: Layer, options: Mapping[str, Option], names: tuple[str, ...], what: str) -> None:
    strange = next((name for name in options if name not in names), None)
    if strange is not None:
        raise LayoutFault(layer.mark, f"{what} has no word '{strange}'", f"known: {', '.join(names)}")


def _path(text: Text) -> Path:
    try:
        found = parse_path(text.value, text.mark)
    except SyntaxFault as fault:
        raise LayoutFault(text.mark, f"'{text.value}' is no field name: {fault}", fault.hint) from None
    if found.anchor or found.attribute or any(segment.selectors for segment in found.segments) or not found.segments:
        raise LayoutFault(text.mark, f"'{text.value}' is no field name: names joined by dots")
    return tuple(segment.name for segment in found.segments)


def _mark(layer: Layer, option: str) -> Mark:
    return layer.key_marks.get(option, layer.mark)


__all__ = ["LayoutFault", "fixed_form", "line_pattern", "paths", "pipe_form"]
