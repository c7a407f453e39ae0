"""XML signatures inside the document: ours say what the standard says, a carrier's is believed for what it covers."""

import re
from base64 import b64decode, b64encode
from hashlib import sha1, sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from contract_tests.tests.wire.test_xml_signatures import CERT, KEY, OUR_CERT, OURS
from contract_tests.tests.wire.x509_vectors import DOCUMENTS, SIGNER
from gateway.wire import CannotSend, Secret, XmlSealing, xml_signed, xml_verified
from gateway.wire.classified import Forged

DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
TEXT = (
    '<?xml version="1.0" encoding="UTF-8"?><Order xmlns="urn:o" xmlns:x="urn:x">'
    '<info Id="o1" x:k="2"><name>张 &amp; &lt;三&gt;</name><none/></info><total>1.50</total></Order>'
)
WHOLE = XmlSealing()
PART = XmlSealing(of="info", algo="rsa_sha1", digest="sha1")
WAYS = [
    XmlSealing(algo=algo, digest=digest, of=of, form=form, prefix=prefix, info=info)
    for algo, digest in (("rsa_sha1", "sha1"), ("rsa_sha256", "sha256"), ("rsa_sha512", "sha512"))
    for of in ("", "info")
    for form, prefix, info in (
        ("inclusive", "", "certificate"),
        ("exclusive", "ds", "key"),
        ("inclusive", "ds", "none"),
    )
]


def signed(how=WHOLE, text=TEXT):
    return xml_signed(text, how, OURS, OUR_CERT)


def texts(document, name):
    return re.findall(rf"<(?:ds:)?{name}[^>]*>([^<]*)<", document)


# --- sending ---


def test_the_digest_of_the_document_is_that_of_its_canonical_form_as_the_standard_writes_it():
    canonical = (
        '<Order xmlns="urn:o" xmlns:x="urn:x"><info Id="o1" x:k="2"><name>张 &amp; &lt;三&gt;</name><none></none></info>'
        "<total>1.50</total></Order>"
    )
    assert texts(signed(), "DigestValue") == [b64encode(sha256(canonical.encode()).digest()).decode()]


def test_the_digest_of_one_element_brings_the_namespaces_of_its_ancestors_unless_the_form_is_exclusive():
    inside = 'Id="o1" x:k="2"><name>张 &amp; &lt;三&gt;</name><none></none></info>'
    for form, begin in (
        ("inclusive", '<info xmlns="urn:o" xmlns:x="urn:x" '),
        ("exclusive", '<info xmlns="urn:o" xmlns:x="urn:x" '),
    ):
        made = signed(XmlSealing(of="info", digest="sha1", form=form))
        assert texts(made, "DigestValue") == [b64encode(sha1((begin + inside).encode()).digest()).decode()]
    unused = TEXT.replace(' x:k="2"', "")
    (inclusive,), (exclusive,) = (
        texts(signed(XmlSealing(of="info", form=form), unused), "DigestValue") for form in ("inclusive", "exclusive")
    )
    plain = '<info xmlns="urn:o" Id="o1"><name>张 &amp; &lt;三&gt;</name><none></none></info>'
    assert exclusive == b64encode(sha256(plain.encode()).digest()).decode()
    with_all = plain.replace('xmlns="urn:o"', 'xmlns="urn:o" xmlns:x="urn:x"')
    assert inclusive == b64encode(sha256(with_all.encode()).digest()).decode()


def test_the_signature_covers_the_list_of_digests_in_its_canonical_form():
    made = signed(PART)
    info = (
        f'<SignedInfo xmlns="{DSIG}" xmlns:x="urn:x"><CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{DSIG}rsa-sha1"></SignatureMethod><Reference URI="#o1"><Transforms>'
        f'<Transform Algorithm="{DSIG}enveloped-signature"></Transform><Transform Algorithm="{C14N}"></Transform></Transforms>'
        f'<DigestMethod Algorithm="{DSIG}sha1"></DigestMethod><DigestValue>{texts(made, "DigestValue")[0]}</DigestValue>'
        "</Reference></SignedInfo>"
    )
    KEY.public_key().verify(b64decode(texts(made, "SignatureValue")[0]), info.encode(), PKCS1v15(), SHA1())


@pytest.mark.parametrize("how", WAYS, ids=lambda how: "-".join(map(str, (how.algo, how.of, how.form, how.prefix))))
def test_every_byte_of_the_document_stays_and_the_signature_is_the_last_child_of_its_root(how):
    made = signed(how)
    begin, end = TEXT[: TEXT.rindex("</")], TEXT[TEXT.rindex("</") :]
    assert made.startswith(begin)
    assert made.endswith(end)
    root = etree.fromstring(made.encode())
    assert root[-1].tag == f"{{{DSIG}}}Signature"
    assert root[-1].prefix == (how.prefix or None)
    assert xml_verified(made, how, OUR_CERT) is made


def test_the_certificate_travels_or_the_numbers_of_the_key_or_nothing():
    assert b64decode(texts(signed(), "X509Certificate")[0]) == CERT.public_bytes(Encoding.DER)
    numbers = KEY.public_key().public_numbers()
    key = signed(XmlSealing(info="key"))
    assert int.from_bytes(b64decode(texts(key, "Modulus")[0]), "big") == numbers.n
    assert texts(key, "Exponent") == ["AQAB"]
    assert "KeyInfo" not in signed(XmlSealing(info="none"))


@pytest.mark.parametrize(
    ("how", "text", "why"),
    [
        (XmlSealing(of="other"), TEXT, "has not one other to sign"),
        (XmlSealing(of="name"), TEXT, "name has no Id"),
        (WHOLE, "<a/>", "no element to sign"),
    ],
)
def test_what_cannot_be_signed_is_not_sent(how, text, why):
    with pytest.raises(CannotSend, match=why):
        signed(how, text)


@pytest.mark.parametrize(
    ("key", "cert"), [(Secret("nothing like a key"), OUR_CERT), (OURS, Secret("nothing like a certificate"))]
)
def test_without_key_or_certificate_nothing_is_sent_and_nothing_quoted(key, cert):
    with pytest.raises(CannotSend) as refused:
        xml_signed(TEXT, WHOLE, key, cert)
    assert "nothing like" not in str(refused.value)


def test_what_an_ancestor_says_of_language_and_space_belongs_to_the_inclusive_form_of_a_part():
    text = '<r xml:lang="zh"><a Id="1" xml:space="preserve"> </a></r>'
    made = signed(XmlSealing(of="a"), text)
    canonical = '<a Id="1" xml:lang="zh" xml:space="preserve"> </a>'
    assert texts(made, "DigestValue") == [b64encode(sha256(canonical.encode()).digest()).decode()]


# --- what came in ---


def by_hand(text, canonical, *, transforms=f'<Transform Algorithm="{DSIG}enveloped-signature"/>', uri=""):
    """A document signed by nothing of ours but the key: canonical forms are written out by whoever calls."""
    digest = b64encode(sha256(canonical.encode()).digest()).decode()
    info = (
        f'<SignedInfo xmlns="{DSIG}"><CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></SignatureMethod>'
        f'<Reference URI="{uri}"><Transforms>{transforms.replace("/>", "></Transform>")}</Transforms>'
        '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>'
        f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    )
    value = b64encode(KEY.sign(info.encode(), PKCS1v15(), SHA256())).decode()
    end = text.rindex("</")
    return f'{text[:end]}<Signature xmlns="{DSIG}">{info}<SignatureValue>{value}</SignatureValue></Signature>\n{text[end:]}'


@pytest.mark.parametrize("signer", DOCUMENTS)
def test_a_document_signed_by_another_implementation_is_believed_and_no_changed_one(signer):
    how, text = XmlSealing(of="body" if "part" in signer else ""), DOCUMENTS[signer]
    assert xml_verified(text, how, Secret(SIGNER)) is text
    with pytest.raises(Forged):
        xml_verified(text.replace("P-1", "P-2"), how, Secret(SIGNER))


def test_a_document_signed_by_another_hand_is_believed():
    text = "<r>\n <a Id='1'>x</a>\n</r>"
    assert xml_verified(by_hand(text, '<r>\n <a Id="1">x</a>\n\n</r>'), WHOLE, OUR_CERT)


MADE, PARTLY = signed(), signed(PART)
SIGNATURE = re.search(r"<Signature .*</Signature>", MADE, re.DOTALL)[0]
INFO = re.search(r"<info.*</info>", PARTLY, re.DOTALL)[0]
FORGED = {
    "another word": (WHOLE, MADE.replace("1.50", "9.50")),
    "no signature": (WHOLE, TEXT),
    "two signatures": (WHOLE, MADE.replace(SIGNATURE, SIGNATURE * 2)),
    "the signature elsewhere": (WHOLE, MADE.replace(SIGNATURE, "").replace("<none/>", SIGNATURE + "<none/>")),
    "another algorithm than agreed": (WHOLE, signed(XmlSealing(algo="rsa_sha1"))),
    "a part where the whole was agreed": (WHOLE, signed(XmlSealing(of="info"))),
    "the whole where a part was agreed": (PART, signed(XmlSealing(algo="rsa_sha1"))),
    "another word in the part": (PART, PARTLY.replace("张", "李")),
    "the part twice": (PART, PARTLY.replace("<total>", INFO.replace("张", "李") + "<total>")),
    "the part moved aside and another in its place": (
        PART,
        PARTLY.replace(INFO, INFO.replace("张", "李").replace("o1", "o2")).replace("<total>", f"<x:aside>{INFO}</x:aside><total>"),
    ),
    "an id that is there twice": (PART, PARTLY.replace("<total>", '<total ID="o1">')),
    "a transform nobody agreed on": (
        WHOLE,
        by_hand("<r><a/></r>", "<r></r>", transforms='<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>'),
    ),
    "an unknown digest": (WHOLE, MADE.replace("xmlenc#sha256", "xmlenc#ripemd160")),
    "a reference to a file": (WHOLE, by_hand("<r><a/></r>", "<r><a></a></r>", uri="http://x.example/")),
    "a signature that is no base 64": (WHOLE, re.sub(r"(<SignatureValue>)[^<]+", r"\1????", MADE)),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_document_that_is_not_what_was_signed_is_forged(what):
    how, text = FORGED[what]
    assert text != MADE
    with pytest.raises(Forged):
        xml_verified(text, how, OUR_CERT)


def test_what_stands_outside_of_the_agreed_part_is_not_covered():
    assert xml_verified(PARTLY.replace("1.50", "9.50"), PART, OUR_CERT)
