"""`xml_signature` as a layer: a document signed when sent, checked before it is read, and what a mapping may not say."""

import re

import pytest
from msgspec.structs import replace

from contract_tests.tests.codegen.test_http_signature import NO, REQ
from contract_tests.tests.wire.test_xml_signatures import OUR_CERT, OURS
from gateway.model.outcome import OutcomeKind
from gateway.wire import WireReply, XmlSealing, xml_signed, xml_verified

LAYERS = """\
wire:
  - xml: { root: Orders, declaration: true, ns: { "": "urn:o" } }
  - xml_signature: { key: secret.key, cert: secret.cert, of: body, prefix: ds, form: exclusive }
  - charset: GBK
reply:
  - charset: GBK
  - xml_signature: { key: secret.cert }
  - xml: { root: Answers }
"""
PART = XmlSealing(of="body")
ANSWER = f"<Answers><ok>1</ok><no>{NO}</no><policyNo>P1</policyNo><prem>0.01</prem></Answers>"


@pytest.fixture
def written(workshop, carrier_yaml, operation_yaml):
    def made(name, layers=LAYERS, do=workshop.made):
        text = carrier_yaml.replace("kind: rest-json, ", "") + layers
        operation = operation_yaml.replace("send: { no:", 'send: { "body@Id": =request_no(20), body.no:')
        operation = operation.replace("{ to: holder }", "{ to: body.holder }")
        return do(name, {"carrier.yaml": text, "policy_issue.yaml": operation})

    return made


@pytest.fixture
def signing(ctx):
    return replace(ctx, secrets={**ctx.secrets, "key": OURS, "cert": OUR_CERT})


def answered(module, ctx, text):
    return module.parse(WireReply(status=200, body=text.encode("gbk")), REQ, ctx)


def test_a_document_is_signed_before_it_becomes_bytes(written, signing):
    body = written("seal_out").module("policy_issue").build(REQ, signing).body
    text = body.decode("gbk")
    assert text.startswith('<?xml version="1.0" encoding="GBK"?><Orders xmlns="urn:o"><body Id="')
    assert text.endswith("</ds:Signature></Orders>")
    assert xml_verified(text, PART, OUR_CERT)
    assert REQ.policyholder.name in text


def test_a_reply_that_bears_no_genuine_signature_is_unknown(written, signing):
    module = written("seal_in").module("policy_issue")
    genuine = xml_signed(ANSWER, XmlSealing(info="none"), OURS)
    assert answered(module, signing, genuine).outcome.kind is OutcomeKind.accepted
    for text in (ANSWER, genuine.replace("P1", "P2")):
        assert answered(module, signing, text).outcome.kind is OutcomeKind.unknown


def test_a_signed_document_travels_in_an_envelope_as_it_is(written, signing):
    layers = LAYERS.replace("declaration: true, ", "").replace(
        "  - charset: GBK\nreply:", "  - soap: { operation: t:do, put: data, raw: true }\n  - charset: UTF-8\nreply:"
    )
    made = written("seal_inside", layers.replace("operation: t:do", 'operation: t:do, ns: { t: "urn:t" }'))
    text = made.module("policy_issue").build(REQ, signing).body.decode()
    inside = text[text.index("<Orders") : text.index("</Orders>") + 9]
    assert xml_verified(inside, PART, OUR_CERT)


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("key: secret.key, cert", "key: k-1, cert", "E440", "key is a secret"),
        ("cert: secret.cert, ", "", "E440", "the certificate that travels is missing"),
        ("prefix: ds", "info: none", "E440", "info: none sends no certificate"),
        ("form: exclusive", "form: own", "E440", "form is one of inclusive, exclusive"),
        ("of: body, prefix", "id: ID, prefix", "E440", "id stands beside of"),
        ("{ key: secret.cert }", "{ key: secret.cert, form: exclusive }", "E440", "a reply's is read"),
        ("form: exclusive }", "form: exclusive, canon: x }", "E111", "canon"),
    ],
)
def test_what_an_xml_signature_may_not_say_is_told_with_its_place(old, new, code, says, written, workshop):
    assert old in LAYERS
    for say in (workshop.refused, workshop.said):
        told = [one for one in written("seal_wrong", LAYERS.replace(old, new), say) if code in one and says in one]
        assert told
        assert re.match(r"\S+/carrier.yaml:\d+:\d+: error", told[0])


def test_what_is_bytes_already_is_not_signed_as_a_document(written, workshop):
    first = LAYERS.replace("  - charset: GBK\nreply:", "reply:").replace(
        "  - xml_signature: { key: secret.key", "  - charset: GBK\n  - xml_signature: { key: secret.key"
    )
    (told,) = written("seal_late", first, workshop.refused)
    assert "E265" in told
    assert "between xml and its charset" in told
