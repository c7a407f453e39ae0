"""A figure: its name, what was measured, and the limit it is held against."""

import statistics
import time
from collections.abc import Callable
from typing import Literal

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One measured number. `limit` is the most (`at_most`) or the least (`at_least`) it should be; none is a report."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    rule: Literal["at_most", "at_least"] = "at_most"
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the limit holds; a figure without one always does."""
        if self.limit is None:
            return True
        return self.value <= self.limit if self.rule == "at_most" else self.value >= self.limit


def microseconds(call: Callable[[], object], *, rounds: int = 9, least_s: float = 0.05) -> float:
    """The median time of one call, over rounds long enough for the clock."""
    count = 1
    while (spent := _spent(call, count)) < least_s:
        count = max(count * 2, int(count * least_s / max(spent, 1e-9)))
    return statistics.median(_spent(call, count) / count for _ in range(rounds)) * 1e6


def paired_ratio(first: Callable[[], object], second: Callable[[], object], *, rounds: int = 15) -> float:
    """The median of first/second, timed in turn, so that a machine whose speed drifts is fair to both."""
    count = max(1, int(0.02 * 1e6 / max(microseconds(second, rounds=3, least_s=0.01), 0.01)))
    ratios = []
    for _ in range(rounds):
        ours = _spent(first, count)
        theirs = _spent(second, count)
        ratios.append(ours / theirs)
    return statistics.median(ratios)


def _spent(call: Callable[[], object], count: int) -> float:
    began = time.perf_counter()
    for _ in range(count):
        call()
    return time.perf_counter() - began
