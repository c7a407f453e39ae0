"""JSON in which every value stands in an object of its own: `{"value": "x"}`, perhaps in an array of one.

That is how messages look that were XML once: `{"FirstName": [{"value": "Ann"}]}`. A mapping speaks of plain values;
this step, between the message and its JSON, puts each into its leaf and takes it out again. Attributes stay beside.
"""

from typing import Any


def leaves_out(tree: Any, leaf: str, arrays: str = "none") -> Any:
    """The message with every value as a leaf; `arrays`: leaves (each in an array of one), all (objects as well)."""
    return {name: _out(value, name, leaf, arrays) for name, value in tree.items()}


def _out(value: Any, name: str, leaf: str, arrays: str) -> Any:
    if value is None or name[:1] == "@":
        return value
    if isinstance(value, list):
        return [_one(item, leaf, arrays) for item in value]
    made = _one(value, leaf, arrays)
    is_leaf = not isinstance(value, dict) or "#text" in value
    return [made] if arrays == "all" or (arrays == "leaves" and is_leaf) else made


def _one(value: Any, leaf: str, arrays: str) -> Any:
    if not isinstance(value, dict):
        return value if value is None else {leaf: value}
    if "#text" in value:
        return {leaf if name == "#text" else name: inner for name, inner in value.items()}
    return leaves_out(value, leaf, arrays)


def leaves_in(tree: Any, leaf: str) -> Any:
    """The message with plain values: a leaf is its value, an array of one what stands in it."""
    if isinstance(tree, list):
        items = [leaves_in(item, leaf) for item in tree]
        return items[0] if len(items) == 1 else items
    if not isinstance(tree, dict):
        return tree
    if leaf not in tree or any(name != leaf and name[:1] != "@" for name in tree):
        return {name: leaves_in(value, leaf) for name, value in tree.items()}
    if len(tree) == 1:
        return tree[leaf]
    return {"#text" if name == leaf else name: value for name, value in tree.items()}
