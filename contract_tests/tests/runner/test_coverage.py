"""Which lines of a mapping the written examples carry out, and nothing that is derived from them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands.test import app
from cli.testing.coverage import spans
from contract_tests.runner import Subject
from contract_tests.runner.coverage import Carried, total
from contract_tests.runner.statements import read_module
from contract_tests.runner.tracing import traced

ISSUE = "examples/policy_issue.yaml"


def line_of(room, file: str, text: str) -> int:
    lines = (room.folder / file).read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if text in line]
    return found


def missing(room) -> dict[str, tuple[int, ...]]:
    return {Path(each.file).name: each.missing for each in Carried(room.subject).files()}


def only(room, *ids: str) -> None:
    """Keep these examples of the file of policy.issue."""
    path = room.folder / ISSUE
    head, *examples = path.read_text("utf-8").split("\n  - id: ")
    kept = [each for each in examples if each.partition("\n")[0] in ids]
    path.write_text("\n  - id: ".join([head, *kept]), "utf-8")


def test_a_line_that_no_example_reaches_is_named(room):
    only(room, "basic")
    lines = missing(room)["policy_issue.yaml"]
    assert line_of(room, "policy_issue.yaml", "by_code: wire.code") in lines
    assert line_of(room, "policy_issue.yaml", "{ else: unknown }") in lines
    assert line_of(room, "policy_issue.yaml", "http: 201") not in lines


def test_a_row_that_is_only_asked_about_and_never_written_is_not_covered(room):
    note = line_of(room, "policy_issue.yaml", "note: { to: hint }")
    assert note not in missing(room)["policy_issue.yaml"]
    only(room, "basic")
    assert note in missing(room_of(room))["policy_issue.yaml"]


def test_rows_of_the_error_table_are_covered_by_the_codes_that_examples_bear(room):
    code = line_of(room, "carrier.yaml", "AGE:")
    assert code not in missing(room)["carrier.yaml"]
    only(room, "basic")
    assert code in missing(room_of(room))["carrier.yaml"]


def room_of(room):
    return type(room)(room.root)


def test_an_example_that_fails_covers_nothing(room):
    whole = total(Carried(room.subject).files())
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    assert total(Carried(room_of(room).subject).files()) < whole


def test_checks_that_are_derived_from_an_example_cover_nothing(room):
    only(room, "basic")
    shown = Carried(room.subject).examples
    assert {verdict.check.name for each in shown for verdict in each.verdicts} <= {
        "request-bytes", "outcome", "reply", "callback", "callback-answer", "cannot-send",
    }  # fmt: skip


def test_a_statement_counts_by_the_tag_on_its_last_line(tmp_path):
    module = tmp_path / "made.py"
    module.write_text(
        'MAPPING = "mappings/carriers/x/made.yaml"\nTABLE = dict(\n    a=1,\n)  # L2\n\n\ndef build(value):\n'
        "    if value:  # L7\n        call(\n            TABLE,\n        )  # L7\n    return 1  # base.yaml L9\n",
        "utf-8",
    )
    read = read_module(module)
    file = "mappings/carriers/x/made.yaml"
    assert read.tables == (("TABLE", (file, 2)),)
    assert [(each.mapping, each.first, each.last, each.asks) for each in read.statements] == [
        ((file, 7), 8, 8, True),
        ((file, 7), 9, 11, False),
        (("mappings/carriers/x/base.yaml", 9), 12, 12, False),
    ]
    assert "TABLE" in read.statements[1].names


def test_only_lines_of_the_named_files_are_noted_and_an_earlier_tracer_goes_on(tmp_path):
    own, other = tmp_path / "own.py", tmp_path / "other.py"
    own.write_text("def run(far):\n    if far:\n        return 1\n    return 2\n", "utf-8")
    other.write_text("def run():\n    return 3\n", "utf-8")
    spaces: list[dict] = [{}, {}]
    for path, space in zip((own, other), spaces, strict=True):
        exec(compile(path.read_text("utf-8"), str(path), "exec"), space)
    before = sys.gettrace()
    with traced({str(own)}) as hits:
        spaces[0]["run"](False)
        spaces[1]["run"]()
    assert {line for _, line in hits} >= {2, 4}
    assert 3 not in {line for _, line in hits}
    assert {file for file, _ in hits} == {str(own)}
    assert sys.gettrace() is before


@pytest.fixture
def command(generated, monkeypatch):
    monkeypatch.chdir(generated)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_command_tells_the_part_covered_and_every_missing_line(command):
    done = command("rowan", "--coverage", "--json")
    told = json.loads(done.stdout)
    assert 0 < told["coverage"] <= 1
    assert told["covered"] == sum(each["covered"] for each in told["files"])
    assert all(each["lines"] == each["covered"] + len(each["missing"]) for each in told["files"])
    assert (done.exit_code, told["failed"], told["malformed"]) == (0, [], [])


def test_less_than_what_is_asked_for_ends_with_one(command):
    told = json.loads(command("rowan", "--coverage", "--json").stdout)
    assert told["coverage"] < 1
    assert command("rowan", "--coverage", "--fail-under", "1.0").exit_code == 1
    assert command("rowan", "--coverage", "--fail-under", str(told["coverage"])).exit_code == 0


@pytest.mark.parametrize(
    "words", [("--coverage", "-k", "issue"), ("--coverage", "--level", "0"), ("--fail-under", "0.5")]
)
def test_what_would_not_be_obeyed_is_refused(command, words):
    assert command("rowan", *words).exit_code == 2


def test_lines_in_a_row_are_told_as_one():
    assert spans((3, 4, 5, 9, 11, 12)) == "3-5, 9, 11-12"
    assert spans(()) == ""


def test_the_examples_of_the_shipped_carriers_cover_their_mappings():
    root = Path(__file__).parents[3]
    said = subprocess.run(
        [sys.executable, "-m", "cli", "test", "--coverage", "--json", "--fail-under", "0.95"],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
    )
    told = json.loads(said.stdout)
    missing = {each["file"]: each["missing"] for each in told["files"] if each["missing"]}
    assert (said.returncode, told["failed"]) == (0, []), missing
    assert told["coverage"] >= 0.95


def test_every_shipped_carrier_is_measured_but_one_that_has_no_lines_of_its_own():
    root = Path(__file__).parents[3]
    subjects = [_subject(root, each.name) for each in (root / "mappings" / "carriers").iterdir() if each.is_dir()]
    native = {each.carrier for each in subjects if each.is_native}
    measured = {each.file.split("/")[2] for subject in subjects for each in Carried(subject).files()}
    assert native == {"cedar"}
    assert measured == {each.carrier for each in subjects} - native


def _subject(root: Path, name: str) -> Subject:
    return Subject(root / "mappings" / "carriers" / name, root)
