"""The simulator is fair and repeatable, and the product passes its own gate in two scenarios."""

import pytest

from contract_tests.traffic.compare import compare, concluded, parts_of, work
from contract_tests.traffic.metrics import deviation, measured
from contract_tests.traffic.page import page
from contract_tests.traffic.run import run
from contract_tests.traffic.scenarios import SCENARIOS, held_out
from contract_tests.traffic.stats import paired
from contract_tests.traffic.strategies.all import STRATEGIES
from contract_tests.traffic.world import CHANNELS, Carriers, Scenario, Trouble, luck

NAMED = {each.name: each for each in SCENARIOS}


def test_the_same_seed_is_the_same_run():
    lucks = luck(3, 2.0, 300.0)
    assert lucks == luck(3, 2.0, 300.0)
    assert lucks != luck(4, 2.0, 300.0)
    first, again = (run(STRATEGIES["hub"](3, NAMED["hard_down"]), NAMED["hard_down"], lucks) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", ["static", "oracle"])
def test_every_strategy_meets_the_same_luck(name):
    lucks = luck(1, 2.0, 300.0)
    made = run(STRATEGIES[name](1, NAMED["brownout40"]), NAMED["brownout40"], lucks)
    carriers = Carriers(NAMED["brownout40"])
    for given, first in zip(lucks, made.firsts, strict=True):
        assert first.channel is not None
        assert first.ok == carriers.call(first.channel, given, 0, given.at_s).ok


def test_what_befalls_a_channel_is_what_its_calls_come_to():
    struck = Scenario(name="x", troubles=(Trouble(channels=("a",), start_s=0.0, end_s=1e9, success=0.6),))
    carriers = Carriers(struck)
    lucks = luck(1, 20.0, 600.0)

    def share(channel):
        return sum(carriers.call(channel, given, 0, given.at_s).ok for given in lucks) / len(lucks)

    assert share("a") == pytest.approx(0.6, abs=0.02)
    assert share("b") == pytest.approx(CHANNELS["b"].success, abs=0.01)


def test_held_out_scenarios_are_drawn_from_their_seed_and_differ_from_the_shipped_ones():
    assert held_out(7) == held_out(7) != held_out(8)
    assert not {each.name for each in held_out(7)} & set(NAMED)


def test_a_paired_difference_is_worse_only_when_its_whole_interval_is():
    assert paired([0.9, 0.8, 0.95], [0.9, 0.81, 0.94]).is_not_worse
    assert not paired([0.80, 0.81, 0.79], [0.9, 0.91, 0.9]).is_not_worse


def test_shares_are_compared_with_the_contracts():
    assert deviation({"a": 300, "b": 250, "c": 150, "d": 150, "e": 100, "f": 50}) == 0.0
    assert deviation({"a": 1000}) == pytest.approx(0.7)


def test_the_product_passes_its_gate_and_meets_a_dead_channel_sooner_than_who_counts_in_each_process(tmp_path):
    scenarios = [NAMED["hard_down"], NAMED["brownout40"]]
    found = compare(parts_of(scenarios, (2.0,), 1), jobs=2)
    assert found.passed, [each for each in found.verdicts if not each.passed]
    results = {(each.strategy, each.scenario): each for each in found.results}
    assert results[("hub", "hard_down")].faulty_attempts < results[("litellm_default", "hard_down")].faulty_attempts / 4
    assert results[("hub", "hard_down")].first_ok > results[("static", "hard_down")].first_ok + 0.2
    html = page(found, "Routing under faults")
    assert "hard_down, 2.0 requests/s" in html
    assert html.count("<polyline") == 2 * 2 * 8


def test_a_preset_that_is_worse_fails_the_gate():
    parts = [part for part in parts_of([NAMED["hard_down"]], (2.0,), 2) if part.strategy in ("hub", "static")]
    done = {part: figures for part, figures, _ in map(work, parts)}
    swapped = {
        replaced: figures
        for part, figures in done.items()
        for replaced in [
            type(part)("static" if part.strategy == "hub" else "hub", part.scenario, part.per_s, part.seed)
        ]
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contract_tests.traffic.compare.GATES", {"hub": ("static",)})
        assert concluded(done, 0).passed
        assert not concluded(swapped, 0).passed


def test_figures_of_a_run_say_never_where_nothing_was_ejected():
    made = run(STRATEGIES["static"](1, NAMED["hard_down"]), NAMED["hard_down"], luck(1, 20.0, 900.0))
    figures = measured(made, NAMED["hard_down"])
    assert figures.eject_s is None
    assert figures.first_ok == pytest.approx(0.69, abs=0.02)
