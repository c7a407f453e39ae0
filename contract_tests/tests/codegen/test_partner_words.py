"""Words that partner interfaces of the REST kind asked for, each proved on a generated carrier."""

import json

import pytest
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyDocumentRequest, PolicyIssueRequest, PolicyStatus, Receipt
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, WireReply

CARRIER = """\
carrier: { id: ID, name: Partner Insurance, version: "1", canonical: insure/2026-01 }
transport: { url: "{config.base_url}/api" }
wire:
  - json: { numbers: decimal }
  - charset: UTF-8
  - sign: { algo: hmac_sha256, key: secret.key, over: [header.Date], encode: hex_lower, as: signature }
security:
  headers:
    Date: =now("EEE, dd MMM yyyy HH:mm:ss 'GMT'")
    Authorization: 'Signature keyId="{config.key_id}",signature="{signature}"'
defaults: { timezone: "+08:00" }
errors:
  OLD: { is: declined, code: underwriting.age }
  other: { is: unknown, code: carrier.unmapped, alert: true }
"""

ISSUE = """\
idempotency: { kind: reject_duplicate, key: no }
inquiry: { operation: policy.get, not_found_is_final_after: 10m }
request:
  of: PolicyIssueRequest
  send: { no: =request_no(20) }
  fields:
    expected_premium: { to: price.amount, as: text(money(major)), currency: price.currency }
    receipt:
      to: payment
      fields:
        payment_ref: { to: reference, missing: error }
        amount: { to: paid.amount, as: text(money(major)), currency: paid.currency, missing: error }
response:
  of: PolicyIssueResult
  correlate: { request_no: no }
  echo: success
  outcome: [{ when: wire.ok == "1", is: accepted }, { when: wire.code, by_code: wire.code }, { else: unknown }]
  fields:
    numbers(kind=policy).no: { to: covers.0.policyNo }
  read: { status: '="in_force"' }
"""

DOCUMENT = """\
reply:
  - - charset: UTF-8
    - json: {}
  - - binary: { to: content }
request: { of: PolicyDocumentRequest, send: { no: "1" } }
response:
  of: PolicyDocumentResult
  outcome: [{ http: 200, when: wire.content, is: accepted }, { when: wire.code, by_code: wire.code }, { else: unknown }]
  fields: { documents.0.content: { to: content, as: raw } }
  read: { documents.0.kind: =req.kind }
"""


@pytest.fixture
def partner(workshop):
    return workshop.made(
        "partner", {"carrier.yaml": CARRIER, "policy_issue.yaml": ISSUE, "policy_document.yaml": DOCUMENT}
    )


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        (b"%PDF-1.7 x %%EOF", True), (b"%PDF-1.7 x %%EOF\r\n", True), (b"%PDF-1.7 x %%", False), (b"%PDF-1.7", False),
        (b"<html>%%EOF", False), (b"", False),
    ],
)  # fmt: skip
def test_a_document_that_is_none_or_was_cut_is_not_taken_for_one(workshop, ctx, body, taken):
    document = DOCUMENT.replace("{ to: content }\n", '{ to: content, begins: "%PDF-", ends: "%%EOF" }\n', 1)
    files = {"carrier.yaml": CARRIER, "policy_issue.yaml": ISSUE, "policy_document.yaml": document}
    module = workshop.made("partner", files).module("policy_document")
    req = PolicyDocumentRequest(product="p@1", policyholder=Party(name="张三"), kind="policy")
    reply = module.parse(WireReply(status=200, body=body), req, ctx)
    assert (reply.outcome.kind is OutcomeKind.accepted) is taken
    assert [each.content for each in (reply.result.documents if taken else ())] == ([body] if taken else [])


@pytest.fixture
def signing(ctx):
    return replace(ctx, config={**ctx.config, "key_id": "K1"})


REQ = PolicyIssueRequest(
    product="p@1", client_ref="o1", policyholder=Party(name="张三"), expected_premium=Money(amount=1234, currency="GBP")
)


def reply(body: dict, status: int = 200) -> WireReply:
    return WireReply(status=status, body=json.dumps(body).encode())


def test_a_header_may_quote_the_signature_that_is_made_after_it(partner, signing):
    headers = dict(partner.module("policy_issue").build(REQ, signing).headers)
    name, _, signature = headers["Authorization"].rpartition('signature="')
    assert name == 'Signature keyId="K1",'
    assert len(signature.removesuffix('"')) == 64
    assert headers["Date"].endswith(" GMT")


def test_an_amount_that_is_always_there_goes_with_its_currency(partner, signing):
    body = json.loads(partner.module("policy_issue").build(REQ, signing).body)
    assert list(body["price"].items()) == [("amount", "12.34"), ("currency", "GBP")]


def test_an_absent_object_writes_nothing_and_demands_nothing(partner, signing):
    assert "payment" not in json.loads(partner.module("policy_issue").build(REQ, signing).body)


def test_an_object_that_is_there_is_not_sent_without_what_it_needs(partner, signing):
    paid = Receipt(amount=Money(amount=1, currency="GBP"), paid_at=signing.now, collected_by="platform")
    with pytest.raises(CannotSend, match="payment_ref"):
        partner.module("policy_issue").build(replace(REQ, receipt=paid), signing)


@pytest.mark.parametrize("covers", [[{"policyNo": "P1"}], {"0": {"policyNo": "P1"}}])
def test_a_numbered_element_is_read_from_a_list_and_from_an_object(partner, signing, covers):
    told = reply({"no": "R" * 20, "ok": "1", "covers": covers})
    got = partner.module("policy_issue").parse(told, REQ, signing)
    assert got.outcome.kind is OutcomeKind.accepted
    assert [number.no for number in got.result.numbers] == ["P1"]
    assert not got.problems


def test_a_word_worked_out_of_a_reply_is_a_member_of_its_list(partner, signing):
    got = partner.module("policy_issue").parse(reply({"no": "R" * 20, "ok": "1"}), REQ, signing)
    assert got.result.status is PolicyStatus.in_force


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"code": "OLD"}, OutcomeKind.declined),
        ({"code": "OLD", "no": "R" * 20}, OutcomeKind.declined),
        ({"code": "OLD", "no": "another"}, OutcomeKind.unknown),
        ({"ok": "1"}, OutcomeKind.unknown),
    ],
)
def test_only_a_yes_must_echo_and_nothing_may_contradict(partner, signing, body, kind):
    assert partner.module("policy_issue").parse(reply(body), REQ, signing).outcome.kind is kind


def test_bytes_are_read_as_they_are_and_an_error_beside_them_as_json(partner, signing):
    request = PolicyDocumentRequest(product="p@1", policyholder=Party(name="张三"))
    module = partner.module("policy_document")
    got = module.parse(WireReply(status=200, body=b"%PDF-1.4\n\xff"), request, signing)
    assert got.result.documents[0].content == b"%PDF-1.4\n\xff"
    assert module.parse(reply({"code": "OLD"}, 404), request, signing).outcome.kind is OutcomeKind.declined


NATIVE = """\
carrier: { id: ID, name: Native, version: "1", canonical: insure/2026-01 }
native: true
transport: { url: "{config.base_url}" }
"""

TERMS = """\
idempotency: { kind: replay, key: request_no, ttl: 7d }
inquiry: { operation: policy.get, by: our_reference, not_found_is_final_after: 90s }
"""


def test_a_native_carrier_may_state_its_own_terms_for_an_operation(workshop):
    made = workshop.made("terms", {"carrier.yaml": NATIVE, "policy_issue.yaml": TERMS})
    issue = made.module("policy_issue").OPERATION
    assert issue.idempotency.ttl_s == 7 * 86_400
    assert issue.inquiry is not None
    assert issue.inquiry.not_found_is_final_after_s == 90
    # What it does not state is what the interface promises.
    assert made.module("claim_report").OPERATION.idempotency.ttl_s is None
