"""XML signatures of SOAP messages (WS-Security, X.509 Token Profile): what is signed of an envelope, and what was.

A part is signed by the digest of its exclusive canonical form (C14N 1.0); the signature covers the list of digests.
`signed_parts` and `signature_value` make one; `check_signed` rebuilds what a carrier signed and refuses a message in
which what is signed is not what is read: ids that are there twice, parts at other places, transforms nobody agreed on.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1 as _sha1
from hashlib import sha256 as _sha256
from hashlib import sha512 as _sha512
from hmac import compare_digest
from typing import Any

from lxml import etree
from msgspec import Struct

from gateway.wire.classified import Forged
from gateway.wire.contract import Secret, Wire
from gateway.wire.errors import CannotSend
from gateway.wire.keys import BadKey, certificate
from gateway.wire.layers.xml import xml_parsed
from gateway.wire.sign.elements import DSIG, algorithm_of, one, signature_of, text_of, with_id
from gateway.wire.sign.rsa import RSA

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
SECEXT, UTILITY = f"{OASIS}wssecurity-secext-1.0.xsd", f"{OASIS}wssecurity-utility-1.0.xsd"
UTILITY_ID = f"{{{UTILITY}}}Id"
_X509 = f"{OASIS}x509-token-profile-1.0#X509v3"
BASE64 = f"{OASIS}soap-message-security-1.0#Base64Binary"

ALGORITHMS: Mapping[str, str] = {
    "rsa_sha1": f"{DSIG}rsa-sha1",
    "rsa_sha256": f"{_MORE}rsa-sha256",
    "rsa_sha512": f"{_MORE}rsa-sha512",
}
"""The signers of XML messages, and what the standard calls them."""

DIGESTS: Mapping[str, tuple[str, Any]] = {
    "sha1": (f"{DSIG}sha1", _sha1),
    "sha256": (f"{_ENC}sha256", _sha256),
    "sha512": (f"{_ENC}sha512", _sha512),
}
"""The digests of parts, by the name a mapping writes."""

PARTS: Mapping[str, str] = {"Body": "id-body", "Timestamp": "id-timestamp", "BinarySecurityToken": "id-token"}
"""What of an envelope can be signed, with the id it gets."""

REFERENCES_MAX = 20
_SIGNERS = {signer.__name__: (signer, check) for signer, check in RSA}


class XmlSigning(Struct, frozen=True, kw_only=True):
    """How a carrier wants its envelopes signed: the signer, the digest of each part, and which parts, in order.

    `by_issuer`: the certificate is named by its issuer and serial number and does not travel itself.
    """

    algo: str
    digest: str
    parts: tuple[str, ...]
    by_issuer: bool = False


# --- sending ---------------------------------------------------------------------------------------------------------


def token_of(cert: Secret) -> Wire:
    """The certificate as a `wsse:BinarySecurityToken`."""
    return {
        "@xmlns:wsu": UTILITY,
        "@EncodingType": BASE64,
        "@ValueType": _X509,
        "@wsu:Id": PARTS["BinarySecurityToken"],
        "#text": b64encode(_certificate(cert).der).decode(),
    }


def signed_parts(text: str, how: XmlSigning) -> Wire:
    """The `ds:SignedInfo` of an envelope whose parts bear their ids already."""
    root = xml_parsed(text)
    name, digest = DIGESTS[how.digest]
    references = []
    for part in how.parts:
        found = with_id(root, PARTS[part], UTILITY_ID)
        if len(found) != 1:
            raise CannotSend(f"the envelope has no {part} to sign")
        references.append(
            {
                "@URI": f"#{PARTS[part]}",
                "ds:Transforms": {"ds:Transform": {"@Algorithm": EXCLUSIVE}},
                "ds:DigestMethod": {"@Algorithm": name},
                "ds:DigestValue": b64encode(digest(_canonical(found[0])).digest()).decode(),
            }
        )
    return {
        "ds:CanonicalizationMethod": {"@Algorithm": EXCLUSIVE},
        "ds:SignatureMethod": {"@Algorithm": ALGORITHMS[how.algo]},
        "ds:Reference": references,
    }


def signature_value(text: str, how: XmlSigning, key: Secret) -> str:
    """The signature over the `ds:SignedInfo` of an envelope that holds it."""
    (info,) = xml_parsed(text).iter(f"{{{DSIG}}}SignedInfo")
    return b64encode(_SIGNERS[how.algo][0](key, _canonical(info))).decode()


def key_info(how: XmlSigning, cert: Secret) -> Wire:
    """The `ds:KeyInfo`: the token in the message, or the certificate by its issuer and serial number."""
    reference: Wire = {"wsse:Reference": {"@URI": f"#{PARTS['BinarySecurityToken']}", "@ValueType": _X509}}
    if how.by_issuer:
        named = _certificate(cert)
        serial = {"ds:X509IssuerName": named.issuer, "ds:X509SerialNumber": str(named.serial)}
        reference = {"ds:X509Data": {"ds:X509IssuerSerial": serial}}
    return {"wsse:SecurityTokenReference": reference}


def opened_signature(info: Wire) -> Wire:
    """The `ds:Signature` around its `ds:SignedInfo`."""
    return {"@xmlns:ds": DSIG, "ds:SignedInfo": info}


def _certificate(cert: Secret) -> Any:
    try:
        return cert.made(certificate)
    except BadKey as bad:
        raise CannotSend(str(bad)) from None


# --- what came in ---


def check_signed(text: str, how: XmlSigning, key: Secret, now: datetime | None = None) -> None:
    """The message is signed by the carrier, over at least the agreed parts. Raises `Forged` where it is not.

    `now`: a Timestamp among the parts says until when the message is believed.
    """
    root = xml_parsed(text)
    security, signature = _signature(root)
    info = one(signature, "SignedInfo")
    _check_method(info, how)
    prefixes = _prefixes(one(info, "CanonicalizationMethod"))
    if not _SIGNERS[how.algo][1](key, _canonical(info, prefixes), signature_of(signature)):
        raise Forged("the signature of the message is not the carrier's")
    references = info.findall(f"{{{DSIG}}}Reference")
    if len(references) > REFERENCES_MAX:
        raise Forged("the message's signature covers too many parts")
    covered = [_covered(root, reference) for reference in references]
    for part in how.parts:
        wanted = _part(root, security, part)
        if not any(each is wanted for each in covered):
            raise Forged(f"the signature does not cover the {part}")
        if part == "Timestamp" and now is not None:
            _check_time(wanted, now)


def _signature(root: Any) -> tuple[Any, Any]:
    """The one signature of the message, in the security block of its header; one body, so that it is the one read."""
    locals_ = [etree.QName(child).localname for child in root]
    if locals_.count("Body") != 1 or locals_.count("Header") != 1:
        raise Forged("the message is no envelope with one header and one body")
    header = one(root, "Header", etree.QName(root).namespace or "")
    blocks = [
        block for block in header.findall(f"{{{SECEXT}}}Security") if block.find(f"{{{DSIG}}}Signature") is not None
    ]
    if len(blocks) != 1:
        raise Forged("the message bears no signature")
    return blocks[0], one(blocks[0], "Signature")


def _check_method(info: Any, how: XmlSigning) -> None:
    if algorithm_of(info, "CanonicalizationMethod") != EXCLUSIVE:
        raise Forged("the message's signature is over another canonical form")
    if algorithm_of(info, "SignatureMethod") != ALGORITHMS[how.algo]:
        raise Forged("the message is signed with another algorithm")


def _covered(root: Any, reference: Any) -> Any:
    """The element a reference speaks of, whose digest is as it says."""
    uri = reference.get("URI") or ""
    found = with_id(root, uri[1:], UTILITY_ID) if uri.startswith("#") and len(uri) > 1 else []
    if len(found) != 1:
        raise Forged("the signature speaks of a part that is not there once")
    transforms = one(reference, "Transforms").findall(f"{{{DSIG}}}Transform")
    if len(transforms) != 1 or transforms[0].get("Algorithm") != EXCLUSIVE:
        raise Forged("the signature is over another form of a part")
    named = algorithm_of(reference, "DigestMethod")
    digest = next((make for name, make in DIGESTS.values() if name == named), None)
    if digest is None:
        raise Forged("the signature uses an unknown digest")
    made = b64encode(digest(_canonical(found[0], _prefixes(transforms[0]))).digest()).decode()
    if not compare_digest(made, text_of(reference, "DigestValue")):
        raise Forged("a part of the message is not the one that was signed")
    return found[0]


def _part(root: Any, security: Any, part: str) -> Any:
    if part == "Body":
        return one(root, "Body", etree.QName(root).namespace or "")
    return one(security, part, UTILITY if part == "Timestamp" else SECEXT)


def _check_time(stamp: Any, now: datetime) -> None:
    expires = (stamp.findtext(f"{{{UTILITY}}}Expires") or "").strip()
    try:
        over = bool(expires) and datetime.fromisoformat(expires) < now
    except (ValueError, TypeError):
        raise Forged("the message's time is not written as the standard says") from None
    if over:
        raise Forged("the message is no longer believed: its Timestamp is over")


def _prefixes(method: Any) -> list[str] | None:
    """The prefixes a canonical form declares whether they are used or not."""
    listed = method.find(f"{{{EXCLUSIVE}}}InclusiveNamespaces")
    return None if listed is None else (listed.get("PrefixList") or "").split() or None


def _canonical(element: Any, prefixes: list[str] | None = None) -> bytes:
    """Exclusive canonical XML 1.0 of an element, without comments."""
    found: bytes = etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)
    return found
