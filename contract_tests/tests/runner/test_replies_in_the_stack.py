"""C04, C05, C14 at level 1: results, codes and statuses as responses through the channel, and faults planted there."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from contract_tests.runner import Subject, checks_of, level1_replies, run_check
from gateway.channel import Channel, wire_call
from gateway.model.outcome import OutcomeKind
from gateway.wire.contract import WireReply

ROOT = Path(__file__).parents[3]
ISSUE = "examples/policy_issue.yaml"


def shipped(carrier, name):
    """The first check of a name of a shipped carrier."""
    subject = Subject(ROOT / "mappings" / "carriers" / carrier, ROOT)
    return next(check for file in subject.files for check in checks_of(file, subject) if check.name == name)


def told(check):
    verdict = run_check(check)
    assert verdict.crash == ""
    return [each.at for each in verdict.differences]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("no: P000001 }], premium", "no: P000002 }], premium"),
        ("amount: 100, currency: CNY } } }", "amount: 101, currency: CNY } } }"),
        ("canonical: { numbers", "canonical: { status: in_force, numbers"),
    ],
)
def test_a_result_that_is_another_after_the_way_through_the_stack_fails(room, old, new):
    assert "basic/client-stack" in room.change(ISSUE, old, new).failed(level=1)


def test_a_result_of_several_calls_is_compared_as_callers_read_it():
    check = shipped("bamboo", "client-stack")
    subject = check.run.subject
    flows = [
        each
        for file in subject.files
        for each in checks_of(file, subject)
        if each.name == "client-stack" and len(each.run.example.exchanges) > 1 and each.run.example.expect.canonical
    ]
    assert flows
    assert [each.id for each in flows if told(each)] == []


def test_every_row_of_the_error_table_is_answered_through_the_stack_once_for_a_carrier(room):
    checks = [each for each in room.verdicts(level=1) if each.check.name == "error-table"]
    assert [each.passed for each in checks] == [True, True]
    # Six rows with outcome, code and next step for the first of its operations, the unknown code for the other.
    assert [each.compared for each in checks] == [18, 3]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AGE: { is: declined, code: underwriting.age }", "AGE: { is: refused, code: request.invalid }"),
        ("WRONG: { is: refused, code: request.invalid }", "WRONG: { is: refused, code: request.duplicate }"),
        ("other: { is: unknown, code: carrier.unmapped", "other: { is: declined, code: underwriting.refused"),
    ],
)
def test_a_row_that_means_something_else_than_the_adapter_says_fails(room, old, new):
    assert "not-found/error-table" in room.change("carrier.yaml", old, new).failed(level=1)


def test_a_channel_that_makes_a_decline_of_every_no_fails(room, monkeypatch):
    parsed = wire_call.parsed

    def hopeful(exchange, raw):
        reply = parsed(exchange, raw)
        no = reply.outcome.kind is OutcomeKind.not_executed
        return replace(reply, outcome=replace(reply.outcome, kind=OutcomeKind.declined)) if no else reply

    monkeypatch.setattr(wire_call, "parsed", hopeful)
    assert "not-found/error-table" in room.failed(level=1)


def test_a_wait_the_carrier_asks_for_is_the_one_that_is_kept(monkeypatch):
    check = shipped("aurora", "error-table")
    assert told(check) == []
    late = level1_replies._late

    def later(reply: WireReply):
        return replace(
            late(reply), headers=tuple((k, "8" if k == "Retry-After" else v) for k, v in late(reply).headers)
        )

    monkeypatch.setattr(level1_replies, "_late", later)
    assert "wait of RATE_LIMITED" in told(check)


def test_a_client_that_follows_a_redirection_fails(room, monkeypatch):
    send = wire_call.send

    async def following(*given, **more):
        raw = await send(*given, **more)
        return await send(*given, **more) if 300 <= raw.status < 400 else raw

    monkeypatch.setattr(wire_call, "send", following)
    assert "basic/statuses" in room.failed(level=1)


def test_a_reader_that_believes_a_status_nobody_names_fails(mutated):
    assert "basic/statuses" in mutated("policy_issue", "unanswered(status)", "(status := 201) is None").failed(level=1)


def test_a_channel_that_keeps_a_token_the_carrier_calls_worn_out_fails(monkeypatch):
    check = shipped("lotus", "statuses")
    assert told(check) == []
    send = Channel.send

    async def keeping(self, exchange):
        token = self._token
        answer = await send(self, exchange)
        self._token = token
        return answer

    monkeypatch.setattr(Channel, "send", keeping)
    assert {"token kept after status 401", "tokens asked for"} <= set(told(check))


def test_a_channel_that_asks_for_a_token_every_time_fails(monkeypatch):
    check = shipped("lotus", "statuses")
    fetch = Channel.fetch_token

    async def asking(self):
        self._token = None
        await fetch(self)

    monkeypatch.setattr(Channel, "fetch_token", asking)
    assert told(check) == ["tokens asked for"]
