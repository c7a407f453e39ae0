"""The small carrier of the runner's tests, with a second policy that names the first one's number."""

import pytest

from contract_tests.runner import run_checks
from contract_tests.scenarios import scenario_checks
from contract_tests.tests.live.conftest import Served, command, sandbox, served
from contract_tests.tests.runner.conftest import Room, generated, room, workspace

__all__ = ["Room", "Served", "command", "generated", "room", "sandbox", "served", "workspace"]

ISSUE, FILE = "examples/policy_issue.yaml", "examples/scenarios.yaml"
SECOND = """  - id: second
    from: basic
    given: {}
    freeze: { request_no: R000000002 }
    canonical: { note: P000001 }
    request: ~
    response: { headers: { X-Sign: 3e5b5e5a9f0b0ddd0f2e1ad1f7ee43c4 }, body: '{"order":"R000000002","no":"P000002","premium":"1.00"}' }
    expect: { outcome: accepted, canonical: { numbers: [{ kind: policy, no: P000002 }], premium: { gross: { amount: 100, currency: CNY } } } }
  - id: too-old
"""
HEAD = "contract: 1\ncarrier: rowan\nscenarios:\n"
STORY = "  - { id: story, steps: [policy.issue/basic, policy.get/issued-before, policy.issue/second], carry: { first: steps.0.canonical.numbers.0.no } }\n"


@pytest.fixture
def told(room):
    """Writes scenarios into the room, and gives the verdicts on their steps and what is wrong with them."""
    room.change(ISSUE, "  - id: too-old\n", SECOND)

    def tell(scenarios=STORY, level=2):
        (room.folder / FILE).write_text(HEAD + scenarios, "utf-8")
        room.subject.__dict__.pop("files", None)
        room.subject._read.clear()
        file, faults = room.subject.read(room.folder / FILE)
        checks, unfit = scenario_checks(file, room.subject, level) if file is not None else ([], ())
        return run_checks(checks), [str(each) for each in (*faults, *unfit)]

    return tell
