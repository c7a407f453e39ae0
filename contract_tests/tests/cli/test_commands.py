"""Every command: help with an example, one JSON document with --json, and an exit code that says what happened."""

import importlib
import json
import re
import sys
from datetime import date
from typing import Any

import pytest
import typer.main

from cli.main import _COMMANDS
from contract_tests.live.sandbox import FLAG
from gateway.model import Gender
from gateway.model.validate.identity import synthetic_id


def _leaves(name: str, command: Any) -> list[tuple[str, Any]]:
    """A command, or all commands of a group, by the words that call them."""
    words = getattr(command, "commands", None)
    if words is None:
        return [(name, command)]
    return [leaf for word, each in words.items() for leaf in _leaves(f"{name} {word}", each)]


def _command(name: str) -> Any:
    return typer.main.get_command(importlib.import_module(f"cli.commands.{name}").app)


LEAVES = [leaf for name in _COMMANDS for leaf in _leaves(name, _command(name))]
NAMES = [name for name, _ in LEAVES]


def test_insurehub_alone_says_what_it_can_do_and_that_a_command_is_missing(tmp_path, insurehub):
    ended = insurehub(tmp_path)
    assert ended.code == 2
    assert all(name in ended.out for name in _COMMANDS)


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_lists_every_command_with_an_example(tmp_path, insurehub, word):
    ended = insurehub(tmp_path, word)
    assert ended.code == 0
    assert all(name in ended.out for name in _COMMANDS)
    assert "Example:" in ended.out


def test_the_version_is_one_line(tmp_path, insurehub):
    assert re.fullmatch(r"insurehub \d+\.\d+\.\d+\n", insurehub(tmp_path, "--version").out)


@pytest.mark.parametrize("name", [*_COMMANDS, *(name for name in NAMES if " " in name)])
def test_every_command_has_help_with_an_example(tmp_path, insurehub, name):
    ended = insurehub(tmp_path, *name.split(), "--help")
    assert ended.code == 0
    assert f"Example: insurehub {name.split()[0]}" in re.sub(r"\s+", " ", ended.out)


LIVE = [leaf for leaf in LEAVES if any(FLAG in each.opts for each in leaf[1].params)]


@pytest.mark.parametrize(("name", "command"), LIVE, ids=str)
def test_an_example_of_help_that_calls_a_live_system_says_that_it_is_understood(name, command):
    shown = [
        words for words in re.sub(r"\s+", " ", command.callback.__doc__).split("Example:")[1:] if "https://" in words
    ]
    assert shown
    assert all(FLAG in words for words in shown), name


@pytest.mark.parametrize(("name", "command"), LEAVES, ids=str)
def test_every_command_takes_json(name, command):
    assert any("--json" in each.opts for each in command.params), name


def test_an_unknown_command_is_wrong_use_and_the_near_one_is_named(tmp_path, insurehub):
    ended = insurehub(tmp_path, "chekc")
    assert ended.code == 2
    assert "did you mean 'check'?" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_option_is_wrong_use(tmp_path, insurehub, name):
    ended = insurehub(tmp_path, *name.split(), "--no-such-option")
    assert ended.code == 2
    assert "no-such-option" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("new",),
        ("mock", "serve"),
        ("mock", "serve", "nobody"),
        ("mock", "serve", "acme", "--port", "99999"),
        ("serve", "--port", "none"),
        ("test", "nobody"),
        ("check", "--explain", "E999"),
        ("check", "--json", "--sarif", "-"),
        ("check", "--sarif", "no/such/folder.sarif"),
        ("test", "--level", "7"),
        ("test", "-k", "and and"),
        ("operations", "list", "--state", "nowhere"),
        ("clients", "add", "shop", "--scope", "everything"),
        ("clients", "add", ""),
        ("clients", "add", "two\nlines"),
        ("route", "explain", "no-such-file.json"),
        ("route", "explain", "proposal.json", "--operation", "policy.get"),
        ("init", "one", "two"),
    ],
    ids=" ".join,
)
def test_bad_arguments_are_wrong_use_and_said_on_stderr(workspace, insurehub, words):
    ended = insurehub(workspace, *words)
    assert ended.code == 2
    assert ended.err.strip()
    assert ended.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("init",),
        ("new", "north_star"),
        ("check",),
        ("check", "acme"),
        ("check", "--sarif", "-"),
        ("check", "--release"),
        ("check", "--explain", "E203"),
        ("check", "--explain", "all"),
        ("generate",),
        ("generate", "--check"),
        ("test",),
        ("test", "acme", "--level", "0", "-k", "policy_get"),
        ("doctor",),
        ("operations", "list"),
        ("clients", "add", "shop"),
        ("clients", "list"),
        ("route", "explain", "proposal.json"),
    ],
    ids=" ".join,
)
def test_json_is_exactly_one_document_and_all_is_right(workspace, insurehub, proposal, words):
    (workspace / "proposal.json").write_text(json.dumps(proposal), encoding="utf-8")
    json_word = () if "--sarif" in words else ("--json",)
    ended = insurehub(workspace, *words, *json_word)
    assert ended.code == 0, ended.err
    json.loads(ended.out)


def test_what_was_examined_and_is_not_right_is_1_also_with_json(workspace, insurehub):
    file = workspace / "mappings/carriers/acme/quote_create.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("period.start:", "period.strat:"), encoding="utf-8")
    for words in (("check",), ("generate",)):
        ended = insurehub(workspace, *words, "--json")
        assert ended.code == 1
        found = json.loads(ended.out)["diagnostics"]
        assert [(each["code"], each["hint"]) for each in found] == [("E203", "did you mean 'start'?")]


def test_a_fault_is_told_with_its_file_line_and_what_was_meant(workspace, insurehub):
    file = workspace / "mappings/carriers/acme/quote_create.yaml"
    text = file.read_text(encoding="utf-8").replace("period.start:", "period.strat:")
    file.write_text(text, encoding="utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "period.strat" in each)
    ended = insurehub(workspace, "check")
    assert f"mappings/carriers/acme/quote_create.yaml:{line}:" in ended.err
    assert "did you mean 'start'?" in ended.err


def test_what_passes_the_check_is_generated_so_it_tells_what_only_the_generator_refuses(workspace, insurehub):
    file = workspace / "mappings/carriers/acme/carrier.yaml"
    text = file.read_text(encoding="utf-8").replace("header.X-Nonce, ", "sorted(body;&;keep), ", 1)
    file.write_text(text, encoding="utf-8")
    for words in (("check",), ("generate",)):
        ended = insurehub(workspace, *words)
        assert ended.code == 1
        assert "error E266: sorted() takes query" in ended.err


def test_a_test_that_fails_is_1(workspace, insurehub):
    file = workspace / "mappings/carriers/acme/examples/quote_create.yaml"
    text = file.read_text(encoding="utf-8").replace("status: declined", "status: quoted")
    file.write_text(text, encoding="utf-8")
    ended = insurehub(workspace, "test", "acme", "-k", "declined", "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["failed"] >= 1


def test_no_check_at_all_proves_nothing_and_is_1(workspace, insurehub):
    ended = insurehub(workspace, "test", "-k", "nothing_is_called_so")
    assert ended.code == 1
    assert "proves nothing" in ended.err


def test_a_proposal_nobody_can_take_is_1_with_the_reason(workspace, insurehub, proposal):
    number = synthetic_id(date(1930, 1, 1), Gender.male)
    old = {"birth_date": "1930-01-01", "id_docs": [{"type": "cn_resident_id", "number": number}]}
    for party in (proposal["policyholder"], proposal["insureds"][0]["party"]):
        party.update(old)
    (workspace / "old.json").write_text(json.dumps(proposal), encoding="utf-8")
    ended = insurehub(workspace, "route", "explain", "old.json")
    assert ended.code == 1
    assert "age" in ended.out
    assert "channel.limit" in ended.out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"product": "travel-accident@99"}, "there is no product travel-accident@99"),
        ({"policyholder": {"name": "x", "email": "nowhere"}}, "policyholder.email: this is no e-mail address"),
    ],
    ids=["version", "fault"],
)
def test_a_proposal_that_a_gateway_would_refuse_is_1_with_the_reason(workspace, insurehub, proposal, change, says):
    (workspace / "bad.json").write_text(json.dumps({**proposal, **change}), encoding="utf-8")
    ended = insurehub(workspace, "route", "explain", "bad.json")
    assert ended.code == 1
    assert says in ended.err


@pytest.mark.parametrize(
    ("plan", "code", "says"),
    [
        ('{"faults": [{"fault": "nope"}]}', 1, "unknown fault 'nope'"),
        ("{", 1, "plan.json:1:2: not JSON"),
        (None, 3, "plan.json: No such file or directory"),
    ],
    ids=["unknown", "no JSON", "not there"],
)
def test_a_mock_that_cannot_start_says_why(workspace, insurehub, plan, code, says):
    if plan is not None:
        (workspace / "plan.json").write_text(plan, encoding="utf-8")
    ended = insurehub(workspace, "mock", "serve", "acme", "--faults", "plan.json")
    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err


def test_a_revoked_key_that_nobody_has_is_1(workspace, insurehub):
    ended = insurehub(workspace, "clients", "revoke", "0123456789ab")
    assert ended.code == 1
    assert "insurehub clients list" in ended.err


def test_naming_a_command_imports_no_other(tmp_path, insurehub, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("cli.commands.")]:
        monkeypatch.delitem(sys.modules, name)
    insurehub(tmp_path, "init", "ws")
    assert {name for name in sys.modules if name.startswith("cli.commands.")} == {"cli.commands.init"}
