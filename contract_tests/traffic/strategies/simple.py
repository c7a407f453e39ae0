"""The two ends of the scale: weights and nothing else, and one who knows how well every channel is."""

from collections.abc import Callable, Mapping

from contract_tests.traffic.strategies.base import Plain
from contract_tests.traffic.world import Call


class Static(Plain):
    """Weighted random; never learns."""

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """By weight."""
        return self.weighted({name: weight for name, weight in self.weights.items() if name not in tried})

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Look at nothing."""


class Oracle(Static):
    """Knows every channel's probability of success now, and keeps to weights among those that are well."""

    def __init__(self, weights: Mapping[str, float], seed: int, knows: Callable[[str, int, float], float]) -> None:
        """Take what tells the probability of success of a channel, for a product, at an instant."""
        super().__init__(weights, seed)
        self._knows = knows

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """By weight among the channels within a point of the best."""
        known = {name: self._knows(name, product, now_s) for name in self.weights if name not in tried}
        best = max(known.values())
        return self.weighted({name: self.weights[name] for name, chance in known.items() if chance >= best - 0.01})
