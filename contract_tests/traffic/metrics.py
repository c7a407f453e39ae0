"""What a run is judged by: success while something is wrong, shares while nothing is, how soon a fault is met."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

from msgspec import Struct

from contract_tests.traffic.run import First, Run
from contract_tests.traffic.world import CHANNELS, WEIGHTS, Scenario

BUCKET_S = 15.0
EJECTED, RECOVERED = 0.25, 0.75
"""A faulty channel counts as left when it gets less than this part of its usual share, as back from this part on."""


class Point(Struct, frozen=True):
    """A sixtieth of a run: when it began, the faulty channels' share of first attempts, and how many succeeded."""

    at_s: float
    faulty_share: float
    ok: float


class Measured(Struct, frozen=True, kw_only=True):
    """The figures of one run; times None: never.

    `given` counts first attempts of each channel while all is well, `given_during` those while something is wrong.
    While something is wrong: `p50_s` to `p99_s` until a request's last answer, of those that anybody was asked;
    `premium` and `commission` for each success, in minor units (None: there was no success). `decision_us` is the time
    that one decision took on the machine of the run.
    """

    first_ok: float
    final_ok: float
    regret: float
    faulty_attempts: int
    eject_s: float | None
    recover_s: float | None
    given: dict[str, int]
    healthy: int
    given_during: dict[str, int] = {}
    attempts_each: float
    p50_s: float = 0.0
    p95_s: float = 0.0
    p99_s: float = 0.0
    premium: float | None = None
    commission: float | None = None
    course: tuple[Point, ...] = ()
    decision_us: float = 0.0


def measured(run: Run, scenario: Scenario) -> Measured:
    """The figures of a run."""
    start_s, end_s = scenario.window_s
    judged_s = end_s + scenario.judged_s
    during = [each for each in run.firsts if start_s <= each.at_s < judged_s]
    before = [each for each in run.firsts if each.at_s < start_s]
    faulty = _faulty(scenario)
    took = sorted(each.took_s for each in during if each.channel is not None)
    premium, commission = _earned(during)
    return Measured(
        first_ok=_share(during, "ok"),
        final_ok=_share(during, "final_ok"),
        regret=sum(each.best - each.had for each in during),
        faulty_attempts=sum(1 for at_s, channel in run.attempts if start_s <= at_s < end_s and channel in faulty),
        eject_s=_reached(run.firsts, faulty, start_s, end_s, EJECTED, below=True),
        recover_s=_reached(run.firsts, faulty, end_s, run.firsts[-1].at_s, RECOVERED, below=False),
        given=dict(Counter(each.channel for each in before if each.channel)),
        healthy=len(before),
        given_during=dict(Counter(each.channel for each in during if each.channel)),
        course=_course(run.firsts, faulty),
        p50_s=_percentile(took, 0.50),
        p95_s=_percentile(took, 0.95),
        p99_s=_percentile(took, 0.99),
        premium=premium,
        commission=commission,
        attempts_each=sum(each.attempts for each in run.firsts) / max(1, len(run.firsts)),
    )


def deviation(given: Mapping[str, int]) -> float:
    """The total variation between the shares that were given and the contract's."""
    count, total = sum(given.values()) or 1, sum(WEIGHTS.values())
    return sum(abs(given.get(name, 0) / count - weight / total) for name, weight in WEIGHTS.items()) / 2


def _share(firsts: Sequence[First], what: str) -> float:
    return sum(1 for each in firsts if getattr(each, what)) / max(1, len(firsts))


def _percentile(ordered: Sequence[float], part: float) -> float:
    """The smallest of which so many are not larger; 0 of none."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else 0.0


def _earned(firsts: Sequence[First]) -> tuple[float | None, float | None]:
    """Premium and commission for each request that succeeded in the end."""
    sold = [CHANNELS[each.served] for each in firsts if each.final_ok and each.served]
    if not sold:
        return None, None
    return fmean(each.premium for each in sold), fmean(each.premium * each.commission for each in sold)


def _faulty(scenario: Scenario) -> frozenset[str]:
    return frozenset(name for each in scenario.faults if not each.declines for name in each.channels)


def _reached(
    firsts: Sequence[First], faulty: frozenset[str], start_s: float, end_s: float, part: float, *, below: bool
) -> float | None:
    """How long after an instant the faulty channels' share first lay below, or at, a part of their usual one."""
    usual = sum(WEIGHTS[name] for name in faulty) / sum(WEIGHTS.values())
    bucket_s = max(BUCKET_S, 20 * (end_s - start_s) / max(1, sum(start_s <= each.at_s < end_s for each in firsts)))
    at_s = start_s
    while usual and at_s < end_s:
        seen = [each.channel in faulty for each in firsts if at_s <= each.at_s < at_s + bucket_s]
        share = sum(seen) / len(seen) if seen else usual
        if seen and (share < part * usual) == below and (below or share >= part * usual):
            return at_s - start_s
        at_s += bucket_s
    return None


def _course(firsts: Sequence[First], faulty: frozenset[str]) -> tuple[Point, ...]:
    """The run in sixty steps; one without a request is left out."""
    step_s = firsts[-1].at_s / 60
    steps: dict[int, list[First]] = {}
    for each in firsts:
        steps.setdefault(min(59, int(each.at_s / step_s)), []).append(each)
    return tuple(
        Point(
            round(number * step_s, 1),
            round(sum(each.channel in faulty for each in found) / len(found), 4),
            round(_share(found, "ok"), 4),
        )
        for number, found in sorted(steps.items())
    )
