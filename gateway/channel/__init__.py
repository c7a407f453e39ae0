"""One resilient pipe per carrier channel: layers around one call, and the adapters found by name."""

from gateway.channel.call import Answer, Call, Exchange, Layer
from gateway.channel.pipe import Channel, ChannelSettings, TokenUnavailable
from gateway.channel.registry import Adapter, AdapterMissing, Registry

__all__ = [
    "Adapter",
    "AdapterMissing",
    "Answer",
    "Call",
    "Channel",
    "ChannelSettings",
    "Exchange",
    "Layer",
    "Registry",
    "TokenUnavailable",
]
