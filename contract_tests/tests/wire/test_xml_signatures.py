"""Envelopes signed under an X.509 certificate: ours hold what the standard says, the carrier's are believed as a whole."""

import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from contract_tests.tests.wire.x509_vectors import CERTIFICATE, MESSAGE
from gateway.wire import CannotSend, Secret, XmlSigning, security_block, soap_form, soap_signed_in, soap_signed_out
from gateway.wire.classified import Forged

NOW = datetime(2026, 3, 1, tzinfo=UTC)
THEIRS = Secret(CERTIFICATE)
BOTH = XmlSigning(algo="rsa_sha256", digest="sha256", parts=("Body", "Timestamp"))
NS = {"ds": "http://www.w3.org/2000/09/xmldsig#"}

KEY = generate_private_key(65537, 2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "us"), x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")])
CERT = (
    x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME).public_key(KEY.public_key()).serial_number(77)
    .not_valid_before(NOW).not_valid_after(NOW + timedelta(days=9000)).sign(KEY, SHA256())
)  # fmt: skip
OURS = Secret(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
OUR_CERT = Secret(CERT.public_bytes(Encoding.PEM).decode())
TREE = {"name": "张 & <三>\r", "note": {"@lang": 'a"b', "#text": "x"}, "none": ""}


def made(how: XmlSigning = BOTH, *, key: Secret = OURS, cert: Secret = OUR_CERT, empty: str = "tag") -> str:
    form = soap_form("1.1", declaration='<?xml version="1.0" encoding="UTF-8"?>', ns={"t": "urn:t"}, empty=empty)
    header = {"wsse:Security": security_block(NOW, lifetime_s=300)}
    return soap_signed_out(TREE, "t:issue", form, header, how=how, key=key, cert=cert)


# --- sending ---


def test_the_digest_of_the_body_is_that_of_its_canonical_form_as_the_standard_writes_it():
    utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
    canonical = (
        f'<soap:Body xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsu="{utility}" wsu:Id="id-body">'
        '<t:issue xmlns:t="urn:t"><name>张 &amp; &lt;三&gt;&#xD;</name><note lang="a&quot;b">x</note><none></none>'
        "</t:issue></soap:Body>"
    )
    digests = etree.fromstring(made().encode()).findall(".//ds:DigestValue", NS)
    assert digests[0].text == b64encode(sha256(canonical.encode()).digest()).decode()
    assert len(digests) == 2


@pytest.mark.parametrize("empty", ["tag", "pair"])
def test_the_signature_covers_the_list_of_digests_under_our_key(empty):
    root = etree.fromstring(made(empty=empty).encode())
    info = etree.tostring(root.find(".//ds:SignedInfo", NS), method="c14n", exclusive=True)
    value = b64decode(root.findtext(".//ds:SignatureValue", namespaces=NS))
    KEY.public_key().verify(value, info, PKCS1v15(), SHA256())


def test_the_certificate_travels_or_is_named_by_its_issuer():
    token = re.search(r'wsu:Id="id-token">([^<]+)<', made())
    assert b64decode(token[1]) == CERT.public_bytes(Encoding.DER)
    assert '<wsse:Reference URI="#id-token"' in made()
    by_issuer = made(XmlSigning(algo="rsa_sha1", digest="sha1", parts=("Body",), by_issuer=True))
    assert "id-token" not in by_issuer
    assert "<ds:X509IssuerName>C=CN,CN=us</ds:X509IssuerName><ds:X509SerialNumber>77<" in by_issuer


@pytest.mark.parametrize("algo", ["rsa_sha1", "rsa_sha256", "rsa_sha512"])
@pytest.mark.parametrize("parts", [("Body",), ("Timestamp", "Body"), ("Body", "Timestamp", "BinarySecurityToken")])
def test_what_we_sign_is_believed_by_who_asks_for_the_same(algo, parts):
    how = XmlSigning(algo=algo, digest="sha256", parts=parts)
    assert soap_signed_in(made(how), how, OUR_CERT, NOW)["note"] == {"@lang": 'a"b', "#text": "x"}


@pytest.mark.parametrize(("key", "cert"), [(Secret("no key"), OUR_CERT), (OURS, Secret("no certificate"))])
def test_without_key_or_certificate_nothing_is_sent_and_nothing_quoted(key, cert):
    with pytest.raises(CannotSend) as refused:
        made(key=key, cert=cert)
    assert "no key" not in str(refused.value)


# --- what came in ---


def test_a_message_signed_by_another_implementation_is_believed_and_read():
    read = soap_signed_in(MESSAGE, BOTH, THEIRS, NOW)
    assert (read["policyNo"], read["name"]) == ("P-1", "张 & 三")


SIGNATURE = re.search(r"<ds:Signature .*?</ds:Signature>", MESSAGE, re.DOTALL)[0]
BODY = re.search(r"<s:Body.*</s:Body>", MESSAGE, re.DOTALL)[0]
FORGED = {
    "another word in the body": MESSAGE.replace("P-1", "P-2"),
    "another time": MESSAGE.replace("00:05:00", "23:05:00"),
    "no signature": MESSAGE.replace(SIGNATURE, ""),
    "two signatures": MESSAGE.replace(SIGNATURE, SIGNATURE * 2),
    "a second body": MESSAGE.replace(BODY, BODY.replace("_1", "_2").replace("P-1", "P-2") + BODY),
    "a second body of another namespace": MESSAGE.replace(BODY, BODY + '<Body xmlns="urn:x"><a>1</a></Body>'),
    "the signed body moved aside": MESSAGE.replace(BODY, BODY.replace("_1", "_2").replace("P-1", "P-2")).replace(
        "</s:Header>", f"<w>{BODY}</w></s:Header>"
    ),
    "the body under two ids": MESSAGE.replace("</s:Header>", '<x u:Id="_1"/></s:Header>'),
    "an id called otherwise": MESSAGE.replace("</s:Header>", '<x ID="_1"/></s:Header>'),
    "another algorithm": MESSAGE.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-sha512"),
    "another form of the list": MESSAGE.replace('CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#',
                                                'CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315'),
    "a transform nobody agreed on": MESSAGE.replace("<ds:Transforms>", '<ds:Transforms><ds:Transform Algorithm="urn:x"/>'),
    "an unknown digest": MESSAGE.replace("xmlenc#sha256", "xmlenc#ripemd160"),
    "a reference to another file": MESSAGE.replace('URI="#_1"', 'URI="http://x.example/"'),
    "a signature that is no base 64": re.sub(r"(<ds:SignatureValue>)[^<]+", r"\1????", MESSAGE),
    "no header": "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><a/></s:Body></s:Envelope>",
    "a fault nobody signed": "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/>"
    "<s:Body><s:Fault><faultcode>s:Server</faultcode></s:Fault></s:Body></s:Envelope>",
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_message_in_which_something_else_is_read_than_was_signed_is_forged(what):
    assert FORGED[what] != MESSAGE
    with pytest.raises(Forged):
        soap_signed_in(FORGED[what], BOTH, THEIRS, NOW)


def test_a_message_under_another_key_is_forged():
    with pytest.raises(Forged, match="not the carrier's"):
        soap_signed_in(MESSAGE, BOTH, OUR_CERT, NOW)


def test_a_signature_that_leaves_out_a_part_is_not_enough():
    body = XmlSigning(algo="rsa_sha256", digest="sha256", parts=("Body",))
    with pytest.raises(Forged, match="does not cover the Timestamp"):
        soap_signed_in(made(body), BOTH, OUR_CERT, NOW)


def test_a_signed_message_is_believed_as_long_as_it_says():
    assert soap_signed_in(MESSAGE, BOTH, THEIRS, NOW + timedelta(minutes=5))
    with pytest.raises(Forged, match="no longer believed"):
        soap_signed_in(MESSAGE, BOTH, THEIRS, NOW + timedelta(minutes=6))
