"""The figures of contract tests are of checks that ran, beside items that do nothing."""

from contract_tests.bench.contracts import COLLECT_MAX_S, ITEMS, RUN_MAX_S, figures_of, timed


def test_items_that_do_nothing_are_timed_in_the_same_way():
    found = timed("empty", 20)
    assert (found["items"], found["failed"]) == (20, 0)
    assert found["run_s"] > 0


def test_too_few_items_or_one_that_fails_meets_no_limit():
    good = {"items": ITEMS, "collected": ITEMS + 1, "failed": 0, "collect_s": COLLECT_MAX_S, "run_s": RUN_MAX_S}
    empty = {"items": ITEMS, "collected": ITEMS, "failed": 0, "collect_s": 0.1, "run_s": 1.0}
    assert all(figure.met for figure in figures_of(good, empty))
    for name, wrong in (("items", ITEMS - 1), ("failed", 1), ("collect_s", 3.1), ("run_s", 20.1)):
        assert not all(figure.met for figure in figures_of({**good, name: wrong}, empty)), name
