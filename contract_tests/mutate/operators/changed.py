"""What operators do with nodes and with lists."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

N = TypeVar("N")


def with_field(node: N, name: str, value: Any) -> N:
    """The node with another value in one field, named by a text."""
    fields: dict[str, Any] = {name: value}
    return replace(node, **fields)  # type: ignore[type-var]


def without(items: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    """The list without one of its items."""
    return (*items[:at], *items[at + 1 :])


def put(items: tuple[Any, ...], at: int, item: Any) -> tuple[Any, ...]:
    """The list with another item in one place."""
    return (*items[:at], item, *items[at + 1 :])


def swapped(items: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    """The list with an item and the next one in each other's place."""
    return (*items[:at], items[at + 1], items[at], *items[at + 2 :])


def dropped(items: tuple[Any, ...]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Each item with the list without it."""
    for at, item in enumerate(items):
        yield item, without(items, at)
