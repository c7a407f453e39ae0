"""How long before a maintenance window each channel's writes stop, as a gateway would have it."""

from gateway.catalogue.snapshot import Snapshot
from gateway.channel import AdapterMissing, Registry
from gateway.channel.margins import write_margin_s


def margins_of(snapshot: Snapshot, registry: Registry) -> dict[str, float]:
    """In seconds, of every channel whose adapter is here."""
    found = {}
    for name, channel in snapshot.channels.items():
        try:
            found[name] = write_margin_s(registry.adapter(channel.carrier))
        except AdapterMissing:
            continue
    return found
