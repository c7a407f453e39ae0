"""What the simulation is worth: every planted bug is found within a few dozen seeds, by the promise named for it."""

from pathlib import Path

import pytest

from contract_tests.checker.invariants import ALL
from contract_tests.simulate.planted import PLANTS
from contract_tests.simulate.sweep import one

ROOT = Path(__file__).parents[3]
SEEDS = range(48)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_found_by_the_promise_named_for_it(name):
    plant = PLANTS[name]
    assert plant.breaks
    missing = set(plant.breaks)
    for seed in SEEDS:
        missing -= {text.split()[0] for text in one(seed, ROOT, name).violations}
        if not missing:
            return
    pytest.fail(f"{name}: {', '.join(sorted(missing))} did not notice it in {len(SEEDS)} seeds")


def test_every_planted_bug_is_named_for_promises_that_exist():
    assert {name for plant in PLANTS.values() for name in plant.breaks} <= set(ALL)
