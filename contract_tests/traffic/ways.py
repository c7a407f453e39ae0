"""What is done after a write whose outcome is unknown: the product's own rules, and what others do or would guess."""

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from contract_tests.traffic.scenarios import LOST
from contract_tests.traffic.strategies.all import STRATEGIES
from contract_tests.traffic.strategies.base import Strategy
from contract_tests.traffic.strategies.hub import Hub
from contract_tests.traffic.strategies.served import ServedHub
from contract_tests.traffic.world import Scenario
from gateway.service.engine import conclude
from gateway.wire.contract import Idempotency, Inquiry, Operation, safety_class

HORIZON_S = 600.0
"""What the carriers declare: from then on "not found" is final."""
GUESSES_S = (2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0)


class After(Protocol):
    """What is done after an unknown: when to ask, and when "not found" is believed."""

    def wait_s(self, asked: int, since_s: float) -> float | None:
        """How long until the carrier is asked, or asked again; None: never, another channel is tried at once."""

    def believes(self, since_s: float) -> bool:
        """Whether "not found" means not executed by now."""


class AtOnce:
    """Nobody is asked: another channel is tried, as gateways for reads do."""

    def wait_s(self, asked: int, since_s: float) -> float | None:
        """Never."""
        return None

    def believes(self, since_s: float) -> bool:
        """Nobody is asked."""
        return True


class Settles(Struct, frozen=True):
    """Asks, and believes "not found" after a time of its own, whatever the carrier declares."""

    settle_s: float

    def wait_s(self, asked: int, since_s: float) -> float | None:
        """Every so often."""
        return GUESSES_S[min(asked, len(GUESSES_S) - 1)]

    def believes(self, since_s: float) -> bool:
        """After a while."""
        return since_s >= self.settle_s


class Ladder(Struct, frozen=True):
    """The product's own rules, given what a carrier's mapping declares."""

    operation: Operation

    def wait_s(self, asked: int, since_s: float) -> float | None:
        """The product's schedule."""
        if not asked:
            return conclude.first_wait_s(self.operation)
        return conclude.next_wait_s(self.operation, asked, since_s=since_s)

    def believes(self, since_s: float) -> bool:
        """The declared horizon."""
        return conclude.not_found_is_final(self.operation, since_s)


class Way(Struct, frozen=True):
    """Who routes, and what is done after an unknown; `replays`: the carrier answers a key always with one result."""

    routes: Callable[[int], Strategy]
    after: After
    replays: bool = False


def _declared(idempotency: Idempotency, inquiry: Inquiry | None) -> Ladder:
    safety = safety_class(is_read=False, idempotency=idempotency, inquiry=inquiry)
    return Ladder(
        Operation(
            carrier="simulated", name="policy.issue", steps=(), idempotency=idempotency, inquiry=inquiry, safety=safety
        )
    )


def _hub(seed: int) -> Strategy:
    return Hub(seed, operation="policy.issue")


def _served(seed: int) -> Strategy:
    return ServedHub(seed, Scenario(name="writes", troubles=(), server=LOST), operation="policy.issue")


def _baseline(name: str) -> Callable[[int], Strategy]:
    return lambda seed: STRATEGIES[name](seed, Scenario(name="writes", troubles=()))


_ASKED = Inquiry(operation="policy.get", visibility_lag_s=5.0, not_found_is_final_after_s=HORIZON_S)
AWAY = "hub, server away"
WAYS: Mapping[str, Way] = {
    "hub, carrier can be asked": Way(_hub, _declared(Idempotency(kind="reject_duplicate"), _ASKED)),
    "hub, carrier replays": Way(_hub, _declared(Idempotency(kind="replay"), None), replays=True),
    AWAY: Way(_served, _declared(Idempotency(kind="reject_duplicate"), _ASKED)),
    **{f"{name}, fails over": Way(_baseline(name), AtOnce()) for name in ("static", "litellm_default", "litellm_tuned",
       "envoy_tuned", "resilience4j", "polly", "finagle", "juspay_sr", "bifrost_like")},
    "asks once, fails over": Way(_hub, Settles(0.0)),
    "settles 30 s": Way(_hub, Settles(30.0)),
    "settles 120 s": Way(_hub, Settles(120.0)),
}  # fmt: skip
