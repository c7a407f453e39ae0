"""Any strategy with a clock beside it: how long it thinks about a request."""

from time import perf_counter_ns

from contract_tests.traffic.strategies.base import Strategy
from contract_tests.traffic.world import Call


class Timed:
    """The same strategy; nothing it does depends on what is measured here."""

    def __init__(self, strategy: Strategy) -> None:
        """Measure from nought."""
        self._strategy, self._spent_ns, self._picks = strategy, 0, 0
        self.began, self.tick = strategy.began, strategy.tick

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """What the strategy picks, measured."""
        began_ns = perf_counter_ns()
        chosen = self._strategy.pick(replica, product, now_s, tried)
        self._spent_ns += perf_counter_ns() - began_ns
        self._picks += 1
        return chosen

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Tell it how a call ended."""
        self._strategy.ended(replica, product, channel, now_s, serial, call)

    @property
    def decision_us(self) -> float:
        """The mean of one decision, in microseconds of this machine as busy as it was."""
        return self._spent_ns / 1000 / max(1, self._picks)
