"""What one input may cost: seconds and megabytes; more is a violation, as is any exception of another kind."""

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from msgspec import Struct

KILOBYTES = 1024


class Violation(AssertionError):
    """An input did what no input may: raised, took too long, grew too large, or was believed."""


class Costs(Struct):
    """The most that any input has cost so far."""

    inputs: int = 0
    slowest_s: float = 0.0
    grown_mb: float = 0.0


@contextmanager
def bounded(costs: Costs, wait_s: float, memory_mb: float) -> Iterator[None]:
    """Run one input; it is interrupted after ten times its seconds on the clock, the process's own being its limit."""
    began, before = time.process_time(), _peak_mb()
    with _alarm(10 * wait_s):
        yield
    spent, grown = time.process_time() - began, _peak_mb() - before
    costs.inputs += 1
    costs.slowest_s, costs.grown_mb = max(costs.slowest_s, spent), max(costs.grown_mb, grown)
    if spent > wait_s:
        raise Violation(f"took {spent:.1f} s, more than {wait_s} s")
    if grown > memory_mb:
        raise Violation(f"took {grown:.0f} MB, more than {memory_mb:.0f} MB")


@contextmanager
def _alarm(after_s: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(_number: int, _frame: FrameType | None) -> None:
        raise Violation(f"was still running after {after_s} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, after_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
