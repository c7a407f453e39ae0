"""Are two strategies' paired figures different? A bootstrap over seeds that met the same luck."""

import random
from collections.abc import Sequence

from msgspec import Struct

RESAMPLES = 2000
LEVEL = 0.95


class Difference(Struct, frozen=True, kw_only=True):
    """The mean of paired differences and its confidence interval."""

    mean: float
    low: float
    high: float

    @property
    def is_not_worse(self) -> bool:
        """Whether the first is at least as good as the second, within the interval."""
        return self.high >= 0.0


def paired(first: Sequence[float], second: Sequence[float], seed: int = 0) -> Difference:
    """First minus second over the same seeds."""
    differences = [one - other for one, other in zip(first, second, strict=True)]
    chance, count = random.Random(f"bootstrap-{seed}"), len(differences)
    means = sorted(sum(chance.choices(differences, k=count)) / count for _ in range(RESAMPLES))
    tail = (1.0 - LEVEL) / 2
    low, high = means[int(tail * RESAMPLES)], means[int((1.0 - tail) * RESAMPLES) - 1]
    return Difference(mean=sum(differences) / count, low=low, high=high)
