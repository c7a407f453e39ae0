"""A message laid flat: one leaf for everything it says of the wire, shapes and blocks opened, in wire order.

For those who look at a mapping as a whole: the wire schema's check, `show`, `diff` and `report`. Paths are joined from
the message's root; `extends` must have been resolved before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cli.mapping.codecs import print_codec
from cli.mapping.paths import print_segment
from cli.mapping.tree import Case, Codec, Expression, Message, Path, Pattern, Row, Send, Text, Value
from gateway.catalogue.marks import Mark

DEPTH_MAX = 16
LEAVES_MAX = 5_000

Kind = Literal["value", "object", "list", "constant", "expression", "place", "blank", "computed", "ignored"]
Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing a message says.

    `canonical` and `wire` are joined paths, empty where there is none. `value` is a constant, an expression (with `=`)
    or a reason; `case` the condition of the case it stands in; `notes` are the other words of its row, `word: text`.
    `codec_of` is the codec as parsed, `row` the row it comes from; `inside` tells that the leaf stands in a list.
    """

    mark: Mark
    kind: Kind
    canonical: str = ""
    wire: str = ""
    codec: str = ""
    value: str = ""
    case: str = ""
    notes: tuple[str, ...] = ()
    lossy: str = ""
    row: Row | None = None
    codec_of: Codec | None = None
    canonical_way: Way = ()
    wire_way: Way = ()

    @property
    def is_written(self) -> bool:
        """Whether the leaf puts a value, not only a place or an object, on the wire."""
        return self.kind in ("value", "constant", "expression", "blank")


def flatten(message: Message, shapes: Mapping[str, Message]) -> tuple[Leaf, ...]:
    """The leaves of a message in wire order, then those that have no place on the wire."""
    walk = _Walk(shapes)
    leaves = tuple(walk.message(message, _Place()))
    on_wire = tuple(leaf for leaf in leaves if leaf.wire_way)
    rest = tuple(leaf for leaf in leaves if not leaf.wire_way)
    return (*in_wire_order(on_wire), *rest)


def in_wire_order(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """Leaves as they stand on the wire: an element where it is named first, with everything inside it."""
    order: dict[Way, int] = {}
    for leaf in leaves:
        for depth in range(1, len(leaf.wire_way) + 1):
            order.setdefault(leaf.wire_way[:depth], len(order))
    return tuple(sorted(leaves, key=lambda leaf: _ranks(leaf.wire_way, order)))


def _ranks(way: Way, order: Mapping[Way, int]) -> tuple[int, ...]:
    return tuple(order[way[:depth]] for depth in range(1, len(way) + 1))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message stands on both sides, and under which cases."""

    canonical: Way = ()
    wire: Way = ()
    case: str = ""
    depth: int = 0

    def on_wire(self, path: Path | None) -> Way:
        return self.wire if path is None else _below(self.wire, path)

    def inside(self, canonical: Way, wire: Way) -> "_Place":
        return replace(self, canonical=canonical, wire=wire, depth=self.depth + 1)

    def when(self, case: str) -> "_Place":
        return replace(self, case="; ".join(part for part in (self.case, case) if part))


class _Walk:
    """One walk over a message, of a bounded number of leaves."""

    def __init__(self, shapes: Mapping[str, Message]) -> None:
        self.shapes, self.left = shapes, LEAVES_MAX

    def message(self, message: Message, place: _Place) -> Iterator[Leaf]:
        if place.depth > DEPTH_MAX or self.left < 0:
            return
        for send in message.send:
            yield from self._counted(_sent(send, place))
        for row in message.rows:
            yield from self.row(row, place)
        for case in message.cases:
            yield from self.case(case, place)
        for path in message.blank:
            yield from self._counted(_leaf(path.mark, "blank", place, wire=place.on_wire(path)))
        for path, expression in message.read:
            canonical = _below(place.canonical, path)
            yield from self._counted(
                _leaf(expression.mark, "computed", place, canonical=canonical, value=f"={expression.source}")
            )
        for path, reason in message.ignore:
            canonical = _below(place.canonical, path)
            yield from self._counted(_leaf(path.mark, "ignored", place, canonical=canonical, value=reason.value))

    def row(self, row: Row, place: _Place) -> Iterator[Leaf]:
        canonical = _below(place.canonical, row.canonical)
        wire = place.on_wire(row.to or row.list_to)
        inner = self._inner(row.shape, row.body)
        if inner is not None or row.list_to is not None:
            kind: Kind = "list" if row.list_to is not None else "object"
            yield from self._counted(_leaf(row.mark, kind, place, canonical=canonical, wire=wire, row=row))
        elif row.to is not None and not row.cases:
            yield from self._counted(_leaf(row.mark, "value", place, canonical=canonical, wire=wire, row=row))
        if inner is not None:
            yield from self.message(inner, place.inside(canonical, wire))
        lossy = "" if row.lossy is None else row.lossy.value
        for case in row.cases:
            for leaf in self.case(case, place.inside(canonical, wire)):
                yield replace(leaf, lossy=leaf.lossy or lossy)

    def case(self, case: Case, place: _Place) -> Iterator[Leaf]:
        here = place.when(_condition(case))
        captures = {pattern.capture: _below(place.canonical, path) for path, pattern in case.matches if pattern.capture}
        for path, pattern in case.wire:
            wire = place.on_wire(path)
            yield from self._counted(_matched(case, path, pattern, here, wire, captures))
        inner = self._inner(case.shape, case.body)
        to = place.on_wire(case.to or case.list_to)
        if case.list_to is not None or (inner is not None and case.to is not None):
            kind: Kind = "list" if case.list_to is not None else "object"
            yield from self._counted(_leaf(case.mark, kind, here, canonical=place.canonical, wire=to))
        elif case.to is not None:
            yield from self._counted(_leaf(case.mark, "value", here, canonical=place.canonical, wire=to))
        if inner is not None:
            yield from self.message(inner, here.inside(place.canonical, to))

    def _inner(self, shape: Text | None, body: Message | None) -> Message | None:
        return body if shape is None else self.shapes.get(shape.value)

    def _counted(self, leaf: Leaf) -> Iterator[Leaf]:
        self.left -= 1
        if self.left >= 0:
            yield leaf


def _sent(send: Send, place: _Place) -> Leaf:
    kind: Kind = "place" if send.value is None else "expression" if isinstance(send.value, Expression) else "constant"
    return _leaf(send.mark, kind, place, wire=place.on_wire(send.to), value=value_text(send.value))


def _matched(case: Case, path: Path, pattern: Pattern, place: _Place, wire: Way, captures: Mapping[str, Way]) -> Leaf:
    lossy = case.lossy.value if case.lossy is not None else ""
    if pattern.capture is None:
        kind: Kind = "constant" if pattern.kind == "texts" else "place"
        return replace(_leaf(path.mark, kind, place, wire=wire, value=pattern_text(pattern)), lossy=lossy)
    leaf = _leaf(path.mark, "value", place, canonical=captures.get(pattern.capture, ()), wire=wire)
    codec = "" if pattern.codec is None else print_codec(pattern.codec)
    return replace(leaf, codec=codec, codec_of=pattern.codec, lossy=lossy)


def _leaf(
    mark: Mark,
    kind: Kind,
    place: _Place,
    *,
    canonical: Way = (),
    wire: Way = (),
    value: str = "",
    row: Row | None = None,
) -> Leaf:
    return Leaf(
        mark=mark,
        kind=kind,
        canonical=joined(canonical),
        wire=joined(wire),
        codec="" if row is None or row.codec is None else print_codec(row.codec),
        value=value,
        case=place.case,
        notes=() if row is None else tuple(_notes(row)),
        lossy="" if row is None or row.lossy is None else row.lossy.value,
        row=row,
        codec_of=None if row is None else row.codec,
        canonical_way=canonical,
        wire_way=wire,
    )


def _notes(row: Row) -> Iterator[str]:
    if row.when is not None:
        yield f"when: {row.when.source}"
    if row.default is not None:
        yield f"default: {value_text(row.default)}"
    words = {"missing": row.missing, "currency": row.currency, "round": row.rounding, "draft": row.draft}
    yield from (f"{word}: {text.value}" for word, text in words.items() if text is not None)
    if row.max_bytes is not None:
        yield f"max_bytes: {row.max_bytes}"


def _condition(case: Case) -> str:
    parts = [f"{path.text} = {pattern_text(pattern)}" for path, pattern in case.matches]
    parts += [] if case.when is None else [case.when.source]
    return ", ".join(parts)


def pattern_text(pattern: Pattern) -> str:
    """A pattern as a mapping writes it."""
    if pattern.kind == "texts":
        return " or ".join(text.value for text in pattern.texts)
    if pattern.kind == "capture":
        codec = "" if pattern.codec is None else f" as {print_codec(pattern.codec)}"
        return f"${pattern.capture}{codec}"
    return "$_" if pattern.kind == "present" else "$-"


def value_text(value: Value | None) -> str:
    """A constant, or `=expression`, as a mapping writes it."""
    if value is None:
        return ""
    return f"={value.source}" if isinstance(value, Expression) else value.value


def _below(base: Way, path: Path) -> Way:
    """The way a path leads from an element, `^` and `/` followed."""
    start = () if path.anchor == "/" else base[: len(base) - len(path.anchor)]
    names = tuple(print_segment(segment) for segment in path.segments)
    return (*start, *names, *(() if path.attribute is None else (f"@{path.attribute}",)))


def joined(way: Way) -> str:
    """A way as a path."""
    return ".".join(way).replace(".@", "@")
