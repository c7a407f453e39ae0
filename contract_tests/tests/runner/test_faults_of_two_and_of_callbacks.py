"""Faults of two requests, of a carrier's own calls and of a while: what is believed is what it would have been."""

import itertools
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from contract_tests.examples.twins import CALLBACKS
from contract_tests.mock.callbacks import Dispatcher
from contract_tests.mock.clock import Timers
from contract_tests.runner import Subject, checks_of, read_examples, run_check
from gateway.channel.registry import Adapter

ROOT = Path(__file__).parents[3]
SHOWN = {"swap_response", "maintenance", *CALLBACKS}


def struck(folder, adapter, fault):
    """The verdict on policy.issue under a fault, as the shipped example says it."""
    subject = Subject(folder, ROOT, adapter)
    files, faults = read_examples(folder, ROOT)
    assert faults == ()
    checks = [check for file in files for check in checks_of(file, subject) if check.fault == fault]
    (check,) = [each for each in checks if each.level == 2 and each.operation == "policy.issue"]
    return run_check(check)


def places(verdict):
    assert not verdict.crash
    return [each.at for each in verdict.differences]


class Judging(Adapter):
    """The adapter of lotus, whose notices are changed after they were read."""

    def __init__(self, change):
        super().__init__("lotus")
        self._change = change

    def callback(self, name):
        found = super().callback(name)
        return replace(found, read=lambda inbound, context: self._change(found.read(inbound, context)))


@pytest.fixture
def lotus(tmp_path):
    return Path(shutil.copytree(ROOT / "mappings" / "carriers" / "lotus", tmp_path / "lotus"))


def changed(folder, file, old, new):
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return folder


@pytest.mark.parametrize("fault", sorted(SHOWN))
def test_a_shipped_carrier_shows_the_fault_on_a_socket(lotus, fault):
    verdict = struck(lotus, None, fault)
    assert verdict.passed, (verdict.differences, verdict.crash)
    assert verdict.compared > 3


def test_a_reply_of_another_request_that_is_believed_is_a_failure(room, mutated):
    path = room.folder / "examples" / "policy_issue.yaml"
    example = (
        "  - id: struck\n    from: basic\n    fault: swap_response\n    expect: { outcome: unknown, next: resend }\n"
    )
    path.write_text(path.read_text("utf-8") + example, "utf-8")
    assert "struck/fault-swap_response-socket" not in room.failed(level=2)
    deaf = mutated("policy_issue", "if not echoed_in_yes(", "if False and not echoed_in_yes(")
    assert "struck/fault-swap_response-socket" in deaf.failed(level=2)


def test_an_event_that_is_taken_for_a_new_one_every_time_is_a_failure(lotus):
    numbers = itertools.count()
    anew = Judging(lambda notice: replace(notice, event_id=str(next(numbers))))
    assert places(struck(lotus, anew, "dup_callback")) == ["dup_callback"]


def test_a_callback_that_is_taken_for_no_operation_of_ours_is_a_failure(lotus):
    nobodys = Judging(lambda notice: replace(notice, correlate={}))
    assert places(struck(lotus, nobodys, "reorder_callback"))[0] == "callback"


def test_a_carrier_that_calls_in_the_order_of_the_requests_shows_no_disorder(lotus):
    example = "fault: reorder_callback"
    changed(lotus, "examples/policy_issue.yaml", example, "fault: { name: reorder_callback, seconds: 0 }")
    assert places(struck(lotus, None, "reorder_callback")) == ["reorder_callback"]


def test_a_forged_callback_that_is_believed_is_a_failure(lotus):
    gullible = Judging(lambda notice: replace(notice, genuine=True))
    assert places(struck(lotus, gullible, "forged_callback"))[-1] == "forged_callback"


@pytest.mark.parametrize("fault", ["forged_callback", "early_callback"])
def test_a_carrier_that_signs_with_rsa_and_issues_in_steps_shows_it_too(tmp_path, fault):
    granite = Path(shutil.copytree(ROOT / "mappings" / "carriers" / "granite", tmp_path / "granite"))
    verdict = struck(granite, None, fault)
    assert verdict.passed, (verdict.differences, verdict.crash)


def test_a_callback_that_comes_after_all_is_not_lost(lotus, monkeypatch):
    monkeypatch.setattr(Dispatcher, "start", lambda self, delivery: self.spawn(self._faulty(delivery, None)))
    assert places(struck(lotus, None, "lost_callback")) == ["lost_callback"]


def test_a_lost_callback_that_no_inquiry_makes_up_for_is_a_failure(lotus):
    changed(lotus, "mock.yaml", "declined], after: 5s, run: settle, manual", "declined], manual")
    assert "inquiry" in places(struck(lotus, None, "lost_callback"))


def test_a_callback_that_waits_for_the_reply_is_not_early(lotus):
    changed(
        lotus,
        "mock.yaml",
        "declined], after: 5s, run: settle, manual",
        "declined], after_polls: 1, run: settle, manual",
    )
    assert "early_callback" in places(struck(lotus, None, "early_callback"))


def test_an_answer_the_carrier_does_not_take_for_an_acknowledgement_is_a_failure(lotus):
    changed(lotus, "mock.yaml", 'acknowledged: "=reply.status == 200 and', 'acknowledged: "=reply.status == 201 and')
    assert "dup_callback" in places(struck(lotus, None, "dup_callback"))


def test_a_carrier_that_does_what_it_is_asked_under_maintenance_is_a_failure(lotus):
    said = "fault: { name: maintenance, window: 45 }\n    expect: { outcome: unknown, next: inquiry, must_not: resend, inquiry: declined }"
    changed(lotus, "examples/policy_issue.yaml", said, said.replace("inquiry: declined", "inquiry: accepted"))
    assert places(struck(lotus, None, "maintenance")) == ["inquiry"]


def test_a_message_that_is_sent_again_before_the_window_is_over_meets_the_page_again(monkeypatch):
    subject = Subject(ROOT / "mappings" / "carriers" / "aurora", ROOT)
    files = [file for file in subject.files if file.operation == "policy.issue"]
    checks = [check for file in files for check in checks_of(file, subject) if check.fault == "maintenance"]
    (check,) = [each for each in checks if each.level == 2]
    assert run_check(check).passed
    monkeypatch.setattr(Timers, "advance", lambda self, delay_s: None)
    assert places(run_check(check)) == ["a resend"]
