"""The torture as a command: what is not there or not known is said at once, and a report is a page of its own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import torture as command
from contract_tests.checker import stores
from contract_tests.checker.directed import Outcome
from contract_tests.checker.planted import INVARIANT
from contract_tests.checker.report import Report, judged, write_page

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(monkeypatch):
    monkeypatch.chdir(ROOT)
    return lambda *words: CliRunner().invoke(command.app, list(words))


def report(**fields):
    counts = dict.fromkeys(
        ("keys", "acknowledged", "lost", "doubled", "stuck", "stored_unacknowledged", "unforeseen"), 0
    )
    held = {"S1": judged("S1", 3, "effects", []), "V2": judged("V2", 0, "events", [])}
    given = {
        **counts, "db": "sqlite", "seed": 1, "kills": 2, "kills_in_flight": 2, "needs_review": 0, "nemeses": {},
        "crash_points": {"mid-callback": 1}, "faults": {"garbage": 4}, "missed": (), "invariants": held,
        "wait_s": 1.0, "evidence": "",
    }  # fmt: skip
    return Report(**{**given, **fields})


def test_without_a_server_of_postgresql_it_says_what_was_looked_for(run, monkeypatch):
    monkeypatch.setattr(stores, "server_programs", lambda: None)
    ended = run("--db", "postgres", "--kills", "1")
    assert ended.exit_code == 3
    assert "initdb" in ended.output


@pytest.mark.parametrize(
    "words",
    [
        ("--planted", "no-attempt-row", "--db", "postgres"),
        ("--planted", "no-attempt-row", "--report", "page.html"),
        ("--planted", "no-attempt-row", "--kills", "1"),
        ("--kills", "1", "--seconds", "1"),
        ("--keys", "1", "--seconds", "1"),
    ],
)
def test_an_option_that_a_run_does_not_obey_is_wrong_use(run, words, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "_planted", lambda *_, **__: 0)
    monkeypatch.setattr(command, "_tortures", lambda *_: [])
    monkeypatch.setattr(command, "_crowds", lambda *_: [])
    ended = run(*(str(tmp_path / word) if word == "page.html" else word for word in words))
    assert (ended.exit_code, list(tmp_path.iterdir())) == (2, [])


@pytest.mark.parametrize("words", [("--db", "oracle"), ("--planted", "gremlins")])
def test_what_is_not_known_is_wrong_use(run, words):
    assert run(*words).exit_code == 2


def test_a_workspace_without_the_shipped_carriers_cannot_be_tortured(tmp_path, monkeypatch):
    (tmp_path / "mappings").mkdir()
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(command.app, [])
    assert ended.exit_code == 3
    assert "cedar_main" in ended.output


def test_one_run_is_one_document_and_a_broken_promise_exits_with_1(run, monkeypatch):
    async def broken(_root, _wanted, _tell):
        return report(doubled=1, invariants={"S1": judged("S1", 3, "effects", ["order-1: 2 policies"])})

    monkeypatch.setattr(command, "torture", broken)
    ended = run("--kills", "1", "--json")
    assert ended.exit_code == 1
    document = json.loads(ended.stdout)
    assert (document["doubled"], document["ok"], document["invariants"]["S1"]["verdict"]) == (1, False, "broken")


def test_a_fault_that_was_never_hit_in_a_long_run_fails_it(run, monkeypatch):
    async def blunt(_root, _wanted, _tell):
        return report(missed=("mid-callback",))

    monkeypatch.setattr(command, "torture", blunt)
    assert run("--kills", "50").exit_code == 1


def test_a_long_torture_is_runs_of_seeds_in_turn_added_up(run, monkeypatch):
    seeds = []

    async def quick(_root, wanted, _tell):
        seeds.append((wanted.seed, wanted.kills))
        return report(kills=wanted.kills, keys=7)

    monkeypatch.setattr(command, "torture", quick)
    document = json.loads(run("--kills", "250", "--seed", "5", "--json").stdout)
    assert seeds == [(5, 100), (6, 100), (7, 50)]
    assert (document["kills"], document["keys"], document["runs"]) == (250, 21, 3)


def test_planted_bugs_are_told_as_caught_or_missed(run, monkeypatch):
    async def one_is_missed(_root, bug, seed):
        found = () if bug == "zombie-writes" else (INVARIANT[bug],)
        return Outcome(
            bug=bug, invariant=INVARIANT[bug], seed=seed, found=found, found_without=(), wait_s=1.0,
        )  # fmt: skip

    monkeypatch.setattr(command, "trial", one_is_missed)
    ended = run("--planted", "all", "--json")
    document = json.loads(ended.stdout)
    assert ended.exit_code == 1
    assert len(document["caught"]) == len(INVARIANT) - 1
    assert set(document["caught"][0]) == {"bug", "invariant", "seed"}
    assert [each["bug"] for each in document["missed"]] == ["zombie-writes"]


def test_the_page_stands_by_itself_and_shows_each_verdict(tmp_path):
    broken = judged("S4", 2, "ends", ["op_1: was told no, and <lotus> has it"])
    write_page([report(invariants={"S4": broken, "V2": judged("V2", 0, "events", [])})], tmp_path / "t.html")
    page = (tmp_path / "t.html").read_text()
    assert "&lt;lotus&gt;" in page
    assert "not examined" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
