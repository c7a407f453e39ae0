"""Mock carriers: what a carrier says is data in its mock.yaml; this engine says it over real sockets, or misbehaves.

A second opinion by construction: nothing here is shared with the mappings or the gateway.
"""

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
