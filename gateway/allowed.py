"""What an operator's settings allow that the catalogue is read by.

It is read apart from them: a catalogue is checked where other settings are wrong or not written yet, and a command that
checks would else wait for the imports of all that can be set.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.rate_check import COMMISSION_SETTING
from gateway.catalogue.reader import read_file

FILE = "insurehub.yaml"
PREFIX = "INSUREHUB_"
COMMISSION = ("off", "allowed")
"""Whether products may choose channels by what is earned; the first where nothing is said."""


def by_commission(workspace: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether products may choose by commission here, whatever else is wrong with the settings."""
    said = environ.get(f"{PREFIX}{COMMISSION_SETTING.upper()}") or _in_file(workspace, environ)
    return said == COMMISSION[1]


def _in_file(workspace: Path, environ: Mapping[str, str]) -> str:
    root, _ = read_file(Path(environ.get("INSUREHUB_SETTINGS") or workspace / FILE))
    node = root.get(COMMISSION_SETTING) if isinstance(root, MapNode) else None
    return node.text if isinstance(node, ScalarNode) else ""
