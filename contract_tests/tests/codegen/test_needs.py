"""What only the caller can supply, from the mapping's `needs` to the bytes that carry it."""

import json

import pytest
from msgspec.structs import replace

from cli.mapping.check import check_workspace
from gateway.model import Answer, Money, NeededKind, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="motor@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
FLOW = """\
idempotency: { kind: reject_duplicate, key: no }
inquiry: { operation: policy.get, not_found_is_final_after: 10m }
steps:
  propose:
    operation: underwriting.submit
    request: { of: PolicyIssueRequest, send: { no: =request_no(20) } }
    response:
      of: PolicyIssueResult
      correlate: { request_no: no }
      outcome: [{ when: wire.proposal, is: accepted }, { else: unknown }]
      fields: { numbers(kind=application).no: { to: proposal } }
  confirm:
    operation: policy.issue
    needs: { kind: sms_code, NEEDS }
    request: { of: PolicyIssueRequest, send: { no: =request_no(20), code: =answer("sms_code") } }
    response:
      of: PolicyIssueResult
      correlate: { request_no: no }
      outcome:
        - { when: wire.policyNo, is: accepted }
        - { when: wire.code == "S02", is: pending, then: answer, code: underwriting.answer_wrong, zh: 验证码错误 }
        - { else: unknown }
      fields: { numbers(kind=policy).no: { to: policyNo } }
"""


@pytest.fixture
def flow(workshop, carrier_yaml):
    def make(needs):
        files = {"carrier.yaml": carrier_yaml, "policy_issue.yaml": FLOW.replace("NEEDS", needs)}
        return workshop.made("waiting", files).module("policy_issue").OPERATION

    return make


def test_a_step_says_what_it_needs_from_what_earlier_steps_told_and_how_long_it_is_waited_for(flow, ctx):
    needs = "ref: =step.propose.phone, text: the code, for: 10m, because: '5.3 it''s \"over\"'"
    first, second = flow(needs).steps
    assert first.needs is None
    ctx = replace(ctx, steps={"propose": {"phone": "138****0001"}})
    needed = second.needs.ask(REQ, ctx)
    assert (needed.kind, needed.ref, needed.text) == (NeededKind.sms_code, "138****0001", "the code")
    assert (second.needs.for_s, second.needs.because) == (600.0, '5.3 it\'s "over"')


def test_what_an_earlier_step_did_not_tell_is_absent_and_a_number_is_told_as_text(flow, ctx):
    (_, second) = flow("ref: =step.propose.serial").steps
    assert second.needs.ask(REQ, ctx).ref is None
    assert second.needs.ask(REQ, replace(ctx, steps={"propose": {"serial": 7}})).ref == "7"
    assert (second.needs.for_s, second.needs.because) == (None, None)


def test_the_answer_is_sent_where_the_mapping_says_and_only_what_was_given(flow, ctx):
    (_, second) = flow("ref: x").steps
    given = replace(REQ, answers=(Answer(question="sms_code", value="482913"),))
    assert json.loads(second.build(given, ctx).body) == {"no": "R" * 20, "code": "482913"}
    assert json.loads(second.build(REQ, ctx).body) == {"no": "R" * 20}


def test_a_wrong_answer_is_pending_and_asked_for_again(flow, ctx):
    (_, second) = flow("ref: x").steps
    reply = WireReply(status=200, body=json.dumps({"no": "R" * 20, "code": "S02"}).encode())
    outcome = second.parse(reply, REQ, ctx).outcome
    assert (outcome.kind, outcome.then, outcome.code) == (OutcomeKind.pending, "answer", "underwriting.answer_wrong")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("needs: { kind: sms_code, NEEDS }", "needs: { kind: sms }", "E110"),
        ("needs: { kind: sms_code, NEEDS }", "needs: { ref: x }", "E112"),
        ("needs: { kind: sms_code, NEEDS }", "needs: { kind: sms_code, fro: 5m }", "E111"),
        ("needs: { kind: sms_code, NEEDS }", "needs: { kind: answer }", "E434"),
        ("needs: { kind: sms_code, NEEDS }", "needs: { kind: sms_code, ref: =step.confirm.x }", "E3"),
        ("needs: { kind: sms_code, NEEDS }", "call: POST /x", "E407"),
        ("then: answer,", "then: answer, every: 5s,", "E408"),
        (
            "    request: { of: PolicyIssueRequest, send: { no: =request_no(20) } }",
            "    needs: { kind: sms_code }\n    request: { of: PolicyIssueRequest, send: { no: =request_no(20) } }",
            "E434",
        ),
    ],
)
def test_a_wait_that_cannot_be_is_said_before_anything_is_generated(workshop, carrier_yaml, old, new, said):
    assert old in FLOW
    flow = FLOW.replace(old, new).replace(", NEEDS", "")
    workshop.write("waiting", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": flow})
    codes = {each.code for each in check_workspace(workshop.root, ("waiting",)).diagnostics}
    assert any(code.startswith(said) for code in codes), codes
