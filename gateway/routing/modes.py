"""How channels of different modes share the business: primary before weighted before standby, a canary beside them."""

from collections.abc import Mapping

from gateway.routing.filter import Reasons, Sale
from gateway.routing.types import Ruled

RANKS = ("primary", "weighted", "standby")


def after_modes(ruled: Reasons, sale: Sale) -> dict[str, Ruled | None]:
    """A primary channel takes everything while it stands; a standby nothing while another one does."""
    mode = {line.name: line.binding.mode for line in sale.lines}
    standing = {mode[name] for name, why in ruled.items() if why is None}
    best = next((each for each in RANKS if each in standing), "")
    if not best or standing <= {best, "canary"}:
        return dict(ruled)
    after = Ruled("channel.standby", f"a {best} channel stands")
    return {name: why or (None if mode[name] in (best, "canary") else after) for name, why in ruled.items()}


def with_canaries(scores: Mapping[str, float], sale: Sale) -> dict[str, float]:
    """Scores in which each canary has its share of all, times what its own health left of it (its score so far)."""
    shares = {line.name: line.binding.share for line in sale.lines if line.binding.share and line.name in scores}
    if not shares or len(shares) == len(scores):
        return dict(scores)
    others = sum(score for name, score in scores.items() if name not in shares)
    left = 1.0 - sum(share for share in shares.values() if share)
    return {
        name: score * share / left * others if (share := shares.get(name)) else score for name, score in scores.items()
    }
