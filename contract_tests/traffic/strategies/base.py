"""What a strategy is: it picks a channel for one request on one replica, and is told how each call ended."""

from collections.abc import Mapping
from random import Random
from typing import Protocol

from contract_tests.traffic.world import Call

GROUPS = 2
"""Products that are sold; a strategy may keep them apart."""


class Strategy(Protocol):
    """One way of choosing, over all replicas of a run."""

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """The channel for a request, or None when no channel should be asked; `tried` are those it was tried at."""

    def began(self, replica: int, product: int, channel: str, now_s: float, serial: int) -> None:
        """A call has left."""

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """A call has ended; a carrier's no counts as good."""

    def tick(self, now_s: float) -> None:
        """A second has passed."""


class Plain:
    """What a strategy need not do."""

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Take the contract weights; chance is the strategy's own, so that it does not disturb the world's."""
        self.weights, self.chance = dict(weights), Random(f"strategy-{seed}")

    def began(self, replica: int, product: int, channel: str, now_s: float, serial: int) -> None:
        """Look at nothing."""

    def tick(self, now_s: float) -> None:
        """Do nothing by the clock."""

    def weighted(self, names: Mapping[str, float]) -> str | None:
        """One of some channels at random by weight."""
        total = sum(names.values())
        left = self.chance.random() * total
        for name, weight in names.items():
            left -= weight
            if left < 0:
                return name
        return next(iter(names), None)
