"""`http_signature` as a layer: a request signed and a reply checked by RFC 9421, and what a mapping may not say."""

import base64
import hashlib
import hmac
import json

import pytest
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import Secret, WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20
LAYERS = """\
wire:
  - json: {}
  - http_signature:
      algo: hmac_sha256
      key: secret.key
      label: hub
      digest: sha-256
      components: ["@method", "@target-uri", content-digest, x-partner]
      keyid: =config.base_url
      nonce: =nonce(8)
      expires: 300s
      tag: hub
      alg: true
reply:
  - http_signature: { algo: hmac_sha256, key: secret.key, label: carrier, components: ["@status", content-digest], max_skew: 300s }
  - json: {}
security: { headers: { X-Partner: P1 } }
"""
NOW = 1772323200


@pytest.fixture
def module(workshop, carrier_yaml, operation_yaml):
    text = carrier_yaml.replace("kind: rest-json, ", "") + LAYERS
    return workshop.made("messages", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml}).module("policy_issue")


def digest(body):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signed(base, key=b"k-1"):
    return base64.b64encode(hmac.digest(key, base.encode(), "sha256")).decode()


def test_a_request_bears_digest_input_and_signature(module, ctx):
    request = module.build(REQ, ctx)
    headers = dict(request.headers)
    assert headers["Content-Digest"] == digest(request.body)
    described = (
        f'("@method" "@target-uri" "content-digest" "x-partner");created={NOW};expires={NOW + 300};'
        'keyid="https://carrier.test";nonce="nnnnnnnn";tag="hub";alg="hmac-sha256"'
    )
    assert headers["Signature-Input"] == f"hub={described}"
    base = (
        f'"@method": POST\n"@target-uri": {request.url}\n"content-digest": {headers["Content-Digest"]}\n'
        f'"x-partner": P1\n"@signature-params": {described}'
    )
    assert headers["Signature"] == f"hub=:{signed(base)}:"


def reply(*, created=NOW, key=b"k-1", covered='"@status" "content-digest"', body=None):
    genuine = json.dumps({"ok": "1", "no": NO, "policyNo": "P1"}).encode()
    described = f"({covered});created={created}"
    lines = {'"@status"': "200", '"content-digest"': digest(genuine)}
    base = "".join(f"{name}: {lines[name]}\n" for name in covered.split(" ")) + f'"@signature-params": {described}'
    headers = (
        ("Content-Digest", digest(genuine)),
        ("Signature-Input", f"carrier={described}"),
        ("Signature", f"carrier=:{signed(base, key)}:"),
    )
    return WireReply(status=200, headers=headers, body=body or genuine)


def test_a_signed_reply_is_believed_under_the_key_of_now_and_the_one_before(module, ctx):
    assert module.parse(reply(), REQ, ctx).outcome.kind is OutcomeKind.accepted
    changing = replace(ctx, secrets={**ctx.secrets, "key": Secret("k-2", Secret("k-1"))})
    assert module.parse(reply(), REQ, changing).outcome.kind is OutcomeKind.accepted


@pytest.mark.parametrize(
    "wrong",
    [{"key": b"k-0"}, {"created": NOW - 301}, {"covered": '"@status"'}, {"body": b'{"ok":"1","policyNo":"P2"}'}],
)
def test_a_reply_that_is_not_signed_as_agreed_proves_nothing(module, ctx, wrong):
    assert module.parse(reply(**wrong), REQ, ctx).outcome.kind is OutcomeKind.unknown
    assert module.parse(WireReply(status=200, body=reply().body), REQ, ctx).outcome.kind is OutcomeKind.unknown


REFUSED = [
    ("wire", "algo: md5, components: ['@method']", "names one of its algorithms|no algorithm of HTTP Message|md5"),
    ("wire", "algo: hmac_sha256, key: secret.key, components: ['@status']", "cannot be covered here"),
    ("wire", "algo: hmac_sha256, key: secret.key, components: ['@method;req']", "cannot be covered here"),
    ("wire", "algo: hmac_sha256, key: secret.key, components: [Date]", "cannot be covered here"),
    ("wire", "algo: hmac_sha256, key: secret.key, components: ['date;tr']", "with ;sf, ;bs or ;key="),
    ("reply", "algo: hmac_sha256, key: secret.key, components: ['date;req']", "with ;sf, ;bs or ;key="),
    ("wire", "algo: hmac_sha256, key: secret.key, components: [date, date]", "each once"),
    ("wire", "algo: hmac_sha256, key: secret.key", "needs components"),
    ("wire", "algo: hmac_sha256, key: secret.key, components: [date], label: 'A b'", "is no label"),
    ("wire", "algo: hmac_sha256, key: secret.key, components: [date], digest: md5", "no digest 'md5'"),
    ("reply", "algo: hmac_sha256, key: secret.key, components: ['@method']", "cannot be covered here"),
    ("reply", "algo: hmac_sha256, key: secret.key, components: ['@status'], keyid: x", "is said by who signs"),
]


@pytest.mark.parametrize(("where", "layer", "words"), REFUSED)
def test_what_a_mapping_may_not_say_is_refused_with_its_place(
    workshop, carrier_yaml, operation_yaml, where, layer, words
):
    sent = f"json: {{}}, http_signature: {{ {layer} }}"
    layers = (
        f"wire: [json: {{}}, http_signature: {{ {layer} }}]\nreply: [json: {{}}]\n"
        if where == "wire"
        else f"wire: [json: {{}}]\nreply: [http_signature: {{ {layer} }}, json: {{}}]\n"
    )
    text = carrier_yaml.replace("kind: rest-json, ", "") + layers
    found = workshop.refused("wrong", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    assert [fault for fault in found if any(word in fault for word in words.split("|"))], (sent, found)


def test_headers_are_covered_under_a_parameter_both_ways(workshop, carrier_yaml, operation_yaml, ctx):
    said = """components: ['content-digest;key="sha-256"', 'content-type;bs']"""
    layers = (
        f"wire: [json: {{}}, http_signature: {{ algo: hmac_sha256, key: secret.key, digest: sha-256, {said} }}]\n"
        "security: { headers: { Content-Type: application/json } }\n"
        f"reply: [http_signature: {{ algo: hmac_sha256, key: secret.key, {said} }}, json: {{}}]\n"
    )
    text = carrier_yaml.replace("kind: rest-json, ", "") + layers
    made = workshop.made("params", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml}).module("policy_issue")
    sent = made.build(REQ, ctx)
    assert '("content-digest";key="sha-256" "content-type";bs)' in dict(sent.headers)["Signature-Input"]
    came = WireReply(status=200, headers=sent.headers, body=sent.body)
    assert made.parse(came, REQ, ctx).wire is not None
    assert made.parse(replace(came, body=b"{}"), REQ, ctx).wire is None
