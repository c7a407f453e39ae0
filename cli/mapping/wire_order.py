"""The order of a message's elements: the carrier's document's, where the mapping names them in another one.

XML is read in order by many carriers. With a `wire.schema.yaml` nobody has to bring rows into that order by hand.
"""

from collections.abc import Iterator, Mapping

from cli.mapping.flat import Leaf, Way, flatten, in_wire_order
from cli.mapping.tree import Message, WireMessage
from cli.mapping.wire_fields import WireFields, plain

# Values of these forms are one text or arrays on the wire: what is inside is nobody's field.
_ONE_TEXT = ("json", "pairs", "join", "base64", "raw", "positions", "bare")

Order = tuple[tuple[str, "Order"], ...]
"""The elements of an element in order, each with the order of those inside it; empty where they stand right."""


def document_order(message: Message, shapes: Mapping[str, Message], fields: WireMessage) -> Order:
    """How the elements of a message have to be moved; empty where nothing has to be."""
    known = WireFields.of(fields)
    ways = [plain(leaf.wire_way) for leaf in in_wire_order(tuple(seen(flatten(message, shapes))))]
    moved = set(_moved(ways, known))
    return _order((), known, moved) if moved else ()


def seen(leaves: tuple[Leaf, ...]) -> Iterator[Leaf]:
    """The leaves that stand in fields of the message, not inside a text one of them holds."""
    closed = {leaf.wire_way for leaf in leaves if leaf.codec_of is not None and leaf.codec_of.name in _ONE_TEXT}
    for leaf in leaves:
        inside = any(leaf.wire_way[:depth] in closed for depth in range(1, len(leaf.wire_way)))
        if leaf.wire_way and not inside:
            yield leaf


def _moved(ways: list[Way], known: WireFields) -> Iterator[Way]:
    """The elements in which one stands before another that comes first in the document."""
    last: dict[Way, int] = {}
    for way in ways:
        for depth in range(1, len(way) + 1):
            rank = known.rank(way[:depth])
            if rank is None or way[depth - 1].startswith("@"):
                continue
            if rank < last.get(way[: depth - 1], 0):
                yield way[: depth - 1]
            last[way[: depth - 1]] = max(rank, last.get(way[: depth - 1], 0))


def _order(around: Way, known: WireFields, moved: set[Way]) -> Order:
    if not any(each[: len(around)] == around for each in moved):
        return ()
    inside = [way for way in known.order if way[:-1] == around and not way[-1].startswith("@")]
    return tuple((way[-1], _order(way, known, moved)) for way in inside)


__all__ = ["Order", "document_order", "seen"]
