"""What is sent and what comes back may be in two formats, and a carrier's codes are compared as texts."""

import pytest

from gateway.model import Money, Party, PolicyIssueRequest

SHAPES = """\
shapes:
  person: { of: Party, fields: { name: { to: name }, height_cm: { to: h, as: decimal } } }
"""
ROWS = """\
  fields:
    policyholder: { to: ., shape: person }
    expected_premium: { to: prem, as: money(yuan) }
"""
READ = """\
response:
  of: PolicyIssueResult
  echo: none
  outcome:
    - { when: wire.code == "0" and wire.done == True, is: accepted }
    - { when: 'wire.code in ("1", 2)', is: declined, code: underwriting.refused }
    - { else: unknown }
  fields:
    policyholder: { to: holder, shape: person }
    premium.gross: { to: prem, as: money(yuan) }
"""
OPERATION = f"""\
idempotency: {{ kind: query_only }}
inquiry: {{ operation: policy.get, not_found_is_final_after: 10m }}
request:
  of: PolicyIssueRequest
{ROWS}{READ}"""


def request(**fields):
    known = {"policyholder": Party(name="Li"), "expected_premium": Money(amount=150, currency="CNY"), **fields}
    return PolicyIssueRequest(client_ref="o", product="p@1", **known)


@pytest.fixture
def made(workshop, carrier_yaml):
    def make(layers):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers + SHAPES
        return workshop.made("two_formats", {"carrier.yaml": carrier, "policy_issue.yaml": OPERATION}).module(
            "policy_issue"
        )

    return make


def test_a_form_goes_out_as_texts_and_a_json_reply_is_read_with_its_numbers(made, ctx, reply_of):
    module = made("wire: [form: {}, charset: UTF-8]\nreply: [charset: UTF-8, json: {}]\n")
    assert module.build(request(), ctx).body == b"name=Li&prem=1.50"
    reply = module.parse(reply_of('{"code":0,"done":true,"prem":1.50,"holder":{"name":"Li","h":170}}'), request, ctx)
    assert (reply.outcome.kind, reply.problems) == ("accepted", ())
    assert reply.result.premium.gross == Money(amount=150, currency="CNY")
    assert reply.result.policyholder.height_cm == 170


def test_json_goes_out_with_numbers_and_an_xml_reply_is_read_as_texts(made, ctx, reply_of):
    module = made("wire: [json: {}]\nreply: [charset: UTF-8, xml: {}]\n")
    assert module.build(request(), ctx).body == b'{"name":"Li","prem":1.50}'
    reply = module.parse(reply_of("<r><code>0</code><done>true</done><prem>1.50</prem></r>"), request(), ctx)
    assert (reply.outcome.kind, reply.problems) == ("accepted", ())
    assert reply.result.premium.gross == Money(amount=150, currency="CNY")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"code":"0","done":true}', "accepted"), ('{"code":0,"done":"true"}', "accepted"), ('{"code":0,"done":false}', "unknown"),
        ('{"code":1}', "declined"), ('{"code":"2"}', "declined"), ('{"code":"00","done":true}', "unknown"),
        ('{"code":null,"done":true}', "unknown"), ('{"code":{"x":"0"},"done":true}', "unknown"), ("{}", "unknown"),
    ],
)  # fmt: skip
def test_a_code_is_the_same_as_a_number_and_as_a_text(made, ctx, reply_of, body, outcome):
    module = made("wire: [json: {}]\n")
    assert module.parse(reply_of(body), request(), ctx).outcome.kind == outcome
