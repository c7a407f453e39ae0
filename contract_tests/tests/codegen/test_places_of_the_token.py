"""The access token stands wherever a value does: in the URL, the message, a wrapper, a SOAP header."""

import pytest
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest

REQ = PolicyIssueRequest(
    client_ref="o-1", product="p@1", policyholder=Party(name="张三"), expected_premium=Money(amount=1, currency="CNY")
)
CARRIER = """\
carrier: { id: ID, name: Tokens, version: "1", canonical: insure/2026-01 }
transport: { url: "{config.base_url}/api" }
wire: [json: {}, charset: UTF-8]
security:
  token:
    grant: login
    url: "{config.base_url}/login"
    wire: [json: {}]
    reply: [json: {}]
    request: { send: { user: =config.app_id } }
    read: { token: t }
    lifetime: 1h
defaults: { timezone: "+08:00" }
errors: { other: { is: unknown, code: carrier.unmapped, alert: true } }
"""
LOGIN = "wire: [json: {}, charset: UTF-8]"


@pytest.fixture
def sent(workshop, operation_yaml, ctx):
    def build(old: str, new: str, operation: tuple[str, str] = ("", "")):
        files = {"carrier.yaml": CARRIER.replace(old, new, 1), "policy_issue.yaml": operation_yaml.replace(*operation)}
        made = workshop.made("tokens", files)
        return made.module("policy_issue").build(REQ, replace(ctx, token="t/1&2", config=CONFIG))

    return build


CONFIG = {"base_url": "https://c.example", "app_id": "A1"}


def test_a_url_takes_the_token_percent_encoded(sent):
    assert sent("/api", "/api?access_token={token}").url.endswith("/api?access_token=t%2F1%262")


def test_a_wrapper_takes_the_token_as_a_field(sent):
    wrapped = "wire: [json: {}, charset: UTF-8, form: { put: d, with: { access_token: =token, d: } }]"
    assert sent(LOGIN, wrapped).body.startswith(b"access_token=t%2F1%262&d=")


def test_a_soap_header_takes_the_token(sent):
    soap = 'wire: [soap: { operation: t:issue, ns: { t: "urn:t" }, header: { t:Token: =token } }, charset: UTF-8]'
    assert b"<soap:Header><t:Token>t/1&amp;2</t:Token></soap:Header>" in sent(LOGIN, soap).body


def test_an_expression_may_hold_the_token(sent):
    headers = "security:\n  headers: { X-Token: '=\"T \" + token' }"
    assert dict(sent("security:", headers).headers)["X-Token"] == "T t/1&2"


def test_a_token_nobody_fetches_is_not_there(workshop, operation_yaml):
    carrier = CARRIER.partition("security:")[0] + CARRIER[CARRIER.index("defaults:") :]
    files = {"carrier.yaml": carrier.replace("/api", "/api/{token}"), "policy_issue.yaml": operation_yaml}
    assert any("E304" in fault and "'token' is not there" in fault for fault in workshop.refused("none", files))
