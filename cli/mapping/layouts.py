"""The layouts of records in a mapping: the options of `pipe` and `text` as the forms the wire works with.

Those of `fixed` stand in `widths.py`.

In `fields` of a pipe a name may end in `?` (a record may end before it) or `*` (it takes what the others leave); an
empty name is a position nobody uses. Records that say what they begin with may be optional, and repeat as a group.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from cli.mapping.layout_words import LayoutFault, known_words, lines_of, mark_of, path_of, text_of
from cli.mapping.tree import Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.wire.expense import check_pattern
from gateway.wire.layers.fixed import FixedForm
from gateway.wire.layers.pipe import PipeForm
from gateway.wire.layers.records import Group, Path, Place, Record, paths_of

FIELDS_MAX = 1_000
RECORDS_MAX = 100
GROUPS_DEEP_MAX = 5


def pipe_form(layer: Layer) -> PipeForm:
    """The records of a `pipe` layer."""
    separator = text_of(layer, layer.options, "separator", "|")
    form = PipeForm(
        records=records_of(layer, _pipe_places),
        separator=separator,
        escape=text_of(layer, layer.options, "escape", "refuse"),  # type: ignore[arg-type]  # the loader knows the words
        release=text_of(layer, layer.options, "release", ""),
        trim=text_of(layer, layer.options, "trim", "false") == "true",
        lines=lines_of(layer),
        short=text_of(layer, layer.options, "trailing", "keep") == "omit",
        skip=text_of(layer, layer.options, "others", "refuse") == "skip",
    )
    _check_release(layer, form)
    if not separator or "\n" in separator:
        raise LayoutFault(mark_of(layer, "separator"), "a separator is a text of one character or more, no line end")
    told = _flat(form.records)
    for record in told:
        _check_pipe(layer, record)
        _check_short(layer, form, record)
    _check_counts(layer, told)
    if form.skip and not all(record.starts for record in told):
        raise LayoutFault(mark_of(layer, "others"), "which lines are others is told by what records start with")
    records = _led(form.records, form)
    for record in _flat(records):
        _check_led(layer, form, record)
    return replace(form, records=records)


def _flat(records: tuple[Record, ...]) -> list[Record]:
    """Every kind of line, those inside groups among them."""
    return [each for record in records for each in (_flat(record.records) if record.records else [record])]


def _led(records: tuple[Record, ...], form: PipeForm) -> tuple[Record, ...]:
    """The records, each knowing whether what it starts with ends in a separator."""
    inner = [place for each in _flat(form.records) for place in each.places if isinstance(place, Group)]
    signs = (form.separator, *(group.separator for group in inner if not group.path))
    return tuple(
        replace(record, led=record.starts.endswith(signs), records=_led(record.records, form)) for record in records
    )


def _check_led(layer: Layer, form: PipeForm, record: Record) -> None:
    """A sign of its own behind what a record starts with is the one that parts a composed field."""
    last = record.starts[-1:]
    if form.release and record.places and not record.led and last and not last.isalnum():
        hint = f'fields: [{{ fields: [no], separator: "{last}" }}]'
        raise LayoutFault(
            mark_of(layer, "records"), f"what the sign behind '{record.starts}' parts is a composed field", hint
        )


def _check_short(layer: Layer, form: PipeForm, record: Record) -> None:
    """Where empty fields at the end are left out, a place is told by counting from the beginning."""
    open_ended = any(isinstance(place, Group) and place.path and not place.between for place in record.places)
    if form.short and (open_ended or any(place.rest for place in record.fields)):
        raise LayoutFault(mark_of(layer, "trailing"), "a record whose last fields may be missing repeats none of them")


def _check_release(layer: Layer, form: PipeForm) -> None:
    """A release character is one sign of ASCII, the only way a separator stands in a value, before single signs."""
    if "release" not in layer.options:
        return
    if len(form.release) != 1 or not form.release.isascii() or form.release.isspace() or form.release.isalnum():
        raise LayoutFault(mark_of(layer, "release"), "a release character is one sign of ASCII", 'release: "?"')
    if "escape" in layer.options:
        raise LayoutFault(mark_of(layer, "escape"), "a separator in a value is escaped or released, not both")
    places = [place for record in _flat(form.records) for place in record.places]
    if any(place.rest for place in places if isinstance(place, Place)):
        raise LayoutFault(
            mark_of(layer, "release"), "what takes the rest of a record stands as it is: nothing is released"
        )
    groups = [place for place in places if isinstance(place, Group)]
    between = "" if form.lines.line == "\r\n" else form.lines.line
    signs = [
        form.separator,
        form.lines.end,
        between,
        *(text for group in groups for text in (group.between, group.separator)),
    ]
    if any(len(sign) > 1 or not sign.isascii() or sign == form.release for sign in signs):
        raise LayoutFault(
            mark_of(layer, "release"), "what is released is one sign of ASCII, and not the release itself"
        )


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
    return frozenset(_paths(form.records, ()))


def _paths(records: tuple[Record, ...], way: Path) -> Iterator[Path]:
    for record in records:
        under = (*way, *record.items)
        yield under
        for place in record.places:
            yield (*under, *place.path)
            if isinstance(place, Group):
                yield from _inside(place, under)
        yield from _paths(record.records, under)


def _inside(group: Group, way: Path) -> Iterator[Path]:
    for place in group.places:
        yield (*way, *group.path, *place.path)
        if isinstance(place, Group):
            yield from _inside(place, (*way, *group.path))


# --- records ---------------------------------------------------------------------------------------------------------


def records_of(layer: Layer, read: Any) -> tuple[Record, ...]:
    listed = layer.options.get("records")
    if listed is None:
        return (Record(places_of(layer, layer.options.get("fields"), layer.mark, read)),)
    if "fields" in layer.options:
        raise LayoutFault(mark_of(layer, "records"), "both fields and records: each record has its own fields")
    if not isinstance(listed, tuple) or not 0 < len(listed) <= RECORDS_MAX:
        raise LayoutFault(mark_of(layer, "records"), f"records is a list of 1 to {RECORDS_MAX} kinds of line")
    found = tuple(_record(layer, each, read, 1) for each in listed)
    flat = _flat(found)
    if any(record.starts for record in flat) != all(record.starts for record in flat):
        raise LayoutFault(mark_of(layer, "records"), "either every record says what it starts with, or none does")
    if sum(bool(record.items) for record in found) > 1 and not flat[0].starts:
        raise LayoutFault(
            mark_of(layer, "records"), "two lists of records cannot be told apart", "starts: H, starts: D"
        )
    for record in flat:
        others = [each.starts for each in flat if each.starts != record.starts]
        if layer.name == "fixed" and any(record.starts and each.startswith(record.starts) for each in others):
            raise LayoutFault(
                mark_of(layer, "records"), f"what starts with '{record.starts}' may be two kinds of record"
            )
    _check_told_apart(layer, found)
    return found


def _check_told_apart(layer: Layer, records: tuple[Record, ...]) -> None:
    """Records of one group start differently; those of a group inside may start as records around it do."""
    starts = [(record.records[0] if record.records else record).starts for record in records]
    if any(starts) and len(set(starts)) < len(starts):
        raise LayoutFault(mark_of(layer, "records"), "two records start alike")
    for record in records:
        _check_told_apart(layer, record.records)


def _check_counts(layer: Layer, records: list[Record]) -> None:
    starts = [record.starts for record in records]
    for place in (place for record in records for place in record.fields if place.counts):
        if place.counts not in starts:
            raise LayoutFault(layer.mark, f"from: no record starts with '{place.counts}'")


def _record(layer: Layer, option: Option, read: Any, deep: int) -> Record:
    if not isinstance(option, Mapping):
        raise LayoutFault(mark_of(layer, "records"), "a record is a map: { fields: [..] }")
    if "records" in option:
        return _group_of_records(layer, option, read, deep)
    known_words(layer, option, ("fields", "starts", "list", "optional"), "a record")
    items = option.get("list")
    path = () if items is None else path_of(items if isinstance(items, Text) else Text("", layer.mark))
    mark = items.mark if isinstance(items, Text) else layer.mark
    starts = text_of(layer, option, "starts", "")
    # Some records are nothing but what they begin with.
    alone = starts and "fields" not in option and layer.name == "pipe"
    places = () if alone else places_of(layer, option.get("fields"), mark, read)
    optional = text_of(layer, option, "optional", "false") == "true"
    if optional and (not starts or path or not places or layer.name != "pipe"):
        raise LayoutFault(mark, "a record that may be missing says what it starts with, has fields and is no list")
    return Record(places, starts, path, optional=optional)


def _group_of_records(layer: Layer, option: Mapping[str, Option], read: Any, deep: int) -> Record:
    known_words(layer, option, ("list", "records"), "a group of records")
    items, inner = option.get("list"), option.get("records")
    mark = items.mark if isinstance(items, Text) else layer.mark
    if layer.name != "pipe" or not isinstance(items, Text) or not isinstance(inner, tuple) or deep >= GROUPS_DEEP_MAX:
        hint = "{ list: insureds, records: [{ starts: INS, fields: [..] }, ..] }"
        raise LayoutFault(mark, "a group of records in a pipe names its list, and the records of one item", hint)
    found = tuple(_record(layer, each, read, deep + 1) for each in inner)
    if not found or not found[0].starts or found[0].items or found[0].optional:
        raise LayoutFault(mark, "a group begins with a record of its own that is always there and starts with a text")
    return Record(items=path_of(items), records=found)


def places_of(layer: Layer, option: Option | None, mark: Mark, read: Any) -> tuple[Place | Group, ...]:
    if not option or not isinstance(option, tuple | Mapping) or len(option) > FIELDS_MAX:
        form = "fields: [orderNo, name]" if layer.name == "pipe" else "fields: { orderNo: 20, name: 40 }"
        raise LayoutFault(mark, f"{layer.name} needs its fields, at most {FIELDS_MAX}", form)
    found: tuple[Place | Group, ...] = read(layer, option, mark)
    named = list(paths_of(found))
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
    if "lines" in option:
        return _counting(layer, option, mark)
    if "list" not in option and "separator" in option:
        return _composed(layer, option, mark)
    known_words(layer, option, ("list", "fields", "count", "between", "separator"), "a repeated group")
    items, inner = option.get("list"), option.get("fields")
    if not isinstance(items, Text) or not isinstance(inner, tuple) or not inner:
        raise LayoutFault(mark, "a repeated group names its list and its fields", "{ list: items, fields: [a, b] }")
    if not all(isinstance(each, Text) for each in inner):
        raise LayoutFault(items.mark, "a group inside a group of a record")
    places = tuple(_named(each) for each in inner if isinstance(each, Text))
    if any(place.optional or place.rest for place in places):
        raise LayoutFault(items.mark, "the fields of a group are all there: no '?' and no '*'")
    count = option.get("count")
    between, separator = text_of(layer, option, "between", ""), text_of(layer, option, "separator", "")
    if between and len(places) > 1 and not separator:
        raise LayoutFault(items.mark, "what separates the fields of an item?", 'between: ";", separator: ","')
    if separator and not between:
        raise LayoutFault(items.mark, "separator of a group stands beside between: what separates its items")
    return Group(path_of(items), places, path_of(count) if isinstance(count, Text) else (), between, separator)


def _counting(layer: Layer, option: Mapping[str, Option], mark: Mark) -> Place:
    """A field with the number of records from one to its own."""
    known_words(layer, option, ("lines", "from"), "a number of records")
    name, first = option.get("lines"), text_of(layer, option, "from", "")
    if not isinstance(name, Text) or not first:
        raise LayoutFault(
            mark, "a number of records has a name, and the start it counts from", "{ lines: n, from: ST }"
        )
    return Place(path_of(name), counts=first)


def _composed(layer: Layer, option: Mapping[str, Option], mark: Mark) -> Group:
    """Several places in one field."""
    known_words(layer, option, ("fields", "separator"), "a composed field")
    inner, separator = option.get("fields"), text_of(layer, option, "separator", "")
    if not isinstance(inner, tuple) or not inner or not separator or not all(isinstance(each, Text) for each in inner):
        raise LayoutFault(
            mark, "a composed field has names and what stands between", '{ fields: [a, b], separator: ":" }'
        )
    places = tuple(_named(each) for each in inner if isinstance(each, Text))
    if any(place.optional or place.rest for place in places):
        raise LayoutFault(mark, "the parts of a composed field are all there: no '?' and no '*'", "trailing: omit")
    return Group((), places, separator=separator)


def _named(text: Text) -> Place:
    name = text.value
    if not name:
        return Place()
    optional, rest = name.endswith("?"), name.endswith("*")
    bare = name[:-1] if optional or rest else name
    return Place(path_of(Text(bare, text.mark)), optional=optional, rest=rest)


def _check_pipe(layer: Layer, record: Record) -> None:
    groups = [place for place in record.places if isinstance(place, Group)]
    rests = [place for place in record.fields if place.rest]
    groups = [group for group in groups if group.path]
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


__all__ = ["LayoutFault", "line_pattern", "paths", "pipe_form", "places_of", "records_of"]
