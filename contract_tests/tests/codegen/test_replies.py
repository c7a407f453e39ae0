"""What a generated `parse` promises about any reply at all."""

import json
import re
from hashlib import md5

import pytest

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20


@pytest.fixture
def parse(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    made = workshop.made("plain", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation_yaml})
    module = made.module("policy_issue")

    def read(body, status=200, **headers):
        text = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
        return module.parse(reply_of(text, status, **headers), REQ, ctx)

    return read


def test_a_yes_with_our_number_is_accepted_and_read(parse):
    reply = parse({"no": NO, "ok": "1", "policyNo": "P9", "prem": 12.5})
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.result.numbers[0].no == "P9"
    assert reply.result.premium.gross == Money(amount=1250, currency="CNY")
    assert not reply.incomplete


@pytest.mark.parametrize(
    "body",
    ["", "<html>busy</html>", "[]", "nothing", '{"ok": "1"', b"\xff\xfe", '{"ok": "1", "ok": "1"}', "null"],
)
def test_a_body_that_is_no_message_is_unknown_and_never_raises(parse, body):
    assert parse(body).outcome.kind is OutcomeKind.unknown


@pytest.mark.parametrize("no", [None, "", "S" * 20, 7])
def test_a_reply_that_does_not_bear_our_number_is_unknown_whatever_it_says(parse, no):
    reply = parse({"no": no, "ok": "1", "policyNo": "P9"})
    assert reply.outcome.kind is OutcomeKind.unknown
    assert reply.result is None


@pytest.mark.parametrize("status", [301, 500, 502, 599])
def test_a_redirect_or_server_error_no_row_names_is_unknown_even_with_a_yes_inside(parse, status):
    assert parse({"no": NO, "ok": "1", "policyNo": "P9"}, status).outcome.kind is OutcomeKind.unknown


def test_accepted_stays_accepted_when_an_amount_cannot_be_read(parse):
    reply = parse({"no": NO, "ok": "1", "policyNo": "P9", "prem": 12.345})
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.incomplete
    assert reply.result.numbers[0].no == "P9"
    assert reply.result.premium is None
    assert "policy_issue.yaml:14" in reply.problems[0]


def test_an_element_of_another_shape_costs_itself_only(parse):
    reply = parse({"no": NO, "ok": "1", "policyNo": ["P9"], "prem": 12})
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.incomplete
    assert reply.result.premium is not None


def test_a_problem_never_quotes_a_text_that_may_be_a_name(parse):
    reply = parse({"no": NO, "ok": "1", "policyNo": {"name": "李四光"}, "prem": "李四光"})
    assert reply.incomplete
    assert "李四光" not in " ".join(reply.problems)


def test_fields_no_row_names_are_counted_as_paths(parse):
    assert parse({"no": NO, "ok": "1", "policyNo": "P9", "new": {"x": 1}}).unmapped == ("new",)


def test_a_code_of_the_table_gives_its_outcome_and_keeps_the_code(parse):
    outcome = parse({"no": NO, "code": "E1"}).outcome
    assert (outcome.kind, outcome.code, outcome.carrier_code) == (OutcomeKind.declined, "underwriting.age", "E1")
    assert outcome.field == "insureds"


def test_the_longest_prefix_stands_for_codes_that_are_not_listed(parse):
    outcome = parse({"no": NO, "code": "B77"}).outcome
    assert (outcome.kind, outcome.after_s, outcome.because) == (OutcomeKind.not_executed, 5.0, "clause 4")


def test_a_code_nobody_listed_is_unknown_and_alerts(parse):
    outcome = parse({"no": NO, "code": "Z0"}).outcome
    assert (outcome.kind, outcome.code, outcome.alert) == (OutcomeKind.unknown, "carrier.unmapped", True)


def test_blank_text_is_missing_and_proves_nothing(parse):
    reply = parse({"no": NO, "ok": "1", "policyNo": "   "})
    assert reply.result.numbers == ()


RATE = """\
    - { http: 202, is: pending, then: inquiry, every: 30s, for: 24h }
    - { http: [429, 503], is: not_executed, after: header.Retry-After, because: clause 2 }
    - { http: 201, is: accepted }
    - { else: unknown }
"""


@pytest.fixture
def by_status(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    table = operation_yaml[operation_yaml.index("  outcome:") : operation_yaml.index("  fields:\n    numbers")]
    text = operation_yaml.replace(table, "  outcome:\n" + RATE)
    module = workshop.made("rates", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": text}).module("policy_issue")
    return lambda body, status, **headers: module.parse(reply_of(body, status, **headers), REQ, ctx)


def test_a_status_with_a_row_of_its_own_counts_without_a_body(by_status):
    reply = by_status("slow down", 429, Retry_After="7")
    assert (reply.outcome.kind, reply.outcome.after_s) == (OutcomeKind.not_executed, 7.0)
    assert by_status("", 202).outcome.every_s == 30.0


def test_a_declared_not_executed_needs_no_echo_and_a_yes_does(by_status):
    assert by_status("{}", 503).outcome.kind is OutcomeKind.not_executed
    assert by_status("{}", 201).outcome.kind is OutcomeKind.unknown


def test_a_yes_is_never_taken_from_a_body_nobody_could_read(by_status):
    assert by_status('{"no": "RRR', 201).outcome.kind is OutcomeKind.unknown


def test_a_number_cut_for_the_path_is_expected_back_as_it_was_cut(
    workshop, carrier_yaml, operation_yaml, ctx, reply_of
):
    in_path = operation_yaml.replace("  send: { no: =request_no(20) }\n", "").replace(
        "kind: reject_duplicate, key: no", "kind: query_only"
    )
    in_path = in_path.replace("request:", "call: POST /by-order/{request_no(20)}\nrequest:", 1)
    module = workshop.made("inpath", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": in_path}).module(
        "policy_issue"
    )
    assert module.build(REQ, ctx).url.endswith("/by-order/" + NO)
    said = json.dumps({"no": NO, "ok": "1", "policyNo": "P9", "prem": 12.5})
    assert module.parse(reply_of(said), REQ, ctx).outcome.kind is OutcomeKind.accepted
    other = said.replace(NO, "R" * 26)
    assert module.parse(reply_of(other), REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_where_no_form_of_a_reply_fits_each_says_what_is_wrong(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    forms = "reply:\n  - [json: { put: data }, json: {}]\n  - [xml: {}]\n"
    made = workshop.made("forms", {"carrier.yaml": carrier_yaml + forms, "policy_issue.yaml": operation_yaml})
    (said,) = made.module("policy_issue").parse(reply_of('{"data": {}}', 200), REQ, ctx).problems
    assert "form 1: expected a text, found an object -> " in said
    assert "form 2: not XML" in said


ROWS = """\
    - { http: 201, when: header.Location, is: accepted }
    - { http: 202, when: header.Location, is: pending, then: inquiry, every: 30s, for: 24h }
    - { http: 202, when: wire.no, is: declined, code: underwriting.refused }
    - { else: unknown }
"""


@pytest.fixture
def told_by_headers(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    """A carrier that may answer with a status and a header and no body at all."""
    rows = re.sub(r"  outcome:.*?(?=  fields:)", f"  outcome:\n{ROWS}", operation_yaml, flags=re.DOTALL)
    rows = rows.replace("correlate: { request_no: no }", "echo: none")

    def read(body, status, json="json: {}", **headers):
        text = carrier_yaml.replace("kind: rest-json, ", "") + f"wire: [json: {{}}]\nreply: [{json}]\n"
        made = workshop.made("bare", {"carrier.yaml": text, "policy_issue.yaml": rows})
        return made.module("policy_issue").parse(reply_of(body, status, **headers), REQ, ctx)

    return read


@pytest.mark.parametrize(
    ("body", "status", "headers", "kind"),
    [
        ("", 202, {"Location": "/async/1"}, OutcomeKind.pending),
        ("<html>", 202, {"Location": "/async/1"}, OutcomeKind.pending),
        ("", 202, {}, OutcomeKind.unknown),
        ("", 201, {"Location": "/policies/1"}, OutcomeKind.accepted),
        ("<html>", 201, {"Location": "/policies/1"}, OutcomeKind.unknown),
    ],
)
def test_a_row_about_status_and_headers_holds_without_a_body_but_is_no_yes_of_an_unreadable_one(
    told_by_headers, body, status, headers, kind
):
    assert told_by_headers(body, status, **headers).outcome.kind is kind


def test_a_body_that_may_be_missing_is_an_empty_message_then(told_by_headers):
    layers = "headers: { of: [Location], as: Http }, json: { optional: true }"
    reply = told_by_headers("", 201, layers, Location="/policies/1")
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.wire == {"Http": {"Location": "/policies/1"}}
    assert told_by_headers("{", 201, layers, Location="/policies/1").outcome.kind is OutcomeKind.unknown


GATEWAY = """\
reply:
  - json: { put: "*_response", raw: true }
  - verify: { algo: md5, over: [body, secret.key], from: wire.sign }
  - json: {}
"""


@pytest.mark.parametrize(
    ("node", "kind"),
    [("alipay_ins_apply_response", OutcomeKind.accepted), ("other_node", OutcomeKind.unknown)],
)
def test_an_object_that_is_signed_as_it_came_is_the_message_whatever_the_gateway_calls_it(
    workshop, carrier_yaml, operation_yaml, ctx, reply_of, node, kind
):
    text = carrier_yaml.replace("kind: rest-json, ", "") + "wire: [json: {}]\n" + GATEWAY
    made = workshop.made("gateway", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    inside = f'{{ "no":"{NO}", "ok":"1" ,"policyNo":"P\\/9"}}'
    sign = md5(f"{inside}k-1".encode()).hexdigest()
    whole = f'{{"{node}": {inside} ,"sign":"{sign}"}}'
    reply = made.module("policy_issue").parse(reply_of(whole, 200), REQ, ctx)
    assert reply.outcome.kind is kind
    forged = made.module("policy_issue").parse(reply_of(whole.replace("P\\/9", "P\\/8"), 200), REQ, ctx)
    assert forged.outcome.kind is OutcomeKind.unknown


WRAPPED = """\
wire:
  - json: {}
  - json: { put: body, with: { head.no: =request_no(20), body: } }
reply: [json: { put: body }, json: {}]
"""
SHARED = "wire: [json: {}]\nsecurity: { headers: { X-No: =request_no(20) } }\n"


@pytest.mark.parametrize("layers", [WRAPPED, SHARED])
def test_a_number_that_what_wraps_the_message_cuts_is_ours_when_it_comes_back_so(
    workshop, carrier_yaml, operation_yaml, ctx, reply_of, layers
):
    text = carrier_yaml.replace("kind: rest-json, ", "") + layers
    rows = operation_yaml.replace("  send: { no: =request_no(20) }\n", "")
    module = workshop.made("cut", {"carrier.yaml": text, "policy_issue.yaml": rows}).module("policy_issue")
    sent = module.build(REQ, ctx)
    assert NO in f"{sent.headers}{sent.body}"
    assert NO + "R" not in f"{sent.headers}{sent.body}"

    def told(no):
        said = json.dumps({"no": no, "ok": "1", "policyNo": "P9"})
        return module.parse(reply_of(json.dumps({"body": said}) if layers == WRAPPED else said, 200), REQ, ctx)

    assert told(NO).outcome.kind is OutcomeKind.accepted
    assert told(NO + "R").outcome.kind is OutcomeKind.unknown
