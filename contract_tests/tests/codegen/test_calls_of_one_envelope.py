"""One envelope for all calls: what each call says in it, and a message that stands in it as it was signed."""

import hashlib

import pytest

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.wire import Inbound

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三 & 李四"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20

XML = """\
wire:
  - xml: { root: Order }
  - charset: GBK
  - sign: { algo: md5, over: [body, secret.key], as: mac }
  - xml: { root: Pack, declaration: true, put: Item.Order, raw: true, with: { Item.Head.Kind: =constant.kind, Item.Order: , Item.Mac: =mac } }
  - charset: GBK
reply:
  - charset: GBK
  - xml: {}
  - verify: { algo: md5, over: ["between(body;<Order>;</Order>;whole)", secret.key], from: wire.Item.Mac }
security: { headers: { X-Kind: =constant.kind, X-Where: "at/{constant.kind}" } }
callbacks:
  told:
    verify: same
    constants: { kind: T9 }
    correlate: { request_no: Item.Order.no }
    of: PolicyIssueResult
    outcome: [{ when: wire.Item.Order.policyNo, is: accepted }, { else: unknown }]
    fields: { numbers(kind=policy).no: { to: Item.Order.policyNo } }
    reply: { done: "1" }
"""
JSON = """\
wire:
  - json: {}
  - sign: { algo: md5, over: [body, secret.key], put: json.mac }
  - json: { put: data, raw: true, with: { kind: =constant.kind, mac: , data: } }
"""


def md5(*parts):
    return hashlib.md5(b"".join(parts)).hexdigest()


@pytest.fixture
def files(carrier_yaml, operation_yaml):
    def make(layers, call="constants: { kind: A1 }\n"):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
        return {"carrier.yaml": carrier, "policy_issue.yaml": call + operation_yaml}

    return make


def pack(order, kind):
    inner = order.encode("gbk")
    head = f'<?xml version="1.0" encoding="GBK"?><Pack><Item><Head><Kind>{kind}</Kind></Head>'.encode()
    return head + inner + f"<Mac>{md5(inner, b'k-1')}</Mac></Item></Pack>".encode()


def test_an_element_that_was_signed_stands_in_the_envelope_as_it_was_signed(workshop, files, ctx):
    request = workshop.made("enveloped", files(XML)).module("policy_issue").build(REQ, ctx)
    order = f"<Order><no>{NO}</no><holder>张三 &amp; 李四</holder></Order>"
    assert request.body == pack(order, "A1")
    assert {name: value for name, value in request.headers if name.startswith("X-")} == {
        "X-Kind": "A1",
        "X-Where": "at/A1",
    }


def test_an_answer_says_the_constants_of_its_callback(workshop, files, ctx):
    callback = workshop.made("enveloped", files(XML)).module("carrier").CARRIER.callbacks["told"]
    body = pack("<Order><no>R1</no><policyNo>P1</policyNo></Order>", "B2")
    notice = callback.read(Inbound(method="POST", target="/", body=body), ctx)
    assert (notice.genuine, dict(notice.correlate)) == (True, {"request_no": "R1"})
    assert callback.answer(notice, ctx).body == pack("<Order><done>1</done></Order>", "T9")
    forged = Inbound(method="POST", target="/", body=body.replace(b"P1", b"P2"))
    assert not callback.read(forged, ctx).genuine


def test_an_object_that_was_signed_stands_in_the_wrapper_as_an_object(workshop, files, ctx):
    request = workshop.made("enveloped", files(JSON)).module("policy_issue").build(REQ, ctx)
    data = f'{{"no":"{NO}","holder":"张三 & 李四"}}'
    assert request.body.decode() == f'{{"kind":"A1","mac":"{md5(data.encode(), b"k-1")}","data":{data}}}'


def test_a_call_that_does_not_say_what_the_envelope_wants_is_named_with_what_is_missing(workshop, files):
    faults = workshop.refused("enveloped", files(JSON, ""))
    assert any("policy_issue.yaml:1" in each and "constants: { kind: .. }" in each for each in faults)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ("wire: [form: {}, json: { put: data, raw: true }]\n", "was written by json"),
        ("wire: [xml: { root: A, declaration: true }, xml: { root: B, put: A, raw: true }]\n", "before the whole document only"),
        ("wire: [json: {}]\nreply: [xml: { put: data, raw: true }, xml: {}]\n", "raw is a form of sending"),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_an_envelope_as_it_is_is_refused(workshop, files, layers, words):
    assert any(words in each for each in workshop.refused("enveloped", files(layers)))


def test_constants_are_for_layers_and_headers_only(workshop, files):
    wrong = files("wire: [json: {}]\n")
    wrong["policy_issue.yaml"] = wrong["policy_issue.yaml"].replace("=request_no(20)", "=constant.kind")
    assert any("only in layers and headers" in each for each in workshop.refused("enveloped", wrong))


def test_an_element_chosen_by_its_attributes_has_a_text_of_its_own(fragment):
    piece = fragment(
        """\
  send: { "Input(@name=no)": =request_no(5), "Input(@name=empty)": "" }
  fields:
    policyholder.name: { to: Input(@name=holder) }
    policyholder.email: { to: Input(@name=mail) }
""",
        "  fields: { numbers(kind=policy).no: { to: Tag(@name=policy) } }\n",
        wire="wire: [xml: { root: Req }]\n",
    )
    holder = {"name": "张三"}
    sent = '<Req><Input name="no">RRRRR</Input><Input name="empty"/><Input name="holder">张三</Input></Req>'
    assert piece.sent(policyholder=holder) == sent
    told = '<Req><Tag name="ok">1</Tag><Tag name="policy">P1</Tag></Req>'
    assert piece.result(told) == {"numbers": [{"kind": "policy", "no": "P1"}]}


def test_a_number_sent_as_a_uuid_is_known_again_in_the_reply(workshop, files, ctx, reply_of):
    sent = files("wire: [json: {}]\n", "")
    sent["policy_issue.yaml"] = sent["policy_issue.yaml"].replace("=request_no(20)", "=uuid(request_no())")
    module = workshop.made("enveloped", sent).module("policy_issue")
    no = module.build(REQ, ctx).body.decode().split('"')[3]
    body = '{"ok":"1","no":"%s","policyNo":"P1","prem":"1.00"}'
    assert module.parse(reply_of(body % no), REQ, ctx).outcome.kind == "accepted"
    assert module.parse(reply_of(body % NO), REQ, ctx).outcome.kind == "unknown"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('=encode(request_no(23), "uuid")', "no"),
        ('=encode(request_no(23), "uuid")', "no as uuid"),
        ('="ORG-" + request_no(20)', "no as affix(ORG-;)"),
        ('=encode(request_no(20), "affix(ORG-;)")', "no"),
    ],
)
def test_a_number_that_is_not_sent_as_it_stands_is_known_again_in_the_reply(
    workshop, files, ctx, reply_of, written, told
):
    sent = files("wire: [json: {}]\n", "")
    changed = sent["policy_issue.yaml"].replace("=request_no(20)", f"'{written}'")
    sent["policy_issue.yaml"] = changed.replace("correlate: { request_no: no }", f"correlate: {{ request_no: {told} }}")
    module = workshop.made("enveloped", sent).module("policy_issue")
    no = module.build(REQ, ctx).body.decode().split('"')[3]
    assert no != NO
    body = '{"ok":"1","no":"%s","policyNo":"P1","prem":"1.00"}'
    assert module.parse(reply_of(body % no), REQ, ctx).outcome.kind == "accepted"
    for other in (NO, no[:-1] + ("0" if no[-1] != "0" else "1"), "", "ORG-"):
        assert module.parse(reply_of(body % other), REQ, ctx).outcome.kind == "unknown"


@pytest.mark.parametrize(
    ("login", "body"),
    [
        ("call: GET /token, request: {}", None),
        ("call: DELETE /token, request: {}", None),
        ("call: POST /token, request: {}", b"{}"),
        ("call: GET /token, request: { send: { a: b } }", b'{"a":"b"}'),
    ],
)
def test_a_login_that_says_nothing_by_get_or_delete_has_no_body(workshop, files, ctx, login, body):
    token = f"security:\n  headers: {{ Authorization: '{{token}}' }}\n  token: {{ grant: login, {login}, read: {{ token: t }} }}\n"
    made = workshop.made("enveloped", files("wire: [json: {}]\n" + token, "")).module("carrier").CARRIER
    request = made.token.build(ctx)
    assert (request.body or None, "Content-Type" in dict(request.headers)) == (body, body is not None)
