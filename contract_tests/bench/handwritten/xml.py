"""The GBK XML message by hand."""

import hashlib
import hmac
from datetime import datetime, timedelta
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
    fit,
    items,
    local,
    replied,
    single,
    text_in,
    unknown_members,
    yuan,
    yuan_in,
)
from gateway.model import (
    Address,
    Coverage,
    IdDocument,
    IdType,
    Insured,
    Number,
    NumberKind,
    Party,
    Phone,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
)
from gateway.model.outcome import UNKNOWN, Outcome, OutcomeKind
from gateway.wire import XmlForm, charset_in, charset_out, xml_in, xml_out
from gateway.wire.contract import Context, Reply, WireReply, WireRequest
from gateway.wire.errors import CannotSend, Unreadable

_FORM = XmlForm(root="Request", declaration='<?xml version="1.0" encoding="GBK"?>')


def _stamp(at: datetime) -> str:
    return local(at).isoformat(" ", "seconds")[:19]


def _person_out(party: Party, out: dict[str, Any]) -> dict[str, Any]:
    out["Name"] = fit(party.name or "", 40, "gb18030")
    if party.gender is not None:
        out["Sex"] = GENDER[party.gender]
    if party.birth_date is not None:
        out["Birthday"] = party.birth_date.isoformat()
    single(party)
    for document in party.id_docs:
        out["IDType"] = ID_TYPE[document.type]
        out["IDNo"] = document.number.upper()
    out["Mobile"] = party.phones[0].number if party.phones else ""
    out["Email"] = party.email if party.email is not None else ""
    line = party.address.line if party.address is not None else None
    out["Address"] = "" if line is None else fit(line, 120, "gb18030")
    out["Stature"] = out["Weight"] = out["MaritalStatus"] = ""
    return out


def _insured_out(insured: Insured) -> dict[str, Any]:
    if insured.ref is None:
        raise CannotSend("no InsuredNo")
    out: dict[str, Any] = {"InsuredNo": insured.ref}
    if insured.relationship_to_policyholder is not None:
        out["RelaToAppnt"] = RELATION[insured.relationship_to_policyholder]
    return out if insured.party is None else _person_out(insured.party, out)


def _risk_out(cover: Coverage) -> dict[str, Any]:
    out: dict[str, Any] = {"RiskCode": cover.code}
    if cover.sum_insured is not None:
        out["Amnt"] = yuan(cover.sum_insured)
    if cover.premium is not None:
        out["Prem"] = yuan(cover.premium.gross)
    if cover.is_main is not None:
        out["@main"] = "Y" if cover.is_main else "N"
    return out


def message(request: PolicyIssueRequest, context: Context) -> dict[str, Any]:
    """The message as the carrier wants it."""
    sent = _stamp(context.now)
    head = {"TransType": "NB02", "SerialNo": context.request_no[:30], "SendDate": sent[:10], "SendTime": sent[11:]}
    body: dict[str, Any] = {"ProductCode": context.binding["product_code"]}
    if request.period is not None:
        body["CValiDate"] = _stamp(request.period.start)
        body["EndDate"] = _stamp(request.period.end - timedelta(seconds=1))
    body["Prem"] = yuan(request.expected_premium)
    body["Appnt"] = _person_out(request.policyholder, {})
    if request.insureds:
        body["Insured"] = [_insured_out(insured) for insured in request.insureds]
    if request.coverages:
        body["Risk"] = [_risk_out(cover) for cover in request.coverages]
    return {"Head": head, "Body": body}


def encode(wire: dict[str, Any], context: Context) -> WireRequest:
    """The message's bytes, signed."""
    content = charset_out(xml_out(wire, _FORM), "GBK")
    sign = hashlib.md5(context.secrets["sign_key"].reveal().encode("gbk") + content, usedforsecurity=False).hexdigest()
    headers = (("X-Sign", sign), ("Content-Type", "text/xml; charset=GBK"))
    return WireRequest(method="POST", url=context.config["base_url"] + "/xml", headers=headers, body=content)


def signature(context: Context, body: bytes) -> str:
    """What the carrier signs a reply with."""
    return hashlib.md5(context.secrets["sign_key"].reveal().encode("gbk") + body, usedforsecurity=False).hexdigest()


def decode(reply: WireReply, context: Context) -> Any:
    """The message inside the bytes; one that is not the carrier's is no message."""
    if not hmac.compare_digest(signature(context, reply.body), reply.header("X-Sign") or ""):
        raise Unreadable("not the carrier's")
    return xml_in(charset_in(reply.body, "GBK"), "Response")


def bare(wire: dict[str, Any], context: Context, reply: bytes) -> object:
    """The bare library calls for encoding, signing and parsing: nothing checked, nothing kept."""
    root = etree.Element("Request")
    _grow(root, wire)
    content: Any = etree.tostring(root, encoding="GBK", xml_declaration=True)
    key = context.secrets["sign_key"].reveal().encode()
    hashlib.md5(key + content, usedforsecurity=False).hexdigest()
    hashlib.md5(key + reply, usedforsecurity=False).hexdigest()
    return content, _shrunk(etree.fromstring(reply.decode("gb18030").partition("?>")[2]))


def _grow(element: Any, wire: dict[str, Any]) -> None:
    for name, value in wire.items():
        if name[0] == "@":
            element.set(name[1:], value)
            continue
        for each in value if isinstance(value, list) else (value,):
            child = etree.SubElement(element, name)
            if isinstance(each, dict):
                _grow(child, each)
            elif each:
                child.text = each


def _shrunk(element: Any) -> Any:
    if not len(element):
        return element.text
    return [(child.tag, dict(child.attrib), _shrunk(child)) for child in element]


def build(request: PolicyIssueRequest, context: Context) -> WireRequest:
    """The request's bytes, signed."""
    return encode(message(request, context), context)


def _person_in(wire: dict[str, Any]) -> Party:
    name, number, phone = text_in(wire.get("Name")), text_in(wire.get("IDNo")), text_in(wire.get("Mobile"))
    kind, sex, line = text_in(wire.get("IDType")), text_in(wire.get("Sex")), text_in(wire.get("Address"))
    if name is None:
        raise ValueError("no name")
    documents: tuple[IdDocument, ...] = ()
    if number is not None or kind is not None:
        if number is None or kind is None:
            raise ValueError("half a document")
        documents = (IdDocument(type=ID_TYPE_IN.get(kind, IdType.other), number=number.upper()),)
    return Party(
        name=name,
        gender=None if sex is None else GENDER_IN[sex],
        birth_date=day_in(wire.get("Birthday")),
        id_docs=documents,
        phones=() if phone is None else (Phone(number=phone),),
        email=text_in(wire.get("Email")),
        address=None if line is None else Address(line=line),
    )


def _insured_in(wire: dict[str, Any]) -> Insured:
    ref, relation = text_in(wire.get("InsuredNo")), text_in(wire.get("RelaToAppnt"))
    if ref is None:
        raise ValueError("no InsuredNo")
    return Insured(
        ref=ref,
        party=_person_in(wire) if any(text_in(wire.get(name)) for name in _PERSON) else None,
        relationship_to_policyholder=None if relation is None else RELATION_IN[relation],
    )


def _risk_in(wire: dict[str, Any]) -> Coverage:
    code, main = text_in(wire.get("RiskCode")), text_in(wire.get("@main"))
    premium = yuan_in(wire.get("Prem"))
    if code is None:
        raise ValueError("no code")
    return Coverage(
        code=code,
        sum_insured=yuan_in(wire.get("Amnt")),
        premium=None if premium is None else Premium(gross=premium),
        is_main=None if main is None else {"Y": True, "N": False}[main],
    )


_PERSON = frozenset(
    ("Name", "Sex", "Birthday", "IDType", "IDNo", "Mobile", "Email", "Address", "Stature", "Weight", "MaritalStatus")
)
_KNOWN = {
    "": frozenset(("@code", "Head", "Body", "ErrCode")),
    "Head.": frozenset(("SerialNo",)),
    "Body.": frozenset(("PolicyNo", "SignTime", "Prem", "Appnt", "Insured", "Risk")),
    "Body.Appnt.": _PERSON,
    "Body.Insured.": _PERSON | {"InsuredNo", "RelaToAppnt"},
    "Body.Risk.": frozenset(("RiskCode", "Amnt", "Prem", "@main")),
}


def _result(wire: dict[str, Any]) -> Result:
    head, body = wire["Head"], wire["Body"]
    holder, insureds, risks = body.get("Appnt"), items(body.get("Insured")), items(body.get("Risk"))
    premium, signed = yuan_in(body.get("Prem")), text_in(body.get("SignTime"))
    result = PolicyIssueResult(
        numbers=(Number(kind=NumberKind.policy, no=body["PolicyNo"]),),
        premium=None if premium is None else Premium(gross=premium),
        policyholder=None if not holder else _person_in(holder),
        insureds=tuple(_insured_in(each) for each in insureds),
        coverages=tuple(_risk_in(each) for each in risks),
        issued_at=None if signed is None else datetime.fromisoformat(signed).replace(tzinfo=ZONE),
    )
    levels = [("", [wire]), ("Head.", [head]), ("Body.", [body]), ("Body.Appnt.", [holder])]
    levels += [("Body.Insured.", insureds), ("Body.Risk.", risks)]
    return result, unknown_members(levels, _KNOWN)


def read(wire: Any, reply: WireReply, context: Context) -> Reply:
    """The reply: classified first, then read; unknown members counted."""
    head, body = wire.get("Head"), wire.get("Body")
    if not isinstance(head, dict) or not isinstance(body, dict):
        return Reply(outcome=UNKNOWN)
    if reply.status != 200 or wire.get("@code") != "1" or not text_in(body.get("PolicyNo")):
        return Reply(outcome=UNKNOWN)
    accepted = Outcome(kind=OutcomeKind.accepted)
    return replied(wire, accepted, head.get("SerialNo"), context, lambda: _result(wire))


def parse(reply: WireReply, _request: PolicyIssueRequest, context: Context) -> Reply:
    """The reply, from its bytes."""
    try:
        wire = decode(reply, context)
    except Unreadable:
        return Reply(outcome=UNKNOWN)
    return read(wire, reply, context)
