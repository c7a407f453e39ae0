"""Benchmark carrier in SOAP (fictional) 1.0.0 all operations.

Generated from mappings/carriers/benchmark_soap/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 6039125141cfad981b86811983beeebd1bf435b25b603c5288643291efe6437a

from adapters.benchmark_soap.codes import GENDER_IN, GENDER_OUT, ID_TYPE_IN, ID_TYPE_OUT, RELATION_IN, RELATION_OUT
from gateway.model import Address, Coverage, IdDocument, IdType, Insured, Money, Party, Phone, Premium
from gateway.wire import (
    Carrier,
    Context,
    ErrorTable,
    NONCE_LENGTH,
    Outcome,
    OutcomeKind,
    Timeout,
    Wire,
    WireReply,
    WireRequest,
    charset_in,
    charset_out,
    child,
    code_in,
    dig_exact,
    e164_in,
    e164_out,
    flag_in,
    flag_out,
    iso_day_in,
    iso_day_out,
    message_in,
    money_codec,
    need,
    nest,
    nth_out,
    require,
    secret,
    soap_action,
    soap_form,
    soap_in,
    soap_out,
    text_given,
    text_required,
    upper_in,
    upper_out,
    username_token,
    value_in,
    xml_declaration,
)

MAPPING = "mappings/carriers/benchmark_soap/carrier.yaml"
MONEY_MAJOR = money_codec("major", None, None, False)
SOAP = soap_form("1.1", declaration=xml_declaration("UTF-8"), ns={"b": "urn:benchmark"})  # L5


def encoded(method: str, url: str, wire: Wire, ctx: Context, element: str) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    blocks: Wire = {}  # L5
    blocks["wsse:Security"] = username_token(
        str(need(ctx.config.get("partner"), "username")),
        secret(ctx, "sign_key"),
        ctx.now,
        ctx.nonce(NONCE_LENGTH),
        digest=True,
    )  # L5
    headers["SOAPAction"] = soap_action("urn:benchmark/{call}", element)  # L5
    message = soap_out(wire, element, SOAP, blocks)  # L5
    body = charset_out(message, "UTF-8")  # L6
    headers.setdefault("Content-Type", "text/xml; charset=UTF-8")
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "UTF-8")  # L8
    tree = soap_in(content)  # L9
    return message_in(tree)


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["b:fullName"] = item.name  # L15
    b_full_name = nest(out, "b:fullName")
    if (gender := item.gender) is not None:  # L16
        b_full_name["@sex"] = GENDER_OUT[gender]  # L16
    if (birth_date := item.birth_date) is not None:  # L17
        out["b:birthDate"] = iso_day_out(birth_date)  # L17
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L18
    b_document: Wire = {}
    out["b:document"] = b_document
    if id_doc is not None:
        b_document["b:type"] = ID_TYPE_OUT[id_doc.type]  # L18
        b_document["b:number"] = upper_out(id_doc.number)  # L19
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L20
    if phone is not None:  # L20
        out["b:phone"] = e164_out(phone.number)  # L20
    if (email := item.email) is not None:  # L21
        out["b:email"] = email  # L21
    address = item.address
    b_address: Wire = {}
    out["b:address"] = b_address
    if address is not None:
        if (country := address.country) is not None:  # L22
            b_address["b:country"] = country  # L22
        if (city := address.city) is not None:  # L23
            b_address["b:city"] = city  # L23
        if (line := address.line) is not None:  # L24
            b_address["b:line"] = line  # L24
    if not b_address:
        del out["b:address"]
    if not b_document:
        del out["b:document"]
    if not b_full_name:
        del out["b:fullName"]
    return out


def insured_out(item: Insured) -> Wire:
    """Insured as the carrier's `insured`."""
    out: Wire = {}
    if (ref := item.ref) is not None:  # L28
        out["@ref"] = ref  # L28
    if (relationship_to_policyholder := item.relationship_to_policyholder) is not None:  # L29
        out["b:relation"] = RELATION_OUT[relationship_to_policyholder]  # L29
    party = item.party
    if party is not None:  # L30
        out["b:person"] = person_out(party)  # L30
    return out


def cover_out(item: Coverage) -> Wire:
    """Coverage as the carrier's `cover`."""
    out: Wire = {}
    out["b:code"] = item.code  # L34
    if (name := item.name) is not None:  # L35
        out["b:name"] = name  # L35
    if (is_main := item.is_main) is not None:  # L36
        out["b:main"] = flag_out(is_main, "true", "false")  # L36
    b_limit: Wire = {}
    out["b:limit"] = b_limit
    if (sum_insured := item.sum_insured) is not None:  # L37
        b_limit["#text"] = MONEY_MAJOR.send(sum_insured)  # L37
        b_limit["@currency"] = sum_insured.currency  # L37
    premium = item.premium
    b_premium: Wire = {}
    out["b:premium"] = b_premium
    if premium is not None:  # L38
        b_premium["#text"] = MONEY_MAJOR.send(premium.gross)  # L38
        b_premium["@currency"] = premium.gross.currency  # L38
    if not b_premium:
        del out["b:premium"]
    if not b_limit:
        del out["b:limit"]
    return out


def person_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `person` as Party."""
    b_document: Wire = child(w, "document") or {}  # L18
    b_address: Wire = child(w, "address") or {}  # L22
    id_doc_type: IdType | None = (
        code_in(ID_TYPE_IN, v, raw, at, "id_docs.0.type")
        if (v := value_in(b_document.get("type"))) is not None
        else None
    )  # L18
    id_doc_number: str | None = upper_in(v) if (v := value_in(b_document.get("number"))) is not None else None  # L19
    phone_number: str | None = e164_in(v) if (v := value_in(w.get("phone"))) is not None else None  # L20
    address_country: str | None = text_given(b_address.get("country"))  # L22
    address_city: str | None = text_given(b_address.get("city"))  # L23
    address_line: str | None = text_given(b_address.get("line"))  # L24
    return Party(
        name=text_required(w.get("fullName"), "b:fullName"),  # L15
        gender=GENDER_IN[v] if (v := value_in(dig_exact(w, "fullName", "@sex"))) is not None else None,  # L16
        birth_date=iso_day_in(v) if (v := value_in(w.get("birthDate"))) is not None else None,  # L17
        id_docs=(
            IdDocument(
                type=require(id_doc_type, "b:document.b:type"), number=require(id_doc_number, "b:document.b:number")
            ),
        )
        if id_doc_type is not None or id_doc_number is not None
        else (),  # L18
        phones=(Phone(number=phone_number),) if phone_number is not None else (),  # L20
        email=text_given(w.get("email")),  # L21
        address=Address(country=address_country, city=address_city, line=address_line)
        if address_country is not None or address_city is not None or address_line is not None
        else None,  # L22
    )


def insured_in(w: Wire, raw: dict[str, str], at: str) -> Insured:
    """The carrier's `insured` as Insured."""
    return Insured(
        ref=text_given(w.get("@ref")),  # L28
        relationship_to_policyholder=RELATION_IN[v] if (v := value_in(w.get("relation"))) is not None else None,  # L29
        party=person_in(found, raw, at + "party.") if (found := child(w, "person")) is not None else None,  # L30
    )


def cover_in(w: Wire) -> Coverage:
    """The carrier's `cover` as Coverage."""
    premium_gross: Money | None = (
        MONEY_MAJOR.read(v, value_in(dig_exact(w, "premium", "@currency")))
        if (v := value_in(w.get("premium"))) is not None
        else None
    )  # L38
    return Coverage(
        code=text_required(w.get("code"), "b:code"),  # L34
        name=text_given(w.get("name")),  # L35
        is_main=flag_in(v, "true", "false") if (v := value_in(w.get("main"))) is not None else None,  # L36
        sum_insured=MONEY_MAJOR.read(v, value_in(dig_exact(w, "limit", "@currency")))
        if (v := value_in(w.get("limit"))) is not None
        else None,  # L37
        premium=Premium(gross=premium_gross) if premium_gross is not None else None,  # L38
    )


ERRORS = ErrorTable(
    {
        "E101": Outcome(kind=OutcomeKind.declined, code="underwriting.age", text="年龄"),  # L40
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L41
)
CARRIER = Carrier(
    id="benchmark_soap",
    name="Benchmark carrier in SOAP (fictional)",
    version="1.0.0",
    mapping_sha256="6039125141cfad981b86811983beeebd1bf435b25b603c5288643291efe6437a",
    operations={
        "policy.issue": ("policy_issue",),
    },
    timeout=Timeout(connect_s=2.0, total_s=10.0),
    config_keys=("base_url", "partner"),
    secret_keys=("sign_key",),
)
