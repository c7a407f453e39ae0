"""The health gate: channels whose breaker is open are left out, unless a read would find hardly anyone to ask."""

from collections.abc import Mapping

from gateway.routing.filter import Reasons, Sale
from gateway.routing.modes import RANKS
from gateway.routing.types import USUAL, Group, Ruled, Standing

PANIC_SHARE = 0.10
"""Below this share of the weight that could be asked a read ignores health: a floor under a wrong diagnosis. At 30 and
50 % a gateway sends traffic back to sick channels when several fail together."""

_OUT: Mapping[str, Ruled] = {
    "open": Ruled("channel.breaker_open", "too many of its last calls failed"),
    "probed": Ruled("channel.probing", "one call is trying it out; others wait for that"),
}


def out_of_health(standing: Standing) -> Ruled | None:
    """Why a channel's health rules it out, or None."""
    return _OUT.get(standing.breaker)


def after_health(
    ruled: Reasons, sale: Sale, standings: Mapping[str, Standing], group: Group
) -> tuple[dict[str, Ruled | None], bool]:
    """The reasons with those of health added, and whether a read panics. A write never does."""
    gated = {name: why or _OUT.get(standings.get(name, USUAL).breaker) for name, why in ruled.items()}
    if group in ("quote", "service") and gated != ruled and _panics(ruled, gated, sale):
        return dict(ruled), True
    return gated, False


def _panics(ruled: Reasons, gated: Reasons, sale: Sale) -> bool:
    """Judged in the rank that would take the business: who stands by and is well is no reason to ask who is not."""
    for rank in RANKS:
        could, can = _weight(ruled, sale, rank), _weight(gated, sale, rank)
        if can > 0:
            return can < PANIC_SHARE * could
    return any(_weight(ruled, sale, rank) > 0 for rank in RANKS)


def _weight(reasons: Reasons, sale: Sale, rank: str) -> float:
    """What the channels of a rank that are not ruled out weigh together."""
    bindings = sale.product.bindings
    return float(sum(bindings[name].weight for name, why in reasons.items() if not why and bindings[name].mode == rank))
