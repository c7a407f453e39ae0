"""A short torture of real processes on each database that is there, and bugs that it must catch."""

import asyncio
from pathlib import Path

import pytest

from contract_tests.checker.crowd import Crowded, crowd
from contract_tests.checker.directed import TRIALS, trial
from contract_tests.checker.report import PASSED
from contract_tests.checker.run import Wanted, torture
from contract_tests.checker.stores import server_programs
from contract_tests.checker.verdict import IN_FLIGHT_SHARE
from contract_tests.tests.servers import required

ROOT = Path(__file__).parents[3]
SECONDS = 30.0
"""Of kills; with the start, the quiet at the end and the verdict about a minute."""
ALWAYS_EXAMINED = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S11", "S12", "S13", "S14", "V1", "V4")


def _must_have_a_server():
    if server_programs() is None:
        message = "no initdb (pg_config, PATH): the torture of gateways that share a PostgreSQL was not run"
        (pytest.fail if required("postgres") else pytest.skip)(message)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("db", ["sqlite", "postgres"])
def test_killed_again_and_again_nothing_is_lost_doubled_or_stuck(db):
    if db == "postgres":
        _must_have_a_server()
    report = asyncio.run(torture(ROOT, Wanted(db=db, seconds=SECONDS, seed=11), lambda *_: None))
    broken = {name: each.violations for name, each in report.invariants.items() if each.violations}
    assert not broken, f"{broken}; the evidence is in {report.evidence}"
    assert (report.lost, report.doubled, report.stuck) == (0, 0, 0)
    assert report.kills_in_flight >= IN_FLIGHT_SHARE * report.kills > 0
    assert {report.invariants[name].verdict for name in ALWAYS_EXAMINED} == {PASSED}


@pytest.mark.timeout(200)
@pytest.mark.parametrize("db", ["sqlite", "postgres"])
def test_a_key_that_many_callers_use_at_once_is_executed_at_most_once_and_all_are_told_the_same(db):
    if db == "postgres":
        _must_have_a_server()
    report = asyncio.run(crowd(ROOT, Crowded(keys=150, db=db, seed=5), lambda *_: None))
    broken = {name: each.violations for name, each in report.invariants.items() if each.violations}
    assert not broken, f"{broken}; the evidence is in {report.evidence}"
    assert report.nemeses["asked at once"] >= 2 * 150
    assert report.nemeses["other bodies"] > 0
    assert report.nemeses["same order, another key"] > 0
    assert {report.invariants[name].verdict for name in ("S1", "S3", "S5", "S6", "S11")} == {PASSED}


@pytest.mark.timeout(200)
@pytest.mark.parametrize("bug", TRIALS)
def test_a_planted_bug_is_caught_by_the_promise_it_breaks_and_the_run_without_it_is_clean(bug):
    outcome = asyncio.run(trial(ROOT, bug, 1))
    assert outcome.caught, outcome
