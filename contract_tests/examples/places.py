"""From a JSON path to the line of the example it stands on, or to a value."""

import re
from typing import Any

from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node

_SEGMENT = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def segments(path: str) -> list[str]:
    """`$.a[0].b` as `["a", "0", "b"]`."""
    return [name or index for name, index in _SEGMENT.findall(path.removeprefix("$"))]


def place_in(node: Node, path: str) -> Mark | None:
    """The place of a path below a node: as deep as what is written there goes."""
    found: Mark | None = node.mark
    current: Node | None = node
    for segment in segments(path):
        match current:
            case MapNode():
                if segment not in current:
                    return found
                found, current = current.mark_of(segment), current.get(segment)
            case ListNode():
                at = int(segment) if segment.isdigit() else 0
                if at >= len(current):
                    return found
                current = current.items[at]
                found = current.mark
            case _:
                return found
    return found


def value_at(tree: Any, path: str) -> Any:
    """The value of plain data at a path, `a.0.b`; None where there is none."""
    for segment in segments(path):
        if isinstance(tree, dict):
            tree = tree.get(segment)
        elif isinstance(tree, list | tuple) and segment.isdigit() and int(segment) < len(tree):
            tree = tree[int(segment)]
        else:
            return None
    return tree
