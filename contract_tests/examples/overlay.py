"""`from:` and `defaults:`: an example laid over another, by JSON Merge Patch (RFC 7386) on nodes that keep their place.

A body, an expectation, a fault and a provenance are one statement each: they are replaced whole, never mixed.
"""

from collections.abc import Mapping

from gateway.catalogue.nodes import MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults, did_you_mean

OVERLAYS_MAX = 10
_WHOLE = frozenset({"expect", "fault", "provenance"})
_OWN = frozenset({"id", "from", "variety", "draft", "live", "match"})
_DATA = frozenset({"canonical", "config", "binding", "refs", "given"})


def laid_over(base: Node | None, over: Node, path: tuple[str, ...] = ()) -> Node:
    """`over` merged onto `base`; a null removes what stands below it."""
    if not isinstance(over, MapNode) or (path and _is_whole(path)):
        return over
    kept = {key.text: (key, node) for key, node in base} if isinstance(base, MapNode) else {}
    for key, node in over:
        if isinstance(node, ScalarNode) and node.is_null:
            kept.pop(key.text, None)
        else:
            below = kept[key.text][1] if key.text in kept else None
            kept[key.text] = (key, laid_over(below, node, (*path, key.text)))
    return MapNode(tuple(kept.values()), over.mark)


def _is_whole(path: tuple[str, ...]) -> bool:
    if len(path) == 1:
        return path[0] in _WHOLE
    return path[-1] == "body" and path[0] not in _DATA


def without_own(node: MapNode) -> MapNode:
    """An example without the words that are its own: its name, what it is laid over, what it shows or may do."""
    return MapNode(tuple((key, value) for key, value in node if key.text not in _OWN), node.mark)


def resolved(
    node: MapNode, named: Mapping[str, MapNode], defaults: MapNode | None, faults: Faults, depth: int = 0
) -> MapNode:
    """The example with everything below it: the file's defaults, then the examples it comes from, then itself."""
    base: Node | None = defaults
    source = node.get("from")
    if source is not None:
        found = named.get(source.text) if isinstance(source, ScalarNode) else None
        if found is None or found is node:
            asked = source.text if isinstance(source, ScalarNode) else ""
            faults.add(source.mark, f"no example '{asked}' in this file", did_you_mean(asked, named), code="E703")
        elif depth >= OVERLAYS_MAX:
            faults.add(source.mark, f"more than {OVERLAYS_MAX} examples laid over each other, or a circle", code="E703")
        else:
            base = resolved(found, named, defaults, faults, depth + 1)
    merged = laid_over(base, without_own(node))
    return merged if isinstance(merged, MapNode) else node
