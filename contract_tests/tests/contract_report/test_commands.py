"""`insurehub test --report` and `pytest --contract-report` write the same of the same run."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cli.commands.test import app
from contract_tests.report import FILES

ISSUE = "examples/policy_issue.yaml"
ALONE = ("--disable-plugin-autoload", "-p", "insurehub", "-p", "xdist")


@pytest.fixture
def command(room, monkeypatch):
    monkeypatch.chdir(room.root)

    def run(*arguments):
        done = CliRunner().invoke(app, list(arguments))
        return done.exit_code, done.stdout, done.stderr

    return run


def run_pytest(root, *arguments):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ALONE, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, done.stdout + done.stderr


def of(folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    return json.loads((folder / "report.json").read_text("utf-8"))


def fates(told):
    return {f"{each['file']} {each['example']}/{each['check']}": each["status"] for each in told["checks"]}


def test_the_command_and_pytest_with_workers_tell_the_same_checks_one_by_one(room, command, tmp_path_factory):
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    room.change("examples/policy_get.yaml", "expect:", "expects:")
    folders = [tmp_path_factory.mktemp(name) / "deep" for name in ("command", "pytest")]
    code, _, said = command("rowan", "--level", "0", "--report", str(folders[0]))
    assert (code, str(folders[0] / "report.html") in said) == (1, True)
    options = ("--contract-level", "0", "--contract-granularity", "example", "-n", "1")
    code, said = run_pytest(room.root, "mappings", *options, "--contract-report", str(folders[1]))
    assert (code, f"contract report: {folders[1] / 'report.html'}" in said) == (1, True), said
    by_command, by_pytest = map(of, folders)
    assert fates(by_command) == fates(by_pytest)
    assert by_command["failed"] == by_pytest["failed"] > 0
    assert by_pytest["passed"] > 0
    failed = next(each for each in by_pytest["checks"] if each["status"] == "failed")
    assert failed["rerun"] == f"pytest 'mappings/carriers/rowan/{ISSUE}::{failed['example']}::all-checks'"
    for told in (by_command, by_pytest):
        malformed, *_ = (each for each in told["missing"] if "expects" in each["what"])
        assert (malformed["kind"], malformed["file"]) == (
            "malformed",
            "mappings/carriers/rowan/examples/policy_get.yaml",
        )
        assert malformed["line"] > 1


def test_a_folder_that_takes_no_files_is_wrong_use_before_anything_runs(command, room):
    (room.root / "file").write_text("")
    code, said, told = command("rowan", "--report", str(room.root / "file" / "deeper"))
    assert (code, said) == (2, "")
    assert "cannot be written" in told


def test_a_report_beside_a_measurement_is_wrong_use(command):
    code, _, told = command("rowan", "--coverage", "--report", "here")
    assert (code, "--report, --expected and --live are about checks" in told) == (2, True)
