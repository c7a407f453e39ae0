"""C17: a reply that is another request's is unknown, and one that came twice is not the next request's."""

import pytest

from contract_tests.runner import Subject, checks_of, run_check
from gateway.channel import Channel

ECHO = ("policy_issue", "if not echoed_in_yes(", "if False and not echoed_in_yes(")
SWAPPED, DOUBLED = "basic/swapped-replies", "basic/doubled-reply"


def test_a_carrier_whose_replies_bear_our_number_has_both_checks_once(room):
    names = [each.check.id.partition("::")[2] for each in room.verdicts(level=2) if each.check.promise == "C17"]
    assert names == ["basic::swapped-replies", "basic::doubled-reply"]


def test_a_carrier_whose_replies_bear_nothing_of_ours_has_none(room):
    room.change("policy_issue.yaml", "  correlate: { request_no: order }\n  echo: success\n", "  echo: none\n")
    checks = [each for file in room.subject.files for each in checks_of(file, Subject(room.folder, room.root))]
    assert [each.name for each in checks if each.promise == "C17"] == []


def test_a_reader_that_does_not_look_at_the_number_takes_anothers_reply(mutated):
    failed = mutated(*ECHO).failed(level=2)
    assert SWAPPED in failed
    assert DOUBLED not in failed, "a write has a connection of its own"


async def _desynchronised(self, exchange, *, late, send):
    """A client whose connection is one reply behind."""
    answer = await send(self, exchange)
    late.append(answer.raw)
    if len(late) < 2 or answer.raw is None:
        return answer
    return type(answer)(reply=exchange.step.parse(late[-2], exchange.request, exchange.context), raw=late[-2])


@pytest.mark.parametrize(("looks", "failed"), [(True, set()), (False, {DOUBLED})], ids=["looking", "not looking"])
def test_a_client_that_is_one_reply_behind_is_found_out_where_nobody_looks_at_the_number(
    mutated, room, monkeypatch, looks, failed
):
    found = room if looks else mutated(*ECHO)
    send, late = Channel.send, []

    async def behind(self, exchange):
        return await _desynchronised(self, exchange, late=late, send=send)

    monkeypatch.setattr(Channel, "send", behind)
    checks = [each for file in found.subject.files for each in checks_of(file, found.subject)]
    (check,) = [each for each in checks if each.name == "doubled-reply"]
    verdict = run_check(check)
    assert verdict.crash == ""
    assert {DOUBLED for each in verdict.differences if each.at != "request 1"} == failed


@pytest.mark.parametrize(
    ("echo", "taken"),
    [("correlate: { request_no: order }", "found"), ("correlate: { request_no: order }\n  echo: success", "basic")],
)
def test_a_question_whose_no_bears_no_number_is_not_asked_beside_another(room, echo, taken):
    room.change("policy_get.yaml", "echo: none", echo)
    checks = [each for file in room.subject.files for each in checks_of(file, Subject(room.folder, room.root))]
    assert [each.run.example.id for each in checks if each.promise == "C17"] == [taken, taken]
