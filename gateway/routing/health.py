"""What is known of a channel's stability: a breaker over a short window, and a slowly forgetting posterior.

Both are frozen values; `observe` gives the next one. A decline is a healthy answer; `refused` is a fault of ours or of
its configuration and opens nothing; `unknown` and `not_executed` are failures.
"""

import math
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from gateway.model.outcome import OutcomeKind

WINDOW_S = 30
CONSECUTIVE_MAX = 5
CALLS_MIN = 6
FAIL_RATE_MAX = 0.50
SLOW_RATE_MAX = 0.80
SLOW_AT_LEAST_S = 2.0
SLOW_TIMES_BASELINE = 3.0
OPEN_FIRST_S = 5.0
OPEN_MAX_S = 60.0
PROBES_TO_CLOSE = 3
PROBE_GAP_S = 1.0
FORGIVE_TRIPS_AFTER_S = 120.0
PRIOR_MASS = 20.0
PRIOR_SUCCESS = 0.985
HALF_LIFE_S = 45.0
BASELINE_WEIGHT = 0.02
LATENCY_WEIGHT = 0.2

State = Literal["closed", "open", "half_open"]
FAILURES = frozenset({OutcomeKind.unknown, OutcomeKind.not_executed})
SUCCESSES = frozenset({OutcomeKind.accepted, OutcomeKind.declined, OutcomeKind.pending})


class Second(Struct, frozen=True):
    """The calls that ended within one second."""

    at: int
    good: int = 0
    bad: int = 0
    slow: int = 0


class Health(Struct, frozen=True, kw_only=True):
    """Breaker, posterior and latency of one channel for one group of operations; times in seconds of one clock.

    `good` and `bad` are the discounted counts above the prior. `latency_s` follows the last calls, `baseline_s` only
    healthy ones, slowly, so that a slow fault does not become the new normal.
    """

    state: State = "closed"
    until_s: float = 0.0
    trips: int = 0
    tripped_at_s: float = -1e9
    closed_at_s: float = -1e9
    probes_good: int = 0
    probe_at_s: float = -1e9
    consecutive: int = 0
    window: tuple[Second, ...] = ()
    good: float = 0.0
    bad: float = 0.0
    seen_at_s: float = 0.0
    latency_s: float | None = None
    baseline_s: float | None = None

    def success(self, now_s: float) -> float:
        """The posterior mean of success now: evidence fades towards the prior."""
        fade = _fade(now_s - self.seen_at_s)
        good = self.good * fade + PRIOR_MASS * PRIOR_SUCCESS
        bad = self.bad * fade + PRIOR_MASS * (1 - PRIOR_SUCCESS)
        return good / (good + bad)

    def at(self, now_s: float) -> State:
        """The breaker's state now: an open one becomes half open when its time is over."""
        return "half_open" if self.state == "open" and now_s >= self.until_s else self.state


def _fade(elapsed_s: float) -> float:
    return math.exp2(-max(0.0, elapsed_s) / HALF_LIFE_S)


def observe(
    health: Health, kind: OutcomeKind, wait_s: float, now_s: float, *, chance: float, hold_s: float = 0.0
) -> Health:
    """The health after one more call; `chance` in [0, 1) spreads reopening, `hold_s` is a carrier's Retry-After."""
    if kind is OutcomeKind.refused:
        return health
    failed = kind in FAILURES
    slow = not failed and wait_s > max(SLOW_AT_LEAST_S, SLOW_TIMES_BASELINE * (health.baseline_s or wait_s))
    counted = _count(health, now_s, failed=failed, slow=slow, wait_s=wait_s)
    if counted.at(now_s) != "closed":
        return _after_probe(counted, now_s, chance, hold_s, good=not failed and not slow)
    return _trip(counted, now_s, chance, hold_s) if _must_trip(counted) or hold_s > 0 else counted


def _count(health: Health, now_s: float, *, failed: bool, slow: bool, wait_s: float) -> Health:
    fade = _fade(now_s - health.seen_at_s)
    healthy = not failed and not slow and health.state == "closed"
    baseline_s = health.baseline_s
    if healthy:
        baseline_s = wait_s if baseline_s is None else baseline_s + BASELINE_WEIGHT * (wait_s - baseline_s)
    latency_s = health.latency_s
    if not failed:
        latency_s = wait_s if latency_s is None else latency_s + LATENCY_WEIGHT * (wait_s - latency_s)
    return replace(
        health,
        consecutive=health.consecutive + 1 if failed else 0,
        window=_windowed(health.window, int(now_s), failed=failed, slow=slow),
        good=health.good * fade + (not failed),
        bad=health.bad * fade + failed,
        seen_at_s=now_s,
        latency_s=latency_s,
        baseline_s=baseline_s,
    )


def _windowed(window: tuple[Second, ...], second: int, *, failed: bool, slow: bool) -> tuple[Second, ...]:
    kept = tuple(each for each in window if each.at > second - WINDOW_S)
    last = kept[-1] if kept and kept[-1].at == second else Second(second)
    grown = Second(second, last.good + (not failed), last.bad + failed, last.slow + slow)
    return (*(kept[:-1] if kept and kept[-1].at == second else kept), grown)


def _must_trip(health: Health) -> bool:
    good = sum(each.good for each in health.window)
    bad = sum(each.bad for each in health.window)
    slow = sum(each.slow for each in health.window)
    calls = good + bad
    enough = calls >= CALLS_MIN
    return health.consecutive >= CONSECUTIVE_MAX or (
        enough and (bad / calls >= FAIL_RATE_MAX or slow / calls >= SLOW_RATE_MAX)
    )


def _trip(health: Health, now_s: float, chance: float, hold_s: float) -> Health:
    forgiven = now_s - health.tripped_at_s > FORGIVE_TRIPS_AFTER_S
    trips = 0 if forgiven else health.trips
    open_s = min(OPEN_MAX_S, OPEN_FIRST_S * 2**trips)
    return replace(
        health,
        state="open",
        until_s=now_s + max(hold_s, open_s / 2 + chance * open_s / 2),
        trips=trips + 1,
        tripped_at_s=now_s,
        probes_good=0,
    )


def _after_probe(health: Health, now_s: float, chance: float, hold_s: float, *, good: bool) -> Health:
    if health.at(now_s) == "open":
        return health
    if not good:
        return _trip(health, now_s, chance, hold_s)
    probes = health.probes_good + 1
    if probes < PROBES_TO_CLOSE:
        return replace(health, probes_good=probes)
    return replace(health, state="closed", closed_at_s=now_s, probes_good=0, consecutive=0, window=())


def may_probe(health: Health, now_s: float) -> bool:
    """Whether a half-open channel may take one more probe now."""
    return health.at(now_s) == "half_open" and now_s - health.probe_at_s >= PROBE_GAP_S


def probing(health: Health, now_s: float) -> Health:
    """The health after a probe was sent out."""
    return replace(health, probe_at_s=now_s)
