"""What an XML signature is read by: its elements, each of which stands there once or nothing is believed."""

from base64 import b64decode
from typing import Any

from lxml import etree

from gateway.wire.classified import Forged

DSIG = "http://www.w3.org/2000/09/xmldsig#"
XML = "{http://www.w3.org/XML/1998/namespace}"
IDS = ("Id", "ID", "id", f"{XML}id")
"""The attributes an id may stand in, beside those a carrier's standard has of its own."""


def one(parent: Any, name: str, namespace: str = DSIG) -> Any:
    """The one child of that name. Raises `Forged` where there is none, or a second that somebody else might read."""
    found = parent.findall(f"{{{namespace}}}{name}")
    if len(found) != 1:
        raise Forged(f"what is signed has not one {name}")
    return found[0]


def algorithm_of(parent: Any, name: str) -> str:
    """The algorithm that a child names, "" where it names none."""
    return str(one(parent, name).get("Algorithm") or "")


def text_of(parent: Any, name: str) -> str:
    """The base 64 text of the one child of that name, without the line ends it may be written with."""
    return "".join((one(parent, name).text or "").split())


def signature_of(signature: Any) -> bytes:
    """The bytes of the signature itself."""
    try:
        return b64decode(text_of(signature, "SignatureValue"), validate=True)
    except ValueError:
        raise Forged("the signature is no base 64") from None


def with_id(root: Any, value: str, *names: str) -> list[Any]:
    """Every element that bears this id, however the attribute is called: `names` are further ones."""
    wanted = {*IDS, *names}
    return [each for each in root.iter(etree.Element) if any(each.get(name) == value for name in wanted)]
