"""Picking by weight: smooth and without chance, sticky by a key, or at random after a failure.

Smooth weighted round robin: each channel's counter grows by its share, the largest is picked and falls by one. Shares
follow the weights closely, also over few requests. Counters are kept per segment (product), clamped, and never touched
by failover.
"""

import math
from collections.abc import Mapping
from hashlib import blake2b

Counters = Mapping[str, float]
CLAMP = 2.0


def smooth_pick(weights: Mapping[str, float], counters: Counters) -> tuple[str, dict[str, float]]:
    """Pick a channel by weight; gives it and the counters after. `weights` is not empty and has a positive sum."""
    total = sum(weights.values())
    after = dict(counters)
    chosen, most = "", -math.inf
    for name, weight in weights.items():
        value = after.get(name, 0.0) + weight / total
        if not -CLAMP <= value <= CLAMP:
            value = math.copysign(CLAMP, value)
        after[name] = value
        if value > most or (value == most and name > chosen):
            chosen, most = name, value
    after[chosen] = max(-CLAMP, most - 1.0)
    return chosen, after


def random_pick(weights: Mapping[str, float], chance: float) -> str:
    """Pick a channel by weight with one random number in [0, 1): for failover, which leaves the counters alone."""
    left = chance * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    return next(reversed(list(weights)))


def sticky_pick(weights: Mapping[str, float], key: str) -> str:
    """The channel a key belongs to, by weighted rendezvous hashing (`-w / ln u`).

    When a channel leaves, only its own keys move; over many keys the shares are the weights.
    """
    return max(weights, key=lambda name: (-weights[name] / math.log(_unit(key, name)), name))


def _unit(key: str, name: str) -> float:
    """A number in (0, 1) that a key and a channel always give."""
    digest = blake2b(f"{key}|{name}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**64
