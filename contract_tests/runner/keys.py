"""Named sets of test keys: `secrets: test-only` is the entry of the carrier in a file of keys."""

import re
from functools import lru_cache
from pathlib import Path

from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.reader import read_file

_SHIPPED = Path(__file__).parents[1] / "keys"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


def key_set(name: str, carrier: str, root: Path) -> dict[str, str] | None:
    """The keys of a carrier in a named set: the workspace's own file first, then the shipped one; None when in none."""
    if not _NAME.fullmatch(name):
        return None
    for folder in (root / "contract_tests" / "keys", _SHIPPED):
        found = _read(folder / f"{name}.yaml").get(carrier)
        if found is not None:
            return dict(found)
    return None


@lru_cache(maxsize=16)
def _read(path: Path) -> dict[str, dict[str, str]]:
    node = read_file(path)[0] if path.is_file() else None
    entries = node if isinstance(node, MapNode) else ()
    return {
        key.text: {name.text: value.text for name, value in entry if isinstance(value, ScalarNode)}
        for key, entry in entries
        if isinstance(entry, MapNode)
    }
