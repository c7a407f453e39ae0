"""Many seeds on all cores: each is a run of its own, what they hit is summed, what breaks is kept with its seed."""

import gc
import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from msgspec import Struct

from contract_tests.simulate.cluster import REAL
from contract_tests.simulate.planted import PLANTS
from contract_tests.simulate.run import Outcome, Run
from contract_tests.simulate.shared import shared

CHUNK = 4
CHUNKS_EACH = 8
"""After so many a worker gives way to a fresh one: that is cheaper than to collect the cycles a run leaves behind."""
COLLECT_EVERY = 8
"""How often they are collected where the process has to go on."""


class Swept(Struct, frozen=True, kw_only=True):
    """What became of many seeds: those that broke a promise, and the sums of what all of them hit."""

    seeds: int
    first: int
    failed: tuple[Outcome, ...]
    sums: dict[str, dict[str, int]]
    virtual_s: float
    wait_s: float

    @property
    def violations(self) -> int:
        """How many promises were broken, over all seeds."""
        return sum(len(each.violations) for each in self.failed)

    @property
    def seeds_per_minute(self) -> float:
        """How fast it went."""
        return self.seeds / self.wait_s * 60.0


def one(seed: int, root: Path, plant: str | None = None, *, keep: bool = False) -> Outcome:
    """Run one seed, with a planted bug when one is named; a run that cannot go on is a violation too."""
    parts = PLANTS[plant].parts if plant else REAL
    try:
        return Run(seed, root, parts, keep=keep).outcome()
    except Exception as error:  # noqa: BLE001 - one broken run must not end the others, and must not pass
        broken = f"the run broke: {type(error).__name__}: {error}"
        return Outcome(seed=seed, violations=(broken,), digest="", sums={}, virtual_s=0.0)


def sweep(seeds: range, root: Path, jobs: int, tell: Callable[[Outcome], None], plant: str | None = None) -> Swept:
    """Run all seeds; `tell` hears of each as it ends."""
    began = time.monotonic()
    sums: dict[str, Counter[str]] = {}
    failed, virtual_s = [], 0.0
    for outcome in _outcomes(seeds, root, jobs, plant):
        for name, counts in outcome.sums.items():
            sums.setdefault(name, Counter()).update(counts)
        virtual_s += outcome.virtual_s
        if outcome.violations:
            failed.append(outcome)
        tell(outcome)
    return Swept(
        seeds=len(seeds),
        first=seeds.start,
        failed=tuple(sorted(failed, key=lambda each: each.seed)),
        sums={name: dict(sorted(counts.items())) for name, counts in sums.items()},
        virtual_s=virtual_s,
        wait_s=time.monotonic() - began,
    )


def _outcomes(seeds: range, root: Path, jobs: int, plant: str | None) -> Iterator[Outcome]:
    shared(root)  # read before the fork: children have it for nothing
    work = partial(one, root=root, plant=plant)
    if jobs <= 1:
        yield from _without_pauses(work, seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs, _begin, maxtasksperchild=CHUNKS_EACH) as pool:
        yield from pool.imap_unordered(work, seeds, CHUNK)


def _begin() -> None:
    """In a process of the pool: Ctrl-C is the pool's, which ends them all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _without_pauses(work: Callable[[int], Outcome], seeds: Iterable[int]) -> Iterator[Outcome]:
    """In this process, with the collector held back: it is called now and then."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for number, seed in enumerate(seeds, 1):
            yield work(seed)
            if number % COLLECT_EVERY == 0:
                gc.collect()
    finally:
        if was_enabled:
            gc.enable()
