"""The fixed layer: records whose fields have widths, counted in bytes of the wire's charset.

A value that is too long is refused, never cut; when reading, a field that would begin or end inside a character makes
the record unreadable. One field may take what the others leave (`*`), those behind it are then measured from the end.
"""

from msgspec import Struct

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend
from gateway.wire.layers.charset import encoded
from gateway.wire.layers.cut import cut_record
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
    listed,
    nothing_lost,
    paths_of,
    plain,
    split,
    take,
    whole,
)


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
    return record.starts + _fields(tree, record.places, form.charset)


def _fields(tree: Wire, places: tuple[Place | Group, ...], charset: str) -> str:
    counts = {place.count: place for place in places if isinstance(place, Group) and place.count}
    found: list[str] = []
    for place in places:
        if isinstance(place, Group):
            found.append(_group(tree, place, charset))
        elif place.path in counts and got(tree, place.path) is None:
            # A number of items nobody tells is counted.
            items = listed(got(tree, counts[place.path].path), counts[place.path].shown)
            found.append(_filled(str(len(items)), place, charset))
        else:
            found.append(_field(tree, place, charset))
    return "".join(found)


def _group(tree: Wire, group: Group, charset: str) -> str:
    """The items one behind the other, and the room of those that are not there."""
    items = listed(got(tree, group.path), group.shown)
    counted(tree, group, len(items))
    if group.times and len(items) > group.times:
        raise CannotSend(f"{group.shown} has {len(items)} items, its record has room for {group.times}")
    known = frozenset(paths_of(group.places))
    for item in items:
        nothing_lost(item, known)
    rows = [*items, *({} for _ in range(group.times - len(items)))]
    return "".join(_fields(item, group.places, charset) for item in rows)


def _field(tree: Wire, place: Place, charset: str) -> str:
    return _filled(plain(got(tree, place.path), place.shown) if place.path else "", place, charset)


def _filled(text: str, place: Place, charset: str) -> str:
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


__all__ = ["FixedForm", "fixed_in", "fixed_out"]
