"""Two hundred seeds break no promise, meet everything they are for, and each tells one story."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.simulate.plan import AFTER_SENDING, draw
from contract_tests.simulate.points import KINDS
from contract_tests.simulate.run import Run
from contract_tests.simulate.sweep import sweep

ROOT = Path(__file__).parents[3]
SEEDS = range(200)


@pytest.fixture(scope="module")
def swept():
    return sweep(SEEDS, ROOT, 1, lambda _: None)


@pytest.mark.timeout(300)
def test_two_hundred_seeds_break_no_promise(swept):
    assert [(each.seed, each.violations) for each in swept.failed] == []


def test_every_kind_of_crash_every_fault_and_every_duplicate_is_met(swept):
    sums = swept.sums
    assert set(KINDS) <= set(sums["crashes"])
    assert set(AFTER_SENDING) <= set(sums["faults"])
    assert {"dns", "refused", "connect_timeout", "journal outage", "paused beyond its lease"} <= set(sums["faults"])
    assert sums["faults"]["clock wrong by minutes"] > 0
    assert {"concurrent duplicate", "later duplicate", "same key, another body", "batch"} <= set(sums["callers"])
    assert {"applied", "forged", "ignored", "lost on the way", "sent again"} <= set(sums["callbacks"])
    assert {"read: from the insurer", "read: as last known", "claim reported"} <= set(sums["callers"])
    assert all(sums["callers"].values())


def test_every_safety_class_does_its_work_and_falls_into_doubt(swept):
    issued = {carrier: swept.sums["effects"].get(f"{carrier} issue", 0) for carrier in ("aurora", "lotus", "harbor")}
    assert min(issued.values()) > len(SEEDS)
    assert min(swept.sums["effects"][f"{carrier} cancel"] for carrier in issued) > 0
    assert {"succeeded", "declined", "failed", "needs_review"} <= set(swept.sums["states"])
    assert {"accepted", "declined", "pending", "unknown", "not_executed"} <= set(swept.sums["outcomes"])
    assert {"noted: queued", "asked", "sent again", "noted: proven_not_executed", "noted: needs_review"} <= set(
        swept.sums["rungs"]
    )


def test_a_seed_has_twenty_operations_three_classes_a_crash_and_duplicates(swept):
    assert sum(swept.sums["operations"].values()) > 20 * len(SEEDS)
    for seed in SEEDS:
        plan = draw(seed)
        assert len(plan.orders) >= 20
        assert {order.carrier for order in plan.orders} == {"aurora", "lotus", "harbor"}
        assert plan.fates
        assert any(order.twins_after for order in plan.orders)
        assert any(order.again_after for order in plan.orders)
        assert all(any("nth" in rule for rule in rules) for rules in plan.faults.values())


@pytest.mark.parametrize("seed", [74, 204])
def test_the_same_seed_tells_the_same_story_in_every_process(seed):
    first = Run(seed, ROOT).outcome()
    words = [sys.executable, "-c", _ANOTHER.format(seed=seed, root=str(ROOT))]
    environ = {**os.environ, "PYTHONHASHSEED": "4711"}
    other = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(other.stdout) == [first.digest, first.virtual_s]
    assert Run(seed, ROOT).outcome().digest == first.digest


_ANOTHER = (
    "import json; from pathlib import Path; from contract_tests.simulate.run import Run; "
    "o = Run({seed}, Path('{root}')).outcome(); print(json.dumps([o.digest, o.virtual_s]))"
)


@pytest.mark.parametrize("seed", [3, 74])
def test_neither_clocks_nor_the_collector_nor_hashes_have_a_say_in_a_seed(seed):
    """What a busy machine changes, and more: clocks that leap by hours, entropy, garbage collected at every turn."""
    words = [sys.executable, "-c", _UNSTEADY + _ANOTHER.format(seed=seed, root=str(ROOT))]
    environ = {**os.environ, "PYTHONHASHSEED": "815"}
    other = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=120)
    first = Run(seed, ROOT).outcome()
    assert json.loads(other.stdout) == [first.digest, first.virtual_s]


_UNSTEADY = """
import gc, itertools, random, time
leaps = itertools.count(1)
for clock in ("time", "monotonic", "perf_counter"):
    setattr(time, clock, lambda: next(leaps) * 3601.7)
random.seed(next(leaps))
random.random = lambda: next(leaps) % 7 / 7
gc.set_threshold(60, 2, 2)
"""
"""Before anything else is imported: nothing keeps the real ones by another name."""


def test_other_seeds_tell_other_stories():
    digests = {Run(seed, ROOT).outcome().digest for seed in range(4)}
    assert len(digests) == 4
