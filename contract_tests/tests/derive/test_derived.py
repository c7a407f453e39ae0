"""What follows from an example is frozen once, and whoever changes what it says is told."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace as with_
from typer.testing import CliRunner

from cli.commands.test import app
from cli.mapping.workspace import list_carriers
from contract_tests.derive.carried import UnknownShape, carry_out, with_globals
from contract_tests.derive.checks import Derived, forbidden, promise_of, read_derived
from contract_tests.derive.edit import GONE, Edit, apply, edited, read_edit
from contract_tests.derive.generate import derived_of
from contract_tests.derive.lock import OldLock, changes_of, names_of, read_lock, write_lock
from contract_tests.derive.runs import runs_of
from contract_tests.examples.proof import DIFFERENCES_MAX
from contract_tests.examples.subject import LOCK_FILE, UPDATE
from contract_tests.runner import Subject
from contract_tests.runner.run import run_check, run_checks

ROOT = Path(__file__).parents[3]


@pytest.fixture
def frozen(room):
    """Rowan with its lock."""
    write_lock(room.subject, derived_of(room.subject))
    return room


def failed(room) -> set[str]:
    """`example/check` of the derived checks that fail now."""
    checks, faults = read_derived(room.subject)
    assert faults == ()
    assert checks
    return {f"{each.check.run.example.id}/{each.check.name}" for each in run_checks(checks) if not each.passed}


def test_what_was_frozen_passes_on_the_mapping_it_was_frozen_of(frozen):
    assert failed(frozen) == set()


def test_the_same_examples_give_the_same_lock_byte_for_byte(frozen):
    once = (frozen.folder / LOCK_FILE).read_bytes()
    again = Subject(frozen.folder, frozen.root)
    write_lock(again, derived_of(again))
    assert (frozen.folder / LOCK_FILE).read_bytes() == once


@pytest.mark.parametrize(
    ("group", "promise"),
    [
        ("reply missing", "C07"),
        ("request missing", "C07"),
        ("reply null", "C08"),
        ("reply empty", "C08"),
        ("reply extra", "C09"),
        ("bytes duplicate", "C09"),
        ("reply type-exponent", "C10"),
        ("reply type-listed", "C10"),
        ("bytes charset", "C11"),
        ("reply unseen", "C06"),
        ("code error-row", "C05"),
        ("code other", "C05"),
        ("status status", "C14"),
        ("request edge", "C21"),
        ("whole whole", "C04"),
        ("callback missing", "C19"),
        ("context clock", "C03"),
    ],
)
def test_every_kind_of_case_is_derived_and_belongs_to_a_row_of_the_catalogue(frozen, group, promise):
    names = [(of, name) for _, _, of, name in names_of(read_lock(frozen.subject)) if of == group]
    assert names
    assert {promise_of(read_edit(*each)) for each in names} == {promise}


def test_every_row_of_the_error_table_is_among_them(frozen):
    codes = {
        read_edit(group, name).value for _, _, group, name in names_of(read_lock(frozen.subject)) if "code " in group
    }
    assert {code for code in frozen.subject.error_rows if code != "other" and "*" not in code} <= codes


def test_a_changed_adapter_is_told_by_the_case_that_noticed(frozen, mutated):
    room = mutated("policy_issue", "visibility_lag_s=1.0", "visibility_lag_s=2.0")
    noticed = failed(room)
    assert "basic/derived-declared-declared" in noticed
    assert "basic/derived-reply-missing" not in noticed


def test_who_asks_only_whether_a_check_passes_hears_of_one_difference_and_the_other_cases_are_left(frozen):
    check = next(each for each in read_derived(frozen.subject)[0] if len(each.prove.cases) > DIFFERENCES_MAX)
    wrong = with_(check, prove=Derived(check.prove.group, dict.fromkeys(check.prove.cases, "otherwise")))
    told, asked = run_check(wrong), run_check(wrong, differences_max=1)
    assert (told.passed, len(told.differences)) == (False, DIFFERENCES_MAX)
    assert (asked.passed, len(asked.differences), asked.compared) == (False, 1, 1)
    assert run_check(check, differences_max=1).compared == run_check(check).compared == len(check.prove.cases)


def test_a_lock_older_than_the_mapping_is_refused_with_the_command_to_run(frozen):
    frozen.change("carrier.yaml", "format: mapping/1", "# looked at again\nformat: mapping/1")
    subject = Subject(frozen.folder, frozen.root)
    with pytest.raises(OldLock, match=r"older than the mapping.* insurehub test rowan --update-lock"):
        read_lock(subject)
    checks, (fault,) = read_derived(subject)
    assert checks == []
    assert (fault.code, UPDATE.format(carrier="rowan") in fault.message) == ("E710", True)


@pytest.mark.parametrize("name", ["engine", "canonical"])
def test_a_lock_of_another_engine_or_model_is_old_too(frozen, name):
    path = frozen.folder / LOCK_FILE
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**told, name: "another"}), "utf-8")
    with pytest.raises(OldLock, match="older than"):
        read_lock(frozen.subject)


def test_a_lock_that_is_no_lock_is_refused(frozen):
    (frozen.folder / LOCK_FILE).write_text("{", "utf-8")
    with pytest.raises(OldLock, match="cannot be read"):
        read_lock(frozen.subject)


def test_a_case_whose_example_is_gone_or_another_is_told(frozen):
    path = frozen.folder / LOCK_FILE
    told = json.loads(path.read_text("utf-8"))
    groups = next(iter(told["cases"]["policy_issue.yaml"].values()))
    groups["reply missing"] = {"body/9/nothing": "unknown 00000000"}
    path.write_text(json.dumps(told), "utf-8")
    assert any(each.endswith("derived-reply-missing") for each in failed(frozen))


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_freezes_tells_what_changed_and_the_next_run_checks_it(room, monkeypatch):
    monkeypatch.chdir(room.root)
    (room.folder / LOCK_FILE).unlink()
    done = CliRunner().invoke(app, ["rowan", "--update-lock", "--json"])
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)["carriers"]
    assert told["new"] == told["cases"] > 100
    ran = json.loads(CliRunner().invoke(app, ["rowan", "--level", "0", "--json", "-k", "derived"]).stdout)
    checks = ran["carriers"][0]["checks"]
    assert {each["provenance"] for each in checks} == {"derived"}
    assert ran["failed"] == 0


def test_nothing_is_frozen_of_examples_that_do_not_pass(room, monkeypatch):
    monkeypatch.chdir(room.root)
    (room.folder / LOCK_FILE).unlink()
    room.change("examples/policy_issue.yaml", "X-Partner: P1", "X-Partner: P2")
    done = CliRunner().invoke(app, ["rowan", "--update-lock"])
    assert done.exit_code == 1
    assert not (room.folder / LOCK_FILE).exists()


def test_an_old_lock_fails_the_command(frozen, monkeypatch):
    monkeypatch.chdir(frozen.root)
    path = frozen.folder / LOCK_FILE
    path.write_text(path.read_text("utf-8").replace('"mapping": "', '"mapping": "0'), "utf-8")
    done = CliRunner().invoke(app, ["rowan", "--level", "0"])
    assert done.exit_code == 1
    assert "insurehub test rowan --update-lock" in done.output.replace("\n", " ")


def test_a_module_of_a_shape_nobody_knows_is_a_failure_and_no_case_less(frozen):
    run = next(each for each in runs_of(frozen.subject) if each.example.id == "basic")
    played = run.flow.played[0]
    parse = with_globals(played.step.parse, lambda name: False, None)
    del parse.__globals__["decoded"]
    flow = with_(run.flow, played=(with_(played, step=with_(played.step, parse=parse)),))
    run._flow = flow
    with pytest.raises(UnknownShape):
        carry_out(run, Edit(side="bytes", kind="charset", value="bom"))


def test_what_changed_between_two_locks_is_counted():
    assert changes_of({"a": "1", "b": "1"}, {"b": "2", "c": "1"}) == (1, 1, 1)


# --- edits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        Edit(side="reply", kind="missing", at=("body", "a.b/c=d~")),
        Edit(side="reply", kind="null", at=("body", "0"), value=None),
        Edit(side="reply", kind="type-zeros", at=("x",), value=Decimal("1.50")),
        Edit(side="request", kind="edge", at=("x",), value="x" * 61),
        Edit(side="request", kind="edge", at=("x",), value="\ud800"),
        Edit(side="reply", kind="items", at=("x",), value=[{"a": Decimal("1E+2")}], step="quote"),
    ],
)
def test_an_edit_can_be_read_back_from_its_name(edit):
    assert read_edit(edit.group, edit.name) == edit


def test_an_edit_changes_one_place_and_leaves_the_data_it_was_given():
    data = {"a": [{"b": 1}, {"b": 2}]}
    assert edited(data, ("a", "1", "b"), 3) == {"a": [{"b": 1}, {"b": 3}]}
    assert edited(data, ("a", "0"), GONE) == {"a": [{"b": 2}]}
    assert edited(data, ("a", "0", "b"), GONE) == {"a": [{}, {"b": 2}]}
    assert data == {"a": [{"b": 1}, {"b": 2}]}


def test_several_places_change_at_once():
    edit = Edit(side="reply", kind="decision", at=("a/b", "c"), value=["1", None])
    assert apply({"a": {"b": 0}, "c": 0}, edit) == {"a": {"b": "1"}}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit(side="reply", kind="null", at=("a",), value=None), "raised KeyError"),
        (Edit(side="code", kind="other", value="9999"), "declined underwriting.age"),
        (Edit(side="bytes", kind="duplicate", value="first"), "accepted"),
        (Edit(side="bytes", kind="charset", value="undecodable"), "accepted"),
        (Edit(side="bytes", kind="charset", value="replacement"), "accepted"),
        (Edit(side="status", kind="status", value=302), "accepted"),
    ],
)
def test_what_no_mapping_may_say_fails_whatever_was_frozen(edit, words):
    assert forbidden(edit, words)
    assert not forbidden(edit, "unknown")


def test_every_shipped_carrier_has_a_lock_of_its_mapping():
    for folder in list_carriers(ROOT):
        assert read_lock(Subject(folder.path, folder.root)) is not None, folder.id
