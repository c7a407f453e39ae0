"""Sub-trees that are canonical Structs written as YAML: converted by the model, faults brought back to their place."""

import re
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node
from gateway.catalogue.values import Faults, did_you_mean, plain_data
from gateway.model.base import Model

Canonical = TypeVar("Canonical", bound=Model)

_SEGMENT = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")


def converted(node: Node, cls: type[Canonical], faults: Faults, what: str) -> Canonical | None:
    """The Struct a sub-tree spells; the first thing wrong with it is a fault at its place."""
    data = _exact(plain_data(node, faults))
    try:
        return msgspec.convert(data, cls)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        keys = tuple(name or int(at) for name, at in _SEGMENT.findall(path))
        unknown = re.search(r"unknown field `(\w+)`", message)
        hint = did_you_mean(unknown[1], cls.__struct_encode_fields__) if unknown and not keys else None
        faults.add(place_in(node, keys, unknown[1] if unknown else None), f"{what}: {message}", hint)
        return None


def place_in(node: Node, path: tuple[str | int, ...], key: str | None = None) -> Mark:
    """The place of what a path of keys and positions leads to, or of a key in it; of the last part that is there."""
    mark = node.mark
    for step in path:
        match node, step:
            case MapNode(), str() if (inner := node.get(step)) is not None:
                node = inner
            case ListNode(), int() if step < len(node):
                node = node.items[step]
            case _:
                return mark
        mark = node.mark
    return node.mark_of(key) if key and isinstance(node, MapNode) else mark


def _exact(data: Any) -> Any:
    """Numbers with a point as decimals, by way of the text they are written with."""
    if isinstance(data, dict):
        return {key: _exact(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_exact(value) for value in data]
    return Decimal(repr(data)) if isinstance(data, float) else data
