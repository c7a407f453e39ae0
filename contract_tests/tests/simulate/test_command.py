"""`insurehub simulate`: one document, a readable story, and the command that replays what was found."""

import json

import pytest

from cli.commands import simulate as command
from cli.main import run
from contract_tests.simulate.run import Outcome


def _run(*words):
    with pytest.raises(SystemExit) as ended:
        run(["simulate", *words])
    return ended.value.code


def test_seeds_are_summed_in_one_document(capsys):
    assert _run("--seeds", "2", "--jobs", "1", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["violations"] == 0
    assert document["seeds"] == 2
    assert document["failed"] == []
    assert {"operations", "crashes", "faults", "callers", "outcomes", "rungs"} <= set(document)
    assert document["operations"]["total"] > 40


def test_a_trace_tells_one_seed(capsys, tmp_path):
    file = tmp_path / "report.json"
    assert _run("--seed", "1", "--trace", "--report", str(file)) == 0
    told = capsys.readouterr().out
    assert "commit" in told
    assert "arrives" in told
    assert "crash" in told
    assert json.loads(file.read_text())["trace"][0] in told


def test_a_trace_of_many_seeds_is_wrong_use():
    assert _run("--trace") == 2


@pytest.mark.parametrize("words", [("--seeds", "5"), ("--start", "2"), ("--start", "0")])
def test_one_seed_and_many_at_once_is_wrong_use(words):
    assert _run("--seed", "3", *words) == 2


def test_a_broken_promise_is_printed_with_the_command_that_replays_it(capsys, monkeypatch):
    broken = Outcome(seed=7, violations=("S1 order-1: 2 policies",), digest="", sums={}, virtual_s=1.0)
    monkeypatch.setattr("contract_tests.simulate.sweep.one", lambda seed, root, plant: broken)
    assert _run("--seeds", "1", "--jobs", "1", "--json") == 1
    (failed,) = json.loads(capsys.readouterr().out)["failed"]
    assert failed["broken"] == ["S1 order-1: 2 policies"]
    assert failed["replay"] == "insurehub simulate --seed 7 --trace"
    assert _run("--seeds", "1", "--jobs", "1") == 1
    assert "replay: insurehub simulate --seed 7 --trace" in capsys.readouterr().out


def test_an_installed_insurehub_without_its_mappings_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(command, "shipped", lambda: None)
    assert _run("--seeds", "1") == 3


def test_a_planted_bug_is_found_and_replayed_under_its_name(capsys):
    assert _run("--seed", "0", "--jobs", "1", "--plant", "no-attempt-row", "--json") == 1
    (failed,) = json.loads(capsys.readouterr().out)["failed"]
    assert any(text.startswith("S8 ") for text in failed["broken"])
    assert failed["replay"] == "insurehub simulate --seed 0 --trace --plant no-attempt-row"


def test_a_bug_that_is_not_planted_is_wrong_use():
    assert _run("--plant", "gremlins") == 2
