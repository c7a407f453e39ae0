"""One run: requests come, a strategy picks, calls end later; a failed first attempt is made once more elsewhere.

In a retry storm clients ask again what failed in the end; that counts as load and towards the end of their first
request, whose own first attempt is what a strategy is judged by.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from contract_tests.traffic.strategies.base import Strategy
from contract_tests.traffic.world import ATTEMPTS, Call, Carriers, Luck, Scenario, retried

Chances = Sequence[tuple[float, Mapping[str, float]]]
"""Of each request as it comes: see `Carriers.all_chances`."""

RETRY_AFTER_S = 1.0
"""After so long a client asks again what failed, without any mercy."""


class First(Struct, frozen=True):
    """What became of a request: its first attempt's channel (None: nobody was asked), and how good the best one was;
    after how long it had its last answer, and from whom.
    """

    at_s: float
    product: int
    channel: str | None
    ok: bool
    final_ok: bool
    attempts: int
    best: float
    had: float
    took_s: float = 0.0
    served: str | None = None


class Run(Struct, frozen=True, kw_only=True):
    """All first attempts of a run, in the order they came, and every attempt by channel and time."""

    firsts: Sequence[First]
    attempts: Sequence[tuple[float, str]]


class _Sim:
    """The events of one run in the order of their times: seconds, calls that end, requests that come."""

    def __init__(self, strategy: Strategy, scenario: Scenario, lucks: Sequence[Luck], chances: Chances | None) -> None:
        self._strategy, self._carriers, self._lucks = strategy, Carriers(scenario), list(lucks)
        self._chances = self._carriers.all_chances(lucks) if chances is None else chances
        self._retries, self._origins, self._asked = scenario.retries, list(range(len(lucks))), Counter[int]()
        self._events: list[tuple[float, int, int, int, str, Call | None]] = []
        self._serial = 0
        self._second = 0
        self._done: dict[int, First] = {}
        self._attempts: list[tuple[float, str]] = []

    def run(self) -> Run:
        count = len(self._lucks)
        for number, given in enumerate(self._lucks[:count]):
            self._until(given.at_s)
            self._ask(number, given.at_s, 0, frozenset())
        self._until(float("inf"))
        return Run(firsts=[self._done[number] for number in range(count)], attempts=self._attempts)

    def _until(self, at_s: float) -> None:
        """Let everything happen that happens before an instant."""
        while self._events and self._events[0][0] <= at_s:
            self._tick(self._events[0][0])
            end_s, serial, number, attempt, channel, call = heapq.heappop(self._events)
            if call is None:
                self._ask(number, end_s, 0, frozenset())
                continue
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
        if attempt == 0 and self._origins[number] == number:
            best, chances = self._chances[number]
            had = chances.get(channel or "", 0.0)
            self._done[number] = First(at_s, given.product, channel, False, False, 0, best, had)
        if channel is None:
            return self._failed(number, at_s)
        self._serial += 1
        self._strategy.began(given.replica, given.product, channel, at_s, self._serial)
        call = self._carriers.call(channel, given, attempt, at_s)
        self._attempts.append((at_s, channel))
        heapq.heappush(self._events, (at_s + call.takes_s, self._serial, number, attempt, channel, call))

    def _answered(self, number: int, attempt: int, channel: str, call: Call, end_s: float) -> None:
        origin = self._origins[number]
        first = self._done[origin]
        ok = call.ok if attempt == 0 and origin == number else first.ok
        told = (first.attempts + 1, first.best, first.had, end_s - first.at_s, channel)
        self._done[origin] = First(first.at_s, first.product, first.channel, ok, call.ok, *told)
        if not call.ok and attempt + 1 < ATTEMPTS:
            self._ask(number, end_s, attempt + 1, frozenset({channel}))
        elif not call.ok:
            self._failed(number, end_s)

    def _failed(self, number: int, at_s: float) -> None:
        """The client was told no: it asks again after a while, so many times."""
        origin = self._origins[number]
        if self._asked[origin] >= self._retries:
            return
        self._asked[origin] += 1
        given = retried(self._lucks[origin], self._asked[origin], at_s + RETRY_AFTER_S)
        self._lucks.append(given)
        self._origins.append(origin)
        self._serial += 1
        heapq.heappush(self._events, (given.at_s, self._serial, len(self._lucks) - 1, 0, "", None))


def run(strategy: Strategy, scenario: Scenario, lucks: Sequence[Luck], chances: Chances | None = None) -> Run:
    """Let a strategy route all requests of a run; who runs several may say what the chances are."""
    return _Sim(strategy, scenario, lucks, chances).run()
