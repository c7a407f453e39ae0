"""Mock carriers: what a carrier says is data in its mock.yaml; this engine says it over real sockets, or misbehaves.

A second opinion by construction: nothing here is shared with the mappings or the gateway.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contract_tests.language.places import FaultyFile as MockFileError
    from contract_tests.mock.carrier import KEYS_FILE, MockCarrier, Settings, read_keys, running
    from contract_tests.mock.faults import FAULTS, BadPlan
    from contract_tests.mock.ledger import read_ledger
    from contract_tests.mock.loading import load_definition, load_text

__all__ = [
    "FAULTS",
    "KEYS_FILE",
    "BadPlan",
    "MockCarrier",
    "MockFileError",
    "Settings",
    "load_definition",
    "load_text",
    "read_keys",
    "read_ledger",
    "running",
]

_HOMES = {
    "carrier": ("KEYS_FILE", "MockCarrier", "Settings", "read_keys", "running"),
    "faults": ("FAULTS", "BadPlan"),
    "ledger": ("read_ledger",),
    "loading": ("load_definition", "load_text"),
}


def __getattr__(name: str) -> Any:
    """A name is fetched when it is asked for: `insurehub check` reads mock files, and needs no sockets for it."""
    if name == "MockFileError":
        return import_module("contract_tests.language.places").FaultyFile
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
