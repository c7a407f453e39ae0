"""SOAP of generated modules: calls, string arguments, header blocks, faults; and what XML layers can be told."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from contract_tests.tests.wire.test_xml_signatures import NOW, OUR_CERT, OURS, THEIRS
from contract_tests.tests.wire.x509_vectors import MESSAGE as SIGNED_REPLY
from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import Secret, WireReply, XmlSigning, soap_signed_in

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20
S11, S12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(wire, call="", operation=operation_yaml, name="enveloped"):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + wire
        return workshop.made(name, {"carrier.yaml": carrier, "policy_issue.yaml": call + operation}).module(
            "policy_issue"
        )

    return make


def heard(module, ctx, text, status=200):
    return module.parse(WireReply(status=status, body=text.encode()), REQ, ctx)


def enveloped(inner, ns=S11):
    return f'<s:Envelope xmlns:s="{ns}"><s:Body>{inner}</s:Body></s:Envelope>'


LITERAL = (
    'wire:\n  - soap: { action: "urn:acme/{call}", ns: { t: "urn:acme" } }\n  - charset: UTF-8\n'
    "reply: [{ charset: UTF-8 }, { soap: {} }]\n"
)


def test_a_document_literal_call_names_its_element_and_its_action(made, ctx):
    module = made(LITERAL, call="call: t:issuePolicy\n")
    request = module.build(REQ, ctx)
    assert request.body.decode() == (
        f'{DECLARED}<soap:Envelope xmlns:soap="{S11}" xmlns:t="urn:acme"><soap:Body><t:issuePolicy><no>{NO}</no>'
        "<holder>张三</holder></t:issuePolicy></soap:Body></soap:Envelope>"
    )
    assert dict(request.headers) == {
        "SOAPAction": '"urn:acme/issuePolicy"',
        "Content-Type": "text/xml; charset=UTF-8",
    }
    reply = enveloped(
        f"<x:issuePolicyResponse xmlns:x='urn:acme'><ok>1</ok><no>{NO}</no><policyNo>P1</policyNo></x:issuePolicyResponse>"
    )
    told = heard(module, ctx, reply)
    assert told.outcome.kind is OutcomeKind.accepted
    assert told.result.numbers[0].no == "P1"


def test_soap_1_2_puts_the_action_into_the_content_type(made, ctx):
    wire = LITERAL.replace("soap: { action", 'soap: { version: "1.2", action')
    request = made(wire, call="call: POST /policies t:issuePolicy\n").build(REQ, ctx)
    assert f'xmlns:soap="{S12}"' in request.body.decode()
    assert request.url.endswith("/api/policies")
    assert dict(request.headers) == {
        "Content-Type": 'application/soap+xml; charset=UTF-8; action="urn:acme/issuePolicy"'
    }


def test_transport_kind_soap_is_short_for_the_layers(workshop, carrier_yaml, operation_yaml, ctx):
    carrier = carrier_yaml.replace(
        "kind: rest-json, ", 'kind: soap, soap: { operation: "t:do", ns: { t: "urn:acme" }, declaration: false }, '
    )
    module = workshop.made("kinds", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}).module(
        "policy_issue"
    )
    body = module.build(REQ, ctx).body.decode()
    assert body.startswith(f'<soap:Envelope xmlns:soap="{S11}" xmlns:t="urn:acme"><soap:Body><t:do><no>')
    assert heard(module, ctx, enveloped(f"<r><ok>1</ok><no>{NO}</no></r>")).outcome.kind is OutcomeKind.accepted


WRAPPED = (
    "wire:\n  - xml: { root: Q, declaration: true }\n  - charset: GBK\n"
    '  - soap: { operation: "w:service", ns: { w: "urn:w" }, put: arg0, CDATA with: { sys: APP, arg0: } }\n'
    "  - charset: UTF-8\n"
    "reply:\n  - charset: UTF-8\n  - soap: { put: return }\n  - xml: { root: A }\n"
)


@pytest.mark.parametrize("cdata", [True, False])
def test_inner_gbk_xml_stands_in_the_outer_utf_8_envelope_as_cdata_or_escaped(made, ctx, cdata):
    module = made(WRAPPED.replace("CDATA", "cdata: true," if cdata else ""))
    inner = f'<?xml version="1.0" encoding="GBK"?><Q><no>{NO}</no><holder>张三</holder></Q>'
    written = f"<![CDATA[{inner}]]>" if cdata else inner.replace("<", "&lt;").replace(">", "&gt;")
    assert module.build(REQ, ctx).body.decode() == (
        f'{DECLARED}<soap:Envelope xmlns:soap="{S11}" xmlns:w="urn:w"><soap:Body><w:service><sys>APP</sys>'
        f"<arg0>{written}</arg0></w:service></soap:Body></soap:Envelope>"
    )
    answer = f'<?xml version="1.0" encoding="GBK"?><A><ok>1</ok><no>{NO}</no><policyNo>P1</policyNo></A>'
    told = heard(module, ctx, enveloped(f"<r><return><![CDATA[{answer}]]></return></r>"))
    assert told.outcome.kind is OutcomeKind.accepted


FAULTS = """\
idempotency: { kind: none }
request:
  of: PolicyIssueRequest
  send: { no: =request_no(20) }
  fields: { policyholder.name: { to: holder } }
response:
  of: PolicyIssueResult
  correlate: { request_no: no }
  echo: success
  outcome:
    - { when: wire.ok == "1", is: accepted }
    - { http: 500, when: wire.Fault.code == "Client", is: refused }
    - { http: 500, when: wire.Fault.detail.code == "900003", is: not_executed, after: 5s, because: "5.2 not processed" }
    - { when: wire.Fault, is: unknown }
    - { else: unknown }
  fields:
    numbers(kind=policy).no: { to: policyNo }
    reasons.0.text: { to: Fault.text }
"""


def fault(code, detail="", text="no"):
    return enveloped(
        f"<s:Fault><faultcode>s:{code}</faultcode><faultstring>{text}</faultstring>"
        + (f"<detail>{detail}</detail>" if detail else "")
        + "</s:Fault>"
    )


@pytest.mark.parametrize("wire", [LITERAL, WRAPPED.replace("CDATA", "cdata: true,")])
def test_a_fault_with_status_500_is_read_and_classified_by_rows_that_name_it(made, ctx, wire):
    module = made(wire, call="call: t:issue\n" if wire is LITERAL else "", operation=FAULTS, name=f"faults{len(wire)}")
    told = heard(module, ctx, fault("Client"), 500)
    assert told.outcome.kind is OutcomeKind.refused
    assert told.result.reasons[0].text == "no"
    assert heard(module, ctx, fault("Server", "<code>900003</code>"), 500).outcome.kind is OutcomeKind.not_executed
    for text, status in ((fault("Server"), 500), (fault("Server"), 200), ("<html/>", 500), (fault("Client"), 502)):
        assert heard(module, ctx, text, status).outcome.kind is OutcomeKind.unknown


def test_a_fault_is_nobodys_word_where_only_the_payload_is_signed(made, ctx):
    wire = WRAPPED.replace("CDATA", "").replace(
        "put: return }\n", "put: return }\n  - verify: { algo: md5, over: [secret.key, body], from: header.X-Sign }\n"
    )
    module = made(wire, operation=FAULTS, name="unsigned")
    assert heard(module, ctx, fault("Client"), 500).outcome.kind is OutcomeKind.unknown


def test_header_blocks_and_a_username_token_stand_before_the_body(made, ctx):
    wire = (
        "wire:\n  - soap:\n      operation: t:do\n      ns: { t: 'urn:acme' }\n"
        "      wsse: { username: =config.user, password: =secret.word, type: digest, must_understand: true }\n"
        "      header: { 't:Trace.t:Id': =attempt_no(9), t:Mode: live }\n  - charset: UTF-8\n"
    )
    ready = replace(
        ctx,
        config={**ctx.config, "user": "APP"},
        secrets={**ctx.secrets, "word": Secret("pw")},
        nonce=lambda n: "n" * n,
    )
    text = made(wire).build(REQ, ready).body.decode()
    head, _, _ = text.partition("</soap:Header>")
    assert '<soap:Header><wsse:Security xmlns:wsse="http://docs.oasis-open.org/' in head
    assert (
        ' soap:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>APP</wsse:Username><wsse:Password Type="' in head
    )
    assert ">bm5ubm5ubm5ubm5ubm5ubg==</wsse:Nonce><wsu:Created>20" in head
    assert "pw" not in text
    assert head.endswith(
        "</wsse:Security><t:Trace><t:Id>" + ready.attempt_no[:9] + "</t:Id></t:Trace><t:Mode>live</t:Mode>"
    )


def test_a_username_token_may_say_how_long_its_message_is_believed(made, ctx):
    wsse = "wsse: { username: APP, password: =secret.key, lifetime: 5m }"
    wire = f"wire:\n  - soap: {{ operation: 't:do', ns: {{ t: 'urn:acme' }}, {wsse} }}\n  - charset: UTF-8\n"
    ready = replace(ctx, now=datetime(2026, 3, 1, 8, 58, tzinfo=UTC))
    text = made(wire).build(REQ, ready).body.decode()
    stamp = "<wsu:Created>2026-03-01T08:58:00Z</wsu:Created><wsu:Expires>2026-03-01T09:03:00Z</wsu:Expires>"
    assert f"<wsu:Timestamp>{stamp}</wsu:Timestamp><wsse:UsernameToken><wsse:Username>APP<" in text


@pytest.mark.parametrize(
    ("ns", "operation", "opening"),
    [
        ('{ ns2: "urn:acme" }', "ns2:do", '<ns2:do xmlns:ns2="urn:acme"><no>'),
        ('{ "": "urn:acme" }', "do", '<do xmlns="urn:acme"><no>'),
    ],
)
def test_namespaces_may_be_declared_by_the_operation_element(made, ctx, ns, operation, opening):
    wire = f"wire:\n  - soap: {{ operation: '{operation}', ns: {ns}, ns_at: operation, declaration: false }}\n  - charset: UTF-8\n"
    text = made(wire).build(REQ, ctx).body.decode()
    assert text.startswith(f'<soap:Envelope xmlns:soap="{S11}"><soap:Body>{opening}')


def test_prefixes_are_declared_by_the_element_the_carrier_has_them_on(made, ctx):
    soap = (
        'operation: t:do, ns: { t: "urn:t", a: "urn:a", x: "urn:x" }, ns_at: { t: operation, x: body }, '
        "header: { a:Id: '1' }, declaration: false"
    )
    text = made(f"wire:\n  - soap: {{ {soap} }}\n  - charset: UTF-8\n").build(REQ, ctx).body.decode()
    assert text.startswith(
        f'<soap:Envelope xmlns:soap="{S11}" xmlns:a="urn:a"><soap:Header><a:Id>1</a:Id></soap:Header>'
        '<soap:Body xmlns:x="urn:x"><t:do xmlns:t="urn:t"><no>'
    )


SIGNED = """\
wire:
  - soap: { operation: t:do, ns: { t: "urn:t" }, wsse: { key: secret.ours, cert: secret.cert, lifetime: 5m, algo: rsa_sha1, digest: sha1 } }
  - charset: UTF-8
"""
CHECKED = "reply: [{ charset: UTF-8 }, { soap: { wsse: { key: secret.theirs, sign: [Body, Timestamp] } } }]\n"


def test_a_request_is_signed_and_a_reply_is_believed_by_the_carriers_certificate_alone(made, ctx):
    keyed = replace(ctx, now=NOW, secrets={"ours": OURS, "cert": OUR_CERT, "theirs": THEIRS})
    module = made(SIGNED + CHECKED, operation=FAULTS)
    asked = XmlSigning(algo="rsa_sha1", digest="sha1", parts=("Body", "Timestamp"))
    assert soap_signed_in(module.build(REQ, keyed).body, asked, OUR_CERT, NOW)["no"] == NO
    told = SIGNED_REPLY
    assert heard(module, keyed, told).wire["policyNo"] == "P-1"
    for forged in (told.replace("P-1", "P-2"), enveloped("<r><policyNo>P-1</policyNo></r>")):
        found = heard(module, keyed, forged)
        assert (found.outcome.kind, found.wire) == (OutcomeKind.unknown, None)


def test_a_reply_left_out_asks_for_no_signature(made, ctx):
    keyed = replace(ctx, secrets={"ours": OURS, "cert": OUR_CERT})
    found = heard(made(SIGNED, operation=FAULTS), keyed, enveloped("<r><policyNo>P-1</policyNo></r>"))
    assert found.wire == {"policyNo": "P-1"}


def test_short_for_layers_a_reply_asks_for_no_header_either(workshop, carrier_yaml, operation_yaml, ctx):
    soap = "kind: soap, soap: { operation: 't:do', ns: { t: 'urn:t' }, wsse: { username: u, password: =secret.key } }, "
    verify = "security: { verify: { algo: md5, over: [body], from: header.X, on_fail: unknown } }\n"
    carrier = carrier_yaml.replace("kind: rest-json, ", soap) + verify
    made = workshop.made("short", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert b"<wsse:UsernameToken>" in made.module("policy_issue").build(REQ, ctx).body


def test_an_empty_header_is_written_when_the_mapping_says_header(made, ctx):
    wire = "wire:\n  - soap: { operation: do, header: {}, declaration: false, prefix: soapenv }\n  - charset: UTF-8\n"
    assert "<soapenv:Header/><soapenv:Body><do>" in made(wire).build(REQ, ctx).body.decode()


@pytest.mark.parametrize(
    ("wire", "call", "said"),
    [
        (LITERAL, "", "nothing names the operation element"),
        (LITERAL, "call: u:issue\n", "the prefix 'u' stands for no namespace"),
        (LITERAL, "call: POST issue\n", "is no SOAP call"),
        (LITERAL.replace("urn:acme/{call}", 'a\\"b'), "call: t:x\n", "without quotation marks"),
        (
            LITERAL.replace("ns: {", "wsse: { username: u, password: plain }, ns: {"),
            "call: t:x\n",
            "password is a secret",
        ),
        (LITERAL.replace("ns: {", "wsse: { username: u }, ns: {"), "call: t:x\n", "a username and a password"),
        (
            LITERAL.replace("ns: {", "wsse: { username: u, password: =secret.key, lifetime: soon }, ns: {"),
            "call: t:x\n",
            "how long a message is believed",
        ),
        (LITERAL.replace("ns: {", "cdata: true, ns: {"), "call: t:x\n", "cdata"),
        (LITERAL.replace("ns: {", "header: { t:A: x }, ns_at: operation, ns: {"), "call: t:x\n", "ns_at"),
        (LITERAL.replace("ns: {", "ns_at: { u: operation }, ns: {"), "call: t:x\n", "'u' stands for no namespace"),
        (LITERAL.replace("ns: {", "ns_at: { t: header }, ns: {"), "call: t:x\n", "ns_at is one of envelope"),
        *(
            (LITERAL.replace("ns: {", f"wsse: {{ {options} }}, ns: {{"), "call: t:x\n", said)
            for options, said in (
                ("lifetime: 5m", "names neither a user nor a key"),
                ("key: secret.k", "names the certificate of its key"),
                ("key: k, cert: secret.c", "key is a secret of the channel"),
                ("username: u, password: =secret.p, algo: rsa_sha1", "key: secret.name is missing"),
                ("key: secret.k, cert: secret.c, algo: rsa_md5", "algo is one of rsa_sha1, rsa_sha256, rsa_sha512"),
                ("key: secret.k, cert: secret.c, sign: [Timestamp]", "the Body at least"),
                ("key: secret.k, cert: secret.c, sign: [Body, Timestamp]", "no Timestamp to sign"),
                ("key: secret.k, cert: secret.c, sign: [Head]", "sign lists parts of the message"),
                ("key: secret.k, cert: secret.c, by: issuer, sign: [Body, BinarySecurityToken]", "by: issuer sends no"),
                ("key: secret.k, cert: secret.c, sing: [Body]", "did you mean 'sign'"),
            )
        ),
        (
            LITERAL.replace("soap: {} }]", "soap: { wsse: { key: secret.k, lifetime: 5m } } }]"),
            "call: t:x\n",
            "wsse of a reply has no word",
        ),
    ],
)
def test_an_envelope_that_cannot_be_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, wire, call, said):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + wire
    found = workshop.refused("wrong", {"carrier.yaml": carrier, "policy_issue.yaml": call + operation_yaml})
    assert any(said in fault for fault in found), found


def xml(made, options, extra=""):
    rows = (
        "request:\n  of: PolicyIssueRequest\n  send: { '@version': '2', i:no: =request_no(20) }\n"
        "  fields: { policyholder.name: { to: 'i:holder' }, policyholder.email: { to: mail, missing: blank } }\n"
    )
    operation = FAULTS[: FAULTS.index("request:")] + rows + FAULTS[FAULTS.index("response:") :]
    return made(f"wire:\n  - xml: {{ {options} }}\n  - charset: UTF-8\n{extra}", operation=operation)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("root: Q", f'<Q version="2"><i:no>{NO}</i:no><i:holder>张三</i:holder><mail/></Q>'),
        (
            'root: "i:Q", ns: { i: "urn:i", "": "urn:d" }, declaration: true',
            f'{DECLARED}<i:Q xmlns:i="urn:i" xmlns="urn:d" version="2"><i:no>{NO}</i:no><i:holder>张三</i:holder><mail/></i:Q>',
        ),
        ("root: Q, empty: omit", f'<Q version="2"><i:no>{NO}</i:no><i:holder>张三</i:holder></Q>'),
        ("root: Q, empty: pair", f'<Q version="2"><i:no>{NO}</i:no><i:holder>张三</i:holder><mail></mail></Q>'),
        (
            "root: Q, cdata: ['i:holder'], declaration: '<?xml version=\"1.0\" encoding=\"gb2312\"?>'",
            (
                f'<?xml version="1.0" encoding="gb2312"?><Q version="2"><i:no>{NO}</i:no>'
                "<i:holder><![CDATA[张三]]></i:holder><mail/></Q>"
            ),
        ),
    ],
)
def test_xml_is_written_as_its_options_say(made, ctx, options, text):
    assert xml(made, options).build(REQ, ctx).body.decode() == text


def test_a_wrapper_declares_the_charset_behind_it_and_not_its_payloads(made, ctx):
    wire = (
        "wire:\n  - xml: { root: Q, declaration: true }\n  - charset: GBK\n"
        "  - xml: { root: Out, declaration: true, put: Head.Data, cdata: true, with: { Head.Sys: A } }\n"
        "  - charset: UTF-8\nreply: [{ charset: UTF-8 }, { xml: { put: Head.Data } }, { xml: {} }]\n"
    )
    assert made(wire).build(REQ, ctx).body.decode() == (
        f'{DECLARED}<Out><Head><Data><![CDATA[<?xml version="1.0" encoding="GBK"?><Q><no>{NO}</no>'
        "<holder>张三</holder></Q>]]></Data><Sys>A</Sys></Head></Out>"
    )


def test_prefixes_are_ignored_when_reading_those_of_attributes_too(made, ctx):
    operation = FAULTS.replace("{ to: policyNo }", "{ to: 'a:policy@a:no' }")
    module = made(
        "wire:\n  - xml: { root: Q }\n  - charset: UTF-8\nreply: [{ charset: UTF-8 }, { xml: {} }]\n",
        operation=operation,
    )
    text = f'<z:R xmlns:z="urn:z"><z:ok>1</z:ok><z:no>{NO}</z:no><z:policy z:no="P7">text</z:policy></z:R>'
    told = heard(module, ctx, text)
    assert told.outcome.kind is OutcomeKind.accepted
    assert told.result.numbers[0].no == "P7"
    assert told.unmapped == ()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("true", ' soap:mustUnderstand="1"'),
        ('"1"', ' soap:mustUnderstand="1"'),
        ("0", ' soap:mustUnderstand="0"'),
        ('"true"', ' soap:mustUnderstand="true"'),
        ('"false"', ' soap:mustUnderstand="false"'),
        ("false", ""),
    ],
)
def test_must_understand_is_written_as_the_host_wants_it(made, ctx, said, written):
    wire = (
        "wire:\n  - soap:\n      version: '1.2'\n      operation: t:do\n      ns: { t: 'urn:acme' }\n"
        f"      wsse: {{ username: =config.user, password: =secret.word, must_understand: {said} }}\n  - charset: UTF-8\n"
    )
    ready = replace(ctx, config={**ctx.config, "user": "APP"}, secrets={**ctx.secrets, "word": Secret("pw")})
    text = made(wire).build(REQ, ready).body.decode()
    block = text.partition("<wsse:Security")[2].partition(">")[0]
    assert block.partition('secext-1.0.xsd"')[2] == written
