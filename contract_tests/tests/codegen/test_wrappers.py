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


TOLD = b"content=%7B%22no%22%3A%22R1%22%2C%22policyNo%22%3A%22P1%22%7D&version=2"


@pytest.mark.parametrize(
    ("reply", "status", "content_type", "body"),
    [
        ("success", 200, "text/plain; charset=UTF-8", "success"),
        ('"收到"', 200, "text/plain; charset=UTF-8", "收到"),
        ("{ http: 202, body: OK }", 202, "text/plain; charset=UTF-8", "OK"),
        (
            "{ http: 201, wire: [xml: { root: R }, charset: GBK], body: { no: =wire.no, 名: 收到 } }",
            201,
            "text/xml; charset=GBK",
            "<R><no>R1</no><名>收到</名></R>",
        ),
    ],
)
def test_an_answer_may_be_a_text_or_have_layers_of_its_own(
    workshop, carrier_yaml, operation_yaml, ctx, reply, status, content_type, body
):
    wire = WIRE.replace("verify: same", "verify: none").replace('reply: { no: =wire.no, code: "0" }', f"reply: {reply}")
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + wire
    made = workshop.made("answered", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    callback = made.module("carrier").CARRIER.callbacks["issued"]
    notice = callback.read(Inbound(method="POST", target="/", body=TOLD), ctx)
    answer = callback.answer(notice, ctx)
    charset = content_type.partition("charset=")[2]
    told = (answer.status, dict(answer.headers)["Content-Type"], answer.body.decode(charset))
    assert told == (status, content_type, body)


def test_a_text_has_no_layers(workshop, carrier_yaml, operation_yaml):
    wire = WIRE.replace('reply: { no: =wire.no, code: "0" }', "reply: { wire: [json: {}], body: OK }")
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + wire
    faults = workshop.refused("text", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("an answer that is a text has no layers" in fault for fault in faults)
