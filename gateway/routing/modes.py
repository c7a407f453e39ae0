"""How channels of different modes share the business: primary before weighted before standby, a canary beside them."""

from collections.abc import Container, Mapping

from msgspec.structs import replace

from gateway.catalogue.products import Product
from gateway.routing.filter import Reasons, Sale
from gateway.routing.types import Ruled, Term

RANKS = ("primary", "weighted", "standby")


def share_by_weight(product: Product, channel: str, used: Container[str]) -> float:
    """What a channel has of the business by its weight: among those of its mode that are in use, or a canary's own."""
    binding = product.bindings[channel]
    if channel not in used or binding.share is not None:
        return 0.0 if channel not in used else binding.share or 0.0
    beside = (each.weight for name, each in product.bindings.items() if each.mode == binding.mode and name in used)
    return binding.weight / (sum(beside) or 1)


def after_modes(ruled: Reasons, sale: Sale) -> dict[str, Ruled | None]:
    """A primary channel takes everything while it stands; a standby nothing while another one does."""
    if not sale.ranked:
        return dict(ruled)
    mode = {line.name: line.binding.mode for line in sale.lines}
    standing = {mode[name] for name, why in ruled.items() if why is None}
    best = next((each for each in RANKS if each in standing), "")
    if not best or standing <= {best, "canary"}:
        return dict(ruled)
    after = Ruled("channel.standby", f"a {best} channel stands")
    return {name: why or (None if mode[name] in (best, "canary") else after) for name, why in ruled.items()}


def canary_terms(terms: Mapping[str, list[Term]], scores: Mapping[str, float], sale: Sale) -> dict[str, list[Term]]:
    """The terms of each canary that stands, the first of which now gives it its share of all that others score."""
    shares = {name: share for name, share in sale.canaries.items() if name in scores}
    others = sum(score for name, score in scores.items() if name not in shares)
    if not others:
        return {}
    left = 1.0 - sum(shares.values())
    return {
        name: [replace(terms[name][0], value=share / left * others), *terms[name][1:]] for name, share in shares.items()
    }
