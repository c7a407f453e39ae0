"""What examples would notice of a wrong mapping, told by the mapping's own lines."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from cli.commands.test import app
from contract_tests.derive.generate import derived_of
from contract_tests.derive.lock import write_lock
from contract_tests.examples.subject import Subject
from contract_tests.mutate.build import installed, sources_of
from contract_tests.mutate.equivalents import FILE, keys_of
from contract_tests.mutate.expectations import flipped, vacuous
from contract_tests.mutate.run import score_of
from contract_tests.mutate.skeleton import skeleton
from contract_tests.mutate.trial import Ended, Trial, Unsound
from gateway.channel.registry import Adapter

FIRST = ("__init__", "codes", "carrier")
ISSUE = "examples/policy_issue.yaml"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def trial(room) -> Trial:
    return Trial(room.folder, room.root)


def ended(trial: Trial, operator: str, words: str = "") -> Ended:
    """What becomes of the first mutant of this operator whose words hold these."""
    mutant = next(each for each in trial.mutants if each.operator == operator and words in each.words)
    return trial.judge(mutant)


def only_the_first(room) -> None:
    """Keep one example of policy.issue."""
    path = room.folder / ISSUE
    head, first, *_ = path.read_text("utf-8").split("\n  - id: ")
    path.write_text(f"{head}\n  - id: {first}\n", "utf-8")


def test_a_row_that_examples_rely_on_is_missed_by_the_one_that_shows_it(trial):
    found = ended(trial, "drop-row", "expected_premium")
    assert found.end == "killed"
    assert "policy_issue.yaml" in found.by
    assert "request-bytes" in found.by


def test_a_mutant_of_a_shape_is_put_to_the_operations_that_use_it(trial):
    mutant = next(each for each in trial.mutants if each.words == "name without max_bytes")
    assert trial.reach.units(mutant) == ("policy.issue",)


def test_what_no_example_shows_survives_and_what_shows_it_kills_it(room, trial):
    survivor = "of note"
    assert ended(trial, "drop-row", survivor).end == "killed"
    only_the_first(room)
    assert ended(Trial(room.folder, room.root), "drop-row", survivor).end == "survived"


def test_the_same_code_is_no_mutant_and_what_cannot_be_generated_neither(trial):
    ends = {trial.judge(each).end for each in trial.mutants}
    assert ends == {"killed", "survived", "refused", "same"}


def test_a_code_table_that_a_shape_looks_in_is_made_wrong_for_the_shape_too(room):
    only_the_first(room)
    room.change(
        "carrier.yaml", "name: { to: name, max_bytes: 40 }", "name: { to: name, max_bytes: 40, as: enum(names) }"
    )
    (room.folder / "codes.yaml").write_text(
        "format: mapping/1\nenums:\n  names: { map: { 张三: 张三 }, send_other: 李四, read_other: error }\n", "utf-8"
    )
    assert ended(Trial(room.folder, room.root), "table-drop").end == "killed"


def test_the_workspaces_own_adapter_is_back_after_a_mutant(trial):
    before = Adapter("rowan").carrier
    mutant = next(each for each in trial.mutants if each.operator == "carrier-default")
    sources = sources_of(trial.reach.part(mutant.tree, "policy.issue"))
    with installed("rowan", sources) as adapter:
        assert adapter.carrier is not before
    assert Adapter("rowan").carrier is before


def test_a_module_is_executed_after_those_it_imports_from(trial):
    for unit in trial.checks:
        modules = list(sources_of(trial.reach.part(trial.subject.tree, unit)))
        assert modules[:1] == ["__init__"]
        assert modules.index("carrier") == max(modules.index(each) for each in modules if each in FIRST)


def test_no_check_counts_that_takes_what_it_expects_from_the_mapping(trial):
    checks = [each for checks in trial.checks.values() for each in checks]
    assert checks
    assert not any(each.name.startswith(("error-row", "unknown-code")) for each in checks)


def test_examples_that_do_not_pass_stop_everything(room):
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    trial = Trial(room.folder, room.root)
    with pytest.raises(Unsound, match="does not pass: insurehub test rowan"):
        ended(trial, "drop-row", "expected_premium")


# --- frozen derived cases ---------------------------------------------------------------------------------------------


def test_what_no_example_shows_a_frozen_case_notices_and_only_locked_counts_it(room):
    only_the_first(room)
    write_lock(room.subject, derived_of(room.subject))
    found = ended(Trial(room.folder, room.root), "drop-row", "of note")
    assert (found.end, found.by, found.is_locked) == ("survived", "", True)
    assert "::derived-" in found.derived


def test_a_mutant_is_not_noticed_by_what_its_adapter_leaves_out(room):
    write_lock(room.subject, derived_of(room.subject))
    trial = Trial(room.folder, room.root)
    # Soundness: the adapter of one operation alone, unchanged, passes every frozen case of it.
    assert all(trial.unchanged(unit) for unit in trial.frozen)


def test_a_mutant_that_changes_no_code_and_no_signature_is_none(trial):
    same = [each for each in trial.mutants if trial.judge(each).end == "same"]
    assert same


def test_an_equivalent_that_a_frozen_case_notices_is_wrong(room):
    trial = Trial(room.folder, room.root)
    declare(room, keys_of(trial.mutants)[0])
    ends = [Ended("survived", derived="a frozen case"), *(Ended("killed", "a check") for _ in trial.mutants[1:])]
    (told,) = score_of(trial, ends, (0, ())).wrong
    assert "is no equivalent: a frozen case notices it" in told


# --- expectations -----------------------------------------------------------------------------------------------------


def test_every_expectation_of_the_examples_asserts_something(room):
    tried, found = vacuous(room.subject)
    assert tried > 20
    assert found == ()


def test_what_comes_of_a_fault_in_the_end_is_judged_where_it_is_asked():
    subject = Subject(ROOT / "mappings" / "carriers" / "lotus", ROOT)
    said = [each for file in subject.files for each in file.examples if "inquiry" in each.expect.words]
    assert said
    assert vacuous(subject)[1] == ()


def test_an_expectation_that_asserts_nothing_is_found(room):
    room.change("examples/callbacks.yaml", "answer: { status", "answer: { method: POST, status")
    _, (found,) = vacuous(room.subject)
    assert (found.what, found.mark.line) == ("answer method", 16)
    assert str(found).endswith("answer method made wrong, and every check still passes: it asserts nothing")


def test_one_thing_is_made_wrong_at_a_time(room):
    example = next(each for file in room.subject.files for each in file.examples if each.id == "basic")
    for what, _, wrong in flipped(example):
        changed = [name for name in ("exchanges", "expect") if getattr(wrong, name) != getattr(example, name)]
        assert len(changed) == 1, what
        assert replace(wrong, exchanges=example.exchanges, expect=example.expect) == example


# --- equivalents ------------------------------------------------------------------------------------------------------


def declare(room, *keys: str) -> None:
    items = "".join(f"  - mutant: {json.dumps(key)}\n    because: nobody can see it\n" for key in keys)
    (room.folder / FILE).parent.mkdir(exist_ok=True)
    (room.folder / FILE).write_text(f"mutation: 1\ncarrier: rowan\nequivalents:\n{items}", "utf-8")


@pytest.fixture
def scored(room):
    """The score of rowan when every mutant is killed but the first, as nothing is run."""

    def score(*declared: str):
        trial = Trial(room.folder, room.root)
        declare(room, *declared)
        ends = [Ended("survived"), *(Ended("killed", "a check") for _ in trial.mutants[1:])]
        return score_of(trial, ends, (0, ()))

    return score


def test_a_declared_equivalent_is_not_counted(room, scored):
    first = keys_of(Trial(room.folder, room.root).mutants)[0]
    assert scored().independent < 1
    score = scored(first)
    assert (score.independent, score.survivors, score.wrong) == (1.0, (), ())


def test_an_equivalent_that_an_example_notices_is_wrong(room, scored):
    second = keys_of(Trial(room.folder, room.root).mutants)[1]
    (told,) = scored(second).wrong
    assert f"{FILE}:4:" in told
    assert "is no equivalent: a check notices it" in told


def test_an_equivalent_that_is_no_mutant_any_more_is_wrong(scored):
    (told,) = scored("policy_issue.yaml drop-row: the row of nothing dropped").wrong
    assert "there is no mutant" in told


def test_more_than_a_twentieth_is_too_many(room, scored):
    keys = keys_of(Trial(room.folder, room.root).mutants)
    assert any("more than 5%" in told for told in scored(*keys[: len(keys) // 20 + 2]).wrong)


def test_mutants_of_one_name_are_told_apart(trial):
    keys = keys_of(trial.mutants)
    assert len(set(keys)) == len(keys)


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_skeleton_is_an_example_that_can_be_read(room, trial):
    mutant = next(each for each in trial.mutants if each.operator == "drop-row" and "of note" in each.words)
    text = skeleton(trial, mutant)
    assert "from: " in text
    path = room.folder / ISSUE
    path.write_text(f"{path.read_text('utf-8').rstrip()}\n{text}\n", "utf-8")
    assert [fault for fault in room.faults() if "error" in fault] == []


def test_the_command_tells_scores_and_survivors_and_ends_with_one_below_the_gate(generated, monkeypatch):
    monkeypatch.chdir(generated)
    done = CliRunner().invoke(app, ["rowan", "--mutate", "--json"])
    (told,) = json.loads(done.stdout)["carriers"]
    assert told["mutants"] == told["killed"] + len(told["survivors"])
    assert told["killed_with_derived_cases"] == told["killed"], "there is no lock: nothing more is noticed"
    assert told["locked"] == told["independent"]
    assert told["expectations_flipped"] > 20
    assert told["expectations_that_assert_nothing"] == []
    assert all(each["at"].startswith("mappings/carriers/rowan/") for each in told["survivors"])
    assert told["survivors_of_derived_cases"] == told["survivors"]
    assert done.exit_code == 1, "locked is below its gate"


@pytest.mark.parametrize("words", [("--coverage",), ("--level", "0"), ("-k", "issue")])
def test_what_would_not_be_obeyed_is_refused(generated, monkeypatch, words):
    monkeypatch.chdir(generated)
    assert CliRunner().invoke(app, ["rowan", "--mutate", *words]).exit_code == 2
