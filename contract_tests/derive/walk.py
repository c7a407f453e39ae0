"""Plain data walked: every place in it, and the place as one of its kind, whatever item of a list it stands in."""

from collections.abc import Iterator
from typing import Any

from contract_tests.derive.edit import Path

ITEMS_MAX = 3


def places(tree: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place below the top with what stands there; of a long list the first items only."""
    if isinstance(tree, dict):
        for name, inner in tree.items():
            yield (*at, str(name)), inner
            yield from places(inner, (*at, str(name)))
    elif isinstance(tree, list | tuple):
        for number, inner in enumerate(tree[:ITEMS_MAX]):
            yield (*at, str(number)), inner
            yield from places(inner, (*at, str(number)))


def listed(tree: Any) -> Any:
    """The same data with every sequence a list."""
    if isinstance(tree, dict):
        return {name: listed(inner) for name, inner in tree.items()}
    return [listed(inner) for inner in tree] if isinstance(tree, list | tuple) else tree


def alike(at: Path) -> Path:
    """The place without the numbers of items."""
    return tuple("#" if name.isdigit() else name for name in at)
