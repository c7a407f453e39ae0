"""Variants and steps of an operation, forms of a reply, and tokens, on carriers made for each promise."""

import json
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from gateway.model import Insured, Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.wire import Unreadable

REQ = PolicyIssueRequest(
    client_ref="o-1", product="p@1", policyholder=Party(name="张三"), expected_premium=Money(amount=1, currency="CNY")
)
STEPS = """\
idempotency: { kind: reject_duplicate, key: no }
inquiry: { operation: policy.get, not_found_is_final_after: 10m }
steps:
  price:
    operation: quote.create
    call: POST /price
    request:
      of: PolicyIssueRequest
      send: { mode: "1", no: =attempt_no(20)}
      fields: { policyholder.name: { to: holder } }
    response:
      of: PolicyIssueResult
      outcome: [{ when: wire.quoteNo, is: accepted }, { else: unknown }]
      fields: { numbers(kind=application).no: { to: quoteNo } }
  issue:
    operation: policy.issue
    call: POST /issue
    when: count(req.insureds) > 0
    request: { extends: price, send: { mode: "2", no: =request_no(20), quote: =step.price.quoteNo } }
    response:
      of: PolicyIssueResult
      outcome: [{ when: wire.policyNo, is: accepted }, { else: unknown }]
      fields: { numbers(kind=policy).no: { to: policyNo } }
"""


@pytest.fixture
def flow(workshop, carrier_yaml):
    return workshop.made("flow", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": STEPS}).module("policy_issue")


def test_a_later_step_sends_what_the_earlier_one_does_with_its_own_words_in_place_of_the_same(flow, ctx):
    assert flow.message_price(REQ, ctx) == {"mode": "1", "no": "A" * 20, "holder": "张三"}
    later = replace(ctx, steps={"price": {"quoteNo": "Q7"}})
    wire = flow.message_issue(REQ, later)
    assert wire == {"mode": "2", "no": "R" * 20, "quote": "Q7", "holder": "张三"}
    assert list(wire)[:2] == ["mode", "no"]


def test_each_step_has_its_call_its_class_and_its_condition(flow, ctx):
    price, issue = flow.OPERATION.steps
    assert (price.safety, issue.safety) == (SafetyClass.read, SafetyClass.write_inquiry)
    assert (price.when, issue.when(REQ, ctx)) == (None, False)
    assert issue.when(replace(REQ, insureds=(Insured(ref="i"),)), ctx) is True
    assert issue.build(REQ, ctx).url == "https://carrier.test/api/issue"


def test_each_step_reads_its_own_reply(flow, ctx, reply_of):
    price = flow.parse_price(reply_of('{"quoteNo": "Q7"}'), REQ, ctx)
    assert (price.outcome.kind, price.wire["quoteNo"]) == (OutcomeKind.accepted, "Q7")
    assert flow.parse_issue(reply_of('{"quoteNo": "Q7"}'), REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_variants_are_modules_of_one_operation_and_each_says_whom_it_serves(
    workshop, carrier_yaml, operation_yaml, ctx
):
    alone, group = "when: count(req.insureds) <= 1\n", "when: count(req.insureds) > 1\n"
    other = operation_yaml.replace("to: holder", "to: owner")
    files = {"policy_issue.alone.yaml": alone + operation_yaml, "policy_issue.group.yaml": group + other}
    made = workshop.made("variants", {"carrier.yaml": carrier_yaml, **files})
    assert len(made.module("carrier").CARRIER.operations["policy.issue"]) == 2
    first, second = made.module("policy_issue__alone"), made.module("policy_issue__group")
    many = replace(REQ, insureds=(Insured(ref="a"), Insured(ref="b")))
    assert [module.OPERATION.when(REQ, ctx) for module in (first, second)] == [True, False]
    assert [module.OPERATION.when(many, ctx) for module in (first, second)] == [False, True]
    assert "owner" in second.message(many, ctx)


def test_of_two_forms_of_a_reply_the_first_that_decodes_is_read(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    layers = "wire: [{ json: {} }]\nreply:\n  - [{ json: {} }]\n  - [{ charset: UTF-8 }, { xml: { root: R } }]\n"
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
    module = workshop.made("forms", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}).module(
        "policy_issue"
    )
    no = "R" * 20
    for body in (json.dumps({"no": no, "ok": "1"}), f"<R><no>{no}</no><ok>1</ok></R>"):
        assert module.parse(reply_of(body), REQ, ctx).outcome.kind is OutcomeKind.accepted
    assert module.parse(reply_of("neither"), REQ, ctx).outcome.kind is OutcomeKind.unknown


OAUTH = """\
security:
  token:
    grant: client_credentials
    url: "{config.base_url}/token"
    client_id: secret.user
    client_secret: secret.key
    auth: body
"""


@pytest.fixture
def tokens(workshop, carrier_yaml, operation_yaml):
    files = {"carrier.yaml": carrier_yaml + OAUTH, "policy_issue.yaml": operation_yaml}
    return workshop.made("tokens", files).module("carrier").CARRIER.token


def test_credentials_may_stand_in_the_body_and_then_in_no_header(tokens, ctx):
    request = tokens.build(ctx)
    fields = parse_qs(request.body.decode())
    assert fields == {"grant_type": ["client_credentials"], "client_id": ["u-1"], "client_secret": ["k-1"]}
    assert "Authorization" not in dict(request.headers)


def test_a_token_is_read_with_its_life_and_never_printed(tokens, ctx, reply_of):
    token = tokens.read(reply_of('{"access_token": "abc", "token_type": "Bearer", "expires_in": 300}'), ctx)
    assert (token.value.reveal(), token.expires_in_s) == ("abc", 300.0)
    assert "abc" not in repr(token)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{}", 200),
        ('{"access_token": ""}', 200),
        ('{"access_token": "abc"}', 500),
        ("<html>", 200),
        ('{"error": "x"}', 401),
    ],
)
def test_no_token_is_taken_from_a_reply_that_gives_none(tokens, ctx, reply_of, body, status):
    with pytest.raises(Unreadable):
        tokens.read(reply_of(body, status), ctx)
