"""A fault in memory and the same fault on a socket are one fault: both end in the same outcome."""

from pathlib import Path

import pytest

from cli.mapping.workspace import list_carriers
from contract_tests.examples.twins import COMMITTING, HARMLESS, SOCKET_FAULTS, TLS, TWINS, UNASKED, WITHOUT_TWIN
from contract_tests.mock import FAULTS
from contract_tests.runner import Subject, checks_of, read_examples, run_check

ROOT = Path(__file__).parents[3]
NOT_SENT = {"refuse", *TLS, *UNASKED}


def with_fault(room, name, outcome=None):
    """The file of policy.issue with one more example: the basic one, struck."""
    kind = outcome or ("not_executed" if name in NOT_SENT else "unknown")
    step = "" if outcome else ", next: retry" if name in NOT_SENT else ", next: resend"
    example = f"  - id: struck\n    from: basic\n    fault: {name}\n    expect: {{ outcome: {kind}{step} }}\n"
    path = room.folder / "examples" / "policy_issue.yaml"
    path.write_text(path.read_text("utf-8") + example, "utf-8")
    files, faults = read_examples(room.folder, room.root)
    assert faults == ()
    return next(file for file in files if file.operation == "policy.issue")


@pytest.mark.parametrize("name", sorted(TWINS))
def test_a_fault_in_memory_ends_as_it_does_on_a_socket(room, name):
    file = with_fault(room, name)
    struck = [check for check in checks_of(file, room.subject) if check.run.example.id == "struck"]
    assert [check.level for check in struck] == [1, 2]
    for check in struck:
        verdict = run_check(check)
        assert verdict.passed, (check.name, verdict.differences, verdict.crash)


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_a_fault_that_no_reply_in_memory_can_show_is_shown_on_a_socket_alone(room, name):
    file = with_fault(room, name, outcome="accepted")
    (struck,) = [check for check in checks_of(file, room.subject) if check.run.example.id == "struck"]
    verdict = run_check(struck)
    assert (struck.level, verdict.passed) == (2, True), (verdict.differences, verdict.crash)


def test_a_carrier_that_did_not_do_what_it_says_twice_is_a_failure(room):
    room.change("mock.yaml", "      - effect: issue\n", "")
    file = with_fault(room, "dup_response", outcome="accepted")
    (struck,) = [check for check in checks_of(file, room.subject) if check.run.example.id == "struck"]
    assert [each.at for each in run_check(struck).differences] == ["ledger"]


def test_a_reply_whose_time_is_not_ours_is_not_believed_where_the_carrier_says_how_old_one_may_be():
    folder = next(each for each in list_carriers(ROOT) if each.id == "aurora")
    subject = Subject(folder.path, folder.root)
    checks = [check for file in subject.files for check in checks_of(file, subject) if check.fault == "clock_skew"]
    assert [(check.level, run_check(check).passed) for check in checks] == [(2, True)]


def test_every_fault_of_the_mock_carriers_may_be_named_by_an_example():
    assert set(FAULTS) == SOCKET_FAULTS - UNASKED
    assert set(TWINS) >= COMMITTING


def test_every_fault_of_the_mock_carriers_has_a_twin_in_memory_or_a_reason_why_not():
    assert set(FAULTS) == (set(TWINS) - UNASKED) | set(WITHOUT_TWIN)
    assert not set(TWINS) & set(WITHOUT_TWIN)


def test_a_commit_that_the_ledger_does_not_show_is_a_failure(room):
    room.change("mock.yaml", "      - effect: issue\n", "")
    file = with_fault(room, "commit_then_rst")
    socket = next(c for c in checks_of(file, room.subject) if c.name == "fault-commit_then_rst-socket")
    assert [each.at for each in run_check(socket).differences] == ["ledger"]


def test_a_carrier_that_does_it_twice_is_a_failure(room):
    room.change("mock.yaml", "    once: orders\n", "")
    file = with_fault(room, "commit_then_rst")
    socket = next(c for c in checks_of(file, room.subject) if c.name == "fault-commit_then_rst-socket")
    assert "ledger after the resend" in [each.at for each in run_check(socket).differences]
