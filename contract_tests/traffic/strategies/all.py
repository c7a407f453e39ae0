"""Every strategy by name, and which of them the product must not be worse than."""

from collections.abc import Callable, Mapping

from contract_tests.traffic.strategies.base import Strategy
from contract_tests.traffic.strategies.ejecting import Envoy, LiteLlmDefault, LiteLlmTuned, Nginx, Polly, Resilience4j
from contract_tests.traffic.strategies.hub import Hub
from contract_tests.traffic.strategies.scoring import Bifrost, Finagle, Juspay, PeakEwma, SlidingUcb, Thompson
from contract_tests.traffic.strategies.served import LiteLlmServed, ServedHub
from contract_tests.traffic.strategies.simple import Oracle, Static
from contract_tests.traffic.world import WEIGHTS, Carriers, Scenario

Make = Callable[[int, Scenario], Strategy]


def _hub(seed: int, scenario: Scenario, preset: str) -> Strategy:
    return ServedHub(seed, scenario, preset=preset) if scenario.is_served else Hub(seed, preset=preset)


STRATEGIES: Mapping[str, Make] = {
    "hub": lambda seed, scenario: _hub(seed, scenario, "default"),
    "hub_success_first": lambda seed, scenario: _hub(seed, scenario, "success_first"),
    "hub_local": lambda seed, _: Hub(seed, shares=False),
    "static": lambda seed, _: Static(WEIGHTS, seed),
    "litellm_default": lambda seed, _: LiteLlmDefault(WEIGHTS, seed),
    "litellm_tuned": lambda seed, scenario: (
        LiteLlmServed(WEIGHTS, seed, scenario) if scenario.is_served else LiteLlmTuned(WEIGHTS, seed)
    ),
    "envoy_default": lambda seed, _: Envoy(WEIGHTS, seed),
    "envoy_tuned": lambda seed, _: Envoy(WEIGHTS, seed, ejection_max=0.5, ejects_one=True, by_rate=True),
    "resilience4j": lambda seed, _: Resilience4j(WEIGHTS, seed),
    "polly": lambda seed, _: Polly(WEIGHTS, seed),
    "nginx": lambda seed, _: Nginx(WEIGHTS, seed),
    "finagle": lambda seed, _: Finagle(WEIGHTS, seed),
    "p2c_ewma": lambda seed, _: PeakEwma(WEIGHTS, seed),
    "juspay_sr": lambda seed, _: Juspay(WEIGHTS, seed),
    "bifrost_like": lambda seed, _: Bifrost(WEIGHTS, seed),
    "dts": lambda seed, _: Thompson(WEIGHTS, seed),
    "sw_ucb": lambda seed, _: SlidingUcb(WEIGHTS, seed),
    "oracle": lambda seed, scenario: Oracle(WEIGHTS, seed, Carriers(scenario).chance),
}

SHARING = frozenset({"hub", "hub_success_first", "litellm_tuned"})
"""Whose replicas share over a server where the scenario has one."""

WITHOUT_A_SERVER = frozenset({"hub_local"})
"""What the product is where replicas share nothing: it stands beside what they share, where that is in trouble."""

_EVERY_PRESET = (
    "litellm_default",
    "envoy_default",
    "resilience4j",
    "polly",
    "nginx",
    "bifrost_like",
    "static",
)
GATES: Mapping[str, tuple[str, ...]] = {
    "hub": _EVERY_PRESET,
    "hub_success_first": (*_EVERY_PRESET, "litellm_tuned", "envoy_tuned"),
}
"""Whom each preset must not be worse than on first-attempt success during a fault, within the confidence interval."""


def gates_of(preset: str, scenario: Scenario) -> tuple[str, ...]:
    """Whom a preset must not be worse than in a scenario: where what replicas share is in trouble, not than itself
    without sharing anything either.
    """
    return (*GATES[preset], *(("hub_local",) if scenario.is_served else ()))


IGNORE_SHARES: Mapping[str, str] = {
    "juspay_sr": "gives all to the best success rate, weights decide among equals only",
    "finagle": "draws two channels whatever their weights",
    "p2c_ewma": "draws two channels whatever their weights",
    "dts": "gives all to the best draw of a posterior, without weights",
    "sw_ucb": "gives all to the best upper bound, without weights",
}
"""Who is in no gate, and why: each is run and compared all the same, and shown with how often it is better.

To send all business to whoever looks best this minute is easy, and no contract allows it. Decided by what a strategy
does, not by what was measured: a threshold on a measured deviation would let a comparison come and go with the seeds.
"""
