"""Canonical XML 1.0 of an element, inclusive and exclusive: the bytes that XML signatures are over."""

from base64 import b64encode
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from gateway.wire.layers.xml import xml_parsed
from gateway.wire.sign.elements import XML
from gateway.wire.sign.xml import DIGESTS, EXCLUSIVE

FORMS: Mapping[str, str] = {
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "exclusive": EXCLUSIVE,
}
"""The canonical forms, by the name a mapping writes."""


def digest_of(element: Any, form: str, digest: str) -> str:
    """The digest of an element's canonical form, in base 64."""
    return b64encode(DIGESTS[digest][1](canonical(element, form)).digest()).decode()


def without(element: Any, signature: Any) -> Any:
    """A copy of the element in a copy of its document, the signature gone and the text behind it kept."""
    nodes = list(element.getroottree().iter())
    copies = list(deepcopy(element.getroottree()).iter())
    gone = copies[nodes.index(signature)]
    before, parent = gone.getprevious(), gone.getparent()
    if before is not None:
        before.tail = (before.tail or "") + (gone.tail or "")
    else:
        parent.text = (parent.text or "") + (gone.tail or "")
    parent.remove(gone)
    return copies[nodes.index(element)]


def canonical(element: Any, form: str) -> bytes:
    """Canonical XML 1.0 of an element, without comments; the inclusive form brings what its ancestors declare."""
    apex = element if form == "exclusive" else _with_inherited(element)
    found: bytes = etree.tostring(apex, method="c14n", exclusive=form == "exclusive", with_comments=False)
    return found


def _with_inherited(element: Any) -> Any:
    """The element as a document of its own, with the namespaces and `xml:` attributes in force where it stands.

    libxml2's own inclusive form of a part resets default namespaces inside it (`xmlns=""`), which no other does.
    """
    if element.getparent() is None:
        return element
    apex = xml_parsed(etree.tostring(element, encoding="unicode", with_tail=False))
    for ancestor in element.iterancestors():
        for name, value in ancestor.attrib.items():
            if name.startswith(XML) and name not in apex.attrib:
                apex.set(name, value)
    return apex
