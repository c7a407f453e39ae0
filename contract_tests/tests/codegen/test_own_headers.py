"""Headers that only one call has: of its request, of an earlier step, in place of what the carrier says for all."""

import json
from hashlib import sha256

import pytest
from msgspec.structs import replace

from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="p@1",
    plan="S",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
SHARED = "security:\n  headers: { X-App: =config.app, Accept-Language: pt-BR, Prefer: none }\n"
FLOW = """\
idempotency: { kind: query_only }
inquiry: { operation: policy.get, not_found_is_final_after: 10m }
steps:
  ask:
    operation: quote.create
    call: GET /drafts/1
    request: { of: PolicyIssueRequest }
    response:
      of: PolicyIssueResult
      outcome: [{ when: wire.version, is: accepted }, { else: unknown }]
      fields: { numbers(kind=application).no: { to: no } }
  issue:
    operation: policy.issue
    call: PATCH /drafts/1
    headers:
      If-Match: '="\\"" + step.ask.version + "\\""'
      content-type: application/merge-patch+json
      accept-language: =req.plan
      X-Key: =request_no(20)
      X-Secret: =secret.key
      X-School: =req.policyholder.school
    request: { of: PolicyIssueRequest, fields: { policyholder.name: { to: holder } } }
    response:
      of: PolicyIssueResult
      correlate: { request_no: no }
      outcome: [{ when: wire.policyNo, is: accepted }, { else: unknown }]
      fields: { numbers(kind=policy).no: { to: policyNo } }
"""


@pytest.fixture
def flow(workshop, carrier_yaml):
    return workshop.made("own", {"carrier.yaml": carrier_yaml + SHARED, "policy_issue.yaml": FLOW}).module(
        "policy_issue"
    )


def test_a_call_has_headers_of_its_own_beside_those_of_all_calls(flow, ctx):
    ctx = replace(ctx, config={**ctx.config, "app": "A1"}, steps={"ask": {"version": "7"}})
    sent = flow.build_issue(REQ, ctx)
    assert dict(sent.headers) == {
        "X-App": "A1",
        "Accept-Language": "S",
        "Prefer": "none",
        "If-Match": '"7"',
        "Content-Type": "application/merge-patch+json",
        "X-Key": "R" * 20,
        "X-Secret": "k-1",
    }
    assert json.loads(sent.body) == {"holder": "张三"}
    assert dict(flow.build_ask(REQ, ctx).headers) == {"X-App": "A1", "Accept-Language": "pt-BR", "Prefer": "none"}


def test_a_header_of_one_call_is_a_text_with_what_its_braces_give(workshop, carrier_yaml, operation_yaml, ctx):
    said = """headers:
  If-Match: '"{req.client_ref}"'
  Authorization: Bearer {secret.key}
  X-Is: app {config.app}, number {request_no(4)}
"""
    files = {"carrier.yaml": carrier_yaml, "policy_issue.yaml": said + operation_yaml}
    ctx = replace(ctx, config={**ctx.config, "app": "A1"})
    headers = dict(workshop.made("told", files).module("policy_issue").build(REQ, ctx).headers)
    assert headers["If-Match"] == '"o-1"'
    assert headers["Authorization"] == "Bearer k-1"
    assert headers["X-Is"] == "app A1, number RRRR"


@pytest.mark.parametrize(
    "said",
    ["{ value: =req.policyholder.school, missing: error }", "'v{req.policyholder.school}'"],
    ids=["missing: error", "a hole in a text"],
)
def test_a_header_that_must_be_there_and_is_not_lets_nothing_be_sent(workshop, carrier_yaml, operation_yaml, ctx, said):
    files = {"carrier.yaml": carrier_yaml, "policy_issue.yaml": f"headers: {{ If-Match: {said} }}\n{operation_yaml}"}
    module = workshop.made("needed", files).module("policy_issue")
    with pytest.raises(CannotSend, match=r"this carrier needs"):
        module.build(REQ, ctx)
    schooled = replace(REQ, policyholder=replace(REQ.policyholder, school="No. 3"))
    assert dict(module.build(schooled, ctx).headers)["If-Match"].endswith("No. 3")


def test_an_echo_is_compared_with_the_number_as_a_header_has_it(flow, ctx, reply_of):
    ctx = replace(ctx, steps={"ask": {"version": "7"}})
    kinds = [
        flow.parse_issue(reply_of(json.dumps({"no": no, "policyNo": "P1"})), REQ, ctx).outcome.kind
        for no in ("R" * 20, "R" * 26)
    ]
    assert kinds == [OutcomeKind.accepted, OutcomeKind.unknown]


def test_a_signature_covers_what_the_call_itself_says(workshop, carrier_yaml, operation_yaml, ctx):
    sign = "  sign: { algo: sha256, over: [header.X-Call, secret.key], put: header.X-Sign }\n"
    files = {
        "carrier.yaml": carrier_yaml + "security:\n" + sign,
        "policy_issue.yaml": "headers: { X-Call: issue }\n" + operation_yaml,
    }
    headers = dict(workshop.made("signed", files).module("policy_issue").build(REQ, ctx).headers)
    assert headers["X-Call"] == "issue"
    assert headers["X-Sign"] == sha256(b"issuek-1").hexdigest()


def test_the_key_of_an_operation_may_be_written_by_its_own_headers(workshop, carrier_yaml, operation_yaml, ctx):
    operation = operation_yaml.replace("key: no }", "key: header.X-Key }")
    said = "headers: { X-Key: =uuid(request_no()) }\n"
    files = {"carrier.yaml": carrier_yaml, "policy_issue.yaml": said + operation}
    headers = dict(workshop.made("keyed", files).module("policy_issue").build(REQ, ctx).headers)
    assert [name for name in headers if name.lower() == "x-key"] == ["X-Key"]
    assert len(headers["X-Key"]) == 36


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('{ If-Match: "{req.nothing}" }', "E303"),
        ('{ If-Match: "v{req.plan" }', "E443"),
        ("{ If-Match: { value: x, missing: error } }", "E443"),
        ("{ If-Match: { value: =req.plan, missing: ignore } }", "E110"),
        ("{ If-Match: { missing: error } }", "E112"),
        ("{ If-Match: =req.nothing }", "E303"),
        ("{ If-Match: =step.ask.version }", "E304"),
        ('{ "If Match": x }', "E110"),
        ('{ X-A: "a\\tb" }', "E110"),
        ("{ X-A: \"='Bearer ' + secret.key\" }", "E313"),
    ],
)
def test_a_header_that_cannot_be_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, said, code):
    workshop.write("wrong", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": f"headers: {said}\n{operation_yaml}"})
    folder = CarrierFolder(workshop.root / "mappings" / "carriers" / "wrong", workshop.root)
    found = [each for each in check_folder(folder).diagnostics if each.mark.line == 2 and each.severity == "error"]
    assert {each.code for each in found} == {code}, found


TAKEN = "reply: [headers: { of: [ETag, X-Left], as: Http }, charset: UTF-8, json: {}]\n"


def test_a_later_call_says_what_an_earlier_reply_had_in_a_header(workshop, carrier_yaml, ctx, reply_of):
    flow = FLOW.replace('="\\"" + step.ask.version + "\\""', "=step.ask.Http.ETag").replace("wire.version", "wire.no")
    asked = flow.replace(
        "    request: { of: PolicyIssueRequest }\n", f"    request: {{ of: PolicyIssueRequest }}\n    {TAKEN}"
    )
    module = workshop.made("etag", {"carrier.yaml": carrier_yaml + SHARED, "policy_issue.yaml": asked}).module(
        "policy_issue"
    )
    reply = module.parse_ask(reply_of('{"no": "1"}', etag='W/"7"', x_other="a"), REQ, ctx)
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.wire["Http"] == {"ETag": 'W/"7"'}
    ctx = replace(ctx, config={**ctx.config, "app": "A1"}, steps={"ask": reply.wire})
    assert dict(module.build_issue(REQ, ctx).headers)["If-Match"] == 'W/"7"'
    ctx = replace(ctx, steps={"ask": {"no": "1"}})
    assert "If-Match" not in dict(module.build_issue(REQ, ctx).headers)


def test_a_header_of_a_reply_is_read_as_any_field_of_it(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    operation = TAKEN + operation_yaml.replace("{ to: policyNo }", '{ to: Http.X-Left, as: "affix(/policies/;)" }')
    module = workshop.made("taken", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation}).module(
        "policy_issue"
    )
    reply = module.parse(reply_of(json.dumps({"no": "R" * 20, "ok": "1"}), x_left="/policies/P1"), REQ, ctx)
    assert [number.no for number in reply.result.numbers] == ["P1"]


@pytest.mark.parametrize(
    "layer", ["headers: {}", "headers: { of: [ETag] }", "headers: { of: ETag, as: Http }", "headers: { of: ['a b'], as: Http }", "headers: { of: [ETag], as: Http.x }"]
)  # fmt: skip
def test_headers_that_stand_nowhere_are_refused(workshop, carrier_yaml, operation_yaml, layer):
    files = {"carrier.yaml": carrier_yaml, "policy_issue.yaml": f"reply: [{layer}, json: {{}}]\n{operation_yaml}"}
    assert any("E445" in text for text in workshop.refused("wrong", files))
    folder = CarrierFolder(workshop.root / "mappings" / "carriers" / "wrong", workshop.root)
    assert "E445" in {each.code for each in check_folder(folder).diagnostics}


SIGNED = """security:
  headers: { Accept: application/json, Authorization: "HMAC {sig}" }
  sign: { algo: sha256, over: [body, secret.key], as: sig }
"""


def _headers(workshop, operation, ctx, carrier):
    made = workshop.made("signing", {"carrier.yaml": carrier, "policy_issue.yaml": operation})
    return dict(made.module("policy_issue").build(REQ, ctx).headers)


def test_a_header_of_one_call_stands_in_place_of_one_with_a_signature(workshop, carrier_yaml, operation_yaml, ctx):
    said = "headers: { authorization: Bearer {secret.key} }\n"
    headers = _headers(
        workshop,
        said.replace(" Bearer {secret.key}", ' "Bearer {secret.key}"') + operation_yaml,
        ctx,
        carrier_yaml + SIGNED,
    )
    assert headers["Authorization"] == "Bearer k-1"
    assert "HMAC" in _headers(workshop, operation_yaml, ctx, carrier_yaml + SIGNED)["Authorization"]


@pytest.mark.parametrize("name", ["Accept", "Authorization", "Content-Type"])
def test_an_absent_header_of_one_call_takes_away_that_of_all_calls(workshop, carrier_yaml, operation_yaml, ctx, name):
    said = f"headers: {{ {name}: =req.policyholder.school }}\n"
    headers = _headers(workshop, said + operation_yaml, ctx, carrier_yaml + SIGNED)
    assert sorted({"Accept", "Authorization", "Content-Type"} - headers.keys()) == [name]
    none = _headers(
        workshop, said.replace("req.policyholder.school", "None") + operation_yaml, ctx, carrier_yaml + SIGNED
    )
    assert none == headers


def test_a_call_whose_own_wire_signs_nothing_need_not_sign_for_a_header_it_does_without(
    workshop, carrier_yaml, operation_yaml, ctx
):
    wire = "  - json: {}\n"
    sign = "  - sign: { algo: sha256, over: [body, secret.key], as: sig }\n"
    security = 'security: { headers: { X-Signature: "{sig}" } }\n'
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + "wire:\n" + wire + sign + security
    unsigned = "wire:\n" + wire + operation_yaml
    assert any(
        "E267" in text
        for text in workshop.refused("unsigned", {"carrier.yaml": carrier, "policy_issue.yaml": unsigned})
    )
    assert "X-Signature" not in _headers(workshop, "headers: { X-Signature: =None }\n" + unsigned, ctx, carrier)
