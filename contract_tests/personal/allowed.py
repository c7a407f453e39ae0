"""What may stand in an example: test keys, and of what looks real nothing that is a key.

Named sets of test keys: `secrets: test-only` is the entry of the carrier in a file of keys.
"""

import re
from functools import lru_cache
from pathlib import Path

from contract_tests.personal.detect import SECRETS, TOKEN
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults

_SHIPPED = Path(__file__).parents[1] / "keys"
_JWS = re.compile(rb"\b(?:jws|jwe|jwt)\b")
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


@lru_cache(maxsize=1)
def shipped_keys() -> frozenset[str]:
    """Every text of the shipped sets of test keys: everybody has them, and they open nothing."""
    entries = (entry for path in sorted(_SHIPPED.glob("*.yaml")) for entry in _read(path).values())
    return frozenset(text for entry in entries for text in entry.values())


def secrets_of(folder: Path) -> frozenset[str]:
    """What an example may not hold that says it is made up; a mapping of signed messages has tokens of its own."""
    signs = any(_JWS.search(path.read_bytes()) for path in folder.glob("*.yaml"))
    return SECRETS - {TOKEN} if signs else SECRETS


def refuse_strange(secrets: MapNode, carrier: str, root: Path, faults: Faults) -> None:
    """A fault for each secret of an example that stands in no file of test keys: it may be a real one."""
    for name, value in secrets:
        if isinstance(value, ScalarNode):
            refuse_strange_text(name.text, value, carrier, root, faults)


def refuse_strange_text(name: str, value: ScalarNode, carrier: str, root: Path, faults: Faults) -> None:
    """A fault for a secret that stands in no file of test keys."""
    if value.text not in _known(carrier, root):
        hint = f"made-up ones stand under {carrier}: in contract_tests/keys/test-only.yaml; say secrets: test-only"
        faults.add(value.mark, f"the secret '{name}' is no test key", hint, code="E705")


def _known(carrier: str, root: Path) -> frozenset[str]:
    """All test keys of a carrier, in all sets."""
    folders = (root / "contract_tests" / "keys", _SHIPPED)
    files = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
    return frozenset(text for path in files for text in _read(path).get(carrier, {}).values())


@lru_cache(maxsize=16)
def _read(path: Path) -> dict[str, dict[str, str]]:
    node = read_file(path)[0] if path.is_file() else None
    entries = node if isinstance(node, MapNode) else ()
    return {
        key.text: {name.text: value.text for name, value in entry if isinstance(value, ScalarNode)}
        for key, entry in entries
        if isinstance(entry, MapNode)
    }
