"""The XML signature inside a document that a carrier sent: over what was agreed, by the carrier, or it is forged.

Refused is a document in which what is signed is not what is read: an id that is there twice, a second signature, a
signature at another place, a transform nobody agreed on.
"""

from hmac import compare_digest
from typing import Any

from lxml import etree

from gateway.wire.classified import Forged
from gateway.wire.contract import Secret
from gateway.wire.layers.xml import xml_parsed
from gateway.wire.sign.canonical import FORMS, canonical, digest_of, without
from gateway.wire.sign.elements import DSIG, algorithm_of, one, signature_of, text_of, with_id
from gateway.wire.sign.enveloped import ENVELOPED, XmlSealing
from gateway.wire.sign.rsa import RSA
from gateway.wire.sign.xml import ALGORITHMS, DIGESTS

_CHECKS = {signer.__name__: check for signer, check in RSA}


def xml_verified(text: str, how: XmlSealing, key: Secret) -> str:
    """The document as it came. Raises `Forged` where it is not signed by the carrier over what was agreed."""
    root = xml_parsed(text)
    signature = _signature(root, how)
    info = one(signature, "SignedInfo")
    form = _form_of(one(info, "CanonicalizationMethod"))
    if algorithm_of(info, "SignatureMethod") != ALGORITHMS[how.algo]:
        raise Forged("the document is signed with another algorithm")
    if not _CHECKS[how.algo](key, canonical(info, form), signature_of(signature)):
        raise Forged("the signature of the document is not the carrier's")
    _check_reference(root, signature, one(info, "Reference"), how)
    return text


def _signature(root: Any, how: XmlSealing) -> Any:
    """The one signature of the document: a child of its root, or of the element that is signed."""
    found = list(root.iter(f"{{{DSIG}}}Signature"))
    if len(found) != 1:
        raise Forged("the document bears no signature, or several")
    parent = found[0].getparent()
    if parent is not root and (not how.of or parent is not _agreed(root, how)):
        raise Forged("the document's signature stands at another place")
    return found[0]


def _agreed(root: Any, how: XmlSealing) -> Any:
    """What has to be signed: the document, or the one element of that name."""
    if not how.of:
        return root
    found = [each for each in root.iter(etree.Element) if etree.QName(each).localname == how.of]
    if len(found) != 1:
        raise Forged(f"the document has not one {how.of}")
    return found[0]


def _check_reference(root: Any, signature: Any, reference: Any, how: XmlSealing) -> None:
    wanted, uri = _agreed(root, how), reference.get("URI")
    if uri != "":
        named = with_id(root, uri[1:], how.id) if uri else []
        if uri is None or uri[:1] != "#" or len(uri) == 1 or named != [wanted]:
            raise Forged("the signature speaks of another part, or of one that is not there once")
    elif wanted is not root:
        raise Forged(f"the signature does not name the {how.of}")
    form = _form_of_transforms(one(reference, "Transforms"))
    named_digest = algorithm_of(reference, "DigestMethod")
    digest = next((name for name, (uri_of, _) in DIGESTS.items() if uri_of == named_digest), None)
    if digest is None:
        raise Forged("the signature uses an unknown digest")
    made = digest_of(without(wanted, signature), form, digest)
    if not compare_digest(made, text_of(reference, "DigestValue")):
        raise Forged("the document is not the one that was signed")


def _form_of_transforms(transforms: Any) -> str:
    """The canonical form behind the removal of the signature; inclusive where none is named."""
    named = transforms.findall(f"{{{DSIG}}}Transform")
    left = [each for each in named if each.get("Algorithm") != ENVELOPED]
    if len(named) - len(left) > 1 or len(left) > 1:
        raise Forged("the signature is over a form nobody agreed on")
    return _form_of(left[0]) if left else "inclusive"


def _form_of(method: Any) -> str:
    found = next((name for name, uri in FORMS.items() if uri == method.get("Algorithm")), None)
    if found is None or len(method):
        raise Forged("the signature is over a form nobody agreed on")
    return found
