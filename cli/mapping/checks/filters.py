"""Lists that are sent or read in part: W256 for items that no row sends, W257 for elements that no row reads.

Judged for all messages of one side together. `lossy: why` on one of the rows says that it is meant so.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from cli.mapping.checks.conditions import OTHER, Values, left_out
from cli.mapping.checks.surroundings import Checking
from cli.mapping.flat import Leaf, Way, flatten
from cli.mapping.named import names_item
from cli.mapping.tree import Message
from gateway.catalogue.marks import Mark
from gateway.model.reflect import EnumType, Field, Kind, ListType, NoSuchPath, Scalar, ScalarKind, StructType, resolve

SHOWN_MAX = 4
_SELECTOR = re.compile(r"\(([^=()]+)=([^()]*)\)")
_CHOSEN = frozenset({"numbers"})
"""Lists whose items are names of one thing: whoever sends one of them leaves out nothing."""


@dataclass(slots=True)
class _Part:
    """The rows of one list that do not take all of it; `whole` where another one does, or says why not."""

    conditions: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    whole: bool = False


def check_sent_parts(checking: Checking, messages: tuple[Message, ...], kind: StructType, title: str) -> None:
    """W256 for the lists of a request."""
    parts: dict[Way, _Part] = defaultdict(_Part)
    for leaf in _leaves(checking, messages):
        _sent(leaf, parts)
    for way, part in parts.items():
        if part.whole or way[-1] in _CHOSEN or not part.conditions:
            continue
        item = _item(kind, way)
        left = left_out(part.conditions, partial(_known, item)) if item is not None else []
        if left:
            message = f"{title}: items of '{'.'.join(way)}' with {_told(left)} are sent by no row"
            checking.say("W256", part.marks[0], message, "a row for them, or lossy: why they are left out")


def _leaves(checking: Checking, messages: tuple[Message, ...]) -> Iterator[Leaf]:
    for message in messages:
        yield from flatten(message, checking.shapes)


def _sent(leaf: Leaf, parts: dict[Way, _Part]) -> None:
    """What one row says of the lists on its way."""
    names: list[str] = []
    for segment in leaf.canonical_way:
        if segment.isdigit():
            # Another length than the positions written is refused before sending.
            parts[tuple(names)].whole = True
        names.append(segment.partition("(")[0])
        if (tests := _SELECTOR.findall(segment)) and leaf.row is not None:
            part = parts[tuple(names)]
            part.conditions.append(" and ".join(f"item.{key} == {value!r}" for key, value in tests))
            part.marks.append(leaf.mark)
            part.whole = part.whole or bool(leaf.lossy)
    if leaf.kind == "list" and names:
        part, row = parts[tuple(names)], leaf.row
        filters = row is not None and row.when is not None and names_item(row.when)
        part.whole = part.whole or bool(leaf.lossy) or not filters
        if filters and row is not None and row.when is not None:
            part.conditions.append(row.when.source)
            part.marks.append(row.when.mark)


def check_read_parts(checking: Checking, messages: tuple[Message, ...], title: str) -> None:
    """W257 for the lists of a reply."""
    parts: dict[Way, _Part] = defaultdict(_Part)
    for leaf in _leaves(checking, messages):
        if not leaf.wire_way:
            continue
        part = parts[tuple(segment.partition("(")[0] for segment in leaf.wire_way)]
        tests = _SELECTOR.findall(leaf.wire_way[-1])
        if not tests or any(value[:1] in (".", "^", "/") for _, value in tests):
            part.whole = True
        elif leaf.kind == "list":
            part.conditions.append(" and ".join(f"{key} = {value}" for key, value in tests))
            part.marks.append(leaf.mark)
            part.whole = part.whole or bool(leaf.lossy)
    for way, part in parts.items():
        if part.conditions and not part.whole:
            wanted = " or ".join(dict.fromkeys(part.conditions))
            message = f"{title}: elements '{'.'.join(way)}' are read with {wanted} only, all others are passed over"
            checking.say("W257", part.marks[0], message, "a row for them, or lossy: why nobody needs them")


def _item(kind: Kind, way: Way) -> Kind | None:
    """What the items of a list are; None where the way leads to no list."""
    for name in way:
        try:
            kind = resolve(kind, (name,)).type
        except NoSuchPath:
            return None
        kind = kind.item if isinstance(kind, ListType) else kind
    return kind


def _known(item: Kind, path: str) -> tuple[Values, bool]:
    """The values of a field of the item, as far as they can be told."""
    root, *names = path.split(".")
    if root != "item":
        return (), True
    optional, found = False, Field("item", "item", item, required=True)
    for name in names:
        try:
            found = resolve(found.type, (name,))
        except NoSuchPath:
            return (), True
        optional = optional or found.optional
    match found.type:
        case EnumType(values=values):
            return values, optional
        case Scalar(kind=ScalarKind.bool):
            return (True, False), optional
    return (), optional


def _told(left: list[dict[str, object]]) -> str:
    """The first combinations in words."""
    told = list(dict.fromkeys(" and ".join(_one(path, value) for path, value in each.items()) for each in left))
    more = f", .. ({len(told)} in all)" if len(told) > SHOWN_MAX else ""
    return ", or ".join(told[:SHOWN_MAX]) + more


def _one(path: str, value: object) -> str:
    name = path.removeprefix("item.")
    if value is None:
        return f"no {name}"
    if value == OTHER:
        return f"another {name}"
    if value is True or value is False:
        return f"'{name}' {'true' if value else 'false'}"
    return f"{name} = {value}"
