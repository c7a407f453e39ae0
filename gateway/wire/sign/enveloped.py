"""XML signatures inside the document they sign (XML Signature Syntax and Processing, enveloped form).

The signature is the last child of the root. It covers the whole document without itself, or the one element that bears
an id; every other byte stays as it was. `enveloped_in.py` checks those of carriers.
"""

from base64 import b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree
from msgspec import Struct

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend
from gateway.wire.keys import BadKey, certificate, rsa_private
from gateway.wire.layers.xml import XmlForm, xml_out, xml_parsed
from gateway.wire.sign.canonical import FORMS, canonical, digest_of
from gateway.wire.sign.elements import DSIG
from gateway.wire.sign.rsa import RSA
from gateway.wire.sign.xml import ALGORITHMS, DIGESTS

ENVELOPED = f"{DSIG}enveloped-signature"
INFOS = ("certificate", "key", "none")
"""What `KeyInfo` brings along: the certificate, the numbers of the RSA key, or nothing (there is none)."""
_SIGNERS = {signer.__name__: signer for signer, _ in RSA}


class XmlSealing(Struct, frozen=True, kw_only=True):
    """How a carrier wants its documents signed.

    `of` is the local name of the element that is signed, "" for the whole document; `id` the attribute that bears its
    id; `prefix` that of the signature's own elements, "" for none; `form` one of `FORMS`, `info` one of `INFOS`.
    """

    algo: str = "rsa_sha256"
    digest: str = "sha256"
    of: str = ""
    id: str = "Id"
    form: str = "inclusive"
    prefix: str = ""
    info: str = "certificate"


def xml_signed(text: str, how: XmlSealing, key: Secret, cert: Secret | None = None) -> str:
    """The document with its signature as the last child of its root.

    Raises `CannotSend` where there is nothing to sign, or the key or certificate is none.
    """
    end = text.rfind("</")
    root = xml_parsed(text)
    if end < 0 or not len(root):
        raise CannotSend("the document has no element to sign")
    uri, signed = _to_sign(root, how)
    info = _signed_info(uri, digest_of(signed, how.form, how.digest), how)

    def whole(*more: tuple[str, Any]) -> str:
        content = {f"@xmlns{how.prefix and ':'}{how.prefix}": DSIG, **info, **_named(how, dict(more))}
        return text[:end] + xml_out(content, XmlForm(root=_name(how, "Signature"))) + text[end:]

    (bare,) = xml_parsed(whole()).iter(f"{{{DSIG}}}SignedInfo")
    value = b64encode(_SIGNERS[how.algo](key, canonical(bare, how.form))).decode()
    brought = _key_info(how, key, cert)
    return whole(("SignatureValue", value), *((("KeyInfo", brought),) if brought else ()))


def _to_sign(root: Any, how: XmlSealing) -> tuple[str, Any]:
    if not how.of:
        return "", root
    found = [each for each in root.iter(etree.Element) if etree.QName(each).localname == how.of]
    if len(found) != 1:
        raise CannotSend(f"the document has not one {how.of} to sign")
    if not (given := found[0].get(how.id)):
        raise CannotSend(f"{how.of} has no {how.id} for the signature to name it by")
    return f"#{given}", found[0]


def _signed_info(uri: str, digest: str, how: XmlSealing) -> dict[str, Any]:
    transforms = [{"@Algorithm": ENVELOPED}, {"@Algorithm": FORMS[how.form]}]
    reference = {
        "@URI": uri,
        "Transforms": {"Transform": transforms},
        "DigestMethod": {"@Algorithm": DIGESTS[how.digest][0]},
        "DigestValue": digest,
    }
    info = {
        "CanonicalizationMethod": {"@Algorithm": FORMS[how.form]},
        "SignatureMethod": {"@Algorithm": ALGORITHMS[how.algo]},
        "Reference": reference,
    }
    found: dict[str, Any] = _named(how, {"SignedInfo": info})
    return found


def _name(how: XmlSealing, name: str) -> str:
    return f"{how.prefix}:{name}" if how.prefix else name


def _named(how: XmlSealing, tree: Any) -> Any:
    """The same tree, its elements under the signature's prefix."""
    if isinstance(tree, list):
        return [_named(how, each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    return {name if name[:1] in "@#" else _name(how, name): _named(how, each) for name, each in tree.items()}


def _key_info(how: XmlSealing, key: Secret, cert: Secret | None) -> dict[str, Any] | None:
    if how.info == "none":
        return None
    try:
        if how.info == "key":
            return {"KeyValue": {"RSAKeyValue": _numbers(key.made(rsa_private).public_key())}}
        if cert is None:
            raise CannotSend("there is no certificate to send along")
        return {"X509Data": {"X509Certificate": b64encode(cert.made(certificate).der).decode()}}
    except BadKey as bad:
        raise CannotSend(str(bad)) from None


def _numbers(key: RSAPublicKey) -> dict[str, str]:
    """Modulus and exponent as the standard's CryptoBinary: big-endian, without leading zeros."""
    numbers = key.public_numbers()
    each = {"Modulus": numbers.n, "Exponent": numbers.e}
    return {name: b64encode(n.to_bytes((n.bit_length() + 7) // 8, "big")).decode() for name, n in each.items()}
