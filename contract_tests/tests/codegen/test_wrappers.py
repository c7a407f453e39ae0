"""Messages inside a field of another format: what its signature covers, the order of its fields, what is answered."""

import hashlib
from urllib.parse import parse_qsl

import pytest

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.wire import Inbound, Unreadable, WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)

WIRE = """\
wire:
  - json: {}
  - sign: { algo: md5, over: ['sorted(wire;&;drop)', '&key=', secret.key], encode: hex_upper, put: form.sign }
  - form: { put: content, with: { version: "2", nonce: =nonce(4), content: , sign: , remark: "" } }
reply:
  - form: { put: content }
  - verify: { algo: md5, over: ['sorted(wire;&;drop)', '&key=', secret.key], encode: hex_upper, from: wire.sign }
  - json: {}
security:
  headers: { Content-Type: application/x-www-form-urlencoded; charset=UTF-8, X-Token: "{token}" }
  token: { grant: login, request: { send: { user: =secret.user } }, read: { token: token } }
callbacks:
  issued:
    verify: same
    correlate: { request_no: no }
    of: PolicyIssueResult
    fields: { numbers(kind=policy).no: { to: policyNo } }
    outcome: [{ when: wire.policyNo, is: accepted }, { else: unknown }]
    reply: { no: =wire.no, code: "0" }
"""


@pytest.fixture
def modules(workshop, carrier_yaml, operation_yaml):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + WIRE
    made = workshop.made("wrapped", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    return made.module("carrier"), made.module("policy_issue")


def fields_of(body):
    return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))


def signed(fields):
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name])
    return hashlib.md5(f"{text}&key=k-1".encode()).hexdigest().upper()


def test_a_signature_put_into_a_wrapper_covers_the_wrappers_fields_as_they_are_sent(modules, ctx):
    fields = fields_of(modules[1].build(REQ, ctx).body)
    assert fields["nonce"] == "nnnn"
    assert fields["sign"] == signed(fields)


def test_fields_of_a_wrapper_stand_where_they_are_named_and_an_empty_text_is_a_value(modules, ctx):
    fields = fields_of(modules[1].build(REQ, ctx).body)
    assert list(fields) == ["version", "nonce", "content", "sign", "remark"]
    assert fields["remark"] == ""


def test_a_login_call_bears_the_headers_of_the_format_and_no_token(modules, ctx):
    source = modules[0].CARRIER.token
    request = source.build(ctx)
    assert dict(request.headers) == {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert fields_of(request.body)["sign"] == signed(fields_of(request.body))
    with pytest.raises(Unreadable):
        source.read(WireReply(status=200, body=b"content=%7B%7D&sign=0"), ctx)


def test_an_answer_gives_back_what_the_callback_said_in_the_carriers_own_layers(modules, ctx):
    callback = modules[0].CARRIER.callbacks["issued"]
    told = {"content": '{"no":"R1","policyNo":"P1"}', "version": "2"}
    body = "&".join(f"{name}={value}" for name, value in {**told, "sign": signed(told)}.items()).encode()
    notice = callback.read(Inbound(method="POST", target="/", body=body), ctx)
    assert notice.genuine
    assert notice.correlate == {"request_no": "R1"}
    answer = callback.answer(notice, ctx)
    fields = fields_of(answer.body)
    assert fields["content"] == '{"no":"R1","code":"0"}'
    assert fields["sign"] == signed(fields)
    assert dict(answer.headers)["Content-Type"].endswith("charset=UTF-8")
