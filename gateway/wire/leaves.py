"""Single values of a message, reached by path and changed in place: fields that are encrypted, or are JSON texts."""

from collections.abc import Iterator
from typing import Any

from gateway.wire.errors import CannotSend
from gateway.wire.layers.json import json_out
from gateway.wire.limits import SEALED_FIELDS_CHARACTERS_MAX
from gateway.wire.objects import json_text_in
from gateway.wire.trees import text_of


class Leaf:
    """One value that is there: its text, and a way to put another in its place."""

    __slots__ = ("_holder", "_key", "text")

    def __init__(self, holder: Any, key: Any, text: str) -> None:
        """Take the object or list the value stands in, and its place there."""
        self._holder, self._key, self.text = holder, key, text

    def put(self, text: str) -> None:
        """Another text in the value's place."""
        self._holder[self._key] = text


def leaves(tree: Any, *paths: tuple[str, ...]) -> Iterator[Leaf]:
    """Every value at these paths that is there and not empty; a list on the way stands for each of its items.

    Raises `CannotSend` when they are more than a message's encrypted fields may be.
    """
    characters = 0
    for path in paths:
        for leaf in _below(tree, path):
            characters += len(leaf.text)
            if characters > SEALED_FIELDS_CHARACTERS_MAX:
                raise CannotSend(f"the encrypted fields are longer than {SEALED_FIELDS_CHARACTERS_MAX} characters")
            yield leaf


def _below(tree: Any, path: tuple[str, ...]) -> Iterator[Leaf]:
    if isinstance(tree, list):
        for item in tree:
            yield from _below(item, path)
    elif isinstance(tree, dict) and path[0] in tree:
        if len(path) > 1:
            yield from _below(tree[path[0]], path[1:])
        else:
            yield from _at(tree, path[0])


def _at(holder: Any, key: Any) -> Iterator[Leaf]:
    value = holder[key]
    if isinstance(value, list):
        for index in range(len(value)):
            yield from _at(value, index)
    elif isinstance(value, dict):
        raise CannotSend(f"'{key}' is an object: name the values in it")
    elif value is not None and value != "":
        yield Leaf(holder, key, text_of(value) or "")


def texts_out(
    tree: Any, *paths: tuple[str, ...], escaped: bool = False, separators: str = "compact", keys_sorted: bool = False
) -> None:
    """Every value at these paths that is there becomes a JSON text, one path after the other; twice named, twice."""
    for path in paths:
        for holder in _holders(tree, path):
            text = json_out(holder[path[-1]], escaped=escaped, separators=separators, keys_sorted=keys_sorted)
            holder[path[-1]] = text.decode()


def texts_in(tree: Any, *paths: tuple[str, ...]) -> None:
    """Every JSON text at these paths becomes what it says; an empty one stays. Raises `Unreadable` for other values."""
    for path in paths:
        for holder in _holders(tree, path):
            if holder[path[-1]] != "":
                holder[path[-1]] = json_text_in(holder[path[-1]])


def _holders(tree: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The objects that hold a value under the last name of a path."""
    if isinstance(tree, list):
        for item in tree:
            yield from _holders(item, path)
    elif isinstance(tree, dict) and tree.get(path[0]) is not None:
        if len(path) > 1:
            yield from _holders(tree[path[0]], path[1:])
        else:
            yield tree
