"""Two versions of every adapter, each beside the other as its former one: gateways of both work on one journal.

As in a roll-out: what began at a gateway of one version is taken over by one of the other.
"""

import re
import shutil
from pathlib import Path

from cli.codegen.keep import relocate
from gateway.channel.registry import HASH_CHARACTERS

NAMES = ("now", "next")
_HASH = re.compile(r"(mapping_sha256=['\"])([0-9a-f]+)(['\"])")


def write_versions(root: Path, state: Path) -> tuple[Path, ...]:
    """Write both; each folder is put in front of a gateway's import path."""
    homes = tuple(state / "versions" / name for name in NAMES)
    for adapter in sorted(each.parent for each in (root / "adapters").glob("*/carrier.py")):
        for home in homes:
            shutil.copytree(adapter, home / "adapters" / adapter.name, ignore=shutil.ignore_patterns("__pycache__"))
        (now, later) = (home / "adapters" / adapter.name for home in homes)
        _mark(later / "carrier.py")
        relocate(now, later.parent / "former" / f"{adapter.name}_{_hash(now)}")
        relocate(later, now.parent / "former" / f"{adapter.name}_{_hash(later)}")
    return homes


def _mark(carrier: Path) -> None:
    text = carrier.read_text("utf-8")
    carrier.write_text(_HASH.sub(lambda found: found[1] + found[2][::-1] + found[3], text, count=1), "utf-8")


def _hash(adapter: Path) -> str:
    found = _HASH.search((adapter / "carrier.py").read_text("utf-8"))
    assert found is not None, f"{adapter} names no mapping"
    return found[2][:HASH_CHARACTERS]
