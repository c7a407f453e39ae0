"""Multipart and percent signs of generated modules."""

import json
from urllib.parse import quote

import pytest

from gateway.model import Money, Party, PolicyDocumentRequest, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import WireReply, multipart_in

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(wire):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + wire
        return workshop.made("parted", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}).module(
            "policy_issue"
        )

    return make


def test_fields_are_parts_under_a_boundary_nobody_can_guess(made, ctx):
    module = made("wire: [{ multipart: {} }, { charset: GBK }]\nreply: [{ charset: GBK }, { json: {} }]\n")
    request = module.build(REQ, ctx)
    told = dict(request.headers)["Content-Type"]
    assert told.startswith("multipart/form-data; boundary=")
    assert multipart_in(request.body, told, "gbk") == {"no": NO, "holder": "张三"}


def test_a_message_is_a_file_beside_its_signature_under_the_carriers_own_boundary(made, ctx):
    module = made(
        "wire:\n  - xml: { root: Q, declaration: true }\n  - charset: GBK\n"
        "  - sign: { algo: md5, over: [secret.key, body], as: mac }\n  - base64: {}\n"
        "  - multipart: { boundary: ----acme, put: data, with: { sign: =mac, data: },"
        " files: { data: { filename: q.xml, type: text/xml, base64: true } } }\n"
        "reply: [{ multipart: { put: data } }, { json: {} }]\n"
    )
    request = module.build(REQ, ctx)
    inner = f'<?xml version="1.0" encoding="GBK"?><Q><no>{NO}</no><holder>张三</holder></Q>'.encode("gbk")
    assert dict(request.headers)["Content-Type"] == "multipart/form-data; boundary=----acme"
    assert request.body.startswith(b'------acme\r\nContent-Disposition: form-data; name="sign"\r\n\r\n')
    assert (
        b'name="data"; filename="q.xml"\r\nContent-Type: text/xml\r\n\r\n' + inner + b"\r\n------acme--\r\n"
        in request.body
    )
    body = (
        b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n'
        + json.dumps({"ok": "1", "no": NO}).encode()
        + b"\r\n--x--\r\n"
    )
    headers = (("Content-Type", "multipart/form-data; boundary=x"),)
    assert (
        module.parse(WireReply(status=200, headers=headers, body=body), REQ, ctx).outcome.kind is OutcomeKind.accepted
    )
    assert module.parse(WireReply(status=200, body=body), REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_percent_signs_are_a_layer_so_that_a_form_may_be_encoded_twice(made, ctx):
    module = made(
        "wire: [{ json: {} }, { url_encode: { plus: true } }, { form: { put: data } }]\n"
        "reply: [{ url_encode: { plus: true } }, { json: {} }]\n"
    )
    text = json.dumps({"no": NO, "holder": "张三"}, ensure_ascii=False, separators=(",", ":"))
    assert module.build(REQ, ctx).body.decode() == "data=" + quote(quote(text, ""), "")
    answer = quote(json.dumps({"ok": "1", "no": NO}), "").encode()
    assert module.parse(WireReply(status=200, body=answer), REQ, ctx).outcome.kind is OutcomeKind.accepted


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("multipart: { files: { a: doc.pdf } }", "a is not described as a file"),
        ("multipart: { files: { a: { type: x } } }", "a is not described as a file"),
        ('multipart: { files: { a: { filename: "x\\r\\nX: y" } } }', "one printable text"),
        ("multipart: { files: { a: { filename: x, base64: maybe } } }", "base64 is true or false"),
        ("multipart: { boundary: [a] }", "boundary is one text"),
    ],
)
def test_a_file_that_is_not_described_is_refused(workshop, carrier_yaml, operation_yaml, layer, said):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + f"wire:\n  - {layer}\n"
    found = workshop.refused("wrong", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any(said in fault and "carrier.yaml:" in fault for fault in found), found


def test_a_soap_reply_with_its_document_beside_it_is_read_and_a_plain_fault_too(workshop, carrier_yaml, ctx):
    wire = "wire: [{ soap: { operation: t:get, ns: { t: 'urn:t' } } }, { charset: UTF-8 }]\n"
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + wire + "reply: [mtom, charset: UTF-8, soap: {}]\n"
    operation = (
        "request: { of: PolicyDocumentRequest, fields: { numbers(kind=policy).no: { to: No } } }\n"
        "response:\n  of: PolicyDocumentResult\n"
        "  outcome: [{ http: 500, when: wire.Fault, is: refused }, { when: wire.File, is: accepted }, { else: unknown }]\n"
        "  fields: { documents: { list: File, fields: { name: { to: Name }, content: { to: Data, as: base64 } }, read: { kind: '=\"policy\"' } } }\n"
    )
    module = workshop.made("files", {"carrier.yaml": carrier, "policy_document.yaml": operation}).module(
        "policy_document"
    )
    envelope = (
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><r><File><Name>p.pdf</Name><Data>"
        "<x:Include xmlns:x='http://www.w3.org/2004/08/xop/include' href='cid:1'/></Data></File></r></s:Body></s:Envelope>"
    )
    body = (
        f"--b\r\nContent-Type: application/xop+xml\r\n\r\n{envelope}\r\n--b\r\nContent-ID: <1>\r\n\r\n".encode()
        + b"\x00\xff\r\n--b--"
    )
    req = PolicyDocumentRequest(product="p@1", policyholder=Party(name="A"))
    reply = module.parse(
        WireReply(status=200, headers=(("Content-Type", "multipart/related; boundary=b"),), body=body), req, ctx
    )
    assert reply.outcome.kind is OutcomeKind.accepted
    assert [(each.name, each.content) for each in reply.result.documents] == [("p.pdf", b"\x00\xff")]
    fault = b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault><faultcode>s:Client</faultcode></s:Fault></s:Body></s:Envelope>"
    assert module.parse(WireReply(status=500, body=fault), req, ctx).outcome.kind is OutcomeKind.refused
