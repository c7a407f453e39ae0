"""The SOAP message by hand."""

import base64
import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from contract_tests.bench.handwritten.common import (
    GENDER,
    GENDER_IN,
    ID_TYPE,
    ID_TYPE_IN,
    RELATION,
    RELATION_IN,
    ZONE,
    Result,
    day_in,
    items,
    local,
    replied,
    single,
    text_in,
    unknown_members,
)
from gateway.model import (
    Address,
    Coverage,
    IdDocument,
    IdType,
    Insured,
    Money,
    Number,
    NumberKind,
    Party,
    Phone,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
)
from gateway.model.outcome import UNKNOWN, Outcome, OutcomeKind
from gateway.wire import charset_in, charset_out, soap_form, soap_in, soap_out, xml_declaration
from gateway.wire.contract import Context, Reply, WireReply, WireRequest
from gateway.wire.errors import CannotSend, Unreadable

_FORM = soap_form("1.1", declaration=xml_declaration("UTF-8"), ns={"b": "urn:benchmark"})
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"


def _money(money: Money) -> dict[str, str]:
    if money.currency != "CNY":
        raise CannotSend("yuan only")
    whole, rest = divmod(abs(money.amount), 100)
    return {"#text": f"{'-' if money.amount < 0 else ''}{whole}.{rest:02}", "@currency": money.currency}


def _person_out(party: Party) -> dict[str, Any]:
    name: dict[str, Any] = {"#text": party.name}
    if party.gender is not None:
        name["@sex"] = GENDER[party.gender]
    out: dict[str, Any] = {"b:fullName": name}
    if party.birth_date is not None:
        out["b:birthDate"] = party.birth_date.isoformat()
    single(party)
    for document in party.id_docs:
        out["b:document"] = {"b:type": ID_TYPE[document.type], "b:number": document.number.upper()}
    for phone in party.phones:
        out["b:phone"] = phone.number if phone.number.startswith("+") else f"+86{phone.number}"
    if party.email is not None:
        out["b:email"] = party.email
    address = party.address
    if address is not None:
        parts = (("b:country", address.country), ("b:city", address.city), ("b:line", address.line))
        told = {name: text for name, text in parts if text is not None}
        if told:
            out["b:address"] = told
    return out


def _insured_out(insured: Insured) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if insured.ref is not None:
        out["@ref"] = insured.ref
    if insured.relationship_to_policyholder is not None:
        out["b:relation"] = RELATION[insured.relationship_to_policyholder]
    if insured.party is not None:
        out["b:person"] = _person_out(insured.party)
    return out


def _cover_out(cover: Coverage) -> dict[str, Any]:
    out: dict[str, Any] = {"b:code": cover.code}
    if cover.name is not None:
        out["b:name"] = cover.name
    if cover.is_main is not None:
        out["b:main"] = "true" if cover.is_main else "false"
    if cover.sum_insured is not None:
        out["b:limit"] = _money(cover.sum_insured)
    if cover.premium is not None:
        out["b:premium"] = _money(cover.premium.gross)
    return out


def message(request: PolicyIssueRequest, context: Context) -> dict[str, Any]:
    """The content of the operation element."""
    out: dict[str, Any] = {
        "b:serial": context.request_no[:30],
        "b:sentAt": local(context.now).isoformat(),
        "b:product": context.binding["product_code"],
    }
    if request.period is not None:
        start, end = local(request.period.start), local(request.period.end)
        out["b:period"] = {"b:from": start.isoformat(), "b:to": end.isoformat()}
    out["b:premium"] = _money(request.expected_premium)
    out["b:holder"] = _person_out(request.policyholder)
    if request.insureds:
        out["b:insured"] = [_insured_out(insured) for insured in request.insureds]
    if request.coverages:
        out["b:cover"] = [_cover_out(cover) for cover in request.coverages]
    return out


def _security(context: Context) -> dict[str, Any]:
    """The user's name and password, as the token profile of OASIS has them."""
    nonce, created = context.nonce(16).encode(), context.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    password = context.secrets["sign_key"].reveal().encode()
    digest = hashlib.sha1(nonce + created.encode() + password, usedforsecurity=False).digest()
    profile, encoding = f"{_OASIS}username-token-profile-1.0#PasswordDigest", f"{_OASIS}soap-message-security-1.0"
    return {
        "@xmlns:wsse": f"{_OASIS}wssecurity-secext-1.0.xsd",
        "@xmlns:wsu": f"{_OASIS}wssecurity-utility-1.0.xsd",
        "wsse:UsernameToken": {
            "wsse:Username": context.config["partner"],
            "wsse:Password": {"@Type": profile, "#text": base64.b64encode(digest).decode()},
            "wsse:Nonce": {"@EncodingType": f"{encoding}#Base64Binary", "#text": base64.b64encode(nonce).decode()},
            "wsu:Created": created,
        },
    }


def encode(wire: dict[str, Any], context: Context) -> WireRequest:
    """The envelope's bytes, the user's token in its header."""
    text = soap_out(wire, "b:issuePolicy", _FORM, {"wsse:Security": _security(context)})
    headers = (("SOAPAction", '"urn:benchmark/issuePolicy"'), ("Content-Type", "text/xml; charset=UTF-8"))
    url = context.config["base_url"] + "/soap"
    return WireRequest(method="POST", url=url, headers=headers, body=charset_out(text, "UTF-8"))


def decode(reply: WireReply, _context: Context) -> Any:
    """The content of the operation element of the reply."""
    return soap_in(charset_in(reply.body, "UTF-8"))


_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def bare(wire: dict[str, Any], context: Context, reply: bytes) -> object:
    """The bare library calls for encoding, the token and parsing: nothing checked, nothing kept."""
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP, "b": "urn:benchmark"})
    _grow(etree.SubElement(envelope, f"{{{_SOAP}}}Header"), {"wsse:Security": _security(context)})
    _grow(etree.SubElement(envelope, f"{{{_SOAP}}}Body"), {"b:issuePolicy": wire})
    content = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return content, _shrunk(etree.fromstring(reply))


def _grow(element: Any, wire: dict[str, Any]) -> None:
    for name, value in wire.items():
        if name == "#text":
            element.text = value
        elif name[0] == "@":
            element.set(name[1:].replace(":", "-"), value)
        else:
            _children(element, "{urn:benchmark}" + name.partition(":")[2], value)


def _children(element: Any, tag: str, value: Any) -> None:
    for each in value if isinstance(value, list) else (value,):
        child = etree.SubElement(element, tag)
        if isinstance(each, dict):
            _grow(child, each)
        else:
            child.text = each


def _shrunk(element: Any) -> Any:
    if not len(element):
        return element.text
    return [(child.tag, dict(child.attrib), _shrunk(child)) for child in element]


def build(request: PolicyIssueRequest, context: Context) -> WireRequest:
    """The request's bytes."""
    return encode(message(request, context), context)


def _text(value: Any) -> str | None:
    """The text of an element, whether it has attributes or not."""
    return text_in(value.get("#text") if isinstance(value, dict) else value)


def _inner(value: Any) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise TypeError("no element")
    return value


def _money_in(value: Any) -> Money | None:
    text = _text(value)
    if text is None:
        return None
    currency = text_in(_inner(value).get("@currency"))
    amount = Decimal(text).scaleb(2)
    if currency != "CNY" or amount != amount.to_integral_value():
        raise ValueError("no amount")
    return Money(amount=int(amount), currency=currency)


def _person_in(wire: dict[str, Any]) -> Party:
    name, document, address = wire.get("fullName"), _inner(wire.get("document")), _inner(wire.get("address"))
    sex = text_in(name.get("@sex")) if isinstance(name, dict) else None
    kind, number, phone = text_in(document.get("type")), text_in(document.get("number")), text_in(wire.get("phone"))
    country, city, line = text_in(address.get("country")), text_in(address.get("city")), text_in(address.get("line"))
    told = _text(name)
    if told is None:
        raise ValueError("no name")
    documents: tuple[IdDocument, ...] = ()
    if number is not None or kind is not None:
        if number is None or kind is None:
            raise ValueError("half a document")
        documents = (IdDocument(type=ID_TYPE_IN.get(kind, IdType.other), number=number.upper()),)
    return Party(
        name=told,
        gender=None if sex is None else GENDER_IN[sex],
        birth_date=day_in(wire.get("birthDate")),
        id_docs=documents,
        phones=() if phone is None else (Phone(number=phone.removeprefix("+86")),),
        email=text_in(wire.get("email")),
        address=Address(country=country, city=city, line=line) if country or city or line else None,
    )


def _insured_in(wire: dict[str, Any]) -> Insured:
    relation, person = text_in(wire.get("relation")), _inner(wire.get("person"))
    return Insured(
        ref=text_in(wire.get("@ref")),
        party=_person_in(person) if person else None,
        relationship_to_policyholder=None if relation is None else RELATION_IN[relation],
    )


def _cover_in(wire: dict[str, Any]) -> Coverage:
    code, main, premium = text_in(wire.get("code")), text_in(wire.get("main")), _money_in(wire.get("premium"))
    if code is None:
        raise ValueError("no code")
    return Coverage(
        code=code,
        name=text_in(wire.get("name")),
        is_main=None if main is None else {"true": True, "false": False}[main],
        sum_insured=_money_in(wire.get("limit")),
        premium=None if premium is None else Premium(gross=premium),
    )


_PERSON = frozenset(("fullName", "birthDate", "document", "phone", "email", "address"))
_PARTS = {
    "fullName.": frozenset(("@sex",)),
    "document.": frozenset(("type", "number")),
    "address.": frozenset(("country", "city", "line")),
}
_KNOWN = {
    "": frozenset(("serial", "policyNo", "issuedAt", "premium", "holder", "insured", "cover", "Fault")),
    "premium.": frozenset(("@currency",)),
    "holder.": _PERSON,
    "insured.": frozenset(("@ref", "relation", "person")),
    "insured.person.": _PERSON,
    "cover.": frozenset(("code", "name", "main", "limit", "premium")),
    "cover.limit.": frozenset(("@currency",)),
    "cover.premium.": frozenset(("@currency",)),
    **{f"{way}{part}": names for way in ("holder.", "insured.person.") for part, names in _PARTS.items()},
}


_Levels = list[tuple[str, list[Any]]]


def _levels(wire: dict[str, Any], holder: Any, insureds: list[Any], covers: list[Any]) -> _Levels:
    people: _Levels = [("holder.", [holder]), ("insured.person.", [each.get("person") for each in insureds])]
    parts: _Levels = [
        (f"{way}{part}", [each.get(part[:-1]) for each in group if each]) for way, group in people for part in _PARTS
    ]
    money: _Levels = [(f"cover.{name}.", [each.get(name) for each in covers]) for name in ("limit", "premium")]
    own: _Levels = [("", [wire]), ("premium.", [wire.get("premium")]), ("insured.", insureds), ("cover.", covers)]
    return [*own, *people, *parts, *money]


def _result(wire: dict[str, Any]) -> Result:
    holder, insureds, covers = wire.get("holder"), items(wire.get("insured")), items(wire.get("cover"))
    premium, issued = _money_in(wire.get("premium")), text_in(wire.get("issuedAt"))
    result = PolicyIssueResult(
        numbers=(Number(kind=NumberKind.policy, no=wire["policyNo"]),),
        premium=None if premium is None else Premium(gross=premium),
        policyholder=None if not holder else _person_in(holder),
        insureds=tuple(_insured_in(each) for each in insureds),
        coverages=tuple(_cover_in(each) for each in covers),
        issued_at=None if issued is None else _instant(issued),
    )
    found = unknown_members(_levels(wire, holder, insureds, covers), _KNOWN)
    return result, tuple(name for name in found if not name.endswith(".#text"))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=ZONE)


def read(wire: Any, reply: WireReply, context: Context) -> Reply:
    """The reply: classified first, then read; unknown members counted."""
    if reply.status != 200 or not text_in(wire.get("policyNo")):
        return Reply(outcome=UNKNOWN)
    accepted = Outcome(kind=OutcomeKind.accepted)
    return replied(wire, accepted, wire.get("serial"), context, lambda: _result(wire))


def parse(reply: WireReply, _request: PolicyIssueRequest, context: Context) -> Reply:
    """The reply, from its bytes."""
    try:
        wire = decode(reply, context)
    except Unreadable:
        return Reply(outcome=UNKNOWN)
    return read(wire, reply, context)
