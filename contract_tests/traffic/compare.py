"""Many runs side by side: every strategy over the same scenarios, rates and seeds, and the verdict.

Beside them the orders whose answers get lost (`writes.py`) and the months with promises (`months.py`).
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from statistics import fmean

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.traffic.metrics import Measured, Point, deviation, measured
from contract_tests.traffic.months import MONTHS, Kept
from contract_tests.traffic.orders import OrderPart, work_on_orders
from contract_tests.traffic.run import run
from contract_tests.traffic.scenarios import LONG
from contract_tests.traffic.stats import Difference, paired
from contract_tests.traffic.strategies.all import GATES, IGNORE_SHARES, STRATEGIES
from contract_tests.traffic.ways import WAYS
from contract_tests.traffic.world import Scenario, luck
from contract_tests.traffic.writes import Written

PLANNED_S = 900.0
"""The length for which scenarios are written; others are stretched."""

RUN_S = {0.2: 7200.0, 2.0: 900.0, 20.0: 900.0, 200.0: 240.0}
RATES, OFTEN = (0.2, 2.0, 20.0), 200.0
_lucks = lru_cache(maxsize=2)(luck)
SHARE_MAX = {"hub": 0.01, "hub_success_first": 0.02}
HEALTHY_MIN = 2_000
"""Shares are judged at rates with at least so many requests before the fault, over all seeds: fewer are all noise."""


class Part(Struct, frozen=True):
    """One piece of work: a strategy over one scenario, rate and seed."""

    strategy: str
    scenario: Scenario
    per_s: float
    seed: int


class Result(Struct, frozen=True, kw_only=True):
    """A strategy's figures in one scenario at one rate, over all seeds; seeds that are not counted never did."""

    strategy: str
    scenario: str
    per_s: float
    first_ok: float
    final_ok: float
    regret: float
    faulty_attempts: float
    eject_s: float | None
    ejected: int
    recover_s: float | None
    recovered: int
    share_deviation: float
    healthy: int
    attempts_each: float
    seeds: int
    course: tuple[Point, ...]


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether a preset is not worse than a baseline in a scenario: the paired difference of first-attempt success.

    `share_deviation` is the baseline's at this rate while all is well; one that ignores shares (`IGNORE_SHARES`) is not
    gated, and passes though it may be better (`is_worse`).
    """

    preset: str
    baseline: str
    scenario: str
    per_s: float
    difference: Difference
    share_deviation: float
    is_gated: bool
    is_worse: bool
    passed: bool


class Comparison(Struct, frozen=True, kw_only=True):
    """Everything that was run."""

    results: list[Result]
    verdicts: list[Verdict]
    shares: dict[str, float]
    decisions: int
    writes: list[Written] = []
    months: list[Kept] = []

    @property
    def keeps_shares(self) -> bool:
        """Whether the presets kept to the contract's shares while all was well."""
        return all(value <= SHARE_MAX[preset] for preset, value in self.shares.items())

    @property
    def doubles_nothing(self) -> bool:
        """Whether the product issued no order twice, told nobody a wrong no, and brought each to an end."""
        mine = [each for each in self.writes if each.way.startswith("hub")]
        return not any(each.doubled or each.orphans or each.unresolved for each in mine)

    @property
    def keeps_promises(self) -> bool:
        """Whether promised volumes that can be kept were, and no quota was overrun."""
        return all(each.passed for each in self.months)

    @property
    def passed(self) -> bool:
        """Whether every gate holds."""
        more = self.keeps_shares and self.doubles_nothing and self.keeps_promises
        return more and all(each.passed for each in self.verdicts)


class Shown(Struct, frozen=True, kw_only=True):
    """A baseline that keeps no shares beside a preset: in how many of the cells it is compared in without being gated
    the preset is not worse, in how many it is, how far the baseline deviates at most, and why it is not gated.
    """

    preset: str
    baseline: str
    share_deviation: float
    cells: int
    not_worse: int
    worse: int
    reason: str


def shown_beside(verdicts: Iterable[Verdict]) -> list[Shown]:
    """The comparisons that are shown and not gated, together."""
    pairs: dict[tuple[str, str], list[Verdict]] = {}
    for each in verdicts:
        if not each.is_gated:
            pairs.setdefault((each.preset, each.baseline), []).append(each)
    return [_beside(preset, baseline, found) for (preset, baseline), found in pairs.items()]


def _beside(preset: str, baseline: str, found: list[Verdict]) -> Shown:
    deviates, worse = max(each.share_deviation for each in found), sum(each.is_worse for each in found)
    return Shown(
        preset=preset,
        baseline=baseline,
        share_deviation=deviates,
        cells=len(found),
        not_worse=len(found) - worse,
        worse=worse,
        reason=f"{baseline} {IGNORE_SHARES[baseline]}: up to {deviates:.0%} beside the contract while all is well",
    )


def parts_of(scenarios: Sequence[Scenario], rates: Iterable[float], seeds: int) -> list[Part]:
    """All work there is, the longest first; at 200 requests a second only some scenarios."""
    parts = [
        Part(strategy, scenario, per_s, seed)
        for per_s in rates
        for scenario in scenarios
        if per_s < OFTEN or scenario.name in LONG or "-" in scenario.name
        for strategy in STRATEGIES
        for seed in range(1, seeds + 1)
    ]
    # Longest first, so that no core waits for one at the end; one seed after another, so that its luck is drawn once.
    return sorted(
        parts, key=lambda part: (-part.per_s * RUN_S[part.per_s], part.seed, not part.strategy.startswith("hub"))
    )


def _any_work(part: Part | OrderPart) -> tuple[Part, Measured, int] | Written | Kept:
    return work(part) if isinstance(part, Part) else work_on_orders(part)


def work(part: Part) -> tuple[Part, Measured, int]:
    """Do one piece of work."""
    run_s = RUN_S[part.per_s]
    scenario = part.scenario.over(run_s / PLANNED_S)
    lucks = _lucks(part.seed, part.per_s, run_s)
    made = run(STRATEGIES[part.strategy](part.seed, scenario), scenario, lucks)
    return part, measured(made, scenario), len(made.attempts)


def compare(
    parts: Sequence[Part | OrderPart], done: Callable[[int], None] = lambda _: None, jobs: int | None = None
) -> Comparison:
    """Do all work on `jobs` processes (default: all cores); `done` is told of each piece that ended."""
    found: dict[Part, Measured] = {}
    writes: list[Written] = []
    months: list[Kept] = []
    decisions = 0
    with multiprocessing.get_context("forkserver").Pool(jobs or os.cpu_count() or 1) as pool:
        for count, made in enumerate(pool.imap_unordered(_any_work, parts), 1):
            match made:
                case Written():
                    writes.append(made)
                case Kept():
                    months.append(made)
                case part, figures, attempts:
                    found[part] = figures
                    decisions += attempts
            done(count)
    in_order = {name: place for place, name in enumerate([*WAYS, *(each.name for each in MONTHS)])}
    return replace(
        concluded(found, decisions),
        writes=sorted(writes, key=lambda each: in_order[each.way]),
        months=sorted(months, key=lambda each: in_order[each.month]),
    )


def concluded(found: dict[Part, Measured], decisions: int) -> Comparison:
    """The figures of all seeds together, and what the gate says of them."""
    by_cell: dict[tuple[str, str, float], dict[int, Measured]] = {}
    gated = {part.scenario.name for part in found if part.scenario.is_gated}
    for part, figures in found.items():
        by_cell.setdefault((part.strategy, part.scenario.name, part.per_s), {})[part.seed] = figures
    results = [_result(*cell, list(seeds.values())) for cell, seeds in sorted(by_cell.items())]
    shares = _shares(found)
    verdicts = [
        _verdict(preset, baseline, (name, per_s), seeds, by_cell[(baseline, name, per_s)], shares[(baseline, per_s)])
        for (preset, name, per_s), seeds in sorted(by_cell.items())
        if name in gated and preset in GATES
        for baseline in (*GATES[preset], *(each for each in IGNORE_SHARES if (each, name, per_s) in by_cell))
    ]
    enough = {per_s for (_, _, per_s), seeds in by_cell.items() if _healthy(seeds.values()) >= HEALTHY_MIN}
    kept = {
        preset: max(value for (name, per_s), value in shares.items() if name == preset and per_s in enough)
        for preset in SHARE_MAX
        if enough and any(name == preset for name, _ in shares)
    }
    return Comparison(results=results, verdicts=verdicts, shares=kept, decisions=decisions)


def _together(seeds: Iterable[Measured]) -> dict[str, int]:
    given: Counter[str] = Counter()
    for each in seeds:
        given.update(each.given)
    return given


def _shares(found: dict[Part, Measured]) -> dict[tuple[str, float], float]:
    """Each strategy's share deviation at each rate while all was well, over all scenarios and seeds together.

    Seeds are the same in every scenario, so that one scenario's requests stand for all.
    """
    cells: dict[tuple[str, float], list[Measured]] = {}
    for part, figures in found.items():
        cells.setdefault((part.strategy, part.per_s), []).append(figures)
    return {cell: deviation(_together(seeds)) for cell, seeds in cells.items()}


def _healthy(seeds: Iterable[Measured]) -> int:
    return sum(each.healthy for each in seeds)


def _result(strategy: str, scenario: str, per_s: float, seeds: list[Measured]) -> Result:
    ejected = [each.eject_s for each in seeds if each.eject_s is not None]
    recovered = [each.recover_s for each in seeds if each.recover_s is not None]
    return Result(
        strategy=strategy,
        scenario=scenario,
        per_s=per_s,
        first_ok=fmean(each.first_ok for each in seeds),
        final_ok=fmean(each.final_ok for each in seeds),
        regret=fmean(each.regret for each in seeds),
        faulty_attempts=fmean(each.faulty_attempts for each in seeds),
        eject_s=fmean(ejected) if ejected else None,
        ejected=len(ejected),
        recover_s=fmean(recovered) if recovered else None,
        recovered=len(recovered),
        share_deviation=deviation(_together(seeds)),
        healthy=_healthy(seeds),
        attempts_each=fmean(each.attempts_each for each in seeds),
        seeds=len(seeds),
        course=seeds[0].course,
    )


def _verdict(
    preset: str,
    baseline: str,
    where: tuple[str, float],
    mine: dict[int, Measured],
    theirs: dict[int, Measured],
    deviates: float,
) -> Verdict:
    seeds = sorted(mine)
    difference = paired([mine[seed].first_ok for seed in seeds], [theirs[seed].first_ok for seed in seeds])
    is_gated = baseline in GATES[preset]
    return Verdict(
        preset=preset,
        baseline=baseline,
        scenario=where[0],
        per_s=where[1],
        difference=difference,
        share_deviation=round(deviates, 4),
        is_gated=is_gated,
        is_worse=not difference.is_not_worse,
        passed=difference.is_not_worse or not is_gated,
    )
