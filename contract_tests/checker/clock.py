"""A clock that gateways share with the harness: the real one, put forward when time must pass that nobody waits for."""

import mmap
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.ports import World

_CELL = struct.Struct("d")


class SharedWorld(World):
    """The real world with the clock of a file: all processes that open it agree."""

    def __init__(self, file: Path, wrong_by_s: float = 0.0) -> None:
        """Open the file that `ClockFile` has made; `wrong_by_s`: how far this machine alone is ahead of the others."""
        self._wrong_by_s = wrong_by_s
        with file.open("r+b") as opened:
            self._cell = mmap.mmap(opened.fileno(), _CELL.size)

    @property
    def ahead_s(self) -> float:
        """How far this clock is ahead of the real one."""
        return float(_CELL.unpack_from(self._cell)[0])

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead_s + self._wrong_by_s)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


class ClockFile:
    """The harness's hand on that clock; it remembers when it was moved."""

    def __init__(self, file: Path) -> None:
        """Make the file: the clock begins with the real time."""
        file.write_bytes(_CELL.pack(0.0))
        self.file = file
        self.moves: list[tuple[float, float]] = [(0.0, 0.0)]
        self._world = SharedWorld(file)

    def forward(self, seconds: float) -> None:
        """Put the clock forward for everybody at once."""
        ahead_s = self.moves[-1][1] + seconds
        self.moves.append((datetime.now(UTC).timestamp(), ahead_s))
        _CELL.pack_into(self._world._cell, 0, ahead_s)  # noqa: SLF001 - the same clock, from its other side


def real_time(at: datetime, moves: Sequence[tuple[float, float]]) -> float:
    """The real time, in seconds since 1970, at which the shared clock showed an instant.

    Gateways that go by a database's clock run late by its answer's way, so one may still show an instant the move has
    jumped over: that was at the move, not the whole jump later.
    """
    shown, next_moved_at = at.timestamp(), float("inf")
    for moved_at, ahead_s in reversed(moves):
        if shown >= moved_at + ahead_s:
            return min(shown - ahead_s, next_moved_at)
        next_moved_at = moved_at
    return shown
