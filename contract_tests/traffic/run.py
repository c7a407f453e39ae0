"""One run: requests come, a strategy picks, calls end later; a failed first attempt is made once more elsewhere."""

import heapq
from collections.abc import Sequence

from msgspec import Struct

from contract_tests.traffic.strategies.base import Strategy
from contract_tests.traffic.world import ATTEMPTS, Call, Carriers, Luck, Scenario


class First(Struct, frozen=True):
    """What became of a request: its first attempt's channel (None: nobody was asked), and how good the best one was."""

    at_s: float
    product: int
    channel: str | None
    ok: bool
    final_ok: bool
    attempts: int
    best: float
    had: float


class Run(Struct, frozen=True, kw_only=True):
    """All first attempts of a run, in the order they came, and every attempt by channel and time."""

    firsts: Sequence[First]
    attempts: Sequence[tuple[float, str]]


class _Sim:
    """The events of one run in the order of their times: seconds, calls that end, requests that come."""

    def __init__(self, strategy: Strategy, scenario: Scenario, lucks: Sequence[Luck]) -> None:
        self._strategy, self._carriers, self._lucks = strategy, Carriers(scenario), lucks
        self._ends: list[tuple[float, int, int, int, str, Call]] = []
        self._serial = 0
        self._second = 0
        self._done: dict[int, First] = {}
        self._attempts: list[tuple[float, str]] = []

    def run(self) -> Run:
        for number, given in enumerate(self._lucks):
            self._until(given.at_s)
            self._ask(number, given.at_s, 0, frozenset())
        self._until(float("inf"))
        return Run(firsts=[self._done[number] for number in range(len(self._lucks))], attempts=self._attempts)

    def _until(self, at_s: float) -> None:
        """Let everything happen that happens before an instant."""
        while self._ends and self._ends[0][0] <= at_s:
            self._tick(self._ends[0][0])
            end_s, serial, number, attempt, channel, call = heapq.heappop(self._ends)
            given = self._lucks[number]
            self._strategy.ended(given.replica, given.product, channel, end_s, serial, call)
            self._answered(number, attempt, channel, call, end_s)
        if at_s != float("inf"):
            self._tick(at_s)

    def _tick(self, at_s: float) -> None:
        while self._second + 1 <= at_s:
            self._second += 1
            self._strategy.tick(float(self._second))

    def _ask(self, number: int, at_s: float, attempt: int, tried: frozenset[str]) -> None:
        given = self._lucks[number]
        channel = self._strategy.pick(given.replica, given.product, at_s, tried)
        if attempt == 0:
            chances = self._carriers.chances(given.product, at_s)
            best, had = max(chances.values()), chances.get(channel or "", 0.0)
            self._done[number] = First(at_s, given.product, channel, False, False, 0, best, had)
        if channel is None:
            return
        self._serial += 1
        self._strategy.began(given.replica, given.product, channel, at_s, self._serial)
        call = self._carriers.call(channel, given, attempt, at_s)
        self._attempts.append((at_s, channel))
        heapq.heappush(self._ends, (at_s + call.takes_s, self._serial, number, attempt, channel, call))

    def _answered(self, number: int, attempt: int, channel: str, call: Call, end_s: float) -> None:
        first = self._done[number]
        ok = call.ok if attempt == 0 else first.ok
        self._done[number] = First(
            first.at_s, first.product, first.channel, ok, call.ok, attempt + 1, first.best, first.had
        )
        if not call.ok and attempt + 1 < ATTEMPTS:
            self._ask(number, end_s, attempt + 1, frozenset({channel}))


def run(strategy: Strategy, scenario: Scenario, lucks: Sequence[Luck]) -> Run:
    """Let a strategy route all requests of a run."""
    return _Sim(strategy, scenario, lucks).run()
