"""A wire schema asked for paths: is there such a field, which one was meant, what stands above it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from cli.mapping.flat import Way
from cli.mapping.paths import print_segment
from cli.mapping.tree import Path, Selector, WireField, WireMessage

_NUMBER = re.compile(r"\{n0?\}")
_PLAIN = re.compile(r"(?<!\\)\(.*\)$")


@dataclass(frozen=True, slots=True)
class WireFields:
    """One message of a wire schema by its plain ways (names without selectors and positions)."""

    fields: Mapping[Way, WireField]
    order: Mapping[Way, int] = field(default_factory=dict)
    parents: frozenset[Way] = frozenset()

    @classmethod
    def of(cls, message: WireMessage) -> "WireFields":
        """The fields of a message, and every element on the way to them, in the document's order."""
        found = {way_of(each.path): each for each in message}
        order: dict[Way, int] = {}
        for way in found:
            for depth in range(1, len(way) + 1):
                order.setdefault(way[:depth], len(order))
        return cls(found, order, frozenset(way[:depth] for way in found for depth in range(1, len(way))))

    def has(self, way: Way) -> bool:
        """Whether a field or an element stands there, or anything may."""
        return way in self.order or self.opaque(way) or any(self._numbered(way))

    def get(self, way: Way) -> WireField | None:
        """What the document says of a field; None for an element it only passes through."""
        return self.fields.get(way) or next(self._numbered(way), None)

    def rank(self, way: Way) -> int | None:
        """The place of a field or element in the document; of numbered ones, that of the first."""
        if way in self.order:
            return self.order[way]
        found = next(self._numbered(way), None)
        return None if found is None else self.order[way_of(found.path)]

    def opaque(self, way: Way) -> bool:
        """Whether the document does not say what stands inside something above."""
        return any(self._is_open(way[:depth]) for depth in range(1, len(way)))

    def _is_open(self, way: Way) -> bool:
        found = self.fields.get(way)
        return found is not None and found.type in ("any", "object", "list") and way not in self.parents

    def _numbered(self, way: Way) -> Iterator[WireField]:
        """The fields `Bnf1Name`, `Bnf2Name` a name with `{n}` stands for."""
        if not any(_NUMBER.search(name) for name in way):
            return
        patterns = [re.compile("[0-9]+".join(map(re.escape, _NUMBER.split(name)))) for name in way]
        for each, found in self.fields.items():
            if len(each) == len(way) and all(map(re.Pattern.fullmatch, patterns, each)):
                yield found

    def meant(self, way: Way) -> str | None:
        """`did you mean`: the nearest name in the element around, else the same name elsewhere."""
        deepest = next((depth for depth in range(len(way) - 1, 0, -1) if way[:depth] in self.order), 0)
        around, wrong = way[:deepest], way[deepest]
        names = sorted({each[deepest] for each in self.order if len(each) > deepest and each[:deepest] == around})
        near = get_close_matches(wrong, names, n=1, cutoff=0.6)
        if near:
            return f"did you mean '{text_of((*around, near[0], *way[deepest + 1 :]))}'?"
        elsewhere = sorted(text_of(each) for each in self.fields if each[-1] == way[-1])
        if elsewhere:
            return f"did you mean '{elsewhere[0]}'?"
        return f"there stand {', '.join(names[:8])}" if names else None


def way_of(path: Path) -> Way:
    """The plain way of a schema's own path."""
    names = tuple(print_segment(segment) for segment in path.segments)
    return (*names, *(() if path.attribute is None else (f"@{path.attribute}",)))


def plain(way: Way) -> Way:
    """A row's way without selectors and positions: as a schema writes it."""
    return tuple(name for name in (_PLAIN.sub("", name) for name in way) if not name.isdigit() and name != "^")


def selected_ways(way: Way) -> Iterator[Way]:
    """The ways of the fields that selectors compare, each beside the element it selects."""
    for depth, name in enumerate(way, 1):
        for selector in selectors_of(name):
            key = selector.key
            yield plain((*way[:depth], *key.replace("@", ".@").strip(".").split(".")))


def selectors_of(name: str) -> Iterator[Selector]:
    """The selectors of one printed segment."""
    for found in re.finditer(r"(?<!\\)\(([^=()]+)=([^)]*)\)", name):
        yield Selector(found[1], found[2])


def text_of(way: Way) -> str:
    """A way as a path."""
    return ".".join(way).replace(".@", "@")
