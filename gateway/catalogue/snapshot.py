"""The catalogue at one moment: frozen and numbered, so that a decision can say which one it was made with."""

from collections.abc import Mapping

from msgspec import Struct

from gateway.catalogue.channels import Channel
from gateway.catalogue.products import Binding, Product


class Snapshot(Struct, frozen=True, kw_only=True):
    """All channels by name and all products by code, as one number of the catalogue had them."""

    number: int
    channels: Mapping[str, Channel]
    products: Mapping[str, Product]

    def bindings_of(self, channel: str) -> Mapping[str, Binding]:
        """What a channel sells: its entry in each product, by product code."""
        return {code: each.bindings[channel] for code, each in self.products.items() if channel in each.bindings}
