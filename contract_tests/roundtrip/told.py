"""What a message tells of an object and must tell again: the values its rows carry, read beside those that were sent.

Rows and cases marked lossy, rows under a condition, rounded amounts and values for which a table has `send_other` need
not come back. Everything else does, so that whatever is lost on the way has to be declared.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from cli.mapping.tree import Case, Codec, CodeTable, Message, Path, Pattern, Row, Segment
from contract_tests.roundtrip.compiled import kind_of
from gateway.catalogue.marks import Mark

ONE = ("one", "first")


class Told(NamedTuple):
    """A value that was sent and what was read of it, with its canonical path and the row that carries it.

    `is_part`: other fields of the message tell the rest of it, an hour beside the day.
    """

    path: tuple[str, ...]
    sent: Any
    read: Any
    mark: Mark
    is_part: bool = False

    @property
    def is_same(self) -> bool:
        """Whether it came back as it was; of a part of an instant its day."""
        if type(self.sent) is not type(self.read):
            return False
        if self.is_part and isinstance(self.sent, datetime):
            return bool(self.sent.date() == self.read.astimezone(self.sent.tzinfo).date())
        return bool(self.sent == self.read)


def told(
    message: Message, shapes: Mapping[str, Message], tables: Mapping[str, CodeTable], sent: Any, read: Any
) -> Iterator[Told]:
    """Every value of an object that must come back."""
    yield from _Walk(shapes, tables).message(message, sent, read, ())


class _Walk:
    """A message's rows beside the two objects."""

    def __init__(self, shapes: Mapping[str, Message], tables: Mapping[str, CodeTable]) -> None:
        self.shapes, self.tables = shapes, tables

    def message(self, message: Message, sent: Any, read: Any, way: tuple[str, ...]) -> Iterator[Told]:
        written = Counter(row.canonical.text for row in message.rows)
        for row in message.rows:
            if row.lossy is None and row.when is None:
                yield from self._row(row, sent, read, way, is_part=written[row.canonical.text] > 1)
        for case in _held(message.cases, sent):
            yield from self._case(case, sent, read, way)

    def _row(self, row: Row, sent: Any, read: Any, way: tuple[str, ...], *, is_part: bool) -> Iterator[Told]:
        if row.canonical.anchor:
            return
        mine, theirs = at(sent, row.canonical), at(read, row.canonical)
        way = (*way, *_names(row.canonical))
        inner = self.shapes.get(row.shape.value) if row.shape is not None else row.body
        if row.cases:
            for case in _held(row.cases, mine):
                yield from self._case(case, mine, theirs, way, row.mark)
        elif mine is None or mine == ():
            return
        elif row.list_to is not None:
            yield from self._list(row, inner, mine, theirs, way)
        elif inner is not None:
            yield from self.message(inner, mine, theirs, way)
        elif row.codec is not None and row.codec.name == "present":
            yield Told(way, True, theirs is not None, row.mark)
        elif row.rounding is None and self._is_listed(row.codec, mine):
            yield Told(way, _as_sent(row.codec, mine), theirs, row.mark, is_part)

    def _is_listed(self, codec: Codec | None, value: Any) -> bool:
        """Whether the row's code table has a code of the value's own, or says nothing of others."""
        if codec is None or codec.name != "enum":
            return True
        table = self.tables.get(str(codec.arguments[0]))
        chosen = [self.tables.get(one.value) for _, one in table.tables] if table is not None else []
        asked = [each for each in (table, *chosen) if each is not None and each.by is None]
        return all(_has(each, value) or each.send_other is None for each in asked)

    def _list(self, row: Row, inner: Message | None, mine: Any, theirs: Any, way: tuple[str, ...]) -> Iterator[Told]:
        if row.codec is not None and row.codec.name in ONE:
            mine = mine[:1]
        yield Told((*way, "length"), len(mine), len(theirs or ()), row.mark)
        for number, (one, other) in enumerate(zip(mine, theirs or (), strict=False)):
            if inner is not None:
                yield from self.message(inner, one, other, (*way, str(number)))
            else:
                yield Told((*way, str(number)), one, other, row.mark)

    def _case(
        self, case: Case, sent: Any, read: Any, way: tuple[str, ...], mark: Mark | None = None
    ) -> Iterator[Told]:  # fmt: skip
        written = Counter(pattern.capture for _, pattern in case.wire)
        more = case.body is not None and bool(case.body.send)
        for path, pattern in case.matches:
            mine = at(sent, path)
            if pattern.kind in ("texts", "capture") and mine is not None:
                is_part = more or written[pattern.capture] > 1
                yield Told((*way, *_names(path)), mine, at(read, path), mark or case.mark, is_part)
        inner = self.shapes.get(case.shape.value) if case.shape is not None else case.body
        if inner is not None and case.list_to is None:
            yield from self.message(inner, sent, read, way)


def _as_sent(codec: Codec | None, value: Any) -> Any:
    """The value in the letters that its row asks for: capitals of a number say nothing that small ones do not."""
    if not isinstance(value, str) or codec is None or codec.name not in _LETTERS:
        return value
    return value.upper() if codec.name == "upper" else value.lower()


_LETTERS = ("upper", "lower")


def _has(table: CodeTable, value: Any) -> bool:
    return _text(value) in {canonical.value for canonical, _ in table.pairs}


def _held(cases: tuple[Case, ...], sent: Any) -> Iterator[Case]:
    """The case that was taken, where it can be told and says that it loses nothing."""
    fitting = [case for case in cases if all(_fits(at(sent, path), pattern) for path, pattern in case.matches)]
    # Of several that fit, the first is taken unless its condition did not hold.
    if fitting and (fitting[0].when is None or len(fitting) == 1) and fitting[0].lossy is None:
        yield fitting[0]


def _fits(value: Any, pattern: Pattern) -> bool:
    is_there = value is not None and value != ()
    if pattern.kind == "texts":
        return is_there and _text(value) in {text.value for text in pattern.texts}
    return not is_there if pattern.kind == "absent" else is_there


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value) if isinstance(value, Enum) else str(value)


def _names(path: Path) -> tuple[str, ...]:
    return tuple(segment.name for segment in path.segments)


# --- values by canonical path -----------------------------------------------------------------------------------------


def at(holder: Any, path: Path) -> Any:
    """The value a canonical path leads to, or None."""
    for segment in path.segments:
        holder = _step(holder, segment)
        if holder is None:
            return None
    return holder


def _step(holder: Any, segment: Segment) -> Any:
    if isinstance(holder, tuple | list):
        number = int(segment.name) if segment.name.isdigit() else len(holder)
        found = holder[number] if number < len(holder) else None
    elif isinstance(holder, Mapping):
        found = holder.get(segment.name)
    else:
        found = getattr(holder, _attribute(holder, segment.name), None)
    for selector in segment.selectors:
        found = next(
            (each for each in found or () if _text(_step(each, Segment(selector.key))) == selector.value), None
        )
    return found


def _attribute(holder: Any, name: str) -> str:
    """How Python calls a field of the model."""
    kind = kind_of(holder)
    if not issubclass(kind, msgspec.Struct):
        return name
    names = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
    return names.get(name, name)
