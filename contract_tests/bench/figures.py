"""A figure: its name, what was measured, and the limit it is held against."""

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


def microseconds(call: Callable[[], object], *, rounds: int = 15, least_s: float = 0.01) -> float:
    """The least time of one call over rounds long enough for the clock: what else runs can only add to it."""
    count = _count(call, least_s)
    return min(_spent(call, count) for _ in range(rounds)) / count * 1e6


def paired_ratio(first: Callable[[], object], second: Callable[[], object], *, rounds: int = 40) -> float:
    """first/second, each at its least, timed in turn in short rounds: a machine others share is fair to both."""
    count = _count(second, 0.004)
    pairs = [(_spent(first, count), _spent(second, count)) for _ in range(rounds)]
    return min(ours for ours, _ in pairs) / min(theirs for _, theirs in pairs)


def _count(call: Callable[[], object], least_s: float) -> int:
    count = 1
    while (spent := _spent(call, count)) < least_s:
        count = max(count * 2, int(count * least_s / max(spent, 1e-9)))
    return count


def _spent(call: Callable[[], object], count: int) -> float:
    # The thread's own time: whatever else runs on the core does not count.
    began = time.thread_time()
    for _ in range(count):
        call()
    return time.thread_time() - began
