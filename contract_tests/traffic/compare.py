"""Many runs side by side: every strategy over the same scenarios, rates and seeds, and the verdict.

Beside them the orders whose answers get lost (`writes.py`), the months with promises (`months.py`) and the quotas that
replicas share (`quotas.py`).
"""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.traffic.metrics import Measured, deviation, measured
from contract_tests.traffic.months import Kept
from contract_tests.traffic.orders import OrderPart, work_on_orders
from contract_tests.traffic.quotas import Rationed
from contract_tests.traffic.results import Result, beside_oracle, given_during, given_together, result_of
from contract_tests.traffic.run import Chances, run
from contract_tests.traffic.scenarios import LONG
from contract_tests.traffic.stats import Difference, paired
from contract_tests.traffic.strategies.all import GATES, IGNORE_SHARES, SHARING, STRATEGIES, WITHOUT_A_SERVER, gates_of
from contract_tests.traffic.strategies.timed import Timed
from contract_tests.traffic.world import Carriers, Scenario, Trouble, luck
from contract_tests.traffic.writes import Written

PLANNED_S = 900.0
"""The length for which scenarios are written; others are stretched."""

RUN_S = {0.2: 7200.0, 2.0: 900.0, 20.0: 900.0, 200.0: 240.0}
RATES, OFTEN = (0.2, 2.0, 20.0), 200.0
_lucks = lru_cache(maxsize=2)(luck)
SHARE_MAX = {"hub": 0.01, "hub_success_first": 0.02}
HEALTHY_MIN = 2_000
"""Shares are judged at rates with at least so many requests before the fault, over all seeds: fewer are all noise."""


Cells = dict[tuple[str, str, float], dict[int, Measured]]
"""By strategy, scenario and rate the figures of each seed."""


class Part(Struct, frozen=True):
    """One piece of work: a strategy over one scenario, rate and seed."""

    strategy: str
    scenario: Scenario
    per_s: float
    seed: int


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
    alarms: dict[str, float] = {}
    writes: list[Written] = []
    months: list[Kept] = []
    quotas: list[Rationed] = []

    @property
    def keeps_shares(self) -> bool | None:
        """Whether the presets kept to the contract's shares while all was well; None where too little was run."""
        return all(value <= SHARE_MAX[preset] for preset, value in self.shares.items()) if self.shares else None

    @property
    def ignores_declines(self) -> bool | None:
        """Whether the presets kept these shares while a channel that is well declined business too, which is a healthy
        answer and no reason to leave it; None where too little was run.
        """
        return all(value <= SHARE_MAX[preset] for preset, value in self.alarms.items()) if self.alarms else None

    @property
    def doubles_nothing(self) -> bool | None:
        """Whether the product issued no order twice, told nobody a wrong no, and brought each to an end; None where no
        order of its own was run.
        """
        mine = [each for each in self.writes if each.way.startswith("hub")]
        return not any(each.doubled or each.orphans or each.unresolved for each in mine) if mine else None

    @property
    def keeps_promises(self) -> bool | None:
        """Whether promised volumes that can be kept were, and no quota was overrun; None where no month was run."""
        return all(each.passed for each in self.months) if self.months else None

    @property
    def keeps_quotas(self) -> bool | None:
        """Whether no quota that replicas share was overrun; None where no morning was run."""
        return all(each.passed for each in self.quotas) if self.quotas else None

    @property
    def is_not_worse(self) -> bool | None:
        """Whether every comparison with a baseline holds that is gated; None where there is none."""
        gated = [each.passed for each in self.verdicts if each.is_gated]
        return all(gated) if gated else None

    @property
    def gates(self) -> dict[str, bool | None]:
        """Every gate in words, and whether it holds; None: it was not examined."""
        return {
            "not worse than the baselines during a fault": self.is_not_worse,
            "keeps the contract's shares while all is well": self.keeps_shares,
            "leaves nobody for business declines (false_alarm)": self.ignores_declines,
            "doubles no order whose answer gets lost (writes)": self.doubles_nothing,
            "keeps the volumes promised for a month (months)": self.keeps_promises,
            "overruns no quota that replicas share (quotas)": self.keeps_quotas,
        }

    @property
    def passed(self) -> bool:
        """Whether every gate that was examined holds."""
        return False not in self.gates.values()

    @property
    def not_examined(self) -> list[str]:
        """The gates of which this run says nothing."""
        return [gate for gate, holds in self.gates.items() if holds is None]


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
        # What befalls a shared server concerns who shares and whom that is compared with; the others are as ever.
        if strategy not in (IGNORE_SHARES if scenario.is_served else WITHOUT_A_SERVER)
        for seed in range(1, seeds + 1)
    ]
    # Longest first, so that no core waits for one at the end; one seed after another, so that its luck is drawn once.
    return sorted(
        parts, key=lambda part: (-part.per_s * RUN_S[part.per_s], part.seed, not part.strategy.startswith("hub"))
    )


def _any_work(part: Part | OrderPart) -> tuple[Part, Measured, int] | Written | Kept | Rationed:
    return work(part) if isinstance(part, Part) else work_on_orders(part)


def work(part: Part) -> tuple[Part, Measured, int]:
    """Do one piece of work."""
    run_s = RUN_S[part.per_s]
    scenario = part.scenario.over(run_s / PLANNED_S).at_rate(part.per_s)
    lucks = _lucks(part.seed, part.per_s, run_s)
    chances = _chances(scenario.troubles, part.seed, part.per_s, run_s)
    strategy = Timed(STRATEGIES[part.strategy](part.seed, scenario))
    made = run(strategy, scenario, lucks, chances)
    return part, replace(measured(made, scenario), decision_us=strategy.decision_us), len(made.attempts)


@lru_cache(maxsize=2)
def _chances(troubles: tuple[Trouble, ...], seed: int, per_s: float, run_s: float) -> Chances:
    """What every strategy meets in a scenario, worked out once for those that are run one after another."""
    return Carriers(Scenario(name="", troubles=troubles)).all_chances(_lucks(seed, per_s, run_s))


def compare(
    parts: Sequence[Part | OrderPart], done: Callable[[int], None] = lambda _: None, jobs: int | None = None
) -> Comparison:
    """Do all work on `jobs` processes (default: all cores); `done` is told of each piece that ended."""
    found: dict[Part, Measured] = {}
    orders: dict[type, list[Any]] = {Written: [], Kept: [], Rationed: []}
    decisions = count = 0
    once = alike(part for part in parts if isinstance(part, Part))
    to_do: list[Part | OrderPart] = [*(part for part in parts if isinstance(part, OrderPart)), *once]
    with multiprocessing.get_context("forkserver").Pool(jobs or os.cpu_count() or 1, _quiet) as pool:
        for made in pool.imap_unordered(_any_work, to_do):
            if isinstance(made, tuple):
                found |= dict.fromkeys(once[made[0]], made[1])
                decisions += made[2]
                count += len(once[made[0]])
            else:
                orders[type(made)].append(made)
                count += 1
            done(count)
    place = {part.name: number for number, part in enumerate(parts) if isinstance(part, OrderPart)}
    return replace(
        concluded(found, decisions),
        writes=sorted(orders[Written], key=lambda each: place[each.way]),
        months=sorted(orders[Kept], key=lambda each: place[each.month]),
        quotas=sorted(orders[Rationed], key=lambda each: place[each.morning]),
    )


def alike(parts: Iterable[Part]) -> dict[Part, list[Part]]:
    """What has to be run, and which parts each stands for: who shares nothing never meets the server, and scenarios
    that differ by it alone are one to them.
    """
    found: dict[Part, list[Part]] = {}
    for part in parts:
        found.setdefault(_met(part), []).append(part)
    return found


def _met(part: Part) -> Part:
    met = replace(part.scenario, name="", is_gated=True)
    return replace(part, scenario=met if part.strategy in SHARING else replace(met, server=(), skews_s=()))


def _quiet() -> None:
    """That a simulated server is away is no news."""
    logging.getLogger("insurehub.routing").setLevel(logging.ERROR)


def concluded(found: dict[Part, Measured], decisions: int) -> Comparison:
    """The figures of all seeds together, and what the gate says of them."""
    by_cell: Cells = {}
    gated = {part.scenario.name: part.scenario for part in found if part.scenario.is_gated}
    for part, figures in found.items():
        by_cell.setdefault((part.strategy, part.scenario.name, part.per_s), {})[part.seed] = figures
    results = beside_oracle([result_of(*cell, list(seeds.values())) for cell, seeds in sorted(by_cell.items())])
    shares = _shares(found)
    verdicts = [
        _verdict(preset, baseline, (name, per_s), seeds, by_cell[(baseline, name, per_s)], shares)
        for (preset, name, per_s), seeds in sorted(by_cell.items())
        if name in gated and preset in GATES
        for baseline in (
            *gates_of(preset, gated[name]),
            *(each for each in IGNORE_SHARES if (each, name, per_s) in by_cell),
        )
    ]
    enough = {per_s for (_, _, per_s), seeds in by_cell.items() if _healthy(seeds.values()) >= HEALTHY_MIN}
    kept = {
        preset: max(value for (name, per_s), value in shares.items() if name == preset and per_s in enough)
        for preset in SHARE_MAX
        if enough and any(name == preset for name, _ in shares)
    }
    return Comparison(
        results=results, verdicts=verdicts, shares=kept, decisions=decisions, alarms=_alarms(by_cell, found)
    )


def _alarms(by_cell: Cells, parts: Iterable[Part]) -> dict[str, float]:
    """Each preset's largest share deviation, at rates with enough requests to tell, while a channel only declines."""
    declining = {part.scenario.name for part in parts if _only_declines(part.scenario)}
    found: dict[str, float] = {}
    for (strategy, name, _), seeds in by_cell.items():
        given = given_during(seeds.values())
        if strategy in SHARE_MAX and name in declining and sum(given.values()) >= HEALTHY_MIN:
            found[strategy] = max(found.get(strategy, 0.0), deviation(given))
    return found


def _only_declines(scenario: Scenario) -> bool:
    return bool(scenario.faults) and all(each.declines for each in scenario.faults)


def _shares(found: dict[Part, Measured]) -> dict[tuple[str, float], float]:
    """Each strategy's share deviation at each rate while all was well, over all scenarios and seeds together.

    Seeds are the same in every scenario, so that one scenario's requests stand for all.
    """
    cells: dict[tuple[str, float], list[Measured]] = {}
    for part, figures in found.items():
        cells.setdefault((part.strategy, part.per_s), []).append(figures)
    return {cell: deviation(given_together(seeds)) for cell, seeds in cells.items()}


def _healthy(seeds: Iterable[Measured]) -> int:
    return sum(each.healthy for each in seeds)


def _verdict(
    preset: str,
    baseline: str,
    where: tuple[str, float],
    mine: dict[int, Measured],
    theirs: dict[int, Measured],
    shares: dict[tuple[str, float], float],
) -> Verdict:
    seeds = sorted(mine)
    difference = paired([mine[seed].first_ok for seed in seeds], [theirs[seed].first_ok for seed in seeds])
    is_gated = baseline not in IGNORE_SHARES
    return Verdict(
        preset=preset,
        baseline=baseline,
        scenario=where[0],
        per_s=where[1],
        difference=difference,
        share_deviation=round(shares[(baseline, where[1])], 4),
        is_gated=is_gated,
        is_worse=not difference.is_not_worse,
        passed=difference.is_not_worse or not is_gated,
    )
