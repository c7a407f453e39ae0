"""Sequences of examples: each step with what the earlier ones gave, all of one performance, against a mock and live."""

import json
from pathlib import Path

import pytest

from cli.mapping.workspace import list_carriers
from contract_tests.runner import Subject, run_checks
from contract_tests.scenarios import scenario_checks
from contract_tests.tests.runner.test_plugin import run_pytest
from contract_tests.tests.scenarios.conftest import FILE, ISSUE, STORY

ROOT = Path(__file__).parents[3]
NAMES = ["step-1-policy.issue/basic", "step-2-policy.get/issued-before", "step-3-policy.issue/second"]
CARRIED = "      - { when: message.hint == 'old', fail: AGE }\n"


def failed(verdicts):
    return {each.check.name: [one.at for one in each.differences] for each in verdicts if not each.passed}


def test_every_step_is_a_check_named_after_it_with_its_own_operation(told):
    verdicts, faults = told()
    assert faults == []
    assert [each.check.id.partition("examples/")[2] for each in verdicts] == [
        f"scenarios.yaml::story::{n}" for n in NAMES
    ]
    assert [each.check.operation for each in verdicts] == ["policy.issue", "policy.get", "policy.issue"]
    assert failed(verdicts) == {}
    assert all(each.compared > 1 for each in verdicts)


def test_what_a_carrier_gave_stands_in_later_steps_in_the_place_of_what_is_written(told, room):
    room.change("mock.yaml", "no: ='P' + pad(serial('policy'), 6)", "no: ='P' + pad(serial('policy') + 40, 6)")
    room.change("mock.yaml", CARRIED, "      - { when: message.hint and message.hint != 'P000041', fail: AGE }\n")
    verdicts, _ = told()
    assert failed(verdicts) == {}
    verdicts, _ = told(STORY.replace(", carry: { first: steps.0.canonical.numbers.0.no }", ""))
    assert list(failed(verdicts)) == [NAMES[2]]


def test_a_mock_without_a_memory_fails_at_the_step_that_needs_one(told, room):
    room.change("mock.yaml", "by: { order: =message.order }", "by: { order: ='R9' }")
    verdicts, _ = told()
    wrong = failed(verdicts)
    assert wrong[NAMES[1]][0] == "outcome"
    assert wrong[NAMES[2]] == ["the scenario"]
    assert NAMES[0] not in wrong
    (reached,) = [each.differences[0] for each in verdicts if each.check.name == NAMES[2]]
    assert reached.actual == "step-2-policy.get/issued-before came to declined, not to accepted"
    assert reached.mark.line == 4


def test_what_is_to_be_carried_and_is_not_given_fails_at_its_step(told, room):
    room.change(
        ISSUE,
        "numbers: [{ kind: policy, no: P000001 }], premium",
        "numbers: [{ kind: policy, no: P000001 }, { kind: quote, no: P000009 }], premium",
    )
    room.change(ISSUE, "canonical: { note: P000001 }", "canonical: { note: P000009 }")
    verdicts, faults = told(STORY.replace("numbers.0.no", "numbers.1.no"))
    assert faults == []
    wrong = failed(verdicts)
    assert "carry" in wrong[NAMES[0]]
    assert wrong[NAMES[1]] == wrong[NAMES[2]] == ["the scenario"]


def test_the_reply_of_a_step_has_the_fields_that_are_written(told, room):
    room.change("mock.yaml", "premium: =fixed(policy.premium) }, status: 201", "}, status: 201")
    verdicts, _ = told()
    assert failed(verdicts)[NAMES[0]] == ["$.premium"]


def test_below_the_level_of_sockets_no_scenario_is_carried_out(told):
    assert told(level=1) == ([], [])


@pytest.mark.parametrize(
    ("scenarios", "fault"),
    [
        (STORY.replace("policy.get/issued-before", "policy.get/isued-before"), ":4:46: error E713: there is no example 'policy.get/isued-before'; did you mean 'policy.get/issued-before'?"),
        (STORY.replace("policy.get/issued-before", "issued-before"), "error E713: there is no example 'issued-before'"),
        (STORY.replace("policy.get/issued-before", "policy.issue/reset-after-commit"), "error E713: policy.issue/reset-after-commit is no step: a step has a reply and its outcome"),
        (STORY.replace("numbers.0.no", "numbers.0.nr"), ":4:110: error E713: the result of policy.issue/basic has no text at 'numbers.0.nr'"),
        (STORY.replace("steps.0", "steps.2"), "error E713: nothing comes after step 2: the steps are 0 to 2"),
        (STORY.replace("steps.0", "steps.9"), "error E713: there is no step 9: the steps are 0 to 2"),
        (STORY.replace("steps.0.canonical.numbers.0.no", "quote"), "error E713: 'quote' names no field of a step's result; steps.0.canonical.quotes.0.quote_id"),
        (STORY.replace("policy.issue/second", "policy.get/found"), "error E713: no later step names what is carried: 'P000001'"),
        ("  - { id: story, steps: [policy.issue/basic] }\n", "error E713: steps is a list of 2 to 30 examples"),
        ("  - { id: story, stps: [] }\n", "error E713: a scenario has no 'stps'; did you mean 'steps'?"),
        ("  - { id: a story, steps: [] }\n", "error E713: a scenario needs an id of letters"),
        (STORY + STORY, "error E713: two scenarios are called 'story'"),
        ("  none\n", "error E713: scenarios is a list of 1 to 200"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_scenario_is_told_at_its_place(told, scenarios, fault):
    verdicts, faults = told(scenarios)
    assert any(fault in each for each in faults), faults
    assert all(each.startswith("mappings/carriers/rowan/examples/scenarios.yaml:") for each in faults)
    assert verdicts == []


def test_pytest_collects_each_step_and_a_broken_one_is_a_failure(told, room):
    told()
    name = f"mappings/carriers/rowan/{FILE}"
    code, said = run_pytest(room.root, name, "-vv")
    assert (code, "3 passed" in said, f"scenarios.yaml::story::{NAMES[1]}" in said) == (0, True, True), said
    told(STORY.replace("policy.get/issued-before", "policy.get/nowhere"))
    code, said = run_pytest(room.root, name)
    assert (code, "there is no example 'policy.get/nowhere'" in said) == (1, True), said


def live(document):
    return {each["id"].partition("scenarios.yaml::")[2]: each for each in document["carriers"][0]["checks"]}


@pytest.fixture
def safe(told, room, sandbox):
    """The sandbox, with a story whose every step may be carried out there."""
    room.change(
        ISSUE, "  - id: second\n", "  - id: second\n    live: { safe: true, cleanup: [policy.get/issued-before] }\n"
    )
    told()
    return sandbox


def test_a_sandbox_is_sent_each_step_once_however_many_checks_look_at_it(safe, command):
    code, document, _ = command(safe.url, "-k", "story")
    assert code == 0, document
    assert list(live(document)) == [f"story::{name}" for name in NAMES]
    sent = [json.loads(each.raw.partition(b"\r\n\r\n")[2]) for each in safe.mock.requests]
    assert [each.raw.split(b" ")[1] for each in safe.mock.requests] == [b"/issue", b"/policy", b"/issue"]
    assert sent[2]["hint"] == "P000001"
    assert len({each["order"] for each in sent}) == 2
    assert safe.effects() == ["issue", "issue"]


def test_what_is_left_behind_is_told_by_every_step(safe, command, room):
    room.change(ISSUE, "cleanup: [policy.get/issued-before]", "cleanup: [policy.get/found]")
    code, document, _ = command(safe.url, "-k", "story")
    left = "what policy.issue/second made is left at the sandbox: policy.get/found does not say live"
    assert code == 1
    assert [left in each["failure"] for each in live(document).values()] == [True] * len(NAMES)


def test_a_scenario_with_a_step_nobody_called_safe_is_not_sent(told, sandbox, command):
    told()
    code, _, said = command(sandbox.url, "-k", "story")
    assert (code, "no check was run" in said) == (1, True)
    assert list(sandbox.mock.requests) == []


@pytest.mark.parametrize("carrier", ["aurora", "lotus", "xcover"])
def test_a_shipped_carrier_quotes_issues_and_cancels_in_one_story(carrier):
    folder = next(each for each in list_carriers(ROOT) if each.id == carrier)
    subject = Subject(folder.path, folder.root)
    (file,) = [each for each in subject.files if each.scenarios]
    checks, faults = scenario_checks(file, subject)
    assert faults == ()
    assert {"quote.create", "policy.issue", "cancellation.submit"} <= {each.operation for each in checks}
    verdicts = run_checks(checks)
    assert failed(verdicts) == {}
