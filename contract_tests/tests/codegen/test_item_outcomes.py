"""An outcome in a shape or list row of a reply: one of many judged on its own."""

import json

import pytest

from gateway.model import MemberOutcome, Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1", product="p@1", policyholder=Party(name="张三"), expected_premium=Money(amount=1, currency="CNY")
)
NO = "R" * 20
TABLE = """\
      - { when: wire.state == "ok" and wire.cert, is: accepted }
      - { when: wire.state == "hidden", is: declined, code: underwriting.blacklist, zh: 黑名单, disclose: false }
      - { when: wire.state == "told", is: declined, code: underwriting.age, message: wire.why }
      - { when: wire.state == "never", is: not_executed, because: clause 5 }
      - { when: 'wire.state == "later" and wire("/mode") == "async" and http.status == 200', is: pending }
      - { when: wire.reason, by_code: wire.reason }
      - { else: unknown }
"""
SHAPE = f"""\
shapes:
  member:
    of: Insured
    outcome:
{TABLE}    fields:
      ref:            {{ to: id }}
      certificate_no: {{ to: cert }}
      party:          {{ to: ., fields: {{ name: {{ to: name }}, birth_date: {{ to: born, as: date(yyyyMMdd) }} }} }}
      result.text:    {{ to: words }}
"""


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    """A carrier that tells what became of each insured; `row` is how its reply is mapped."""

    def make(row="insureds: { list: members, shape: member }", shapes=SHAPE):
        operation = operation_yaml.rstrip() + f"\n    {row}\n"
        return workshop.made("items", {"carrier.yaml": carrier_yaml + shapes, "policy_issue.yaml": operation})

    return make


@pytest.fixture
def read(made, ctx):
    module = made().module("policy_issue")

    def parse(*members, **head):
        body = {"no": NO, "ok": "1", "policyNo": "P1", "members": members, **head}
        return module.parse(WireReply(status=200, body=json.dumps(body).encode()), REQ, ctx)

    return parse


def results(reply):
    return [each.result for each in reply.result.insureds]


@pytest.mark.parametrize(
    ("member", "code", "reason", "text"),
    [
        ({"state": "ok", "cert": "C1"}, MemberOutcome.accepted, None, None),
        ({"state": "ok"}, MemberOutcome.unknown, None, None),
        ({"state": "told", "why": "太老"}, MemberOutcome.declined, "underwriting.age", "太老"),
        ({"state": "told", "why": "太老", "words": "年龄"}, MemberOutcome.declined, "underwriting.age", "年龄"),
        ({"state": "never"}, MemberOutcome.failed, None, None),
        ({"reason": "E1"}, MemberOutcome.declined, "underwriting.age", "年龄不符"),
        ({"reason": "ZZ"}, MemberOutcome.unknown, "carrier.unmapped", None),
        ({"state": "later"}, MemberOutcome.unknown, None, None),
        ({}, MemberOutcome.unknown, None, None),
    ],
)
def test_the_first_row_that_holds_for_an_element_is_its_outcome(read, member, code, reason, text):
    (result,) = results(read({"id": "i1", **member}))
    assert (result.code, result.reason, result.text) == (code, reason, text)


def test_a_condition_may_look_at_the_whole_reply_and_its_status(read):
    (result,) = results(read({"id": "i1", "state": "later"}, mode="async"))
    assert result.code is MemberOutcome.pending


def test_what_must_not_be_disclosed_of_an_item_is_told_nobody(read):
    (result,) = results(read({"id": "i1", "state": "hidden", "words": "黑名单"}))
    assert (result.code, result.reason, result.text) == (MemberOutcome.declined, None, None)


def test_one_element_that_cannot_be_read_spoils_no_other(read):
    reply = read({"id": "i1", "state": "ok", "cert": "C1", "born": "nonsense", "name": "甲"}, "junk", {"reason": "E1"})
    assert [result.code for result in results(reply)] == ["accepted", "unknown", "declined"]
    assert [each.ref for each in reply.result.insureds] == ["i1", None, None]
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.incomplete


def test_an_item_left_open_makes_the_result_incomplete_and_a_settled_one_does_not(read):
    assert not read({"id": "i1", "reason": "E1"}).incomplete
    left_open = read({"id": "i1", "reason": "ZZ"})
    assert left_open.incomplete
    assert left_open.problems == ("an item of the reply is unknown: carrier.unmapped",)


def test_what_the_table_looks_at_is_not_counted_as_unmapped(read):
    assert read({"id": "i1", "state": "told", "why": "x", "strange": "1"}, mode="a").unmapped == ("members.strange",)


def test_a_list_row_may_hold_the_table_itself(made, ctx):
    table = "[{ when: wire.cert, is: accepted }, { else: unknown }]"
    module = made(f"insureds: {{ list: members, fields: {{ ref: {{ to: id }} }}, outcome: {table} }}", "").module(
        "policy_issue"
    )
    body = {"no": NO, "ok": "1", "members": [{"id": "a", "cert": "1"}, {"id": "b"}]}
    reply = module.parse(WireReply(status=200, body=json.dumps(body).encode()), REQ, ctx)
    assert [(each.ref, each.result.code) for each in reply.result.insureds] == [("a", "accepted"), ("b", "unknown")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("insureds: { list: m, outcome: [{ http: 200, is: accepted }, { else: unknown }] }", "E470"),
        ("insureds: { list: m, outcome: [{ when: wire.a, is: pending, then: inquiry }, { else: unknown }] }", "E470"),
        ("coverages: { list: m, fields: { code: { to: c } }, outcome: [{ else: unknown }] }", "E471"),
        ("insureds: { list: m, fields: { result.code: { to: c } }, outcome: [{ else: unknown }] }", "E471"),
        ("policyholder: { to: m, fields: { name: { to: c } }, outcome: [{ else: unknown }] }", "E111"),
    ],
)
def test_what_an_item_cannot_have_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, row, code):
    operation = operation_yaml.rstrip() + f"\n    {row}\n"
    refused = workshop.refused("items", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation})
    assert any(f"error {code}" in text and "policy_issue.yaml" in text for text in refused), refused


@pytest.mark.parametrize("terms", ["", "missing: blank, ", "when: wire.ok, "])
def test_an_element_that_cannot_be_read_costs_only_itself(made, ctx, terms):
    fields = "{ ref: { to: id }, party.name: { to: id }, party.birth_date: { to: born, as: date(yyyyMMdd) } }"
    module = made(f"insureds: {{ list: members, {terms}fields: {fields} }}", "").module("policy_issue")
    members = [
        {"id": "i1", "born": "19900307"},
        {"id": "i2", "born": "spring of 1990"},
        {"id": "i3", "born": "19910307"},
    ]
    body = {"no": NO, "ok": "1", "policyNo": "P1", "members": members}
    reply = module.parse(WireReply(status=200, body=json.dumps(body).encode()), REQ, ctx)
    assert reply.outcome.kind is OutcomeKind.accepted, "the carrier said yes"
    assert [each.ref for each in reply.result.insureds] == ["i1", "i3"]
    assert [number.no for number in reply.result.numbers] == ["P1"]
    assert reply.incomplete
    (problem,) = reply.problems
    assert "policy_issue.yaml" in problem
    assert "spring" not in problem


def test_a_list_that_is_no_list_costs_only_the_list(made, ctx):
    module = made("insureds: { list: members, as: one, fields: { ref: { to: id } } }", "").module("policy_issue")
    body = {"no": NO, "ok": "1", "policyNo": "P1", "members": [{"id": "i1"}, {"id": "i2"}]}
    reply = module.parse(WireReply(status=200, body=json.dumps(body).encode()), REQ, ctx)
    assert (reply.outcome.kind, reply.result.insureds, reply.incomplete) == (OutcomeKind.accepted, (), True)
