"""The SOAP layer, 1.1 and 1.2: an operation element in an envelope, header blocks before it, faults read as one form.

Reading gives the content of the first element of the body, or, in its place, `{"Fault": {"code", "subcode", "text",
"detail"}}`: one form for both versions, codes without the prefix a host happens to write before them.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.wire.contract import Secret, Wire
from gateway.wire.errors import Unreadable
from gateway.wire.layers.xml import XmlForm, xml_in, xml_out
from gateway.wire.sign.digests import sha1
from gateway.wire.sign.xml import (
    BASE64,
    OASIS,
    PARTS,
    SECEXT,
    UTILITY,
    XmlSigning,
    check_signed,
    key_info,
    opened_signature,
    signature_value,
    signed_parts,
    token_of,
)
from gateway.wire.trees import leaf

ENVELOPES: Mapping[str, str] = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
"""The namespace that tells the version."""


def soap_form(
    version: str,
    *,
    prefix: str = "soap",
    declaration: str = "",
    ns: Mapping[str, str] | None = None,
    empty: str = "tag",
    cdata: frozenset[str] = frozenset(),
) -> XmlForm:
    """How a carrier wants its envelopes: made once per generated module."""
    return XmlForm(
        root=f"{prefix}:Envelope",
        declaration=declaration,
        empty=empty,
        cdata=cdata,
        ns={prefix: ENVELOPES[version], **(ns or {})},
    )


def soap_out(
    tree: Wire,
    element: str,
    form: XmlForm,
    header: Wire | None = None,
    ns: Mapping[str, str] | None = None,
    body: Mapping[str, str] | None = None,
    identified: Wire | None = None,
) -> str:
    """The envelope around an operation; `tree` is the content of its element. A header of no blocks is an empty one.

    `ns` are the namespaces that the operation element declares, where the carrier wants them there and not on top;
    `body` those that the body declares; `identified` are its attributes.
    """
    prefix = form.root.partition(":")[0]
    envelope: Wire = {} if header is None else {f"{prefix}:Header": header}
    around = {**_declared(body), **(identified or {})}
    envelope[f"{prefix}:Body"] = {**around, element: {**_declared(ns), **tree}}
    return xml_out(envelope, form)


def _declared(ns: Mapping[str, str] | None) -> Wire:
    return {f"@xmlns:{name}" if name else "@xmlns": uri for name, uri in (ns or {}).items()}


def soap_signed_out(
    tree: Wire,
    element: str,
    form: XmlForm,
    header: Wire,
    ns: Mapping[str, str] | None = None,
    body: Mapping[str, str] | None = None,
    *,
    how: XmlSigning,
    key: Secret,
    cert: Secret,
) -> str:
    """The same, signed in the `wsse:Security` block of its header under our private key."""
    security, identified = header["wsse:Security"], {"@xmlns:wsu": UTILITY, "@wsu:Id": PARTS["Body"]}
    if not how.by_issuer:
        security["wsse:BinarySecurityToken"] = token_of(cert)
    if "wsu:Timestamp" in security:
        security["wsu:Timestamp"] = {"@wsu:Id": PARTS["Timestamp"], **security["wsu:Timestamp"]}

    def written() -> str:
        return soap_out(tree, element, form, header, ns, body, identified)

    security["ds:Signature"] = opened_signature(signed_parts(written(), how))
    value = signature_value(written(), how, key)
    security["ds:Signature"] |= {"ds:SignatureValue": value, "ds:KeyInfo": key_info(how, cert)}
    return written()


def soap_action(action: str, element: str) -> str:
    """The action of a call: `{call}` in it is the name of the operation element, without its prefix."""
    return '"' + action.replace("{call}", element.rpartition(":")[2]) + '"'


def soap_in(source: bytes | str) -> Wire:
    """The content of the operation element in the body, or the fault.

    Raises `Unreadable` for what is no envelope, and for a body that holds nothing or several things.
    """
    envelope = xml_in(source, "Envelope")
    body = envelope.get("Body")
    found = [name for name in body if name[:1] not in "@#"] if isinstance(body, dict) else []
    if not isinstance(body, dict) or len(found) != 1 or isinstance(body[found[0]], list):
        raise Unreadable("the SOAP body holds no single element")
    content = body[found[0]]
    if found[0] == "Fault":
        return {"Fault": _fault(content if isinstance(content, dict) else {})}
    return content if isinstance(content, dict) else {"#text": content} if content else {}


def soap_signed_in(source: bytes | str, how: XmlSigning, key: Secret, now: datetime) -> Wire:
    """The content of an envelope that the carrier has signed. Raises `Forged` for every other one, faults included."""
    check_signed(source if isinstance(source, str) else source.decode("utf-8-sig"), how, key, now)
    return soap_in(source)


def _fault(fault: Wire) -> Wire:
    code = _dict(fault.get("Code"))
    found = {
        "code": _local(fault.get("faultcode", code.get("Value"))),
        "subcode": _local(_dict(code.get("Subcode")).get("Value")),
        "text": _text(fault.get("faultstring", _first(_dict(fault.get("Reason")).get("Text")))),
        "detail": fault.get("detail", fault.get("Detail")),
    }
    return {name: value for name, value in found.items() if value is not None}


def _dict(node: Any) -> Wire:
    return node if isinstance(node, dict) else {}


def _first(node: Any) -> Any:
    """Of texts in several languages the first."""
    return node[0] if isinstance(node, list) else node


def _text(node: Any) -> str | None:
    found = leaf(node)
    return found.strip() if isinstance(found, str) else None


def _local(node: Any) -> str | None:
    text = _text(node)
    return None if text is None else text.rpartition(":")[2]


# --- WS-Security (OASIS Web Services Security, UsernameToken Profile 1.0) ---------------------------------------------

_PROFILE = f"{OASIS}username-token-profile-1.0"
NONCE_LENGTH = 16


def username_token(
    username: str,
    password: Secret,
    now: datetime,
    nonce: str,
    *,
    digest: bool,
    must_understand: tuple[str, str] | None = None,
    lifetime_s: float | None = None,
) -> Wire:
    """The `wsse:Security` block with a user's name and password, plain or as Base64(SHA-1(nonce + created + password)).

    A digest brings its nonce and the time it was made; a plain password stands alone. `must_understand` is the
    attribute that obliges the host: its name with the envelope's prefix, and its text. `lifetime_s` puts a
    `wsu:Timestamp` before the token: the message is made now and believed for so long.
    """
    created = _utc(now)
    token: Wire = {"wsse:Username": username, "wsse:Password": {"@Type": f"{_PROFILE}#PasswordText"}}
    if digest:
        raw = nonce.encode()
        token["wsse:Password"] = {
            "@Type": f"{_PROFILE}#PasswordDigest",
            "#text": password_digest(raw, created, password),
        }
        token["wsse:Nonce"] = {"@EncodingType": BASE64, "#text": b64encode(raw).decode()}
        token["wsu:Created"] = created
    else:
        token["wsse:Password"]["#text"] = password.reveal()
    return security_block(now, declares=digest, must_understand=must_understand, lifetime_s=lifetime_s, token=token)


def security_block(
    now: datetime,
    *,
    declares: bool = False,
    must_understand: tuple[str, str] | None = None,
    lifetime_s: float | None = None,
    token: Wire | None = None,
) -> Wire:
    """The `wsse:Security` block; `declares` the namespace of utilities where the token needs it."""
    block: Wire = {"@xmlns:wsse": SECEXT}
    if declares or lifetime_s is not None:
        block["@xmlns:wsu"] = UTILITY  # declared where something of it stands
    if must_understand is not None:
        name, said = must_understand
        block[f"@{name}"] = said
    if lifetime_s is not None:
        expires = _utc(now + timedelta(seconds=lifetime_s))
        block["wsu:Timestamp"] = {"wsu:Created": _utc(now), "wsu:Expires": expires}
    return block if token is None else {**block, "wsse:UsernameToken": token}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def password_digest(nonce: bytes, created: str, password: Secret) -> str:
    """Base64(SHA-1(nonce + created + password)), the nonce as the bytes its base 64 stands for."""
    return b64encode(sha1(nonce + created.encode() + password.reveal().encode())).decode()
