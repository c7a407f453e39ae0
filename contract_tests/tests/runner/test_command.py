"""`insurehub test`: the same checks without pytest."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands.test import app
from cli.out import Exit
from gateway.wire import extras

ISSUE = "examples/policy_issue.yaml"


@pytest.fixture
def command(room, monkeypatch):
    monkeypatch.chdir(room.root)

    def run(*arguments):
        done = CliRunner().invoke(app, list(arguments))
        return done.exit_code, done.stdout, done.stderr

    return run


def test_what_is_right_ends_with_zero_and_a_table_of_operations(command):
    code, said, _ = command("rowan")
    assert code == 0
    assert "policy.issue" in said
    assert "0 failed, 0 missing" in said


@pytest.mark.parametrize("how", [(), ("--coverage",)])
def test_a_carrier_that_needs_a_package_that_is_not_here_is_refused_with_the_command_to_run(how, monkeypatch):
    monkeypatch.setattr(extras, "_lacks", lambda extra: extra == "gm")
    monkeypatch.chdir(Path(__file__).parents[3])
    done = CliRunner().invoke(app, ["jade", *how])
    assert done.exit_code == Exit.missing
    assert "jade cannot run here: gmalg is not installed; run: pip install 'insurehub[gm]'" in done.stderr
    assert "nothing was tested" in done.stderr
    told = json.loads(CliRunner().invoke(app, ["jade", "--json", *how]).stdout)
    assert (told["passed"], len(told["lacks"])) == (0, 1)


def test_a_failure_is_told_in_full_and_ends_with_one(command, room):
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    code, said, _ = command("rowan", "--level", "0")
    assert code == 1
    assert '  at       header X-Partner\n  expected "P2"\n  actual   "P1"\n' in said
    assert "insurehub test rowan -k 'basic and request-bytes'" in said


def test_the_command_that_is_printed_runs_that_check(command, room):
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    code, said, _ = command("rowan", "-k", "basic and request-bytes", "--json")
    (check,) = json.loads(said)["carriers"][0]["checks"]
    assert (code, check["passed"], check["level"]) == (1, False, 0)
    assert "header X-Partner" in check["failure"]


def test_json_is_one_document_with_every_check(command):
    code, said, _ = command("rowan", "--json")
    told = json.loads(said)
    assert code == 0
    assert told["failed"] == 0
    assert told["passed"] == len(told["carriers"][0]["checks"])


def test_what_is_missing_ends_with_one(command, room):
    (room.folder / "examples" / "policy_get.yaml").unlink()
    room.change("examples/policy_issue.yaml", "commit_then_rst", "rst_before_commit")
    room.change("examples/policy_issue.yaml", "truncate_close", "garbage")
    code, said, _ = command("rowan")
    assert code == 1
    assert "policy_get.yaml:1 missing: policy.get has no example of a success" in said
    assert "missing: no fault after a commit" in said


@pytest.mark.parametrize(
    ("text", "said_of_it"), [("", "the file says nothing"), ("mock: 1\ncarrier: rowan\n", "faults")]
)
def test_a_mock_that_cannot_be_served_is_missing_although_no_example_asks_it(command, room, text, said_of_it):
    (room.folder / "mock.yaml").write_text(text, encoding="utf-8")
    code, said, _ = command("rowan", "--level", "1")
    assert code == 1
    assert "mock.yaml:1 missing: a mock that can be served" in said
    assert said_of_it in said


def test_a_level_limits_what_is_run(command):
    _, said, _ = command("rowan", "--level", "0", "--json")
    assert {check["level"] for check in json.loads(said)["carriers"][0]["checks"]} == {0}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("hazel",), 2, "no carrier 'hazel'"),
        (("rowan", "-k", "basic and"), 2, "a word is missing at the end"),
        (("rowan", "-k", "no-such-example"), 1, "no check was run"),
    ],
)
def test_wrong_use_says_what_to_do(command, arguments, code, told):
    found, _, said = command(*arguments)
    assert found == code
    assert told in said


def test_a_package_that_is_not_there_is_named_and_level_0_does_without(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "respx", None)
    monkeypatch.setattr("cli.testing.checks.find_spec", lambda _name: None)
    code, _, said = command("rowan")
    assert (code, "respx" in said) == (3, True)
    assert command("rowan", "--level", "0")[0] == 0
