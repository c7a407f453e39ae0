"""A bound on the processor time of a test: a kit is an untrusted file, and its loops are data."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class TookTooLong(Exception):
    """A test that computed for longer than a test may."""


@contextmanager
def cpu_bound(limit_s: float) -> Iterator[None]:
    """Raise TookTooLong inside the block once the process has computed so long; only where the system can tell."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: Any) -> None:
        raise TookTooLong(f"the test computed for more than {limit_s:g} s")

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
