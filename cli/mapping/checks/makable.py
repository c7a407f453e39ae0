"""Objects that are read and can never be made (W255): no row fills a field they are never without."""

from collections.abc import Iterator

from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.paths import print_segment
from cli.mapping.tree import Case, Message, Path, Segment
from gateway.catalogue.marks import Mark
from gateway.model.reflect import Kind, ListType, NoSuchPath, StructType, resolve

Way = tuple[str, ...]


def check_makable(checking: Checking, message: Message, kind: StructType, what: str, mark: Mark, place: Place) -> None:
    """An object with rows of its own."""
    if place.side != "read" or message.extends is not None:
        return
    told = _first_fields(message)
    if "." not in told:
        _say(checking, kind, told, what, mark)


def check_parts(checking: Checking, message: Message, place: Place) -> None:
    """Objects that rows only reach into, as `documents.0.url` does: what stands beside it is needed, too."""
    if place.side != "read" or message.extends is not None:
        return
    told: dict[Way, set[str]] = {}
    marks: dict[Way, Mark] = {}
    whole: set[Way] = set()
    for path in _filled(message):
        way: Way = ()
        for segment in path.segments:
            if way:
                told.setdefault(way, set()).add(segment.name)
                marks.setdefault(way, path.mark)
            way = (*way, print_segment(segment))
            told.setdefault(way, set()).update(selector.key.split(".")[0] for selector in segment.selectors)
        whole.add(way)
    for way, mark in marks.items():
        kind = None if way in whole else _kind(place.kind, _segments(message, way))
        if isinstance(kind, StructType):
            _say(checking, kind, told[way], ".".join(way), mark)


def _say(checking: Checking, kind: StructType, told: set[str], what: str, mark: Mark) -> None:
    left = [name for name, field in kind.fields.items() if field.required and name not in told]
    if left:
        names = ", ".join(f"'{name}'" for name in left)
        text = f"'{what}' is read and nothing fills {names}: no {kind.name} can be made of it"
        checking.say("W255", mark, text, "map it too, or say it under read: as a constant, '=\"..\"'")


def _segments(message: Message, way: Way) -> tuple[Segment, ...]:
    """The segments of a way that is the beginning of some path."""
    for path in _filled(message):
        if tuple(map(print_segment, path.segments[: len(way)])) == way:
            return path.segments[: len(way)]
    return ()


def _kind(start: Kind, segments: tuple[Segment, ...]) -> Kind | None:
    kind = start
    try:
        for segment in segments:
            kind = resolve(kind, (segment.name,)).type
            if segment.selectors and isinstance(kind, ListType):
                kind = kind.item
    except NoSuchPath:
        return None
    return kind


def _filled(message: Message) -> Iterator[Path]:
    """Every path of its own object a message fills; of a row that is about a part of it, that part."""
    for path in (*(row.canonical for row in message.rows), *(path for path, _ in message.read)):
        if path.segments and not path.anchor:
            yield path
    for case in message.cases:
        yield from _of_case(case)
    for row in message.rows:
        if not row.canonical.segments:
            for case in row.cases:
                yield from _of_case(case)
            if row.body is not None:
                yield from _filled(row.body)


def _of_case(case: Case) -> Iterator[Path]:
    yield from (path for path, _ in case.matches if path.segments and not path.anchor)
    if case.body is not None:
        yield from _filled(case.body)


def _first_fields(message: Message) -> set[str]:
    """The fields of its object a message fills; `.` for rows about the object itself."""
    cases = (*message.cases, *(case for row in message.rows if row.canonical.text == "." for case in row.cases))
    paths = [row.canonical for row in message.rows] + [path for path, _ in message.read]
    found = {path.segments[0].name if path.segments else "." for path in paths if not path.anchor}
    found |= {path.segments[0].name if path.segments else "." for case in cases for path, _ in case.matches}
    for body in (case.body for case in cases):
        found |= _first_fields(body) if body is not None else set()
    for row in message.rows:
        if row.canonical.text == "." and row.body is not None:
            found |= _first_fields(row.body)
    return found - {"."} | ({"."} if any(row.canonical.text == "." and row.shape for row in message.rows) else set())
