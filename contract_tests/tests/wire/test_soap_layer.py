"""Envelopes of SOAP 1.1 and 1.2, faults of both in one form, and the username token against a published vector."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import Secret, Unreadable, soap_action, soap_form, soap_in, soap_out, username_token
from gateway.wire.envelopes.soap import password_digest

NOW = datetime(2010, 9, 16, 7, 50, 45, tzinfo=UTC)
E11 = 'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
E12 = 'xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'


def test_a_document_literal_call_stands_alone_in_the_body():
    form = soap_form("1.1", ns={"t": "urn:acme"})
    assert soap_out({"No": "1", "Name": "A & B", "Note": ""}, "t:issue", form) == (
        f'<soap:Envelope {E11} xmlns:t="urn:acme"><soap:Body><t:issue><No>1</No><Name>A &amp; B</Name><Note/></t:issue>'
        "</soap:Body></soap:Envelope>"
    )


def test_a_string_argument_is_written_as_cdata_or_escaped():
    text = "<a>1</a>"
    wrapped = soap_out({"arg0": text}, "call", soap_form("1.2", cdata=frozenset(("arg0",))))
    assert wrapped == (
        f"<soap:Envelope {E12}><soap:Body><call><arg0><![CDATA[<a>1</a>]]></arg0></call></soap:Body></soap:Envelope>"
    )
    assert "<arg0>&lt;a&gt;1&lt;/a&gt;</arg0>" in soap_out({"arg0": text}, "call", soap_form("1.2"))
    assert soap_in(wrapped) == {"arg0": text} == soap_in(soap_out({"arg0": text}, "call", soap_form("1.2")))


def test_prefix_declaration_and_an_empty_header_are_the_carriers_choice():
    form = soap_form("1.1", prefix="soapenv", declaration='<?xml version="1.0"?>', empty="pair")
    assert soap_out({"No": ""}, "ping", form, {}) == (
        '<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        "<soapenv:Header></soapenv:Header><soapenv:Body><ping><No></No></ping></soapenv:Body></soapenv:Envelope>"
    )


def test_an_action_names_the_operation_without_its_prefix():
    assert soap_action("urn:acme/{call}", "t:issue") == '"urn:acme/issue"'
    assert soap_action("", "t:issue") == '""'


FAULT_11 = (
    f"<soap:Envelope {E11}><soap:Body><soap:Fault><faultcode>soap:Server.Busy</faultcode><faultstring> busy </faultstring>"
    "<detail><c:code xmlns:c='urn:c'>900003</c:code></detail></soap:Fault></soap:Body></soap:Envelope>"
)
FAULT_12 = (
    f"<soap:Envelope {E12}><soap:Body><soap:Fault><soap:Code><soap:Value>soap:Receiver</soap:Value><soap:Subcode>"
    "<soap:Value>t:Busy</soap:Value></soap:Subcode></soap:Code><soap:Reason><soap:Text xml:lang='en'>busy</soap:Text>"
    "<soap:Text xml:lang='zh'>忙</soap:Text></soap:Reason><soap:Detail>more</soap:Detail></soap:Fault></soap:Body>"
    "</soap:Envelope>"
)


def test_faults_of_both_versions_are_read_in_one_form():
    assert soap_in(FAULT_11) == {"Fault": {"code": "Server.Busy", "text": "busy", "detail": {"code": "900003"}}}
    assert soap_in(FAULT_12) == {"Fault": {"code": "Receiver", "subcode": "Busy", "text": "busy", "detail": "more"}}


@pytest.mark.parametrize(
    "body",
    [
        "<html/>",
        f"<soap:Envelope {E11}/>",
        f"<soap:Envelope {E11}><soap:Body/></soap:Envelope>",
        f"<soap:Envelope {E11}><soap:Body>text</soap:Body></soap:Envelope>",
        f"<soap:Envelope {E11}><soap:Body><a/><b/></soap:Body></soap:Envelope>",
        f"<soap:Envelope {E11}><soap:Body><a/><a/></soap:Body></soap:Envelope>",
        f"<!DOCTYPE x><soap:Envelope {E11}><soap:Body><a/></soap:Body></soap:Envelope>",
        f"<soap:Envelope {E11}><soap:Body><a/></soap:Body><soap:Body><a/></soap:Body></soap:Envelope>",
        "",
    ],
)
def test_what_is_no_envelope_of_one_element_is_unreadable(body):
    with pytest.raises(Unreadable):
        soap_in(body)


def test_an_empty_operation_and_an_empty_fault_are_still_read():
    assert soap_in(f"<soap:Envelope {E11}><soap:Body><a/></soap:Body></soap:Envelope>") == {}
    assert soap_in(f"<soap:Envelope {E11}><soap:Body><soap:Fault/></soap:Body></soap:Envelope>") == {"Fault": {}}
    assert soap_in(f"<soap:Envelope {E11}><soap:Body><a>1</a></soap:Body></soap:Envelope>") == {"#text": "1"}


@given(st.text(max_size=200))
def test_any_text_is_an_envelope_or_unreadable(text):
    with pytest.raises(Unreadable):
        soap_in(text)


# The example of the ONVIF Application Programmer's Guide, section 6.1.1.3: nonce, time, password and their digest.
def test_a_password_digest_is_the_one_published():
    nonce = b64decode("LKqI6G/AikKCQrN0zqZFlg==")
    assert password_digest(nonce, "2010-09-16T07:50:45Z", Secret("userpassword")) == "tuOSpGlFlIXsozq4HFNeeGeFLEI="


def test_a_username_token_holds_what_the_profile_says():
    block = username_token("u", Secret("p"), NOW, "n" * 16, digest=True, must_understand=("soap:mustUnderstand", "1"))
    token = block["wsse:UsernameToken"]
    assert block["@soap:mustUnderstand"] == "1"
    assert list(token) == ["wsse:Username", "wsse:Password", "wsse:Nonce", "wsu:Created"]
    assert b64decode(token["wsse:Nonce"]["#text"]) == b"n" * 16
    assert token["wsu:Created"] == "2010-09-16T07:50:45Z"
    assert token["wsse:Password"]["#text"] == password_digest(b"n" * 16, "2010-09-16T07:50:45Z", Secret("p"))
    assert token["wsse:Password"]["@Type"].endswith("username-token-profile-1.0#PasswordDigest")
    plain = username_token("u", Secret("p"), NOW, "", digest=False)["wsse:UsernameToken"]
    assert plain["wsse:Password"]["#text"] == "p"
    assert list(plain) == ["wsse:Username", "wsse:Password"]


@pytest.mark.parametrize("digest", [True, False])
def test_a_timestamp_says_when_a_message_was_made_and_how_long_it_is_believed(digest):
    block = username_token("u", Secret("p"), NOW, "n" * 16, digest=digest, lifetime_s=300.0)
    assert block["wsu:Timestamp"] == {"wsu:Created": "2010-09-16T07:50:45Z", "wsu:Expires": "2010-09-16T07:55:45Z"}
    names = [name for name in block if name[0] != "@"]
    assert names == ["wsu:Timestamp", "wsse:UsernameToken"]


def test_a_plain_token_declares_no_namespace_that_it_does_not_use():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    plain = username_token("us", Secret("pw"), at, "n" * 16, digest=False)
    assert "@xmlns:wsu" not in plain
    assert all(
        "@xmlns:wsu" in token
        for token in (
            username_token("us", Secret("pw"), at, "n" * 16, digest=True),
            username_token("us", Secret("pw"), at, "n" * 16, digest=False, lifetime_s=300),
        )
    )
