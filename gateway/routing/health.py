"""What is known of a channel's stability: a breaker over a short window, and a slowly forgetting posterior.

Both are frozen values; `observe` gives the next one. A decline is a healthy answer; `refused` is a fault of ours or of
its configuration and opens nothing; `unknown` and `not_executed` are failures.
"""

import math

from msgspec import Struct
from msgspec.structs import replace

from gateway.model.outcome import OutcomeKind
from gateway.routing.memory import evidence, fade, half_life_s, usual_gap_s
from gateway.routing.types import SUCCESS_USUAL, Breaker, Standing

WINDOW_S = 30
CONSECUTIVE_MAX = 5
CALLS_MIN = 6
FAIL_RATE_MAX = 0.50
SLOW_RATE_MAX = 0.80
SLOW_AT_LEAST_S = 2.0
SLOW_TIMES_BASELINE = 3.0
USUAL_TIMES_BASELINE = 2.0
OPEN_FIRST_S = 5.0
OPEN_MAX_S, OPEN_MAX_RARE_S = 30.0, 120.0
OFTEN_PER_S, RARE_PER_S = 10.0, 1.0
"""At 10 calls a second or more a breaker stays open for 30 s at most; at less than one, where most calls to a dead
channel would be probes, for 120 s."""
OPEN_CALLS_MAX = 8.0
"""Nor is it tried out more often than it is usually called: it stays open for one usual gap at first, and for so many
in the end where that is longer."""
PROBES_TO_CLOSE = 3
PROBE_GAP_S = 1.0
FORGIVE_TRIPS_AFTER_S = 120.0
PRIOR_MASS = 20.0
STEADY_MIN = 0.97
"""Expected to succeed at least so often a channel has its whole share under every preset: then its gaps are usual."""
BASELINE_WEIGHT = 0.02
LATENCY_WEIGHT = 0.2

FAILURES = frozenset({OutcomeKind.unknown, OutcomeKind.not_executed})
SUCCESSES = frozenset({OutcomeKind.accepted, OutcomeKind.declined, OutcomeKind.pending})


class Second(Struct, frozen=True):
    """The calls that ended within one second."""

    at: int
    good: int = 0
    bad: int = 0
    slow: int = 0


class Tally(Struct, frozen=True, kw_only=True):
    """Calls that ended elsewhere: how many well, badly and slowly, and how long the good ones took together."""

    good: int = 0
    bad: int = 0
    slow: int = 0
    waited_s: float = 0.0


class Health(Struct, frozen=True, kw_only=True):
    """Breaker, posterior and latency of one channel for one group of operations; times in seconds of one clock.

    `good` and `bad` are the discounted counts above the prior. `latency_s` follows the last calls, `baseline_s` only
    healthy ones, slowly, so that a slow fault does not become the new normal. `every_s` is the usual gap between its
    calls, 0 while it is not known.
    """

    state: Breaker = "closed"
    until_s: float = 0.0
    trips: int = 0
    open_max_s: float = OPEN_MAX_RARE_S
    tripped_at_s: float = -1e9
    closed_at_s: float = 0.0
    probes_good: int = 0
    probe_at_s: float = -1e9
    consecutive: int = 0
    window: tuple[Second, ...] = ()
    good: float = 0.0
    bad: float = 0.0
    seen_at_s: float = 0.0
    latency_s: float | None = None
    baseline_s: float | None = None
    every_s: float = 0.0

    def success(self, now_s: float) -> float:
        """The posterior mean of success now: evidence fades towards the prior."""
        left = fade(now_s - self.seen_at_s, self.every_s)
        good = self.good * left + PRIOR_MASS * SUCCESS_USUAL
        bad = self.bad * left + PRIOR_MASS * (1 - SUCCESS_USUAL)
        return good / (good + bad)

    def at(self, now_s: float) -> Breaker:
        """The breaker's state now: an open one becomes half open when its time is over."""
        return "half_open" if self.state == "open" and now_s >= self.until_s else self.state


def observe(
    health: Health, kind: OutcomeKind, wait_s: float, now_s: float, *, chance: float, hold_s: float = 0.0
) -> Health:
    """The health after one more call; `chance` in [0, 1) spreads reopening.

    `hold_s` is a carrier's Retry-After: from one that could not serve, not from one that has not decided yet.
    """
    if kind is OutcomeKind.refused:
        return health
    failed = kind in FAILURES
    hold_s = hold_s if failed else 0.0
    slow = not failed and _is_slow(health, wait_s)
    counted = _count(health, now_s, failed=failed, slow=slow, wait_s=wait_s)
    if counted.at(now_s) != "closed":
        return _after_probe(counted, now_s, chance, hold_s, good=not failed and not slow)
    return _trip(counted, now_s, chance, hold_s) if _must_trip(counted) or hold_s > 0 else counted


def _count(health: Health, now_s: float, *, failed: bool, slow: bool, wait_s: float) -> Health:
    left = fade(now_s - health.seen_at_s, health.every_s)
    baseline_s = health.baseline_s
    # Only what is as fast as ever moves the baseline: a slow fault must not become the new normal.
    usual = baseline_s is None or wait_s < USUAL_TIMES_BASELINE * baseline_s
    healthy = not failed and not slow and usual and health.state == "closed"
    if healthy:
        baseline_s = wait_s if baseline_s is None else baseline_s + BASELINE_WEIGHT * (wait_s - baseline_s)
    latency_s = health.latency_s
    if not failed:
        latency_s = wait_s if latency_s is None else latency_s + LATENCY_WEIGHT * (wait_s - latency_s)
    good, bad = evidence(health.good * left + (not failed), health.bad * left + failed)
    return replace(
        health,
        consecutive=health.consecutive + 1 if failed else 0,
        window=_windowed(health.window, Second(int(now_s), int(not failed), int(failed), int(slow))),
        good=good,
        bad=bad,
        seen_at_s=now_s,
        latency_s=latency_s,
        baseline_s=baseline_s,
        every_s=_every_s(health, now_s, 1),
    )


def _every_s(health: Health, now_s: float, calls: int) -> float:
    """The usual gap between calls, as healthy times tell it; before any is known, as the first one does."""
    if health.good + health.bad == 0 or not calls:
        return health.every_s
    if health.every_s and (health.state != "closed" or health.success(now_s) < STEADY_MIN):
        return health.every_s
    return usual_gap_s(health.every_s, now_s - health.seen_at_s, calls)


def tallied(health: Health, tally: Tally | None, kind: OutcomeKind, wait_s: float) -> Tally:
    """A tally with one more call, judged by the health it met."""
    failed = kind in FAILURES
    slow = _is_slow(health, wait_s) and not failed
    before = tally or Tally()
    return Tally(
        good=before.good + (not failed),
        bad=before.bad + failed,
        slow=before.slow + slow,
        waited_s=before.waited_s + (0.0 if failed else wait_s),
    )


def absorbed(health: Health, tally: Tally, now_s: float, *, chance: float) -> Health:
    """The health after calls that ended elsewhere: they count in window and posterior, and may open the breaker."""
    left = fade(now_s - health.seen_at_s, health.every_s)
    mean_s = tally.waited_s / tally.good if tally.good else None
    latency_s = health.latency_s
    if mean_s is not None:
        weight = 1 - (1 - LATENCY_WEIGHT) ** tally.good
        latency_s = mean_s if latency_s is None else latency_s + weight * (mean_s - latency_s)
    good, bad = evidence(health.good * left + tally.good, health.bad * left + tally.bad)
    after = replace(
        health,
        consecutive=0 if tally.good else health.consecutive + tally.bad,
        window=_windowed(health.window, Second(int(now_s), tally.good, tally.bad, tally.slow)),
        good=good,
        bad=bad,
        seen_at_s=now_s,
        latency_s=latency_s,
        every_s=_every_s(health, now_s, tally.good + tally.bad),
    )
    return _trip(after, now_s, chance, 0.0) if after.state == "closed" and _must_trip(after) else after


def _is_slow(health: Health, wait_s: float) -> bool:
    return wait_s > max(SLOW_AT_LEAST_S, SLOW_TIMES_BASELINE * (health.baseline_s or wait_s))


def _windowed(window: tuple[Second, ...], more: Second) -> tuple[Second, ...]:
    begin = more.at - WINDOW_S
    kept = window if not window or window[0].at > begin else tuple([each for each in window if each.at > begin])
    if not kept or kept[-1].at != more.at:
        return (*kept, more)
    last = kept[-1]
    return (*kept[:-1], Second(more.at, last.good + more.good, last.bad + more.bad, last.slow + more.slow))


def _must_trip(health: Health) -> bool:
    if health.consecutive >= CONSECUTIVE_MAX:
        return True
    bad, slow = sum([each.bad for each in health.window]), sum([each.slow for each in health.window])
    if not bad and not slow:
        return False
    calls = bad + sum([each.good for each in health.window])
    return calls >= CALLS_MIN and (bad / calls >= FAIL_RATE_MAX or slow / calls >= SLOW_RATE_MAX)


def _trip(health: Health, now_s: float, chance: float, hold_s: float) -> Health:
    # How often it is called is known while it is closed: an open one is called by probes only, and one that fails them
    # is forgiven nothing, however long they were apart.
    was_closed = health.state == "closed"
    trips = 0 if was_closed and now_s - health.tripped_at_s > FORGIVE_TRIPS_AFTER_S else health.trips
    open_max_s = _open_max_s(health) if was_closed else health.open_max_s
    open_s = min(open_max_s, max(OPEN_FIRST_S, health.every_s) * 2**trips)
    return replace(
        health,
        state="open",
        until_s=now_s + max(hold_s, open_s / 2 + chance * open_s / 2),
        trips=trips + 1,
        open_max_s=open_max_s,
        tripped_at_s=now_s,
        probes_good=0,
    )


def _open_max_s(health: Health) -> float:
    """Between the two bounds by the logarithm of the calls a second; longer where calls are rare."""
    per_s = sum(each.good + each.bad for each in health.window) / WINDOW_S
    often = (math.log(max(per_s, RARE_PER_S)) - math.log(RARE_PER_S)) / (math.log(OFTEN_PER_S) - math.log(RARE_PER_S))
    by_rate_s = OPEN_MAX_RARE_S * math.pow(OPEN_MAX_S / OPEN_MAX_RARE_S, min(1.0, often))
    return max(by_rate_s, OPEN_CALLS_MAX * health.every_s)


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


def standing_of(own: Health, carrier: Health, now_s: float, overdue: int = 0) -> Standing:
    """How a channel stands: its group's breaker or its carrier's, whichever is worse.

    `overdue` calls have had no answer for longer than any good one takes: they count as failures before they end.
    """
    counted = _with_overdue(own, now_s, overdue) if overdue else own
    closed_at_s = max(own.closed_at_s, carrier.closed_at_s)
    return Standing(
        breaker=_worse(own, carrier, now_s, overdue),
        success=round(counted.success(now_s), 6),
        latency_s=own.latency_s,
        baseline_s=own.baseline_s,
        since_closed_s=now_s - closed_at_s if closed_at_s else None,
        half_life_s=round(half_life_s(own.every_s), 1),
    )


_SEVERITY: tuple[Breaker, ...] = ("closed", "half_open", "probed", "open")


def _with_overdue(health: Health, now_s: float, overdue: int) -> Health:
    left = fade(now_s - health.seen_at_s, health.every_s)
    return replace(health, good=health.good * left, bad=health.bad * left + overdue, seen_at_s=now_s)


def _worse(own: Health, carrier: Health, now_s: float, overdue: int) -> Breaker:
    if own.state == carrier.state == "closed":
        return "open" if overdue >= CONSECUTIVE_MAX else "closed"
    return max(_breaker(own, now_s), _breaker(carrier, now_s), key=_SEVERITY.index)


def _breaker(health: Health, now_s: float) -> Breaker:
    state = health.at(now_s)
    return "probed" if state == "half_open" and not may_probe(health, now_s) else state


def overdue_after_s(health: Health) -> float:
    """From when on a call without an answer is longer than any good one: as slow calls are told."""
    return max(SLOW_AT_LEAST_S, SLOW_TIMES_BASELINE * (health.baseline_s or 0.0))
