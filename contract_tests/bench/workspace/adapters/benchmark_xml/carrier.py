"""Benchmark carrier in GBK XML (fictional) 1.0.0 all operations.

Generated from mappings/carriers/benchmark_xml/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 9494b2ebbe37f922fbe238797e50f08f9f5a789dd64a4087249d3a558a3469f2

from adapters.benchmark_xml.codes import GENDER_IN, GENDER_OUT, ID_TYPE_IN, ID_TYPE_OUT, RELATION_IN, RELATION_OUT
from gateway.model import Address, Coverage, IdDocument, IdType, Insured, Money, Party, Phone, Premium
from gateway.wire import (
    Carrier,
    Context,
    ErrorTable,
    Forged,
    Outcome,
    OutcomeKind,
    Timeout,
    Wire,
    WireReply,
    WireRequest,
    XmlForm,
    any_given,
    charset_in,
    charset_out,
    code_in,
    fit,
    flag_in,
    flag_out,
    headers_of,
    hex_lower,
    iso_day_in,
    iso_day_out,
    md5,
    message_in,
    need,
    nth_out,
    over,
    require,
    same_signature,
    secret,
    text_given,
    text_required,
    upper_in,
    upper_out,
    value_in,
    with_former_keys,
    xml_declaration,
    xml_in,
    xml_out,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/benchmark_xml/carrier.yaml"
XML = XmlForm(root="Request", declaration=xml_declaration("GBK"))  # L5


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    message = xml_out(wire, XML)  # L5
    body = charset_out(message, "GBK")  # L6
    signature = hex_lower(md5(over("GBK", secret(ctx, "sign_key"), body)))  # L7
    headers["X-Sign"] = signature  # L7
    headers.setdefault("Content-Type", "text/xml; charset=GBK")
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    headers = headers_of(reply)
    if not same_signature(
        hex_lower(md5(over("GBK", secret(ctx, "sign_key"), reply.body))), headers.get("x-sign")
    ):  # L9
        raise Forged("the signature of the reply is not the carrier's")  # L9
    content = charset_in(reply.body, "GBK")  # L10
    tree = xml_in(content, "Response")  # L11
    return message_in(tree)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["Name"] = fit(item.name, 40, "GBK")  # L17
    if (gender := item.gender) is not None:  # L18
        out["Sex"] = GENDER_OUT[gender]  # L18
    if (birth_date := item.birth_date) is not None:  # L19
        out["Birthday"] = iso_day_out(birth_date)  # L19
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L20
    if id_doc is not None:
        out["IDType"] = ID_TYPE_OUT[id_doc.type]  # L20
        out["IDNo"] = upper_out(id_doc.number)  # L21
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L22
    out["Mobile"] = phone.number if phone is not None else ""  # L22
    out["Email"] = email if (email := item.email) is not None else ""  # L23
    address = item.address
    out["Address"] = fit(line, 120, "GBK") if address is not None and (line := address.line) is not None else ""  # L24
    out["Stature"] = ""  # L25
    out["Weight"] = ""  # L25
    out["MaritalStatus"] = ""  # L25
    return out


def insured_out(item: Insured) -> Wire:
    """Insured as the carrier's `insured`."""
    out: Wire = {}
    out["InsuredNo"] = need(item.ref, "ref")  # L29
    if (relationship_to_policyholder := item.relationship_to_policyholder) is not None:  # L30
        out["RelaToAppnt"] = RELATION_OUT[relationship_to_policyholder]  # L30
    party = item.party
    if party is not None:  # L31
        out.update(person_out(party))  # L31
    return out


def risk_out(item: Coverage) -> Wire:
    """Coverage as the carrier's `risk`."""
    out: Wire = {}
    out["RiskCode"] = item.code  # L35
    if (sum_insured := item.sum_insured) is not None:  # L36
        out["Amnt"] = yuan_out(sum_insured)  # L36
    premium = item.premium
    if premium is not None:  # L37
        out["Prem"] = yuan_out(premium.gross)  # L37
    if (is_main := item.is_main) is not None:  # L38
        out["@main"] = flag_out(is_main, "Y", "N")  # L38
    return out


def person_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `person` as Party."""
    id_doc_type: IdType | None = (
        code_in(ID_TYPE_IN, v, raw, at, "id_docs.0.type") if (v := value_in(w.get("IDType"))) is not None else None
    )  # L20
    id_doc_number: str | None = upper_in(v) if (v := value_in(w.get("IDNo"))) is not None else None  # L21
    phone_number: str | None = text_given(w.get("Mobile"))  # L22
    address_line: str | None = text_given(w.get("Address"))  # L24
    return Party(
        name=text_required(w.get("Name"), "Name"),  # L17
        gender=GENDER_IN[v] if (v := value_in(w.get("Sex"))) is not None else None,  # L18
        birth_date=iso_day_in(v) if (v := value_in(w.get("Birthday"))) is not None else None,  # L19
        id_docs=(IdDocument(type=require(id_doc_type, "IDType"), number=require(id_doc_number, "IDNo")),)
        if id_doc_type is not None or id_doc_number is not None
        else (),  # L20
        phones=(Phone(number=phone_number),) if phone_number is not None else (),  # L22
        email=text_given(w.get("Email")),  # L23
        address=Address(line=address_line) if address_line is not None else None,  # L24
    )


def insured_in(w: Wire, raw: dict[str, str], at: str) -> Insured:
    """The carrier's `insured` as Insured."""
    return Insured(
        ref=text_required(w.get("InsuredNo"), "InsuredNo"),  # L29
        relationship_to_policyholder=RELATION_IN[v]
        if (v := value_in(w.get("RelaToAppnt"))) is not None
        else None,  # L30
        party=person_in(w, raw, at + "party.")
        if any_given(w, "Address", "Birthday", "Email", "IDNo", "IDType", "Mobile", "Name", "Sex")
        else None,  # L31
    )


def risk_in(w: Wire) -> Coverage:
    """The carrier's `risk` as Coverage."""
    premium_gross: Money | None = yuan_in(v) if (v := value_in(w.get("Prem"))) is not None else None  # L37
    return Coverage(
        code=text_required(w.get("RiskCode"), "RiskCode"),  # L35
        sum_insured=yuan_in(v) if (v := value_in(w.get("Amnt"))) is not None else None,  # L36
        premium=Premium(gross=premium_gross) if premium_gross is not None else None,  # L37
        is_main=flag_in(v, "Y", "N") if (v := value_in(w.get("@main"))) is not None else None,  # L38
    )


ERRORS = ErrorTable(
    {
        "E101": Outcome(kind=OutcomeKind.declined, code="underwriting.age", text="年龄"),  # L40
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L41
)
CARRIER = Carrier(
    id="benchmark_xml",
    name="Benchmark carrier in GBK XML (fictional)",
    version="1.0.0",
    mapping_sha256="9494b2ebbe37f922fbe238797e50f08f9f5a789dd64a4087249d3a558a3469f2",
    operations={
        "policy.issue": ("policy_issue",),
    },
    timeout=Timeout(connect_s=2.0, total_s=10.0),
    config_keys=("base_url",),
    secret_keys=("sign_key",),
)
