"""Smooth weighted round robin: shares follow the weights closely, also over few requests.

Each channel's counter grows by its share, the largest is picked and falls by one. Counters are kept per segment
(product), clamped, and never touched by failover.
"""

from collections.abc import Mapping

Counters = Mapping[str, float]
CLAMP = 2.0


def smooth_pick(weights: Mapping[str, float], counters: Counters) -> tuple[str, dict[str, float]]:
    """Pick a channel by weight; gives it and the counters after. `weights` is not empty and has a positive sum."""
    total = sum(weights.values())
    grown = {name: counters.get(name, 0.0) + weight / total for name, weight in weights.items()}
    chosen = max(grown, key=lambda name: (grown[name], name))
    grown[chosen] -= 1.0
    after = {name: max(-CLAMP, min(CLAMP, value)) for name, value in grown.items()}
    return chosen, {**counters, **after}


def random_pick(weights: Mapping[str, float], chance: float) -> str:
    """Pick a channel by weight with one random number in [0, 1): for failover, which leaves the counters alone."""
    left = chance * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    return next(reversed(list(weights)))
