"""A channel's own way to its carrier, where the carrier demands to know who we are."""

from gateway.channel.pipe import ChannelSettings
from gateway.transport import CarrierTransport, client_context
from gateway.wire.contract import Tls


def own_transport(tls: Tls, settings: ChannelSettings) -> CarrierTransport:
    """A transport with the channel's certificate and the authorities it believes. Raises TlsInvalid."""
    cert, key, ca = (_setting(reference, settings) for reference in (tls.cert, tls.key, tls.ca))
    return CarrierTransport(tls=client_context(cert, key, ca, tls.version))


def _setting(reference: str | None, settings: ChannelSettings) -> str | None:
    if reference is None:
        return None
    kind, _, name = reference.partition(".")
    return settings.secrets[name].reveal() if kind == "secret" else str(settings.config[name])
