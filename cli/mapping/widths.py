"""The layouts of records of fixed width: in `fields` each name has its width in bytes, or `*`; groups repeat inside.

`HUNM: { count: n, fields: {..} }` repeats as often as the field `n` before it says, `{ times: 5, fields: {..} }` has
room for five always; with both, `n` of the five hold somebody.
"""

import re
from collections.abc import Mapping

from cli.mapping.layout_words import LayoutFault, known_words, lines_of, mark_of, path_of, text_of
from cli.mapping.layouts import places_of, records_of
from cli.mapping.tree import Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.wire.layers.fixed import FixedForm
from gateway.wire.layers.records import Group, Place, Record

WIDTH_MAX = 100_000


def fixed_form(layer: Layer, charset: str, *, sends: bool) -> FixedForm:
    """The records of a `fixed` layer; its widths count bytes of `charset`."""
    form = FixedForm(records=records_of(layer, _fixed_places), charset=charset, lines=lines_of(layer))
    if form.lines.line not in ("\n", "\r\n"):
        raise LayoutFault(mark_of(layer, "line"), "between records of fixed width stands lf or crlf")
    for record in form.records:
        _check_groups(layer, record)
        if sum(place.rest for place in record.fields) > 1:
            raise LayoutFault(layer.mark, "one field of a record can take what the others leave, not two")
        if sends and any(place.at is not None for place in record.fields):
            raise LayoutFault(layer.mark, "at: is for reading; what is sent stands one field behind the other")
    return form


def _fixed_places(layer: Layer, option: Option, mark: Mark) -> tuple[Place | Group, ...]:
    if not isinstance(option, Mapping):
        raise LayoutFault(mark, "the fields of a fixed record have widths", "fields: { orderNo: 20, name: 40 }")
    return tuple(_fixed_place(layer, name, each, mark) for name, each in option.items())


def _fixed_place(layer: Layer, name: str, option: Option, mark: Mark) -> Place | Group:
    mark = option.mark if isinstance(option, Text) else mark
    optional = name.endswith("?")
    # `_` and what begins with it is room nobody uses: names in a map are there once only.
    path = () if name.startswith("_") else path_of(Text(name.removesuffix("?"), mark))
    if isinstance(option, Text):
        rest = option.value == "*"
        return Place(path, optional=optional, rest=rest, width=0 if rest else _width(option.value, name, mark))
    if not isinstance(option, Mapping):
        raise LayoutFault(mark, f"field '{name}' is a width, or {{ width: .., align: right, pad: '0' }}")
    if "fields" in option:
        return _group(layer, name, option, mark)
    known_words(layer, option, ("width", "align", "pad", "at"), f"field '{name}'")
    pad, align = text_of(layer, option, "pad", " "), text_of(layer, option, "align", "left")
    if len(pad) != 1 or not pad.isascii() or align not in ("left", "right"):
        raise LayoutFault(mark, f"field '{name}': pad is one ASCII character, align is left or right")
    return Place(
        path,
        optional=optional,
        width=_width(text_of(layer, option, "width", ""), name, mark),
        right=align == "right",
        pad=pad,
        at=_at(layer, option, name, mark),
    )


def _group(layer: Layer, name: str, option: Mapping[str, Option], mark: Mark) -> Group:
    known_words(layer, option, ("fields", "count", "times"), f"the group '{name}'")
    count, times = option.get("count"), text_of(layer, option, "times", "")
    if not isinstance(count, Text) and not times:
        hint = "count: a field before it that holds their number; times: 5, where there is always room for five"
        raise LayoutFault(mark, f"how often is '{name}' there?", hint)
    if times and (not re.fullmatch(r"[0-9]{1,4}", times) or int(times) == 0):
        raise LayoutFault(mark, f"times of '{name}' is a number from 1 to 9999")
    places = places_of(layer, option.get("fields"), mark, _fixed_places)
    at = Text(name, mark)
    return Group(path_of(at), places, path_of(count) if isinstance(count, Text) else (), times=int(times or 0))


def _check_groups(layer: Layer, record: Record) -> None:
    """A record with groups is read from its beginning, and has room for no more than a record may be long."""
    groups = [place for place in record.places if isinstance(place, Group)]
    if groups:
        _check_inside(layer, record.places, "a record with groups")
        if _room(record.places) > WIDTH_MAX:
            raise LayoutFault(layer.mark, f"the room of the groups is more than {WIDTH_MAX} bytes")


def _check_inside(layer: Layer, places: tuple[Place | Group, ...], what: str) -> None:
    before: list[tuple[str, ...]] = []
    for place in places:
        if isinstance(place, Place):
            if place.rest or place.optional or place.at is not None:
                raise LayoutFault(layer.mark, f"{what} has fields of known widths only: no '*', no '?', no at")
            before.append(place.path)
            continue
        if place.count and place.count not in before:
            hint = f"fields: {{ n: 2, {place.shown}: {{ count: n, fields: {{..}} }} }}"
            raise LayoutFault(layer.mark, f"count: '{'.'.join(place.count)}' is no field before '{place.shown}'", hint)
        _check_inside(layer, place.places, f"the group '{place.shown}'")


def _room(places: tuple[Place | Group, ...]) -> int:
    """How many bytes are always there."""
    return sum(each.times * _room(each.places) if isinstance(each, Group) else each.width for each in places)


def _width(text: str, name: str, mark: Mark) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= WIDTH_MAX and len(text) < 9):
        raise LayoutFault(mark, f"the width of '{name}' is a number of bytes from 1 to {WIDTH_MAX}, or *")
    return int(text)


def _at(layer: Layer, option: Mapping[str, Option], name: str, mark: Mark) -> int | None:
    text = text_of(layer, option, "at", "")
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise LayoutFault(mark, f"at of '{name}' counts bytes from 0, or from the end with a minus")
    return int(text)


__all__ = ["fixed_form"]
