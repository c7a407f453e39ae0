"""What all runs of one process share: the catalogue, the mocks' definitions, settings, what carriers promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from contract_tests.checker.history import Terms
from contract_tests.mock import KEYS_FILE, load_definition, read_keys
from contract_tests.mock.definition import Definition
from gateway.catalogue.load import Catalogue
from gateway.channel import ChannelSettings, Registry
from gateway.settings import Settings
from gateway.wire.contract import Secret

CATALOGUE = Path(__file__).with_name("catalogue")
CARRIERS = ("lotus", "aurora", "harbor")
CARRIER_OF = {
    "lotus_main": "lotus",
    "lotus_agency": "lotus",
    "aurora_main": "aurora",
    "aurora_agency": "aurora",
    "harbor_main": "harbor",
    "harbor_agency": "harbor",
}
KEY = "k1:" + "QUFB" * 10 + "QUE="


@dataclass(frozen=True)
class Shared:
    """Read once; nothing of it changes while simulations run."""

    catalogue: Catalogue
    definitions: Mapping[str, Definition]
    keys: Mapping[str, dict[str, Any]]
    settings: Settings
    terms: Mapping[tuple[str, str], Terms]


@lru_cache(maxsize=1)
def shared(root: Path) -> Shared:
    """Read everything; `root` is the folder that holds the shipped mappings."""
    keys = {carrier: read_keys(KEYS_FILE, carrier) for carrier in CARRIERS}
    channels = {channel: _channel(channel, keys[carrier]) for channel, carrier in CARRIER_OF.items()}
    return Shared(
        catalogue=Catalogue(Catalogue.open(CATALOGUE, CARRIERS).snapshot),  # from here on no file has a say
        definitions={carrier: load_definition(root / "mappings" / "carriers" / carrier) for carrier in CARRIERS},
        keys=keys,
        settings=Settings(workspace=root, journal="memory:", key=KEY, channels=channels),
        terms=_terms(),
    )


def _channel(channel: str, keys: Mapping[str, str]) -> ChannelSettings:
    carrier = Registry().adapter(CARRIER_OF[channel]).carrier
    host = f"http://{channel.replace('_', '-')}.test"
    config = {key: host if key.endswith("url") else keys.get(key, "none") for key in carrier.config_keys}
    return ChannelSettings(config=config, secrets={key: Secret(keys.get(key, "none")) for key in carrier.secret_keys})


def _terms() -> dict[tuple[str, str], Terms]:
    registry = Registry()
    found = {}
    for channel, carrier in CARRIER_OF.items():
        adapter = registry.adapter(carrier)
        for name in adapter.carrier.operations:
            operation = adapter.variants(name)[0]
            inquiry = operation.inquiry
            found[channel, name] = Terms(
                safety=operation.safety.value,
                ttl_s=operation.idempotency.ttl_s,
                final_after_s=inquiry.not_found_is_final_after_s if inquiry else None,
            )
    return found
