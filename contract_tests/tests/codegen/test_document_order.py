"""With a wire schema the elements of an XML request stand as the carrier's document has them, not as rows are written."""

import pytest

from gateway.model import Insured, Money, Party, PolicyIssueRequest

CARRIER = """\
carrier: { id: ID, name: Test Insurance, version: "1", canonical: insure/2026-01 }
transport: { KIND, url: "https://h.example/api" }
defaults: { timezone: "+08:00" }
shapes:
  base: { of: Insured, fields: { party: { to: ., fields: { name: { to: Name } } } } }
  person: { extends: base, send: { "@no": =n }, fields: { ref: { to: Ref } } }
errors: { other: { is: unknown, code: carrier.unmapped, alert: true } }
"""
ISSUE = """\
idempotency: { kind: replay, key: Head.No }
request:
  of: PolicyIssueRequest
  send: { Head.At: "12", Body.Kind: A, Head.No: =request_no(20) }
  fields:
    insureds: { list: Body.People.Person, shape: person }
    policyholder.name: { to: Body.Holder }
response:
  of: PolicyIssueResult
  correlate: { request_no: no }
  outcome: [{ when: wire.ok, is: accepted }, { else: unknown }]
"""
SCHEMA = """\
messages:
  policy.issue:
    request:
      Head.No: { type: text }
      Head.At: { type: text }
      Body.Holder: { type: text }
      Body.People.Person: { type: list }
      Body.People.Person.Ref: { type: text }
      Body.People.Person.Name: { type: text }
      Body.People.Person@no: { type: int }
      Body.Kind: { type: text }
"""
REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="甲"),
    insureds=(Insured(ref="a", party=Party(name="乙")), Insured(ref="b", party=Party(name="丙"))),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20


@pytest.fixture
def sent(workshop, ctx):
    def send(kind="kind: xml, xml: { root: Req }", schema=SCHEMA):
        files = {"carrier.yaml": CARRIER.replace("KIND", kind), "policy_issue.yaml": ISSUE}
        if schema:
            files["wire.schema.yaml"] = schema
        return workshop.made("ordered", files).module("policy_issue").build(REQ, ctx).body.decode()

    return send


def test_an_xml_request_is_sent_in_the_order_of_the_carriers_document(sent):
    people = '<Person no="1"><Ref>a</Ref><Name>乙</Name></Person><Person no="2"><Ref>b</Ref><Name>丙</Name></Person>'
    body = f"<Body><Holder>甲</Holder><People>{people}</People><Kind>A</Kind></Body>"
    assert sent().endswith(f"<Req><Head><No>{NO}</No><At>12</At></Head>{body}</Req>")


def test_without_a_schema_and_on_json_the_rows_are_in_order(sent):
    people = '<Person no="1"><Name>乙</Name><Ref>a</Ref></Person><Person no="2"><Name>丙</Name><Ref>b</Ref></Person>'
    body = f"<Body><Kind>A</Kind><People>{people}</People><Holder>甲</Holder></Body>"
    assert sent(schema="").endswith(f"<Req><Head><At>12</At><No>{NO}</No></Head>{body}</Req>")
    assert sent("kind: rest-json").startswith('{"Head":{"At":"12","No":')


def test_a_mapping_that_is_in_order_moves_nothing(workshop, sent):
    rows = sent(schema="messages:\n  policy.issue:\n    request:\n      Head.At: {}\n      Head.No: {}\n")
    assert rows == sent(schema="")
