"""The simulator is fair and repeatable, and the product passes its own gate in two scenarios."""

import pytest
from msgspec.structs import replace

from contract_tests.traffic.compare import Verdict, compare, concluded, parts_of, shown_beside, work
from contract_tests.traffic.metrics import deviation, measured
from contract_tests.traffic.months import MONTHS, Kept, kept
from contract_tests.traffic.months import held_out as held_out_months
from contract_tests.traffic.orders import order_parts
from contract_tests.traffic.page import page
from contract_tests.traffic.quotas import Rationed
from contract_tests.traffic.results import never_in, result_of
from contract_tests.traffic.run import First, Run, run
from contract_tests.traffic.scenarios import SCENARIOS, held_out
from contract_tests.traffic.stats import Difference, paired
from contract_tests.traffic.strategies.all import GATES, IGNORE_SHARES, STRATEGIES
from contract_tests.traffic.strategies.hub import Hub
from contract_tests.traffic.world import CHANNELS, DEADLINE_S, WEIGHTS, Carriers, Luck, Scenario, Trouble, luck
from contract_tests.traffic.writes import Written, written

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


def test_a_call_for_which_there_is_no_room_is_turned_away():
    thundering = next(each for each in SCENARIOS if each.name == "recovery_thundering")
    carriers, given = Carriers(thundering), Luck(500.0, 0, 0, (0.01,) * 9, (1.0,) * 4)
    called = [carriers.call("a", given, 0, 500.0) for _ in range(12)]
    room = int(2.0 * thundering.troubles[1].room_span_s)
    assert [each.refused for each in called] == [number >= room for number in range(12)]
    assert [each.ok for each in called] == [number < room for number in range(12)]
    assert not carriers.call("b", given, 0, 500.0).refused


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
    named = ("hub, carrier replays", "out_of_reach")
    orders = [each for each in order_parts(["writes", "months"], 1) if each.name in named]
    found = compare([*parts_of(scenarios, (2.0,), 1), *orders], jobs=2)
    assert found.passed, [each for each in found.verdicts if not each.passed]
    results = {(each.strategy, each.scenario): each for each in found.results}
    assert results[("hub", "hard_down")].faulty_attempts < results[("litellm_default", "hard_down")].faulty_attempts / 4
    assert results[("hub", "hard_down")].first_ok > results[("static", "hard_down")].first_ok + 0.2
    html = page(found, "Routing under faults")
    assert "hard_down, 2.0 requests/s" in html
    assert html.count("<polyline") == 2 * 2 * 8
    assert "<td>hub, carrier replays</td>" in html
    assert "<td>out_of_reach</td><td>no</td>" in html
    assert html.count("ejected after, each seed a dot") == html.count("recovered after, each seed a dot") == 2
    assert html.count("<circle") == 2 * 2 * 8
    assert "Not examined: keeps the contract" in html


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
        for room in ("compare", "strategies.all"):
            patch.setattr(f"contract_tests.traffic.{room}.GATES", {"hub": ("static",)})
        assert concluded(done, 0).passed
        assert not concluded(swapped, 0).passed


def test_figures_of_a_run_say_never_where_nothing_was_ejected():
    made = run(STRATEGIES["static"](1, NAMED["hard_down"]), NAMED["hard_down"], luck(1, 20.0, 900.0))
    figures = measured(made, NAMED["hard_down"])
    assert figures.eject_s is None
    assert figures.first_ok == pytest.approx(0.69, abs=0.02)


def test_eight_times_slower_one_call_in_a_hundred_misses_the_deadline_and_none_does_while_all_is_well():
    slow = Scenario(name="x", troubles=(Trouble(channels=("a",), start_s=0.0, end_s=1e9, slower=8.0),))
    carriers, lucks = Carriers(slow), luck(1, 20.0, 900.0)

    def late(channel):
        return sum(carriers.call(channel, given, 0, given.at_s).takes_s >= DEADLINE_S for given in lucks) / len(lucks)

    assert late("a") == pytest.approx(0.01, abs=0.004)
    assert late("f") < 0.0005


def test_the_product_doubles_no_order_whose_answer_got_lost_and_failing_over_doubles_half_of_them():
    asked, replayed = (written(f"hub, carrier {does}", 1) for does in ("can be asked", "replays"))
    for mine in (asked, replayed):
        assert mine.ambiguous > 15
        assert (mine.doubled, mine.orphans, mine.unresolved) == (0, 0, 0)
    assert replayed.most_s < asked.most_s
    others = written("static, fails over", 1)
    assert others.doubled / others.ambiguous == pytest.approx(0.59, abs=0.1)


@pytest.mark.parametrize(
    ("channels", "success", "most_each"), [("abcdef", 0.0, 0.25), ("abcd", 0.4, 1.15), ("a", 0.6, 1.06)]
)
def test_orders_that_try_a_second_channel_do_not_amplify_an_outage(channels, success, most_each):
    trouble = Trouble(channels=tuple(channels), start_s=240.0, end_s=600.0, success=success, takes_s=0.3)
    outage = Scenario(name="outage", troubles=(trouble,))
    made = run(Hub(1, operation="policy.issue"), outage, luck(1, 2.0, 700.0))
    during = [each for each in made.firsts if 240.0 <= each.at_s < 600.0]
    assert sum(each.attempts for each in during) / len(during) < most_each


def test_a_volume_promised_for_a_month_is_kept_beside_quotas_and_without_pacing_it_is_not():
    quotas = next(each for each in MONTHS if each.name == "quotas")
    found = kept(quotas, 1)
    assert found.passed
    assert (found.short, found.beyond_quota) == (0.0, 0)
    assert found.short_unpaced > 0.05


def test_one_doubled_order_or_one_promise_that_is_not_kept_fails_the_gate():
    fine = concluded({}, 0)
    doubled = Written(
        way="hub, carrier replays", orders=9, ambiguous=1, doubled=1, orphans=0, unresolved=0, soon=1.0, half_s=1.0,
        most_s=1.0,
    )  # fmt: skip
    short = Kept(month="m", is_feasible=True, orders=9, short=0.03, short_unpaced=0.5, beyond_quota=0, nobody=0)
    assert fine.passed
    assert len(fine.not_examined) == len(fine.gates) == 6
    assert replace(fine, writes=[doubled], months=[short]).not_examined == [
        "not worse than the baselines during a fault",
        "keeps the contract's shares while all is well",
        "leaves nobody for business declines (false_alarm)",
        "overruns no quota that replicas share (quotas)",
    ]
    overrun = Rationed(morning="m", orders=9, places=5, sold=6, beyond_quota=1)
    assert not replace(fine, quotas=[overrun]).passed
    assert replace(fine, writes=[replace(doubled, doubled=0)], months=[replace(short, short=0.02)]).passed
    assert replace(fine, months=[replace(short, is_feasible=False)]).passed
    assert not replace(fine, writes=[doubled]).passed
    assert not replace(fine, months=[short]).passed
    assert not replace(fine, months=[replace(short, is_feasible=False, beyond_quota=1)]).passed


def test_a_run_tells_how_long_a_decision_took_and_measuring_changes_no_decision():
    (part,) = [each for each in parts_of((NAMED["hard_down"],), (0.2,), 1) if each.strategy == "hub"]
    figures, again = work(part)[1], work(part)[1]
    assert 0.0 < figures.decision_us < 100_000.0
    assert replace(figures, decision_us=0.0) == replace(again, decision_us=0.0)
    result = result_of("hub", "hard_down", 0.2, [figures, replace(figures, decision_us=0.0)])
    assert result.decision_us == round(figures.decision_us / 2, 1)


def test_a_month_tells_how_far_its_policies_lie_from_the_contracts_shares():
    paced = kept(next(each for each in MONTHS if each.is_feasible and each.promised), 1)
    assert 0.0 < paced.deviation < 0.5
    assert paced.deviation_unpaced < paced.deviation, "to keep a promise is to leave the others' shares"


def test_who_leaves_a_channel_for_business_declines_fails_the_gate():
    parts = [part for part in parts_of((NAMED["false_alarm"],), (20.0,), 1) if part.strategy in ("hub", "static")]
    made = {part: figures for part, figures, _ in map(work, parts)}
    fine = concluded(made, 0)
    assert (fine.ignores_declines, set(fine.alarms)) == (True, {"hub"})
    without = {"b": 3500, "c": 1500, "d": 1500, "e": 1000, "f": 500}
    left = {part: replace(figures, given_during=without) for part, figures in made.items()}
    assert concluded(left, 0).ignores_declines is False
    assert not concluded(left, 0).passed
    few = {part: replace(figures, given_during={"a": 9}) for part, figures in made.items()}
    assert concluded(few, 0).ignores_declines is None


def test_who_keeps_no_shares_is_shown_beside_the_gate_with_how_often_it_is_better():
    better = Difference(mean=-0.01, low=-0.02, high=-0.005)
    verdict = Verdict(
        preset="hub", baseline="juspay_sr", scenario="slow", per_s=2.0, difference=better, share_deviation=0.2,
        is_gated=False, is_worse=True, passed=True,
    )  # fmt: skip
    (shown,) = shown_beside([verdict, replace(verdict, is_worse=False, share_deviation=0.25)])
    assert (shown.cells, shown.not_worse, shown.share_deviation) == (2, 1, 0.25)
    assert (shown.worse, "up to 25%" in shown.reason) == (1, True)
    assert shown_beside([replace(verdict, is_gated=True)]) == []


def test_every_strategy_is_gated_or_says_why_it_is_not():
    ours = {"hub", "hub_success_first", "hub_local", "oracle"}
    for gated in (GATES["hub_success_first"], (*GATES["hub"], "litellm_tuned", "envoy_tuned")):
        assert {*gated, *IGNORE_SHARES, *ours} == {*STRATEGIES}
        assert not {*gated} & {*IGNORE_SHARES}


def test_held_out_orders_are_drawn_from_their_seed_and_differ_from_the_shipped_ones():
    def drawn(seed):
        return {(each.kind, each.name): each.course for each in order_parts(["writes", "months", "quotas"], 1, seed)}

    shipped = {(each.kind, each.name): each.course for each in order_parts(["writes", "months", "quotas"], 1)}
    assert drawn(5) == drawn(5)
    assert not [each for each in drawn(5).values() if each in (*drawn(6).values(), *shipped.values())]
    assert {kind for kind, _ in drawn(5)} == {"writes", "months", "quotas"}
    assert drawn(None) == shipped


def test_drawn_promises_can_be_kept():
    for seed in range(40):
        for month in held_out_months(seed):
            assert all(share <= 2.0 * WEIGHTS[name] / 100 for name, share in month.promised.items())
            assert all(0 <= first < last <= 17 for _, first, last in month.down)


def test_latency_is_that_of_the_last_answer_and_what_was_earned_that_of_who_gave_it():
    firsts = [
        First(1.0, 0, "a", True, True, 1, 1.0, 1.0, took_s=float(number), served="a" if number % 2 else "d")
        for number in range(1, 101)
    ]
    nobody = First(1.0, 0, None, False, False, 0, 1.0, 0.0)
    scenario = Scenario(name="x", troubles=(Trouble(channels=("a",), start_s=0.0, end_s=10.0, success=0.5),))
    figures = measured(Run(firsts=[*firsts, nobody], attempts=[]), scenario)
    assert (figures.p50_s, figures.p95_s, figures.p99_s) == (50.0, 95.0, 99.0)
    assert figures.premium == (CHANNELS["a"].premium + CHANNELS["d"].premium) / 2
    assert figures.commission == (2500 * 0.20 + 2400 * 0.25) / 2


def test_a_request_that_fails_over_takes_as_long_as_both_its_attempts_and_is_earned_by_the_second():
    made = run(STRATEGIES["static"](1, NAMED["blackhole"]), NAMED["blackhole"], luck(1, 2.0, 400.0))
    twice = [each for each in made.firsts if each.attempts == 2 and each.channel == "a" and each.at_s >= 240.0]
    assert len(twice) > 50
    assert all(each.took_s > DEADLINE_S and each.served != each.channel for each in twice)


def test_what_successes_brought_is_a_multiple_of_the_oracles():
    done = [work(each) for each in parts_of([NAMED["hard_down"]], (2.0,), 1) if each.strategy in ("static", "oracle")]
    results = {each.strategy: each for each in concluded({part: figures for part, figures, _ in done}, 0).results}
    assert results["oracle"].premium_to_oracle == results["oracle"].commission_to_oracle == 1.0
    static = results["static"]
    assert static.premium_to_oracle == static.premium / results["oracle"].premium
    assert 0.9 < static.commission_to_oracle < 1.1
    assert static.p50_s < static.p95_s < static.p99_s


def test_seeds_in_which_a_strategy_never_ejected_are_told():
    assert never_in(None, 0, 5) == "never"
    assert never_in(42.4, 5, 5) == "42"
    assert never_in(42.4, 3, 5) == "42 (3/5)"
