"""The plugin works in a workspace of one's own, says failures as text, and costs other test runs nothing."""

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from contract_tests.derive.generate import derived_of
from contract_tests.derive.lock import write_lock

ISSUE = "examples/policy_issue.yaml"
ALONE = ("--disable-plugin-autoload", "-p", "insurehub")
"""Found by its entry point, without the other plugins of this environment: reading them takes longer than the test."""


def run_pytest(root, *arguments):
    """pytest in a process of its own, as a user of the workspace starts it."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ALONE, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_workspace_of_one_s_own_passes_at_every_level(room):
    code, said = run_pytest(room.root, "mappings")
    assert (code, "failed" in said) == (0, False), said


def test_a_failure_is_its_text_without_a_traceback(room):
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    code, said = run_pytest(room.root, "mappings", "--contract-level", "0")
    assert code == 1
    assert "example basic / request-bytes\n  at       header X-Partner\n" in said
    assert "rerun    pytest 'mappings/carriers/rowan/examples/policy_issue.yaml::basic::request-bytes'" in said
    assert "Traceback" not in said
    assert "collect.py" not in said


def test_one_check_can_be_run_by_its_name(room):
    name = "mappings/carriers/rowan/examples/policy_issue.yaml::too-old::error-row-AGE"
    code, said = run_pytest(room.root, name, "-v")
    assert code == 0
    assert "1 passed" in said


@pytest.mark.parametrize(
    ("arguments", "some", "none"),
    [
        (("--contract-level", "0"), "::basic::request-bytes", "::basic::client-stack"),
        (("--contract-level", "1"), "::basic::client-stack", "::basic::mock"),
        (("-m", "level2"), "::basic::mock", "::basic::reply"),
        (("-m", "fault"), "::reset-after-commit::fault-commit_then_rst", "::basic::reply"),
        (("-k", "policy_issue and bytes"), "policy_issue.yaml::basic::request-bytes", "policy_get.yaml"),
    ],
)
def test_levels_markers_and_words_choose_checks(room, arguments, some, none):
    code, said = run_pytest(room.root, "mappings", "--collect-only", "--strict-markers", *arguments)
    assert code == 0
    assert some in said
    assert none not in said


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "1")])
def test_a_carrier_nobody_has_is_wrong_use_also_beside_tests_that_pass(room, workers):
    (room.root / "test_own.py").write_text("def test_own(): ...\n", "utf-8")
    code, said = run_pytest(room.root, "mappings", "test_own.py", "--contract-carrier", "hazel", *workers)
    assert (code, "--contract-carrier hazel: no such carrier" in said, "(rowan)" in said) == (4, True, True), said


def test_a_mapped_carrier_without_a_folder_of_examples_misses_all_of_them(room):
    shutil.rmtree(room.folder / "examples")
    code, said = run_pytest(room.root, "mappings")
    assert code == 1
    assert "missing: policy.issue has no example of a success" in said


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "1")])
def test_an_expected_failure_of_no_check_fails_a_run_of_whole_folders(room, workers):
    file = room.root / "known.yaml"
    entry = "  - {{ check: '{}', reason: known, expires: 2999-01-01 }}\n"
    file.write_text(f"expected: 1\nfailures:\n{entry.format('*::nobody::reply')}", "utf-8")
    known = ("--contract-expected", str(file), "--contract-level", "0", *workers)
    code, said = run_pytest(room.root, "mappings", *known, "-k", "basic and request-bytes")
    assert (code, "known.yaml:3 expects a failure of no check: *::nobody::reply" in said) == (1, True), said
    if not workers:  # one file cannot be asked for what is expected of others
        assert run_pytest(room.root, f"mappings/carriers/rowan/{ISSUE}", *known)[0] == 0


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "1")])
def test_a_live_run_without_an_example_that_is_safe_says_so_and_is_no_success(room, workers):
    (room.root / "test_own.py").write_text("def test_own(): ...\n", "utf-8")
    there = ("--contract-live", "http://127.0.0.1:1", "--contract-allow-host", "127.0.0.1")
    options = (*there, "--i-understand-this-calls-a-live-system", *workers)
    code, said = run_pytest(room.root, "mappings", "test_own.py", *options)
    assert (code, "say live: { safe: true } in an example" in said) == (4, True), said


def test_a_malformed_file_is_an_item_that_fails_and_the_rest_runs(room):
    room.change(ISSUE, "carrier_code: AGE", "carier_code: AGE")
    code, said = run_pytest(room.root, "mappings", "--contract-level", "0")
    assert code == 1
    assert "expect has no 'carier_code'" in said
    assert "::well-formed" in said
    assert "passed" in said


def test_a_carrier_without_a_forged_callback_is_incomplete(room):
    room.change("examples/callbacks.yaml", "genuine: false", "matched: true")
    code, said = run_pytest(room.root, "mappings/carriers/rowan/carrier.yaml")
    assert code == 1
    assert "missing: callback issued has no forged example" in said


def test_a_yaml_file_that_is_no_example_is_left_alone_where_there_is_no_mapping(room):
    (room.root / "docs" / "examples").mkdir(parents=True)
    (room.root / "docs" / "examples" / "policy_note.yaml").write_text("note: not ours\n")
    code, said = run_pytest(room.root, "docs")
    assert (code, "policy_note" in said) == (5, False)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nothing.yaml", "", "the file says nothing"),
        ("comments.yaml", "# to be written\n", "the file says nothing"),
        ("other.yaml", "note: not ours\n", "'note'"),
        ("none.yaml", "contract: 1\ncarrier: rowan\noperation: policy.get\nexamples: []\n", "examples is a list of 1"),
        ("ending.yml", "contract: 1\n", "call it ending.yaml"),
    ],
)
def test_a_file_without_an_example_beside_a_mapping_is_a_failure_and_never_no_test(room, name, text, said):
    (room.folder / "examples" / name).write_text(text)
    code, told = run_pytest(room.root, f"mappings/carriers/rowan/examples/{name}")
    assert code == 1
    assert f"{name}:" in told
    assert said in told


OUTSIDE = "import contextlib, socket\n\n\ndef {hook}(item):\n    with contextlib.suppress(OSError), socket.socket() as s:\n        s.connect(('192.0.2.1', 80))\n"


@pytest.mark.parametrize("hook", ["pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown"])
def test_a_hook_that_connects_beyond_this_machine_fails_the_check_it_ran_with(room, hook, tmp_path):
    (room.root / "conftest.py").write_text(OUTSIDE.format(hook=hook))
    name = "mappings/carriers/rowan/examples/policy_issue.yaml::too-old::error-row-AGE"
    code, said = run_pytest(room.root, name, "--contract-report", str(tmp_path / "report"))
    assert code == 1, said
    assert "a connection to 192.0.2.1" in said
    (check,) = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))["checks"][-1:]
    assert check["status"] == "error"


def test_a_report_for_other_tools_names_every_check(room, tmp_path):
    file = tmp_path / "report.xml"
    run_pytest(room.root, "mappings", "--contract-level", "0", f"--junitxml={file}")
    names = {case.get("name") for case in ET.parse(file).iter("testcase")}
    assert {"request-bytes", "unknown-code", "callback-tampered"} <= names


def test_the_plugin_itself_imports_nothing_of_ours():
    code = "import sys, contract_tests.plugin; print([m for m in sys.modules if m.split('.')[0] in ('gateway', 'cli', 'yaml', 'respx', 'httpx')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_derived_cases_are_items_and_an_old_lock_is_one_that_fails(room):
    write_lock(room.subject, derived_of(room.subject))
    lock = "mappings/carriers/rowan/contract.lock.json"
    code, said = run_pytest(room.root, lock, "--collect-only", "-m", "provenance")
    assert code == 0
    assert f"{lock}::policy_issue/basic::derived-reply-missing" in said
    path = room.root / lock
    path.write_text(path.read_text("utf-8").replace('"mapping": "', '"mapping": "0'), "utf-8")
    code, said = run_pytest(room.root, lock)
    assert code == 1
    assert "insurehub test rowan --update-lock" in said
    assert "1 failed" in said


def test_the_checks_of_an_example_fold_into_one_item_that_tells_all_of_them(room):
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    code, said = run_pytest(
        room.root, f"mappings/carriers/rowan/{ISSUE}", "--contract-granularity", "example", "--contract-level", "0"
    )
    assert code == 1
    assert "::basic::all-checks" in said
    assert "example basic / request-bytes\n  at       header X-Partner\n" in said


def test_garbage_is_collected_again_once_the_examples_are(room):
    (room.root / "test_own.py").write_text("import gc\n\n\ndef test_own():\n    assert gc.isenabled()\n", "utf-8")
    code, said = run_pytest(room.root, "mappings", "test_own.py", "--contract-level", "0")
    assert code == 0, said
    code, said = run_pytest(room.root, "mappings", "test_own.py", "--collect-only")
    assert (code, "test_own.py::test_own" in said) == (0, True), said
