"""The same message as a careful engineer would write it by hand: the same bytes, the same checks, no generator."""

import hashlib
import hmac
from datetime import date, datetime, timedelta, timezone
from typing import Any

import msgspec

from gateway.model import (
    Address,
    Coverage,
    Gender,
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
    Relationship,
    Term,
    TermUnit,
)
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.wire import json_text_numbers_in
from gateway.wire.contract import Context, Reply, WireReply, WireRequest
from gateway.wire.errors import Unreadable

_ZONE = timezone(timedelta(hours=8))
_GENDER = {Gender.male: "1", Gender.female: "2", Gender.unknown: "0"}
_ID_TYPE = {IdType.cn_resident_id: "01", IdType.passport: "02", IdType.other: "99"}
_RELATION = {
    Relationship.self: "00",
    Relationship.spouse: "01",
    Relationship.child: "02",
    Relationship.parent: "03",
    Relationship.other: "99",
}
_GENDER_IN = {code: value for value, code in _GENDER.items()}
_ID_TYPE_IN = {code: value for value, code in _ID_TYPE.items()}
_RELATION_IN = {code: value for value, code in _RELATION.items()}
_UNIT = {TermUnit.day: "D", TermUnit.year: "Y", TermUnit.month: "M", TermUnit.to_age: "A"}
_UNIT_IN = {code: unit for unit, code in _UNIT.items()}
_encode = msgspec.json.Encoder().encode


def _fit(text: str, bytes_max: int) -> str:
    if len(text.encode()) > bytes_max:
        raise ValueError(f"longer than {bytes_max} bytes")
    return text


def _yuan(money: Money) -> str:
    if money.currency != "CNY":
        raise ValueError("not yuan")
    whole, rest = divmod(abs(money.amount), 100)
    return f"{'-' if money.amount < 0 else ''}{whole}.{rest:02}"


def _fen(money: Money) -> str:
    if money.currency != "CNY":
        raise ValueError("not fen")
    return str(money.amount)


def _stamp(at: datetime) -> str:
    local = at.astimezone(_ZONE)
    return f"{local.year:04}{local.month:02}{local.day:02}{local.hour:02}{local.minute:02}{local.second:02}"


def _person_out(party: Party) -> dict[str, Any]:
    out: dict[str, Any] = {"name": _fit(party.name or "", 60)}
    if party.gender is not None:
        out["sex"] = _GENDER[party.gender]
    if party.birth_date is not None:
        out["birthday"] = f"{party.birth_date.year:04}{party.birth_date.month:02}{party.birth_date.day:02}"
    if len(party.id_docs) > 1 or len(party.phones) > 1:
        raise ValueError("only one document and one phone fit")
    for document in party.id_docs:
        out["idType"] = _ID_TYPE[document.type]
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
            out["address"] = _fit(address.line, 120)
    return out


def _insured_out(insured: Insured) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if insured.ref is not None:
        out["ref"] = insured.ref
    if insured.party is not None:
        out.update(_person_out(insured.party))
    if insured.relationship_to_policyholder is not None:
        out["relation"] = _RELATION[insured.relationship_to_policyholder]
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
        out["premium"] = _yuan(cover.premium.gross)
    term = cover.term
    if term is not None:
        if term.unit is TermUnit.lifetime:
            out["unit"] = "L"
        else:
            out["unit"] = _UNIT[term.unit]
            out["length"] = str(term.value)
    return out


def build(request: PolicyIssueRequest, context: Context) -> WireRequest:
    """The request's bytes, signed."""
    assert request.period is not None
    body = {
        "product": context.binding["product_code"],
        "count": len(request.insureds),
        "start": _stamp(request.period.start),
        "end": _stamp(request.period.end - timedelta(seconds=1)),
        "premium": _yuan(request.expected_premium),
        "orderNo": request.client_ref,
        "holder": _person_out(request.policyholder),
        "insureds": [_insured_out(insured) for insured in request.insureds],
        "covers": [_cover_out(cover) for cover in request.coverages],
    }
    head = {
        "code": "ISSUE",
        "serial": context.request_no[:30],
        "sent": _stamp(context.now),
        "partner": context.config["partner"],
    }
    content = _encode({"head": head, "body": body})
    key = context.secrets["sign_key"].reveal().encode()
    sign = hmac.new(key, content, hashlib.sha256).hexdigest()
    headers = (("X-Sign", sign), ("Content-Type", "application/json"))
    return WireRequest(method="POST", url=context.config["base_url"] + "/api", headers=headers, body=content)


def _text(value: Any) -> str | None:
    """Text, or None for what is absent or blank; anything else is not what the carrier promised."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("not text")
    return value if value.strip() else None


def _money(value: Any, *, yuan: bool) -> Money | None:
    text = _text(value)
    if text is None:
        return None
    if not yuan:
        return Money(amount=int(text), currency="CNY")
    whole, _, rest = text.partition(".")
    if len(rest) > 2:
        raise ValueError("more than two decimals")
    sign = -1 if whole.startswith("-") else 1
    return Money(amount=int(whole) * 100 + sign * int(rest.ljust(2, "0") or 0), currency="CNY")


def _day(value: Any) -> date | None:
    text = _text(value)
    return None if text is None else date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _person_in(wire: dict[str, Any]) -> Party:
    name, number, phone = _text(wire.get("name")), _text(wire.get("idNo")), _text(wire.get("mobile"))
    kind, sex = _text(wire.get("idType")), _text(wire.get("sex"))
    country, city, line = _text(wire.get("country")), _text(wire.get("city")), _text(wire.get("address"))
    if name is None:
        raise ValueError("no name")
    documents: tuple[IdDocument, ...] = ()
    if number is not None and kind is not None:
        documents = (IdDocument(type=_ID_TYPE_IN.get(kind, IdType.other), number=number.upper()),)
    return Party(
        name=name,
        gender=None if sex is None else _GENDER_IN[sex],
        birth_date=_day(wire.get("birthday")),
        id_docs=documents,
        phones=() if phone is None else (Phone(number=phone),),
        email=_text(wire.get("email")),
        address=Address(country=country, city=city, line=line) if country or city or line else None,
    )


def _insured_in(wire: dict[str, Any]) -> Insured:
    relation = _text(wire.get("relation"))
    return Insured(
        ref=_text(wire.get("ref")),
        party=_person_in(wire),
        relationship_to_policyholder=None if relation is None else _RELATION_IN[relation],
    )


def _cover_in(wire: dict[str, Any]) -> Coverage:
    code, unit, main = _text(wire.get("code")), _text(wire.get("unit")), _text(wire.get("main"))
    premium = _money(wire.get("premium"), yuan=True)
    term = None
    if unit == "L":
        term = Term(unit=TermUnit.lifetime)
    elif unit is not None:
        length = _text(wire.get("length"))
        term = Term(unit=_UNIT_IN[unit], value=None if length is None else int(length))
    if code is None:
        raise ValueError("no code")
    return Coverage(
        code=code,
        name=_text(wire.get("name")),
        is_main=None if main is None else {"Y": True, "N": False}[main],
        sum_insured=_money(wire.get("sum"), yuan=False),
        premium=None if premium is None else Premium(gross=premium),
        term=term,
    )


_PERSON = {"name", "sex", "birthday", "idType", "idNo", "mobile", "email", "country", "city", "address"}
_KNOWN = {
    "": {"head", "body"},
    "head.": {"serial", "result", "message"},
    "body.": {"policyNo", "issued", "premium", "holder", "insureds", "covers"},
    "body.holder.": _PERSON,
    "body.insureds.": _PERSON | {"ref", "relation"},
    "body.covers.": {"code", "name", "main", "sum", "premium", "unit", "length"},
}


def _unknown(wire: dict[str, Any]) -> tuple[str, ...]:
    """The members nobody reads, at every level."""
    body = wire["body"]
    levels = [("", [wire]), ("head.", [wire["head"]]), ("body.", [body]), ("body.holder.", [body["holder"]])]
    levels += [("body.insureds.", body["insureds"]), ("body.covers.", body["covers"])]
    return tuple({way + key: None for way, objects in levels for each in objects for key in each.keys() - _KNOWN[way]})


def parse(reply: WireReply, _request: PolicyIssueRequest, context: Context) -> Reply:
    """The reply: classified first, then read; unknown members counted."""
    try:
        wire = json_text_numbers_in(reply.body)
        head, body = wire["head"], wire["body"]
    except (Unreadable, KeyError, TypeError):
        return Reply(outcome=Outcome(kind=OutcomeKind.unknown))
    if reply.status != 200 or head.get("result") != "0000" or not body.get("policyNo"):
        return Reply(outcome=Outcome(kind=OutcomeKind.unknown))
    if head.get("serial") != context.request_no[:30]:
        return Reply(outcome=Outcome(kind=OutcomeKind.unknown))
    premium = _money(body.get("premium"), yuan=True)
    issued = body["issued"]
    result = PolicyIssueResult(
        numbers=(Number(kind=NumberKind.policy, no=body["policyNo"]),),
        premium=None if premium is None else Premium(gross=premium),
        policyholder=_person_in(body["holder"]),
        insureds=tuple(_insured_in(each) for each in body["insureds"]),
        coverages=tuple(_cover_in(each) for each in body["covers"]),
        issued_at=datetime(
            int(issued[:4]),
            int(issued[4:6]),
            int(issued[6:8]),
            int(issued[8:10]),
            int(issued[10:12]),
            int(issued[12:14]),
            tzinfo=_ZONE,
        ),
    )
    unmapped = _unknown(wire)
    return Reply(outcome=Outcome(kind=OutcomeKind.accepted), result=result, unmapped=unmapped, wire=wire)
