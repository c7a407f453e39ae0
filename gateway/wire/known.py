"""The names of a reply that rows read, and what of a reply none of them names."""

import re
from collections.abc import Mapping
from typing import Any


class Known:
    """The tree of the names rows read: a name leads to the names inside it, or to None where everything is read."""

    __slots__ = ("inside", "names")

    def __init__(self, names: Mapping[str, Any]) -> None:
        """Take the tree as plain dicts, once for all replies."""
        # The text of an element that has attributes stands beside them and is read with it.
        self.names = frozenset((*names, "#text"))
        self.inside = tuple((name, Known(inner)) for name, inner in names.items() if inner is not None)


def unmapped(node: Any, known: Known, most: int) -> tuple[str, ...]:
    """The wire paths of a reply that no row names, at most `most` of them; items of a list share one path."""
    found: dict[str, None] = {}
    _gather(node, known, "", found, most)
    return tuple(found)


def told_unnamed(unnamed: tuple[str, ...]) -> list[str]:
    """`unknown_wire_fields: error`: what a reply holds and no row names leaves its result incomplete."""
    return [f"the carrier sent '{path}', which no row names" for path in unnamed]


def _gather(node: Any, known: Known, way: str, found: dict[str, None], most: int) -> None:
    if node.__class__ is list:
        for item in node:
            if item.__class__ is dict:
                _gather(item, known, way, found, most)
    elif node.__class__ is dict:
        # Almost always all of them are known, and comparing the two sets asks no name twice.
        if not node.keys() <= known.names:
            _note(node, known, way, found, most)
        for name, inside in known.inside:
            inner = node.get(name)
            if inner.__class__ is dict or inner.__class__ is list:
                _gather(inner, inside, f"{way}{name}.", found, most)


def _note(node: dict[str, Any], known: Known, way: str, found: dict[str, None], most: int) -> None:
    for name, inner in node.items():
        if len(found) >= most:
            return
        if name in known.names:
            continue
        told = _told(name, known.names)
        if told is None:
            found[way + name] = None
        elif (inside := dict(known.inside).get(told)) is not None:
            _gather(inner, inside, f"{way}{name}.", found, most)


_NAME_LENGTH_MAX = 200
_DIGITS = re.compile(r"[0-9]{1,5}")


def _told(name: str, names: frozenset[str]) -> str | None:
    """How a row calls a name that is none of its own: with `{n}` for a number in it, or without its prefix."""
    for found in _DIGITS.finditer(name[:_NAME_LENGTH_MAX]):
        for number in ("{n}", "{n0}"):
            if (template := f"{name[: found.start()]}{number}{name[found.end() :]}") in names:
                return template
    bare = name.rpartition(":")[2]
    return bare if bare in names else None
