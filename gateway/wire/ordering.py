"""The elements of a message in the order of the carrier's document, whatever order the mapping names them in."""

from typing import Any

Order = tuple[tuple[str, "Order"], ...]
"""Names in order, each with the order of what stands inside it; empty for what stands right already."""


def in_order(tree: dict[str, Any], order: Order) -> dict[str, Any]:
    """The same message, its elements in order; attributes first, elements the order does not name last."""
    named = {name: _inside(tree[name], inner) for name, inner in order if name in tree}
    attributes = {name: value for name, value in tree.items() if name.startswith("@")}
    others = {name: value for name, value in tree.items() if name not in named and name not in attributes}
    return {**attributes, **named, **others}


def _inside(value: Any, order: Order) -> Any:
    if not order:
        return value
    if isinstance(value, list):
        return [_inside(item, order) for item in value]
    return in_order(value, order) if isinstance(value, dict) else value
