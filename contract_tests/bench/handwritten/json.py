"""The JSON message by hand."""

import hashlib
import hmac
import json
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from contract_tests.bench.handwritten.common import (
    GENDER,
    GENDER_IN,
    ID_TYPE,
    ID_TYPE_IN,
    RELATION,
    RELATION_IN,
    ZONE,
    Result,
    fit,
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
    Money,
    Number,
    NumberKind,
    Party,
    Phone,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    Term,
    TermUnit,
)
from gateway.model.outcome import UNKNOWN, Outcome, OutcomeKind
from gateway.wire import json_text_numbers_in
from gateway.wire.contract import Context, Reply, WireReply, WireRequest
from gateway.wire.errors import CannotSend, Unreadable

_UNIT = {TermUnit.day: "D", TermUnit.year: "Y", TermUnit.month: "M", TermUnit.to_age: "A"}
_UNIT_IN = {code: unit for unit, code in _UNIT.items()}
_encode = msgspec.json.Encoder().encode


def _fen(money: Money) -> str:
    if money.currency != "CNY":
        raise CannotSend("not fen")
    return str(money.amount)


def _stamp(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local.year:04}{local.month:02}{local.day:02}{local.hour:02}{local.minute:02}{local.second:02}"


def _person_out(party: Party) -> dict[str, Any]:
    out: dict[str, Any] = {"name": fit(party.name or "", 60)}
    if party.gender is not None:
        out["sex"] = GENDER[party.gender]
    if party.birth_date is not None:
        out["birthday"] = f"{party.birth_date.year:04}{party.birth_date.month:02}{party.birth_date.day:02}"
    single(party)
    for document in party.id_docs:
        out["idType"] = ID_TYPE[document.type]
        out["idNo"] = document.number.upper()
    for phone in party.phones:
        out["mobile"] = phone.number
    if party.email is not None:
        out["email"] = party.email
    address = party.address
    if address is not None:
        if address.country is not None:
            out["country"] = address.country
        if address.city is not None:
            out["city"] = address.city
        if address.line is not None:
            out["address"] = fit(address.line, 120)
    return out


def _insured_out(insured: Insured) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if insured.ref is not None:
        out["ref"] = insured.ref
    if insured.party is not None:
        out.update(_person_out(insured.party))
    if insured.relationship_to_policyholder is not None:
        out["relation"] = RELATION[insured.relationship_to_policyholder]
    return out


def _cover_out(cover: Coverage) -> dict[str, Any]:
    out: dict[str, Any] = {"code": cover.code}
    if cover.name is not None:
        out["name"] = cover.name
    if cover.is_main is not None:
        out["main"] = "Y" if cover.is_main else "N"
    if cover.sum_insured is not None:
        out["sum"] = _fen(cover.sum_insured)
    if cover.premium is not None:
        out["premium"] = yuan(cover.premium.gross)
    term = cover.term
    if term is not None:
        if term.unit is TermUnit.lifetime:
            out["unit"] = "L"
        else:
            out["unit"] = _UNIT[term.unit]
            out["length"] = str(term.value)
    return out


def message(request: PolicyIssueRequest, context: Context) -> dict[str, Any]:
    """The message as the carrier wants it."""
    period = request.period
    body = {"product": context.binding["product_code"], "count": len(request.insureds)}
    if period is not None:
        body["start"] = _stamp(period.start)
        body["end"] = _stamp(period.end - timedelta(seconds=1))
    body["premium"] = yuan(request.expected_premium)
    body["orderNo"] = request.client_ref
    body["holder"] = _person_out(request.policyholder)
    if request.insureds:
        body["insureds"] = [_insured_out(insured) for insured in request.insureds]
    if request.coverages:
        body["covers"] = [_cover_out(cover) for cover in request.coverages]
    head = {
        "code": "ISSUE",
        "serial": context.request_no[:30],
        "sent": _stamp(context.now),
        "partner": context.config["partner"],
    }
    return {"head": head, "body": body}


def encode(wire: dict[str, Any], context: Context) -> WireRequest:
    """The message's bytes, signed."""
    content = _encode(wire)
    key = context.secrets["sign_key"].reveal().encode()
    sign = hmac.new(key, content, hashlib.sha256).hexdigest()
    headers = (("X-Sign", sign), ("Content-Type", "application/json"))
    return WireRequest(method="POST", url=context.config["base_url"] + "/api", headers=headers, body=content)


def decode(reply: WireReply, _context: Context) -> Any:
    """The message inside the bytes."""
    return json_text_numbers_in(reply.body)


def bare(wire: dict[str, Any], context: Context, reply: bytes) -> object:
    """The bare library calls for encoding, signing and parsing: nothing checked, nothing kept."""
    content = _encode(wire)
    hmac.new(context.secrets["sign_key"].reveal().encode(), content, hashlib.sha256).hexdigest()
    return content, json.loads(reply)


def build(request: PolicyIssueRequest, context: Context) -> WireRequest:
    """The request's bytes, signed."""
    return encode(message(request, context), context)


def _fen_in(value: Any) -> Money | None:
    text = text_in(value)
    return None if text is None else Money(amount=int(text), currency="CNY")


def _stamp_in(text: str) -> datetime:
    if len(text) != 14 or not text.isdigit():
        raise ValueError("no instant")
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    return datetime(year, month, day, int(text[8:10]), int(text[10:12]), int(text[12:]), tzinfo=ZONE)


def _day(value: Any) -> date | None:
    text = text_in(value)
    return None if text is None else date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _person_in(wire: dict[str, Any]) -> Party:
    name, number, phone = text_in(wire.get("name")), text_in(wire.get("idNo")), text_in(wire.get("mobile"))
    kind, sex = text_in(wire.get("idType")), text_in(wire.get("sex"))
    country, city, line = text_in(wire.get("country")), text_in(wire.get("city")), text_in(wire.get("address"))
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
        birth_date=_day(wire.get("birthday")),
        id_docs=documents,
        phones=() if phone is None else (Phone(number=phone),),
        email=text_in(wire.get("email")),
        address=Address(country=country, city=city, line=line) if country or city or line else None,
    )


def _insured_in(wire: dict[str, Any]) -> Insured:
    relation = text_in(wire.get("relation"))
    return Insured(
        ref=text_in(wire.get("ref")),
        party=_person_in(wire) if any(text_in(wire.get(name)) for name in _PERSON) else None,
        relationship_to_policyholder=None if relation is None else RELATION_IN[relation],
    )


def _cover_in(wire: dict[str, Any]) -> Coverage:
    code, unit, main = text_in(wire.get("code")), text_in(wire.get("unit")), text_in(wire.get("main"))
    premium = yuan_in(wire.get("premium"))
    term = None
    if unit == "L":
        term = Term(unit=TermUnit.lifetime)
    elif unit is not None:
        length = text_in(wire.get("length"))
        if unit in _UNIT_IN and length is not None and length.isdigit():
            term = Term(unit=_UNIT_IN[unit], value=int(length))
    if code is None:
        raise ValueError("no code")
    return Coverage(
        code=code,
        name=text_in(wire.get("name")),
        is_main=None if main is None else {"Y": True, "N": False}[main],
        sum_insured=_fen_in(wire.get("sum")),
        premium=None if premium is None else Premium(gross=premium),
        term=term,
    )


_PERSON = frozenset(("name", "sex", "birthday", "idType", "idNo", "mobile", "email", "country", "city", "address"))
_KNOWN = {
    "": frozenset(("head", "body")),
    "head.": frozenset(("serial", "result")),
    "body.": frozenset(("policyNo", "issued", "premium", "holder", "insureds", "covers")),
    "body.holder.": _PERSON,
    "body.insureds.": _PERSON | {"ref", "relation"},
    "body.covers.": frozenset(("code", "name", "main", "sum", "premium", "unit", "length")),
}


def _result(wire: dict[str, Any]) -> Result:
    head, body = wire["head"], wire["body"]
    holder, insureds, covers = body.get("holder"), body.get("insureds") or [], body.get("covers") or []
    premium, issued = yuan_in(body.get("premium")), body.get("issued")
    result = PolicyIssueResult(
        numbers=(Number(kind=NumberKind.policy, no=body["policyNo"]),),
        premium=None if premium is None else Premium(gross=premium),
        policyholder=None if not holder else _person_in(holder),
        insureds=tuple(_insured_in(each) for each in insureds),
        coverages=tuple(_cover_in(each) for each in covers),
        issued_at=None if issued is None else _stamp_in(issued),
    )
    levels = [("", [wire]), ("head.", [head]), ("body.", [body]), ("body.holder.", [holder])]
    levels += [("body.insureds.", insureds), ("body.covers.", covers)]
    return result, unknown_members(levels, _KNOWN)


def read(wire: Any, reply: WireReply, context: Context) -> Reply:
    """The reply: classified first, then read; unknown members counted."""
    try:
        result, number, serial = wire["head"].get("result"), wire["body"].get("policyNo"), wire["head"].get("serial")
    except (KeyError, TypeError, AttributeError):
        return Reply(outcome=UNKNOWN)
    if reply.status != 200 or result != "0000" or not text_in(number):
        return Reply(outcome=UNKNOWN)
    accepted = Outcome(kind=OutcomeKind.accepted)
    return replied(wire, accepted, serial, context, lambda: _result(wire))


def parse(reply: WireReply, _request: PolicyIssueRequest, context: Context) -> Reply:
    """The reply, from its bytes."""
    try:
        wire = decode(reply, context)
    except Unreadable:
        return Reply(outcome=UNKNOWN)
    return read(wire, reply, context)
