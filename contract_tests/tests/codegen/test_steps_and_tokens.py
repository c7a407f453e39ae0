"""Variants and steps of an operation, forms of a reply, and tokens, on carriers made for each promise."""

import hmac
import json
from base64 import urlsafe_b64decode
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
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


ASSERTED = """\
security:
  token:
    grant: client_credentials
    url: "{config.base_url}/token"
    client_id: secret.user
    scope: policies
    assertion: { algo: hmac_sha256, key: secret.key, header: { typ: JWT, kid: k1 }, claims: { aud: "https://as.test" } }
"""


def pieces(token):
    return [json.loads(urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def test_who_asks_may_be_said_by_a_signed_token_in_place_of_a_secret(workshop, carrier_yaml, operation_yaml, ctx):
    files = {"carrier.yaml": carrier_yaml + ASSERTED, "policy_issue.yaml": operation_yaml}
    request = workshop.made("asserted", files).module("carrier").CARRIER.token.build(ctx)
    fields = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    token = fields.pop("client_assertion")
    assert fields == {
        "grant_type": "client_credentials",
        "scope": "policies",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    assert "Authorization" not in dict(request.headers)
    at = int(ctx.now.timestamp())
    claims = {"iss": "u-1", "sub": "u-1", "aud": "https://as.test", "jti": "n" * 32, "iat": at, "exp": at + 300}
    assert pieces(token) == [{"alg": "HS256", "typ": "JWT", "kid": "k1"}, claims]
    signed, _, signature = token.rpartition(".")
    made = hmac.digest(b"k-1", signed.encode(), "sha256")
    assert urlsafe_b64decode(signature + "=") == made


def test_an_assertion_is_for_the_tokens_own_address_where_nothing_else_is_said(
    workshop, carrier_yaml, operation_yaml, ctx
):
    said = ASSERTED.replace(', claims: { aud: "https://as.test" }', "") + "    auth: body\n"
    files = {"carrier.yaml": carrier_yaml + said, "policy_issue.yaml": operation_yaml}
    request = workshop.made("asserted", files).module("carrier").CARRIER.token.build(ctx)
    fields = parse_qs(request.body.decode())
    assert pieces(fields["client_assertion"][0])[1]["aud"] == "https://carrier.test/token"
    assert fields["client_id"] == ["u-1"]


LOGIN = """\
transport: { url: "{config.base_url}/api" }
wire: [json: {}, json: { put: body, with: { code: =constant.code, body: } }]
reply: [json: { put: body }, json: {}]
security:
  headers: { X-Token: "{token}" }
  token:
    grant: login
    request: { send: { user: =secret.user } }
    read: { token: at.token, expires_at: at.until }
    constants: { code: "001" }
"""


@pytest.fixture
def login(workshop, carrier_yaml, operation_yaml):
    def make(said=LOGIN):
        lines = [line for line in carrier_yaml.splitlines() if not line.startswith("transport:")]
        operation = 'constants: { code: "101" }\n' + operation_yaml
        return {"carrier.yaml": "\n".join([*lines, said]), "policy_issue.yaml": operation}, workshop

    return make


def test_a_login_through_the_envelope_of_all_calls_has_a_code_of_its_own(login, ctx):
    files, workshop = login()
    made = workshop.made("login", files)
    request = made.module("carrier").CARRIER.token.build(ctx)
    assert json.loads(request.body) == {"code": "001", "body": '{"user":"u-1"}'}
    assert json.loads(made.module("policy_issue").build(REQ, ctx).body)["code"] == "101"


def test_a_login_that_does_not_say_its_code_is_refused(login):
    files, workshop = login(LOGIN.replace('    constants: { code: "001" }\n', ""))
    refused = workshop.refused("login", files)
    assert any("E112" in text and "the login call want constant.code" in text for text in refused), refused


@pytest.mark.parametrize(
    ("until", "life"),
    [
        ('"2026-03-01T00:20:00Z"', 1200.0),
        ('"2026-03-01T08:00:30+08:00"', 30.0),
        ('"2026-02-01T00:00:00Z"', 0.0),
        ("null", None),
    ],
)
def test_a_token_may_tell_when_it_ends(login, ctx, reply_of, until, life):
    files, workshop = login()
    token = workshop.made("login", files).module("carrier").CARRIER.token
    body = json.dumps({"body": f'{{"at": {{"token": "abc", "until": {until}}}}}'})
    assert token.read(reply_of(body), ctx).expires_in_s == life


def test_a_word_nobody_knows_of_what_a_login_tells_is_refused(login):
    files, workshop = login(LOGIN.replace("expires_at:", "expires:"))
    workshop.write("login", files)
    found = check_folder(CarrierFolder(workshop.root / "mappings" / "carriers" / "login", workshop.root)).diagnostics
    assert any(each.code == "E444" and "no word 'expires'" in each.message for each in found), found


@pytest.mark.parametrize("until", ['"soon"', '"2026-03-01T00:20:00"', "20260301"])
def test_an_end_that_is_no_instant_is_no_token(login, ctx, reply_of, until):
    files, workshop = login()
    token = workshop.made("login", files).module("carrier").CARRIER.token
    body = json.dumps({"body": f'{{"at": {{"token": "abc", "until": {until}}}}}'})
    with pytest.raises(Unreadable, match="no instant"):
        token.read(reply_of(body), ctx)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    scope: policies\n", "    scope: policies\n    client_secret: secret.key\n", "E444"),
        ("    assertion:", "    # assertion:", "E444"),
        ("algo: hmac_sha256", "algo: HS256", "E452"),
        ("key: secret.key", "key: plain", "E452"),
        ("typ: JWT", "alg: none", "E452"),
        ("kid: k1 }", "kid: k1 }, as: jwt", "E452"),
        ("kid: k1 }", "kid: =nothing.x }", "E304"),
    ],
)
def test_an_assertion_that_cannot_be_signed_is_refused(workshop, carrier_yaml, operation_yaml, old, new, code):
    assert old in ASSERTED
    said = carrier_yaml + ASSERTED.replace(old, new) + '  headers: { Authorization: "Bearer {token}" }\n'
    workshop.write("asserted", {"carrier.yaml": said, "policy_issue.yaml": operation_yaml})
    folder = CarrierFolder(workshop.root / "mappings" / "carriers" / "asserted", workshop.root)
    found = [each for each in check_folder(folder).diagnostics if each.mark.file.endswith("carrier.yaml")]
    assert {each.code for each in found if each.severity == "error"} == {code}, found
