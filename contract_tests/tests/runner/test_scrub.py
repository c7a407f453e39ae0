"""What an example holds of people and secrets is in nothing that is said about it, and where it were it is told."""

import logging

import pytest

from contract_tests.examples.check import Run
from contract_tests.examples.proof import Proof
from contract_tests.runner.checks_scrub import CANARY, canaries_of, scrubbed, transcript
from gateway.channel import Channel


@pytest.fixture
def run(room) -> Run:
    file = next(each for each in room.subject.files if each.path.name == "policy_issue.yaml")
    return Run(file, file.first("accepted"), room.subject)


async def test_names_numbers_and_keys_of_an_example_are_canaries_and_none_is_told(run):
    found = canaries_of(run)
    assert any(name.startswith("secret.") for name in found)
    assert any(name.startswith("policyholder.") for name in found)
    proof = Proof()
    await scrubbed(run, proof)
    assert proof.compared > 2
    assert proof.differences == []


@pytest.mark.parametrize("what", ["a name", "a key", "the reply"])
async def test_a_log_line_that_tells_one_is_found_and_the_finding_does_not_tell_it(run, monkeypatch, what):
    found = canaries_of(run)
    names = {"a name": "policyholder.", "a key": "secret.", "the reply": ""}
    leaked = next((text for name, text in found.items() if names[what] and name.startswith(names[what])), CANARY)
    step = run.flow.operation.steps[0]
    parse = step.parse

    def talkative(*given):
        logging.getLogger("somewhere").debug("a reply to %s", leaked)
        return parse(*given)

    monkeypatch.setattr(type(step), "parse", property(lambda _self: talkative))
    proof = Proof()
    await scrubbed(run, proof)
    assert proof.differences
    assert all(leaked not in f"{each.expected} {each.actual} {each.at}" for each in proof.differences)


def test_what_is_logged_meanwhile_is_heard_whoever_logs_it_and_nothing_after():
    with transcript() as said:
        logging.getLogger("a.library").debug("once")
    logging.getLogger("a.library").warning("twice")
    assert "once" in said.getvalue()
    assert "twice" not in said.getvalue()


def test_every_yes_is_looked_at_and_not_the_first_alone(room, monkeypatch):
    path = room.folder / "examples" / "policy_issue.yaml"
    more = "  - id: another\n    from: basic\n    canonical: { policyholder: { name: 李小燕 } }\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    send = Channel.send

    async def talkative(self, exchange):
        if exchange.request.policyholder.name == "李小燕":
            logging.getLogger("somewhere").info("insured: %s", exchange.request.policyholder.name)
        return await send(self, exchange)

    monkeypatch.setattr(Channel, "send", talkative)
    failed = {each for each in room.failed(level=1) if each.endswith("/scrubbed")}
    assert failed == {"another/scrubbed"}
